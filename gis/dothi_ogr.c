/*
 * dothi-ogr: reads a file of a user, or writes one for him, in a sandbox, for dothi, which starts it.
 *
 *	dothi-ogr --read FORMAT [--layer NAME] [--encoding NAME] [--east COLUMN --north COLUMN]
 *		[--cpu SECONDS]    the file a.FORMAT in the folder of descriptor 3
 *	dothi-ogr --write FORMAT [--pack yes] [--title TEXT] [--day DATE] [--file-mib N]
 *		[--cpu SECONDS]    the same the other way, from rows on the standard input
 *	dothi-ogr --probe          says as JSON how well the sandbox closes on this machine
 */
#include "gis/dothi_ogr.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/number.h"
#include "gis/sandbox.h"

enum {
	INPUT_FD = STDIN_FILENO,
	OUTPUT_FD = STDOUT_FILENO,
	FOLDER_FD = 3,
	CPU_S_DEFAULT = 60,
	CPU_S_MAX = 24 * 3600,
	MEMORY_MIB = 3 * 1024, /* a GeoJSON feature of 50 MB takes two thirds of it */
	FILE_MIB = 64,	       /* reading writes next to nothing */
	FILE_MIB_MAX = 1 << 20,
	JSON_MAX = 4096,
	PATH_BYTES_MAX = 4096,
	EXIT_USAGE = 2,
};

bool trouble_set(
	struct trouble *trouble, enum ogr_fault fault, const char *text, const char *detail)
{
	trouble->fault = fault;
	trouble->number = 0;
	copy_words(trouble->text, sizeof trouble->text, text ? text : "");
	copy_words(trouble->detail, sizeof trouble->detail, detail ? detail : "");
	return false;
}

static bool parse_option(struct task *task, const char *name, const char *value)
{
	struct {
		const char *name;
		const char **value;
	} texts[] = {{"--layer", &task->layer}, {"--encoding", &task->encoding},
		{"--east", &task->east}, {"--north", &task->north}, {"--write", &task->write},
		{"--title", &task->title}, {"--day", &task->day}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!strcmp(name, texts[i].name)) {
			*texts[i].value = value;
			return true;
		}
	}
	if (!strcmp(name, "--read"))
		return format_parse(value, &task->format);
	if (!strcmp(name, "--pack"))
		return task->pack = !strcmp(value, "yes");
	if (!strcmp(name, "--file-mib"))
		return number_parse_int(value, strlen(value), 1, FILE_MIB_MAX, &task->file_mib);
	return !strcmp(name, "--cpu") &&
	       number_parse_int(value, strlen(value), 1, CPU_S_MAX, &task->cpu_s);
}

static bool parse_arguments(int count, char **arguments, struct task *ret_task)
{
	struct task task = {.cpu_s = CPU_S_DEFAULT, .file_mib = FILE_MIB};

	for (int i = 1; i < count; i += 2)
		if (i + 1 == count || !parse_option(&task, arguments[i], arguments[i + 1]))
			return false;
	*ret_task = task;
	if (task.write)
		return task.format == UPLOAD_ANY && target_parse(task.write);
	return task.format != UPLOAD_ANY && !task.east == !task.north;
}

/* Nothing of the caller's environment may steer the libraries, nor a folder that anybody can fill.
 */
static bool clean_environment(void)
{
	return !clearenv() && !setenv("LC_ALL", "C", 1) && !setenv("TMPDIR", ".", 1) &&
	       !setenv("SQLITE_TMPDIR", ".", 1) && !setenv("PROJ_NETWORK", "OFF", 1) &&
	       !setenv("PROJ_USER_WRITABLE_DIRECTORY", "/nonexistent", 1);
}

/* The C library loads its encodings from a folder beside itself when they are asked for. */
static const char *find_encodings(struct arena *arena)
{
	autofree(strbuf_clear) struct strbuf folder = STRBUF(PATH_BYTES_MAX);
	Dl_info library;
	const char *slash;

	if (!dladdr((void *)(uintptr_t)iconv_open, &library) || !library.dli_fname)
		return NULL;
	slash = strrchr(library.dli_fname, '/');
	if (!slash)
		return NULL;
	strbuf_add(&folder, library.dli_fname, (size_t)(slash - library.dli_fname));
	strbuf_add_text(&folder, "/gconv");
	return arena_text(arena, folder.data, folder.len);
}

static bool enter_sandbox(int folder_fd, const struct task *task,
	struct sandbox_state *ret_state, struct trouble *trouble)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct sandbox_wish wish = {.folder_fd = folder_fd,
		.cpu_s = task->cpu_s,
		.memory_bytes = (int64_t)MEMORY_MIB << 20,
		.file_bytes = task->file_mib << 20};
	struct error err = {0};

	wish.readable[0] = find_encodings(&arena);
	source_data_folders(
		&arena, wish.readable + (wish.readable[0] != NULL), SANDBOX_READABLE_MAX - 1);
	if (sandbox_enter(&wish, ret_state, &err))
		return trouble_set(trouble, FAULT_SANDBOX, NULL, err.detail);
	return true;
}

static int probe(void)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(JSON_MAX);
	struct json_writer json = JSON_WRITER(&text);
	struct sandbox_state state = {0};
	struct trouble trouble;
	const struct task task = {.cpu_s = CPU_S_DEFAULT, .file_mib = FILE_MIB};
	bool closed = enter_sandbox(-1, &task, &state, &trouble);

	json_begin_object(&json);
	json_member_bool(&json, "closed", closed);
	json_member_bool(&json, "no_new_privileges", state.no_new_privileges);
	json_member_bool(&json, "system_calls", state.system_calls);
	json_member_bool(&json, "limits", state.limits);
	json_member_bool(&json, "network_namespace", state.network_namespace);
	json_member_bool(&json, "own_user", state.own_user);
	json_member_bool(&json, "no_capabilities", state.no_capabilities);
	json_member_int(&json, "landlock", state.landlock_abi);
	json_member_text(&json, "gdal", source_library());
	json_end_object(&json);
	strbuf_add_char(&text, '\n');
	return write_out(OUTPUT_FD, &text) && closed ? 0 : 1;
}

static bool read_file(const struct task *task, struct trouble *trouble)
{
	struct sandbox_state state;
	autofree(source_close) struct source source = {0};

	return enter_sandbox(FOLDER_FD, task, &state, trouble) &&
	       source_open(&source, task, trouble) && source_write(&source, OUTPUT_FD, trouble);
}

static bool write_file(const struct task *task, struct trouble *trouble)
{
	struct sandbox_state state;

	return enter_sandbox(FOLDER_FD, task, &state, trouble) &&
	       target_write(task, INPUT_FD, OUTPUT_FD, trouble);
}

int main(int count, char **arguments)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(2 * sizeof(struct trouble));
	struct trouble trouble = {0};
	struct task task;

	if (!clean_environment())
		return 1;
	if (count == 2 && !strcmp(arguments[1], "--probe"))
		return probe();
	if (!parse_arguments(count, arguments, &task)) {
		static const char usage[] = "dothi-ogr is started by dothi; see dothi(1)\n";

		return write(STDERR_FILENO, usage, sizeof usage - 1) < 0 ? 1 : EXIT_USAGE;
	}
	close_range(FOLDER_FD + 1, ~0U, 0);
	if (task.write ? write_file(&task, &trouble) : read_file(&task, &trouble))
		return 0;
	ogr_stream_put_fault(&out, &(struct stream_fault){trouble.fault, trouble.number,
					   trouble.text, trouble.detail});
	write_out(OUTPUT_FD, &out);
	return 1;
}
