/*
 * bench_city: what the benches of tiles share: a register that is read, random tiles, and CPU time.
 */
#ifndef TESTS_BENCH_BENCH_CITY_H
#define TESTS_BENCH_BENCH_CITY_H

#include "data/register.h"
#include "tests/random.h"
#include "tiles/snapshot.h"

struct bench_city {
	struct register_folder opened;
	struct crs_context *crs;
	struct geom_context *geom;
	struct snapshot_source source;
};

/* The caller closes it, also after a failure. */
int bench_city_open(struct bench_city *city, const char *folder, struct error *err);
void bench_city_close(struct bench_city *city);

/* Prints an error, its detail too; returns what the program ends with. */
int bench_fail(const struct error *err);

/* CPU time of this thread, ms. */
double bench_cpu_ms(void);

/* A tile in the inner part of the snapshot's extent, which is full. */
struct tile bench_tile(struct random *random, const struct snapshot *snapshot, unsigned z);

#endif
