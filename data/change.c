#include "data/change.h"

#include <math.h>

#include "base/messages.h"

static const char *const action_names[] = {"create", "update", "delete", "start", "stop"};

const char *change_action_name(enum change_action action)
{
	return action_names[action];
}

int change_seal_of(
	struct store *store, int64_t seq, struct digest_text *ret_seal, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest digest;
	const void *bytes;
	size_t len;
	int rc;

	*ret_seal = (struct digest_text){""};
	if (!seq)
		return 0;
	rc = store_query(store,
		"SELECT l.digest FROM change c JOIN change_link l ON l.link = c.link WHERE c.seq = $seq",
		&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "seq", seq);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_no_such_record(err);
	bytes = query_bytes(query, 0, &len);
	if (!bytes || len != sizeof digest.bytes)
		return fail_register_damaged(err);
	memcpy(digest.bytes, bytes, len);
	*ret_seal = digest_print(&digest);
	return query_check_row(query, err);
}

int change_last_seq(struct store *store, int64_t *ret_seq, struct error *err)
{
	return store_int(store, "SELECT max(seq) FROM change", ret_seq, err);
}

static void add_number(struct digest_maker *maker, int64_t number)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
	digest_add(maker, bytes, sizeof bytes);
}

static void add_text(struct digest_maker *maker, const char *text)
{
	size_t len = strlen(text);

	add_number(maker, (int64_t)len);
	digest_add(maker, text, len);
}

static void add_box(struct digest_maker *maker, const struct box *box)
{
	double sides[4] = {box->min_x, box->min_y, box->max_x, box->max_y};

	add_number(maker, box->min_x <= box->max_x);
	for (size_t i = 0; box->min_x <= box->max_x && i < 4; i++) {
		double plain = sides[i] + 0.0;
		int64_t bits;

		memcpy(&bits, &plain, sizeof bits);
		add_number(maker, bits);
	}
}

void change_seal_begin(struct digest_maker *maker, const struct digest *before, int64_t link,
	const struct change_author *author, int64_t first_seq)
{
	digest_begin(maker);
	digest_add(maker, before->bytes, sizeof before->bytes);
	add_number(maker, link);
	add_number(maker, author->at_us);
	add_text(maker, author->actor);
	add_text(maker, author->reason);
	add_number(maker, first_seq);
}

void change_seal_add(struct digest_maker *maker, int64_t seq, const char *layer,
	const struct change *change)
{
	add_number(maker, seq);
	add_text(maker, layer);
	add_number(maker, change->feature_id);
	add_number(maker, change->version);
	add_number(maker, change->base);
	add_number(maker, change->action);
	add_text(maker, change->valid_from.text);
	add_text(maker, change->valid_to.text);
	add_box(maker, &change->box);
	digest_add(maker, change->digest.bytes, sizeof change->digest.bytes);
}

/* The last link and its seal, and the last number; a register without any begins with zeros. */
struct head {
	int64_t link, seq;
	struct digest digest;
};
_Static_assert(sizeof(struct head) <= TRANSACTION_NOTE_MAX, "the head fits into the note");

static int read_head(struct store *store, struct head *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT l.link, l.digest, last.seq FROM (SELECT max(seq) AS seq FROM change) AS last"
		" LEFT JOIN change_link l ON l.link = (SELECT max(link) FROM change_link)",
		&query, err);
	const void *bytes;
	size_t len;

	*ret = (struct head){0};
	if (!rc)
		rc = query_step(query, err);
	if (rc <= 0)
		return rc;
	ret->link = query_int(query, 0);
	ret->seq = query_int(query, 2);
	bytes = query_bytes(query, 1, &len);
	if (bytes && len == sizeof ret->digest.bytes)
		memcpy(ret->digest.bytes, bytes, len);
	return query_check_row(query, err);
}

/* Read once in a transaction: who writes in it is the only one who writes. */
static int find_head(struct store *store, struct head *ret, struct error *err)
{
	const struct head *noted = transaction_noted(store);
	int rc;

	if (noted) {
		*ret = *noted;
		return 0;
	}
	rc = read_head(store, ret, err);
	if (!rc)
		transaction_note(store, ret, sizeof *ret);
	return rc;
}

int change_begin(struct store *store, const struct change_author *author,
	struct change_set *ret_set, struct error *err)
{
	struct head head;
	int rc = find_head(store, &head, err);

	if (rc)
		return rc;
	*ret_set = (struct change_set){
		.store = store,
		.author = *author,
		.link = head.link + 1,
		.first_seq = head.seq + 1,
		.next_seq = head.seq + 1,
	};
	change_seal_begin(&ret_set->digest, &head.digest, ret_set->link, author, ret_set->first_seq);
	return 0;
}

static void bind_change(struct query *query, const struct change *change)
{
	const char *from = change->valid_from.text, *to = change->valid_to.text;

	query_bind_int(query, "feature_id", change->feature_id);
	query_bind_int(query, "version", change->version);
	if (change->base)
		query_bind_int(query, "base", change->base);
	query_bind_text(query, "action", action_names[change->action]);
	query_bind_text(query, "valid_from", *from ? from : NULL);
	query_bind_text(query, "valid_to", *to ? to : NULL);
	query_bind_bytes(query, "digest", change->digest.bytes, sizeof change->digest.bytes);
	if (change->box.min_x <= change->box.max_x) {
		query_bind_real(query, "min_x", change->box.min_x);
		query_bind_real(query, "min_y", change->box.min_y);
		query_bind_real(query, "max_x", change->box.max_x);
		query_bind_real(query, "max_y", change->box.max_y);
	}
}

int change_add(struct change_set *set, const struct layer *layer, const struct change *change,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(set->store,
		"INSERT INTO change (seq, link, layer, feature_id, version, base, action,"
		" valid_from, valid_to, min_x, min_y, max_x, max_y, digest)"
		" VALUES ($seq, $link, $layer, $feature_id, $version, $base, $action,"
		" $valid_from, $valid_to, $min_x, $min_y, $max_x, $max_y, $digest)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "seq", set->next_seq);
	query_bind_int(query, "link", set->link);
	query_bind_text(query, "layer", layer->id);
	bind_change(query, change);
	rc = query_run(query, err);
	if (rc)
		return rc;
	store_touched(set->store, layer_subject(layer, change->feature_id));
	change_seal_add(&set->digest, set->next_seq, layer->id, change);
	set->next_seq++;
	return 0;
}

int change_end(struct change_set *set, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct head head = {.link = set->link, .seq = set->next_seq - 1};
	int rc;

	if (set->next_seq == set->first_seq)
		return 0;
	rc = store_query(set->store,
		"INSERT INTO change_link"
		" (link, recorded_at, actor, reason, first_seq, last_seq, digest)"
		" VALUES ($link, $recorded_at, $actor, $reason, $first_seq, $last_seq, $digest)",
		&query, err);
	if (rc)
		return rc;
	head.digest = digest_end(&set->digest);
	query_bind_int(query, "link", set->link);
	query_bind_int(query, "recorded_at", set->author.at_us);
	query_bind_text(query, "actor", set->author.actor);
	query_bind_text(query, "reason", set->author.reason);
	query_bind_int(query, "first_seq", set->first_seq);
	query_bind_int(query, "last_seq", head.seq);
	query_bind_bytes(query, "digest", head.digest.bytes, sizeof head.digest.bytes);
	rc = query_run(query, err);
	if (!rc)
		transaction_note(set->store, &head, sizeof head);
	return rc ? rc : store_tell(set->store, "feed", err);
}

static enum change_action action_of(const char *name)
{
	for (int i = 0; i < CHANGE_STOP; i++)
		if (!strcmp(name, action_names[i]))
			return (enum change_action)i;
	return CHANGE_STOP;
}

/* Columns of the query in change_read_after. */
static void read_row(struct query *query, struct change_row *ret)
{
	const void *digest;
	size_t len;

	*ret = (struct change_row){
		.seq = query_int(query, 0),
		.link = query_int(query, 1),
		.layer = query_text(query, 2, NULL),
		.change = {.feature_id = query_int(query, 3),
			.version = query_int(query, 4),
			.base = query_int(query, 16),
			.action = action_of(query_text(query, 5, NULL)),
			.box = {1, 1, -1, -1}},
		.recorded_at_us = query_int(query, 13),
		.actor = query_text(query, 14, NULL),
		.reason = query_text(query, 15, NULL),
	};
	query_date(query, 6, &ret->change.valid_from);
	query_date(query, 7, &ret->change.valid_to);
	if (!query_is_null(query, 8))
		ret->change.box = (struct box){query_real(query, 8), query_real(query, 9),
			query_real(query, 10), query_real(query, 11)};
	digest = query_bytes(query, 12, &len);
	ret->has_digest = digest && len == sizeof ret->change.digest.bytes;
	if (ret->has_digest)
		memcpy(ret->change.digest.bytes, digest, len);
}

/* So many rows are asked for at a time: a reader may have enough. */
enum { WINDOW = 500 };

/* Visits rows behind *seq, which goes with them; 1: the visitor has enough. */
static int read_window(struct store *store, int64_t *seq, int *ret_rows, change_visit *visit,
	void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct change_row row;
	int rc = store_query(store,
		"SELECT c.seq, c.link, c.layer, c.feature_id, c.version, c.action, c.valid_from,"
		" c.valid_to, c.min_x, c.min_y, c.max_x, c.max_y, c.digest, l.recorded_at, l.actor,"
		" l.reason, c.base FROM change c JOIN change_link l ON l.link = c.link"
		" WHERE c.seq > $after ORDER BY c.seq LIMIT $window",
		&query, err);

	*ret_rows = 0;
	if (rc)
		return rc;
	query_bind_int(query, "after", *seq);
	query_bind_int(query, "window", WINDOW);
	while ((rc = query_step(query, err)) > 0) {
		read_row(query, &row);
		*seq = row.seq;
		++*ret_rows;
		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &row, err);
		if (rc)
			break;
	}
	return rc;
}

int change_read_after(struct store *store, int64_t after_seq, change_visit *visit, void *context,
	struct error *err)
{
	int rc = 0, rows = WINDOW;

	while (!rc && rows == WINDOW)
		rc = read_window(store, &after_seq, &rows, visit, context, err);
	return rc < 0 ? rc : 0;
}
