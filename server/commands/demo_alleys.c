#include "server/commands/demo_alleys.h"

#include <stdlib.h>

#include "base/messages.h"
#include "data/revision.h"

/* A street while its alleys are named. */
struct naming {
	const struct numbering_house *houses; /* NULL none */
	size_t house_count;
	const char *path, *root; /* "15/3", "Yersin"; NULL not known yet */
	const char *after;	 /* of an alley: its number */
	bool is_writing;
};

struct naming_all {
	const struct city_numbering *numbering;
	struct arena *arena;
	struct naming *streets; /* as in the quarter */
};

static size_t place_of(const struct naming_all *all, int64_t id)
{
	const struct quarter *quarter = &all->numbering->quarter;
	const struct quarter_street *street = quarter_street_of(quarter, id);

	return street ? (size_t)(street - quarter->streets) : quarter->street_count;
}

static int keep_houses(void *context, const struct street_houses *houses, struct error *err)
{
	struct naming_all *all = context;
	struct naming *naming = &all->streets[place_of(all, houses->street->node.id)];

	(void)err;
	naming->houses = houses->houses;
	naming->house_count = houses->house_count;
	return 0;
}

/* The house before a mouth on that side, else the first behind it; NULL: nobody lives there. */
static const struct numbering_house *house_before(
	const struct naming *parent, double mouth_m, int side)
{
	const struct numbering_house *best = NULL;

	for (size_t i = 0; i < parent->house_count; i++) {
		const struct numbering_house *house = &parent->houses[i];

		if (house->side != side || !house->given.number)
			continue;
		if (house->along_m > mouth_m)
			return best ? best : house;
		best = house;
	}
	return best;
}

/* No two alleys of a street have one number: "25", then "25A". */
static bool is_taken(const struct naming_all *all, int64_t parent_id, const char *after)
{
	const struct quarter *quarter = &all->numbering->quarter;

	for (size_t i = 0; i < quarter->street_count; i++)
		if (quarter->streets[i].node.parent_id == parent_id && all->streets[i].after &&
			!strcmp(all->streets[i].after, after))
			return true;
	return false;
}

static const char *free_number(
	const struct naming_all *all, int64_t parent_id, const struct numbering_house *house)
{
	const char *letters = all->numbering->rules.parameters.letters;
	int number = house->given.to ? house->given.to : house->given.number;
	char text[32];

	(void)snprintf(text, sizeof text, "%d%s", number, house->given.suffix);
	for (const char *letter = letters; is_taken(all, parent_id, text); letter++) {
		if (!*letter)
			return NULL;
		(void)snprintf(text, sizeof text, "%d%c", number, *letter);
	}
	return arena_text(all->arena, text, strlen(text));
}

static void name_street(struct naming_all *all, size_t place)
{
	const struct quarter_street *street = &all->numbering->quarter.streets[place];

	all->streets[place].path = "";
	all->streets[place].root = street->node.name;
}

/* false: its street is not named yet. */
static bool name_alley(struct naming_all *all, size_t place)
{
	const struct quarter_street *alley = &all->numbering->quarter.streets[place];
	size_t above = place_of(all, alley->node.parent_id);
	const struct quarter_street *street;
	const struct numbering_house *house = NULL;
	struct naming *naming = &all->streets[place];
	struct street_foot mouth, inside;
	char path[STREET_LABEL_MAX];

	if (above == all->numbering->quarter.street_count) {
		name_street(all, place);
		return true;
	}
	if (!all->streets[above].root)
		return false;
	street = &all->numbering->quarter.streets[above];
	if (alley->is_measured && street->is_measured) {
		street_line_foot(&street->line, alley->line.xy[0], alley->line.xy[1], &mouth);
		street_line_foot(&street->line, alley->line.xy[2], alley->line.xy[3], &inside);
		house = house_before(&all->streets[above], mouth.chainage_m,
			inside.aside_m > 0 ? 1 : -1);
	}
	naming->after = house ? free_number(all, alley->node.parent_id, house) : NULL;
	naming->is_writing = naming->after != NULL;
	if (!naming->after)
		naming->after = alley->node.after;
	(void)snprintf(path, sizeof path, "%s%s%s", all->streets[above].path,
		*all->streets[above].path ? "/" : "", naming->after);
	naming->path = arena_text(all->arena, path, strlen(path));
	naming->root = naming->path ? all->streets[above].root : NULL;
	return true;
}

/* From the streets inwards. */
static void name_all(struct naming_all *all)
{
	const struct quarter *quarter = &all->numbering->quarter;

	for (size_t i = 0; i < quarter->street_count; i++)
		if (!*quarter->streets[i].node.after)
			name_street(all, i);
	for (int depth = 0; depth < STREET_DEPTH_MAX; depth++)
		for (size_t i = 0; i < quarter->street_count; i++)
			if (!all->streets[i].root)
				(void)name_alley(all, i);
}

/* --- writing ------------------------------------------------------------------------------------ */

struct writing {
	struct revision *revision;
	const struct naming *naming;
};

static int write_name(void *context, const struct feature *old, struct error *err)
{
	const struct writing *writing = context;
	const struct layer *layer = writing->revision->layer;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature = *old;
	char name[2 * STREET_LABEL_MAX];
	const char *after = writing->naming->after;
	int len = snprintf(name, sizeof name, "Hẻm %s %s", writing->naming->path,
		writing->naming->root);

	if (len < 0 || (size_t)len >= sizeof name)
		return 0;
	memcpy(values, old->values, layer->field_count * sizeof *values);
	values[layer_field_at(layer, layer->network->name)] =
		(struct value){.kind = VALUE_TEXT, .text = name, .len = (size_t)len};
	values[layer_field_at(layer, layer->network->after)] =
		(struct value){.kind = VALUE_TEXT, .text = after, .len = strlen(after)};
	feature.values = values;
	return revision_replace(writing->revision, old->version, &feature, err);
}

static int write_all(const struct naming_all *all, struct revision *revision, struct error *err)
{
	const struct quarter *quarter = &all->numbering->quarter;
	int rc = 0;

	for (size_t i = 0; !rc && i < quarter->street_count; i++) {
		struct writing writing = {revision, &all->streets[i]};
		bool found;

		if (!all->streets[i].is_writing || !all->streets[i].root)
			continue;
		rc = feature_read_row(revision->store, revision->layer,
			quarter->streets[i].node.id, write_name, &writing, &found, err);
	}
	return rc;
}

int demo_alleys_name(const struct city_numbering *numbering, const struct change_author *author,
	const struct randomness *randomness, struct error *err)
{
	const struct case_tools *tools = numbering->quarter.tools;
	struct naming_all all = {.numbering = numbering, .arena = tools->arena,
		.streets = arena_zero(tools->arena, numbering->quarter.street_count + 1,
			sizeof *all.streets)};
	struct change_set changes;
	struct revision revision;
	int rc = all.streets ? city_numbering_each(numbering, keep_houses, &all, err)
			     : fail_no_memory(err);

	if (rc)
		return rc;
	name_all(&all);
	rc = change_begin(tools->store, author, &changes, err);
	if (rc)
		return rc;
	revision = revision_of(tools->store, layer_of_streets(tools->layers), tools->city->epsg,
		&changes, randomness);
	rc = write_all(&all, &revision, err);
	return rc ? rc : change_end(&changes, err);
}
