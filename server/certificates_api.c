/*
 * Certificates of house numbers: /api/certificates for officers, /v/{code} for who holds a paper.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/access_log.h"
#include "data/rule.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/certificate_json.h"
#include "server/content.h"
#include "server/edits_api.h"
#include "server/links.h"
#include "server/page.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"
#include "tiles/pdf_revision.h"

enum { CONTENT_MAX = 1 << 16, REASON_CONTENT_MAX = 1 << 12, CONTACT_MAX_BYTES = 1 << 12 };

static const char type_pdf[] = "application/pdf";

/* --- who may -------------------------------------------------------------------------------------- */

static int find_layer(const struct request *request, const struct layer **ret, struct error *err)
{
	*ret = layer_of_addresses(request->app->layers);
	return *ret && sight_admits(request, *ret) ? 0 : fail_no_such_layer(err);
}

static int check_writer(const struct request *request, struct error *err)
{
	return sight_check_writer(request, layer_of_addresses(request->app->layers), err);
}

static int write_now(void *context, writer_work *work, void *work_context, struct error *err)
{
	return writer_run(context, work, work_context, err);
}

static struct certificate_tools tools_of(struct request *request)
{
	const struct app *app = request->app;

	return (struct certificate_tools){.store = request->worker->store,
		.layers = app->layers,
		.city = &app->opened.city,
		.folder = app->folder,
		.public_url = app->public_url,
		.arena = &request->arena,
		.randomness = &randomness_system,
		.write = write_now,
		.writer = app->writer};
}

static struct certificate_source source_of(struct request *request)
{
	return (struct certificate_source){request->worker->store, request->app->layers,
		&request->arena, clock_date_vietnam(clock_now_us(request->app->clock))};
}

/* Whether the asker may write the address, and so have its papers. */
static int check_address(struct request *request, int64_t address_id, struct error *err)
{
	struct certificate_source source = source_of(request);
	const struct layer *layer = NULL;
	struct certificate_facts facts;
	struct view view;
	int rc = check_writer(request, err);

	if (!rc)
		rc = find_layer(request, &layer, err);
	if (rc)
		return rc;
	view = sight_view(request, layer, NULL);
	return certificate_facts_read(&source, &view, address_id, &facts, err);
}

/* The certificate of the path, for who may have it. */
static int find(struct request *request, const char *id_text, struct certificate *ret,
	struct error *err)
{
	int64_t id = 0;
	int rc = check_writer(request, err);

	if (!rc && !number_parse_int(id_text, strlen(id_text), 1, INT64_MAX, &id))
		rc = fail_certificate_unknown(err);
	if (!rc)
		rc = certificate_read(request->worker->store, id, &request->arena, ret, err);
	return rc ? rc : check_address(request, ret->address_id, err);
}

/* That somebody takes a paper with a person's name is noted before he has it. */
static int write_note(struct store *store, void *context, struct error *err)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	size_t written;
	int rc = access_log_new(1, &log, err);

	if (!rc)
		rc = access_note(log, context, err);
	return rc ? rc : access_write(log, store, &written, err);
}

static int note_access(
	struct request *request, const struct certificate *certificate, struct error *err)
{
	struct access access = {.at_us = clock_now_us(request->app->clock),
		.account_id = request->asker->rights.account_id,
		.person_id = certificate->holder_id,
		.layer = layer_of_addresses(request->app->layers)->id,
		.record_id = certificate->address_id};
	int rc = request_reason(request, &access.purpose, err);

	if (!*access.purpose)
		access.purpose = "certificate";
	return rc ? rc : writer_run(request->app->writer, write_note, &access, err);
}

/* --- issuing -------------------------------------------------------------------------------------- */

/* A whole number of the content, 0 if it is not said. */
static int read_id(
	const struct content *content, const char *key, int64_t *ret, struct error *err)
{
	const struct json_node *node = content_at(content, key);

	*ret = 0;
	if (!node || (json_node_int(node, ret) && *ret > 0 && *ret <= HISTORY_ID_MAX))
		return 0;
	return fail_content_value(err, key, "");
}

/* A text of the holder, "" if it is not said. */
static int read_text(struct request *request, const struct json_node *holder, const char *key,
	const char **ret, struct error *err)
{
	const struct json_node *node = json_node_get(holder, key);
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(PERSON_CONTACT_MAX_BYTES * 2);
	const char *text = "";

	if (json_node_kind(node) > JSON_KIND_NULL && !json_node_text(node, &text))
		return fail_content_value(err, "holder", key);
	if (!text_nfc(&nfc, text, strlen(text)) || nfc.failed)
		return fail_certificate_text(err, key, PERSON_CONTACT_MAX_BYTES);
	*ret = arena_text(&request->arena, nfc.data, nfc.len);
	return *ret ? 0 : fail_no_memory(err);
}

static int read_holder(struct request *request, const struct content *content,
	struct certificate_order *order, struct error *err)
{
	const struct json_node *holder = content_at(content, "holder");
	int rc = read_id(content, "person_id", &order->person_id, err);

	if (rc || !holder)
		return rc;
	if (json_node_kind(holder) != JSON_KIND_OBJECT || order->person_id)
		return fail_content_value(err, "holder", "");
	rc = read_text(request, holder, "name", &order->holder.name, err);
	if (!rc)
		rc = read_text(request, holder, "id_number", &order->holder.id_number, err);
	return rc ? rc : read_text(request, holder, "contact", &order->holder.contact, err);
}

static int read_order(struct request *request, struct content *content,
	struct certificate_order *order, bool *ret_check, struct error *err)
{
	int rc = read_id(content, "address_id", &order->address_id, err);

	if (!rc && !order->address_id)
		rc = fail_content_value(err, "address_id", "");
	if (!rc)
		rc = read_id(content, "version", &order->address_version, err);
	/* Who issues says what he has seen. */
	if (!rc && !order->address_version)
		rc = fail_base_unknown(err);
	if (!rc)
		rc = read_holder(request, content, order, err);
	if (!rc)
		rc = content_text(content, "signer", &order->signer, err);
	if (!rc && content_at(content, "signer_title"))
		rc = content_text(content, "signer_title", &order->signer_title, err);
	return rc ? rc : content_bool(content, "check", ret_check, err);
}

static int answer_certificate(struct request *request, struct response *response,
	const struct certificate *certificate, int status, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);

	response->status = status;
	response->content_type = TYPE_JSON;
	response->caching = CACHE_NEVER;
	return certificate_write_json(
		&json, request->worker->store, request->app->public_url, certificate, err);
}

static int post_certificates(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	const struct certificate_tools tools = tools_of(request);
	struct certificate_order order = {
		.actor = request->asker->actor, .at_us = clock_now_us(request->app->clock)};
	struct certificate made;
	const struct layer *layer = NULL;
	struct view view;
	bool only_check = false;
	int rc = find_layer(request, &layer, err);

	if (!rc)
		rc = content_read(request,
			"address_id version holder person_id signer signer_title check", &content, err);
	if (!rc)
		rc = read_order(request, &content, &order, &only_check, err);
	if (rc)
		return rc;
	view = sight_view(request, layer, NULL);
	order.view = &view;
	if (only_check) {
		response->content_type = type_pdf;
		response->caching = CACHE_NEVER;
		return certificate_preview(&tools, &order, &response->body, err);
	}
	rc = edit_read_key(request, order.at_us, &order.receipt, err);
	if (!rc)
		rc = certificate_issue(&tools, &order, &made, err);
	if (!rc)
		rc = response_add_header_format(response, request, err, "Location",
			"%s/api/certificates/%lld", request->app->public_url, (long long)made.id);
	return rc ? rc : answer_certificate(request, response, &made, 201, err);
}

/* --- reading -------------------------------------------------------------------------------------- */

struct listing {
	struct request *request;
	struct json_writer json;
};

static int list_one(void *context, const struct certificate *certificate, struct error *err)
{
	struct listing *listing = context;

	return certificate_write_json(
		&listing->json, NULL, listing->request->app->public_url, certificate, err);
}

static int get_certificates(struct request *request, struct response *response, struct error *err)
{
	struct listing listing = {request, JSON_WRITER(&response->body)};
	const char *text = request_param(request, WORD_ADDRESS);
	int64_t id = 0;
	int rc = check_writer(request, err);

	if (!rc && (!text || !number_parse_int(text, strlen(text), 1, HISTORY_ID_MAX, &id)))
		rc = fail_param_value(err, WORD_ADDRESS, text ? text : "");
	if (!rc)
		rc = check_address(request, id, err);
	if (rc)
		return rc;
	json_begin_object(&listing.json);
	json_put_key(&listing.json, "certificates");
	json_begin_array(&listing.json);
	rc = certificate_list(request->worker->store, id, list_one, &listing, err);
	json_end_array(&listing.json);
	json_end_object(&listing.json);
	response->content_type = TYPE_JSON;
	response->is_compressible = true;
	response->caching = CACHE_NEVER;
	return rc;
}

static int answer_file(struct request *request, struct response *response,
	const struct certificate *certificate, bool as_issued, struct error *err)
{
	int rc = note_access(request, certificate, err);

	if (!rc)
		rc = certificate_file(
			request->worker->store, certificate, as_issued, &response->body, err);
	response->content_type = type_pdf;
	response->caching = CACHE_NEVER;
	return rc;
}

/* "12" as JSON; "12.pdf" as the paper, which is always the same. */
static int get_certificate(struct request *request, struct response *response, struct error *err)
{
	static const char ending[] = ".pdf";
	const char *name = request->captures[0];
	size_t len = strlen(name), bare = len < sizeof ending ? len : len - (sizeof ending - 1);
	bool is_file = bare < len && !strcmp(name + bare, ending);
	const char *id = is_file ? arena_text(&request->arena, name, bare) : name;
	struct certificate certificate;
	int rc = id ? find(request, id, &certificate, err) : fail_no_memory(err);

	if (rc)
		return rc;
	return is_file ? answer_file(request, response, &certificate, true, err)
		       : answer_certificate(request, response, &certificate, 200, err);
}

static int get_signed(struct request *request, struct response *response, struct error *err)
{
	struct certificate certificate;
	int rc = find(request, request->captures[0], &certificate, err);

	return rc ? rc : answer_file(request, response, &certificate, false, err);
}

static int get_signable(struct request *request, struct response *response, struct error *err)
{
	struct certificate certificate;
	int rc = find(request, request->captures[0], &certificate, err);

	if (!rc)
		rc = answer_file(request, response, &certificate, true, err);
	return rc ? rc : pdf_add_signature_field(&response->body, "ChuKy1", err);
}

/* --- afterwards ----------------------------------------------------------------------------------- */

/* A revocation on its way. */
struct revoking {
	struct certificate certificate;
	struct counter_act act;
};

static int revoke(struct store *store, void *context, struct error *err)
{
	struct revoking *revoking = context;

	return certificate_revoke(store, revoking->certificate.id, &revoking->act, err);
}

static int post_revoke(struct request *request, struct response *response, struct error *err)
{
	autofree(content_clear) struct content content = {0};
	struct revoking revoking = {
		.act = {.by = request->asker->actor, .at_us = clock_now_us(request->app->clock)}};
	struct certificate *certificate = &revoking.certificate;
	int rc = find(request, request->captures[0], certificate, err);

	if (!rc)
		rc = content_read(request, "reason", &content, err);
	if (!rc)
		rc = content_text(&content, "reason", &revoking.act.why, err);
	if (!rc)
		rc = writer_run(request->app->writer, revoke, &revoking, err);
	if (!rc)
		rc = certificate_read(request->worker->store, certificate->id, &request->arena,
			certificate, err);
	return rc ? rc : answer_certificate(request, response, certificate, 200, err);
}

static int post_signed(struct request *request, struct response *response, struct error *err)
{
	const struct certificate_tools tools = tools_of(request);
	struct certificate_signing signing = {.file = {request->body.data, request->body.len},
		.actor = request->asker->actor,
		.at_us = clock_now_us(request->app->clock)};
	struct certificate certificate;
	int rc = find(request, request->captures[0], &certificate, err);

	signing.certificate_id = certificate.id;
	if (!rc)
		rc = certificate_sign(&tools, &signing, err);
	return rc ? rc : answer_certificate(request, response, &certificate, 201, err);
}

static int get_nothing(struct request *request, struct response *response, struct error *err)
{
	(void)request;
	(void)response;
	return fail_method_not_allowed(err);
}

/* --- the public page ------------------------------------------------------------------------------ */

static int find_paper(struct request *request, struct certificate *ret, struct error *err)
{
	struct certificate_code code;

	if (!certificate_code_read(request->captures[0], &code))
		return fail_certificate_unknown(err);
	return certificate_find(request->worker->store, &code, &request->arena, ret, err);
}

static int write_report(struct request *request, struct json_writer *json, bool labelled,
	struct error *err)
{
	autoptr(json_document_free) struct json_node *data = NULL;
	struct certificate_source source = source_of(request);
	struct certificate_report report;
	struct certificate certificate;
	int rc = find_paper(request, &certificate, err);

	if (!rc)
		rc = json_document_parse(certificate.data, strlen(certificate.data), &data, err);
	if (!rc)
		rc = certificate_report_read(&source, &certificate, data, &report, err);
	return rc ? rc
		  : certificate_report_write(json, request->worker->store, &report, labelled,
			    request->lang, err);
}

/* Whom to call: the office that the city names in its rule `counter_contact`. */
static int write_contact(struct request *request, struct json_writer *json, struct error *err)
{
	static const char *const languages[] = {[LANG_VI] = "vi", [LANG_EN] = "en"};
	autoptr(json_document_free) struct json_node *document = NULL;
	autofree(strbuf_clear) struct strbuf key = STRBUF(CONTACT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(CONTACT_MAX_BYTES);
	struct certificate_source source = source_of(request);
	const char *office = "", *phone = "";
	struct rule rule;
	int rc = rule_find(source.store, "counter_contact", &source.today, 0, source.arena, &rule, err);

	if (!rc)
		rc = json_document_parse(rule.payload, strlen(rule.payload), &document, err);
	if (rc)
		return rc;
	(void)json_node_text(json_node_get(document, languages[request->lang]), &office);
	(void)json_node_text(json_node_get(document, "phone"), &phone);
	say_cert_say_contact(&key, request->lang);
	strbuf_add_format(&text, "%s%s%s", office, *office && *phone ? ", " : "", phone);
	if (text.len)
		json_member_text(json, key.data, text.data);
	return 0;
}

/* No such paper: a page for people too, not only for programs. */
static int write_unknown(struct request *request, struct response *response,
	const struct error *unknown, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(ERROR_TEXT_MAX);
	struct json_writer json = JSON_WRITER(&response->body);
	int rc;

	strbuf_reset(&response->body);
	error_print(&text, unknown, request->lang);
	json_begin_object(&json);
	json_member_text(&json, error_message_code(unknown), text.data);
	rc = write_contact(request, &json, err);
	json_end_object(&json);
	response->status = problem_status(unknown);
	return rc;
}

static int get_paper(struct request *request, struct response *response, struct error *err)
{
	autofree(strbuf_clear) struct strbuf title = STRBUF(200);
	struct json_writer json = JSON_WRITER(&response->body);
	enum format format;
	int rc = request_format(request, &format, err);

	say_cert_say_title(&title, request->lang);
	response->caching = CACHE_NEVER;
	if (!rc)
		rc = write_report(request, &json, format == FORMAT_HTML, err);
	if (rc == ERR_NOT_FOUND && format == FORMAT_HTML) {
		struct error unknown;

		error_copy(&unknown, err);
		error_clear(err);
		rc = write_unknown(request, response, &unknown, err);
	}
	return rc ? rc : page_answer(request, response, TYPE_JSON, title.data, err);
}

static const struct route_action certificates_actions[] = {
	{.method = METHOD_POST, .handle = post_certificates, .types = "application/json",
		.content_max = CONTENT_MAX, .params = "", .check = check_writer},
};
static const struct route_action revoke_actions[] = {
	{.method = METHOD_POST, .handle = post_revoke, .types = "application/json",
		.content_max = REASON_CONTENT_MAX, .params = "", .check = check_writer},
};
static const struct route_action signed_actions[] = {
	{.method = METHOD_POST, .handle = post_signed, .types = type_pdf,
		.content_max = PDF_SIGNED_MAX, .params = "", .check = check_writer},
};

static const struct route routes[] = {
	{"/api/certificates", get_certificates, WORD_ADDRESS, on_worker,
		{"Giấy chứng nhận số nhà", "Certificates of house numbers"},
		ROUTE_ACTIONS(certificates_actions)},
	{"/api/certificates/{id}", get_certificate, "", on_worker,
		{"Một giấy chứng nhận số nhà, hoặc tệp PDF của giấy", "A certificate, or its PDF"},
		NO_ACTIONS},
	{"/api/certificates/{id}/signable.pdf", get_signable, "", on_worker,
		{"Tệp chờ ký số", "The file prepared for a signature"}, NO_ACTIONS},
	{"/api/certificates/{id}/signed.pdf", get_signed, "", on_worker,
		{"Tệp mới nhất đã ký số", "The newest signed file"}, NO_ACTIONS},
	{"/api/certificates/{id}/signed", get_nothing, "", on_worker,
		{"Nhận tệp đã ký số", "Take a signed file"}, ROUTE_ACTIONS(signed_actions)},
	{"/api/certificates/{id}/revoke", get_nothing, "", on_worker,
		{"Thu hồi giấy", "Revoke a certificate"}, ROUTE_ACTIONS(revoke_actions)},
	{"/v/{code}", get_paper, "f", on_worker,
		{"Kiểm tra một giấy", "Verify a paper"}, NO_ACTIONS},
};

const struct route_table certificates_routes = {routes, sizeof routes / sizeof routes[0]};
