/* Files of tiles when the disk, or memory, fails at the first, the second, ... call. */
#include "tests/test.h"

#include <errno.h>

#include "base/banned.h"
#include "base/file.h"
#include "tests/fault/fault.h"
#include "tests/tiles/made_tiles.h"
#include "tiles/tile_order.h"

enum { TILES = 60, STOP_AT = 25 };

struct scene {
	const char *path;
	struct strbuf whole; /* what must stand in it */
	bool compares;	     /* the bytes are always the same */
};

static int put_tiles(struct archive *archive, size_t count, struct error *err)
{
	int rc = 0;

	for (size_t n = 0; !rc && n < count; n++)
		if (made_tile_number(n) >= archive_counts(archive)->next)
			rc = made_tile_put(archive, n, err);
	return rc;
}

/* One that is stopped, and gone on with. */
static int make(void *context)
{
	const struct scene *scene = context;
	struct archive *archive = NULL;
	struct error err = {0};
	int rc = archive_begin(scene->path, &made_about, false, &archive, &err);

	if (!rc)
		rc = put_tiles(archive, STOP_AT, &err);
	if (!rc)
		rc = archive_keep(archive, &err);
	archive_free(archive);
	archive = NULL;
	if (!rc)
		rc = archive_begin(scene->path, &made_about, true, &archive, &err);
	if (!rc)
		rc = put_tiles(archive, TILES, &err);
	if (!rc)
		rc = archive_finish(archive, &err);
	archive_free(archive);
	return rc == err.code ? rc : ERR_INTERNAL;
}

/* Under the name stands the whole file, or nothing. */
static void check(void *context, int rc)
{
	struct scene *scene = context;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1 << 20);

	if (!file_exists(scene->path)) {
		assert_true(rc < 0);
		return;
	}
	assert_int_equal(file_read(scene->path, &bytes, NULL), 0);
	if (!scene->whole.len)
		strbuf_add(&scene->whole, bytes.data, bytes.len);
	assert_int_equal(bytes.len, scene->whole.len);
	if (scene->compares)
		assert_memory_equal(bytes.data, scene->whole.data, bytes.len);
	assert_int_equal(file_remove(scene->path, NULL), 0);
}

static void tidy(const char *partial, const char *beside)
{
	assert_int_equal(file_remove(partial, NULL), 0);
	assert_int_equal(file_remove(beside, NULL), 0);
}

static void a_failing_disk_leaves_a_whole_pmtiles_file_or_none(void **state)
{
	const struct fault_scenario scenario = {"pmtiles", make, check, 0, true, 0};
	struct scene scene = {"fault_archive.pmtiles", STRBUF(1 << 20), true};
	static const int errors[] = {EIO, ENOSPC};

	(void)state;
	assert_int_equal(make(&scene), 0);
	check(&scene, 0);
	for (size_t i = 0; i < 2; i++)
		for (int stays = 0; stays < 2; stays++)
			assert_true(fault_drive(&(struct fault){FAULT_DISK, errors[i], stays},
					    &scenario, &scene) > 60);
	tidy("fault_archive.pmtiles.partial", "fault_archive.pmtiles.partial.list");
	strbuf_clear(&scene.whole);
}

static void without_memory_it_says_so(void **state)
{
	const struct fault_scenario scenario = {"memory", make, check, ERR_NOMEM, true, 0};
	struct scene scenes[] = {{"fault_archive.pmtiles", STRBUF(1 << 20), true},
		{"fault_archive.mbtiles", STRBUF(1 << 20), false}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(make(&scenes[i]), 0);
		check(&scenes[i], 0);
		for (int stays = 0; stays < 2; stays++)
			fault_drive(&(struct fault){FAULT_MEMORY, ENOMEM, stays}, &scenario,
				&scenes[i]);
		strbuf_clear(&scenes[i].whole);
	}
	tidy("fault_archive.pmtiles.partial", "fault_archive.pmtiles.partial.list");
	tidy("fault_archive.mbtiles.partial", "fault_archive.mbtiles.partial-journal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failing_disk_leaves_a_whole_pmtiles_file_or_none),
		cmocka_unit_test(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
