#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "server/control_client.h"

#include "base/clock.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"
#include "server/commands/command.h"
#include "server/control_wire.h"

enum {
	PATH_MAX_BYTES = 4096,
	ROUND_MS = 200,	      /* how often Ctrl-C is looked for */
	CANCEL_WAIT_MS = 8000, /* after it: an import takes this back within two seconds */
	ANSWER_MAX_BYTES = 16,
};

/* A verb that is being done elsewhere. */
struct sending {
	struct control_wire wire;
	int64_t cancelled_ms; /* 0 not */
	bool is_done;
	int64_t status;
};

static bool write_order(
	const struct control_order *order, const char *user_folder, struct strbuf *out)
{
	struct json_writer json = JSON_WRITER(out);

	json_begin_object(&json);
	json_put_key(&json, "words");
	json_begin_array(&json);
	for (int i = 0; i < order->argc; i++) {
		if (!text_is_utf8(order->argv[i], strlen(order->argv[i])))
			return false;
		json_put_text(&json, order->argv[i]);
	}
	json_end_array(&json);
	json_member_text(&json, "folder", user_folder);
	json_member_text(&json, "lang", order->lang == LANG_EN ? "en" : "vi");
	json_member_bool(&json, "terminal", order->is_terminal);
	json_member_bool(&json, "can_ask", order->can_ask);
	json_end_object(&json);
	return !out->failed && text_is_utf8(user_folder, strlen(user_folder));
}

static void send_cancel(struct sending *sending)
{
	autofree(strbuf_clear) struct strbuf json = STRBUF(64);

	strbuf_add_text(&json, "{\"cancel\":true}");
	control_wire_send(&sending->wire, &json);
	sending->cancelled_ms = clock_ticks_ms();
}

/* Asks on the terminal until the time is over, or the other end is gone. */
static void answer(struct sending *sending, const char *question, int64_t wait_ms)
{
	autofree(strbuf_clear) struct strbuf json = STRBUF(ANSWER_MAX_BYTES * 6 + 64);
	int64_t until_ms = clock_ticks_ms() + wait_ms;
	struct json_writer writer = JSON_WRITER(&json);
	char text[ANSWER_MAX_BYTES] = "";

	fprintf(stderr, "%s ", question);
	fflush(stderr);
	while (command_goes_on() && clock_ticks_ms() < until_ms) {
		struct pollfd inputs[] = {{.fd = STDIN_FILENO, .events = POLLIN},
			{.fd = sending->wire.fd, .events = POLLIN}};

		if (poll(inputs, 2, ROUND_MS) <= 0)
			continue;
		if (inputs[0].revents && !fgets(text, sizeof text, stdin))
			text[0] = '\0';
		break;
	}
	json_begin_object(&writer);
	json_member_text(&writer, "answer", text_is_utf8(text, strlen(text)) ? text : "");
	json_end_object(&writer);
	control_wire_send(&sending->wire, &json);
}

/* Does what a line of the other end says. */
static void take_line(struct sending *sending, const struct json_node *line)
{
	const char *text;
	int64_t wait_ms = 0;

	if (json_node_text(json_node_get(line, "out"), &text)) {
		fputs(text, stdout);
		fflush(stdout);
	} else if (json_node_text(json_node_get(line, "err"), &text)) {
		fputs(text, stderr);
		fflush(stderr);
	} else if (json_node_text(json_node_get(line, "ask"), &text)) {
		json_node_int(json_node_get(line, "wait_ms"), &wait_ms);
		answer(sending, text, wait_ms);
	} else if (json_node_int(json_node_get(line, "exit"), &sending->status)) {
		sending->is_done = true;
	}
}

static int relay(struct sending *sending, int *ret_status, struct error *err)
{
	while (!sending->is_done) {
		autoptr(json_document_free) struct json_node *line =
			control_wire_read(&sending->wire, ROUND_MS);

		if (line)
			take_line(sending, line);
		else if (sending->wire.is_ended)
			return fail_control_lost(err);
		if (!sending->cancelled_ms && !command_goes_on())
			send_cancel(sending);
		if (sending->cancelled_ms &&
			clock_ticks_ms() - sending->cancelled_ms > CANCEL_WAIT_MS)
			return fail_control_left(err);
	}
	*ret_status = (int)(sending->status & 0xFF);
	return 0;
}

int control_send(
	const struct control_order *order, bool *ret_heard, int *ret_status, struct error *err)
{
	autofree(strbuf_clear) struct strbuf json = STRBUF(CONTROL_LINE_MAX_BYTES - 1);
	autofree(control_wire_clear) struct control_wire wire =
		CONTROL_WIRE(control_socket_connect(order->folder));
	struct sending sending = {0};
	char user_folder[PATH_MAX_BYTES];
	int rc;

	*ret_heard = false;
	if (wire.fd < 0)
		return errno == EACCES || errno == EPERM ? fail_control_denied(err) : 0;
	*ret_heard = true;
	if (!getcwd(user_folder, sizeof user_folder) || !write_order(order, user_folder, &json))
		return fail_control_words(err);
	/* Who does not wish to hear us has said why. */
	control_wire_send(&wire, &json);
	sending.wire = wire;
	rc = relay(&sending, ret_status, err);
	wire = sending.wire;
	return rc;
}
