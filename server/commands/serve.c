/* dothi serve: the server. */
#include "server/commands/serve.h"

#include <signal.h>
#include <unistd.h>

#include "base/config.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "server/http.h"

enum {
	PORT_DEFAULT = 8080,
	WORKERS_MAX = 64,
	PATH_MAX_BYTES = 4096,
	ROUND_MS = 50, /* how often the main thread looks whether the map is ready */
};

/* Settings of DIR/dothi.conf; the command line goes before it. */
struct settings {
	char listen[CONFIG_TEXT_MAX];
	char public_url[CONFIG_TEXT_MAX];
	int64_t workers;
};

static int read_settings(const char *folder, struct settings *settings, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	const struct config_setting table[] = {
		{"listen", CONFIG_TEXT, settings->listen, 0, 0},
		{"public_base_url", CONFIG_TEXT, settings->public_url, 0, 0},
		{"workers", CONFIG_INT, &settings->workers, 1, WORKERS_MAX},
		{NULL, CONFIG_TEXT, NULL, 0, 0},
	};
	int rc;

	*settings = (struct settings){.listen = "127.0.0.1:8080"};
	settings->workers = sysconf(_SC_NPROCESSORS_ONLN) > 0 ? sysconf(_SC_NPROCESSORS_ONLN) : 2;
	file_join(&path, folder, "dothi.conf");
	rc = strbuf_check(&path, err);
	return rc ? rc : config_read(path.data, table, err);
}

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

	if (*configured) {
		size_t end = strlen(configured);

		if (!text_starts_with(configured, "http://") &&
			!text_starts_with(configured, "https://"))
			return fail_option_value(err, "public-url", configured);
		while (end && configured[end - 1] == '/')
			end--;
		len = snprintf(app->public_url, sizeof app->public_url, "%.*s", (int)end, configured);
	} else {
		/* Nobody can be linked to "all addresses": the machine's name stands for it. */
		if (!strcmp(address, "0.0.0.0") || !strcmp(address, "::"))
			shown = !gethostname(host, sizeof host - 1) && *host ? host : "localhost";
		len = snprintf(app->public_url, sizeof app->public_url,
			strchr(shown, ':') ? "http://[%s]:%u" : "http://%s:%u", shown, port);
	}
	if (len < 0 || len >= (int)sizeof app->public_url)
		return fail_option_value(err, "public-url", configured);
	return 0;
}

static void announce(const struct command_line *line, const struct app *app)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(2000);
	struct json_writer json = JSON_WRITER(&said);

	if (line->json) {
		json_begin_object(&json);
		json_member_text(&json, "url", app->public_url);
		json_member_int(&json, "pid", getpid());
		json_end_object(&json);
	} else {
		say_serve_ready(&said, line->lang, app->opened.city.name, app->public_url);
	}
	command_print(&said);
}

static int wait_for_end(const struct command_line *line, struct app *app, struct error *err)
{
	const struct timespec round = {.tv_nsec = ROUND_MS * 1000000L};
	bool announced = false, failed = false;

	while (command_goes_on(NULL)) {
		if (!announced && live_map_ready(app->map, &failed)) {
			announce(line, app);
			announced = true;
		}
		if (failed)
			return fail_map_failed(err);
		nanosleep(&round, NULL);
	}
	return 0;
}

static int serve(const struct command_line *line, struct app *app, const struct settings *settings,
	struct error *err)
{
	autoptr(http_stop) struct http_server *server = NULL;
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
	return rc ? rc : wait_for_end(line, app, err);
}

int serve_folder(const struct command_line *line, const char *folder, struct error *err)
{
	struct app_plan plan = {.folder = folder, .layers = city_layers(), .clock = &clock_system,
		.web_root = command_value(line, "web-root", 0)};
	struct settings settings;
	struct app *app;
	int rc = read_settings(folder, &settings, err);

	if (rc)
		return rc;
	signal(SIGPIPE, SIG_IGN);
	command_goes_on(NULL);
	app = calloc(1, sizeof *app);
	if (!app)
		return fail_no_memory(err);
	rc = app_start(app, &plan, err);
	if (!rc) {
		rc = serve(line, app, &settings, err);
		app_stop(app);
	}
	free(app);
	return rc;
}

static int run(const struct command_line *line, struct error *err)
{
	return serve_folder(line, line->words[0], err);
}

static const struct command_option options[] = {SERVE_OPTIONS, {NULL, NULL, 0}};

const struct command serve_command = {"serve", "DIR", 1, 1, MSG_HELP_SERVE, options, run};
