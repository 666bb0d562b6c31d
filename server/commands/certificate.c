/* dothi certificate issue, show, revoke, sign, verify, fields: papers of house numbers, without a server. */
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/city.h"
#include "server/cases/certificate_paper.h"
#include "server/certificate_json.h"
#include "server/commands/desk.h"
#include "tiles/pdf_revision.h"

enum { TEXT_MAX_BYTES = 1 << 20, PATH_MAX_BYTES = 4096, ARENA_BYTES = 256 << 20 };

/* The verb while it works. */
struct session {
	struct desk *desk;
	struct arena arena;
	struct certificate_tools tools;
};

static int write_now(void *context, writer_work *work, void *work_context, struct error *err)
{
	return desk_write(context, work, work_context, err);
}

static struct session begin(struct desk *desk)
{
	return (struct session){.desk = desk,
		.arena = ARENA(ARENA_BYTES),
		.tools = {.store = desk->store,
			.layers = city_layers(),
			.city = desk->city,
			.folder = desk->folder,
			.public_url = desk->public_url,
			.randomness = &randomness_system,
			.write = write_now,
			.writer = desk}};
}

static void session_clear(struct session *session)
{
	arena_clear(&session->arena);
}

static int read_id(const struct command_line *line, int64_t *ret, struct error *err)
{
	const char *text = line->words[1];

	return number_parse_int(text, strlen(text), 1, HISTORY_ID_MAX, ret)
		? 0
		: fail_option_value(err, "ID", text);
}

static struct certificate_source source_of(struct session *session)
{
	return (struct certificate_source){session->desk->store, session->tools.layers,
		&session->arena, clock_date_vietnam(clock_now_us(&clock_system))};
}

/* Writes a file that the user named; nothing without --output. */
static int write_file(struct session *session, const struct strbuf *file, struct error *err)
{
	const char *name = command_value(session->desk->line, "output", 0);
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc;

	if (!name)
		return 0;
	desk_path(session->desk, name, &path);
	rc = strbuf_check(&path, err);
	return rc ? rc : file_replace_private(path.data, file->data, file->len, err);
}

/* The state of a certificate in words. */
static const char *state_words(
	const struct session *session, const struct certificate *certificate, struct strbuf *out)
{
	static const int words[] = {
		MSG_CERT_SAY_VALID, MSG_CERT_SAY_REPLACED, MSG_CERT_SAY_REVOKED};

	message_print(out, session->desk->line->lang, words[certificate->state], NULL);
	return out->data;
}

static int print_json(
	struct session *session, const struct certificate *certificate, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	int rc = certificate_write_json(
		&json, session->desk->store, session->desk->public_url, certificate, err);

	if (!rc)
		desk_print(session->desk, &text);
	return rc;
}

static int print_certificate(
	struct session *session, const struct certificate *certificate, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf state = STRBUF(PATH_MAX_BYTES);
	autoptr(json_document_free) struct json_node *data = NULL;
	const char *label = "";
	int rc;

	if (session->desk->line->json)
		return print_json(session, certificate, err);
	rc = json_document_parse(certificate->data, strlen(certificate->data), &data, err);
	if (rc)
		return rc;
	(void)json_node_text(json_node_get(data, "label"), &label);
	say_certificate_row(&text, session->desk->line->lang, certificate->id,
		certificate->paper_number, label, state_words(session, certificate, &state),
		clock_date_vietnam(certificate->issued_at_us).text);
	desk_print(session->desk, &text);
	return 0;
}

/* --- issue ---------------------------------------------------------------------------------------- */

static int read_order(
	struct session *session, struct certificate_order *order, struct error *err)
{
	const struct command_line *line = session->desk->line;
	int rc = read_id(line, &order->address_id, err);

	order->signer = command_value(line, "signer", 0);
	order->signer_title = command_value(line, "signer-title", 0);
	order->holder.name = command_value(line, "holder", 0);
	order->holder.id_number = command_value(line, "id-number", 0);
	order->holder.contact = command_value(line, "contact", 0);
	order->actor = session->desk->actor;
	order->at_us = clock_now_us(&clock_system);
	if (!rc)
		rc = command_int(line, "person", 1, HISTORY_ID_MAX, 0, &order->person_id, err);
	if (!rc && !order->signer)
		rc = fail_option_missing(err, "signer", line->command->name);
	return rc;
}

static int issue(struct session *session, struct error *err)
{
	autofree(strbuf_clear) struct strbuf file = STRBUF(CERTIFICATE_FILE_MAX);
	struct certificate_order order = {0};
	struct certificate made;
	int rc = read_order(session, &order, err);

	if (!rc && command_value(session->desk->line, "check", 0)) {
		rc = certificate_preview(&session->tools, &order, &file, err);
		return rc ? rc : write_file(session, &file, err);
	}
	if (!rc)
		rc = certificate_issue(&session->tools, &order, &made, err);
	if (!rc)
		rc = certificate_file(session->desk->store, &made, true, &file, err);
	if (!rc)
		rc = write_file(session, &file, err);
	return rc ? rc : print_certificate(session, &made, err);
}

static int run_issue(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = begin(desk);

	session.tools.arena = &session.arena;
	return issue(&session, err);
}

/* --- show, revoke, sign, verify ------------------------------------------------------------------- */

static int find(struct session *session, struct certificate *ret, struct error *err)
{
	int64_t id = 0;
	int rc = read_id(session->desk->line, &id, err);

	session->tools.arena = &session->arena;
	return rc ? rc : certificate_read(session->desk->store, id, &session->arena, ret, err);
}

static int run_show(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = begin(desk);
	autofree(strbuf_clear) struct strbuf file = STRBUF(PDF_SIGNED_MAX);
	bool newest = command_value(desk->line, "signed", 0) != NULL;
	struct certificate certificate;
	int rc = find(&session, &certificate, err);

	if (!rc && command_value(desk->line, "output", 0))
		rc = certificate_file(desk->store, &certificate, !newest, &file, err);
	if (!rc && file.len && command_value(desk->line, "signable", 0))
		rc = pdf_add_signature_field(&file, "ChuKy1", err);
	if (!rc && file.len)
		rc = write_file(&session, &file, err);
	return rc ? rc : print_certificate(&session, &certificate, err);
}

struct revoking {
	int64_t id;
	struct counter_act act;
};

static int revoke(struct store *store, void *context, struct error *err)
{
	struct revoking *revoking = context;

	return certificate_revoke(store, revoking->id, &revoking->act, err);
}

static int run_revoke(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = begin(desk);
	struct revoking revoking = {.act = {.by = desk->actor,
		.why = command_value(desk->line, "reason", 0),
		.at_us = clock_now_us(&clock_system)}};
	struct certificate certificate;
	int rc = find(&session, &certificate, err);

	revoking.id = certificate.id;
	if (!rc)
		rc = desk_write(desk, revoke, &revoking, err);
	if (!rc)
		rc = find(&session, &certificate, err);
	return rc ? rc : print_certificate(&session, &certificate, err);
}

static int run_sign(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = begin(desk);
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf file = STRBUF(PDF_SIGNED_MAX);
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct certificate_signing signing = {
		.actor = desk->actor, .at_us = clock_now_us(&clock_system)};
	struct certificate certificate;
	int rc = find(&session, &certificate, err);

	signing.certificate_id = certificate.id;
	desk_path(desk, desk->line->words[2], &path);
	if (!rc)
		rc = file_read(path.data, &file, err);
	signing.file = (struct slice){file.data, file.len};
	if (!rc)
		rc = certificate_sign(&session.tools, &signing, err);
	if (rc)
		return rc;
	if (desk->line->json)
		return print_json(&session, &certificate, err);
	say_certificate_signed(&text, desk->line->lang, signing.revision.signer);
	desk_print(desk, &text);
	return 0;
}

/* What the public page tells, in words or as JSON. */
static int write_report(struct session *session, struct strbuf *out, struct error *err)
{
	autoptr(json_document_free) struct json_node *data = NULL;
	struct certificate_source source = source_of(session);
	struct json_writer json = JSON_WRITER(out);
	struct certificate_report report;
	struct certificate certificate;
	struct certificate_code code;
	int rc = certificate_code_read(session->desk->line->words[1], &code)
		? certificate_find(session->desk->store, &code, &session->arena, &certificate, err)
		: fail_certificate_unknown(err);

	if (!rc)
		rc = json_document_parse(certificate.data, strlen(certificate.data), &data, err);
	if (!rc)
		rc = certificate_report_read(&source, &certificate, data, &report, err);
	return rc ? rc
		  : certificate_report_write(&json, session->desk->store, &report,
			    !session->desk->line->json, session->desk->line->lang, err);
}

/* "Số giấy: 118/2026": a line a member, lists below their name. */
static bool print_member(void *context, const char *key, const struct json_node *value)
{
	struct strbuf *out = context;
	const char *text = "";

	if (json_node_kind(value) == JSON_KIND_ARRAY) {
		if (json_node_count(value))
			strbuf_add_format(out, "%s:\n", key);
		for (size_t i = 0; i < json_node_count(value); i++) {
			strbuf_add_text(out, "  -\n");
			json_node_each(json_node_at(value, i), print_member, out);
		}
		return true;
	}
	if (json_node_text(value, &text))
		strbuf_add_format(out, "%s: %s\n", key, text);
	return true;
}

static int run_verify(struct desk *desk, struct error *err)
{
	autofree(session_clear) struct session session = begin(desk);
	autofree(strbuf_clear) struct strbuf json = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autoptr(json_document_free) struct json_node *document = NULL;
	int rc = write_report(&session, &json, err);

	if (rc)
		return rc;
	if (desk->line->json) {
		desk_print(desk, &json);
		return 0;
	}
	rc = json_document_parse(json.data, json.len, &document, err);
	if (rc)
		return rc;
	json_node_each(document, print_member, &text);
	if (text.len)
		text.data[--text.len] = '\0';
	desk_print(desk, &text);
	return 0;
}

static int run_fields(struct desk *desk, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);

	(void)err;
	if (desk->line->json)
		json_begin_array(&json);
	for (const char *const *field = certificate_fields; *field; field++)
		if (desk->line->json)
			json_put_text(&json, *field);
		else
			strbuf_add_format(&text, "%s{%s}", text.len ? "\n" : "", *field);
	if (desk->line->json)
		json_end_array(&json);
	desk_print(desk, &text);
	return 0;
}

static const struct command_option issue_options[] = {
	{"signer", "NAME", MSG_HELP_CERTIFICATE_SIGNER},
	{"signer-title", "TEXT", MSG_HELP_CERTIFICATE_TITLE},
	{"person", "ID", MSG_HELP_CERTIFICATE_PERSON},
	{"holder", "NAME", MSG_HELP_CERTIFICATE_HOLDER},
	{"id-number", "NUMBER", MSG_HELP_PERSON_NUMBER},
	{"contact", "TEXT", MSG_HELP_PERSON_CONTACT},
	{"check", NULL, MSG_HELP_CERTIFICATE_CHECK},
	{"output", "FILE", MSG_HELP_CERTIFICATE_OUTPUT},
	{NULL, NULL, 0},
};
static const struct command_option show_options[] = {
	{"output", "FILE", MSG_HELP_CERTIFICATE_OUTPUT},
	{"signed", NULL, MSG_HELP_CERTIFICATE_SIGNED},
	{"signable", NULL, MSG_HELP_CERTIFICATE_SIGNABLE},
	{NULL, NULL, 0},
};
static const struct command_option revoke_options[] = {
	{"reason", "TEXT", MSG_HELP_CERTIFICATE_REASON},
	{NULL, NULL, 0},
};

const struct command certificate_group = {
	"certificate", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_CERTIFICATE, NULL, COMMAND_ALONE, NULL};
const struct command certificate_issue_command = {"certificate issue", "DIR ADDRESS", 2, 2,
	MSG_HELP_CERTIFICATE_ISSUE, issue_options, COMMAND_WRITES, run_issue};
const struct command certificate_show_command = {"certificate show", "DIR ID", 2, 2,
	MSG_HELP_CERTIFICATE_SHOW, show_options, COMMAND_READS, run_show};
const struct command certificate_revoke_command = {"certificate revoke", "DIR ID", 2, 2,
	MSG_HELP_CERTIFICATE_REVOKE, revoke_options, COMMAND_WRITES, run_revoke};
const struct command certificate_sign_command = {"certificate sign", "DIR ID FILE", 3, 3,
	MSG_HELP_CERTIFICATE_SIGN, NULL, COMMAND_WRITES, run_sign};
const struct command certificate_verify_command = {"certificate verify", "DIR CODE", 2, 2,
	MSG_HELP_CERTIFICATE_VERIFY, NULL, COMMAND_READS, run_verify};
const struct command certificate_fields_command = {"certificate fields", "", 0, 0,
	MSG_HELP_CERTIFICATE_FIELDS, NULL, COMMAND_ALONE, run_fields};
