# Modules of server/ that stand by themselves; the rest is tested from outside (tests/http).
check_PROGRAMS += %D%/test_control_wire %D%/test_map_changes %D%/test_tile_news

tests_server_test_control_wire_SOURCES = %D%/test_control_wire.c \
	server/control_wire.c server/control_wire.h
tests_server_test_control_wire_LDADD = $(BASE_TEST_LIBS)
tests_server_test_map_changes_SOURCES = %D%/test_map_changes.c \
	server/map_changes.c server/map_changes.h
tests_server_test_map_changes_LDADD = $(TILES_TEST_LIBS)
tests_server_test_tile_news_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_server_test_tile_news_SOURCES = %D%/test_tile_news.c \
	server/tile_news.c server/tile_news.h
tests_server_test_tile_news_LDADD = $(TILES_TEST_LIBS)

# Parcels that become others, and what they cover, reckoned by a program that has none of our code.
check_PROGRAMS += %D%/test_land
EXTRA_PROGRAMS += %D%/land_cover
CLEANFILES += %D%/land_cover$(EXEEXT)
tests_server_test_land_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS)
tests_server_test_land_SOURCES = %D%/test_land.c server/cases/land.c server/cases/land.h \
	server/cases/land_prepare.c $(DATA_TEST_CODE)
tests_server_test_land_LDADD = $(GIS_LIBS) $(CMOCKA_LIBS)
EXTRA_tests_server_test_land_DEPENDENCIES = %D%/land_cover$(EXEEXT)
tests_server_land_cover_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_server_land_cover_SOURCES = %D%/land_cover.c
tests_server_land_cover_LDADD = $(GEOS_LIBS)

# Certificates, with accidents between their two transactions.
check_PROGRAMS += %D%/test_certificate
tests_server_test_certificate_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS)
tests_server_test_certificate_SOURCES = %D%/test_certificate.c \
	server/cases/certificate.c server/cases/certificate.h server/cases/certificate_sign.c \
	server/cases/certificate_facts.c server/cases/certificate_facts.h \
	server/cases/certificate_paper.c server/cases/certificate_paper.h \
	server/cases/certificate_scene.c server/cases/certificate_scene.h \
	server/cases/people.c server/cases/people.h $(DATA_TEST_CODE)
tests_server_test_certificate_LDADD = $(TILES_LIBS) $(CMOCKA_LIBS)
