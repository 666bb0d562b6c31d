#include "tests/test.h"

#include <sqlite3.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "data/layer.h"

enum {
	ZOOM_MAX = 22,
	ZOOM_NEVER = 23,
	ID_MAX_CHARS =
		40, /* with "_history" and the name of an index still below PostgreSQL's 63 */
};

/* Fails the test in the name of a layer and, if there is one, of its field. */
#define refuse(layer, field, ...)                                                          \
	do {                                                                               \
		print_error("%s %s: ", (layer)->id, (field) ? (const char *)(field) : ""); \
		fail_msg(__VA_ARGS__);                                                     \
	} while (0)

/* Reserved words of PostgreSQL 15 (appendix C, "reserved" in any way), and its hidden columns. */
static const char *const postgres_words[] = {"all", "analyse", "analyze", "and", "any", "array",
	"as", "asc", "asymmetric", "authorization", "binary", "both", "case", "cast", "check",
	"collate", "collation", "column", "concurrently", "constraint", "create", "cross",
	"current_catalog", "current_date", "current_role", "current_schema", "current_time",
	"current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do",
	"else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from", "full",
	"grant", "group", "having", "ilike", "in", "initially", "inner", "intersect", "into", "is",
	"isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime",
	"localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or",
	"order", "outer", "overlaps", "placing", "primary", "references", "returning", "right",
	"select", "session_user", "similar", "some", "symmetric", "table", "tablesample", "then",
	"to", "trailing", "true", "union", "unique", "user", "using", "variadic", "verbose", "when",
	"where", "window", "with", "oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", NULL};

/* Columns that every table of a layer has, or that QGIS and OGR take for theirs. */
static const char *const reserved_columns[] = {"id", "uid", "version", "valid_from", "valid_to",
	"recorded_at", "source_attributes", "native_epsg", "native_geom", "geom", "z_m", "fid",
	"ogc_fid", "rowid", "oid", "_rowid_", NULL};

static bool stands_in(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

static bool is_identifier(const char *id)
{
	size_t len = strlen(id);

	return len >= 2 && len <= ID_MAX_CHARS && id[0] >= 'a' && id[0] <= 'z' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_") == len && id[len - 1] != '_' &&
	       !strstr(id, "__") && !sqlite3_keyword_check(id, (int)len) &&
	       !stands_in(id, postgres_words);
}

static bool is_title(const char *title)
{
	autofree(strbuf_clear) struct strbuf form = STRBUF(200);
	size_t len = title ? strlen(title) : 0;

	return len && title[0] != ' ' && title[len - 1] != ' ' && !strstr(title, "  ") &&
	       text_nfc(&form, title, len) && !strcmp(form.data, title);
}

/* Calls the check for every layer of THE table. */
static void each_layer(void (*check)(const struct layer *layer))
{
	const struct layer_table *table = city_layers();

	assert_true(table->count > 0);
	for (size_t i = 0; i < table->count; i++)
		check(&table->layers[i]);
}

static void check_ids(const struct layer *layer)
{
	static const char *const foreign[] = {
		"sqlite_", "pg_", "idx_", "spatial_", "geometry_", NULL};

	if (!is_identifier(layer->id))
		refuse(layer, NULL, "the id is no name of a table");
	for (size_t i = 0; foreign[i]; i++)
		if (text_starts_with(layer->id, foreign[i]))
			refuse(layer, NULL, "names with %s are taken", foreign[i]);
	for (size_t i = 0; i < layer->field_count; i++) {
		const char *id = layer->fields[i].id;

		if (!is_identifier(id) || stands_in(id, reserved_columns))
			refuse(layer, id, "the id is no name of a column");
		for (size_t other = 0; other < i; other++)
			if (!strcmp(id, layer->fields[other].id))
				refuse(layer, id, "stands twice");
	}
}

static void ids_are_names_of_tables_and_columns(void **state)
{
	const struct layer_table *table = city_layers();

	(void)state;
	each_layer(check_ids);
	for (size_t i = 0; i < table->count; i++)
		for (size_t other = 0; other < table->count; other++) {
			char history[100];

			snprintf(history, sizeof history, "%s_history", table->layers[other].id);
			if (!strcmp(table->layers[i].id, history))
				refuse(&table->layers[i], NULL, "is the history of another");
			if (i < other && !strcmp(table->layers[i].id, table->layers[other].id))
				refuse(&table->layers[i], NULL, "stands twice");
		}
}

static void check_titles(const struct layer *layer)
{
	for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
		if (!is_title(layer->title[lang]))
			refuse(layer, NULL, "a title is missing or not in NFC");
		for (size_t i = 0; i < layer->field_count; i++) {
			if (!is_title(layer->fields[i].title[lang]))
				refuse(layer, layer->fields[i].id,
					"a title is missing or not in NFC");
			for (size_t other = 0; other < i; other++)
				if (!strcmp(layer->fields[i].title[lang],
					    layer->fields[other].title[lang]))
					refuse(layer, layer->fields[i].id,
						"has the title of another field");
		}
		for (size_t i = 0; i < layer->look.class_count; i++)
			if (!is_title(layer->look.classes[i].title[lang]))
				refuse(layer, NULL,
					"the title of a class is missing or not in NFC");
	}
}

static void titles_stand_in_both_languages(void **state)
{
	(void)state;
	each_layer(check_titles);
}

static void check_fields(const struct layer *layer)
{
	assert_true(layer->geometry >= GEOMETRY_POINT && layer->geometry <= GEOMETRY_AREA);
	for (size_t i = 0; i < layer->field_count; i++) {
		const struct layer_field *field = &layer->fields[i];
		const char *aliases = field->aliases ? field->aliases : "";

		assert_true(field->type >= FIELD_TEXT && field->type <= FIELD_DATE);
		if (field->tile_zoom > ZOOM_MAX)
			refuse(layer, field->id, "in tiles from zoom %d on", field->tile_zoom);
		if ((field->source == FIELD_AREA_M2 || field->source == FIELD_LENGTH_M) &&
			field->type != FIELD_REAL)
			refuse(layer, field->id, "what is measured is a real number");
		if ((field->source == FIELD_UNIT_ISSUED || field->source == FIELD_UNIT_NOW) &&
			field->type != FIELD_INT)
			refuse(layer, field->id, "units are numbers");
		if (field->source == FIELD_AREA_M2 && layer->geometry != GEOMETRY_AREA)
			refuse(layer, field->id, "only areas have an area");
		if (field->source == FIELD_LENGTH_M && layer->geometry != GEOMETRY_LINE)
			refuse(layer, field->id, "only lines have a length");
		if (field->unit && (!*field->unit || strpbrk(field->unit, " \t²")))
			refuse(layer, field->id, "the unit is not UCUM");
		if (field->unit && field->type != FIELD_INT && field->type != FIELD_REAL)
			refuse(layer, field->id, "only numbers have a unit");
		if (strspn(aliases, "abcdefghijklmnopqrstuvwxyz0123456789_ ") != strlen(aliases))
			refuse(layer, field->id, "aliases are plain: '%s'", aliases);
		if (strstr(aliases, "  "))
			refuse(layer, field->id, "aliases have blanks too many: '%s'", aliases);
	}
}

static void fields_are_sane(void **state)
{
	(void)state;
	each_layer(check_fields);
}

static bool means(const struct layer_field *field, const char *column)
{
	bool found = false;

	assert_int_equal(layer_field_means(field, column, &found, NULL), 0);
	return found;
}

/* A column of a file means at most one field. */
static void check_alias(
	const struct layer *layer, const struct layer_field *field, struct slice alias)
{
	char column[100];

	assert_true(alias.len < sizeof column);
	memcpy(column, alias.at, alias.len);
	column[alias.len] = '\0';
	for (size_t i = 0; i < layer->field_count; i++)
		if (means(&layer->fields[i], column) != (&layer->fields[i] == field))
			refuse(layer, field->id, "'%s' means %s too", column, layer->fields[i].id);
}

static void check_aliases(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++) {
		const struct layer_field *field = &layer->fields[i];
		const char *at = field->aliases;
		struct slice alias;

		check_alias(layer, field, (struct slice){field->id, strlen(field->id)});
		while (text_next(&at, ' ', &alias))
			check_alias(layer, field, alias);
	}
}

static void aliases_never_clash(void **state)
{
	(void)state;
	each_layer(check_aliases);
}

/* The field, or NULL without a name; a name without a field is a fault. */
static const struct layer_field *named_field(const struct layer *layer, const char *name)
{
	const struct layer_field *field;

	if (!name)
		return NULL;
	field = layer_field_find(layer, name, strlen(name));
	if (!field)
		refuse(layer, name, "the look needs a field that is not there");
	if (!field->tile_zoom)
		refuse(layer, name, "the look needs a field that never stands in tiles");
	return field;
}

static void check_look_fields(const struct layer *layer)
{
	const struct layer_field *of_class = named_field(layer, layer->look.class_field);
	const struct layer_field *of_width = named_field(layer, layer->look.width_field);
	const struct layer_field *of_label = named_field(layer, layer->look.label.field);

	if (of_class && of_class->type != FIELD_TEXT)
		refuse(layer, of_class->id, "a class is chosen by a text");
	if (of_class && of_class->tile_zoom > layer->look.min_zoom)
		refuse(layer, of_class->id, "the layer comes before its classes are in tiles");
	if (of_width && (of_width->type != FIELD_REAL || layer->geometry != GEOMETRY_LINE))
		refuse(layer, of_width->id, "a width is a real number, and of lines");
	if (of_label && of_label->type != FIELD_TEXT && of_label->type != FIELD_INT)
		refuse(layer, of_label->id, "a label is a text or an integer");
	if (of_label && of_label->tile_zoom > layer->look.label.min_zoom)
		refuse(layer, of_label->id, "the label comes before its field is in tiles");
	if (!of_class && layer->look.class_count > 1)
		refuse(layer, NULL, "several classes, and nothing to choose by");
}

static void fields_of_the_look_exist(void **state)
{
	(void)state;
	each_layer(check_look_fields);
}

static void check_zooms(const struct layer *layer)
{
	const struct look *look = &layer->look;

	if (look->min_zoom > look->max_zoom || look->max_zoom > ZOOM_MAX ||
		look->stroke_zoom > ZOOM_NEVER)
		refuse(layer, NULL, "zooms %d to %d", look->min_zoom, look->max_zoom);
	if (look->label.field && look->label.min_zoom > look->max_zoom)
		refuse(layer, NULL, "labels from zoom %d on", look->label.min_zoom);
	for (size_t i = 0; i < look->class_count; i++)
		if (look->classes[i].min_zoom > look->max_zoom)
			refuse(layer, look->classes[i].title[LANG_EN], "is never drawn");
}

static void zooms_are_sane(void **state)
{
	(void)state;
	each_layer(check_zooms);
}

static void check_classes(const struct layer *layer)
{
	const struct look *look = &layer->look;

	if (!look->class_count || look->classes[look->class_count - 1].value)
		refuse(layer, NULL, "the last class takes what the others do not");
	for (size_t i = 0; i + 1 < look->class_count; i++) {
		const char *value = look->classes[i].value;

		if (!value || !*value)
			refuse(layer, NULL, "a class before the last has no value");
		for (size_t other = 0; other < i; other++)
			if (!strcmp(value, look->classes[other].value))
				refuse(layer, value, "has two classes");
	}
}

static void classes_end_with_the_catch_all(void **state)
{
	(void)state;
	each_layer(check_classes);
}

static void check_colours(const struct layer *layer)
{
	const struct look *look = &layer->look;
	bool strokes = look->stroke_px > 0 && look->stroke_zoom <= look->max_zoom;

	for (size_t i = 0; i < look->class_count; i++) {
		const struct look_class *class = &look->classes[i];
		bool fills = (class->fill & 0xFF) != 0;

		if (!fills && !(strokes && class->stroke & 0xFF))
			refuse(layer, class->title[LANG_EN], "cannot be seen");
		if (layer->geometry == GEOMETRY_LINE && !fills)
			refuse(layer, class->title[LANG_EN], "a line without its colour");
		if (layer->geometry != GEOMETRY_AREA && !(class->width_px > 0))
			refuse(layer, class->title[LANG_EN], "has no width");
	}
	if (look->label.field &&
		(!(look->label.size_px >= 8) || (look->label.colour & 0xFF) < 0x80 ||
			look->label.colour >> 8 == look->label.halo >> 8))
		refuse(layer, NULL, "labels cannot be read");
}

static void colours_are_visible(void **state)
{
	(void)state;
	each_layer(check_colours);
}

/* A small table of its own, so that the look-ups do not depend on what a city has. */
static const struct layer_field lamp_fields[] = {
	{.id = "lamp_kind", .title = {"Loại đèn", "Lamp"}, .aliases = "loai_den fixture"},
	{.id = "power_w", .title = {"Công suất", "Power"}},
};
static const struct layer two_layers[] = {
	{.id = "lamp", .fields = lamp_fields, .field_count = 2},
	{.id = "lamp_post"},
};
static const struct layer_table small_table = {two_layers, 2};

static void layers_and_fields_are_found(void **state)
{
	(void)state;
	assert_ptr_equal(layer_find(&small_table, "lamp", 4), &two_layers[0]);
	assert_ptr_equal(layer_find(&small_table, "lamp_post/items", 9), &two_layers[1]);
	assert_null(layer_find(&small_table, "lam", 3));
	assert_null(layer_find(&small_table, "", 0));
	assert_null(layer_find(&small_table, "Lamp", 4));
	assert_ptr_equal(layer_field_find(&two_layers[0], "power_w", 7), &lamp_fields[1]);
	assert_null(layer_field_find(&two_layers[0], "power", 5));
	assert_null(layer_field_find(&two_layers[1], "power_w", 7));
	assert_int_equal(layer_field_index(&two_layers[0], &lamp_fields[1]), 1);
}

static void columns_of_files_are_understood(void **state)
{
	static const char *const right[] = {"lamp_kind", "LAMP KIND", "LampKind", "Loại đèn",
		"LOAI_DEN", "loại  đèn", " loaiden ", "loa\u0323i đe\u0300n", "Fixture"};
	static const char *const wrong[] = {"", " ", "_", "loai", "den", "lamp_kind2",
		"loai_den fixture", "lamp_kind\xFF", "\xFF"};
	char endless[10000];

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		if (!means(&lamp_fields[0], right[i]))
			fail_msg("'%s' is not understood", right[i]);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (means(&lamp_fields[0], wrong[i]))
			fail_msg("'%s' is mistaken", wrong[i]);
	assert_true(means(&lamp_fields[1], "POWER_W"));
	memset(endless, 'x', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_false(means(&lamp_fields[0], endless));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_names_of_tables_and_columns),
		cmocka_unit_test(titles_stand_in_both_languages),
		cmocka_unit_test(fields_are_sane),
		cmocka_unit_test(aliases_never_clash),
		cmocka_unit_test(fields_of_the_look_exist),
		cmocka_unit_test(zooms_are_sane),
		cmocka_unit_test(classes_end_with_the_catch_all),
		cmocka_unit_test(colours_are_visible),
		cmocka_unit_test(layers_and_fields_are_found),
		cmocka_unit_test(columns_of_files_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
