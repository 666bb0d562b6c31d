# Each target is linked with replay.c; tests/fuzz/README says how to run one with libFuzzer.
fuzz_targets = %D%/fuzz_config %D%/fuzz_json %D%/fuzz_mvt %D%/fuzz_number %D%/fuzz_paper \
	%D%/fuzz_pdf_signature %D%/fuzz_shape_wkb \
	%D%/fuzz_text
check_PROGRAMS += $(fuzz_targets)
FUZZ_CODE = tests/fuzz/fuzz.h tests/fuzz/replay.c
EXTRA_DIST += %D%/README %D%/corpus

tests_fuzz_fuzz_config_SOURCES = %D%/fuzz_config.c $(FUZZ_CODE)
tests_fuzz_fuzz_config_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_json_SOURCES = %D%/fuzz_json.c $(FUZZ_CODE)
tests_fuzz_fuzz_json_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_number_SOURCES = %D%/fuzz_number.c $(FUZZ_CODE)
tests_fuzz_fuzz_number_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_text_SOURCES = %D%/fuzz_text.c $(FUZZ_CODE)
tests_fuzz_fuzz_text_LDADD = $(BASE_LIBS)
tests_fuzz_fuzz_shape_wkb_SOURCES = %D%/fuzz_shape_wkb.c $(FUZZ_CODE)
tests_fuzz_fuzz_shape_wkb_LDADD = $(GIS_LIBS)
tests_fuzz_fuzz_mvt_SOURCES = %D%/fuzz_mvt.c $(FUZZ_CODE) $(MADE_SNAPSHOT) $(MVT_READER)
tests_fuzz_fuzz_mvt_LDADD = $(TILES_LIBS)
tests_fuzz_fuzz_paper_SOURCES = %D%/fuzz_paper.c $(FUZZ_CODE)
tests_fuzz_fuzz_paper_LDADD = $(TILES_LIBS)
tests_fuzz_fuzz_pdf_signature_SOURCES = %D%/fuzz_pdf_signature.c $(FUZZ_CODE)
tests_fuzz_fuzz_pdf_signature_LDADD = $(TILES_LIBS)
