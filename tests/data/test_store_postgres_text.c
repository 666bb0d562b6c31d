#include "tests/test.h"

#include "base/messages.h"
#include "data/store_postgres_text.h"
#include "tests/random.h"

/* What becomes of a text, and the names of its parameters with commas between. */
static const struct {
	const char *sqlite, *postgres, *names;
} texts[] = {
	{"", "", ""},
	{"SELECT 1", "SELECT 1", ""},
	{"SELECT $a", "SELECT $1", "a,"},
	{"SELECT $b || $a || $b, $c + 1", "SELECT $1 || $2 || $1, $3 + 1", "b,a,c,"},
	/* A name that begins with another, and one that ends the text. */
	{"x=$a AND y=$ab AND z=$a_B9", "x=$1 AND y=$2 AND z=$3", "a,ab,a_B9,"},
	{"$a::int8[$b]", "$1::int8[$2]", "a,b,"},
	/* Quotes are left alone, and what is doubled in them. */
	{"'$a', \"$b\", $c", "'$a', \"$b\", $1", "c,"},
	{"'it''s $a', $b, \"a\"\"$c\"", "'it''s $a', $1, \"a\"\"$c\"", "b,"},
	{"'\"' || $a || '\"'", "'\"' || $1 || '\"'", "a,"},
	{"'visit_row($row, ' || 'id_list($x)'", "'visit_row($row, ' || 'id_list($x)'", ""},
	{"'never $ended", "'never $ended", ""},
	/* The frame goes, with its own bracket. */
	{"SELECT visit_row($row, id, name) FROM t", "SELECT id, name FROM t", ""},
	{"SELECT visit_row($row, f(a, (b)), ')', $c) FROM t WHERE (x IN ($d))",
		"SELECT f(a, (b)), ')', $1 FROM t WHERE (x IN ($2))", "c,d,"},
	{"SELECT (a), visit_row($row, b), (c)", "SELECT (a), b, (c)", ""},
	{"WITH x AS (SELECT visit_row($row, a) FROM t) SELECT (1)",
		"WITH x AS (SELECT a FROM t) SELECT (1)", ""},
	/* Lists are unnested. */
	{"SELECT id FROM id_list($ids), t WHERE id = id_of_list AND x = $y",
		"SELECT id FROM unnest($1::int8[]) AS id_list (id_of_list), t"
		" WHERE id = id_of_list AND x = $2",
		"ids,y,"},
	{"SELECT visit_row($row, id) FROM id_list($a) WHERE (b)",
		"SELECT id FROM unnest($1::int8[]) AS id_list (id_of_list) WHERE (b)", "a,"},
	{"id_list(x)", "id_list(x)", ""},
	{"a)) || $b", "a)) || $1", "b,"},
};

static void texts_are_translated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct postgres_text text;
		char names[100] = "";

		assert_int_equal(postgres_translate(texts[i].sqlite, &text, NULL), 0);
		assert_string_equal(text.sql.data, texts[i].postgres);
		for (size_t n = 0; n < text.count; n++)
			snprintf(names + strlen(names), sizeof names - strlen(names), "%.*s,",
				(int)text.names[n].len, text.names[n].at);
		assert_string_equal(names, texts[i].names);
		postgres_text_clear(&text);
	}
}

/* Which statements are rows of a COPY: of parameters alone, each once. NULL: not this one. */
static const struct {
	const char *sql, *target;
} inserts[] = {
	{"INSERT INTO t (a) VALUES ($a)", "t (a)"},
	{"INSERT INTO \"t\" (\"a\", b, c) VALUES ($x, $yy, $z_1)", "\"t\" (\"a\", b, c)"},
	{"INSERT INTO t VALUES ($a, $b)", "t"},
	{"INSERT INTO t (a, b) VALUES ($a, $a)", NULL},
	{"INSERT INTO t (a, b, c) VALUES ($a, $b, $a)", NULL},
	{"INSERT INTO t (a, b) VALUES ($a, 1)", NULL},
	{"INSERT INTO t (a, b) VALUES ($a, $b + 1)", NULL},
	{"INSERT INTO t (a, b) VALUES ($a, $b::text)", NULL},
	{"INSERT INTO t (a, b) VALUES ($a, f($b))", NULL},
	{"INSERT INTO t (a) VALUES ($a), ($b)", NULL},
	{"INSERT INTO t (a) VALUES ($a) RETURNING id", NULL},
	{"INSERT INTO t (a) VALUES ($a) ON CONFLICT DO NOTHING", NULL},
	{"INSERT INTO t (a) VALUES ($a);", NULL},
	{"INSERT INTO t (a) SELECT $a", NULL},
	{"INSERT INTO t DEFAULT VALUES", NULL},
	{"INSERT INTO t (a) VALUES ()", NULL},
	{"UPDATE t SET a = $a VALUES ($b)", NULL},
	{"SELECT $a", NULL},
};

static void rows_of_parameters_travel_by_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof inserts / sizeof *inserts; i++) {
		const char *target = inserts[i].target;
		struct postgres_text text;

		assert_int_equal(postgres_translate(inserts[i].sql, &text, NULL), 0);
		if (!target) {
			assert_null(text.copy);
		} else {
			assert_non_null(text.copy);
			assert_int_equal(text.copy_len, strlen(target));
			assert_memory_equal(text.copy, target, text.copy_len);
		}
		postgres_text_clear(&text);
	}
}

static void must_refuse(const char *sql)
{
	struct postgres_text text;
	struct error err = {0};

	assert_int_equal(postgres_translate(sql, &text, &err), ERR_INTERNAL);
	assert_string_equal(error_message_code(&err), "SYS-INTERNAL-01");
	assert_int_equal(postgres_translate(sql, &text, NULL), ERR_INTERNAL);
}

static void what_cannot_be_said_is_refused(void **state)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(1 << 20);
	struct postgres_text text;

	(void)state;
	must_refuse("SELECT $");
	must_refuse("SELECT $ a");
	must_refuse("SELECT $$words$$");
	must_refuse("FROM id_list($");
	strbuf_add_text(&sql, "SELECT 0");
	for (int i = 0; i < POSTGRES_PARAMETERS_MAX; i++)
		strbuf_add_format(&sql, " + $p%d", i);
	assert_int_equal(postgres_translate(sql.data, &text, NULL), 0);
	assert_int_equal(text.count, POSTGRES_PARAMETERS_MAX);
	postgres_text_clear(&text);
	strbuf_add_text(&sql, " + $p0"); /* known already */
	assert_int_equal(postgres_translate(sql.data, &text, NULL), 0);
	postgres_text_clear(&text);
	strbuf_add_text(&sql, " + $one_more");
	must_refuse(sql.data);
	strbuf_reset(&sql);
	while (sql.len < 1 << 17)
		strbuf_add_text(&sql, "SELECT 'a long text' ");
	must_refuse(sql.data);
}

/* Pieces in any order: nothing is read behind the end, and no name of ours is left. */
static void any_text_is_survived(void **state)
{
	static const char *const pieces[] = {"$a", "$bb", "$", "'", "\"", "(", ")", ", ", " ", "x",
		"visit_row($row, ", "visit_row(", "id_list(", "id_list($", "INSERT INTO ", " VALUES ("};
	struct random random = random_start(20261123);

	(void)state;
	for (int round = 0; round < 20000; round++) {
		autofree(strbuf_clear) struct strbuf sql = STRBUF(1000);
		struct postgres_text text;
		char *exact;

		for (size_t left = random_below(&random, 12); left; left--)
			strbuf_add_text(&sql, pieces[random_below(&random, 16)]);
		/* On the heap to the byte, where a sanitizer watches its end. */
		exact = strdup(sql.data);
		assert_non_null(exact);
		if (!postgres_translate(exact, &text, NULL)) {
			if (!strpbrk(exact, "'\""))
				assert_null(strstr(text.sql.data, "$a"));
			for (size_t i = 0; i < text.count; i++)
				assert_true(text.names[i].at + text.names[i].len <=
					exact + strlen(exact));
			assert_true(!text.copy ||
				text.copy + text.copy_len <= exact + strlen(exact));
			postgres_text_clear(&text);
		}
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_translated),
		cmocka_unit_test(rows_of_parameters_travel_by_copy),
		cmocka_unit_test(what_cannot_be_said_is_refused),
		cmocka_unit_test(any_text_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
