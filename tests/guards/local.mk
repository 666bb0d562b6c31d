dist_check_SCRIPTS += build-aux/check-layers.sh build-aux/check-style.sh %D%/test_guards.sh
tests/guards/test_guards.log: base/libbase.a tests/base/test_strbuf.o tests/data/list_layers$(EXEEXT)
