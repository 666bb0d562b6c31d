# Modules of server/ that stand by themselves; the rest is tested from outside (tests/http).
check_PROGRAMS += %D%/test_control_wire

tests_server_test_control_wire_SOURCES = %D%/test_control_wire.c \
	server/control_wire.c server/control_wire.h
tests_server_test_control_wire_LDADD = $(BASE_TEST_LIBS)
