# What a program of fault tests is linked with: tests/fault/fault.c and these flags.
FAULT_LINK = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=open -Wl,--wrap=read -Wl,--wrap=write -Wl,--wrap=fsync -Wl,--wrap=close \
	-Wl,--wrap=rename
FAULT_CODE = tests/fault/fault.c tests/fault/fault.h

# What a program that is recorded is linked with: recording_vfs.c and these flags.
RECORDING_LINK = $(AM_LDFLAGS) -Wl,--wrap=rename -Wl,--wrap=mkdir -Wl,--wrap=unlinkat \
	-Wl,--wrap=fsync
PASSING_CODE = tests/fault/passing_vfs.c tests/fault/passing_vfs.h

fault_tests = %D%/test_archive %D%/test_disk %D%/test_import %D%/test_jobs %D%/test_memory %D%/test_power_cut \
	%D%/test_snapshot %D%/test_tiles
check_PROGRAMS += $(fault_tests)

tests_fault_test_archive_SOURCES = %D%/test_archive.c $(FAULT_CODE) $(MADE_TILES)
tests_fault_test_archive_LDADD = $(TILES_TEST_LIBS)
tests_fault_test_archive_LDFLAGS = $(FAULT_LINK)
tests_fault_test_disk_SOURCES = %D%/test_disk.c $(FAULT_CODE)
tests_fault_test_disk_LDADD = $(BASE_TEST_LIBS)
tests_fault_test_disk_LDFLAGS = $(FAULT_LINK)
tests_fault_test_memory_SOURCES = %D%/test_memory.c $(FAULT_CODE)
tests_fault_test_memory_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_fault_test_memory_LDADD = $(BASE_TEST_LIBS)
tests_fault_test_memory_LDFLAGS = $(FAULT_LINK)
tests_fault_test_import_CPPFLAGS = $(AM_CPPFLAGS) -DDOTHI_OGR='"$(abs_top_builddir)/dothi-ogr"'
tests_fault_test_import_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_test_import_SOURCES = %D%/test_import.c %D%/faulty_sqlite.c %D%/faulty_sqlite.h \
	$(PASSING_CODE) $(FAULT_CODE) $(DATA_TEST_CODE) tests/gis/make_files.c tests/gis/make_files.h
tests_fault_test_import_LDADD = $(GIS_LIBS) $(CMOCKA_LIBS)
tests_fault_test_import_LDFLAGS = $(FAULT_LINK)
tests_fault_test_jobs_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_test_jobs_SOURCES = %D%/test_jobs.c %D%/faulty_sqlite.c %D%/faulty_sqlite.h \
	$(PASSING_CODE) $(FAULT_CODE) $(DATA_TEST_CODE)
tests_fault_test_jobs_LDADD = $(DATA_TEST_LIBS)
tests_fault_test_jobs_LDFLAGS = $(FAULT_LINK)
tests_fault_test_power_cut_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_test_power_cut_SOURCES = %D%/test_power_cut.c %D%/cut_city.c %D%/cut_city.h \
	%D%/cut_disk.c %D%/cut_disk.h $(OLD_REGISTER_CODE) \
	%D%/recording_vfs.c %D%/recording_vfs.h $(PASSING_CODE) $(DATA_TEST_CODE)
tests_fault_test_power_cut_LDADD = $(DATA_TEST_LIBS)
tests_fault_test_power_cut_LDFLAGS = $(RECORDING_LINK)
tests_fault_test_snapshot_SOURCES = %D%/test_snapshot.c $(FAULT_CODE) $(SMALL_CITY)
tests_fault_test_snapshot_LDADD = $(TILES_TEST_LIBS)
tests_fault_test_snapshot_LDFLAGS = $(FAULT_LINK)
tests_fault_test_tiles_SOURCES = %D%/test_tiles.c $(FAULT_CODE) $(SMALL_CITY)
tests_fault_test_tiles_LDADD = $(TILES_TEST_LIBS)
tests_fault_test_tiles_LDFLAGS = $(FAULT_LINK)
