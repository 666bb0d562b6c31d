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
