#include "tests/test.h"

#include <errno.h>
#include <jansson.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"
#include "tests/fault/fault.h"

static const struct fault no_memory = {FAULT_MEMORY, ENOMEM, false};
static const struct fault never_memory_again = {FAULT_MEMORY, ENOMEM, true};

/* Every scenario fills an error too, which must then say what was returned. */
static int told(int rc, const struct error *err)
{
	assert_int_equal(rc, err->code);
	return rc;
}

static void drive_to(
	int code, const char *name, int (*run)(void *context), void *context, size_t least)
{
	const struct fault_scenario scenario = {name, run, NULL, code, false, 0};

	assert_true(fault_drive(&no_memory, &scenario, context) >= least);
	fault_drive(&never_memory_again, &scenario, context);
}

static void drive(const char *name, int (*run)(void *context), void *context, size_t least)
{
	drive_to(ERR_NOMEM, name, run, context, least);
}

static int fill_arena(void *context)
{
	autofree(arena_clear) struct arena arena = ARENA(8 << 20);

	(void)context;
	for (int i = 0; i < 20; i++)
		if (!arena_alloc(&arena, 10000) || !arena_zero(&arena, 3, 40000) ||
			!arena_text(&arena, "x", 1))
			return ERR_NOMEM;
	return 0;
}

static void arenas(void **state)
{
	(void)state;
	drive("arena", fill_arena, NULL, 10);
}

static int fill_strbuf(void *context)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 20);
	struct error err = {0};
	char *taken;

	(void)context;
	for (int i = 0; i < 1000; i++) {
		strbuf_add_format(&text, "%d ", i);
		strbuf_add_int(&text, i);
		strbuf_add_char(&text, '\n');
	}
	if (strbuf_check(&text, &err))
		return told(strbuf_check(&text, &err), &err);
	taken = strbuf_take(&text, NULL);
	free(taken);
	taken = strbuf_take(&text, NULL); /* an empty one needs a byte too */
	if (!taken)
		return ERR_NOMEM;
	free(taken);
	return 0;
}

static void strbufs(void **state)
{
	(void)state;
	drive("strbuf", fill_strbuf, NULL, 7);
}

static int read_json(void *context)
{
	static const char text[] = "{\"type\":\"Feature\",\"id\":7,\"list\":[1,2.5,\"đường\",true,"
				   "null,{\"a\":{\"b\":[]}}],"
				   "\"properties\":{\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,"
				   "\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9}}";
	autoptr(json_document_free) struct json_node *document = NULL;
	struct error err = {0};

	(void)context;
	return told(json_document_parse(text, sizeof text - 1, &document, &err), &err);
}

/*
 * jansson is a shared library; its calls are made countable through the hook that it offers. Its
 * lexer takes a text that it has no memory for as one that is wrong, so any error will do.
 */
static void json_documents(void **state)
{
	json_malloc_t plain_malloc;
	json_free_t plain_free;

	(void)state;
	assert_int_equal(read_json(NULL), 0); /* its seed is made once and stays */
	json_get_alloc_funcs(&plain_malloc, &plain_free);
	json_set_alloc_funcs(malloc, free);
	drive_to(0, "json", read_json, NULL, 20);
	json_set_alloc_funcs(plain_malloc, plain_free);
}

static int write_json(void *context)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1 << 20);
	struct json_writer json = JSON_WRITER(&out);
	struct error err = {0};

	(void)context;
	json_begin_array(&json);
	for (int i = 0; i < 500; i++) {
		json_begin_object(&json);
		json_member_text(&json, "name", "Đường \"30/4\"");
		json_member_real(&json, "width", i / 7.0);
		json_end_object(&json);
	}
	json_end_array(&json);
	return told(strbuf_check(&out, &err), &err);
}

static void json_writers(void **state)
{
	(void)state;
	drive("json_write", write_json, NULL, 7);
}

static int map_text(void *context)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1 << 20);
	struct error err = {0};

	(void)context;
	for (int i = 0; i < 100; i++) {
		assert_true(text_nfc(&out, "Nguye\u0302\u0303n", strlen("Nguye\u0302\u0303n")));
		text_fold(&out, "HUỆ", strlen("HUỆ"));
		text_search_key(&out, "Đường", strlen("Đường"));
	}
	return told(strbuf_check(&out, &err), &err);
}

static void texts(void **state)
{
	(void)state;
	drive("text", map_text, NULL, 5);
}

static int print_errors(void *context)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1 << 20);
	struct error err = {0}, full = {0};

	(void)context;
	fail_file_too_large(&err, "thửa.zip", 12345678);
	for (int i = 0; i < 50; i++) {
		error_print(&out, &err, LANG_VI);
		error_print_try(&out, &err, LANG_EN);
	}
	return told(strbuf_check(&out, &full), &full);
}

static void errors(void **state)
{
	(void)state;
	drive("error", print_errors, NULL, 5);
}

static int read_config(void *context)
{
	char folder[CONFIG_TEXT_MAX];
	int64_t port = 8080;
	const struct config_setting table[] = {{"folder", CONFIG_TEXT, folder, 0, 0},
		{"port", CONFIG_INT, &port, 1, 65535}, {NULL, CONFIG_INT, NULL, 0, 0}};
	struct error err = {0};

	return told(config_read(context, table, &err), &err);
}

/* Everything of file.c that needs memory, one after the other. */
static int use_files(void *context)
{
	const char *folder = context;
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
	autofree(file_drop) int lock = -1;
	struct error err = {0};
	int rc;

	rc = file_make_temporary_folder(folder, &path, &err);
	if (rc)
		return told(rc, &err);
	file_join(&bytes, path.data, "a/b");
	rc = strbuf_check(&bytes, &err);
	rc = rc ? rc : file_make_folder(bytes.data, &err);
	strbuf_add_text(&bytes, "/c");
	rc = rc ? rc : strbuf_check(&bytes, &err);
	rc = rc ? rc : file_replace(bytes.data, "123", 3, &err);
	rc = rc ? rc : file_copy(bytes.data, bytes.data, 10, &err);
	rc = rc ? rc : file_lock(bytes.data, &lock, &err);
	if (file_remove(path.data, NULL))
		return ERR_INTERNAL;
	return told(rc, &err);
}

static void files_and_settings(void **state)
{
	autofree(strbuf_clear) struct strbuf folder = STRBUF(1000);
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);

	(void)state;
	assert_int_equal(file_make_temporary_folder(".", &folder, NULL), 0);
	file_join(&path, folder.data, "dothi.conf");
	assert_int_equal(file_replace(path.data, "folder = a\nport = 80\n", 21, NULL), 0);
	drive("config", read_config, path.data, 1);
	drive("file", use_files, folder.data, 8);
	assert_int_equal(file_remove(folder.data, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arenas),
		cmocka_unit_test(strbufs),
		cmocka_unit_test(json_documents),
		cmocka_unit_test(json_writers),
		cmocka_unit_test(texts),
		cmocka_unit_test(errors),
		cmocka_unit_test(files_and_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
