#include "server/cases/address_import.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/feature_write.h"
#include "data/history.h"
#include "data/house_number.h"
#include "gis/unit_finder.h"
#include "server/cases/address_record.h"

enum {
	ROW_ARENA_BYTES = 64 << 20,
	STREETS_MAX = 500000,
	PARCELS_HERE_MAX = 200, /* whose boxes hold one place */
	PROGRESS_ROWS = 500,
};

static const double at_parcel_m = 1.5; /* an entrance so near to a parcel is its own */

/* A street as rows find it. */
struct known_street {
	struct street_node node;
	const char *key; /* of its name, "nguyen hue", "hem 15/3 yersin" */
	struct street_line line;
	bool is_measured, is_tried;
};

/* The import while it runs. */
struct importing {
	struct address_import *import;
	struct case_tools tools; /* of the transaction; the arena stays for the whole of it */
	struct arena row;	 /* of the row in hand */
	struct numbering_rules rules;
	struct known_street *streets; /* heap, by key */
	struct known_street **alleys; /* by parent, then number; in the arena */
	size_t street_count, street_room;
	struct unit_finder *units;
	const struct crs_path *from_wgs84;
	const struct layer *layer;
	struct change_set changes;
	struct feature_writer writer;
	int64_t number; /* of the row */
};

static void find_row(
	struct importing *importing, enum address_severity severity, const struct error *what)
{
	struct address_import *import = importing->import;

	if (severity == ADDRESS_ERROR)
		import->report.errors++;
	else
		import->report.warnings++;
	import->finding(import->context, importing->number, severity, what);
}

/* --- streets ------------------------------------------------------------------------------------ */

static int key_of(struct arena *arena, const char *text, const char **ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(4 * STREET_LABEL_MAX);
	int rc;

	text_search_key(&key, text, strlen(text));
	rc = strbuf_check(&key, err);
	if (rc)
		return rc;
	*ret = arena_text(arena, key.data ? key.data : "", key.len);
	return *ret ? 0 : fail_no_memory(err);
}

static int take_street(void *context, const struct feature *feature, struct error *err)
{
	struct importing *importing = context;
	struct known_street *known;
	int rc;

	if (importing->street_count == STREETS_MAX)
		return fail_quarter_too_large(err, STREETS_MAX);
	if (!array_reserve((void **)&importing->streets, &importing->street_room,
		    importing->street_count + 1, sizeof *known))
		return fail_no_memory(err);
	known = &importing->streets[importing->street_count];
	*known = (struct known_street){.key = ""};
	rc = street_of(&importing->tools, feature, &known->node, err);
	if (!rc)
		rc = key_of(importing->tools.arena, known->node.name, &known->key, err);
	importing->street_count += !rc;
	return rc;
}

static int by_key(const void *left, const void *right)
{
	const struct known_street *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->node.id > b->node.id) - (a->node.id < b->node.id);
}

static int by_parent(const void *left, const void *right)
{
	const struct street_node *a = &(*(struct known_street *const *)left)->node;
	const struct street_node *b = &(*(struct known_street *const *)right)->node;

	if (a->parent_id != b->parent_id)
		return a->parent_id < b->parent_id ? -1 : 1;
	return strcmp(a->after, b->after);
}

/* How far a place is from a street; of one without line very far. */
static double distance_from(
	struct importing *importing, struct known_street *street, const double place[2])
{
	struct street_foot foot;
	struct error none = {0};

	if (!street->is_tried) {
		street->is_tried = true;
		street->is_measured = !street_measure(
			&importing->tools, &street->node, &street->line, &none);
	}
	if (!street->is_measured || isnan(place[0]))
		return HUGE_VAL;
	street_line_foot(&street->line, place[0], place[1], &foot);
	return foot.distance_m;
}

/* Of several of that name the one nearest to the place. */
static struct known_street *find_key(
	struct importing *importing, const char *key, const double place[2])
{
	struct known_street *best = NULL;
	double least = 0;
	size_t low = 0, high = importing->street_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(importing->streets[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < importing->street_count; i++) {
		struct known_street *street = &importing->streets[i];
		double distance;

		if (strcmp(street->key, key) != 0)
			break;
		distance = distance_from(importing, street, place);
		if (!best || distance < least) {
			best = street;
			least = distance;
		}
	}
	return best;
}

/* "duong nguyen hue" is "nguyen hue", unless a street is called so. */
static struct known_street *find_street(
	struct importing *importing, const char *key, const double place[2])
{
	struct known_street *found = find_key(importing, key, place);
	const char *called = layer_of_streets(importing->tools.layers)->called, *at = called;
	struct slice word;

	while (!found && called && text_next(&at, ' ', &word))
		if (!strncmp(key, word.at, word.len) && key[word.len] == ' ')
			found = find_key(importing, key + word.len + 1, place);
	return found;
}

/* The alley that leaves a street at the house of that number. */
static struct known_street *find_alley(
	struct importing *importing, const struct known_street *parent, const char *after)
{
	struct known_street wanted = {.node = {.parent_id = parent->node.id, .after = after}};
	struct known_street *key = &wanted;
	struct known_street **found = bsearch(&key, importing->alleys, importing->street_count,
		sizeof *importing->alleys, by_parent);

	return found ? *found : NULL;
}

static const char *node_text(struct arena *arena, const struct house_node *node)
{
	char text[HOUSE_LETTERS_MAX * 2 + 16];
	int len = snprintf(text, sizeof text, "%s%d%s", node->before, node->number, node->behind);

	return len > 0 ? arena_text(arena, text, (size_t)len) : NULL;
}

/* --- a row -------------------------------------------------------------------------------------- */

/* What a row says, as far as it is understood. */
struct understood {
	struct house_number number;
	struct known_street *street;
	struct street_chain chain;
	double place[2]; /* NaN unknown */
	int64_t parcel_id;
};

static int read_place(struct importing *importing, const struct address_row *row,
	double ret[2], struct error *err)
{
	ret[0] = row->east;
	ret[1] = row->north;
	if (isnan(row->lon) || isnan(row->lat))
		return 0;
	ret[0] = row->lon;
	ret[1] = row->lat;
	return crs_path_move(importing->from_wgs84, ret, 1, err);
}

/* Whether the alleys of the number are the way to the street that the row names itself. */
static bool is_own_path(const struct understood *said)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(STREET_LABEL_MAX);

	for (size_t i = 0; i < said->number.alley_count; i++)
		strbuf_add_format(&path, "%s%s%d%s", i ? "/" : "", said->number.alleys[i].before,
			said->number.alleys[i].number, said->number.alleys[i].behind);
	return !path.failed && path.data && !strcmp(path.data, said->chain.path);
}

static int find_node(struct importing *importing, const struct address_row *row,
	struct understood *said, struct error *why, struct error *err)
{
	const char *key = NULL;
	int rc = key_of(&importing->row, row->street, &key, err);

	if (!rc)
		said->street = find_street(importing, key, said->place);
	if (rc || !said->street)
		return rc ? rc : (fail_row_street_unknown(why, row->street), 0);
	rc = street_chain_of(&importing->tools, &said->street->node, &said->chain, err);
	if (rc || is_own_path(said))
		return rc;
	for (size_t i = 0; i < said->number.alley_count; i++) {
		const char *after = node_text(&importing->row, &said->number.alleys[i]);
		struct known_street *alley =
			after ? find_alley(importing, said->street, after) : NULL;

		if (!after)
			return fail_no_memory(err);
		if (!alley)
			return fail_row_alley_unknown(why, after, said->street->node.name), 0;
		said->street = alley;
	}
	return street_chain_of(&importing->tools, &said->street->node, &said->chain, err);
}

struct at_place {
	struct importing *importing;
	const double *place;
	double least_m;
	int64_t id;
};

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct at_place *at = context;
	struct shape shape;
	double distance;
	int rc;

	if (!feature->wkb.bytes)
		return 0;
	rc = shape_read_wkb(&at->importing->row, feature->wkb, &shape, err);
	if (rc)
		return rc;
	distance = shape_distance(&shape, at->place[0], at->place[1]);
	if (distance < at->least_m || (distance == at->least_m && !at->id)) {
		at->least_m = distance;
		at->id = feature->id;
	}
	return 0;
}

static int find_parcel(
	struct importing *importing, struct understood *said, struct error *err)
{
	const struct view view = VIEW_NOW(layer_of_land(importing->tools.layers));
	const double *place = said->place;
	struct box box = {place[0] - at_parcel_m, place[1] - at_parcel_m, place[0] + at_parcel_m,
		place[1] + at_parcel_m};
	struct at_place at = {importing, place, at_parcel_m, 0};
	autofree(id_list_clear) struct id_list ids = {0};
	bool more;
	int rc;

	if (isnan(place[0]))
		return 0;
	rc = feature_ids_in_box(importing->tools.store, &view, &box, false, 0, PARCELS_HERE_MAX,
		&ids, &more, err);
	if (!rc)
		rc = feature_read_list(importing->tools.store, &view, ids.ids, ids.count,
			take_parcel, &at, err);
	said->parcel_id = at.id;
	return rc;
}

/* What is odd about it is told. */
static void judge(struct importing *importing, struct understood *said)
{
	const struct numbering_rules *rules = &importing->rules;
	struct error what = {0};
	struct street_foot foot;
	int parity;

	if (isnan(said->place[0])) {
		fail_row_without_place(&what);
		find_row(importing, ADDRESS_WARNING, &what);
		return;
	}
	if (!said->parcel_id) {
		fail_row_without_land(&what);
		find_row(importing, ADDRESS_WARNING, &what);
	}
	if (distance_from(importing, said->street, said->place) == HUGE_VAL)
		return;
	street_line_foot(&said->street->line, said->place[0], said->place[1], &foot);
	if (foot.distance_m > rules->limits.far_m) {
		fail_door_far(&what, round(foot.distance_m), said->street->node.name);
		find_row(importing, ADDRESS_WARNING, &what);
	}
	parity = numbering_parity(&rules->parameters, foot.aside_m > 0 ? 1 : -1);
	if (said->street->node.direction != STREET_UNDECIDED &&
		said->number.house.number % 2 != parity) {
		fail_row_wrong_side(&what);
		find_row(importing, ADDRESS_WARNING, &what);
	}
}

/* 0, and in *why what makes it impossible to keep the row. */
static int understand(struct importing *importing, const struct address_row *row,
	struct understood *said, struct error *why, struct error *err)
{
	size_t rest, len = strlen(row->number);
	int rc = 0;

	if (!house_number_read(row->number, len, &said->number, &rest) || rest != len ||
		!said->number.has_house ||
		strlen(said->number.house.behind) >= NUMBERING_SUFFIX_MAX)
		return fail_number_unread(why, row->number), 0;
	rc = read_place(importing, row, said->place, err);
	if (!rc)
		rc = find_node(importing, row, said, why, err);
	return rc || why->code ? rc : find_parcel(importing, said, err);
}

static int64_t unit_at(const struct importing *importing, const double place[2])
{
	double xy[2] = {place[0], place[1]};
	uint32_t end = 1;
	const struct shape point = {.kind = GEOMETRY_POINT, .point_count = 1, .xy = xy,
		.ring_count = 1, .ring_ends = &end, .part_count = 1, .part_ends = &end};

	return isnan(xy[0]) ? 0 : unit_finder_find(importing->units, &point);
}

static const char *status_of(const struct address_row *row)
{
	static const char *const known[] = {"current", "reserved", "retired"};

	for (size_t i = 1; i < sizeof known / sizeof known[0]; i++)
		if (!strcmp(row->status, known[i]))
			return known[i];
	return known[0];
}

static int keep_row(struct importing *importing, const struct address_row *row,
	const struct understood *said, struct error *err)
{
	struct address_record *record = arena_alloc(&importing->row, sizeof *record);
	struct address_saying saying = {.chain = &said->chain,
		.street_id = said->street->node.id,
		.number = {.number = said->number.house.number,
			.to = said->number.is_range ? said->number.to.number : 0},
		.prefix = *said->number.house.before ? said->number.house.before : NULL,
		.flat = said->number.is_flat ? said->number.flat : 0,
		.status = status_of(row),
		.parcel_id = said->parcel_id,
		.east = said->place[0],
		.north = said->place[1],
		.valid_from = importing->import->valid_from,
		.unit_id = unit_at(importing, said->place)};
	struct error taken = {0};
	int rc;

	if (!record)
		return fail_no_memory(err);
	(void)snprintf(saying.number.suffix, sizeof saying.number.suffix, "%s",
		said->number.house.behind);
	rc = address_record_make(importing->layer, &saying, &importing->row, record, err);
	if (rc)
		return rc;
	if (isnan(said->place[0])) {
		record->feature.wkb = (struct wkb){NULL, 0};
		record->feature.box = box_empty;
	}
	/* What is taken is found before anything of the row is written. */
	record->feature.id = importing->writer.next_id;
	rc = address_claim(importing->tools.store, importing->layer, &record->feature, &taken);
	if (rc == ERR_CONFLICT || rc == ERR_TOO_LARGE) {
		find_row(importing, ADDRESS_ERROR, &taken);
		return address_release(importing->tools.store, record->feature.id, err);
	}
	if (rc)
		return error_copy(err, &taken);
	rc = feature_writer_add(&importing->writer, &record->feature, err);
	importing->import->report.stored += !rc;
	return rc;
}

static int take_row(
	struct importing *importing, const struct address_row *row, struct error *err)
{
	struct understood said = {.place = {(double)NAN, (double)NAN}};
	struct error why = {0};
	int rc = understand(importing, row, &said, &why, err);

	if (rc)
		return rc;
	if (why.code) {
		find_row(importing, ADDRESS_ERROR, &why);
		return 0;
	}
	judge(importing, &said);
	return keep_row(importing, row, &said, err);
}

/* --- the file ----------------------------------------------------------------------------------- */

static int count_row(struct importing *importing, struct error *err)
{
	struct address_import *import = importing->import;

	arena_reset(&importing->row);
	if (++import->report.rows % PROGRESS_ROWS == 0 &&
		!import->progress(import->context, import->report.rows))
		return fail_cancelled(err);
	return 0;
}

static int take_table(struct importing *importing, struct error *err)
{
	const struct address_import *import = importing->import;
	struct address_table table;
	struct address_row row;
	int rc = address_table_begin(&table, import->text, import->len, err);

	while (!rc) {
		struct error broken = {0};
		int got;

		rc = count_row(importing, err);
		if (rc)
			return rc;
		got = address_table_next(&table, &importing->row, &row, &broken);
		importing->number = table.row;
		if (!got)
			break;
		if (got == ERR_NOMEM)
			return fail_no_memory(err);
		if (got < 0)
			return error_copy(err, &broken);
		rc = take_row(importing, &row, err);
	}
	importing->import->report.rows -= !rc;
	return rc;
}

static int take_lines(struct importing *importing, struct error *err)
{
	const struct address_import *import = importing->import;
	const char *at = import->text, *end = at + import->len;
	int rc = 0;

	while (!rc && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		struct address_row row;
		struct error broken = {0};

		importing->number++;
		if (len) {
			rc = count_row(importing, err);
			if (rc)
				return rc;
			if (address_line_read(at, len, &importing->row, &row, &broken))
				find_row(importing, ADDRESS_ERROR, &broken);
			else
				rc = take_row(importing, &row, err);
		}
		at += len + 1;
	}
	return rc;
}

static int begin(struct importing *importing, struct store *store, struct error *err)
{
	struct address_import *import = importing->import;
	const struct view streets = VIEW_NOW(layer_of_streets(import->tools->layers));
	int rc;

	importing->tools = *import->tools;
	importing->tools.store = store;
	importing->layer = layer_of_addresses(import->tools->layers);
	if (!*import->valid_from.text)
		import->valid_from = clock_date_vietnam(import->author.at_us);
	rc = numbering_rules_read(
		&importing->tools, &import->valid_from, 0, &importing->rules, err);
	if (!rc)
		rc = feature_read_after(store, &streets, 0, take_street, importing, err);
	if (rc)
		return rc;
	if (importing->street_count)
		qsort(importing->streets, importing->street_count, sizeof *importing->streets,
			by_key);
	importing->alleys = arena_zero(importing->tools.arena, importing->street_count + 1,
		sizeof *importing->alleys);
	if (!importing->alleys)
		return fail_no_memory(err);
	for (size_t i = 0; i < importing->street_count; i++)
		importing->alleys[i] = &importing->streets[i];
	qsort(importing->alleys, importing->street_count, sizeof *importing->alleys, by_parent);
	rc = crs_path_find(importing->tools.crs, CRS_WGS84, importing->tools.city->epsg,
		&importing->from_wgs84, err);
	if (!rc)
		rc = unit_finder_open(
			store, importing->tools.layers, NULL, NULL, &importing->units, err);
	return rc ? rc : change_begin(store, &import->author, &importing->changes, err);
}

static int run(struct importing *importing, struct store *store, struct error *err)
{
	struct address_import *import = importing->import;
	int rc = begin(importing, store, err);

	if (!rc)
		rc = feature_writer_open(store, importing->layer, importing->tools.city->epsg,
			&importing->changes, import->randomness, &importing->writer, err);
	if (rc)
		return rc;
	rc = import->format == ADDRESS_BAL ? take_table(importing, err)
					   : take_lines(importing, err);
	if (!rc)
		rc = feature_writer_close(&importing->writer, err);
	feature_writer_clear(&importing->writer);
	if (!rc)
		rc = change_end(&importing->changes, err);
	if (rc)
		return rc;
	import->declined = !import->confirm(import->context, &import->report);
	return import->declined ? fail_cancelled(err) : 0;
}

int address_import_run(struct store *store, void *context, struct error *err)
{
	struct importing importing = {.import = context, .row = ARENA(ROW_ARENA_BYTES)};
	int rc;

	importing.import->report = (struct address_report){.rows = 0};
	rc = run(&importing, store, err);
	unit_finder_close(importing.units);
	free(importing.streets);
	arena_clear(&importing.row);
	return rc;
}
