#include "data/certificate.h"

#include "base/messages.h"
#include "base/text.h"

enum { ARENA_BYTES = 1 << 20, CODE_GROUP = 5 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char *const state_names[] = {"valid", "replaced", "revoked"};

/* --- codes ------------------------------------------------------------------------------------ */

struct certificate_code certificate_code_make(const struct randomness *randomness)
{
	unsigned char bytes[CERTIFICATE_CODE_CHARS];
	struct certificate_code code = {0};

	randomness->fill(randomness->context, bytes, sizeof bytes);
	for (size_t i = 0; i < CERTIFICATE_CODE_CHARS; i++)
		code.text[i] = digits[bytes[i] % 32];
	return code;
}

/* The digit that a character stands for, or '\0'. */
static char digit_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(digits, c) ? c : '\0';
}

bool certificate_code_read(const char *text, struct certificate_code *ret_code)
{
	struct certificate_code code = {0};
	size_t count = 0;

	for (; *text; text++) {
		if (*text == '-' || *text == ' ')
			continue;
		if (count == CERTIFICATE_CODE_CHARS || !digit_of(*text))
			return false;
		code.text[count++] = digit_of(*text);
	}
	*ret_code = code;
	return count == CERTIFICATE_CODE_CHARS;
}

void certificate_code_print(const char *code, struct strbuf *out)
{
	for (size_t i = 0; code[i]; i++) {
		if (i && i % CODE_GROUP == 0)
			strbuf_add_char(out, '-');
		strbuf_add_char(out, code[i]);
	}
}

const char *certificate_state_name(enum certificate_state state)
{
	return state_names[state];
}

/* --- writing ---------------------------------------------------------------------------------- */

static void bind_known(struct query *query, const char *name, int64_t value)
{
	if (value)
		query_bind_int(query, name, value);
}

/* The one that is valid is no longer; *ret_id 0: there was none. */
static int replace_valid(struct store *store, const struct certificate *certificate,
	int64_t *ret_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE certificate SET state = 'replaced', ended_at = $at, ended_by = $by"
		" WHERE address_id = $address_id AND state = 'valid' RETURNING id",
		&query, err);

	*ret_id = 0;
	if (rc)
		return rc;
	query_bind_int(query, "address_id", certificate->address_id);
	query_bind_int(query, "at", certificate->issued_at_us);
	query_bind_text(query, "by", certificate->issued_by);
	rc = query_step(query, err);
	if (rc > 0)
		*ret_id = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

static int name_successor(struct store *store, int64_t id, int64_t successor, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "UPDATE certificate SET replaced_by = $successor WHERE id = $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "successor", successor);
	return query_run(query, err);
}

static int insert(struct store *store, struct certificate *certificate, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO certificate (id, series, year, number, paper_number, code, address_id,"
		" address_version, parcel_id, parcel_version, holder_id, holder_sha256, signer,"
		" state, issued_at, issued_by, data, data_sha256, file_sha256) VALUES"
		" ((SELECT coalesce(max(id), 0) + 1 FROM certificate), $series, $year, $number,"
		" $paper_number, $code, $address_id, $address_version, $parcel_id, $parcel_version,"
		" $holder_id, $holder_sha256, $signer, 'valid', $issued_at, $issued_by, $data,"
		" $data_sha256, $file_sha256) RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "series", certificate->paper.series);
	query_bind_int(query, "year", certificate->paper.year);
	query_bind_int(query, "number", certificate->paper.number);
	query_bind_text(query, "paper_number", certificate->paper_number);
	query_bind_text(query, "code", certificate->code);
	query_bind_int(query, "address_id", certificate->address_id);
	query_bind_int(query, "address_version", certificate->address_version);
	bind_known(query, "parcel_id", certificate->parcel_id);
	bind_known(query, "parcel_version", certificate->parcel_version);
	bind_known(query, "holder_id", certificate->holder_id);
	query_bind_text(query, "holder_sha256", certificate->holder_sha256);
	query_bind_text(query, "signer", certificate->signer);
	query_bind_int(query, "issued_at", certificate->issued_at_us);
	query_bind_text(query, "issued_by", certificate->issued_by);
	query_bind_text(query, "data", certificate->data);
	query_bind_text(query, "data_sha256", certificate->data_sha256);
	query_bind_text(query, "file_sha256", certificate->file_sha256);
	rc = query_step(query, err);
	if (rc > 0)
		certificate->id = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

int certificate_add(struct store *store, struct certificate *certificate, struct error *err)
{
	int64_t before;
	int rc = replace_valid(store, certificate, &before, err);

	if (!rc)
		rc = insert(store, certificate, err);
	if (!rc && before)
		rc = name_successor(store, before, certificate->id, err);
	return rc;
}

/* Ends the valid one of that id, or of that address; *ret_ended: there was one. */
static int revoke(struct store *store, int64_t id, int64_t address_id,
	const struct counter_act *act, bool *ret_ended, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE certificate SET state = 'revoked', reason = $reason, ended_at = $at,"
		" ended_by = $by WHERE (id = $id OR address_id = $address_id) AND state = 'valid'"
		" RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "address_id", address_id);
	query_bind_text(query, "reason", act->why);
	query_bind_int(query, "at", act->at_us);
	query_bind_text(query, "by", act->by);
	rc = query_step(query, err);
	*ret_ended = rc > 0;
	return rc < 0 ? rc : 0;
}

static int check_reason(const char *reason, struct error *err)
{
	if (!reason || !*reason)
		return fail_certificate_reason(err, CERTIFICATE_REASON_MAX);
	return strlen(reason) > CERTIFICATE_REASON_MAX
		? fail_certificate_reason(err, CERTIFICATE_REASON_MAX)
		: 0;
}

int certificate_revoke(
	struct store *store, int64_t id, const struct counter_act *act, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct certificate certificate;
	bool ended = false;
	int rc = check_reason(act->why, err);

	if (!rc)
		rc = certificate_read(store, id, &arena, &certificate, err);
	if (!rc)
		rc = revoke(store, id, 0, act, &ended, err);
	return rc || ended ? rc : fail_certificate_ended(err, certificate.paper_number);
}

int certificate_revoke_of_address(struct store *store, int64_t address_id, const char *reason,
	int64_t at_us, struct error *err)
{
	char kept[CERTIFICATE_REASON_MAX + 1] = "";
	const struct counter_act act = {.why = kept, .at_us = at_us};
	size_t len = strlen(reason);
	bool ended;

	memcpy(kept, reason,
		len <= CERTIFICATE_REASON_MAX ? len : text_cut(reason, CERTIFICATE_REASON_MAX));
	return revoke(store, 0, address_id, &act, &ended, err);
}

/* --- reading ---------------------------------------------------------------------------------- */

static const char *keep(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return query_is_null(query, column) ? NULL : arena_text(arena, text, len);
}

static enum certificate_state state_of(const char *name)
{
	for (int i = 0; i < CERTIFICATE_REVOKED; i++)
		if (!strcmp(name, state_names[i]))
			return (enum certificate_state)i;
	return CERTIFICATE_REVOKED;
}

#define COLUMNS                                                                                    \
	"id, series, year, number, paper_number, code, address_id, address_version, parcel_id,"    \
	" parcel_version, holder_id, holder_sha256, signer, state, replaced_by, reason,"           \
	" issued_at, issued_by, ended_at, ended_by, data, data_sha256, file_sha256"

static int read_row(
	struct query *query, struct arena *arena, struct certificate *ret, struct error *err)
{
	*ret = (struct certificate){
		.id = query_int(query, 0),
		.paper = {keep(query, 1, arena), (int)query_int(query, 2), query_int(query, 3)},
		.paper_number = keep(query, 4, arena),
		.code = keep(query, 5, arena),
		.address_id = query_int(query, 6),
		.address_version = query_int(query, 7),
		.parcel_id = query_int(query, 8),
		.parcel_version = query_int(query, 9),
		.holder_id = query_int(query, 10),
		.holder_sha256 = keep(query, 11, arena),
		.signer = keep(query, 12, arena),
		.state = state_of(query_text(query, 13, NULL)),
		.replaced_by = query_int(query, 14),
		.reason = keep(query, 15, arena),
		.issued_at_us = query_int(query, 16),
		.issued_by = keep(query, 17, arena),
		.ended_at_us = query_int(query, 18),
		.ended_by = keep(query, 19, arena),
		.data = keep(query, 20, arena),
		.data_sha256 = keep(query, 21, arena),
		.file_sha256 = keep(query, 22, arena),
	};
	if (!ret->paper.series || !ret->paper_number || !ret->code || !ret->signer ||
		!ret->issued_by || !ret->data || !ret->data_sha256 || !ret->file_sha256)
		return fail_no_memory(err);
	return query_check_row(query, err);
}

static int read_one(
	struct query *query, struct arena *arena, struct certificate *ret, struct error *err)
{
	int rc = query_step(query, err);

	if (rc < 0)
		return rc;
	return rc ? read_row(query, arena, ret, err) : fail_certificate_unknown(err);
}

int certificate_read(struct store *store, int64_t id, struct arena *arena, struct certificate *ret,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT " COLUMNS " FROM certificate WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	return read_one(query, arena, ret, err);
}

int certificate_find(struct store *store, const struct certificate_code *code, struct arena *arena,
	struct certificate *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT " COLUMNS " FROM certificate WHERE code = $code", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "code", code->text);
	return read_one(query, arena, ret, err);
}

int certificate_list(struct store *store, int64_t address_id, certificate_visit *visit,
	void *context, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(query_done) struct query *query = NULL;
	struct certificate certificate;
	int rc = store_query(store,
		"SELECT " COLUMNS " FROM certificate WHERE address_id = $address_id ORDER BY id DESC",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "address_id", address_id);
	while ((rc = query_step(query, err)) > 0) {
		arena_reset(&arena);
		rc = read_row(query, &arena, &certificate, err);
		if (!rc)
			rc = visit(context, &certificate, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

/* --- revisions -------------------------------------------------------------------------------- */

struct last_file {
	int64_t ordinal;
	char sha256[65];
};

static int take_last(
	void *context, const struct certificate_revision *revision, struct error *err)
{
	struct last_file *last = context;

	(void)err;
	last->ordinal = revision->ordinal;
	snprintf(last->sha256, sizeof last->sha256, "%s", revision->file_sha256);
	return 0;
}

static int find_last(struct store *store, int64_t id, struct last_file *ret, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct certificate certificate;
	int rc = certificate_read(store, id, &arena, &certificate, err);

	if (rc)
		return rc;
	ret->ordinal = 0;
	snprintf(ret->sha256, sizeof ret->sha256, "%s", certificate.file_sha256);
	return certificate_revisions(store, id, take_last, ret, err);
}

int certificate_revision_add(struct store *store, struct certificate_revision *revision,
	const char *continues_sha256, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct last_file last;
	int rc = find_last(store, revision->certificate_id, &last, err);

	if (!rc && (last.ordinal >= CERTIFICATE_REVISIONS_MAX ||
			   strcmp(last.sha256, continues_sha256) != 0))
		rc = fail_signature_stale(err);
	if (!rc)
		rc = store_query(store,
			"INSERT INTO certificate_revision (certificate_id, ordinal, file_sha256,"
			" signer, issuer, signed_at, trusted, added_at, added_by) VALUES"
			" ($certificate_id, $ordinal, $file_sha256, $signer, $issuer, $signed_at,"
			" $trusted, $added_at, $added_by)",
			&query, err);
	if (rc)
		return rc;
	revision->ordinal = last.ordinal + 1;
	query_bind_int(query, "certificate_id", revision->certificate_id);
	query_bind_int(query, "ordinal", revision->ordinal);
	query_bind_text(query, "file_sha256", revision->file_sha256);
	query_bind_text(query, "signer", revision->signer);
	query_bind_text(query, "issuer", revision->issuer);
	bind_known(query, "signed_at", revision->signed_at_us);
	query_bind_int(query, "trusted", revision->trusted);
	query_bind_int(query, "added_at", revision->added_at_us);
	query_bind_text(query, "added_by", revision->added_by);
	return query_run(query, err);
}

int certificate_revisions(struct store *store, int64_t certificate_id,
	certificate_revision_visit *visit, void *context, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT ordinal, file_sha256, signer, issuer, signed_at, trusted, added_at, added_by"
		" FROM certificate_revision WHERE certificate_id = $id ORDER BY ordinal",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", certificate_id);
	while ((rc = query_step(query, err)) > 0) {
		struct certificate_revision revision = {.certificate_id = certificate_id,
			.ordinal = query_int(query, 0),
			.file_sha256 = keep(query, 1, &arena),
			.signer = keep(query, 2, &arena),
			.issuer = keep(query, 3, &arena),
			.signed_at_us = query_int(query, 4),
			.trusted = query_int(query, 5) != 0,
			.added_at_us = query_int(query, 6),
			.added_by = keep(query, 7, &arena)};

		rc = revision.file_sha256 && revision.signer && revision.issuer && revision.added_by
			? visit(context, &revision, err)
			: fail_no_memory(err);
		arena_reset(&arena);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}
