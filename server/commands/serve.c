/* dothi serve: the server. */
#include "server/commands/serve.h"

#include <signal.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "server/control.h"
#include "server/http.h"
#include "server/settings.h"

enum {
	PORT_DEFAULT = 8080,
	ROUND_MS = 50, /* how often the main thread looks whether the map is ready */
};

/* "127.0.0.1:8080", "[::1]:0", ":8080"; the address is written into `address`. */
static int parse_listen(const char *text, char address[64], unsigned *ret_port, struct error *err)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	int64_t port = PORT_DEFAULT;

	if (colon && !number_parse_int(colon + 1, strlen(colon + 1), 0, 65535, &port))
		return fail_option_value(err, "listen", text);
	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= 64)
		return fail_option_value(err, "listen", text);
	memcpy(address, text, len);
	address[len] = '\0';
	if (!len)
		memcpy(address, "127.0.0.1", sizeof "127.0.0.1");
	if (!strcmp(address, "localhost"))
		memcpy(address, "127.0.0.1", sizeof "127.0.0.1");
	*ret_port = (unsigned)port;
	return 0;
}

/* The address that links are built from: as configured, else where it listens. */
static int choose_url(struct app *app, const char *configured, const char *address, unsigned port,
	struct error *err)
{
	char host[256] = "";
	const char *shown = address;
	int len;

	if (*configured)
		return settings_public_url(configured, app->public_url, sizeof app->public_url)
			? 0
			: fail_option_value(err, "public-url", configured);
	/* Nobody can be linked to "all addresses": the machine's name stands for it. */
	if (!strcmp(address, "0.0.0.0") || !strcmp(address, "::"))
		shown = !gethostname(host, sizeof host - 1) && *host ? host : "localhost";
	len = snprintf(app->public_url, sizeof app->public_url,
		strchr(shown, ':') ? "http://[%s]:%u" : "http://%s:%u", shown, port);
	if (len < 0 || len >= (int)sizeof app->public_url)
		return fail_option_value(err, "public-url", configured);
	return 0;
}

static void announce(struct desk *desk, const struct app *app)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(2000);
	struct json_writer json = JSON_WRITER(&said);

	if (desk->line->json) {
		json_begin_object(&json);
		json_member_text(&json, "url", app->public_url);
		json_member_int(&json, "pid", getpid());
		json_end_object(&json);
	} else {
		say_serve_ready(&said, desk->line->lang, app->opened.city.name, app->public_url);
	}
	desk_print(desk, &said);
}

static int wait_for_end(struct desk *desk, struct app *app, struct error *err)
{
	const struct timespec round = {.tv_nsec = ROUND_MS * 1000000L};
	bool announced = false, failed = false;

	while (command_goes_on()) {
		if (!announced && live_map_ready(app->map, &failed)) {
			announce(desk, app);
			announced = true;
		}
		if (failed)
			return fail_map_failed(err);
		nanosleep(&round, NULL);
	}
	return 0;
}

/* Without it the map is served all the same; only commands that write have to wait. */
static void start_control(struct desk *desk, struct app *app, struct control **ret_control)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(2000);
	struct error err = {0};

	if (!control_start(app, ret_control, &err))
		return;
	error_print(&said, &err, desk->line->lang);
	desk_talk(desk, &said);
}

static int serve(
	struct desk *desk, struct app *app, const struct settings *settings, struct error *err)
{
	const struct command_line *line = desk->line;
	autoptr(http_stop) struct http_server *server = NULL;
	autoptr(control_stop) struct control *control = NULL;
	const char *listen = command_value(line, "listen", 0);
	const char *url = command_value(line, "public-url", 0);
	char address[64];
	struct http_plan plan = {.address = address, .workers = (unsigned)settings->workers,
		.log_requests = !command_value(line, "quiet", 0)};
	int rc = parse_listen(listen ? listen : settings->listen, address, &plan.port, err);

	/* The address is in every link: it must stand before the first request. */
	if (!rc)
		rc = http_listen(&plan, &server, err);
	if (!rc)
		rc = choose_url(
			app, url ? url : settings->public_url, address, http_port(server), err);
	if (!rc)
		rc = http_start(server, app, err);
	if (!rc)
		start_control(desk, app, &control);
	return rc ? rc : wait_for_end(desk, app, err);
}

int serve_folder(struct desk *desk, const char *folder, struct error *err)
{
	struct app_plan plan = {.folder = folder, .layers = city_layers(), .clock = &clock_system,
		.web_root = command_value(desk->line, "web-root", 0)};
	struct settings settings;
	struct app *app;
	int rc = settings_read(folder, &settings, err);

	if (rc)
		return rc;
	plan.tile_cache_bytes = settings.tile_cache_mb << 20;
	signal(SIGPIPE, SIG_IGN);
	command_goes_on();
	app = calloc(1, sizeof *app);
	if (!app)
		return fail_no_memory(err);
	rc = app_start(app, &plan, err);
	if (!rc) {
		rc = serve(desk, app, &settings, err);
		app_stop(app);
	}
	free(app);
	return rc;
}

static int run(struct desk *desk, struct error *err)
{
	return serve_folder(desk, desk->line->words[0], err);
}

static const struct command_option options[] = {SERVE_OPTIONS, {NULL, NULL, 0}};

const struct command serve_command = {
	"serve", "DIR", 1, 1, MSG_HELP_SERVE, options, COMMAND_ALONE, run};
