#include <zlib.h>

#include "tests/gis/make_files.h"

#include <dirent.h>
#include <math.h>
#include <unistd.h>

#include "tests/test.h"

#include "base/file.h"
#include "base/messages.h"

const char prj_9210[] =
	"PROJCS[\"VN-2000_TM-3_105-45\",GEOGCS[\"GCS_VN_2000\",DATUM[\"D_Vietnam_2000\","
	"SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],"
	"UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],"
	"PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],"
	"PARAMETER[\"Central_Meridian\",105.75],PARAMETER[\"Scale_Factor\",0.9999],"
	"PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";

void test_folder_make(struct test_folder *folder)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(sizeof folder->path - 1);
	char here[MADE_PATH_MAX / 4];

	assert_non_null(getcwd(here, sizeof here));
	assert_int_equal(file_make_temporary_folder(here, &path, NULL), 0);
	snprintf(folder->path, sizeof folder->path, "%s", path.data);
}

void test_folder_remove(struct test_folder *folder)
{
	assert_int_equal(file_remove(folder->path, NULL), 0);
}

int folder_setup(void **state)
{
	*state = calloc(1, sizeof(struct test_folder));
	assert_non_null(*state);
	test_folder_make(*state);
	return 0;
}

int folder_teardown(void **state)
{
	test_folder_remove(*state);
	free(*state);
	return 0;
}

struct test_folder *folder_of(void **state)
{
	return *state;
}

int count_entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = -2; /* "." and ".." */

	if (!folder)
		return -1;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

const char *test_path(struct test_folder *folder, const char *name)
{
	snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
	return folder->file;
}

const char *write_made(struct test_folder *folder, const char *name, const struct strbuf *bytes)
{
	const char *path = test_path(folder, name);
	int fd;

	assert_false(bytes->failed);
	/* Some file systems write a file to the disk at once when it is emptied and filled anew. */
	unlink(path);
	assert_int_equal(file_create(path, &fd, NULL), 0);
	assert_int_equal(file_append(fd, bytes->data, bytes->len, NULL), 0);
	file_drop(&fd);
	return path;
}

const char *write_text(struct test_folder *folder, const char *name, const char *text)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(MADE_BYTES_MAX);

	strbuf_add_text(&bytes, text);
	return write_made(folder, name, &bytes);
}

static void little(struct strbuf *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_add_char(out, (char)(value >> 8 * i & 0xFF));
}

static void big(struct strbuf *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		strbuf_add_char(out, (char)(value >> shift & 0xFF));
}

static void real(struct strbuf *out, double value)
{
	strbuf_add(out, &value, sizeof value);
}

static void set_big(struct strbuf *bytes, size_t at, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		bytes->data[at + i] = (char)(value >> (24 - 8 * i) & 0xFF);
}

/* --- archives --- */

/* What of a member stands alike in its local header and in the directory. */
struct packed {
	uint32_t at, size, packed_size, checksum;
	uint16_t method;
	size_t name_len;
};

static void add_packed(struct strbuf *out, const struct made_member *member, bool stored)
{
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)member->bytes, .avail_in = (uInt)member->len};
	size_t room = member->len + member->len / 100 + 100;

	if (stored) {
		strbuf_add(out, member->bytes, member->len);
		return;
	}
	assert_true(strbuf_reserve(out, room));
	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_out = (Bytef *)out->data + out->len;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->len += room - stream.avail_out;
	deflateEnd(&stream);
}

static void add_common(
	struct strbuf *out, const struct made_member *member, const struct packed *packed)
{
	little(out, 20, 2); /* version needed */
	little(out, member->flags, 2);
	little(out, packed->method, 2);
	little(out, 0x58216000, 4); /* time and date */
	little(out, packed->checksum, 4);
	little(out, packed->packed_size, 4);
	little(out, packed->size, 4);
	little(out, (uint32_t)packed->name_len, 2);
	little(out, 0, 2); /* extra field */
}

static void add_member(struct strbuf *out, const struct made_member *member,
	const struct packed *before, struct packed *packed)
{
	autofree(strbuf_clear) struct strbuf body = STRBUF(MADE_BYTES_MAX);

	add_packed(&body, member, member->stored);
	*packed = (struct packed){.at = (uint32_t)out->len,
		.size = member->size ? member->size : (uint32_t)member->len,
		.packed_size = (uint32_t)body.len,
		.method = member->stored ? 0 : 8,
		.checksum = (uint32_t)crc32(0, member->bytes, (uInt)member->len),
		.name_len = member->name_len ? member->name_len : strlen(member->name)};
	if (member->checksum)
		packed->checksum = member->checksum;
	if (member->method)
		packed->method = member->method;
	if (member->shares_bytes) {
		packed->at = before->at;
		return;
	}
	little(out, 0x04034B50, 4);
	add_common(out, member, packed);
	strbuf_add(out, member->name, packed->name_len);
	strbuf_add(out, body.data, body.len);
}

void make_zip(struct strbuf *out, const struct made_member *members, size_t count)
{
	struct packed *packed = calloc(count + 1, sizeof *packed);
	size_t directory, len;

	assert_non_null(packed);
	for (size_t i = 0; i < count; i++)
		add_member(out, members + i, i ? packed + i - 1 : NULL, packed + i);
	directory = out->len;
	for (size_t i = 0; i < count; i++) {
		little(out, 0x02014B50, 4);
		little(out, 3 << 8 | 20, 2); /* made on Unix */
		add_common(out, members + i, packed + i);
		little(out, 0, 2); /* comment */
		little(out, 0, 4); /* disk, internal attributes */
		little(out, members[i].unix_mode << 16, 4);
		little(out, packed[i].at, 4);
		strbuf_add(out, members[i].name, packed[i].name_len);
	}
	len = out->len - directory;
	little(out, 0x06054B50, 4);
	little(out, 0, 4); /* disks */
	little(out, (uint32_t)count, 2);
	little(out, (uint32_t)count, 2);
	little(out, (uint32_t)len, 4);
	little(out, (uint32_t)directory, 4);
	little(out, 0, 2); /* comment */
	free(packed);
}

/* --- shapefiles --- */

enum { TYPE_POLYGON = 5, SHP_HEADER = 100 };

static void add_shp_header(struct strbuf *out, int type)
{
	big(out, 9994);
	for (int i = 0; i < 5; i++)
		big(out, 0);
	big(out, 0); /* length */
	little(out, 1000, 4);
	little(out, (uint32_t)type, 4);
	for (int i = 0; i < 8; i++)
		real(out, 0); /* box */
}

static void end_shp(struct strbuf *out)
{
	set_big(out, 24, out->len / 2);
}

/* Begins a polygon of one ring; its points follow. */
static void begin_polygon(struct made_shapefile *made, uint32_t number, uint32_t points)
{
	uint32_t words = (4 + 32 + 4 + 4 + 4 + 16 * points) / 2;

	big(&made->shx, (uint32_t)made->shp.len / 2);
	big(&made->shx, words);
	big(&made->shp, number);
	big(&made->shp, words);
	little(&made->shp, TYPE_POLYGON, 4);
	for (int i = 0; i < 4; i++)
		real(&made->shp, 0); /* box */
	little(&made->shp, 1, 4);
	little(&made->shp, points, 4);
	little(&made->shp, 0, 4);
}

static void add_column(struct strbuf *out, const char *name, char type, int width)
{
	char padded[11] = {0};

	snprintf(padded, sizeof padded, "%s", name);
	strbuf_add(out, padded, sizeof padded);
	strbuf_add_char(out, type);
	little(out, 0, 4);
	little(out, (uint32_t)width, 1);
	for (int i = 0; i < 15; i++)
		strbuf_add_char(out, 0);
}

/* dBase III with TEN (text, 12) and SO (number, 6). */
static void make_table(struct strbuf *out, int rows)
{
	little(out, 0x03, 1);
	little(out, 0x150A7E, 3); /* date */
	little(out, (uint32_t)rows, 4);
	little(out, 32 + 2 * 32 + 1, 2);
	little(out, 1 + 12 + 6, 2);
	for (int i = 0; i < 20; i++)
		strbuf_add_char(out, 0);
	add_column(out, "TEN", 'C', 12);
	add_column(out, "SO", 'N', 6);
	strbuf_add_char(out, 0x0D);
	for (int row = 0; row < rows; row++)
		strbuf_add_format(out, " thua %-7d%6d", row + 1, row + 1);
	strbuf_add_char(out, 0x1A);
}

void make_shapefile(struct made_shapefile *made, int squares)
{
	add_shp_header(&made->shp, TYPE_POLYGON);
	add_shp_header(&made->shx, TYPE_POLYGON);
	for (int i = 0; i < squares; i++) {
		double east = 600000 + 10.0 * i, north = 1214000;
		const double ring[] = {east, north, east, north + 10, east + 10, north + 10,
			east + 10, north, east, north};

		begin_polygon(made, (uint32_t)i + 1, 5);
		strbuf_add(&made->shp, ring, sizeof ring);
	}
	end_shp(&made->shp);
	end_shp(&made->shx);
	make_table(&made->dbf, squares);
}

void make_large_polygon(struct made_shapefile *made, int points)
{
	add_shp_header(&made->shp, TYPE_POLYGON);
	add_shp_header(&made->shx, TYPE_POLYGON);
	begin_polygon(made, 1, (uint32_t)points);
	for (int i = 0; i < points; i++) {
		/* Clockwise, as outer rings are here; the last point is the first. */
		double turn = i == points - 1 ? 0 : -6.283185307179586 * i / (points - 1);

		real(&made->shp, 600000 + 1000 * cos(turn));
		real(&made->shp, 1214000 + 1000 * sin(turn));
	}
	end_shp(&made->shp);
	end_shp(&made->shx);
	make_table(&made->dbf, 1);
}

void made_shapefile_clear(struct made_shapefile *made)
{
	strbuf_clear(&made->shp);
	strbuf_clear(&made->shx);
	strbuf_clear(&made->dbf);
}

const char *write_shapefile(
	struct test_folder *folder, const char *name, const struct made_shapefile *made)
{
	char part[256];

	snprintf(part, sizeof part, "%s.dbf", name);
	write_made(folder, part, &made->dbf);
	snprintf(part, sizeof part, "%s.shx", name);
	write_made(folder, part, &made->shx);
	snprintf(part, sizeof part, "%s.shp", name);
	return write_made(folder, part, &made->shp);
}

void zip_shapefile(struct strbuf *out, const char *name, const struct made_shapefile *made)
{
	char names[4][256];
	static const char *const endings[] = {".shp", ".shx", ".dbf", ".prj"};
	struct made_member members[] = {{.bytes = made->shp.data, .len = made->shp.len},
		{.bytes = made->shx.data, .len = made->shx.len},
		{.bytes = made->dbf.data, .len = made->dbf.len},
		{.bytes = prj_9210, .len = strlen(prj_9210)}};

	for (size_t i = 0; i < 4; i++) {
		snprintf(names[i], sizeof names[i], "%s%s", name, endings[i]);
		members[i].name = names[i];
	}
	make_zip(out, members, 4);
}

/* --- checks and mutations --- */

void assert_message(const struct error *err, const char *code)
{
	if (strcmp(error_message_code(err), code))
		fail_msg("%s, not %s (%s)", error_message_code(err), code, err->detail);
}

void mutate(struct strbuf *bytes, struct random *random)
{
	size_t times = 1 + random_below(random, 4);

	for (size_t i = 0; i < times && bytes->len; i++) {
		size_t at = random_below(random, bytes->len);

		switch (random_below(random, 8)) {
		case 0:
			bytes->len = at;
			bytes->data[at] = '\0';
			break;
		case 1:
			bytes->data[at] = (char)0xFF;
			break;
		case 2:
			bytes->data[at] = 0;
			break;
		default:
			bytes->data[at] = (char)(bytes->data[at] ^ 1 << random_below(random, 8));
			break;
		}
	}
}
