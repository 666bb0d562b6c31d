#include <microhttpd.h>

#include "server/http.h"
#include "server/http_headers.h"
#include "server/http_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"
#include "server/events.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/deadline.h"
#include "server/worker.h"

enum {
	NETWORK_THREADS = 2,
	CONNECTIONS_MAX = 4000,
	/*
	 * Of a connection: a request line of REQUEST_URI_MAX, headers, and room to say 414 ourselves
	 * of one that is twice as long. The library clears it for each request.
	 */
	CONNECTION_MEMORY_BYTES = 48 * 1024,
	IDLE_TIMEOUT_S = 30,
	CONTENT_MAX_BYTES = 64 << 20, /* of any request; actions take less */
	WRITE_PATIENCE_MS = 10000, /* then who writes is told to come again */
	SPARE_FILES = 200, /* for the register and its readers, beside the connections */
};

struct http_server {
	struct app *app;
	struct MHD_Daemon *daemon;
	struct worker_pool *pool;
	struct deadlines *deadlines;
	int socket; /* listening */
	unsigned port, workers;
	bool log_requests;
	atomic_ullong requests; /* counted for their ids */
};

/* A request with its answer, from the request line to the last byte. */
struct exchange {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct request request;
	struct response response;
	char *uri;		  /* heap */
	bool begun, is_answered;  /* headers were seen; the response stands ready */
	int prepared;		  /* what prepare() said */
	bool too_large;		  /* more content came than the action takes */
	struct writer_piece piece; /* what the writer does for it */
	int64_t started_ms;
	int status;		  /* as it was sent, for the log */
	struct error err;
};

static void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	stream_close(exchange->response.stream);
	tile_cache_give_back(exchange->request.tile);
	response_clear(&exchange->response);
	strbuf_clear(&exchange->request.body);
	arena_clear(&exchange->request.arena);
	free(exchange->uri);
	free(exchange);
}

/* Called with the request line: the exchange begins. NULL is refused later, for want of memory. */
static void *begin_exchange(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *server = context;
	struct exchange *exchange = calloc(1, sizeof *exchange);

	if (!exchange)
		return NULL;
	exchange->server = server;
	exchange->connection = connection;
	exchange->uri = strdup(uri);
	exchange->started_ms = clock_ticks_ms();
	exchange->request.app = server->app;
	exchange->request.arena = ARENA(REQUEST_ARENA_BYTES);
	exchange->request.body = STRBUF(CONTENT_MAX_BYTES);
	response_init(&exchange->response);
	snprintf(exchange->request.id, sizeof exchange->request.id, "%llx-%llx",
		(unsigned long long)clock_now_us(server->app->clock) / 1000000,
		(unsigned long long)atomic_fetch_add(&server->requests, 1) & 0xFFFFFFFF);
	if (!exchange->uri) {
		exchange_free(exchange);
		return NULL;
	}
	return exchange;
}

static struct deadline *deadline_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void log_exchange(const struct exchange *exchange)
{
	bool fault = exchange->status >= 500;

	if (!exchange->server->log_requests && !fault)
		return;
	log_event(fault ? LOG_ERROR : LOG_INFO, "request", LOG_TEXT("req", exchange->request.id),
		LOG_TEXT("route",
			exchange->request.route ? exchange->request.route->pattern : NULL),
		LOG_INT("status", exchange->status),
		LOG_INT("ms", clock_ticks_ms() - exchange->started_ms),
		LOG_TEXT("code", *error_message_code(&exchange->err)
				? error_message_code(&exchange->err)
				: NULL),
		LOG_TEXT("detail", *exchange->err.detail ? exchange->err.detail : NULL));
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **connection_context,
	enum MHD_RequestTerminationCode how)
{
	struct exchange *exchange = *connection_context;
	struct http_server *server = context;

	(void)how;
	if (!exchange)
		return;
	if (exchange->begun)
		log_exchange(exchange);
	exchange_free(exchange);
	*connection_context = NULL;
	deadline_phase(server->deadlines, deadline_of(connection), DEADLINE_IDLE, 0);
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = context;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		*socket_context = info ? deadline_add(server->deadlines, info->connect_fd) : NULL;
	} else {
		deadline_remove(server->deadlines, *socket_context);
		*socket_context = NULL;
	}
}

/* The action, and whether its content can be taken; its length may not be known yet. */
static int prepare_action(struct exchange *exchange, struct error *err)
{
	struct request *request = &exchange->request;
	const char *length = http_header(exchange->connection, "Content-Length");
	int64_t bytes = 0;

	request->action = router_action(request);
	if (!request->action)
		return fail_method_not_allowed(err);
	if (!request->action->types)
		return request_check_params(request, request->action->params, err);
	if (!request_is_of_type(request, request->action->types))
		return fail_body_type(err, request->content_type, request->action->types);
	if (*length && (!number_parse_int(length, strlen(length), 0, INT64_MAX, &bytes) ||
			       (size_t)bytes > request->action->content_max))
		return fail_body_too_large(err, (int64_t)request->action->content_max);
	return request_check_params(request, request->action->params, err);
}

/* Route, method and parameters; after it the handler may run. */
static int prepare(
	struct exchange *exchange, const char *method, const char *version, struct error *err)
{
	struct request *request = &exchange->request;
	int rc;

	http_read_headers(exchange->connection, exchange->server->app->public_url, method, request);
	/* The library is lenient with request lines. */
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return fail_uri_malformed(err);
	rc = request_parse_uri(request, exchange->uri, err);
	if (rc)
		return rc;
	if (!router_find(request))
		return fail_no_such_page(err);
	if (request->route->asks_peer)
		http_read_peer(exchange->connection, request->peer, sizeof request->peer);
	if (request->method == METHOD_OPTIONS)
		return 0;
	if (request->method != METHOD_GET && request->method != METHOD_HEAD)
		return prepare_action(exchange, err);
	if (!request->route->handle)
		return fail_method_not_allowed(err);
	return request_check_params(request, request->route->params, err);
}

/* What a path can be asked, by this asker; a page of another site is told what there is at all. */
static int answer_options(struct request *request, struct response *response, struct error *err)
{
	autofree(strbuf_clear) struct strbuf of_asker = STRBUF(200);
	autofree(strbuf_clear) struct strbuf of_route = STRBUF(200);
	int rc;

	router_methods(request, true, &of_asker);
	router_methods(request, false, &of_route);
	response->status = 204;
	rc = response_add_header_format(response, request, err, "Allow", "%s", of_asker.data);
	if (!rc)
		rc = response_add_header_format(response, request, err,
			"Access-Control-Allow-Methods", "%s", of_route.data);
	response_add_header(response, "Access-Control-Allow-Headers",
		"Authorization, Content-Crs, Content-Type, Dothi-Reason, Idempotency-Key, If-Match, "
		"*");
	response_add_header(response, "Access-Control-Max-Age", "86400");
	return rc;
}

/* Asks the handler; who asks is known. */
static int ask_handler(struct request *request, struct response *response, struct error *err)
{
	const struct route_action *action = request->action;
	int rc = 0;

	if (request->method == METHOD_OPTIONS)
		return answer_options(request, response, err);
	if (!action)
		return request->route->handle(request, response, err);
	if (action->check)
		rc = action->check(request, err);
	return rc ? rc : action->handle(request, response, err);
}

/* Completes the answer, whatever it was. */
static void finish(struct exchange *exchange, int rc)
{
	struct response *response = &exchange->response;

	if (!rc)
		rc = strbuf_check(&response->body, &exchange->err);
	if (rc)
		problem_write(response, &exchange->request, &exchange->err);
	response_finish(response, &exchange->request);
	exchange->status = response->status;
	exchange->is_answered = true;
}

/* On a thread of the writer: what was wished is durable, or undone. */
static void take_commit(struct writer_piece *piece)
{
	struct exchange *exchange = piece->owner;
	struct request *request = &exchange->request;
	int rc = piece->rc;

	if (rc)
		error_copy(&exchange->err, &piece->err);
	else if (request->commit.answer)
		rc = request->commit.answer(request, &exchange->response, &exchange->err);
	finish(exchange, rc);
	MHD_resume_connection(exchange->connection);
}

/* Runs the handler. True: the answer stands ready; false: somebody else goes on with it. */
static bool answer(struct exchange *exchange, int rc)
{
	struct request *request = &exchange->request;
	struct error *err = &exchange->err;
	bool is_open = request->action && request->action->is_open;

	if (!rc && exchange->too_large)
		rc = fail_body_too_large(err, (int64_t)request->action->content_max);
	if (!rc && !is_open && !request->asker)
		rc = asker_find(request, err);
	if (!rc && request->worker)
		worker_face(request->worker, !request->action);
	if (!rc)
		rc = ask_handler(request, &exchange->response, err);
	if (rc == REQUEST_PARKED)
		return false;
	if (!rc && request->commit.work) {
		exchange->piece = (struct writer_piece){.ask = request->commit.ask,
			.work = request->commit.work,
			.context = request->commit.context,
			.done = take_commit,
			.patience_ms = WRITE_PATIENCE_MS,
			.owner = exchange};
		request->worker = NULL;
		if (writer_submit(exchange->server->app->writer, &exchange->piece))
			return false;
		rc = fail_busy(err);
	}
	finish(exchange, rc);
	return true;
}

static struct exchange *exchange_of(struct request *request)
{
	return (struct exchange *)((char *)request - offsetof(struct exchange, request));
}

/* What it waited for is there, and it is answered on this thread; or it takes its turn again. */
static void resume_parked(struct request *request)
{
	struct exchange *exchange = exchange_of(request);

	request->worker = NULL;
	request->resume = NULL;
	if (!request->tile && worker_pool_add(exchange->server->pool, exchange))
		return;
	answer(exchange, request->tile ? 0 : fail_busy(&exchange->err));
	MHD_resume_connection(exchange->connection);
}

static void run_job(struct worker *worker, void *context)
{
	struct exchange *exchange = context;

	exchange->request.worker = worker;
	exchange->request.resume = resume_parked;
	if (answer(exchange, 0))
		MHD_resume_connection(exchange->connection);
}

/* Hands the answer to the network; its memory goes with it. */
static enum MHD_Result send_answer(struct exchange *exchange)
{
	struct response *response = &exchange->response;
	size_t len = response->fixed_body ? response->fixed_len : response->body.len;
	enum deadline_phase phase = response->stream ? DEADLINE_STREAMING : DEADLINE_SENDING;
	struct MHD_Response *message = http_message(exchange->connection, response, len);
	enum MHD_Result result;

	if (!message)
		return MHD_NO;
	for (size_t i = 0; i < response->header_count; i++)
		MHD_add_response_header(
			message, response->headers[i].name, response->headers[i].value);
	deadline_phase(exchange->server->deadlines, deadline_of(exchange->connection), phase, len);
	result = MHD_queue_response(exchange->connection, (unsigned)response->status, message);
	MHD_destroy_response(message);
	return result;
}

static bool has_body(struct MHD_Connection *connection)
{
	return *http_header(connection, "Transfer-Encoding") ||
		strcmp(http_header(connection, "Content-Length"), "0") > 0;
}

/* Where it is answered; whoever bears credentials is looked up in the register first. */
static enum place place_of(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	if (request->action || asker_is_named(request))
		return ON_WORKER;
	return request->method == METHOD_OPTIONS ? ON_NETWORK : request->route->place(request);
}

/* The request is there as a whole, or is refused before. */
static enum MHD_Result dispatch(struct exchange *exchange, int rc)
{
	struct http_server *server = exchange->server;
	enum place place;

	deadline_phase(
		server->deadlines, deadline_of(exchange->connection), DEADLINE_WORKING, 0);
	/* Visitors are known without asking the register. */
	if (!rc && !asker_is_named(&exchange->request))
		rc = asker_find(&exchange->request, &exchange->err);
	place = rc ? ON_NETWORK : place_of(exchange);
	if (rc) {
		finish(exchange, rc);
		return send_answer(exchange);
	}
	if (place == ON_LENT_WORKER)
		exchange->request.worker = worker_pool_borrow(server->pool);
	if (place == ON_NETWORK || exchange->request.worker) {
		struct worker *lent = exchange->request.worker;

		answer(exchange, 0);
		if (lent)
			worker_pool_return(server->pool, lent);
		return send_answer(exchange);
	}
	MHD_suspend_connection(exchange->connection);
	if (!worker_pool_add(server->pool, exchange)) {
		MHD_resume_connection(exchange->connection);
		finish(exchange, fail_busy(&exchange->err));
	}
	return MHD_YES;
}

/* Whether the content is read: to be used, or, when it is a little too large, to be passed over. */
static bool can_be_read(const struct exchange *exchange)
{
	const char *length = http_header(exchange->connection, "Content-Length");
	int64_t bytes;

	if (!exchange->prepared)
		return exchange->request.action != NULL;
	/* Who is told so while still sending mostly does not listen. */
	return exchange->err.message == MSG_BODY_TOO_LARGE &&
		number_parse_int(length, strlen(length), 0, CONTENT_MAX_BYTES, &bytes);
}

/* A piece of the content; what is refused, or beyond what the action takes, is passed over. */
static void take_content(struct exchange *exchange, const char *bytes, size_t len)
{
	struct strbuf *body = &exchange->request.body;

	if (exchange->prepared || !exchange->request.action)
		return;
	if (exchange->too_large || body->len + len > exchange->request.action->content_max)
		exchange->too_large = true;
	else
		strbuf_add(body, bytes, len);
}

/* Called when the headers are there, for each piece of a body, and after a worker is done. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **connection_context)
{
	struct exchange *exchange = *connection_context;

	(void)context;
	(void)url;
	if (!exchange)
		return MHD_NO;
	if (exchange->is_answered)
		return send_answer(exchange);
	if (!exchange->begun) {
		exchange->begun = true;
		exchange->prepared = prepare(exchange, method, version, &exchange->err);
		/* An answer before the request's end closes the connection. */
		if (has_body(connection) && !can_be_read(exchange))
			return dispatch(exchange, exchange->prepared);
		if (has_body(connection))
			deadline_phase(exchange->server->deadlines, deadline_of(connection),
				DEADLINE_SENDING, CONTENT_MAX_BYTES);
		return MHD_YES;
	}
	if (*upload_size) {
		take_content(exchange, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return dispatch(exchange, exchange->prepared);
}

/* Room for the connections among the files that the process may have open. */
static unsigned connection_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 500;
	if (limit.rlim_cur < CONNECTIONS_MAX + SPARE_FILES) {
		limit.rlim_cur = limit.rlim_max < CONNECTIONS_MAX + SPARE_FILES
			? limit.rlim_max
			: CONNECTIONS_MAX + SPARE_FILES;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= CONNECTIONS_MAX + SPARE_FILES)
		return CONNECTIONS_MAX;
	return limit.rlim_cur > 2 * SPARE_FILES ? (unsigned)limit.rlim_cur - SPARE_FILES
						: (unsigned)limit.rlim_cur / 2;
}

/* A listening socket, or -1 with errno. */
static int listen_on(const char *address, unsigned port)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool is_v6 = inet_pton(AF_INET6, address, &v6.sin6_addr) == 1;
	const struct sockaddr *name = is_v6 ? (const void *)&v6 : (const void *)&v4;
	socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
	int on = 1, fd;

	if (!is_v6 && inet_pton(AF_INET, address, &v4.sin_addr) != 1) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, name, size) || listen(fd, SOMAXCONN)) {
		int fault = errno;

		close(fd);
		errno = fault;
		return -1;
	}
	return fd;
}

static unsigned port_of(int fd)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof name;

	if (getsockname(fd, (struct sockaddr *)&name, &size))
		return 0;
	return ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
						: ((struct sockaddr_in *)&name)->sin_port);
}

int http_listen(const struct http_plan *plan, struct http_server **ret_server, struct error *err)
{
	struct http_server *server = calloc(1, sizeof *server);
	int fault;

	if (!server)
		return fail_no_memory(err);
	server->workers = plan->workers;
	server->log_requests = plan->log_requests;
	server->socket = listen_on(plan->address, plan->port);
	if (server->socket < 0) {
		fault = errno;
		free(server);
		fail_cannot_listen(err, plan->address, plan->port);
		return error_detail(err, "%s", strerror(fault));
	}
	server->port = port_of(server->socket);
	*ret_server = server;
	return 0;
}

static int start_daemon(struct http_server *server, struct error *err)
{
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle,
		server, MHD_OPTION_LISTEN_SOCKET, server->socket, MHD_OPTION_THREAD_POOL_SIZE,
		(unsigned)NETWORK_THREADS, MHD_OPTION_CONNECTION_LIMIT, connection_limit(),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange,
		server, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server,
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server, MHD_OPTION_END);
	return server->daemon ? 0 : fail_no_thread(err);
}

int http_start(struct http_server *server, struct app *app, struct error *err)
{
	int rc;

	server->app = app;
	rc = deadlines_start(&server->deadlines, err);
	if (!rc)
		rc = worker_pool_start(app, server->workers, run_job, &server->pool, err);
	return rc ? rc : start_daemon(server, err);
}

unsigned http_port(const struct http_server *server)
{
	return server->port;
}

/* What was queued before it is done when it is. */
static int do_nothing(struct store *store, void *context, struct error *err)
{
	(void)store;
	(void)context;
	(void)err;
	return 0;
}

void http_stop(struct http_server *server)
{
	if (!server)
		return;
	/*
	 * No new connections; then no new jobs, and what workers hold is resumed before the end. Open
	 * connections may ask until the network threads end: the pool refuses, and is there so long.
	 */
	if (server->daemon)
		MHD_quiesce_daemon(server->daemon);
	if (server->app)
		events_stop(server->app->events);
	worker_pool_stop(server->pool);
	if (server->pool)
		writer_run(server->app->writer, do_nothing, NULL, NULL);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	worker_pool_free(server->pool);
	close(server->socket);
	deadlines_stop(server->deadlines);
	free(server);
}
