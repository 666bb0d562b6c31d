#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/upload.h"
#include "tests/gis/make_files.h"

enum { BYTES_MAX = 4 << 20 };

/* The folder that an upload is laid into: empty each time. */
static const char *fresh_target(void **state, char path[MADE_PATH_MAX])
{
	snprintf(path, MADE_PATH_MAX, "%s", test_path(folder_of(state), "target"));
	file_remove(path, NULL);
	assert_int_equal(mkdir(path, 0700), 0);
	return path;
}

static int prepare_wished(void **state, const char *name, const struct upload_wish *wish,
	struct upload *upload, struct error *err)
{
	char path[MADE_PATH_MAX], target[MADE_PATH_MAX];

	snprintf(path, sizeof path, "%s", test_path(folder_of(state), name));
	*upload = (struct upload){.has_shape = STRBUF(0)};
	return upload_prepare(path, wish, fresh_target(state, target), upload, err);
}

static int prepare(void **state, const char *name, struct upload *upload, struct error *err)
{
	const struct upload_wish wish = {.bytes_max = BYTES_MAX};

	return prepare_wished(state, name, &wish, upload, err);
}

static void assert_refused(void **state, const char *name, const char *code)
{
	struct upload upload;
	struct error err = {0};

	if (!prepare(state, name, &upload, &err))
		fail_msg("taken: %s", name);
	assert_message(&err, code);
}

static void assert_taken(
	void **state, const char *name, enum upload_format format, const char *layer)
{
	autofree(upload_clear) struct upload upload;
	struct error err = {0};
	char file[32];

	if (prepare(state, name, &upload, &err))
		fail_msg("%s: %s", name, error_message_code(&err));
	assert_int_equal(upload.format, format);
	assert_string_equal(upload.layer, layer);
	snprintf(file, sizeof file, "target/a.%s", upload_format_ending(format));
	assert_true(file_exists(test_path(folder_of(state), file)));
}

static void knows_files_by_their_content(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf gpkg = STRBUF(200);

	strbuf_add(&gpkg, "SQLite format 3", 16);
	while (gpkg.len < 68)
		strbuf_add_char(&gpkg, 0);
	strbuf_add(&gpkg, "GPKG", 4);
	write_made(folder_of(state), "any.txt", &gpkg);
	assert_taken(state, "any.txt", UPLOAD_GEOPACKAGE, "any");
	gpkg.data[70] = 'X';
	write_made(folder_of(state), "other.gpkg", &gpkg);
	assert_refused(state, "other.gpkg", "FILE-KIND-01");
	write_text(folder_of(state), "points.csv", "\xEF\xBB\xBF \t{\"features\":[]}");
	assert_taken(state, "points.csv", UPLOAD_GEOJSON, "points");
	write_text(folder_of(state), "bảng.1.csv", "x,y\n1,2\n");
	assert_taken(state, "bảng.1.csv", UPLOAD_CSV, "bảng.1");
	make_shapefile(&made, 2);
	write_shapefile(folder_of(state), "Thửa đất", &made);
	assert_taken(state, "Thửa đất.shp", UPLOAD_SHAPEFILE, "Thửa đất");
}

static void refuses_other_files(void **state)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(100);

	write_text(folder_of(state), "empty.csv", "");
	assert_refused(state, "empty.csv", "FILE-EMPTY-01");
	write_text(folder_of(state), "a.geojson", "<OGRVRTDataSource/>");
	assert_refused(state, "a.geojson", "GJ-XML-01");
	write_text(folder_of(state), "a.kml", "<kml/>");
	assert_refused(state, "a.kml", "FILE-KIND-01");
	write_text(folder_of(state), "b.geojson", "x,y\n1,2\n");
	assert_refused(state, "b.geojson", "GJ-FORM-01");
	write_text(folder_of(state), "b.dxf", "0\nSECTION\n");
	assert_refused(state, "b.dxf", "FILE-KIND-01");
	strbuf_add(&bytes, "\xFF\xFEx\0,\0y\0", 8);
	write_made(folder_of(state), "b.csv", &bytes);
	assert_refused(state, "b.csv", "CSV-ENC-01");
	strbuf_reset(&bytes);
	strbuf_add(&bytes, "x,y\0\n", 5);
	write_made(folder_of(state), "c.csv", &bytes);
	assert_refused(state, "c.csv", "FILE-KIND-01");
	assert_refused(state, "none.shp", "FILE-MISSING-01");
	assert_int_equal(mkdir(test_path(folder_of(state), "folder.shp"), 0700), 0);
	assert_refused(state, "folder.shp", "FILE-READ-01");
	assert_int_equal(mkfifo(test_path(folder_of(state), "pipe.csv"), 0600), 0);
	assert_refused(state, "pipe.csv", "FILE-READ-01");
	assert_int_equal(
		truncate(write_text(folder_of(state), "big.csv", "x,y\n"), BYTES_MAX + 1), 0);
	assert_refused(state, "big.csv", "FILE-BIG-01");
}

/* On disk the parts are found without regard to case; the one written alike comes first. */
static void gathers_parts_beside_the_shp(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(made_shapefile_clear) struct made_shapefile other = MADE_SHAPEFILE;

	make_shapefile(&made, 3);
	make_shapefile(&other, 4);
	write_made(folder_of(state), "Đất.SHP", &made.shp);
	write_made(folder_of(state), "đất.shx", &made.shx);
	assert_refused(state, "Đất.SHP", "SHP-SET-01");
	write_made(folder_of(state), "ĐẤT.Dbf", &made.dbf);
	write_text(folder_of(state), "đất.PRJ", prj_9210);
	assert_taken(state, "Đất.SHP", UPLOAD_SHAPEFILE, "Đất");
	assert_true(file_exists(test_path(folder_of(state), "target/a.prj")));
	write_made(folder_of(state), "đất.dbf", &other.dbf);
	write_made(folder_of(state), "Đất.dbf", &made.dbf);
	assert_taken(state, "Đất.SHP", UPLOAD_SHAPEFILE, "Đất");
}

static void refuses_a_database_that_is_open(void **state)
{
	autofree(strbuf_clear) struct strbuf gpkg = STRBUF(200);

	strbuf_add(&gpkg, "SQLite format 3", 16);
	while (gpkg.len < 68)
		strbuf_add_char(&gpkg, 0);
	strbuf_add(&gpkg, "GPKG", 4);
	write_made(folder_of(state), "open.gpkg", &gpkg);
	write_text(folder_of(state), "open.gpkg-wal", "");
	assert_taken(state, "open.gpkg", UPLOAD_GEOPACKAGE, "open");
	write_text(folder_of(state), "open.gpkg-wal", "changes");
	assert_refused(state, "open.gpkg", "GPKG-OPEN-01");
}

/* What Windows, macOS and people put into archives beside the layer. */
static void tolerates_real_archives(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf zip = STRBUF(MADE_BYTES_MAX);
	struct made_member members[] = {
		{.name = "Giao nộp 2026.11/"},
		{.name = "__MACOSX/Giao nộp 2026.11/._Tờ 12. thửa.shp", .bytes = "x", .len = 1},
		{.name = "Giao nộp 2026.11/.DS_Store", .bytes = "x", .len = 1},
		{.name = "Giao nộp 2026.11/Tờ 12. thửa.SHP"},
		{.name = "Giao nộp 2026.11/TỜ 12. thửa.shx"},
		{.name = "Giao nộp 2026.11/Tờ 12. thửa.dbf"},
		{.name = "Giao nộp 2026.11/Tờ 12. thửa.shp.xml", .bytes = "<x/>", .len = 4},
		{.name = "Giao nộp 2026.11/ghi chú.csv", .bytes = "a,b", .len = 3},
		{.name = "đọc.txt", .bytes = "x", .len = 1},
	};

	make_shapefile(&made, 3);
	members[3].bytes = made.shp.data;
	members[3].len = made.shp.len;
	members[4].bytes = made.shx.data;
	members[4].len = made.shx.len;
	members[5].bytes = made.dbf.data;
	members[5].len = made.dbf.len;
	make_zip(&zip, members, sizeof members / sizeof *members);
	write_made(folder_of(state), "real.zip", &zip);
	assert_taken(state, "real.zip", UPLOAD_SHAPEFILE, "Tờ 12. thửa");
}

static void chooses_among_several_layers(void **state)
{
	static const struct made_member members[] = {
		{.name = "x/a.geojson", .bytes = "{\"features\":[]}", .len = 15},
		{.name = "y/a.geojson", .bytes = "{\"features\":[{}]}", .len = 17},
		{.name = "b.geojson", .bytes = "{\"features\":[]}", .len = 15},
		{.name = "Bảng.csv", .bytes = "x,y\n", .len = 4},
	};
	struct upload_wish wish = {.bytes_max = BYTES_MAX};
	autofree(upload_clear) struct upload upload = {.has_shape = STRBUF(0)};
	autofree(strbuf_clear) struct strbuf zip = STRBUF(MADE_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf text = STRBUF(1000);
	struct error err = {0};

	make_zip(&zip, members, 4);
	write_made(folder_of(state), "several.zip", &zip);
	assert_refused(state, "several.zip", "LAYER-MANY-01");
	wish.layer = "a";
	assert_true(prepare_wished(state, "several.zip", &wish, &upload, &err) < 0);
	assert_message(&err, "LAYER-MANY-01");
	error_print(&text, &err, LANG_EN);
	assert_string_equal(text.data, "several.zip has several layers: x/a, y/a, b.");
	wish.layer = "none";
	assert_true(prepare_wished(state, "several.zip", &wish, &upload, &err) < 0);
	assert_message(&err, "LAYER-NAME-01");
	wish.layer = "Y/A";
	assert_int_equal(prepare_wished(state, "several.zip", &wish, &upload, &err), 0);
	assert_int_equal(upload.has_shape.len, 1);
	upload_clear(&upload);
	wish = (struct upload_wish){.bytes_max = BYTES_MAX, .format = UPLOAD_CSV};
	assert_int_equal(prepare_wished(state, "several.zip", &wish, &upload, &err), 0);
	assert_string_equal(upload.layer, "Bảng");
	wish.format = UPLOAD_SHAPEFILE;
	assert_true(prepare_wished(state, "several.zip", &wish, &upload, &err) < 0);
	assert_message(&err, "ZIP-NONE-01");
}

static void refuses_archives_without_a_whole_layer(void **state)
{
	static const struct {
		struct made_member member;
		const char *code;
	} known[] = {
		{{.name = "readme.txt", .bytes = "x", .len = 1}, "ZIP-NONE-01"},
		{{.name = "thua.dbf", .bytes = "x", .len = 1}, "SHP-SET-01"},
		{{.name = "a.gpkg", .bytes = "x", .len = 1}, "FILE-KIND-01"},
		{{.name = "a.geojson", .bytes = "<a/>", .len = 4}, "GJ-XML-01"},
		{{.name = "a.geojson", .bytes = "", .len = 0}, "FILE-EMPTY-01"},
		{{.name = "a.shp", .bytes = "{}", .len = 2}, "FILE-KIND-02"},
		{{.name = "a.geojson", .bytes = "PK\x03\x04zzzz", .len = 8}, "FILE-KIND-02"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		autofree(strbuf_clear) struct strbuf zip = STRBUF(MADE_BYTES_MAX);

		make_zip(&zip, &known[i].member, 1);
		write_made(folder_of(state), "bad.zip", &zip);
		assert_refused(state, "bad.zip", known[i].code);
	}
}

static void keeps_to_the_wished_format_and_layer(void **state)
{
	struct upload_wish wish = {.bytes_max = BYTES_MAX, .format = UPLOAD_SHAPEFILE};
	autofree(upload_clear) struct upload upload = {.has_shape = STRBUF(0)};
	struct error err = {0};

	write_text(folder_of(state), "w.csv", "x,y\n1,2\n");
	assert_true(prepare_wished(state, "w.csv", &wish, &upload, &err) < 0);
	assert_message(&err, "FILE-KIND-02");
	wish = (struct upload_wish){.bytes_max = BYTES_MAX, .layer = "v"};
	assert_true(prepare_wished(state, "w.csv", &wish, &upload, &err) < 0);
	assert_message(&err, "LAYER-NAME-01");
	wish.layer = "W";
	assert_int_equal(prepare_wished(state, "w.csv", &wish, &upload, &err), 0);
	/* The name that the user gave counts, not the one that the server stored it under. */
	wish = (struct upload_wish){.bytes_max = BYTES_MAX, .name = "điểm.csv"};
	write_text(folder_of(state), "upload-17", "x,y\n1,2\n");
	assert_int_equal(prepare_wished(state, "upload-17", &wish, &upload, &err), 0);
	assert_string_equal(upload.layer, "điểm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_files_by_their_content),
		cmocka_unit_test(refuses_other_files),
		cmocka_unit_test(gathers_parts_beside_the_shp),
		cmocka_unit_test(refuses_a_database_that_is_open),
		cmocka_unit_test(tolerates_real_archives),
		cmocka_unit_test(chooses_among_several_layers),
		cmocka_unit_test(refuses_archives_without_a_whole_layer),
		cmocka_unit_test(keeps_to_the_wished_format_and_layer),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
