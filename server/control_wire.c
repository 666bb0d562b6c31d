#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/control_wire.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/text.h"

enum {
	PIECE_BYTES = 16 << 10, /* of a text; as JSON it grows at most sixfold */
	READ_BYTES = 4096,
	PATH_MAX_BYTES = 4096,
};

static const char socket_name[] = "control.sock";

void control_wire_clear(struct control_wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
	strbuf_clear(&wire->input);
}

/* Takes a whole line out of what was read; NULL if there is none. */
static struct json_node *take_line(struct control_wire *wire)
{
	struct strbuf *input = &wire->input;
	const char *end = memchr(input->data, '\n', input->len);
	struct json_node *line = NULL;
	size_t used;

	if (!end)
		return NULL;
	used = (size_t)(end - input->data) + 1;
	if (json_document_parse(input->data, used - 1, &line, NULL))
		wire->is_ended = true;
	memmove(input->data, input->data + used, input->len - used);
	input->len -= used;
	input->data[input->len] = '\0';
	return line;
}

static void read_some(struct control_wire *wire)
{
	char bytes[READ_BYTES];
	ssize_t got = recv(wire->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (got > 0)
		strbuf_add(&wire->input, bytes, (size_t)got);
	else if (!got || (errno != EAGAIN && errno != EINTR))
		wire->is_ended = true;
	if (wire->input.failed)
		wire->is_ended = true;
}

struct json_node *control_wire_read(struct control_wire *wire, int wait_ms)
{
	int64_t until_ms = clock_ticks_ms() + wait_ms;

	for (;;) {
		struct pollfd input = {.fd = wire->fd, .events = POLLIN};
		struct json_node *line = take_line(wire);
		int64_t left_ms = until_ms - clock_ticks_ms();
		int ready;

		if (line || wire->is_ended)
			return line;
		ready = poll(&input, 1, left_ms > 0 ? (int)left_ms : 0);
		if (ready > 0)
			read_some(wire);
		else if (!ready || errno != EINTR || left_ms <= 0)
			return NULL;
	}
}

void control_wire_finish(struct control_wire *wire, int wait_ms)
{
	int64_t until_ms = clock_ticks_ms() + wait_ms;

	shutdown(wire->fd, SHUT_WR);
	wire->is_gone = true;
	for (ssize_t got = 1; got > 0;) {
		struct pollfd input = {.fd = wire->fd, .events = POLLIN};
		int64_t left_ms = until_ms - clock_ticks_ms();
		char bytes[READ_BYTES];

		if (left_ms <= 0 || poll(&input, 1, (int)left_ms) <= 0)
			return;
		got = recv(wire->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	}
}

/* Sends bytes as the socket takes them. */
static bool send_all(struct control_wire *wire, const char *bytes, size_t len)
{
	int64_t until_ms = clock_ticks_ms() + CONTROL_SEND_MS;

	while (len && !wire->is_gone) {
		ssize_t sent = send(wire->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		struct pollfd output = {.fd = wire->fd, .events = POLLOUT};
		int64_t left_ms = until_ms - clock_ticks_ms();

		if (sent > 0) {
			bytes += sent;
			len -= (size_t)sent;
		} else if ((errno != EAGAIN && errno != EINTR) || left_ms <= 0) {
			wire->is_gone = true;
		} else {
			poll(&output, 1, (int)left_ms);
		}
	}
	return !wire->is_gone;
}

bool control_wire_send(struct control_wire *wire, const struct strbuf *json)
{
	autofree(strbuf_clear) struct strbuf line = STRBUF(SIZE_MAX);

	strbuf_add(&line, json->data, json->len);
	strbuf_add_char(&line, '\n');
	return !line.failed && send_all(wire, line.data, line.len);
}

/* A piece that is no UTF-8 is sent with what is not ASCII replaced. */
static void put_piece(struct json_writer *json, const char *text, size_t len)
{
	char plain[PIECE_BYTES];

	if (text_is_utf8(text, len)) {
		json_put_text_len(json, text, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		plain[i] = text[i] > 0 ? text[i] : '?';
	json_put_text_len(json, plain, len);
}

bool control_wire_say(struct control_wire *wire, const char *key, const char *text, size_t len)
{
	autofree(strbuf_clear) struct strbuf line = STRBUF(CONTROL_LINE_MAX_BYTES);

	while (len) {
		size_t piece = len > PIECE_BYTES ? text_cut(text, PIECE_BYTES) : len;
		struct json_writer json = JSON_WRITER(&line);

		/* Bytes that never end a character. */
		if (!piece)
			piece = PIECE_BYTES;
		strbuf_reset(&line);
		json_begin_object(&json);
		json_put_key(&json, key);
		put_piece(&json, text, piece);
		json_end_object(&json);
		if (line.failed || !control_wire_send(wire, &line))
			return false;
		text += piece;
		len -= piece;
	}
	return true;
}

/*
 * Opens the folder and makes the socket's address through it: an address holds 108 bytes, the
 * path of a folder may be longer.
 */
static int make_address(const char *folder, struct sockaddr_un *ret_address)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(ret_address->sun_path, sizeof ret_address->sun_path, "/proc/self/fd/%d/%s", fd,
		socket_name);
	return fd;
}

static bool listen_at(int fd, const struct sockaddr_un *address, int backlog)
{
	unlink(address->sun_path);
	/* Nobody can connect before listen: the mode is in force from the start. */
	return !bind(fd, (const struct sockaddr *)address, sizeof *address) &&
		!chmod(address->sun_path, S_IRUSR | S_IWUSR) && !listen(fd, backlog);
}

/* Makes a socket, and listens or connects. */
static int open_socket(const char *folder, bool listens, int backlog)
{
	struct sockaddr_un address;
	int folder_fd = make_address(folder, &address), fault;
	int fd = folder_fd < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0;

	if (ok && listens)
		ok = listen_at(fd, &address, backlog);
	else if (ok)
		ok = !connect(fd, (const struct sockaddr *)&address, sizeof address);
	fault = errno;
	file_drop(&folder_fd);
	if (!ok)
		file_drop(&fd);
	errno = fault;
	return fd;
}

int control_socket_listen(const char *folder, int backlog)
{
	return open_socket(folder, true, backlog);
}

int control_socket_connect(const char *folder)
{
	return open_socket(folder, false, 0);
}

void control_socket_remove(const char *folder)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);

	file_join(&path, folder, socket_name);
	if (!path.failed)
		unlink(path.data);
}

bool control_socket_user(int fd, unsigned *ret_user_id)
{
	struct ucred credentials;
	socklen_t size = sizeof credentials;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size))
		return false;
	*ret_user_id = credentials.uid;
	return true;
}
