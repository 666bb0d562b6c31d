noinst_LIBRARIES += base/libbase.a

base_libbase_a_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS) \
	$(INIH_CFLAGS) $(CRYPTO_CFLAGS)
base_libbase_a_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/array.c %D%/array.h \
	%D%/banned.h \
	%D%/cleanup.h \
	%D%/clock.c %D%/clock.h \
	%D%/config.c %D%/config.h \
	%D%/dice.c %D%/dice.h \
	%D%/error.c %D%/error.h \
	%D%/file.c %D%/file.h \
	%D%/file_map.c %D%/file_map.h \
	%D%/json_pen.c %D%/json_pen.h \
	%D%/json_read.c %D%/json_read.h \
	%D%/json_write.c %D%/json_write.h \
	%D%/log.c %D%/log.h \
	%D%/messages.c %D%/messages.h \
	%D%/number.c %D%/number.h \
	%D%/secret.c %D%/secret.h \
	%D%/signature.c %D%/signature.h \
	%D%/strbuf.c %D%/strbuf.h \
	%D%/text.c %D%/text.h \
	%D%/throttle.c %D%/throttle.h
nodist_base_libbase_a_SOURCES = %D%/messages_table.h %D%/messages_rows.h

BASE_LIBS = base/libbase.a $(UTF8PROC_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS) $(INIH_LIBS) $(CRYPTO_LIBS) -lm

# The catalogue of messages in C.
base/messages_table.h: $(srcdir)/%D%/messages.txt $(srcdir)/build-aux/messages.awk
	$(AM_V_GEN)mkdir -p base && $(AWK) -v what=ids -f $(srcdir)/build-aux/messages.awk $(srcdir)/base/messages.txt >$@.new && mv $@.new $@
base/messages_rows.h: $(srcdir)/%D%/messages.txt $(srcdir)/build-aux/messages.awk
	$(AM_V_GEN)mkdir -p base && $(AWK) -v what=rows -f $(srcdir)/build-aux/messages.awk $(srcdir)/base/messages.txt >$@.new && mv $@.new $@
BUILT_SOURCES += %D%/messages_table.h %D%/messages_rows.h
CLEANFILES += %D%/messages_table.h %D%/messages_rows.h
EXTRA_DIST += %D%/messages.txt %D%/README build-aux/messages.awk
