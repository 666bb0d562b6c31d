/*
 * blob: bytes in the register under their SHA-256: papers, photos, scans, accepted uploads.
 *
 * The same bytes are kept once. They are written in the transaction of the record that names them,
 * by the 64 hexadecimal digits of their hash. When their term has passed they are destroyed: then
 * the hash, size, type and both times stay, as proof of what there was.
 *
 *	blob_begin(store, "application/pdf", now_us, &blob, err);
 *	blob_add(&blob, bytes, len, err);    as often as there are some
 *	blob_end(&blob, &sha256, err);
 */
#ifndef DATA_BLOB_H
#define DATA_BLOB_H

#include "base/error.h"
#include "base/secret.h"
#include "base/strbuf.h"
#include "data/store.h"

enum {
	BLOB_CHUNK_BYTES = 1 << 20, /* of a row; a reader holds one at a time */
	BLOB_BYTES_MAX = 1 << 30,   /* the largest scan of a dossier has a tenth of it */
	BLOB_TYPE_MAX = 100,	    /* bytes of a media type */
};

struct blob {
	struct digest_text sha256;
	int64_t size; /* bytes */
	char type[BLOB_TYPE_MAX + 1];
	int64_t created_at_us;
	int64_t destroyed_at_us; /* 0: its bytes are there */
};

/*
 * Puts bytes in, inside a transaction of the caller. Bytes that are there already keep their row,
 * type and time; bytes that were destroyed come back.
 */
int blob_put(struct store *store, const char *type, const void *bytes, size_t len, int64_t now_us,
	struct digest_text *ret_sha256, struct error *err);

/* Bytes that come in pieces. The transaction must not be committed before blob_end. */
struct blob_writer {
	struct store *store;
	int64_t id;	       /* of its row */
	int64_t size;	       /* bytes so far */
	int chunk_count;       /* rows written */
	struct strbuf pending; /* less than a chunk */
	struct digest_maker maker;
};
#define BLOB_WRITER ((struct blob_writer){.pending = STRBUF(BLOB_CHUNK_BYTES)})

int blob_begin(struct store *store, const char *type, int64_t now_us,
	struct blob_writer *ret_writer, struct error *err);
int blob_add(struct blob_writer *writer, const void *bytes, size_t len, struct error *err);
int blob_end(struct blob_writer *writer, struct digest_text *ret_sha256, struct error *err);
void blob_writer_clear(struct blob_writer *writer); /* frees; for autofree */

/* What is known of it; ERR_NOT_FOUND when there never was one. */
int blob_find(struct store *store, const char *sha256, struct blob *ret_blob, struct error *err);

/* The first blob behind one (in the order of hashes; "" the first of all), to walk over them. */
int blob_next(struct store *store, const char *after_sha256, struct blob *ret_blob, bool *ret_found,
	struct error *err);

/*
 * Appends chunk n, from 0, of BLOB_CHUNK_BYTES each but for the last; nothing behind the end.
 * No read transaction is open afterwards. ERR_NOT_FOUND when there are no bytes (any more).
 */
int blob_read_chunk(
	struct store *store, const char *sha256, int n, struct strbuf *out, struct error *err);

/* 0: go on; negative: failed, and err filled. The bytes are borrowed until it returns. */
typedef int blob_visit(void *context, const void *bytes, size_t len, struct error *err);

/*
 * Visits the bytes chunk by chunk, each with a query of its own: the visitor may take its time.
 * ERR_NOT_FOUND, maybe in the middle, when the bytes are not there (any more).
 */
int blob_read(struct store *store, const char *sha256, blob_visit *visit, void *context,
	struct error *err);

/*
 * Destroys the bytes: they are overwritten in the database, and gone from its log with the next
 * checkpoint that empties it. The caller knows that no other record names them. Again is no error.
 */
int blob_destroy(struct store *store, const char *sha256, int64_t now_us, struct error *err);

/* Compares the bytes with their hash; ERR_IO when they differ or are not what the row says. */
int blob_verify(struct store *store, const char *sha256, struct error *err);

#endif
