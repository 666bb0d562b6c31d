#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "data/feature_read.h"
#include "data/feature_write.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

enum { PLOTS = 800, BOXES = 300 };

/* What was written: by id - 1, and empty without a geometry. */
static struct box written[PLOTS];

static bool is_empty(const struct box *box)
{
	return box->min_x > box->max_x;
}

static int write_plots(void **state)
{
	const struct change_author author = {"test", "writing", SMALL_NOW_US};
	const struct value nothing[2] = {{0}};
	struct random random = random_start(11);
	autofree(transaction_end) struct transaction transaction = {0};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
	struct feature_writer writer;
	struct change_set changes;
	struct store *store;
	int rc = small_register_make(state);

	store = ((struct small_register *)*state)->opened.store;
	rc = rc ? rc : transaction_begin(store, &transaction, NULL);
	rc = rc ? rc : change_begin(store, &author, &changes, NULL);
	rc = rc ? rc
		: feature_writer_open(store, &small_layers.layers[SMALL_PLOT], SMALL_EPSG, &changes,
			  &small_randomness, &writer, NULL);
	for (int i = 0; !rc && i < PLOTS; i++) {
		struct feature feature = {.values = nothing, .z_m = (double)NAN};
		double side_m = random_between(&random, 0.01, i % 50 ? 40 : 3000);

		written[i] = (struct box){1, 1, -1, -1};
		if (i % 10 != 3) {
			small_square(&wkb, random_between(&random, 5.9e5, 6.1e5),
				random_between(&random, 1.21e6, 1.22e6), side_m, &feature);
			written[i] = feature.box;
		}
		rc = feature_writer_add(&writer, &feature, NULL);
	}
	rc = rc ? rc : feature_writer_close(&writer, NULL);
	feature_writer_clear(&writer);
	rc = rc ? rc : change_end(&changes, NULL);
	return rc ? rc : transaction_commit(&transaction, NULL);
}

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

static const struct layer *plot(void)
{
	return &small_layers.layers[SMALL_PLOT];
}

static struct box random_box(struct random *random)
{
	double x = random_between(random, 5.85e5, 6.15e5),
	       y = random_between(random, 1.205e6, 1.225e6);
	double size = random_between(random, 0, 1) < 0.2 ? 1e5 : random_between(random, 0, 5000);

	return (struct box){x, y, x + size, y + size};
}

/* True, false, or unsure where the index, which rounds outwards to floats, may say either. */
enum answer { NO, YES, MAYBE };

static enum answer meets(const struct box *a, const struct box *b)
{
	static const double rounding_m = 0.13; /* of a float near 1,200,000 */
	double apart = fmax(fmax(a->min_x - b->max_x, b->min_x - a->max_x),
		fmax(a->min_y - b->max_y, b->min_y - a->max_y));

	return apart <= 0 ? YES : apart < 2 * rounding_m ? MAYBE : NO;
}

static void check_box(struct store *store, const struct box *box, int64_t after_id, bool without)
{
	autofree(id_list_clear) struct id_list found = {0};
	bool more = true;
	size_t at = 0;

	assert_int_equal(feature_ids_in_box(
				 store, &VIEW_NOW(plot()), box, without, after_id, PLOTS, &found, &more, NULL),
		0);
	assert_false(more);
	for (int64_t id = 1; id <= PLOTS; id++) {
		enum answer wanted = NO;
		bool is_found = at < found.count && found.ids[at] == id;

		if (id > after_id && is_empty(&written[id - 1]))
			wanted = without ? YES : NO;
		else if (id > after_id)
			wanted = meets(&written[id - 1], box);
		at += is_found;
		if (wanted != MAYBE && is_found != (wanted == YES))
			fail_msg("record %d is %s", (int)id, is_found ? "too many" : "missing");
	}
	assert_int_equal(at, found.count); /* each once, and in order */
}

static void boxes_find_what_meets_them(void **state)
{
	struct random random = random_start(12);
	struct store *store = store_of(state);

	for (int i = 0; i < BOXES; i++) {
		struct box box = random_box(&random);

		check_box(
			store, &box, i % 3 ? 0 : (int64_t)random_below(&random, PLOTS + 2), i % 2);
	}
	/* The edge belongs to it, and one that is none finds nothing. */
	check_box(store, &(struct box){-INFINITY, -INFINITY, INFINITY, INFINITY}, 0, true);
	check_box(store, &(struct box){1, 1, -1, -1}, 0, false);
}

static void a_full_list_says_that_there_are_more(void **state)
{
	const struct box all = {0, 0, 1e7, 1e7};
	struct id_list found = {0};
	bool more = false;

	assert_int_equal(
		feature_ids_in_box(store_of(state), &VIEW_NOW(plot()), &all, true, 0, 10, &found, &more, NULL),
		0);
	assert_int_equal(found.count, 10);
	assert_true(more);
	id_list_clear(&found);
	assert_int_equal(feature_ids_in_box(store_of(state), &VIEW_NOW(plot()), &all, true, 0, PLOTS, &found,
				 &more, NULL),
		0);
	assert_int_equal(found.count, PLOTS);
	assert_false(more);
	id_list_clear(&found);
}

struct counting {
	int64_t count, sum, last, stop_at;
	struct store *store;
};

static int count_box(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct counting *counting = context;
	const struct box *exact = &written[id - 1];

	(void)err;
	assert_false(is_empty(exact));
	/* As the index knows it: never smaller, larger by the rounding of floats. */
	assert_true(box->min_x <= exact->min_x && box->min_x > exact->min_x - 0.26);
	assert_true(box->max_y >= exact->max_y && box->max_y < exact->max_y + 0.26);
	counting->count++;
	counting->sum += id;
	return counting->stop_at && counting->count == counting->stop_at ? 1 : 0;
}

static void boxes_are_told_without_the_records(void **state)
{
	struct random random = random_start(13);
	struct store *store = store_of(state);

	for (int i = 0; i < BOXES / 10; i++) {
		autofree(id_list_clear) struct id_list ids = {0};
		struct counting counting = {.stop_at = i == 7 ? 1 : 0};
		struct box box = random_box(&random);
		bool more;

		if (i == 7)
			box = (struct box){0, 0, 1e7, 1e7};
		assert_int_equal(
			feature_boxes_in_box(store, &VIEW_NOW(plot()), &box, count_box, &counting, NULL), 0);
		assert_int_equal(
			feature_ids_in_box(store, &VIEW_NOW(plot()), &box, false, 0, PLOTS, &ids, &more, NULL),
			0);
		assert_int_equal(counting.count, i == 7 ? 1 : ids.count);
		for (size_t j = 0; i != 7 && j < ids.count; j++)
			counting.sum -= ids.ids[j];
		assert_true(i == 7 || counting.sum == 0);
	}
}

static int check_record(void *context, const struct feature *feature, struct error *err)
{
	struct counting *counting = context;
	const struct box *exact = &written[feature->id - 1];

	(void)err;
	assert_true(feature->id > counting->last);
	assert_int_equal(is_empty(exact), feature->wkb.bytes == NULL);
	if (!is_empty(exact))
		assert_memory_equal(exact, &feature->box, sizeof *exact);
	else
		assert_true(is_empty(&feature->box));
	counting->last = feature->id;
	counting->count++;
	return counting->stop_at && counting->count % counting->stop_at == 0 ? 1 : 0;
}

static void pages_follow_each_other(void **state)
{
	struct counting all = {0}, paged = {.stop_at = 37};
	struct store *store = store_of(state);
	int pages = 0;

	assert_int_equal(feature_read_after(store, &VIEW_NOW(plot()), 0, check_record, &all, NULL), 0);
	assert_int_equal(all.count, PLOTS);
	for (int64_t before = -1; before != paged.count; pages++) {
		before = paged.count;
		assert_int_equal(
			feature_read_after(store, &VIEW_NOW(plot()), paged.last, check_record, &paged, NULL),
			0);
	}
	assert_int_equal(paged.count, PLOTS);
	assert_int_equal(pages, (PLOTS + 36) / 37 + 1);
}

/* Reads the record behind the one in hand while that is in hand. */
static int read_next(void *context, const struct feature *feature, struct error *err)
{
	struct counting *counting = context, inner = {.stop_at = 1};
	int rc;

	rc = feature_read_after(counting->store, &VIEW_NOW(plot()), feature->id, check_record, &inner, err);
	assert_true(inner.count == 0 || inner.last == feature->id + 1);
	return rc ? rc : check_record(counting, feature, err);
}

static void reads_may_be_nested(void **state)
{
	struct counting counting = {.store = store_of(state)};

	assert_int_equal(
		feature_read_after(counting.store, &VIEW_NOW(plot()), PLOTS - 20, read_next, &counting, NULL),
		0);
	assert_int_equal(counting.count, 20);
}

static int refuse(void *context, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)feature;
	return fail_no_such_record(err);
}

static void the_visitor_decides(void **state)
{
	struct counting counting = {0};
	struct store *store = store_of(state);
	struct error err = {0};
	bool found = true;

	assert_int_equal(feature_read_after(store, &VIEW_NOW(plot()), 0, refuse, NULL, &err), ERR_NOT_FOUND);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(
		feature_read_one(store, &VIEW_NOW(plot()), 5, check_record, &counting, &found, NULL), 0);
	assert_true(found);
	assert_int_equal(counting.last, 5);
	assert_int_equal(feature_read_one(store, &VIEW_NOW(plot()), PLOTS + 1, refuse, NULL, &found, NULL), 0);
	assert_false(found);
	assert_int_equal(feature_read_one(store, &VIEW_NOW(plot()), INT64_MIN, refuse, NULL, &found, NULL), 0);
	assert_false(found);
}

static void those_without_geometry_are_counted(void **state)
{
	int64_t count = 0;

	assert_int_equal(feature_count_without_geometry(store_of(state), &VIEW_NOW(plot()), &count, NULL), 0);
	assert_int_equal(count, PLOTS / 10);
	assert_int_equal(feature_count_without_geometry(
				 store_of(state), &VIEW_NOW(&small_layers.layers[SMALL_ROAD]), &count,
				 NULL),
		0);
	assert_int_equal(count, 0);
}

static void a_damaged_register_is_an_error(void **state)
{
	const struct box all = {0, 0, 1e7, 1e7};
	struct store *store = store_of(state);
	struct counting counting = {0};
	struct id_list found = {0};
	int64_t count = 77;
	bool more;

	store_must_run(store, "ALTER TABLE plot RENAME TO plot_away");
	assert_int_equal(
		feature_read_after(store, &VIEW_NOW(plot()), 0, check_record, &counting, NULL), ERR_INTERNAL);
	assert_int_equal(feature_read_one(store, &VIEW_NOW(plot()), 1, check_record, &counting, &more, NULL),
		ERR_INTERNAL);
	assert_int_equal(feature_ids_in_box(store, &VIEW_NOW(plot()), &all, true, 0, 9, &found, &more, NULL),
		ERR_INTERNAL);
	assert_int_equal(feature_count_without_geometry(store, &VIEW_NOW(plot()), &count, NULL), ERR_INTERNAL);
	assert_int_equal(count, 77);
	assert_null(found.ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes_find_what_meets_them),
		cmocka_unit_test(a_full_list_says_that_there_are_more),
		cmocka_unit_test(boxes_are_told_without_the_records),
		cmocka_unit_test(pages_follow_each_other), cmocka_unit_test(reads_may_be_nested),
		cmocka_unit_test(the_visitor_decides),
		cmocka_unit_test(those_without_geometry_are_counted),
		cmocka_unit_test(a_damaged_register_is_an_error), /* the last one */
	};

	return cmocka_run_group_tests(tests, write_plots, small_register_drop);
}
