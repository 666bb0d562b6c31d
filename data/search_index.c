#include "data/search_index.h"

#include "base/messages.h"
#include "base/text.h"
#include "data/feature_read.h"
#include "data/feature_row.h"
#include "data/history.h"
#include "data/search_sum.h"
#include "data/search_words.h"

enum {
	SEEN_MIN = 64,
	SEEN_MAX = 1 << 21, /* words of a writer; what is over is said again */
	SQL_MAX_BYTES = 1 << 13,
	OLD_NAMES_MAX = FEATURE_FIELDS_MAX + SEARCH_FORMER_MAX,
};

bool search_index_wants(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (search_finds_by(&layer->fields[i]))
			return true;
	return false;
}

size_t search_number_fields(const struct layer *layer,
	const struct layer_field *ret[SEARCH_NUMBER_FIELDS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < layer->field_count && count < SEARCH_NUMBER_FIELDS_MAX; i++)
		if (layer->fields[i].search == SEARCH_NUMBER)
			ret[count++] = &layer->fields[i];
	return count;
}

bool search_number_of(const struct layer *layer, const struct value *values,
	char ret[SEARCH_NAME_BYTES])
{
	const struct layer_field *fields[SEARCH_NUMBER_FIELDS_MAX];
	size_t count = search_number_fields(layer, fields), used = 0;

	*ret = '\0';
	for (size_t i = 0; i < count; i++) {
		const struct value *value = &values[layer_field_index(layer, fields[i])];

		if (value->kind != VALUE_TEXT || !value->len ||
			used + value->len + 2 > SEARCH_NAME_BYTES)
			return false;
		if (i)
			ret[used++] = '/';
		memcpy(ret + used, value->text, value->len + 1);
		used += value->len;
	}
	return count > 0;
}

/* True if the word was seen before; it is from now on. */
static bool was_seen(struct search_writer *writer, int64_t word)
{
	uint64_t *grown, key = (uint64_t)word | 1;
	size_t room = writer->seen_room, at;

	if (writer->seen_count * 2 >= room && room < SEEN_MAX) {
		size_t wider = room ? room * 4 : SEEN_MIN;

		grown = calloc(wider, sizeof *grown);
		if (!grown)
			return false;
		for (size_t i = 0; i < room; i++) {
			if (!writer->seen[i])
				continue;
			for (at = writer->seen[i] & (wider - 1); grown[at];)
				at = (at + 1) & (wider - 1);
			grown[at] = writer->seen[i];
		}
		free(writer->seen);
		writer->seen = grown;
		writer->seen_room = room = wider;
	}
	for (at = key & (room - 1); writer->seen[at]; at = (at + 1) & (room - 1))
		if (writer->seen[at] == key)
			return true;
	if (writer->seen_count * 2 < room) {
		writer->seen[at] = key;
		writer->seen_count++;
	}
	return false;
}

void search_writer_clear(struct search_writer *writer)
{
	free(writer->seen);
	writer->seen = NULL;
	writer->seen_count = writer->seen_room = 0;
}

static int put_token(struct store *store, int64_t word, int64_t name, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO search_token (word, name) VALUES ($word, $name) ON CONFLICT DO NOTHING",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "word", word);
	query_bind_int(query, "name", name);
	return query_run(query, err);
}

static int put_rest(struct store *store, int64_t rest, const char *word, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO search_rest (rest, word) VALUES ($rest, $word) ON CONFLICT DO NOTHING",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "rest", rest);
	query_bind_text(query, "word", word);
	return query_run(query, err);
}

/* A word joins the vocabulary. */
static int put_word(struct store *store, const char *word, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int64_t rests[SEARCH_RESTS_MAX];
	size_t count = search_word_rests(word, rests);
	int rc = store_query(store,
		"INSERT INTO search_word (word) VALUES ($word) ON CONFLICT DO NOTHING", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "word", word);
	rc = query_run(query, err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = put_rest(store, rests[i], word, err);
	return rc;
}

/* A name with what stands beside it. */
struct naming {
	int64_t feature_id, unit;
	const char *field, *name, *place;
	struct date until; /* "" it is called so today */
	bool in_force;
};

int64_t search_class(const struct layer *layer)
{
	int place = layer->search_place[0];

	return place && place < SEARCH_CLASSES ? place : SEARCH_CLASSES;
}

static int find_next_name(struct search_writer *writer, struct error *err)
{
	int64_t first = search_class(writer->layer) << SEARCH_CLASS_SHIFT, last = 0;
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(writer->store,
		"SELECT max(id) FROM search_name WHERE id > $first AND id < $end", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "first", first);
	query_bind_int(query, "end", first + (INT64_C(1) << SEARCH_CLASS_SHIFT));
	rc = query_step(query, err);
	if (rc > 0 && !query_is_null(query, 0))
		last = query_int(query, 0);
	writer->next_name = (last ? last : first) + 1;
	return rc < 0 ? rc : 0;
}

static int put_name(struct search_writer *writer, const struct naming *naming, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = 0;

	if (!writer->next_name)
		rc = find_next_name(writer, err);
	if (!rc)
		rc = store_query(writer->store,
			"INSERT INTO search_name"
			" (id, layer, feature_id, field, name, place, until, unit_id, in_force) VALUES"
			" ($id, $layer, $feature_id, $field, $name, $place, $until, $unit_id,"
			" $in_force)",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", writer->next_name);
	query_bind_text(query, "layer", writer->layer->id);
	query_bind_int(query, "feature_id", naming->feature_id);
	query_bind_text(query, "field", naming->field);
	query_bind_text(query, "name", naming->name);
	query_bind_text(query, "place", *naming->place ? naming->place : NULL);
	query_bind_text(query, "until", *naming->until.text ? naming->until.text : NULL);
	query_bind_int(query, "unit_id", naming->unit);
	query_bind_int(query, "in_force", naming->in_force);
	return query_run(query, err);
}

/* A text, as much of it as the index keeps. */
static void cut_name(char ret[SEARCH_NAME_BYTES], const char *text)
{
	size_t len = strlen(text);

	if (len >= SEARCH_NAME_BYTES)
		len = text_cut(text, SEARCH_NAME_BYTES - 1);
	memcpy(ret, text, len);
	ret[len] = '\0';
}

/* What a record says of where it is; "" nothing. */
static void place_of(
	char ret[SEARCH_NAME_BYTES], const struct layer *layer, const struct value *values)
{
	*ret = '\0';
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].search == SEARCH_WITHIN && values[i].kind == VALUE_TEXT)
			cut_name(ret, values[i].text);
}

static int add_name(struct search_writer *writer, const struct naming *naming, struct error *err)
{
	struct search_words words;
	struct naming cut = *naming;
	char name[SEARCH_NAME_BYTES];
	int rc;

	cut_name(name, naming->name);
	cut.name = name;
	rc = search_words_read(name, strlen(name), &words, err);
	if (rc || !words.count)
		return rc;
	rc = put_name(writer, &cut, err);
	for (size_t i = 0; !rc && i < words.count; i++) {
		const char *key = words.words[i].key;
		int64_t word = search_word_number(key, false);

		rc = put_token(writer->store, word, writer->next_name, err);
		if (!rc && writer->layer->is_units)
			rc = put_token(writer->store, search_word_number(key, true),
				writer->next_name, err);
		if (!rc && !was_seen(writer, word))
			rc = put_word(writer->store, key, err);
	}
	writer->next_name++;
	return rc;
}

static int add_names_of(struct search_writer *writer, const struct feature *feature,
	const struct date *until, bool in_force, struct error *err)
{
	char place[SEARCH_NAME_BYTES];
	int rc = 0;

	place_of(place, writer->layer, feature->values);
	for (size_t i = 0; !rc && i < writer->layer->field_count; i++) {
		const struct value *value = &feature->values[i];

		if (writer->layer->fields[i].search != SEARCH_NAME ||
			value->kind != VALUE_TEXT || !value->len)
			continue;
		rc = add_name(writer,
			&(struct naming){feature->id, view_unit(writer->layer, feature),
				writer->layer->fields[i].id, value->text, place, *until,
				in_force},
			err);
	}
	return rc;
}

int search_writer_add(struct search_writer *writer, const struct feature *feature,
	bool in_force, struct error *err)
{
	/* What has not begun is added when it begins. */
	if (!in_force && !*feature->valid_to.text)
		return 0;
	return add_names_of(writer, feature, in_force ? &(struct date){""} : &feature->valid_to,
		in_force, err);
}

/* Names of before of a record, as they are gathered. */
struct former {
	char name[SEARCH_NAME_BYTES];
	const char *field;
	struct date until;
	bool holds; /* it was called so in law; else somebody wrote so, and it was put right */
};
struct following {
	struct search_writer writer;
	const struct date *today;
	int64_t id, unit;
	bool in_force;
	struct former former[SEARCH_FORMER_MAX];
	size_t former_count;
	/* Of the version in force: its names, then its number. */
	char names[FEATURE_FIELDS_MAX][SEARCH_NAME_BYTES];
	char number[SEARCH_NAME_BYTES];
	char place[SEARCH_NAME_BYTES]; /* of the last version that counts */
};

static bool is_name(const char *kept, const char *text)
{
	char cut[SEARCH_NAME_BYTES];

	cut_name(cut, text);
	return !strcmp(kept, cut);
}

/* When the name ceased in law counts, rather than when a version gave way in the register. */
static void note_former(struct following *following, const char *field, const char *name,
	const struct date *until, bool holds)
{
	struct former *former = following->former;
	size_t at = 0;

	while (at < following->former_count &&
		(!is_name(former[at].name, name) || strcmp(former[at].field, field) != 0))
		at++;
	if (at == SEARCH_FORMER_MAX)
		return;
	if (at == following->former_count) {
		following->former_count++;
		former[at] = (struct former){.field = field, .until = *until, .holds = holds};
		cut_name(former[at].name, name);
	} else if (holds != former[at].holds ? holds
					     : strcmp(former[at].until.text, until->text) < 0) {
		former[at].until = *until;
		former[at].holds = holds;
	}
}

/* The fields whose names of before count. */
static bool is_kept(const struct layer_field *field)
{
	return field->search == SEARCH_NAME || field->search == SEARCH_CODE;
}

static void note_current(struct following *following, const struct feature *feature)
{
	const struct layer *layer = following->writer.layer;

	following->in_force = true;
	following->unit = view_unit(layer, feature);
	place_of(following->place, layer, feature->values);
	search_number_of(layer, feature->values, following->number);
	for (size_t i = 0; i < layer->field_count; i++)
		if (is_kept(&layer->fields[i]) && feature->values[i].kind == VALUE_TEXT)
			cut_name(following->names[i], feature->values[i].text);
}

static int take_current(void *context, const struct feature *feature, struct error *err)
{
	struct following *following = context;

	note_current(following, feature);
	return add_names_of(&following->writer, feature, &(struct date){""}, true, err);
}

/* The first day on which a version of before did not hold; false: it is one to come. */
static bool find_until(struct query *query, const struct date *today, struct date *ret_until)
{
	struct date superseded;

	query_date(query, 0, ret_until);
	if (query_is_null(query, 1))
		return *ret_until->text && strcmp(ret_until->text, today->text) <= 0;
	superseded = clock_date_vietnam(query_int(query, 1));
	if (!*ret_until->text || strcmp(superseded.text, ret_until->text) < 0)
		*ret_until = superseded;
	return true;
}

static void note_version(struct following *following, struct query *query)
{
	const struct layer *layer = following->writer.layer;
	struct value values[FEATURE_FIELDS_MAX];
	char number[SEARCH_NAME_BYTES];
	struct date until;
	bool has_number, holds = query_is_null(query, 1);

	query_values(query, 2, (int)layer->field_count, values);
	if (!following->unit)
		following->unit = view_unit(layer,
			&(struct feature){.id = following->id, .values = values});
	if (!find_until(query, following->today, &until))
		return;
	if (!following->in_force && !*following->place)
		place_of(following->place, layer, values);
	for (size_t i = 0; i < layer->field_count; i++)
		if (is_kept(&layer->fields[i]) && values[i].kind == VALUE_TEXT && values[i].len &&
			!is_name(following->names[i], values[i].text))
			note_former(following, layer->fields[i].id, values[i].text, &until,
				holds);
	has_number = search_number_of(layer, values, number);
	if (has_number && strcmp(number, following->number) != 0)
		for (size_t i = layer->field_count; i-- > 0;)
			if (layer->fields[i].search == SEARCH_NUMBER) {
				note_former(
					following, layer->fields[i].id, number, &until, holds);
				break;
			}
}

static int read_former(struct following *following, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	const struct layer *layer = following->writer.layer;
	int rc;

	strbuf_add_text(&sql, "SELECT valid_to, superseded_at");
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(&sql, ", \"%s\"", layer->fields[i].id);
	strbuf_add_format(&sql,
		" FROM \"%s_history\" WHERE key >= $from AND key <= $to AND action <> 'end'"
		" ORDER BY key DESC LIMIT %d",
		layer->id, SEARCH_VERSIONS_MAX);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(following->writer.store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "from", history_key(following->id, 0));
	query_bind_int(query, "to", history_key(following->id, HISTORY_VERSIONS_MAX - 1));
	while ((rc = query_step(query, err)) > 0)
		note_version(following, query);
	return rc;
}

/* The names that a record has in the index. */
struct old_names {
	size_t count;
	struct {
		int64_t id;
		char name[SEARCH_NAME_BYTES];
	} names[OLD_NAMES_MAX];
};

static int read_old(struct store *store, const struct layer *layer, int64_t id,
	struct old_names *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT id, name FROM search_name WHERE layer = $layer AND feature_id = $id",
		&query, err);

	ret->count = 0;
	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "id", id);
	while ((rc = query_step(query, err)) > 0) {
		if (ret->count == OLD_NAMES_MAX)
			return fail_register_damaged(err);
		ret->names[ret->count].id = query_int(query, 0);
		snprintf(ret->names[ret->count++].name, SEARCH_NAME_BYTES, "%s",
			query_text(query, 1, NULL));
	}
	return rc;
}

static int remove_token(struct store *store, int64_t word, int64_t name, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM search_token WHERE word = $word AND name = $name", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "word", word);
	query_bind_int(query, "name", name);
	return query_run(query, err);
}

/* Words stay in the vocabulary: others have most of them, too. */
static int forget(struct store *store, const struct layer *layer, int64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct search_words words;
	struct old_names old;
	int rc = read_old(store, layer, id, &old, err);

	for (size_t i = 0; !rc && i < old.count; i++) {
		rc = search_words_read(
			old.names[i].name, strlen(old.names[i].name), &words, err);
		for (size_t k = 0; !rc && k < 2 * words.count; k++)
			rc = remove_token(store,
				search_word_number(words.words[k / 2].key, k % 2 != 0),
				old.names[i].id, err);
	}
	if (rc || !old.count)
		return rc;
	rc = store_query(store,
		"DELETE FROM search_name WHERE layer = $layer AND feature_id = $id", &query, err);
	if (rc)
		return rc;
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "id", id);
	return query_run(query, err);
}

static int add_former(struct following *following, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < following->former_count; i++) {
		const struct former *former = &following->former[i];

		rc = add_name(&following->writer,
			&(struct naming){following->id, following->unit, former->field,
				former->name, following->place, former->until,
				following->in_force},
			err);
	}
	return rc;
}

int search_index_follow(struct store *store, const struct layer *layer, int64_t id,
	const struct feature *shown, const struct date *today, struct error *err)
{
	struct following *following;
	bool found;
	int rc;

	if (!search_index_wants(layer))
		return 0;
	following = calloc(1, sizeof *following);
	if (!following)
		return fail_no_memory(err);
	following->writer = SEARCH_WRITER(store, layer);
	following->today = today;
	following->id = id;
	rc = forget(store, layer, id, err);
	if (!rc && shown)
		rc = take_current(following, shown, err);
	else if (!rc)
		rc = feature_read_one(
			store, &VIEW_NOW(layer), id, take_current, following, &found, err);
	if (!rc)
		rc = read_former(following, err);
	if (!rc)
		rc = add_former(following, err);
	search_writer_clear(&following->writer);
	free(following);
	return rc;
}
