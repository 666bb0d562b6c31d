#include "gis/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"
#include "gis/file_kind.h"
#include "gis/geojson_scan.h"
#include "gis/shapefile.h"
#include "gis/upload_parts.h"

enum {
	PIECE = 1 << 15,
	FEATURES_MAX = 1 << 28, /* of a GeoJSON: more do not fit in any file that is taken */
};

const char *const upload_shapefile_endings[UPLOAD_PARTS] = {".shp", ".shx", ".dbf", ".prj", ".cpg"};

static const struct {
	const char *ending, *name;
} formats[UPLOAD_FORMATS] = {
	[UPLOAD_ANY] = {"", ""},
	[UPLOAD_SHAPEFILE] = {"shp", "Shapefile"},
	[UPLOAD_GEOPACKAGE] = {"gpkg", "GeoPackage"},
	[UPLOAD_GEOJSON] = {"geojson", "GeoJSON"},
	[UPLOAD_CSV] = {"csv", "CSV"},
};

const char *upload_format_ending(enum upload_format format)
{
	return formats[format].ending;
}

const char *upload_format_name(enum upload_format format)
{
	return formats[format].name;
}

bool upload_name_ends(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return len > tail && text_equal_nocase(name + len - tail, ending);
}

/* Copies text, cut at a character where it is too long. */
static void set_name(char to[UPLOAD_NAME_MAX], const char *text, size_t len)
{
	if (len >= UPLOAD_NAME_MAX)
		len = text_cut(text, UPLOAD_NAME_MAX - 1);
	memcpy(to, text, len);
	to[len] = '\0';
}

void upload_set_names(struct upload *upload, const char *name)
{
	const char *last = file_name(name), *dot = strrchr(last, '.');

	set_name(upload->name, last, strlen(last));
	set_name(upload->layer, last, dot && dot > last ? (size_t)(dot - last) : strlen(last));
}

static const char *shown(const char *path, const struct upload_wish *wish)
{
	return wish->name ? wish->name : file_name(path);
}

static int open_plain(const char *path, int64_t *ret_bytes, int *ret_fd, struct error *err)
{
	struct stat info;

	/* A pipe would wait for its other end. */
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*ret_fd < 0 && errno == ENOENT)
		return fail_file_missing(err, file_name(path));
	if (*ret_fd < 0 && errno == EACCES)
		return fail_file_forbidden(err, file_name(path));
	if (*ret_fd < 0 || fstat(*ret_fd, &info) || !S_ISREG(info.st_mode))
		return fail_file_unreadable(err, file_name(path));
	*ret_bytes = info.st_size;
	return 0;
}

static int copy_pieces(int from, int to, int64_t len, const struct upload_wish *wish,
	const char *name, struct error *err)
{
	char piece[PIECE];
	int rc = 0;

	while (!rc && len) {
		size_t most = len < PIECE ? (size_t)len : PIECE;
		ssize_t got = read(from, piece, most);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fail_file_unreadable(err, name);
		len -= got;
		rc = watch_check(wish->watch, err);
		if (!rc)
			rc = file_append(to, piece, (size_t)got, err);
	}
	return rc;
}

int upload_copy(const char *path, const struct upload_wish *wish, const char *folder,
	const char *ending, int64_t *left, struct error *err)
{
	autofree(strbuf_clear) struct strbuf target = STRBUF(UPLOAD_PATH_MAX);
	autofree(file_drop) int from = -1;
	autofree(file_drop) int to = -1;
	int64_t len = 0;
	int rc = open_plain(path, &len, &from, err);

	if (rc)
		return rc;
	if (len > *left)
		return fail_file_too_large(err, shown(path, wish), wish->bytes_max);
	*left -= len;
	file_join(&target, folder, "a");
	strbuf_add_text(&target, ending);
	rc = strbuf_check(&target, err);
	if (!rc)
		rc = file_create(target.data, &to, err);
	if (!rc)
		rc = copy_pieces(from, to, len, wish, shown(path, wish), err);
	return rc;
}

/* A text that is no JSON is a table if it is called one; else nobody knows what it is. */
static int kind_of_text(const char *name, enum upload_format *ret_format, struct error *err)
{
	if (upload_name_ends(name, ".geojson") || upload_name_ends(name, ".json"))
		return fail_geojson_no_object(err, name);
	if (!upload_name_ends(name, ".csv") && !upload_name_ends(name, ".tsv") &&
		!upload_name_ends(name, ".txt"))
		return fail_format_unknown(err, name);
	*ret_format = UPLOAD_CSV;
	return 0;
}

/* The format by the first bytes, whatever the name says; UPLOAD_ANY for an archive. */
static int sniff(
	const char *path, const char *name, enum upload_format *ret_format, struct error *err)
{
	autofree(strbuf_clear) struct strbuf start = STRBUF(FILE_KIND_BYTES);
	int rc = file_read_start(path, FILE_KIND_BYTES, &start, err);

	if (rc)
		return rc;
	if (!start.len)
		return fail_file_empty(err, name);
	switch (file_kind_of(start.data, start.len)) {
	case FILE_ZIP:
		*ret_format = UPLOAD_ANY;
		return 0;
	case FILE_SHP:
		*ret_format = UPLOAD_SHAPEFILE;
		return 0;
	case FILE_GPKG:
		*ret_format = UPLOAD_GEOPACKAGE;
		return 0;
	case FILE_JSON:
		*ret_format = UPLOAD_GEOJSON;
		return 0;
	case FILE_TEXT:
		return kind_of_text(name, ret_format, err);
	case FILE_UTF16:
		return fail_csv_utf16(err, name);
	case FILE_XML:
		if (upload_name_ends(name, ".geojson") || upload_name_ends(name, ".json"))
			return fail_geojson_is_xml(err, name);
		break;
	case FILE_OTHER:
		break;
	}
	return fail_format_unknown(err, name);
}

/* Changes of a database may stand beside it, where nobody would copy them from. */
static int check_journals(const char *path, const char *name, struct error *err)
{
	static const char *const endings[] = {"-wal", "-journal"};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		autofree(strbuf_clear) struct strbuf beside = STRBUF(UPLOAD_PATH_MAX);
		struct stat info;

		strbuf_add_text(&beside, path);
		strbuf_add_text(&beside, endings[i]);
		if (!beside.failed && !stat(beside.data, &info) && info.st_size)
			return fail_gpkg_in_use(err, name);
	}
	return 0;
}

/* The wished layer is this file, or one inside of it; no other format has layers inside. */
static int check_wished_layer(
	const struct upload_wish *wish, struct upload *upload, struct error *err)
{
	if (!wish->layer || text_equal_nocase(wish->layer, upload->layer))
		return 0;
	upload->layer_inside = upload->format == UPLOAD_GEOPACKAGE;
	if (upload->layer_inside)
		return 0;
	return fail_layer_unknown(err, upload->name, wish->layer, upload->layer);
}

static int take_plain(const char *path, const struct upload_wish *wish, const char *folder,
	struct upload *upload, struct error *err)
{
	char ending[16];
	int64_t left = wish->bytes_max;
	int rc;

	upload_set_names(upload, shown(path, wish));
	if (wish->format && wish->format != upload->format)
		return fail_format_other(err, upload->name, upload_format_name(wish->format));
	rc = check_wished_layer(wish, upload, err);
	if (!rc && upload->format == UPLOAD_SHAPEFILE)
		return upload_gather(path, wish, folder, err);
	if (!rc && upload->format == UPLOAD_GEOPACKAGE)
		rc = check_journals(path, upload->name, err);
	snprintf(ending, sizeof ending, ".%s", upload_format_ending(upload->format));
	return rc ? rc : upload_copy(path, wish, folder, ending, &left, err);
}

/* What came out of an archive must be what its name made it. */
static int check_content(const char *folder, const struct upload *upload, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(UPLOAD_PATH_MAX);
	enum upload_format found = UPLOAD_ANY;
	int rc;

	file_join(&path, folder, "a.");
	strbuf_add_text(&path, upload_format_ending(upload->format));
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = sniff(path.data, upload->name, &found, err);
	if (!rc && found != upload->format)
		rc = fail_format_other(err, upload->name, upload_format_name(upload->format));
	return rc;
}

static int check_layer(const char *folder, const struct upload_wish *wish, struct upload *upload,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(UPLOAD_PATH_MAX);
	int rc;

	if (upload->format == UPLOAD_SHAPEFILE)
		return shapefile_check(
			folder, upload->layer, wish->watch, &upload->index_made, err);
	if (upload->format != UPLOAD_GEOJSON)
		return 0;
	file_join(&path, folder, "a.geojson");
	rc = strbuf_check(&path, err);
	upload->has_shape = STRBUF(FEATURES_MAX);
	return rc ? rc
		  : geojson_scan(path.data, upload->name, wish->watch, &upload->has_shape, err);
}

int upload_prepare(const char *path, const struct upload_wish *wish, const char *folder,
	struct upload *ret_upload, struct error *err)
{
	autofree(upload_clear) struct upload upload = {.has_shape = STRBUF(0)};
	int64_t len = 0;
	autofree(file_drop) int fd = -1;
	int rc = open_plain(path, &len, &fd, err);

	if (!rc && len > wish->bytes_max)
		rc = fail_file_too_large(err, shown(path, wish), wish->bytes_max);
	if (!rc)
		rc = sniff(path, shown(path, wish), &upload.format, err);
	if (rc)
		return rc;
	if (upload.format == UPLOAD_ANY)
		rc = upload_unpack(path, wish, folder, &upload, err);
	else
		rc = take_plain(path, wish, folder, &upload, err);
	if (!rc)
		rc = check_content(folder, &upload, err);
	if (!rc)
		rc = check_layer(folder, wish, &upload, err);
	if (rc)
		return rc;
	*ret_upload = upload;
	upload.has_shape = STRBUF(0);
	return 0;
}

void upload_clear(struct upload *upload)
{
	strbuf_clear(&upload->has_shape);
}
