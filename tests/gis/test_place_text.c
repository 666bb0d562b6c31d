#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "data/city.h"
#include "gis/place_text.h"
#include "tests/random.h"

enum { EPSG = 9210 };

/* A place in Thủ Dầu Một; 1 m is about 9e-6 degrees. */
static const double city[2] = {106.6665, 10.9805};
static const double wanted[2] = {106.66, 10.98};

static int open_context(void **state)
{
	struct crs_context *context = NULL;
	struct city pinned = {.epsg = EPSG};
	int rc = crs_context_new(&context, NULL);

	*state = context;
	if (!rc)
		rc = crs_choose_operation(
			context, EPSG, pinned.operation, pinned.pipeline, NULL);
	return rc ? rc : crs_pin(context, &pinned, NULL);
}

static int close_context(void **state)
{
	crs_context_free(*state);
	return 0;
}

static size_t readings_of(
	struct crs_context *crs, const char *text, struct place_reading ret[PLACE_READINGS_MAX])
{
	struct place_pair pair;
	size_t count = 0;

	if (place_text_parse(text, strlen(text), &pair))
		assert_int_equal(
			place_text_readings(crs, EPSG, city, &pair, ret, &count, NULL), 0);
	return count;
}

static void assert_reads(struct crs_context *crs, const char *text, int epsg)
{
	struct place_reading readings[PLACE_READINGS_MAX];

	if (!readings_of(crs, text, readings))
		fail_msg("\"%s\" has no reading", text);
	if (fabs(readings[0].lon - wanted[0]) > 9e-6 || fabs(readings[0].lat - wanted[1]) > 9e-6)
		fail_msg("\"%s\": %.7f %.7f", text, readings[0].lon, readings[0].lat);
	assert_int_equal(readings[0].epsg, epsg);
}

static void test_degrees(void **state)
{
	static const char *const texts[] = {
		"10.98 106.66", "106.66 10.98", "10.98, 106.66", "10,98 106,66", "10,98; 106,66",
		"10,98,106,66", "lat 10.98 lon 106.66", "geo:10.98,106.66", "10.98°N 106.66°E",
		"10.98N 106.66E", "N10.98 E106.66", "106.66E 10.98N", "10°58'48\"N 106°39'36\"E",
		"10°58′48″B 106°39′36″Đ", "10°58’48” 106°39’36”", "106°39'36\"E, 10°58'48\"N",
		"10°58.8'N 106°39.6'E", "10° 58' 48\" N 106° 39' 36\" E",
		"https://maps.example/@10.98,106.66,17z", "https://x.example/?q=10.98,106.66",
		"https://x.example/#map=17/10.98000/106.66000",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_reads(*state, texts[i], CRS_WGS84);
}

static void move(struct crs_context *crs, int epsg, double xy[2])
{
	const struct crs_path *path;

	xy[0] = wanted[0];
	xy[1] = wanted[1];
	assert_int_equal(crs_path_find(crs, CRS_WGS84, epsg, &path, NULL), 0);
	assert_int_equal(crs_path_apply(path, xy, 1, NULL), 0);
}

static void test_metres(void **state)
{
	/* Northing, easting; north is X in Vietnam. */
	static const char *const forms[] = {"%.3f %.3f", "%.3f, %.3f", "%.3f;%.3f", "X=%.2f Y=%.2f"};
	char text[100];
	double xy[2];

	move(*state, EPSG, xy);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		for (int turned = 0; turned < 2; turned++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(text, sizeof text, forms[i], xy[!turned], xy[turned]);
#pragma GCC diagnostic pop
			assert_reads(*state, text, EPSG);
		}
	}
	snprintf(text, sizeof text, "%d.%03d.%03d %d.%03d", (int)xy[1] / 1000000,
		(int)xy[1] / 1000 % 1000, (int)lround(xy[1]) % 1000, (int)xy[0] / 1000,
		(int)lround(xy[0]) % 1000);
	assert_reads(*state, text, EPSG);
	snprintf(text, sizeof text, "%d %03d %03d %d %03d", (int)xy[1] / 1000000,
		(int)xy[1] / 1000 % 1000, (int)lround(xy[1]) % 1000, (int)xy[0] / 1000,
		(int)lround(xy[0]) % 1000);
	assert_reads(*state, text, EPSG);
}

/* Metres of a zone far away: with 107°45' they lie 218 km west of the city. */
static void test_other_zones(void **state)
{
	char text[100];
	double xy[2];

	move(*state, 5899, xy);
	snprintf(text, sizeof text, "%.3f %.3f", xy[1], xy[0]);
	assert_reads(*state, text, 5899);
	move(*state, 5897, xy);
	snprintf(text, sizeof text, "%.3f %.3f", xy[0], xy[1]);
	assert_reads(*state, text, 5897);
}

static void test_others(void **state)
{
	static const char *const texts[] = {"", "12/345", "tờ 12 thửa 345", "t12 th345", "345 to 12",
		"hẻm 25 nguyễn huệ", "nguyen hue", "12 345", "1 2", "25", "10.98", "A1 B2",
		"10°61'00\"N 106°39'36\"E", "10N 20N", "không phải tọa độ", "0.0.0 1", "- -", ".,;",
		"°'\"", "N E", "http://", "1e5 1e6"};
	struct place_reading readings[PLACE_READINGS_MAX];

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (readings_of(*state, texts[i], readings))
			fail_msg("\"%s\" is read: %f %f", texts[i], readings[0].lon, readings[0].lat);
}

/* Far away, latitude and longitude may be either. */
static void test_far(void **state)
{
	struct place_reading readings[PLACE_READINGS_MAX];

	assert_int_equal(readings_of(*state, "48.85 2.35", readings), 2);
	assert_int_equal(readings_of(*state, "48.85N 2.35E", readings), 1);
	assert_true(fabs(readings[0].lat - 48.85) < 1e-9);
}

/* Any bytes that may stand in such texts are read or not, without harm. */
static void test_noise(void **state)
{
	static const char letters[] = "0123456789.,;-+ NSEWXY°'\"=:/@#%";
	struct random random = random_start(1);
	struct place_pair pair;
	char text[64];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t len = random_below(&random, sizeof text);

		for (size_t k = 0; k < len; k++)
			text[k] = letters[random_below(&random, sizeof letters - 1)];
		place_text_parse(text, len, &pair);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_degrees),
		cmocka_unit_test(test_metres),
		cmocka_unit_test(test_other_zones),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, open_context, close_context);
}
