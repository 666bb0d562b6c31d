/*
 * House numbers of all streets of a city, step by step, and single proposals:
 *
 *	tests/bench/numbering_bench DIR [TURNS]
 *
 * DIR is a register with parcels and streets that have a direction (dothi demo). tests/bench/numbering.sh
 * has the peer.
 */
#include <stdlib.h>
#include <time.h>

#include "data/register.h"
#include "server/cases/city_numbering.h"
#include "server/cases/proposal.h"

enum { ARENA_BYTES = 1 << 30, PROPOSALS = 500 };

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int count_houses(void *context, const struct street_houses *houses, struct error *err)
{
	(void)err;
	*(size_t *)context += houses->house_count;
	return 0;
}

static void fail(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s %s\n", what, error_message_code(err), err->detail);
	exit(1);
}

/* Reading, then fronts and numbers. */
static void number_city(struct case_tools *tools)
{
	struct city_numbering *numbering = arena_zero(tools->arena, 1, sizeof *numbering);
	struct error err = {0};
	size_t houses = 0;
	double start = cpu_s(), read;

	if (!numbering || city_numbering_read(tools, NULL, numbering, &err))
		fail("read", &err);
	read = cpu_s();
	if (quarter_fronts_make(&numbering->quarter, &numbering->fronts, &err))
		fail("fronts", &err);
	printf("%zu parcels: read, with fronts %.3f s; fronts alone %.3f s", numbering->quarter.parcel_count,
		read - start, cpu_s() - read);
	start = cpu_s();
	if (city_numbering_each(numbering, count_houses, &houses, &err))
		fail("number", &err);
	printf("; %zu houses numbered %.3f s\n", houses, cpu_s() - start);
}

static int by_time(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void propose(struct case_tools *tools, int64_t parcels)
{
	double times[PROPOSALS];

	for (int i = 0; i < PROPOSALS; i++) {
		struct proposal_order order = {.parcel_id = 1 + (i * INT64_C(7919)) % parcels};
		struct proposal *proposal;
		struct error err = {0};
		double start = cpu_s();

		arena_reset(tools->arena);
		proposal = arena_zero(tools->arena, 1, sizeof *proposal);
		if (!proposal)
			fail("memory", &err);
		(void)proposal_make(tools, &order, proposal, &err);
		times[i] = cpu_s() - start;
	}
	qsort(times, PROPOSALS, sizeof times[0], by_time);
	printf("a proposal: median %.2f ms, p95 %.2f ms, longest %.2f ms of CPU\n",
		times[PROPOSALS / 2] * 1e3, times[PROPOSALS * 95 / 100] * 1e3,
		times[PROPOSALS - 1] * 1e3);
}

int main(int argc, char **argv)
{
	struct register_folder opened = REGISTER_CLOSED;
	struct arena arena = ARENA(ARENA_BYTES);
	struct error err = {0};
	struct layer_state state;
	struct case_tools tools = {.layers = city_layers(), .arena = &arena};
	int turns = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;

	if (argc < 2 || register_open(argv[1], city_layers(), STORE_READ,
				clock_now_us(&clock_system), &opened, &err))
		fail("open", &err);
	tools.store = opened.store;
	tools.city = &opened.city;
	for (int i = 0; i < turns; i++) {
		arena_reset(&arena);
		number_city(&tools);
	}
	if (layer_state_read(opened.store, layer_of_land(city_layers()), &state, &err))
		fail("state", &err);
	for (int i = 0; i < turns; i++)
		propose(&tools, state.record_count);
	register_close(&opened);
	arena_clear(&arena);
	return 0;
}
