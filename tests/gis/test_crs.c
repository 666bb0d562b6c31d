#include "tests/test.h"

#include <math.h>

#include "base/file.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/crs.h"
#include "gis/crs_ref.h"

static int open_context(void **state)
{
	struct crs_context *context = NULL;
	int rc = crs_context_new(&context, NULL);

	*state = context;
	return rc;
}

static int close_context(void **state)
{
	crs_context_free(*state);
	return 0;
}

static void assert_moves(struct crs_context *context, int from, int to, double x, double y,
	double want_x, double want_y, double tolerance)
{
	const struct crs_path *path = NULL;
	struct error err = {0};
	double xy[2] = {x, y};

	assert_int_equal(crs_path_find(context, from, to, &path, &err), 0);
	assert_int_equal(crs_path_apply(path, xy, 1, &err), 0);
	if (fabs(xy[0] - want_x) > tolerance || fabs(xy[1] - want_y) > tolerance)
		fail_msg("EPSG:%d to %d: %.9f %.9f, not %.9f %.9f", from, to, xy[0], xy[1], want_x,
			want_y);
}

/* rules of the land: EPSG:6960 computed with PROJ's cs2cs on explicit parameters. */
static void vn2000_is_pinned_to_6960(void **state)
{
	static const struct {
		int zone;
		double lon, lat, east, north;
	} known[] = {
		{9210, 106.6508, 10.9805, 598250.9225, 1214447.0478},
		{9209, 106.1333, 11.2833, 568943.5106, 1247865.2571},
		{9210, 106.1333, 11.2833, 541649.8571, 1247818.0421},
		{5899, 106.7667, 21.0333, 397600.3004, 2326957.3638},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		assert_moves(*state, CRS_WGS84, known[i].zone, known[i].lon, known[i].lat,
			known[i].east, known[i].north, 1e-4);
		assert_moves(*state, known[i].zone, CRS_WGS84, known[i].east, known[i].north,
			known[i].lon, known[i].lat, 1e-8);
	}
	assert_moves(*state, 9210, CRS_WGS84, 600000, 1215000, 106.666818328, 10.985450988, 1e-9);
	assert_moves(*state, 9210, CRS_WGS84, 500000, 1200000, 105.751789087, 10.851212176, 1e-9);
	assert_moves(*state, 5899, CRS_WGS84, 397900, 2326900, 106.769586455, 21.032798560, 1e-9);
	assert_moves(*state, 9209, CRS_WGS84, 569000, 1247800, 106.133816116, 11.282708932, 1e-9);
}

/* At 11.04° N PROJ left alone changes its operation, and the city would be torn by 0.8 m. */
static void no_tear_at_11_04_north(void **state)
{
	const struct crs_path *path = NULL;
	struct error err = {0};
	double xy[4] = {599625, 1221185 - 0.1, 599625, 1221185 + 0.1};

	assert_int_equal(crs_path_find(*state, 9210, CRS_WGS84, &path, &err), 0);
	assert_true(crs_path_crosses_datum(path));
	assert_int_equal(crs_path_apply(path, xy, 2, &err), 0);
	/* 0.2 m of northing are 1.808e-6 degrees; the tear would add 0.8 m of easting, 7.3e-6. */
	assert_true(fabs(xy[3] - xy[1] - 1.808e-6) < 1e-8);
	assert_true(fabs(xy[2] - xy[0]) < 1e-8);
}

static void every_control_point_agrees(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 16);
	const char *lines, *fields;
	struct slice line;
	int checked = 0;

	assert_int_equal(file_read(SOURCE_DIR "/tests/files/vn2000-control.tsv", &text, NULL), 0);
	lines = text.data;
	while (text_next(&lines, '\n', &line)) {
		double number[5];
		struct slice field;
		char copy[200];

		if (!line.len || *line.at == '#')
			continue;
		memcpy(copy, line.at, line.len);
		copy[line.len] = '\0';
		fields = copy;
		assert_true(text_next(&fields, '\t', &field));
		for (int i = 0; i < 5; i++) {
			assert_true(text_next(&fields, '\t', &field));
			assert_true(number_parse_double(
				field.at, field.len, -1e9, 1e9, &number[i]));
		}
		assert_moves(*state, CRS_WGS84, (int)number[2], number[0], number[1], number[3],
			number[4], 1e-5);
		assert_moves(*state, (int)number[2], CRS_WGS84, number[3], number[4], number[0],
			number[1], 1e-8);
		checked++;
	}
	assert_int_equal(checked, 42);
}

static void zones_of_one_datum_do_not_shift(void **state)
{
	const struct crs_path *path = NULL;
	double xy[2] = {600000, 1215000};

	assert_int_equal(crs_path_find(*state, 9210, 9213, &path, NULL), 0);
	assert_false(crs_path_crosses_datum(path));
	assert_int_equal(crs_path_apply(path, xy, 1, NULL), 0);
	assert_moves(*state, 9213, 9210, xy[0], xy[1], 600000, 1215000, 1e-6);
}

static void feet_of_massachusetts_become_metres(void **state)
{
	struct crs_info feet, metres;

	assert_int_equal(crs_describe(*state, 2249, &feet, NULL), 0);
	assert_int_equal(crs_describe(*state, 26986, &metres, NULL), 0);
	assert_true(fabs(feet.unit_m - 1200.0 / 3937) < 1e-12);
	assert_true(metres.unit_m == 1);
	assert_int_equal(feet.base_epsg, metres.base_epsg);
	assert_moves(*state, 2249, 26986, 656166.667, 2460625, 200000, 750000, 1e-6);
}

static void unknown_codes_are_refused(void **state)
{
	struct crs_info info;
	struct error err = {0};
	const struct crs_path *path;

	assert_int_equal(crs_describe(*state, 99998, &info, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "CRS-CODE-01");
	assert_int_equal(crs_describe(*state, 0, &info, &err), ERR_INVALID);
	assert_int_equal(crs_describe(*state, 4978, &info, &err), ERR_INVALID); /* geocentric */
	assert_int_equal(crs_path_find(*state, 9210, 99998, &path, &err), ERR_INVALID);
}

static void points_without_place_are_refused(void **state)
{
	const struct crs_path *path = NULL;
	struct error err = {0};
	double xy[4] = {600000, 1215000, 1e30, 1e30};

	assert_int_equal(crs_path_find(*state, 9210, CRS_WGS84, &path, &err), 0);
	assert_int_equal(crs_path_apply(path, xy, 2, &err), ERR_INVALID);
	assert_string_equal(err.where, "2");
}

static void refs_know_the_order_of_axes(void **state)
{
	static const struct {
		const char *text;
		int epsg;
		bool north_first;
	} known[] = {
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, false},
		{"http://www.opengis.net/def/crs/EPSG/0/4326", 4326, true},
		{"urn:ogc:def:crs:EPSG::4756", 4756, true},
		{"[EPSG:9210]", 9210, false},
		{"EPSG:3857", 3857, false},
	};
	static const char *const wrong[] = {"", "EPSG:", "EPSG:abc", "EPSG:99998", "9210",
		"http://www.opengis.net/def/crs/EPSG/0/4326x", "[EPSG:9210", "EPSG:-1"};
	struct crs_ref ref;
	double xy[2] = {1, 2};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		assert_true(crs_ref_parse(*state, known[i].text, &ref));
		assert_int_equal(ref.epsg, known[i].epsg);
		assert_int_equal(ref.north_first, known[i].north_first);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(crs_ref_parse(*state, wrong[i], &ref));
	assert_true(crs_ref_parse(*state, "EPSG:4326", &ref));
	crs_ref_order(&ref, xy, 1);
	assert_true(xy[0] == 2 && xy[1] == 1);
}

static void texts_for_other_programs(void **state)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(8000);

	assert_int_equal(crs_print_proj4(*state, 9210, &text, NULL), 0);
	assert_string_equal(text.data,
		"+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84"
		" +units=m +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,"
		"-0.01975479,0.00427372,0.252906278 +no_defs");
	strbuf_reset(&text);
	assert_int_equal(crs_print_wkt(*state, 9210, &text, NULL), 0);
	assert_true(text_starts_with(text.data, "PROJCS[\"VN-2000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vn2000_is_pinned_to_6960),
		cmocka_unit_test(no_tear_at_11_04_north),
		cmocka_unit_test(every_control_point_agrees),
		cmocka_unit_test(zones_of_one_datum_do_not_shift),
		cmocka_unit_test(feet_of_massachusetts_become_metres),
		cmocka_unit_test(unknown_codes_are_refused),
		cmocka_unit_test(points_without_place_are_refused),
		cmocka_unit_test(refs_know_the_order_of_axes),
		cmocka_unit_test(texts_for_other_programs),
	};

	return cmocka_run_group_tests(tests, open_context, close_context);
}
