#include "data/feature_write.h"

#include <math.h>

enum { SQL_MAX_BYTES = 1 << 14 };

static void add_insert_sql(struct strbuf *sql, const struct layer *layer)
{
	strbuf_add_format(sql,
		"INSERT INTO \"%s\" (uid, version, valid_from, valid_to, recorded_at,"
		" source_attributes, z_m, native_epsg, native_geom, geom",
		layer->id);
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(sql, ", \"%s\"", layer->fields[i].id);
	strbuf_add_text(sql,
		") VALUES ($uid, $version, $valid_from, $valid_to, $recorded_at,"
		" $source_attributes, $z_m, $native_epsg, $native_geom, $geom");
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(sql, ", $f_%s", layer->fields[i].id);
	strbuf_add_char(sql, ')');
}

static int last_id_of(
	struct store *store, const struct layer *layer, int64_t *ret_id, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "SELECT max(id) FROM \"%s\"", layer->id);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_int(store, sql.data, ret_id, err);
}

int feature_writer_open(struct store *store, const struct layer *layer, int epsg,
	struct change_set *changes, const struct randomness *randomness,
	struct feature_writer *ret_writer, struct error *err)
{
	struct feature_writer writer = {.store = store, .layer = layer, .epsg = epsg,
		.changes = changes, .randomness = randomness, .sql = STRBUF(SQL_MAX_BYTES)};
	int64_t last_id = 0;
	int rc;

	add_insert_sql(&writer.sql, layer);
	rc = strbuf_check(&writer.sql, err);
	if (!rc)
		rc = layer_state_read(store, layer, &writer.state, err);
	if (!rc)
		rc = last_id_of(store, layer, &last_id, err);
	if (!rc)
		rc = store_bulk_begin(store, layer->id, err);
	if (rc) {
		strbuf_clear(&writer.sql);
		return rc;
	}
	writer.first_id = last_id + 1;
	*ret_writer = writer;
	return 0;
}

static void bind_common(
	struct query *query, const struct feature *feature, int epsg, int64_t recorded_at)
{
	query_bind_text(query, "uid", feature->uid.text);
	query_bind_int(query, "version", feature->version);
	query_bind_text(query, "valid_from", *feature->valid_from.text ? feature->valid_from.text : NULL);
	query_bind_text(query, "valid_to", *feature->valid_to.text ? feature->valid_to.text : NULL);
	query_bind_int(query, "recorded_at", recorded_at);
	query_bind_text(query, "source_attributes", feature->source_attributes);
	if (isfinite(feature->z_m))
		query_bind_real(query, "z_m", feature->z_m);
	if (feature->native_epsg)
		query_bind_int(query, "native_epsg", feature->native_epsg);
	query_bind_bytes(query, "native_geom", feature->native_wkb.bytes, feature->native_wkb.len);
	query_bind_wkb(query, "geom", feature->wkb, &feature->box, epsg);
}

static int insert(struct feature_writer *writer, struct feature *feature, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(writer->store, writer->sql.data, &query, err);

	if (rc)
		return rc;
	bind_common(query, feature, writer->epsg, writer->changes->author.at_us);
	for (size_t i = 0; i < writer->layer->field_count; i++) {
		char name[80];

		snprintf(name, sizeof name, "f_%s", writer->layer->fields[i].id);
		query_bind_value(query, name, &feature->values[i]);
	}
	rc = query_run(query, err);
	if (!rc)
		feature->id = store_last_id(writer->store);
	return rc;
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
	int rc;

	feature->version = 1;
	feature->recorded_at_us = writer->changes->author.at_us;
	feature->uid = uuid_v7(feature->recorded_at_us, writer->randomness);
	rc = insert(writer, feature, err);
	if (rc)
		return rc;
	writer->state.record_count++;
	if (feature->wkb.bytes)
		grow_box(&writer->state.box, &feature->box);
	return change_add(writer->changes, writer->layer,
		&(struct change){.feature_id = feature->id,
			.version = feature->version,
			.action = CHANGE_CREATE,
			.box = feature->wkb.bytes ? feature->box : (struct box){1, 1, -1, -1}},
		err);
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
}
