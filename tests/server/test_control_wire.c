#include "tests/test.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "server/control_wire.h"

enum { WAIT_MS = 5000 };

/* Two wires that are the ends of one. */
struct pair {
	struct control_wire a, b;
};

static void open_pair(struct pair *pair)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pair->a = CONTROL_WIRE(fds[0]);
	pair->b = CONTROL_WIRE(fds[1]);
}

static void close_pair(struct pair *pair)
{
	control_wire_clear(&pair->a);
	control_wire_clear(&pair->b);
}

static void write_bytes(int fd, const char *bytes, size_t len)
{
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
}

static void expect_int(struct control_wire *wire, const char *key, int64_t expected)
{
	autoptr(json_document_free) struct json_node *line = control_wire_read(wire, WAIT_MS);
	int64_t value = -1;

	assert_true(json_node_int(json_node_get(line, key), &value));
	assert_int_equal(value, expected);
}

static void lines_come_one_by_one_however_they_were_cut(void **state)
{
	static const char bytes[] = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";
	struct pair pair;

	(void)state;
	open_pair(&pair);
	write_bytes(pair.a.fd, bytes, 11);
	expect_int(&pair.b, "n", 1);
	assert_null(control_wire_read(&pair.b, 0));
	assert_false(pair.b.is_ended);
	write_bytes(pair.a.fd, bytes + 11, sizeof bytes - 1 - 11);
	expect_int(&pair.b, "n", 2);
	expect_int(&pair.b, "n", 3);
	assert_null(control_wire_read(&pair.b, 0));
	close_pair(&pair);
}

static void what_was_sent_before_the_end_is_still_read(void **state)
{
	struct pair pair;

	(void)state;
	open_pair(&pair);
	assert_true(control_wire_say(&pair.a, "out", "a\n", 2));
	write_bytes(pair.a.fd, "{\"n\":7}\n{\"n\"", 12);
	control_wire_clear(&pair.a);
	json_document_free(control_wire_read(&pair.b, WAIT_MS));
	expect_int(&pair.b, "n", 7);
	assert_null(control_wire_read(&pair.b, WAIT_MS));
	assert_true(pair.b.is_ended);
	close_pair(&pair);
}

static void what_is_no_line_ends_the_wire(void **state)
{
	static const char *const wrong[] = {"x\n", "\n", "{\n", "{} {}\n", "{\"a\":1,\"a\":2}\n"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct pair pair;

		open_pair(&pair);
		write_bytes(pair.a.fd, wrong[i], strlen(wrong[i]));
		assert_null(control_wire_read(&pair.b, WAIT_MS));
		assert_true(pair.b.is_ended);
		close_pair(&pair);
	}
}

static void *write_much(void *context)
{
	struct control_wire *wire = context;
	static char bytes[CONTROL_LINE_MAX_BYTES + 1000];
	autofree(strbuf_clear) struct strbuf text = STRBUF(sizeof bytes);

	memset(bytes, 'x', sizeof bytes);
	strbuf_add(&text, bytes, sizeof bytes);
	control_wire_send(wire, &text);
	return NULL;
}

static void a_line_has_a_limit(void **state)
{
	struct pair pair;
	pthread_t thread;

	(void)state;
	open_pair(&pair);
	assert_int_equal(pthread_create(&thread, NULL, write_much, &pair.a), 0);
	assert_null(control_wire_read(&pair.b, WAIT_MS));
	assert_true(pair.b.is_ended);
	assert_true(pair.b.input.len <= CONTROL_LINE_MAX_BYTES);
	control_wire_clear(&pair.b);
	pthread_join(thread, NULL);
	close_pair(&pair);
}

/* Reads until the end; all texts together. */
struct listening {
	struct control_wire *wire;
	struct strbuf heard;
};

static void *listen_to_all(void *context)
{
	struct listening *listening = context;

	while (!listening->wire->is_ended) {
		autoptr(json_document_free) struct json_node *line =
			control_wire_read(listening->wire, WAIT_MS);
		const char *text;

		if (json_node_text(json_node_get(line, "out"), &text))
			strbuf_add_text(&listening->heard, text);
	}
	return NULL;
}

static void say_and_compare(const char *text, size_t len, const char *expected)
{
	struct pair pair;
	struct listening listening = {.wire = &pair.b, .heard = STRBUF(SIZE_MAX)};
	pthread_t thread;

	open_pair(&pair);
	assert_int_equal(pthread_create(&thread, NULL, listen_to_all, &listening), 0);
	assert_true(control_wire_say(&pair.a, "out", text, len));
	control_wire_clear(&pair.a);
	pthread_join(thread, NULL);
	assert_int_equal(listening.heard.len, len);
	assert_memory_equal(listening.heard.data, expected, len);
	strbuf_clear(&listening.heard);
	close_pair(&pair);
}

static void long_texts_arrive_as_they_were(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SIZE_MAX);

	(void)state;
	/* Letters of three bytes, so that no piece ends at their border; and what grows as JSON. */
	for (int i = 0; i < 20000; i++)
		strbuf_add_text(&text, i % 7 ? "ế" : "\n\x01\"");
	say_and_compare(text.data, text.len, text.data);
	say_and_compare("", 0, "");
}

static void bytes_that_are_no_text_are_marked(void **state)
{
	(void)state;
	say_and_compare("a\xFF\xC3(b", 5, "a?" "?(b");
}

static void who_does_not_read_is_left(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SIZE_MAX);
	struct pair pair;

	(void)state;
	open_pair(&pair);
	close(pair.b.fd);
	pair.b.fd = -1;
	strbuf_add_text(&text, "{}");
	assert_false(control_wire_send(&pair.a, &text));
	assert_true(pair.a.is_gone);
	assert_false(control_wire_say(&pair.a, "out", "a", 1));
	close_pair(&pair);
}

static void the_socket_is_its_owners_and_replaces_a_dead_one(void **state)
{
	autofree(strbuf_clear) struct strbuf folder = STRBUF(4096);
	autofree(strbuf_clear) struct strbuf path = STRBUF(4096);
	struct stat info;
	unsigned user_id = 1;
	int first, second, visitor, accepted;

	(void)state;
	assert_int_equal(file_make_temporary_folder(".", &folder, NULL), 0);
	file_join(&path, folder.data, "control.sock");
	assert_int_equal(control_socket_connect(folder.data), -1);
	first = control_socket_listen(folder.data, 1);
	assert_true(first >= 0);
	assert_int_equal(stat(path.data, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	close(first);
	assert_int_equal(control_socket_connect(folder.data), -1);
	second = control_socket_listen(folder.data, 1);
	visitor = control_socket_connect(folder.data);
	assert_true(second >= 0 && visitor >= 0);
	accepted = accept(second, NULL, NULL);
	assert_true(control_socket_user(accepted, &user_id));
	assert_int_equal(user_id, geteuid());
	control_socket_remove(folder.data);
	assert_false(file_exists(path.data));
	close(accepted);
	close(visitor);
	close(second);
	file_remove(folder.data, NULL);
	assert_int_equal(control_socket_listen("no/such/folder", 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_one_by_one_however_they_were_cut),
		cmocka_unit_test(what_was_sent_before_the_end_is_still_read),
		cmocka_unit_test(what_is_no_line_ends_the_wire),
		cmocka_unit_test(a_line_has_a_limit),
		cmocka_unit_test(long_texts_arrive_as_they_were),
		cmocka_unit_test(bytes_that_are_no_text_are_marked),
		cmocka_unit_test(who_does_not_read_is_left),
		cmocka_unit_test(the_socket_is_its_owners_and_replaces_a_dead_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
