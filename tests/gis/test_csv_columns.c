#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "gis/csv_columns.h"

static void finds_columns_by_their_names(void **state)
{
	static const struct {
		const char *names[4];
		enum csv_axes axes;
		size_t first, second;
	} known[] = {
		{{"id", "EAST", "North"}, CSV_EAST_NORTH, 1, 2},
		{{"n", "e"}, CSV_EAST_NORTH, 1, 0},
		{{"Northing", "Easting"}, CSV_EAST_NORTH, 1, 0},
		{{"lat", "lon"}, CSV_LON_LAT, 1, 0},
		{{"lat", "lng"}, CSV_LON_LAT, 1, 0},
		{{"Longitude", "Latitude"}, CSV_LON_LAT, 0, 1},
		{{"kinh_do", "vi_do"}, CSV_LON_LAT, 0, 1},
		{{"Kinh độ", "Vĩ độ"}, CSV_LON_LAT, 0, 1},
		{{"Y", "X"}, CSV_X_Y, 1, 0},
		{{"Tọa độ X", "toa_do_y"}, CSV_X_Y, 0, 1},
		{{"x", "y", "WKT"}, CSV_WKT, 2, 0},
		{{"wkt_geom", "a"}, CSV_WKT, 0, 0},
		{{"x", "y", "lon", "lat"}, CSV_LON_LAT, 2, 3},
		{{"x", "lat"}, CSV_NO_COORDINATES, 0, 0},
		{{"a", ""}, CSV_NO_COORDINATES, 0, 0},
		{{NULL}, CSV_NO_COORDINATES, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct csv_columns found;
		size_t count = 0;

		while (count < 4 && known[i].names[count])
			count++;
		found = csv_columns_find(known[i].names, count);
		assert_int_equal(found.axes, known[i].axes);
		if (found.axes == CSV_NO_COORDINATES)
			continue;
		assert_int_equal(found.first, known[i].first);
		if (found.axes != CSV_WKT)
			assert_int_equal(found.second, known[i].second);
	}
}

static void finds_the_column_that_is_named(void **state)
{
	static const char *const names[] = {"Hướng Đông", "huong_bac"};
	size_t at = 9;

	(void)state;
	assert_true(csv_columns_named(names, 2, "huong dong", &at));
	assert_int_equal(at, 0);
	assert_true(csv_columns_named(names, 2, "HUONG_BAC", &at));
	assert_int_equal(at, 1);
	assert_false(csv_columns_named(names, 2, "nam", &at));
	assert_false(csv_columns_named(names, 2, "", &at));
}

static enum csv_order order_of(const double (*rows)[2], size_t count, bool *degrees)
{
	struct csv_vote vote = {0};

	for (size_t i = 0; i < count; i++)
		csv_vote_add(&vote, rows[i][0], rows[i][1]);
	*degrees = csv_vote_is_degrees(&vote);
	return csv_vote_order(&vote);
}

static void the_values_say_which_is_east(void **state)
{
	const double survey[][2] = {{1214862, 599953}, {1215000, 600100}};
	const double gis[][2] = {{599953, 1214862}, {600100, 1215000}};
	const double lon_lat[][2] = {{106.66, 10.98}, {106.67, 10.99}};
	const double lat_lon[][2] = {{10.98, 106.66}};
	const double mixed[][2] = {{599953, 1214862}, {1214862, 599953}};
	const double metres_and_degrees[][2] = {{599953, 1214862}, {106.66, 10.98}};
	const double elsewhere[][2] = {{5, 6}, {NAN, 1}};
	double mostly[20][2];
	bool degrees;

	(void)state;
	assert_int_equal(order_of(survey, 2, &degrees), CSV_X_IS_NORTH);
	assert_false(degrees);
	assert_int_equal(order_of(gis, 2, &degrees), CSV_X_IS_EAST);
	assert_int_equal(order_of(lon_lat, 2, &degrees), CSV_X_IS_EAST);
	assert_true(degrees);
	assert_int_equal(order_of(lat_lon, 1, &degrees), CSV_X_IS_NORTH);
	assert_int_equal(order_of(mixed, 2, &degrees), CSV_UNCLEAR);
	assert_int_equal(order_of(metres_and_degrees, 2, &degrees), CSV_UNCLEAR);
	assert_int_equal(order_of(elsewhere, 2, &degrees), CSV_UNCLEAR);
	assert_int_equal(order_of(elsewhere, 0, &degrees), CSV_UNCLEAR);
	/* One slip of the pen in twenty rows is a finding of that row, not a riddle. */
	for (size_t i = 0; i < 20; i++)
		memcpy(mostly[i], i ? survey[0] : elsewhere[0], sizeof mostly[i]);
	assert_int_equal(order_of((const double(*)[2])mostly, 20, &degrees), CSV_X_IS_NORTH);
}

static void reads_coordinates_strictly(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {{"601234.56", 601234.56}, {"601234,56", 601234.56}, {" -1,5\t", -1.5},
		{"106", 106}, {"1e3", 1000}};
	static const char *const bad[] = {"", " ", "abc", "1,2,3", "1.234,56", "601 234", "nan",
		"1e400", "1e10", "0x10", "601234.56m", "1;2",
		"11111111111111111111111111111111111111111111111111111111111"};
	double value;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(csv_parse_coordinate(good[i].text, &value));
		assert_true(value == good[i].value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (csv_parse_coordinate(bad[i], &value))
			fail_msg("taken: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_columns_by_their_names),
		cmocka_unit_test(finds_the_column_that_is_named),
		cmocka_unit_test(the_values_say_which_is_east),
		cmocka_unit_test(reads_coordinates_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
