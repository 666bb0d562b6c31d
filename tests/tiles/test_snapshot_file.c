#include "tests/test.h"

#include <unistd.h>

#include "base/banned.h"
#include "base/file.h"
#include "tests/tiles/small_city.h"
#include "tiles/mvt.h"
#include "tiles/snapshot_file.h"

enum { LOTS = 20, FILE_MAX_BYTES = 1 << 20 };

struct scene {
	struct small_city city;
	char path[200], copy[200];
};

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	char shape[200], values[100];

	assert_non_null(scene);
	small_city_open(&scene->city);
	snprintf(scene->path, sizeof scene->path, "%s/lot.snapshot", scene->city.folder.data);
	snprintf(scene->copy, sizeof scene->copy, "%s/copy.snapshot", scene->city.folder.data);
	small_city_begin(&scene->city, SMALL_LOT);
	for (int i = 0; i < LOTS; i++) {
		int x = i % 10 * 20, y = i / 10 * 30;

		snprintf(shape, sizeof shape, "%d %d, %d %d, %d %d, %d %d", x, y, x + 20, y, x + 20, y + 30, x,
			y + 30);
		snprintf(values, sizeof values, "Lô %d|house|%d", i, i % 5);
		small_city_draw(&scene->city, shape, values);
	}
	small_city_draw(&scene->city, "0 0, 400 0, 400 300, 0 300; 10 10, 10 20, 20 20", "lớn");
	small_city_end(&scene->city);
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

static void build(struct scene *scene)
{
	struct snapshot_stamp stamp;

	assert_int_equal(snapshot_stamp_read(scene->city.source.store, scene->city.source.city,
				 &stamp, NULL),
		0);
	assert_int_equal(snapshot_build_file(&scene->city.source, &small_layers.layers[SMALL_LOT],
				 &stamp, scene->city.folder.data, scene->path, NULL),
		0);
}

static struct snapshot_file *open_file(const char *path)
{
	struct snapshot_file *file = NULL;

	assert_int_equal(
		snapshot_file_open(path, &small_layers.layers[SMALL_LOT], false, &file, NULL), 0);
	return file;
}

static void write_tile(const struct snapshot *snapshot, struct tile tile, struct strbuf *out)
{
	struct mvt_scratch scratch;
	struct mvt_report report;

	mvt_scratch_init(&scratch);
	assert_int_equal(mvt_write(&scratch, &snapshot, 1, tile, out, &report, NULL), 0);
	mvt_scratch_clear(&scratch);
}

static void tiles_are_the_same_from_memory_and_file(void **state)
{
	struct scene *scene = *state;
	autoptr(snapshot_free) struct snapshot *memory =
		small_city_snapshot(&scene->city, SMALL_LOT);
	autoptr(snapshot_file_close) struct snapshot_file *file = NULL;
	struct snapshot_stamp stamp;

	build(scene);
	file = open_file(scene->path);
	assert_int_equal(snapshot_stamp_read(scene->city.source.store, scene->city.source.city,
				 &stamp, NULL),
		0);
	assert_int_equal(file->stamp.seq, LOTS + 1);
	assert_string_equal(file->stamp.seal.text, stamp.seal.text);
	assert_int_equal(strlen(stamp.seal.text), 64);
	assert_true(file->stamp.place == stamp.place);
	assert_int_equal(file->now.record_count, LOTS + 1);
	for (unsigned z = 12; z <= 20; z += 2) {
		autofree(strbuf_clear) struct strbuf one = STRBUF(1 << 20), other = STRBUF(1 << 20);
		struct tile tile = small_city_tile(&scene->city, 50, 50, z);

		write_tile(memory, tile, &one);
		write_tile(&file->now, tile, &other);
		assert_true(one.len > 0);
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.data, other.data, one.len);
	}
}

static void write_copy(struct scene *scene, const char *bytes, size_t len)
{
	/* Nobody needs it to be durable. */
	FILE *file = fopen(scene->copy, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static int try_copy(struct scene *scene)
{
	struct snapshot_file *file = NULL;
	int rc = snapshot_file_open(
		scene->copy, &small_layers.layers[SMALL_LOT], false, &file, NULL);

	snapshot_file_close(file);
	return rc;
}

static void every_flipped_byte_and_every_missing_end_is_told(void **state)
{
	struct scene *scene = *state;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(FILE_MAX_BYTES);

	build(scene);
	assert_int_equal(file_read(scene->path, &bytes, NULL), 0);
	assert_true(bytes.len > 2000);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] = (char)(bytes.data[i] ^ (1 << i % 8));
		write_copy(scene, bytes.data, bytes.len);
		assert_int_equal(try_copy(scene), ERR_INVALID);
		bytes.data[i] = (char)(bytes.data[i] ^ (1 << i % 8));
	}
	for (size_t len = bytes.len; len--; len -= len > 100 ? 97 : 0) {
		write_copy(scene, bytes.data, len);
		assert_int_not_equal(try_copy(scene), 0);
	}
	strbuf_add(&bytes, "more", 4);
	write_copy(scene, bytes.data, bytes.len);
	assert_int_equal(try_copy(scene), ERR_INVALID);
	assert_int_equal(file_remove(scene->copy, NULL), 0);
	assert_int_not_equal(try_copy(scene), 0);
}

/* Bytes that lie, with sums that are right: told, or read without leaving the file. */
static void what_lies_with_right_sums_leads_nobody_astray(void **state)
{
	struct scene *scene = *state;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(FILE_MAX_BYTES);
	struct tile tile = small_city_tile(&scene->city, 50, 50, 16);
	size_t opened = 0, told = 0;

	build(scene);
	assert_int_equal(file_read(scene->path, &bytes, NULL), 0);
	for (size_t i = 0; i < bytes.len; i++) {
		char kept = bytes.data[i];
		struct snapshot_header head;

		for (int how = 0; how < 3; how++) {
			autofree(strbuf_clear) struct strbuf out = STRBUF(64 << 20);
			struct snapshot_file *file = NULL;

			bytes.data[i] = (char)(how ? kept ^ (how == 1 ? 1 : 128) : ~kept);
			memcpy(&head, bytes.data, sizeof head);
			/* Sums can only be made where the sections are. */
			if (snapshot_form_is_sound(&head, bytes.len))
				snapshot_form_seal(bytes.data);
			write_copy(scene, bytes.data, bytes.len);
			if (snapshot_file_open(scene->copy, &small_layers.layers[SMALL_LOT], false, &file, NULL)) {
				told++;
				continue;
			}
			opened++;
			write_tile(&file->now, tile, &out);
			snapshot_file_close(file);
		}
		bytes.data[i] = kept;
	}
	assert_true(opened > 1000 && told > 1000);
}

static void a_file_of_another_layer_or_look_is_told(void **state)
{
	struct scene *scene = *state;
	struct layer changed = small_layers.layers[SMALL_LOT];
	struct snapshot_file *file = NULL;

	build(scene);
	assert_int_equal(snapshot_file_open(scene->path, &small_layers.layers[SMALL_WAY], false, &file, NULL),
		ERR_INVALID);
	changed.look.class_count--;
	assert_int_equal(snapshot_file_open(scene->path, &changed, false, &file, NULL), ERR_INVALID);
	assert_null(file);
}

#define in_scene(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_scene(tiles_are_the_same_from_memory_and_file),
		in_scene(every_flipped_byte_and_every_missing_end_is_told),
		in_scene(what_lies_with_right_sums_leads_nobody_astray),
		in_scene(a_file_of_another_layer_or_look_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
