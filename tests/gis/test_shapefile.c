#include "tests/test.h"

#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/shapefile.h"
#include "tests/gis/make_files.h"

static void set_big(struct strbuf *bytes, size_t at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		bytes->data[at + i] = (char)(value >> (24 - 8 * i) & 0xFF);
}

static int check(
	void **state, const struct made_shapefile *made, bool *made_index, struct error *err)
{
	write_shapefile(folder_of(state), "a", made);
	return shapefile_check(folder_of(state)->path, "thua", NULL, made_index, err);
}

static void assert_refused(void **state, const struct made_shapefile *made, const char *code)
{
	struct error err = {0};
	bool made_index = true;

	assert_true(check(state, made, &made_index, &err) < 0);
	assert_message(&err, code);
	assert_true(made_index);
}

static void takes_what_is_whole(void **state)
{
	for (int squares = 0; squares < 4; squares++) {
		autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
		struct error err = {0};
		bool made_index = true;

		make_shapefile(&made, squares);
		assert_int_equal(check(state, &made, &made_index, &err), 0);
		assert_false(made_index);
	}
}

static void makes_a_missing_index(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf again = STRBUF(MADE_BYTES_MAX);
	struct error err = {0};
	bool made_index = false;

	make_shapefile(&made, 5);
	write_shapefile(folder_of(state), "a", &made);
	unlink(test_path(folder_of(state), "a.shx"));
	assert_int_equal(
		shapefile_check(folder_of(state)->path, "thua", NULL, &made_index, &err), 0);
	assert_true(made_index);
	assert_int_equal(file_read(test_path(folder_of(state), "a.shx"), &again, &err), 0);
	assert_int_equal(again.len, made.shx.len);
	assert_memory_equal(again.data, made.shx.data, again.len);
	/* Records that are not one behind the other could be anything. */
	made.shp.data[100 + 3] = 7;
	write_shapefile(folder_of(state), "a", &made);
	unlink(test_path(folder_of(state), "a.shx"));
	assert_true(shapefile_check(folder_of(state)->path, "thua", NULL, &made_index, &err) < 0);
	assert_message(&err, "SHP-SET-01");
	assert_false(file_exists(test_path(folder_of(state), "a.shx")));
}

static void names_the_missing_table(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf text = STRBUF(1000);
	struct error err = {0};
	bool made_index;

	make_shapefile(&made, 5);
	write_shapefile(folder_of(state), "a", &made);
	unlink(test_path(folder_of(state), "a.dbf"));
	assert_true(shapefile_check(folder_of(state)->path, "thua", NULL, &made_index, &err) < 0);
	assert_message(&err, "SHP-SET-01");
	error_print(&text, &err, LANG_EN);
	assert_string_equal(text.data, "thua.dbf is missing.");
}

/* However much of the file came, what is cut off is not taken for the whole. */
static void refuses_every_truncation(void **state)
{
	for (int which = 0; which < 3; which++) {
		for (size_t cut = 1; cut < 600; cut += 7) {
			autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
			struct strbuf *part = which == 0   ? &made.shp
					      : which == 1 ? &made.shx
							   : &made.dbf;

			make_shapefile(&made, 40);
			/* The table may lack its last byte, the mark of the end. */
			part->len -=
				cut + (which == 2) > part->len ? part->len - 1 : cut + (which == 2);
			assert_refused(state, &made, "FILE-CUT-01");
		}
	}
}

static void refuses_what_was_not_finished(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;

	make_shapefile(&made, 5);
	set_big(&made.shp, 24, 50);
	assert_refused(state, &made, "SHP-BAD-03");
}

static void refuses_parts_of_two_deliveries(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(made_shapefile_clear) struct made_shapefile other = MADE_SHAPEFILE;
	struct strbuf table;

	make_shapefile(&made, 5);
	make_shapefile(&other, 6);
	table = made.dbf;
	made.dbf = other.dbf;
	other.dbf = table;
	assert_refused(state, &made, "SHP-SET-02");
}

static void refuses_lengths_that_lead_outside(void **state)
{
	static const uint32_t wrong[] = {0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 5000};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
		size_t second = 100 + 136;

		make_shapefile(&made, 5);
		/* Of the second record, in its header; then also in the index; then its place. */
		set_big(&made.shp, second + 4, wrong[i]);
		assert_refused(state, &made, "SHP-BAD-02");
		set_big(&made.shx, 100 + 8 + 4, wrong[i]);
		assert_refused(state, &made, "SHP-BAD-02");
		set_big(&made.shx, 100 + 8, wrong[i]);
		assert_refused(state, &made, "SHP-BAD-02");
	}
}

static void refuses_foreign_headers(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;

	make_shapefile(&made, 5);
	made.shp.data[2] = 0;
	assert_refused(state, &made, "SHP-BAD-01");
	made.shp.data[2] = 0x27;
	made.dbf.data[10] = made.dbf.data[11] = 0;
	assert_refused(state, &made, "SHP-BAD-01");
}

static void survives_mutations(void **state)
{
	struct random random = random_start(7);

	for (int turn = 0; turn < 3000; turn++) {
		autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
		struct error err = {0};
		bool made_index;

		make_shapefile(&made, 3);
		mutate(turn % 3 == 0 ? &made.shp : turn % 3 == 1 ? &made.shx : &made.dbf, &random);
		write_shapefile(folder_of(state), "a", &made);
		if (turn % 5 == 0)
			unlink(test_path(folder_of(state), "a.shx"));
		shapefile_check(folder_of(state)->path, "thua", NULL, &made_index, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_whole),
		cmocka_unit_test(makes_a_missing_index),
		cmocka_unit_test(names_the_missing_table),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(refuses_what_was_not_finished),
		cmocka_unit_test(refuses_parts_of_two_deliveries),
		cmocka_unit_test(refuses_lengths_that_lead_outside),
		cmocka_unit_test(refuses_foreign_headers),
		cmocka_unit_test(survives_mutations),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
