#include "tests/test.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "tests/gis/reader_help.h"

/* Writes name.zip with so many squares in VN-2000. */
static void write_squares(void **state, const char *name, int squares)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autofree(strbuf_clear) struct strbuf zip = STRBUF(MADE_BYTES_MAX);

	make_shapefile(&made, squares);
	zip_shapefile(&zip, "giao/Thửa đất", &made);
	write_made(folder_of(state), name, &zip);
}

static void reads_a_zipped_shapefile(void **state)
{
	enum { SQUARES = 3000 };
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	const struct ogr_info *info;

	write_squares(state, "a.zip", SQUARES);
	reader = open_reader(state, "a.zip", NULL);
	info = ogr_reader_info(reader);
	assert_int_equal(info->format, UPLOAD_SHAPEFILE);
	assert_string_equal(info->layer.name, "Thửa đất");
	assert_int_equal(info->layer.geometry, LAYER_AREAS);
	assert_int_equal(info->layer.count, SQUARES);
	assert_int_equal(info->layer.epsg, 9210);
	assert_int_equal(info->layer.crs_source, CRS_SOURCE_MATCHED);
	assert_string_equal(info->layer.crs_name, "VN-2000 / TM-3 105-45");
	assert_int_equal(info->layer.encoding_source, ENCODING_ASSUMED);
	assert_int_equal(info->layer.column_count, 2);
	assert_string_equal(info->layer.columns[0].name, "TEN");
	assert_int_equal(info->layer.columns[0].type, COLUMN_TEXT);
	assert_int_equal(info->layer.columns[1].type, COLUMN_INT);
	for (int i = 0; i < SQUARES; i++) {
		const struct ogr_row *row = next_row(reader);
		char name[20];

		snprintf(name, sizeof name, "thua %d", i + 1);
		assert_int_equal(row->number, i + 1);
		assert_string_equal(row_text(row, 0), name);
		assert_int_equal(row->values[1].integer, i + 1);
		assert_int_equal(row->shape->point_count, 5);
		assert_true(row->shape->xy[0] == 600000 + 10.0 * i);
		assert_true(row->shape->xy[1] == 1214000);
		assert_true(fabs(shape_area(row->shape) - 100) < 1e-6);
		assert_null(row->geometry_error);
		assert_null(row->value_error);
	}
	assert_end(reader);
}

static void makes_a_missing_index(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;

	make_shapefile(&made, 4);
	write_shapefile(folder_of(state), "b", &made);
	unlink(test_path(folder_of(state), "b.shx"));
	reader = open_reader(state, "b.shp", NULL);
	assert_true(ogr_reader_info(reader)->index_made);
	assert_int_equal(ogr_reader_info(reader)->layer.epsg, 0);
	assert_int_equal(ogr_reader_info(reader)->layer.crs_source, CRS_SOURCE_NONE);
	for (int i = 0; i < 4; i++)
		assert_true(next_row(reader)->shape->xy[0] == 600000 + 10.0 * i);
	assert_end(reader);
	/* The user's own folder is as it was. */
	assert_false(file_exists(test_path(folder_of(state), "b.shx")));
}

static void an_empty_layer_is_complete(void **state)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;

	write_squares(state, "none.zip", 0);
	reader = open_reader(state, "none.zip", NULL);
	assert_end(reader);
}

static void reads_texts_by_their_encoding(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	struct ogr_options options = reader_options(state);
	static const struct {
		const char *cpg, *given, *text;
		enum encoding_source source;
	} known[] = {
		{NULL, NULL, "(null)", ENCODING_ASSUMED},
		{"UTF-8", NULL, "(null)", ENCODING_STATED},
		{"1258", NULL, "ê2", ENCODING_STATED},
		{"CP1258", NULL, "ê2", ENCODING_STATED},
		{"UTF-8", "CP1258", "ê2", ENCODING_GIVEN},
		{NULL, "ISO-8859-1", "ê2", ENCODING_GIVEN},
		{NULL, "TCVN5712-1", "ờ2", ENCODING_GIVEN},
	};

	make_shapefile(&made, 2);
	/* The text of the second row: 0xEA and "2". */
	memcpy(made.dbf.data + 97 + 19 + 1,
		"\xEA"
		"2                   ",
		12);
	write_shapefile(folder_of(state), "c", &made);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
		const struct ogr_row *row;

		unlink(test_path(folder_of(state), "c.cpg"));
		if (known[i].cpg)
			write_text(folder_of(state), "c.cpg", known[i].cpg);
		options.encoding = known[i].given;
		reader = open_reader(state, "c.shp", &options);
		assert_int_equal(ogr_reader_info(reader)->layer.encoding_source, known[i].source);
		assert_string_equal(row_text(next_row(reader), 0), "thua 1");
		row = next_row(reader);
		assert_string_equal(row_text(row, 0), known[i].text);
		assert_int_equal(row->value_error != NULL, !strcmp(known[i].text, "(null)"));
		if (row->value_error)
			assert_message(row->value_error, "SHP-ENC-01");
		assert_non_null(row->shape);
		assert_end(reader);
	}
	options.encoding = "EBCDIC-NOWHERE";
	assert_not_opened(state, "c.shp", &options, "SHP-ENC-02");
	options.encoding = "UTF-8//IGNORE";
	assert_not_opened(state, "c.shp", &options, "SHP-ENC-02");
	options.encoding = NULL;
	write_text(folder_of(state), "c.cpg", "VNI-Windows");
	assert_not_opened(state, "c.shp", &options, "SHP-ENC-02");
}

static void reads_a_geopackage(void **state)
{
	struct ogr_options options = reader_options(state);
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	const struct ogr_row *row;

	write_text(folder_of(state), "d.csv",
		"WKT,ten,so,con,ngay,luc\n"
		"\"POINT Z(600000 1214000 7)\",Thửa,5,1,2026-11-21,2026-11-21T01:09:10Z\n"
		"\"POINT (600001 1214000)\",,,,,\n");
	write_text(
		folder_of(state), "d.csvt", "WKT,String,Integer64,Integer(Boolean),Date,DateTime");
	run_command(state, "rm -f d.gpkg && ogr2ogr -f GPKG d.gpkg d.csv -a_srs EPSG:9210 -nln một "
			   "-oo KEEP_GEOM_COLUMNS=NO");
	reader = open_reader(state, "d.gpkg", NULL);
	assert_string_equal(ogr_reader_info(reader)->layer.name, "một");
	assert_int_equal(ogr_reader_info(reader)->layer.epsg, 9210);
	assert_int_equal(ogr_reader_info(reader)->layer.crs_source, CRS_SOURCE_STATED);
	assert_int_equal(ogr_reader_info(reader)->layer.columns[2].type, COLUMN_BOOL);
	row = next_row(reader);
	assert_string_equal(row_text(row, 0), "Thửa");
	assert_int_equal(row->values[1].integer, 5);
	assert_int_equal(row->values[2].integer, 1);
	assert_string_equal(row_text(row, 3), "2026-11-21");
	assert_string_equal(row_text(row, 4), "2026-11-21T01:09:10Z");
	/* East first, although EPSG:9210 writes the northing first; and the height is kept. */
	assert_true(row->shape->xy[0] == 600000 && row->shape->xy[1] == 1214000);
	assert_true(row->shape->z_m == 7);
	row = next_row(reader);
	assert_int_equal(row->values[1].kind, VALUE_NULL);
	assert_end(reader);
	ogr_reader_close(take(reader));
	/* Two layers, and one without shapes. */
	run_command(state, "ogr2ogr -update -f GPKG d.gpkg d.csv -nln hai && "
			   "ogr2ogr -update -f GPKG d.gpkg d.csv -nln ba -nlt NONE");
	assert_not_opened(state, "d.gpkg", NULL, "LAYER-MANY-01");
	options.layer = "bốn";
	assert_not_opened(state, "d.gpkg", &options, "LAYER-NAME-01");
	options.layer = "hai";
	reader = open_reader(state, "d.gpkg", &options);
	assert_string_equal(ogr_reader_info(reader)->layer.name, "hai");
	ogr_reader_close(take(reader));
	run_command(state, "rm -f d.zip && zip -q d.zip d.gpkg");
	reader = open_reader(state, "d.zip", &options);
	ogr_reader_close(take(reader));
	run_command(state, "sqlite3 d.gpkg 'DELETE FROM gpkg_geometry_columns; "
			   "DELETE FROM gpkg_contents'");
	assert_not_opened(state, "d.gpkg", NULL, "LAYER-NONE-01");
}

static void reads_geojson(void **state)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	const struct ogr_row *row;

	write_text(folder_of(state), "e.geojson",
		"{\"type\":\"FeatureCollection\",\"features\":["
		"{\"type\":\"Feature\",\"properties\":{\"ten\":\"Ho\xCC\x80"
		"a\",\"ds\":[1,2]},"
		"\"geometry\":{\"type\":\"Point\",\"coordinates\":[106.65,10.98]}},"
		"{\"type\":\"Feature\",\"properties\":{\"ten\":\"\xFF\"},\"geometry\":null},"
		"{\"type\":\"Feature\",\"properties\":{},\"geometry\":"
		"{\"type\":\"Circle\",\"coordinates\":[1,2]}},"
		"{\"type\":\"Feature\",\"properties\":{},\"geometry\":"
		"{\"type\":\"GeometryCollection\",\"geometries\":[]}},"
		"{\"type\":\"Feature\",\"properties\":{},\"geometry\":"
		"{\"type\":\"Point\",\"coordinates\":[1e999,2]}}]}");
	reader = open_reader(state, "e.geojson", NULL);
	assert_int_equal(ogr_reader_info(reader)->layer.epsg, 4326);
	assert_int_equal(ogr_reader_info(reader)->layer.crs_source, CRS_SOURCE_IMPLIED);
	row = next_row(reader);
	assert_string_equal(row_text(row, 0), "H\xC3\xB2"
					      "a");
	assert_string_equal(row_text(row, 1), "[ 1, 2 ]");
	assert_true(row->shape->xy[0] == 106.65 && row->shape->xy[1] == 10.98);
	row = next_row(reader);
	assert_message(row->value_error, "SHP-ENC-01");
	assert_null(row->shape);
	assert_null(row->geometry_error);
	/* The library says nothing of a shape that it does not know. */
	row = next_row(reader);
	assert_null(row->shape);
	assert_message(row->geometry_error, "GEO-FORM-01");
	row = next_row(reader);
	assert_null(row->shape);
	row = next_row(reader);
	assert_null(row->shape);
	assert_message(row->geometry_error, "GEO-NUM-01");
	assert_end(reader);
}

static void reads_tables_of_text(void **state)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	struct ogr_options options = reader_options(state);
	const struct ogr_row *row;

	write_text(folder_of(state), "f.csv",
		"ma;X;Y\n001;1214862,5;599953\n002;abc;5\n003;;\n004;1214862;nan\n");
	reader = open_reader(state, "f.csv", NULL);
	row = next_row(reader);
	assert_string_equal(row_text(row, 0), "001");
	assert_true(row->shape->xy[0] == 599953 && row->shape->xy[1] == 1214862.5);
	row = next_row(reader);
	assert_null(row->shape);
	assert_message(row->geometry_error, "CSV-XY-03");
	row = next_row(reader);
	assert_null(row->shape);
	assert_null(row->geometry_error);
	assert_string_equal(row_text(row, 1), "(null)");
	assert_message(next_row(reader)->geometry_error, "CSV-XY-03");
	assert_end(reader);
	ogr_reader_close(take(reader));
	write_text(folder_of(state), "g.csv", "\xEF\xBB\xBFKinh độ\tVĩ độ\n106.5\t11\n");
	reader = open_reader(state, "g.csv", NULL);
	assert_int_equal(ogr_reader_info(reader)->layer.epsg, 4326);
	assert_int_equal(ogr_reader_info(reader)->layer.encoding_source, ENCODING_STATED);
	assert_true(next_row(reader)->shape->xy[0] == 106.5);
	ogr_reader_close(take(reader));
	write_text(folder_of(state), "h.csv", "x,y\n5,6\n");
	assert_not_opened(state, "h.csv", NULL, "CSV-XY-02");
	options.east_column = "y";
	options.north_column = "x";
	reader = open_reader(state, "h.csv", &options);
	assert_true(next_row(reader)->shape->xy[0] == 6);
	ogr_reader_close(take(reader));
	options.north_column = "z";
	assert_not_opened(state, "h.csv", &options, "CSV-COL-01");
	write_text(folder_of(state), "i.csv", "a,b\n5,6\n");
	assert_not_opened(state, "i.csv", NULL, "CSV-XY-01");
	write_text(folder_of(state), "j.csv", "a,wkt\n5,POINT(1 2)\n6,POINT(1\n");
	reader = open_reader(state, "j.csv", NULL);
	assert_true(next_row(reader)->shape->xy[1] == 2);
	assert_message(next_row(reader)->geometry_error, "CSV-XY-03");
}

/* One bad record is a finding; the ones around it are read. */
static void bad_rows_are_findings(void **state)
{
	autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
	autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
	const double nan_value = NAN;
	const struct ogr_row *row;

	make_shapefile(&made, 4);
	/* The count of points of the second record, a coordinate of the third. */
	memcpy(made.shp.data + 100 + 136 + 8 + 40, "\xFF\xFF\xFF\x7F", 4);
	memcpy(made.shp.data + 100 + 2 * 136 + 8 + 48 + 16, &nan_value, sizeof nan_value);
	write_shapefile(folder_of(state), "k", &made);
	reader = open_reader(state, "k.shp", NULL);
	assert_null(next_row(reader)->geometry_error);
	row = next_row(reader);
	assert_int_equal(row->number, 2);
	assert_message(row->geometry_error, "ROW-READ-01");
	assert_string_equal(row_text(row, 0), "thua 2");
	row = next_row(reader);
	assert_message(row->geometry_error, "GEO-NUM-01");
	row = next_row(reader);
	assert_null(row->geometry_error);
	assert_int_equal(row->shape->point_count, 5);
	assert_end(reader);
}

static void a_shape_that_is_too_large_is_a_finding(void **state)
{
	static const int points[] = {SHAPE_POINTS_MAX, SHAPE_POINTS_MAX + 1, 5000000};

	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		autofree(made_shapefile_clear) struct made_shapefile made = MADE_SHAPEFILE;
		autoptr(ogr_reader_close) struct ogr_reader *reader = NULL;
		const struct ogr_row *row;

		make_large_polygon(&made, points[i]);
		write_shapefile(folder_of(state), "l", &made);
		reader = open_reader(state, "l.shp", NULL);
		row = next_row(reader);
		if (points[i] <= SHAPE_POINTS_MAX) {
			assert_int_equal(row->shape->point_count, points[i]);
		} else {
			assert_null(row->shape);
			assert_message(row->geometry_error, "GEO-BIG-01");
		}
		assert_string_equal(row_text(row, 0), "thua 1");
		assert_end(reader);
	}
}

/* Root's folders may be closed to the user that the program becomes. */
static void reads_below_a_closed_folder(void **state)
{
	struct ogr_options options = reader_options(state);
	char work[MADE_PATH_MAX];

	snprintf(work, sizeof work, "%s", test_path(folder_of(state), "closed/work"));
	assert_int_equal(mkdir(test_path(folder_of(state), "closed"), 0700), 0);
	assert_int_equal(mkdir(work, 0700), 0);
	options.work_folder = work;
	write_squares(state, "m.zip", 3);
	run_command(state, "rm -f m.gpkg && ogr2ogr -f GPKG m.gpkg '/vsizip/m.zip/giao'");
	for (int i = 0; i < 2; i++) {
		autoptr(ogr_reader_close) struct ogr_reader *reader =
			open_reader(state, i ? "m.gpkg" : "m.zip", &options);

		assert_int_equal(ogr_reader_info(reader)->layer.count, 3);
		assert_int_equal(next_row(reader)->number, 1);
	}
	assert_int_equal(count_entries(work), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reader_test(reads_a_zipped_shapefile),
		reader_test(makes_a_missing_index),
		reader_test(an_empty_layer_is_complete),
		reader_test(reads_texts_by_their_encoding),
		reader_test(reads_a_geopackage),
		reader_test(reads_geojson),
		reader_test(reads_tables_of_text),
		reader_test(bad_rows_are_findings),
		reader_test(a_shape_that_is_too_large_is_a_finding),
		reader_test(reads_below_a_closed_folder),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
