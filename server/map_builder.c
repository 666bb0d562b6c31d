#include "server/map_builder.h"

#include "base/file.h"
#include "base/messages.h"
#include "data/change.h"
#include "tiles/blocks.h"

enum { PATH_MAX_BYTES = 4096 };

void map_whole_free(struct map_whole *whole)
{
	if (!whole)
		return;
	snapshot_file_close(whole->file);
	snapshot_file_close(whole->blocks);
	free(whole);
}
void map_builder_clear(struct map_builder *builder)
{
	geom_context_free(builder->geom);
	crs_context_free(builder->crs);
	store_close(builder->store);
	strbuf_clear(&builder->folder);
}

int map_builder_open(struct map_builder *builder, const char *folder, const struct city *city,
	struct error *err)
{
	int rc;

	*builder = (struct map_builder){.city = city, .folder = STRBUF(PATH_MAX_BYTES)};
	file_join(&builder->folder, folder, "tiles");
	rc = strbuf_check(&builder->folder, err);
	if (!rc)
		rc = register_connect(folder, STORE_READ, &builder->store, err);
	if (!rc)
		rc = file_make_folder(builder->folder.data, err);
	if (!rc)
		rc = crs_context_new(&builder->crs, err);
	if (!rc)
		rc = crs_pin(builder->crs, city, err);
	if (!rc)
		rc = geom_context_new(&builder->geom, err);
	builder->source = (struct snapshot_source){builder->store, city, builder->crs, builder->geom};
	return rc;
}

static int path_of(const struct map_builder *builder, const struct layer *layer, const char *ending,
	struct strbuf *ret_path, struct error *err)
{
	strbuf_add_format(ret_path, "%s/%s.snapshot%s", builder->folder.data, layer->id, ending);
	return strbuf_check(ret_path, err);
}

static bool is_same(const struct snapshot_stamp *one, const struct snapshot_stamp *other)
{
	return one->seq == other->seq && one->place == other->place &&
		!strcmp(one->seal.text, other->seal.text);
}

/* The blocks of a whole: those that are there, if they are its own; else made of it. */
static int add_blocks(struct map_builder *builder, struct map_whole *whole, struct error *err)
{
	const struct layer *layer = whole->file->now.layer;
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	int rc;

	if (!layer->look.block_zoom)
		return 0;
	rc = path_of(builder, layer, ".blocks", &path, err);
	if (!rc)
		rc = path_of(builder, layer, ".blocks.new", &fresh, err);
	if (rc)
		return rc;
	if (snapshot_file_open(path.data, layer, true, &whole->blocks, NULL) ||
		!is_same(&whole->blocks->stamp, &whole->file->stamp)) {
		snapshot_file_close(take(whole->blocks));
		rc = blocks_build_file(whole->file, builder->folder.data, fresh.data, err);
		if (!rc)
			rc = file_rename(fresh.data, path.data, err);
		if (rc)
			file_remove(fresh.data, NULL);
		if (!rc)
			rc = snapshot_file_open(path.data, layer, true, &whole->blocks, err);
	}
	if (!rc)
		whole->file->now.blocks = &whole->blocks->now;
	return rc;
}

/* Writes the file of a layer anew; what has the old one goes on with it. */
static int write_file(struct map_builder *builder, const struct layer *layer, struct map_whole *whole,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	autofree(transaction_end) struct transaction reading = {0};
	struct snapshot_stamp stamp;
	int rc = path_of(builder, layer, "", &path, err);

	if (!rc)
		rc = path_of(builder, layer, ".new", &fresh, err);
	if (!rc)
		rc = transaction_begin_read(builder->store, &reading, err);
	if (!rc)
		rc = snapshot_stamp_read(builder->store, builder->city, &stamp, err);
	if (!rc)
		rc = snapshot_build_file(&builder->source, layer, &stamp, builder->folder.data,
			fresh.data, err);
	if (!rc)
		rc = file_rename(fresh.data, path.data, err);
	if (rc) {
		file_remove(fresh.data, NULL);
		return rc;
	}
	return snapshot_file_open(path.data, layer, false, &whole->file, err);
}

int map_builder_write(struct map_builder *builder, const struct layer *layer,
	struct map_whole **ret_whole, struct error *err)
{
	autoptr(map_whole_free) struct map_whole *whole = calloc(1, sizeof *whole);
	int rc = whole ? write_file(builder, layer, whole, err) : fail_no_memory(err);

	if (!rc)
		rc = add_blocks(builder, whole, err);
	if (!rc)
		*ret_whole = take(whole);
	return rc;
}

static bool is_of_register(
	struct map_builder *builder, const struct snapshot_stamp *stamp, struct error *err)
{
	struct snapshot_stamp now;
	struct digest_text seal;

	return !snapshot_stamp_read(builder->store, builder->city, &now, err) &&
		stamp->place == now.place && stamp->seq <= now.seq &&
		!change_seal_of(builder->store, stamp->seq, &seal, err) &&
		!strcmp(seal.text, stamp->seal.text);
}

int map_builder_find(struct map_builder *builder, const struct layer *layer,
	struct map_whole **ret_whole, struct error *err)
{
	autoptr(map_whole_free) struct map_whole *whole = calloc(1, sizeof *whole);
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc = whole ? path_of(builder, layer, "", &path, err) : fail_no_memory(err);

	if (!rc)
		rc = snapshot_file_open(path.data, layer, false, &whole->file, err);
	if (!rc && !is_of_register(builder, &whole->file->stamp, err))
		rc = fail_snapshot_damaged(err, layer->id);
	if (!rc)
		rc = add_blocks(builder, whole, err);
	if (!rc)
		*ret_whole = take(whole);
	return rc;
}

/* The records of a layer in a part of the feed. */
struct feed_part {
	const struct layer *layer;
	int64_t last;
	struct id_list ids;
};

static int add_id(void *context, const struct change_row *row, struct error *err)
{
	struct feed_part *part = context;

	if (row->seq > part->last || strcmp(row->layer, part->layer->id) != 0)
		return row->seq > part->last;
	return id_list_add(&part->ids, row->change.feature_id, err);
}

int map_builder_read_changed(struct map_builder *builder, const struct map_whole *whole,
	struct snapshot **ret_changed, int64_t *ret_seq, struct error *err)
{
	struct feed_part part = {.layer = whole->file->now.layer};
	autofree(transaction_end) struct transaction reading = {0};
	int rc = transaction_begin_read(builder->store, &reading, err);

	if (!rc)
		rc = change_last_seq(builder->store, &part.last, err);
	if (!rc)
		rc = change_read_after(
			builder->store, whole->file->stamp.seq, add_id, &part, err);
	id_list_sort(&part.ids);
	if (!rc)
		rc = snapshot_build_of(&builder->source, &VIEW_NOW(part.layer),
			&(struct snapshot_wish){&part.ids, &whole->file->now, true},
			ret_changed, err);
	id_list_clear(&part.ids);
	*ret_seq = part.last;
	return rc;
}
