#include <microhttpd.h>

#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/messages.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/deadline.h"
#include "server/worker.h"

enum {
	NETWORK_THREADS = 2,
	CONNECTIONS_MAX = 4000,
	/* Of a connection: a request line of REQUEST_URI_MAX, headers, and room to say 414. */
	CONNECTION_MEMORY_BYTES = 160 * 1024,
	IDLE_TIMEOUT_S = 30,
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
	int64_t started_ms;
	int status;		  /* as it was sent, for the log */
	struct error err;
};

static void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	response_clear(&exchange->response);
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

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
	const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

	return value ? value : "";
}

static enum method method_of(const char *name)
{
	if (!strcmp(name, "GET"))
		return METHOD_GET;
	if (!strcmp(name, "HEAD"))
		return METHOD_HEAD;
	if (!strcmp(name, "OPTIONS"))
		return METHOD_OPTIONS;
	return METHOD_OTHER;
}

/* Route, method and parameters; after it the handler may run. */
static int prepare(
	struct exchange *exchange, const char *method, const char *version, struct error *err)
{
	struct request *request = &exchange->request;
	struct MHD_Connection *connection = exchange->connection;
	int rc;

	request->method = method_of(method);
	request->accept = header_of(connection, "Accept");
	request->if_none_match = header_of(connection, "If-None-Match");
	request->accepts_gzip = request_allows_gzip(header_of(connection, "Accept-Encoding"));
	request->lang = request_lang(header_of(connection, "Accept-Language"));
	/* The library is lenient with request lines. */
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return fail_uri_malformed(err);
	rc = request_parse_uri(request, exchange->uri, err);
	if (rc)
		return rc;
	if (!router_find(request))
		return fail_no_such_page(err);
	if (request->method == METHOD_OTHER)
		return fail_method_not_allowed(err);
	if (request->method == METHOD_OPTIONS)
		return 0;
	return request_check_params(request, request->route->params, err);
}

/* Runs the handler and completes its answer, whatever it was. */
static void answer(struct exchange *exchange, int rc)
{
	struct request *request = &exchange->request;
	struct response *response = &exchange->response;
	struct error *err = &exchange->err;

	if (!rc && request->method == METHOD_OPTIONS) {
		response->status = 204;
		response_add_header(response, "Allow", "GET, HEAD, OPTIONS");
		response_add_header(response, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
		response_add_header(response, "Access-Control-Allow-Headers", "*");
		response_add_header(response, "Access-Control-Max-Age", "86400");
	} else if (!rc) {
		rc = request->route->handle(request, response, err);
		if (!rc)
			rc = strbuf_check(&response->body, err);
	}
	if (rc)
		problem_write(response, request, err);
	response_finish(response, request);
	exchange->status = response->status;
	exchange->is_answered = true;
}

static void run_job(struct worker *worker, void *context)
{
	struct exchange *exchange = context;

	exchange->request.worker = worker;
	answer(exchange, 0);
	MHD_resume_connection(exchange->connection);
}

/* Hands the answer to the network; its memory goes with it. */
static enum MHD_Result send_answer(struct exchange *exchange)
{
	struct response *response = &exchange->response;
	struct MHD_Response *message;
	enum MHD_Result result;
	size_t len = response->fixed_body ? response->fixed_len : response->body.len;

	if (response->fixed_body || !len) {
		message = MHD_create_response_from_buffer(len,
			(void *)(uintptr_t)response->fixed_body, MHD_RESPMEM_PERSISTENT);
	} else {
		char *body = strbuf_take(&response->body, &len);

		message = body ? MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE)
			       : NULL;
		if (!message)
			free(body);
	}
	if (!message)
		return MHD_NO;
	for (size_t i = 0; i < response->header_count; i++)
		MHD_add_response_header(
			message, response->headers[i].name, response->headers[i].value);
	deadline_phase(exchange->server->deadlines, deadline_of(exchange->connection), DEADLINE_SENDING, len);
	result = MHD_queue_response(exchange->connection, (unsigned)response->status, message);
	MHD_destroy_response(message);
	return result;
}

static bool has_body(struct MHD_Connection *connection)
{
	return *header_of(connection, "Transfer-Encoding") ||
		strcmp(header_of(connection, "Content-Length"), "0") > 0;
}

/* Called when the headers are there, for each piece of a body, and after a worker is done. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **connection_context)
{
	struct http_server *server = context;
	struct exchange *exchange = *connection_context;
	enum place place;
	int rc;

	(void)url;
	(void)upload;
	(void)upload_size;
	if (!exchange)
		return MHD_NO;
	if (exchange->is_answered)
		return send_answer(exchange);
	/* An answer before the request's end would close the connection. */
	if (!exchange->begun && !has_body(connection)) {
		exchange->begun = true;
		return MHD_YES;
	}
	exchange->begun = true;
	deadline_phase(server->deadlines, deadline_of(connection), DEADLINE_WORKING, 0);
	rc = prepare(exchange, method, version, &exchange->err);
	place = rc || exchange->request.method == METHOD_OPTIONS
		? ON_NETWORK
		: exchange->request.route->place(&exchange->request);
	if (place == ON_LENT_WORKER)
		exchange->request.worker = worker_pool_borrow(server->pool);
	if (place == ON_NETWORK || exchange->request.worker) {
		answer(exchange, rc);
		if (exchange->request.worker)
			worker_pool_return(server->pool, exchange->request.worker);
		return send_answer(exchange);
	}
	MHD_suspend_connection(connection);
	if (!worker_pool_add(server->pool, exchange)) {
		MHD_resume_connection(connection);
		answer(exchange, fail_busy(&exchange->err));
	}
	return MHD_YES;
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
	worker_pool_stop(server->pool);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	worker_pool_free(server->pool);
	close(server->socket);
	deadlines_stop(server->deadlines);
	free(server);
}
