/*
 * small_register: a register of three small layers in a fresh folder, for the tests of data/.
 *
 *	cmocka_unit_test_setup_teardown(a_test, small_register_make, small_register_drop)
 *
 * *state is then a struct small_register whose register is open for writing. It is in the folder, or,
 * with DOTHI_POSTGRES, the address of a database with PostGIS, in a fresh schema of that.
 */
#ifndef TESTS_DATA_SMALL_REGISTER_H
#define TESTS_DATA_SMALL_REGISTER_H

#include "base/strbuf.h"
#include "data/feature_write.h"
#include "data/register.h"
#include "tests/data/dialect.h"

/* "thing" (points, a field of every type), "road" (lines), "plot" (areas). */
extern const struct layer_table small_layers;
enum { SMALL_THING, SMALL_ROAD, SMALL_PLOT };

/* When everything of the tests happens. */
enum { SMALL_EPSG = 9210 };
#define SMALL_NOW_US INT64_C(1795221296789012)

struct small_register {
	struct strbuf folder, database;
	struct strbuf address, schema; /* in PostgreSQL; empty */
	struct register_folder opened;
};

int small_register_make(void **state);
int small_register_drop(void **state);

/* Only the folder, and what is to stand in it. */
int small_folder_make(void **state);
struct register_plan small_register_plan(const struct small_register *place);
int small_register_open(struct small_register *place, enum store_mode mode, struct error *err);

/* Random bytes that are the same in each run. */
extern const struct randomness small_randomness;

/* WKB in a buffer of the caller, and its box. */
void small_point(struct strbuf *wkb, double east, double north, struct feature *feature);
void small_square(
	struct strbuf *wkb, double east, double north, double side_m, struct feature *feature);

/* Writes records "thing" at these places in one transaction of their own. */
void small_write_things(struct small_register *place, const double *xy, size_t count);

/* The path or address of its database, and a further connection to it. */
const char *small_where(const struct small_register *place);
int small_register_connect(const struct small_register *place, enum store_mode mode,
	struct store **ret_store, struct error *err);

/* A digest of every row of every table, to see that nothing changed. */
struct content_hash small_digest(const struct small_register *place);

/* A copy of the database beside it, to be spoilt. */
struct store *small_copy_make(const struct small_register *place);
void small_copy_drop(const struct small_register *place, struct store *copy);

#endif
