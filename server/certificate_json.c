#include "server/certificate_json.h"

#include "base/messages.h"

enum { TEXT_MAX_BYTES = 2048, URL_MAX_BYTES = 400 };

/* --- for who may have it -------------------------------------------------------------------------- */

static int write_signature(
	void *context, const struct certificate_revision *revision, struct error *err)
{
	struct json_writer *json = context;

	(void)err;
	json_begin_object(json);
	json_member_text(json, "signer", revision->signer);
	json_member_text(json, "issuer", revision->issuer);
	json_member_time(json, "signed_at", revision->signed_at_us);
	json_member_bool(json, "trusted", revision->trusted);
	json_member_text(json, "file_sha256", revision->file_sha256);
	json_member_time(json, "added_at", revision->added_at_us);
	json_end_object(json);
	return 0;
}

static int write_signatures(
	struct json_writer *json, struct store *store, int64_t id, struct error *err)
{
	int rc;

	json_put_key(json, "signatures");
	json_begin_array(json);
	rc = certificate_revisions(store, id, write_signature, json, err);
	json_end_array(json);
	return rc;
}

static void put_id(struct json_writer *json, const char *key, int64_t id)
{
	json_put_key(json, key);
	if (id)
		json_put_int(json, id);
	else
		json_put_null(json);
}

int certificate_write_json(struct json_writer *json, struct store *store, const char *public_url,
	const struct certificate *certificate, struct error *err)
{
	autofree(strbuf_clear) struct strbuf url = STRBUF(URL_MAX_BYTES);
	int rc = 0;

	strbuf_add_format(&url, "%s/v/%s", public_url, certificate->code);
	json_begin_object(json);
	json_member_int(json, "id", certificate->id);
	json_member_text(json, "paper_number", certificate->paper_number);
	json_member_int(json, "number", certificate->paper.number);
	json_member_int(json, "year", certificate->paper.year);
	json_member_text(json, "state", certificate_state_name(certificate->state));
	json_member_text(json, "code", certificate->code);
	json_member_text(json, "url", url.data);
	json_member_int(json, "address_id", certificate->address_id);
	json_member_int(json, "address_version", certificate->address_version);
	put_id(json, "parcel_id", certificate->parcel_id);
	put_id(json, "parcel_version", certificate->parcel_version);
	put_id(json, "person_id", certificate->holder_id);
	json_member_text(json, "holder_sha256", certificate->holder_sha256);
	json_member_text(json, "signer", certificate->signer);
	json_member_time(json, "issued_at", certificate->issued_at_us);
	json_member_text(json, "issued_by", certificate->issued_by);
	put_id(json, "replaced_by", certificate->replaced_by);
	json_member_text(json, "reason", certificate->reason);
	json_member_time(json, "ended_at", certificate->ended_at_us);
	json_member_text(json, "ended_by", certificate->ended_by);
	json_member_text(json, "data_sha256", certificate->data_sha256);
	json_member_text(json, "file_sha256", certificate->file_sha256);
	json_put_key(json, "data");
	json_put_raw(json, certificate->data, strlen(certificate->data));
	if (store)
		rc = write_signatures(json, store, certificate->id, err);
	json_end_object(json);
	return rc ? rc : strbuf_check(json->out, err);
}

/* --- for everybody -------------------------------------------------------------------------------- */

int certificate_report_read(const struct certificate_source *source,
	const struct certificate *certificate, const struct json_node *data,
	struct certificate_report *ret, struct error *err)
{
	struct certificate_facts now;
	int rc = certificate_facts_read(source, NULL, certificate->address_id, &now, err);

	*ret = (struct certificate_report){.certificate = certificate, .data = data};
	if (rc)
		return rc;
	ret->unit_today = now.unit_now;
	ret->change_count = certificate_compare(data, &now, source->arena, ret->changes);
	if (!certificate->replaced_by)
		return 0;
	return certificate_read(
		source->store, certificate->replaced_by, source->arena, &ret->successor, err);
}

/* What a key of the page is called, for programs and for people. */
struct label {
	const char *key;
	int message;
};
/* Why a paper was revoked is not told: who wrote it may have named somebody. */
static const struct label of_state = {"state", MSG_CERT_SAY_STATE},
			  of_words = {"message", MSG_CERT_SAY_MEANING},
			  of_number = {"paper_number", MSG_CERT_SAY_NUMBER},
			  of_day = {"issued_on", MSG_CERT_SAY_DAY},
			  of_label = {"label", MSG_CERT_SAY_ADDRESS},
			  of_unit_then = {"unit_issued", MSG_CERT_SAY_UNIT_THEN},
			  of_unit_now = {"unit_now", MSG_CERT_SAY_UNIT_NOW},
			  of_data = {"data_sha256", MSG_CERT_SAY_DATA},
			  of_file = {"file_sha256", MSG_CERT_SAY_FILE},
			  of_successor = {"replaced_by", MSG_CERT_SAY_SUCCESSOR},
			  of_ended = {"ended_on", MSG_CERT_SAY_ENDED},
			  of_changes = {"changes", MSG_CERT_SAY_CHANGES},
			  of_what = {"what", MSG_CERT_SAY_WHAT}, of_then = {"then", MSG_CERT_SAY_THEN},
			  of_now = {"now", MSG_CERT_SAY_NOW}, of_signatures = {"signatures", MSG_CERT_SAY_SIGNATURES},
			  of_signer = {"signer", MSG_CERT_SAY_SIGNER},
			  of_signed = {"signed_at", MSG_CERT_SAY_SIGNED},
			  of_trust = {"trusted", MSG_CERT_SAY_TRUST};

static const int state_words[] = {MSG_CERT_SAY_VALID, MSG_CERT_SAY_REPLACED, MSG_CERT_SAY_REVOKED};
static const int matter_words[MATTER_COUNT] = {MSG_CERT_SAY_M_NUMBER, MSG_CERT_SAY_M_LABEL,
	MSG_CERT_SAY_M_STREET, MSG_CERT_SAY_M_UNIT, MSG_CERT_SAY_M_PROVINCE, MSG_CERT_SAY_M_PARCEL,
	MSG_CERT_SAY_M_AREA, MSG_CERT_SAY_M_OUTLINE};

/* A page while it is written. */
struct telling {
	struct json_writer *json;
	bool labelled;
	enum lang lang;
	struct strbuf text;
};

static const char *words(struct telling *telling, int message)
{
	strbuf_reset(&telling->text);
	message_print(&telling->text, telling->lang, message, NULL);
	return telling->text.data;
}

static void put_key(struct telling *telling, const struct label *label)
{
	json_put_key(telling->json, telling->labelled ? words(telling, label->message) : label->key);
}

/* A page for people leaves out what is not said. */
static void put_text(struct telling *telling, const struct label *label, const char *text)
{
	if (telling->labelled && (!text || !*text))
		return;
	put_key(telling, label);
	json_put_text(telling->json, text && *text ? text : NULL);
}

/* A code for programs, a word for people. */
static void put_word(
	struct telling *telling, const struct label *label, const char *code, int message)
{
	put_key(telling, label);
	json_put_text(telling->json, telling->labelled ? words(telling, message) : code);
}

/* "20/05/2026", as people write it. */
struct day_text {
	char text[12];
};
static struct day_text day_text(int64_t at_us)
{
	struct date day = clock_date_vietnam(at_us);
	struct day_text written;

	snprintf(written.text, sizeof written.text, "%.2s/%.2s/%.4s", day.text + 8, day.text + 5,
		day.text);
	return written;
}

static void put_day(struct telling *telling, const struct label *label, int64_t at_us)
{
	struct date day = clock_date_vietnam(at_us);

	if (!at_us)
		put_text(telling, label, "");
	else
		put_text(telling, label, telling->labelled ? day_text(at_us).text : day.text);
}

static const char *said(const struct certificate_report *report, const char *key)
{
	const char *text = "";

	(void)json_node_text(json_node_get(report->data, key), &text);
	return text;
}

/* What the state means, in a sentence. */
static void put_meaning(struct telling *telling, const struct certificate_report *report)
{
	const struct certificate *certificate = report->certificate;
	autofree(strbuf_clear) struct strbuf sentence = STRBUF(TEXT_MAX_BYTES);

	if (certificate->state == CERTIFICATE_VALID && report->change_count)
		say_certificate_changed(&sentence, telling->lang);
	else if (certificate->state == CERTIFICATE_VALID)
		say_certificate_valid(&sentence, telling->lang);
	else if (certificate->state == CERTIFICATE_REVOKED)
		say_certificate_revoked(&sentence, telling->lang,
			day_text(certificate->ended_at_us).text);
	else
		say_certificate_replaced(&sentence, telling->lang, report->successor.paper_number,
			day_text(report->successor.issued_at_us).text);
	put_text(telling, &of_words, sentence.data);
}

static void put_changes(struct telling *telling, const struct certificate_report *report)
{
	if (telling->labelled && !report->change_count)
		return;
	put_key(telling, &of_changes);
	json_begin_array(telling->json);
	for (size_t i = 0; i < report->change_count; i++) {
		const struct certificate_change *change = &report->changes[i];

		json_begin_object(telling->json);
		put_word(telling, &of_what, certificate_matter_id(change->matter),
			matter_words[change->matter]);
		put_text(telling, &of_then, change->then);
		put_text(telling, &of_now, change->now);
		json_end_object(telling->json);
	}
	json_end_array(telling->json);
}

static int put_signature(
	void *context, const struct certificate_revision *revision, struct error *err)
{
	struct telling *telling = context;
	autofree(strbuf_clear) struct strbuf at = STRBUF(64);

	(void)err;
	if (revision->signed_at_us && telling->labelled)
		strbuf_add_text(&at, day_text(revision->signed_at_us).text);
	else if (revision->signed_at_us)
		clock_print_utc(&at, revision->signed_at_us);
	json_begin_object(telling->json);
	put_text(telling, &of_signer, revision->signer);
	put_text(telling, &of_signed, at.data);
	put_key(telling, &of_trust);
	if (telling->labelled)
		json_put_text(telling->json,
			words(telling, revision->trusted ? MSG_CERT_SAY_TRUSTED : MSG_CERT_SAY_UNTRUSTED));
	else
		json_put_bool(telling->json, revision->trusted);
	json_end_object(telling->json);
	return 0;
}

static int count_signature(
	void *context, const struct certificate_revision *revision, struct error *err)
{
	(void)revision;
	(void)err;
	*(bool *)context = true;
	return 1;
}

static int put_signatures(struct telling *telling, struct store *store,
	const struct certificate_report *report, struct error *err)
{
	bool any = false;
	int rc = certificate_revisions(store, report->certificate->id, count_signature, &any, err);

	if (rc || (telling->labelled && !any))
		return rc;
	put_key(telling, &of_signatures);
	json_begin_array(telling->json);
	rc = certificate_revisions(store, report->certificate->id, put_signature, telling, err);
	json_end_array(telling->json);
	return rc;
}

int certificate_report_write(struct json_writer *json, struct store *store,
	const struct certificate_report *report, bool labelled, enum lang lang, struct error *err)
{
	const struct certificate *certificate = report->certificate;
	struct telling telling = {json, labelled, lang, STRBUF(TEXT_MAX_BYTES)};
	int rc;

	json_begin_object(json);
	put_word(&telling, &of_state, certificate_state_name(certificate->state),
		state_words[certificate->state]);
	put_meaning(&telling, report);
	put_text(&telling, &of_number, certificate->paper_number);
	put_day(&telling, &of_day, certificate->issued_at_us);
	put_text(&telling, &of_label, said(report, "label"));
	put_text(&telling, &of_unit_then, said(report, "unit_now"));
	put_text(&telling, &of_unit_now, report->unit_today);
	put_text(&telling, &of_successor, report->successor.paper_number);
	put_day(&telling, &of_ended, certificate->ended_at_us);
	put_changes(&telling, report);
	put_text(&telling, &of_data, certificate->data_sha256);
	put_text(&telling, &of_file, certificate->file_sha256);
	rc = put_signatures(&telling, store, report, err);
	json_end_object(json);
	strbuf_clear(&telling.text);
	return rc ? rc : strbuf_check(json->out, err);
}
