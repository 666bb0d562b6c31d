#include "tests/bench/bench_city.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/messages.h"

static const double inner_share = 0.6;

int bench_city_open(struct bench_city *city, const char *folder, struct error *err)
{
	int rc;

	*city = (struct bench_city){.opened = REGISTER_CLOSED};
	rc = register_open(folder, city_layers(), STORE_READ, clock_now_us(&clock_system),
		&city->opened, err);
	if (!rc)
		rc = crs_context_new(&city->crs, err);
	if (!rc)
		rc = crs_pin(city->crs, &city->opened.city, err);
	if (!rc)
		rc = geom_context_new(&city->geom, err);
	city->source = (struct snapshot_source){
		city->opened.store, &city->opened.city, city->crs, city->geom};
	return rc;
}

void bench_city_close(struct bench_city *city)
{
	geom_context_free(city->geom);
	crs_context_free(city->crs);
	register_close(&city->opened);
}

int bench_fail(const struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 12);

	error_print(&text, err, LANG_EN);
	fprintf(stderr, "%s %s\n", text.data, err->detail);
	return 1;
}

double bench_cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

struct tile bench_tile(struct random *random, const struct snapshot *snapshot, unsigned z)
{
	const struct hilbert_tree *tree = &snapshot->tree;
	const struct tile_box *all = &tree->boxes[tree->level_starts[tree->level_count] - 1];
	double margin = (1 - inner_share) / 2;
	double x = random_between(random, margin, 1 - margin) * ((double)all->max_x - all->min_x);
	double y = random_between(random, margin, 1 - margin) * ((double)all->max_y - all->min_y);
	int shift = GRID_WORLD_BITS - (int)z;

	return (struct tile){z, (uint32_t)((snapshot->origin.x + all->min_x + (int64_t)x) >> shift),
		(uint32_t)((snapshot->origin.y + all->min_y + (int64_t)y) >> shift)};
}
