#include <microhttpd.h>

#include "server/http_headers.h"

#include <arpa/inet.h>

const char *http_header(struct MHD_Connection *connection, const char *name)
{
	const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

	return value ? value : "";
}

static enum method method_of(const char *name)
{
	static const char *const names[] = {
		"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"};

	for (int i = 0; i < METHOD_OTHER; i++)
		if (!strcmp(name, names[i]))
			return (enum method)i;
	return METHOD_OTHER;
}

void http_read_peer(struct MHD_Connection *connection, char *ret, size_t size)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *peer = info ? info->client_addr : NULL;

	*ret = '\0';
	if (peer && peer->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, ret,
			(socklen_t)size);
	else if (peer && peer->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
			ret, (socklen_t)size);
}

void http_read_headers(struct MHD_Connection *connection, const char *public_url,
	const char *method, struct request *request)
{
	request->method = method_of(method);
	request->accept = http_header(connection, "Accept");
	request->if_none_match = http_header(connection, "If-None-Match");
	request->if_match = http_header(connection, "If-Match");
	request->host = http_header(connection, "Host");
	request->origin = http_header(connection, "Origin");
	request->fetch_site = http_header(connection, "Sec-Fetch-Site");
	request->authorization = http_header(connection, "Authorization");
	request->cookie = http_header(connection, "Cookie");
	request->csrf_token = http_header(connection, "X-CSRF-Token");
	request->content_type = http_header(connection, "Content-Type");
	request->content_crs = http_header(connection, "Content-Crs");
	request->idempotency_key = http_header(connection, "Idempotency-Key");
	request->reason = http_header(connection, "Dothi-Reason");
	request->last_event_id = http_header(connection, "Last-Event-ID");
	request->forwarded = http_header(connection, "X-Forwarded-For");
	if (request->method != METHOD_GET)
		http_read_peer(connection, request->peer, sizeof request->peer);
	request->is_secure = text_starts_with(public_url, "https:");
	request->accepts_gzip = request_allows_gzip(http_header(connection, "Accept-Encoding"));
	request->lang = request_lang(http_header(connection, "Accept-Language"));
}
