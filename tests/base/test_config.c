#include "tests/test.h"

#include "base/config.h"
#include "base/file.h"
#include "base/messages.h"
#include "base/strbuf.h"

/* A table of settings with its values, as a program would have it, and a file for it. */
struct settings {
	char folder[CONFIG_TEXT_MAX];
	int64_t port, workers;
	struct strbuf file;
	struct error err;
};

static int make_settings(void **state)
{
	struct settings *settings = test_calloc(1, sizeof *settings);

	*settings = (struct settings){"data", 8080, 2, STRBUF(1000), {0}};
	*state = settings;
	return file_make_temporary_folder(".", &settings->file, NULL);
}

static int drop_settings(void **state)
{
	struct settings *settings = *state;
	int rc = file_remove(settings->file.data, NULL);

	strbuf_clear(&settings->file);
	test_free(settings);
	return rc;
}

static int read_bytes(struct settings *settings, const char *bytes, size_t len)
{
	const struct config_setting table[] = {
		{"folder", CONFIG_TEXT, settings->folder, 0, 0},
		{"port", CONFIG_INT, &settings->port, 1, 65535},
		{"workers", CONFIG_INT, &settings->workers, -1, 64},
		{NULL, CONFIG_INT, NULL, 0, 0},
	};
	autofree(strbuf_clear) struct strbuf path = STRBUF(1000);

	file_join(&path, settings->file.data, "dothi.conf");
	if (bytes)
		assert_int_equal(file_replace(path.data, bytes, len, NULL), 0);
	settings->err = (struct error){0};
	return config_read(path.data, table, &settings->err);
}

static int read_text(struct settings *settings, const char *text)
{
	return read_bytes(settings, text, strlen(text));
}

static void assert_says(const struct settings *settings, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(2000);

	error_print(&out, &settings->err, LANG_EN);
	assert_string_equal(out.data, wanted);
}

static void no_file_changes_nothing(void **state)
{
	struct settings *settings = *state;

	assert_int_equal(read_bytes(settings, NULL, 0), 0);
	assert_int_equal(settings->err.code, 0);
	assert_int_equal(read_text(settings, ""), 0);
	assert_string_equal(settings->folder, "data");
	assert_int_equal(settings->port, 8080);
}

static void settings_are_read(void **state)
{
	struct settings *settings = *state;

	assert_int_equal(read_text(settings, "# a comment\n; another\n\n  port = 80\r\n"
					     "\tfolder=/srv/đô thị ; of the city\nworkers: -1"),
		0);
	assert_int_equal(settings->port, 80);
	assert_string_equal(settings->folder, "/srv/đô thị");
	assert_int_equal(settings->workers, -1);
	assert_int_equal(read_text(settings, "\xEF\xBB\xBFport = 81\nport = 82\nfolder =\n"), 0);
	assert_int_equal(settings->port, 82);
	assert_string_equal(settings->folder, "");
}

static void an_unknown_key_names_the_nearest(void **state)
{
	struct settings *settings = *state;

	assert_int_equal(read_text(settings, "port = 1\n\n# x\nprot = 2\n"), ERR_CONFIG);
	assert_says(settings,
		"dothi.conf, line 4: there is no setting \"prot\". Did you mean \"port\"?");
	assert_int_equal(read_text(settings, "elephant = 2\n"), ERR_CONFIG);
	assert_says(settings, "dothi.conf, line 1: there is no setting \"elephant\". "
			      "The settings are: folder, port, workers.");
	assert_int_equal(read_text(settings, "Port = 2\n"), ERR_CONFIG);
	assert_int_equal(read_text(settings, " = 2\n"), ERR_CONFIG);
}

static void a_number_stays_in_its_range(void **state)
{
	static const char *const wrong[] = {"port = 0", "port = 65536", "port =", "port = 80 81",
		"port = 8080.0", "port = eighty", "port = 0x50", "workers = 65", "port = 1e3"};
	struct settings *settings = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(read_text(settings, wrong[i]), ERR_CONFIG);
	assert_int_equal(settings->port, 8080);
	assert_int_equal(read_text(settings, "\nport = 65536"), ERR_CONFIG);
	assert_says(
		settings, "dothi.conf, line 2: \"port\" must be a whole number from 1 to 65535.");
}

static void a_line_that_is_no_setting_is_an_error(void **state)
{
	struct settings *settings = *state;

	assert_int_equal(read_text(settings, "port = 1\nnonsense\nport = 2\n"), ERR_CONFIG);
	assert_says(settings, "dothi.conf, line 2: not of the form \"key = value\".");
	/* The first fault is told, whoever found it. */
	assert_int_equal(read_text(settings, "nonsense\nprot = 2\n"), ERR_CONFIG);
	assert_int_equal(settings->err.args[1].integer, 1);
	assert_int_equal(read_text(settings, "prot = 2\nnonsense\n"), ERR_CONFIG);
	assert_int_equal(settings->err.message, MSG_CONFIG_UNKNOWN);
	assert_int_equal(read_text(settings, "port = 1\n[server]\nport = 2\n"), ERR_CONFIG);
	assert_int_equal(settings->err.args[1].integer, 2);
}

/* An indented line is a line, not more of the value above it. */
static void an_indented_line_stands_alone(void **state)
{
	struct settings *settings = *state;

	assert_int_equal(read_text(settings, "folder = a\n  port = 90\n"), 0);
	assert_string_equal(settings->folder, "a");
	assert_int_equal(settings->port, 90);
	assert_int_equal(read_text(settings, "folder = a\n  b\n"), ERR_CONFIG);
}

static void nothing_is_cut_in_silence(void **state)
{
	struct settings *settings = *state;
	autofree(strbuf_clear) struct strbuf text = STRBUF(100000);

	strbuf_add_text(&text, "port = 1\nfolder = ");
	for (int i = 0; i < 300; i++)
		strbuf_add_char(&text, 'x');
	assert_int_equal(read_bytes(settings, text.data, text.len), ERR_CONFIG);
	assert_int_equal(settings->err.args[1].integer, 2);
	assert_string_equal(settings->folder, "data");
	assert_int_equal(read_bytes(settings, "port = 7\0 = 8\nprot = 2", 22), ERR_CONFIG);
	assert_int_equal(settings->err.message, MSG_CONFIG_NOT_TEXT);
	assert_int_equal(read_text(settings, "# th\xED"
					     "a\n"),
		ERR_CONFIG);
	assert_says(settings, "dothi.conf, line 1: not a text in UTF-8.");
	while (text.len < 70000)
		strbuf_add_text(&text, "\n# more\n");
	assert_int_equal(read_bytes(settings, text.data, text.len), ERR_TOO_LARGE);
}

static void a_file_that_cannot_be_read_is_no_missing_file(void **state)
{
	struct settings *settings = *state;
	const struct config_setting none[] = {{NULL, CONFIG_INT, NULL, 0, 0}};

	assert_int_equal(config_read(settings->file.data, none, &settings->err), ERR_IO);
	assert_int_equal(read_text(settings, "port = 1\n"), 0);
	strbuf_add_text(&settings->file, "/dothi.conf");
	assert_int_equal(config_read(settings->file.data, none, &settings->err), ERR_CONFIG);
	settings->file.len -= strlen("/dothi.conf");
	settings->file.data[settings->file.len] = '\0';
}

#define with_file(test) cmocka_unit_test_setup_teardown(test, make_settings, drop_settings)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_file(no_file_changes_nothing),
		with_file(settings_are_read),
		with_file(an_unknown_key_names_the_nearest),
		with_file(a_number_stays_in_its_range),
		with_file(a_line_that_is_no_setting_is_an_error),
		with_file(an_indented_line_stands_alone),
		with_file(nothing_is_cut_in_silence),
		with_file(a_file_that_cannot_be_read_is_no_missing_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
