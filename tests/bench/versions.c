/*
 * Makes a register with ten versions of each parcel, for page.mjs --dated:
 *
 *	dothi demo --parcels 20000 --listen 127.0.0.1:0 DIR    (stop it when the map is ready)
 *	tests/bench/versions DIR
 *
 * Three times a parcel is moved by a centimetre from a day on, which ends the version before it, and
 * three times that is corrected. Each change stands a day behind the one before in the register.
 */
#include "tests/bench/bench_city.h"

#include "base/clock.h"
#include "base/messages.h"
#include "data/revision.h"
#include "data/transaction.h"
#include "gis/shape.h"

enum { BATCH = 1000 };

static const char *const days[] = {"2025-06-01", "2026-03-01", "2026-09-01"};

/* One change of every parcel. */
struct round {
	struct revision revision;
	const char *from; /* moved from that day on; NULL: corrected */
	struct arena arena;
	struct strbuf wkb;
};

static int move(struct round *round, struct feature *feature, struct error *err)
{
	struct shape shape;
	int rc = shape_read_wkb(&round->arena, feature->wkb, &shape, err);

	for (size_t i = 0; !rc && i < shape.point_count; i++)
		shape.xy[2 * i] += 0.01;
	if (rc)
		return rc;
	strbuf_reset(&round->wkb);
	shape_write_wkb(&shape, &round->wkb);
	feature->wkb = (struct wkb){(const unsigned char *)round->wkb.data, round->wkb.len};
	feature->box = shape_box(&shape);
	snprintf(feature->valid_from.text, sizeof feature->valid_from.text, "%s", round->from);
	return strbuf_check(&round->wkb, err);
}

static int change(void *context, const struct feature *old, struct error *err)
{
	struct round *round = context;
	struct feature feature = *old;
	int rc = 0;

	arena_reset(&round->arena);
	if (round->from && old->wkb.bytes)
		rc = move(round, &feature, err);
	return rc ? rc : revision_replace(&round->revision, old->version, &feature, err);
}

/* Changes some records from `first` on, in a transaction of their own. */
static int change_some(struct store *store, struct round *round, struct change_set *changes,
	const struct change_author *author, int64_t first, int64_t last, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	bool found;
	int rc = transaction_begin(store, &transaction, err);

	if (!rc)
		rc = change_begin(store, author, changes, err);
	for (int64_t id = first; !rc && id <= last && id < first + BATCH; id++)
		rc = feature_read_row(
			store, round->revision.layer, id, change, round, &found, err);
	if (!rc)
		rc = change_end(changes, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

static int change_all(struct register_folder *opened, int64_t at_us, const char *from, int64_t last,
	struct error *err)
{
	const struct layer *parcels = layer_find(city_layers(), "parcel", 6);
	const struct change_author author = {"bench", "versions", at_us};
	struct change_set changes = {.author = author};
	struct round round = {.revision = revision_of(opened->store, parcels,
				      opened->city.epsg, &changes, &randomness_system),
		.from = from, .arena = ARENA(1 << 26), .wkb = STRBUF(1 << 26)};
	int rc = 0;

	for (int64_t first = 1; !rc && first <= last; first += BATCH)
		rc = change_some(opened->store, &round, &changes, &author, first, last, err);
	arena_clear(&round.arena);
	strbuf_clear(&round.wkb);
	return rc;
}

int main(int argc, char **argv)
{
	struct register_folder opened = REGISTER_CLOSED;
	int64_t now = clock_now_us(&clock_system), last = 0, day_us = (int64_t)86400 * 1000000;
	struct error err = {0};
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: versions DIR\n");
		return 2;
	}
	rc = register_open(argv[1], city_layers(), STORE_WRITE, now, &opened, &err);
	if (!rc)
		rc = store_int(opened.store, "SELECT max(id) FROM parcel", &last, &err);
	for (int i = 0; !rc && i < 6; i++) {
		rc = change_all(&opened, now + i * day_us, i % 2 ? NULL : days[i / 2], last, &err);
		printf("round %d of 6 done\n", i + 1);
		fflush(stdout);
	}
	register_close(&opened);
	return rc ? bench_fail(&err) : 0;
}
