dist_man_MANS = %D%/man/dothi.1
man_MANS = %D%/man/dothi-errors.7
dist_doc_DATA = README.md LICENSE NOTICE
EXTRA_DIST += %D%/map.png

# Every error with its code, from the catalogue of messages.
docs/man/dothi-errors.7: $(srcdir)/base/messages.txt $(srcdir)/build-aux/messages.awk
	$(AM_V_GEN)mkdir -p docs/man && { \
		echo '.TH DOTHI\-ERRORS 7 "2026" "Dothi" "Errors"'; \
		echo '.SH NAME'; echo 'dothi\-errors \- what Dothi says when something is wrong'; \
		echo '.SH ERRORS'; \
		$(AWK) -v what=man -f $(srcdir)/build-aux/messages.awk $(srcdir)/base/messages.txt; } >$@.new && mv $@.new $@
CLEANFILES += %D%/man/dothi-errors.7
