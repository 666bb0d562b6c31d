/* Snapshots and tiles when memory runs out at the first, the second, ... allocation. */
#include "tests/test.h"

#include <errno.h>

#include "base/banned.h"
#include "tests/fault/fault.h"
#include "tests/tiles/small_city.h"
#include "tiles/compress.h"
#include "tiles/mvt.h"

static const struct fault no_memory = {FAULT_MEMORY, ENOMEM, false};
static const struct fault never_memory_again = {FAULT_MEMORY, ENOMEM, true};

struct scene {
	struct small_city city;
	struct tile around; /* where all layers are */
};

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct small_city *city = &scene->city;
	char shape[200], values[100];

	assert_non_null(scene);
	small_city_open(city);
	scene->around = small_city_tile(city, 5, 5, 18);
	small_city_begin(city, SMALL_LOT);
	for (int i = 0; i < 60; i++) {
		int x = i * 10;

		snprintf(shape, sizeof shape, "%d 0, %d 0, %d 90, %d 90; %d 2, %d 2, %d 5", x, x + 9, x + 9,
			x, x + 2, x + 5, x + 5);
		snprintf(values, sizeof values, "Lô %d|house|%d", i, i);
		small_city_draw(city, shape, values);
	}
	small_city_draw(city, "0 0, 20 20, 20 0, 0 20", "bow tie");
	small_city_end(city);
	small_city_begin(city, SMALL_WAY);
	small_city_draw(city, "-5000 10, 5000 10, 5000 30, -5000 30", "Lê Lợi|road|7.5");
	small_city_end(city);
	small_city_begin(city, SMALL_POST);
	small_city_draw(city, "5 5", "P");
	small_city_end(city);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	small_city_close(&scene->city);
	free(scene);
	return 0;
}

static int write_tiles(const struct snapshot *snapshot, struct tile around, struct error *err)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1 << 20);
	autofree(strbuf_clear) struct strbuf packed = STRBUF(1 << 20);
	struct mvt_scratch scratch;
	struct mvt_report report;
	int rc = 0;

	mvt_scratch_init(&scratch);
	for (int zoom_out = 0; !rc && zoom_out < 8; zoom_out += 4) {
		struct tile tile = {around.z - (unsigned)zoom_out, around.x >> zoom_out,
			around.y >> zoom_out};

		rc = mvt_write(&scratch, &snapshot, 1, tile, &bytes, &report, err);
	}
	mvt_scratch_clear(&scratch);
	if (!rc && !compress_gzip(bytes.data, bytes.len, COMPRESS_LIVE, &packed))
		rc = ERR_NOMEM;
	return rc;
}

/* What every layer needs, from the register to the bytes. */
static int build_and_write(void *context)
{
	struct scene *scene = context;
	struct error err = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < small_layers.count; i++) {
		autoptr(snapshot_free) struct snapshot *snapshot = NULL;

		rc = snapshot_build(&scene->city.source, &VIEW_NOW(&small_layers.layers[i]), NULL,
			&snapshot, &err);
		if (!rc && snapshot->undrawn)
			return ERR_INTERNAL; /* a lack of memory is no fault of a record */
		if (!rc)
			rc = write_tiles(snapshot, scene->around, &err);
	}
	return rc;
}

static void tiles(void **state)
{
	const struct fault_scenario scenario = {"tiles", build_and_write, NULL, ERR_NOMEM, false, 0};

	/* The buffers that the connection and GEOS's context keep are those modules' own affair. */
	assert_int_equal(build_and_write(*state), 0);
	assert_true(fault_drive(&no_memory, &scenario, *state) > 80);
	fault_drive(&never_memory_again, &scenario, *state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tiles, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
