#include "data/blob.h"

#include "base/messages.h"
#include "base/text.h"

int blob_begin(struct store *store, const char *type, int64_t now_us,
	struct blob_writer *ret_writer, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct blob_writer writer = BLOB_WRITER;
	size_t len = strlen(type);
	char name[24];
	int rc;

	if (!len || len > BLOB_TYPE_MAX || !text_is_utf8(type, len))
		return fail_blob_type(err);
	rc = store_int(store, "SELECT max(id) FROM blob", &writer.id, err);
	/* Its hash is known in the end; until then it has a name that no hash has. */
	if (!rc)
		rc = store_query(store,
			"INSERT INTO blob (id, sha256, size, type, created_at)"
			" VALUES ($id, $sha256, 0, $type, $now)",
			&query, err);
	if (rc)
		return rc;
	writer.store = store;
	writer.id++;
	snprintf(name, sizeof name, "-%lld", (long long)writer.id);
	query_bind_int(query, "id", writer.id);
	query_bind_text(query, "sha256", name);
	query_bind_text(query, "type", type);
	query_bind_int(query, "now", now_us);
	rc = query_run(query, err);
	if (rc)
		return rc;
	digest_begin(&writer.maker);
	*ret_writer = writer;
	return 0;
}

static int write_chunk(struct blob_writer *writer, const void *bytes, size_t len, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(writer->store,
		"INSERT INTO blob_chunk (blob, n, bytes) VALUES ($blob, $n, $bytes)", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "blob", writer->id);
	query_bind_int(query, "n", writer->chunk_count);
	query_bind_bytes(query, "bytes", bytes, len);
	rc = query_run(query, err);
	if (!rc)
		writer->chunk_count++;
	return rc;
}

static int write_pending(struct blob_writer *writer, struct error *err)
{
	int rc = strbuf_check(&writer->pending, err);

	if (!rc && writer->pending.len)
		rc = write_chunk(writer, writer->pending.data, writer->pending.len, err);
	strbuf_reset(&writer->pending);
	return rc;
}

int blob_add(struct blob_writer *writer, const void *bytes, size_t len, struct error *err)
{
	const unsigned char *at = bytes;
	int rc = 0;

	if (len > (size_t)(BLOB_BYTES_MAX - writer->size))
		return fail_blob_too_large(err, BLOB_BYTES_MAX);
	writer->size += (int64_t)len;
	digest_add(&writer->maker, bytes, len);
	while (!rc && len) {
		size_t room = BLOB_CHUNK_BYTES - writer->pending.len;
		size_t piece = len < room ? len : room;

		if (piece == BLOB_CHUNK_BYTES) {
			rc = write_chunk(writer, at, piece, err);
		} else {
			strbuf_add(&writer->pending, at, piece);
			if (piece == room)
				rc = write_pending(writer, err);
		}
		at += piece;
		len -= piece;
	}
	return rc ? rc : strbuf_check(&writer->pending, err);
}

/* Runs a statement whose only parameters are among $id, $other. */
static int run_for(
	struct store *store, const char *sql, int64_t id, const int64_t *other, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	if (other)
		query_bind_int(query, "other", *other);
	return query_run(query, err);
}

/* The row of a hash: its id and whether its bytes are gone; id 0 for none. */
static int find_row(
	struct store *store, const char *sha256, int64_t *ret_id, bool *ret_gone, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT id, destroyed_at FROM blob WHERE sha256 = $sha256", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "sha256", sha256);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret_id = rc ? query_int(query, 0) : 0;
	*ret_gone = rc && !query_is_null(query, 1);
	return 0;
}

/* The bytes are known already: what was written of them goes, or comes in the place of those
 * that were destroyed. */
static int join_known(struct blob_writer *writer, int64_t known, bool gone, struct error *err)
{
	struct store *store = writer->store;
	int rc = run_for(store, "DELETE FROM blob WHERE id = $id", writer->id, NULL, err);

	if (rc)
		return rc;
	if (!gone)
		return run_for(
			store, "DELETE FROM blob_chunk WHERE blob = $id", writer->id, NULL, err);
	rc = run_for(store, "UPDATE blob_chunk SET blob = $other WHERE blob = $id", writer->id,
		&known, err);
	if (!rc)
		rc = run_for(store, "UPDATE blob SET destroyed_at = NULL WHERE id = $id", known,
			NULL, err);
	return rc;
}

static int name_new(struct blob_writer *writer, const char *sha256, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(writer->store,
		"UPDATE blob SET sha256 = $sha256, size = $size WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", writer->id);
	query_bind_int(query, "size", writer->size);
	query_bind_text(query, "sha256", sha256);
	return query_run(query, err);
}

int blob_end(struct blob_writer *writer, struct digest_text *ret_sha256, struct error *err)
{
	struct digest digest = digest_end(&writer->maker);
	struct digest_text sha256 = digest_print(&digest);
	int64_t known = 0;
	bool gone = false;
	int rc = write_pending(writer, err);

	if (!rc)
		rc = find_row(writer->store, sha256.text, &known, &gone, err);
	if (!rc)
		rc = known ? join_known(writer, known, gone, err)
			   : name_new(writer, sha256.text, err);
	if (!rc)
		*ret_sha256 = sha256;
	return rc;
}

void blob_writer_clear(struct blob_writer *writer)
{
	strbuf_clear(&writer->pending);
}

int blob_put(struct store *store, const char *type, const void *bytes, size_t len, int64_t now_us,
	struct digest_text *ret_sha256, struct error *err)
{
	autofree(blob_writer_clear) struct blob_writer writer = BLOB_WRITER;
	struct digest digest = digest_of(bytes, len);
	struct digest_text sha256 = digest_print(&digest);
	int64_t known = 0;
	bool gone = false;
	int rc = find_row(store, sha256.text, &known, &gone, err);

	if (rc)
		return rc;
	if (known && !gone) {
		*ret_sha256 = sha256;
		return 0;
	}
	rc = blob_begin(store, type, now_us, &writer, err);
	if (!rc)
		rc = blob_add(&writer, bytes, len, err);
	return rc ? rc : blob_end(&writer, ret_sha256, err);
}

#define SELECT_BLOB "SELECT sha256, size, type, created_at, destroyed_at FROM blob"

/* The row of a bound query; *ret_found is false when there is none. */
static int take_row(struct query *query, struct blob *ret_blob, bool *ret_found, struct error *err)
{
	int rc = query_step(query, err);
	struct blob blob;

	if (rc < 0)
		return rc;
	*ret_found = rc > 0;
	if (!rc)
		return 0;
	snprintf(blob.sha256.text, sizeof blob.sha256.text, "%s", query_text(query, 0, NULL));
	blob.size = query_int(query, 1);
	snprintf(blob.type, sizeof blob.type, "%s", query_text(query, 2, NULL));
	blob.created_at_us = query_int(query, 3);
	blob.destroyed_at_us = query_int(query, 4);
	rc = query_check_row(query, err);
	if (!rc)
		*ret_blob = blob;
	return rc;
}

int blob_find(struct store *store, const char *sha256, struct blob *ret_blob, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool found = false;
	int rc = store_query(store, SELECT_BLOB " WHERE sha256 = $sha256", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "sha256", sha256);
	rc = take_row(query, ret_blob, &found, err);
	return rc || found ? rc : fail_blob_unknown(err);
}

int blob_next(struct store *store, const char *after_sha256, struct blob *ret_blob, bool *ret_found,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, SELECT_BLOB " WHERE sha256 > $after ORDER BY sha256 LIMIT 1", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "after", after_sha256);
	return take_row(query, ret_blob, ret_found, err);
}

static int fail_chunk(struct error *err, const char *sha256, int n)
{
	int rc = fail_register_damaged(err);

	error_detail(err, "blob %s, chunk %d", sha256, n);
	return rc;
}

/* Appends the bytes of the row in hand, whose blob has so many in all. */
static int take_chunk(
	struct query *query, const char *sha256, int n, struct strbuf *out, struct error *err)
{
	int64_t wanted = query_int(query, 0) - (int64_t)n * BLOB_CHUNK_BYTES;
	const void *bytes;
	size_t len;

	if (!query_is_null(query, 1))
		return fail_blob_destroyed(err);
	bytes = query_bytes(query, 2, &len);
	if (wanted > BLOB_CHUNK_BYTES)
		wanted = BLOB_CHUNK_BYTES;
	if (wanted < 0)
		wanted = 0;
	if (len != (size_t)wanted)
		return fail_chunk(err, sha256, n);
	strbuf_add(out, bytes, len);
	return strbuf_check(out, err);
}

int blob_read_chunk(
	struct store *store, const char *sha256, int n, struct strbuf *out, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT blob.size, blob.destroyed_at, blob_chunk.bytes FROM blob"
		" LEFT JOIN blob_chunk ON blob_chunk.blob = blob.id AND blob_chunk.n = $n"
		" WHERE blob.sha256 = $sha256",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "sha256", sha256);
	query_bind_int(query, "n", n);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_blob_unknown(err);
	return take_chunk(query, sha256, n, out, err);
}

int blob_read(struct store *store, const char *sha256, blob_visit *visit, void *context,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf chunk = STRBUF(BLOB_CHUNK_BYTES);
	int rc = 0;

	for (int n = 0; !rc && n <= BLOB_BYTES_MAX / BLOB_CHUNK_BYTES; n++) {
		strbuf_reset(&chunk);
		rc = blob_read_chunk(store, sha256, n, &chunk, err);
		if (!rc && !chunk.len)
			break;
		if (!rc)
			rc = visit(context, chunk.data, chunk.len, err);
	}
	return rc;
}

int blob_destroy(struct store *store, const char *sha256, int64_t now_us, struct error *err)
{
	int64_t id = 0;
	bool gone = false;
	int rc = find_row(store, sha256, &id, &gone, err);

	if (!rc && !id)
		rc = fail_blob_unknown(err);
	if (rc || gone)
		return rc;
	rc = run_for(store, "DELETE FROM blob_chunk WHERE blob = $id", id, NULL, err);
	if (!rc)
		rc = run_for(store, "UPDATE blob SET destroyed_at = $other WHERE id = $id", id,
			&now_us, err);
	return rc;
}

static int add_to_digest(void *context, const void *bytes, size_t len, struct error *err)
{
	(void)err;
	digest_add(context, bytes, len);
	return 0;
}

/* How many rows of bytes there are of a hash. */
static int count_chunks(
	struct store *store, const char *sha256, int64_t *ret_count, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT count(*) FROM blob_chunk"
		" WHERE blob = (SELECT id FROM blob WHERE sha256 = $sha256)",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "sha256", sha256);
	rc = query_step(query, err);
	if (rc > 0)
		*ret_count = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

int blob_verify(struct store *store, const char *sha256, struct error *err)
{
	struct digest_maker maker;
	struct digest digest;
	int64_t count = 0, wanted;
	struct blob blob;
	int rc = blob_find(store, sha256, &blob, err);

	if (!rc)
		rc = count_chunks(store, sha256, &count, err);
	if (rc)
		return rc;
	wanted = (blob.size + BLOB_CHUNK_BYTES - 1) / BLOB_CHUNK_BYTES;
	if (count != (blob.destroyed_at_us ? 0 : wanted))
		return fail_chunk(err, sha256, (int)count);
	if (blob.destroyed_at_us)
		return 0;
	digest_begin(&maker);
	rc = blob_read(store, sha256, add_to_digest, &maker, err);
	if (rc)
		return rc;
	digest = digest_end(&maker);
	return strcmp(digest_print(&digest).text, sha256) ? fail_chunk(err, sha256, 0) : 0;
}
