#include "server/commands/demo_numbers.h"

#include "server/commands/demo_alleys.h"

enum {
	ARENA_BYTES = 1 << 30,
	ONE_LEFT_OF = 12, /* alleys: so many are numbered for each one that is left */
};

/* Invented, as all of the city; before the wards were merged. */
static const char document[] = "MẪU-01/QĐ-UBND";
static const char decided_on[] = "2024-03-01";

/* Some alleys wait for their scheme. */
static bool wants(void *context, const struct street_houses *houses)
{
	(void)context;
	return !*houses->street->node.after || houses->street->node.id % ONE_LEFT_OF;
}

static int give(struct case_tools *tools, const struct randomness *randomness,
	int64_t *ret_count, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct city_decision decision = {
		.author = {"demo", document, clock_now_us(&clock_system)},
		.randomness = randomness,
		.document = document,
		.as_issued = true,
		.wants = wants,
	};
	struct city_numbering *numbering = arena_zero(tools->arena, 1, sizeof *numbering);
	int rc = numbering ? transaction_begin(tools->store, &transaction, err) : ERR_NOMEM;

	memcpy(decision.valid_from.text, decided_on, sizeof decided_on);
	if (!rc)
		rc = city_numbering_read(tools, NULL, numbering, err);
	if (!rc)
		rc = demo_alleys_name(numbering, &decision.author, randomness, err);
	/* With the names that the alleys have now. */
	if (!rc)
		rc = city_numbering_read(tools, NULL, numbering, err);
	if (!rc)
		rc = city_numbering_approve(numbering, &decision, tools->store, ret_count, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

int demo_numbers_give(struct register_folder *opened, const struct randomness *randomness,
	int64_t *ret_count, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct case_tools tools = {.store = opened->store, .city = &opened->city,
		.layers = city_layers(), .arena = &arena};

	return give(&tools, randomness, ret_count, err);
}
