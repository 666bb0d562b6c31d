#include "data/feature_write.h"

#include <math.h>

#include "data/address.h"
#include "data/agenda.h"
#include "data/history.h"

int feature_writer_open(struct store *store, const struct layer *layer, int epsg,
	struct change_set *changes, const struct randomness *randomness,
	struct feature_writer *ret_writer, struct error *err)
{
	struct feature_writer writer = {.store = store, .layer = layer, .epsg = epsg,
		.changes = changes, .randomness = randomness, .sql = STRBUF(FEATURE_SQL_MAX),
		.search = SEARCH_WRITER(store, layer)};
	int rc;

	feature_row_insert(&writer.sql, layer, true);
	rc = strbuf_check(&writer.sql, err);
	if (!rc)
		rc = layer_state_read(store, layer, &writer.state, err);
	if (!rc)
		rc = store_next_id(store, layer->id, &writer.first_id, err);
	if (!rc)
		rc = store_bulk_begin(store, layer->id, err);
	if (rc) {
		strbuf_clear(&writer.sql);
		return rc;
	}
	writer.next_id = writer.first_id;
	writer.today = clock_date_vietnam(changes->author.at_us);
	writer.order = feature_digest_order(layer);
	*ret_writer = writer;
	return 0;
}

static int insert(
	struct feature_writer *writer, struct feature *feature, bool in_force, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(writer->store, writer->sql.data, &query, err);

	if (rc)
		return rc;
	feature->id = writer->next_id++;
	query_bind_int(query, "id", feature->id);
	query_bind_int(query, "in_force", in_force);
	feature_row_bind(query, writer->layer, feature, writer->epsg, true);
	return query_run(query, err);
}

static void grow_box(struct box *box, const struct box *by)
{
	box->min_x = fmin(box->min_x, by->min_x);
	box->min_y = fmin(box->min_y, by->min_y);
	box->max_x = fmax(box->max_x, by->max_x);
	box->max_y = fmax(box->max_y, by->max_y);
}

int feature_writer_add(
	struct feature_writer *writer, struct feature *feature, struct error *err)
{
	bool in_force = feature_in_force(feature, &writer->today);
	struct change change = {.version = 1, .action = CHANGE_CREATE,
		.valid_from = feature->valid_from, .valid_to = feature->valid_to,
		.box = feature->wkb.bytes ? feature->box : (struct box){1, 1, -1, -1}};
	int rc;

	feature->version = 1;
	feature->recorded_at_us = writer->changes->author.at_us;
	feature->uid = uuid_v7(feature->recorded_at_us, writer->randomness);
	rc = insert(writer, feature, in_force, err);
	if (!rc && writer->layer->address)
		rc = address_claim(writer->store, writer->layer, feature, err);
	if (!rc)
		rc = history_put(writer->store, writer->layer, feature, HISTORY_CREATE,
			writer->epsg, err);
	if (!rc)
		rc = agenda_add(writer->store, writer->layer, feature, &writer->today, err);
	if (!rc)
		rc = search_writer_add(&writer->search, feature, in_force, err);
	if (rc)
		return rc;
	writer->state.record_count += in_force;
	writer->state.resting_count += !in_force;
	if (feature->wkb.bytes)
		grow_box(&writer->state.box, &feature->box);
	change.feature_id = feature->id;
	change.digest = feature_digest(writer->layer, &writer->order, feature);
	return change_add(writer->changes, writer->layer, &change, err);
}

int feature_writer_close(struct feature_writer *writer, struct error *err)
{
	int rc = store_bulk_end(writer->store, writer->layer->id, writer->first_id, err);

	if (!rc)
		rc = layer_state_write(writer->store, writer->layer, &writer->state, err);
	if (!rc)
		rc = store_note_extent(writer->store, writer->layer->id,
			writer->state.record_count, &writer->state.box,
			writer->changes->author.at_us, err);
	return rc;
}

void feature_writer_clear(struct feature_writer *writer)
{
	strbuf_clear(&writer->sql);
	search_writer_clear(&writer->search);
}
