#include <microhttpd.h>

#include "server/http_message.h"

#include "server/events.h"

enum { STREAM_PIECE_BYTES = 16 << 10 };

/* A body without end, while the network takes it. */
struct streaming {
	struct MHD_Connection *connection;
	struct stream *stream;
};

static void resume(void *connection)
{
	MHD_resume_connection(connection);
}

/* The network takes the next bytes of a stream; the connection sleeps while there are none. */
static ssize_t read_stream(void *context, uint64_t position, char *bytes, size_t size)
{
	struct streaming *streaming = context;
	long len = stream_read(streaming->stream, bytes, size, resume, streaming->connection);

	(void)position;
	if (len < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!len)
		MHD_suspend_connection(streaming->connection);
	return len;
}

static void end_stream(void *context)
{
	struct streaming *streaming = context;

	stream_close(streaming->stream);
	free(streaming);
}

/* The stream belongs to the message from here on. */
static struct MHD_Response *stream_message(
	struct MHD_Connection *connection, struct response *response)
{
	struct streaming *streaming = calloc(1, sizeof *streaming);
	struct MHD_Response *message = NULL;

	if (streaming) {
		*streaming = (struct streaming){
			connection, take(response->stream)};
		message = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_PIECE_BYTES,
			read_stream, streaming, end_stream);
	}
	if (streaming && !message)
		end_stream(streaming);
	return message;
}

struct MHD_Response *http_message(
	struct MHD_Connection *connection, struct response *response, size_t len)
{
	struct MHD_Response *message;
	char *body;

	if (response->stream)
		return stream_message(connection, response);
	if (response->fixed_body && response->release) {
		message = MHD_create_response_from_buffer_with_free_callback_cls(
			len, (void *)(uintptr_t)response->fixed_body, response->release,
			response->held);
		if (message)
			response->release = NULL;
		return message;
	}
	if (response->fixed_body || !len)
		return MHD_create_response_from_buffer(
			len, (void *)(uintptr_t)response->fixed_body, MHD_RESPMEM_PERSISTENT);
	body = strbuf_take(&response->body, &len);
	message = body ? MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE) : NULL;
	if (!message)
		free(body);
	return message;
}
