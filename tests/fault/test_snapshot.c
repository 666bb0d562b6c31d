/* The file of a layer when the disk, or memory, fails at the first, the second, ... call while it is made. */
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "base/file.h"
#include "tests/fault/fault.h"
#include "tests/tiles/small_city.h"
#include "tiles/snapshot_file.h"

enum { LOTS = 40, FILE_MAX = 1 << 22 };

struct scene {
	struct small_city city;
	struct snapshot_stamp stamp;
	struct strbuf fresh, path; /* where it is made, and its name */
	struct strbuf good;	   /* what stands under that name */
};

/* As the server does it: beside the one before, which it then takes the name of. */
static int make(void *context)
{
	struct scene *scene = context;
	struct error err = {0};
	int rc = snapshot_build_file(&scene->city.source, &small_layers.layers[SMALL_LOT],
		&scene->stamp, scene->city.folder.data, scene->fresh.data, &err);

	if (!rc)
		rc = file_rename(scene->fresh.data, scene->path.data, &err);
	if (rc)
		file_remove(scene->fresh.data, NULL);
	return rc == err.code ? rc : ERR_INTERNAL;
}

/* Whatever happened: under the name stands a good file, with the same bytes. */
static void check(void *context, int rc)
{
	struct scene *scene = context;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(FILE_MAX);
	autoptr(snapshot_file_close) struct snapshot_file *file = NULL;

	(void)rc;
	assert_int_equal(snapshot_file_open(scene->path.data, &small_layers.layers[SMALL_LOT], false,
				 &file, NULL),
		0);
	assert_int_equal(file->now.record_count, LOTS);
	assert_int_equal(file_read(scene->path.data, &bytes, NULL), 0);
	assert_int_equal(bytes.len, scene->good.len);
	assert_memory_equal(bytes.data, scene->good.data, bytes.len);
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	assert_non_null(scene);
	small_city_open(&scene->city);
	small_city_begin(&scene->city, SMALL_LOT);
	for (int i = 0; i < LOTS; i++) {
		char shape[100], values[60];

		snprintf(shape, sizeof shape, "%d 0, %d 0, %d 90, %d 90", i * 10, i * 10 + 9,
			i * 10 + 9, i * 10);
		snprintf(values, sizeof values, "Lô %d|house|%d", i, i);
		small_city_draw(&scene->city, shape, values);
	}
	small_city_end(&scene->city);
	scene->fresh = STRBUF(1000);
	scene->path = STRBUF(1000);
	scene->good = STRBUF(FILE_MAX);
	file_join(&scene->fresh, scene->city.folder.data, "lot.fresh");
	file_join(&scene->path, scene->city.folder.data, "lot.snapshot");
	assert_int_equal(snapshot_stamp_read(scene->city.source.store, scene->city.source.city,
				 &scene->stamp, NULL),
		0);
	assert_int_equal(make(scene), 0);
	assert_int_equal(file_read(scene->path.data, &scene->good, NULL), 0);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	strbuf_clear(&scene->fresh);
	strbuf_clear(&scene->path);
	strbuf_clear(&scene->good);
	small_city_close(&scene->city);
	free(scene);
	return 0;
}

static void a_failing_disk_leaves_the_file_before(void **state)
{
	const struct fault_scenario scenario = {"snapshot", make, check, 0, true, 0};
	static const int errors[] = {EIO, ENOSPC};

	for (size_t i = 0; i < 2; i++)
		for (int stays = 0; stays < 2; stays++)
			assert_true(fault_drive(&(struct fault){FAULT_DISK, errors[i], stays},
					    &scenario, *state) > 3);
}

static void without_memory_the_file_before_stays(void **state)
{
	const struct fault_scenario scenario = {"memory", make, check, ERR_NOMEM, true, 0};

	for (int stays = 0; stays < 2; stays++)
		fault_drive(&(struct fault){FAULT_MEMORY, ENOMEM, stays}, &scenario, *state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_failing_disk_leaves_the_file_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			without_memory_the_file_before_stays, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
