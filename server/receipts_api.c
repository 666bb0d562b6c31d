/*
 * Receipts of case files: /s/{code}, the page of who has the receipt, and the sheet that the counter
 * prints.
 *
 * A code has 96 random bits and is looked up by its hash, so the time of an answer tells nothing of it.
 * True codes are always answered: whoever tries others soon waits, but cannot make those wait who share
 * the address.
 */
#include "base/messages.h"
#include "base/throttle.h"
#include "server/app.h"
#include "server/dossier_sight.h"
#include "server/links.h"
#include "server/receipt_page.h"
#include "server/router.h"
#include "server/worker.h"

static const char html_type[] = "text/html; charset=utf-8";

/* Whoever tried too many codes that do not exist. */
static int check_tries(struct request *request, struct error *err)
{
	int64_t wait_s = throttle_enter(
		request->app->code_throttle, request->peer, strlen(request->peer));

	return wait_s ? fail_receipt_wait(err, wait_s) : 0;
}

static int find(struct request *request, struct dossier *ret, struct error *err)
{
	int rc = dossier_read_receipt(
		request->worker->store, request->captures[0], &request->arena, ret, err);
	struct error waits = {0};

	if (rc == ERR_NOT_FOUND && check_tries(request, &waits))
		return error_copy(err, &waits);
	return rc;
}

/* The same in words, for who reads it in a browser. */
static void answer_refused(
	struct request *request, struct response *response, const struct error *failed)
{
	receipt_write_refusal(&response->body, request, failed);
	response->status = failed->code == ERR_NOT_FOUND ? 404 : 429;
	response->content_type = html_type;
}

static int get_receipt(struct request *request, struct response *response, struct error *err)
{
	struct receipt_view *view = arena_alloc(&request->arena, sizeof *view);
	enum format format = FORMAT_JSON;
	struct dossier dossier;
	struct error failed = {0};
	int rc = view ? request_format(request, &format, err) : fail_no_memory(err);

	if (rc)
		return rc;
	response->caching = CACHE_NEVER;
	rc = find(request, &dossier, &failed);
	if (format == FORMAT_HTML &&
		(failed.message == MSG_RECEIPT_UNKNOWN || failed.message == MSG_RECEIPT_WAIT)) {
		answer_refused(request, response, &failed);
		return 0;
	}
	if (!rc)
		rc = receipt_view_make(request, &dossier, view, &failed);
	if (rc)
		return error_copy(err, &failed);
	response->is_compressible = true;
	response->content_type = format == FORMAT_HTML ? html_type : TYPE_JSON;
	if (format == FORMAT_HTML)
		receipt_write_html(&response->body, request, view);
	else
		receipt_write_json(&JSON_WRITER(&response->body), view);
	return 0;
}

static int get_sheet(struct request *request, struct response *response, struct error *err)
{
	struct receipt_view *view = arena_alloc(&request->arena, sizeof *view);
	struct dossier dossier;
	struct person person;
	int rc = view ? dossier_sight_find(request, &dossier, err) : fail_no_memory(err);

	if (!rc)
		rc = receipt_view_make(request, &dossier, view, err);
	if (!rc)
		rc = dossier_sight_person(request, &dossier, "receipt", &person, err);
	if (rc)
		return rc;
	response->caching = CACHE_NEVER;
	response->is_compressible = true;
	response->content_type = html_type;
	return receipt_write_sheet(&response->body, request, view, &person, err);
}

static const struct route routes[] = {
	{.pattern = "/s/{code}", .handle = get_receipt, .params = "f", .place = on_worker,
		.title = {"Tra hồ sơ bằng mã biên nhận", "A case file by the code of its receipt"},
		.asks_peer = true},
	{.pattern = "/api/dossiers/{id}/receipt", .handle = get_sheet, .params = "",
		.place = on_worker,
		.title = {"Giấy tiếp nhận và hẹn trả kết quả", "The receipt of a case file"}},
};

const struct route_table receipts_routes = {routes, sizeof routes / sizeof routes[0]};
