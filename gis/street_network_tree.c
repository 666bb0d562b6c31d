/* The tree of a network: parents, mouths and directions, of the contacts of the ends. */
#include <math.h>

#include "base/messages.h"
#include "gis/street_network_work.h"

/* Where an alley may begin: an end of it that meets a line. */
struct opening {
	int end;
	const struct network_contact *contact;
};

struct growing {
	struct network_work *work;
	struct street_network *network;
	size_t *fixed;	  /* the parent that is said, or named; NETWORK_NONE none */
	size_t *met_ends; /* in met[], behind those who meet each node */
	size_t *met;	  /* alleys with an end on a node */
	size_t *queue;	  /* nodes whose depth is known, by depth */
	size_t head, tail;
};

/* --- directions ------------------------------------------------------------------------------ */

enum network_direction network_chord_direction(
	const double from[2], const double to[2], double doubt_deg, double *ret_azimuth_deg)
{
	/* Forward from the first to the second: of the eight directions the four that are counted.
	 */
	static const double turns_deg[] = {157.5, 337.5};
	const double half_turn_deg = 180, rounding_deg = 1e-9;
	double azimuth = atan2(to[0] - from[0], to[1] - from[1]) * half_turn_deg / acos(-1);

	if (azimuth < 0)
		azimuth += 2 * half_turn_deg;
	*ret_azimuth_deg = azimuth;
	for (size_t i = 0; i < 2; i++)
		if (fabs(azimuth - turns_deg[i]) <= doubt_deg + rounding_deg)
			return NETWORK_UNDECIDED;
	return azimuth > turns_deg[0] && azimuth < turns_deg[1] ? NETWORK_FORWARD
								: NETWORK_BACKWARD;
}

static void find_at(struct growing *growing, enum network_fault fault, size_t node, int end,
	size_t other, double amount)
{
	struct network_finding finding = {
		.fault = fault, .node = node, .other = other, .amount = amount};

	memcpy(finding.xy, network_end_xy(&growing->network->nodes[node], end), sizeof finding.xy);
	network_find(growing->work, &finding);
}

static void direct_street(struct growing *growing, size_t index)
{
	struct network_node *node = &growing->network->nodes[index];
	double azimuth = 0;

	node->direction = growing->network->lines[index].direction;
	if (node->direction || !node->line.count)
		return;
	if (node->line.is_ring) {
		find_at(growing, NETWORK_ASK_RING, index, 0, NETWORK_NONE, 0);
		return;
	}
	node->direction = network_chord_direction(network_end_xy(node, 0), network_end_xy(node, 1),
		growing->network->limits.doubt_deg, &azimuth);
	if (!node->direction)
		find_at(growing, NETWORK_ASK_SECTOR, index, 0, NETWORK_NONE, azimuth);
}

/* An alley begins there, and houses count from there inward unless the register says otherwise. */
static void open_alley(struct growing *growing, size_t index, const struct opening *opening)
{
	struct network_node *node = &growing->network->nodes[index];
	enum network_direction inward = opening->end ? NETWORK_BACKWARD : NETWORK_FORWARD;
	const struct network_line *line = &growing->network->lines[index];

	node->parent = opening->contact->node;
	node->mouth_m = opening->contact->along_m;
	node->mouth_end = opening->end;
	node->direction = line->direction      ? line->direction
			  : node->line.is_ring ? NETWORK_UNDECIDED
					       : inward;
	if (!node->direction)
		find_at(growing, NETWORK_ASK_RING, index, opening->end, node->parent, 0);
	else if (node->direction != inward && !node->line.is_ring)
		find_at(growing, NETWORK_RUNS_OUT, index, opening->end, node->parent, 0);
}

/* --- the parent that is said, or named ------------------------------------------------------- */

static const struct network_contact *contact_with(
	const struct growing *growing, size_t node, int end, size_t other)
{
	const struct network_end *contacts = &growing->network->nodes[node].ends[end];
	size_t touching = network_touches(growing->work, node, end);

	for (size_t i = 0; i < touching; i++)
		if (contacts->contacts[i].node == other)
			return &contacts->contacts[i];
	return NULL;
}

static bool touches_any(const struct growing *growing, size_t node)
{
	return network_touches(growing->work, node, 0) || network_touches(growing->work, node, 1);
}

/*
 * "Hẻm 25 Yersin" carries the name of Yersin, "Hẻm 25/12 Yersin" that of "Hẻm 25 Yersin": how long
 * the name is that it carries.
 */
static size_t carries_name(const char *name, const char *other)
{
	size_t len = strlen(name), tail = strlen(other);
	const char *slash = strrchr(name, '/'), *rest = slash ? strchr(slash, ' ') : NULL;
	size_t head = rest ? (size_t)(slash - name) : 0;

	if (!tail || tail >= len)
		return 0;
	if (rest && head + strlen(rest) == tail && !strncmp(name, other, head) &&
		!strcmp(rest, other + head))
		return tail;
	return name[len - tail - 1] == ' ' && !strcmp(name + len - tail, other) ? tail : 0;
}

/* Whether an alley may begin there: a direction that is said tells its mouth, if there can be one.
 */
static bool may_begin(const struct growing *growing, size_t index, int end)
{
	enum network_direction said = growing->network->lines[index].direction;

	return !said || (said == NETWORK_BACKWARD) == (end == 1) ||
	       !network_touches(growing->work, index, !end);
}

/* Who of those that it meets has the name that it carries; NETWORK_NONE nobody, or several. */
static size_t find_named(const struct growing *growing, size_t index)
{
	const struct street_network *network = growing->network;
	size_t longest = 0, found = NETWORK_NONE;

	for (int end = 0; end < 2; end++) {
		size_t touching = may_begin(growing, index, end)
					  ? network_touches(growing->work, index, end)
					  : 0;

		for (size_t i = 0; i < touching; i++) {
			size_t node = network->nodes[index].ends[end].contacts[i].node;
			size_t len =
				carries_name(network->lines[index].name, network->lines[node].name);

			if (!len || len < longest || node == found)
				continue;
			found = len == longest ? NETWORK_NONE : node;
			longest = len;
		}
	}
	return found;
}

static void take_said(struct growing *growing, size_t index)
{
	int64_t said = growing->network->lines[index].parent_id;

	growing->fixed[index] = NETWORK_NONE;
	if (!growing->network->nodes[index].line.count)
		return;
	if (!said) {
		/* Names grow with the depth, so these never lead round in a circle. */
		if (!growing->network->lines[index].is_street)
			growing->fixed[index] = find_named(growing, index);
		return;
	}
	growing->fixed[index] = network_index(growing->work, said);
	if (growing->fixed[index] == NETWORK_NONE)
		find_at(growing, NETWORK_PARENT_GONE, index, 0, NETWORK_NONE, (double)said);
}

/* What it says must be what it meets. */
static void check_said(struct growing *growing, size_t index)
{
	size_t parent = growing->fixed[index];

	if (parent == NETWORK_NONE || contact_with(growing, index, 0, parent) ||
		contact_with(growing, index, 1, parent))
		return;
	growing->fixed[index] = NETWORK_NONE;
	if (touches_any(growing, index))
		find_at(growing, NETWORK_PARENT_WRONG, index, 0, parent, 0);
}

/* Parents that lead back to their alley: nobody of the round has the parent that it says. */
static void open_round(struct growing *growing, size_t index)
{
	size_t at = index;

	find_at(growing, NETWORK_PARENT_CYCLE, index, 0, growing->fixed[index], 0);
	while (at != NETWORK_NONE) {
		size_t next = growing->fixed[at];

		growing->fixed[at] = NETWORK_NONE;
		at = next;
	}
}

static int open_rounds(struct growing *growing, struct error *err)
{
	size_t count = growing->network->count;
	size_t *walk = arena_zero(growing->work->arena, count + 1, sizeof *walk);

	if (!walk)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		/* Up from each, until where a walk has been: this one's own place is in a round. */
		while (at != NETWORK_NONE && !walk[at]) {
			walk[at] = i + 1;
			at = growing->fixed[at];
		}
		if (at != NETWORK_NONE && walk[at] == i + 1)
			open_round(growing, at);
	}
	return 0;
}

/* Of an alley that leaves the street that it says: at which end. */
static void open_at_said(struct growing *growing, size_t index)
{
	const struct network_line *line = &growing->network->lines[index];
	size_t parent = growing->fixed[index];
	struct opening openings[2], *chosen = NULL;
	double off[2];

	for (int end = 0; end < 2; end++) {
		openings[end] = (struct opening){end, contact_with(growing, index, end, parent)};
		/* Not a number where no mouth is said: then it is near none. */
		off[end] = openings[end].contact
				   ? fabs(openings[end].contact->along_m - line->mouth_m)
				   : (double)INFINITY;
	}
	if (!openings[0].contact || !openings[1].contact)
		chosen = &openings[openings[1].contact != NULL];
	else if (line->direction)
		chosen = &openings[line->direction == NETWORK_BACKWARD];
	else if (growing->network->nodes[index].line.is_ring)
		chosen = &openings[0];
	else if ((off[0] <= growing->network->limits.mouth_m) !=
		 (off[1] <= growing->network->limits.mouth_m))
		chosen = &openings[off[1] < off[0]];
	if (chosen) {
		open_alley(growing, index, chosen);
		return;
	}
	growing->network->nodes[index].parent = parent;
	find_at(growing, NETWORK_ASK_END, index, 0, parent, 0);
}

/* --- the parent that is found ---------------------------------------------------------------- */

static bool goes_through(const struct growing *growing, const struct network_contact *contact)
{
	const struct line_chain *line = &growing->network->nodes[contact->node].line;
	double touch_m = growing->network->limits.touch_m;

	return line->is_ring ||
	       (contact->along_m > touch_m && contact->along_m < line_chain_length(line) - touch_m);
}

/* The lines of that depth at an end; of those that end there none, where another goes through. */
static size_t list_openings(const struct growing *growing, size_t index, int end, int depth,
	struct opening list[NETWORK_CONTACTS_MAX])
{
	const struct network_end *contacts = &growing->network->nodes[index].ends[end];
	size_t touching = network_touches(growing->work, index, end), count = 0;
	bool only_through = false;

	for (size_t i = 0; i < touching; i++) {
		const struct network_contact *contact = &contacts->contacts[i];
		bool through = goes_through(growing, contact);

		if (growing->network->nodes[contact->node].depth != depth ||
			(only_through && !through))
			continue;
		if (through && !only_through)
			count = 0;
		only_through |= through;
		list[count++] = (struct opening){end, contact};
	}
	return count;
}

/* Positive: a is the better parent; 0: they are alike. */
static int compare_openings(
	const struct growing *growing, const struct opening *a, const struct opening *b)
{
	const struct network_line *lines = growing->network->lines;
	double wider_m = lines[a->contact->node].width_m - lines[b->contact->node].width_m;

	/* Also of widths that nobody knows: they are alike. */
	if (!(fabs(wider_m) >= growing->network->limits.wider_by_m))
		return 0;
	return wider_m > 0 ? 1 : -1;
}

/* The one that all others are worse than; else *ret_alike is one that is not. */
static const struct opening *choose(const struct growing *growing, const struct opening *list,
	size_t count, const struct opening **ret_alike)
{
	const struct opening *best = list;

	for (size_t i = 1; i < count; i++)
		if (compare_openings(growing, &list[i], best) > 0)
			best = &list[i];
	*ret_alike = NULL;
	for (size_t i = 0; i < count; i++)
		if (&list[i] != best && compare_openings(growing, best, &list[i]) <= 0 &&
			(!*ret_alike || list[i].end != best->end))
			*ret_alike = &list[i];
	return best;
}

/* Whether it begins at a line of that depth. */
static bool open_at_found(struct growing *growing, size_t index, int depth)
{
	struct network_node *node = &growing->network->nodes[index];
	struct opening list[2 * NETWORK_CONTACTS_MAX];
	const struct opening *best, *alike;
	size_t count = 0;

	for (int end = 0; end < 2; end++) {
		if (!may_begin(growing, index, end) || (end && node->line.is_ring && count))
			continue;
		count += list_openings(growing, index, end, depth, list + count);
	}
	if (!count)
		return false;
	best = choose(growing, list, count, &alike);
	if (!alike) {
		open_alley(growing, index, best);
		return true;
	}
	if (alike->end != best->end) {
		find_at(growing, NETWORK_ASK_END, index, best->end, alike->contact->node, 0);
		return true;
	}
	open_alley(growing, index, best);
	node->parent = NETWORK_NONE;
	node->mouth_m = (double)NAN;
	find_at(growing, NETWORK_ASK_PARENT, index, best->end, alike->contact->node, 0);
	return true;
}

/* --- from the streets inward ----------------------------------------------------------------- */

/* Who meets whom, by who is met. */
static int list_met(struct growing *growing, struct error *err)
{
	const struct street_network *network = growing->network;
	size_t total = 0, before = 0;

	growing->met_ends =
		arena_zero(growing->work->arena, network->count + 1, sizeof *growing->met_ends);
	if (!growing->met_ends)
		return fail_no_memory(err);
	for (int put = 0; put < 2; put++) {
		for (size_t i = 0; i < network->count; i++)
			for (int end = 0; end < 2; end++)
				for (size_t k = 0; k < network_touches(growing->work, i, end);
					k++) {
					size_t met = network->nodes[i].ends[end].contacts[k].node;

					if (put)
						growing->met[growing->met_ends[met]] = i;
					growing->met_ends[met]++;
					total++;
				}
		if (put)
			break;
		growing->met =
			arena_alloc(growing->work->arena, (total + 1) * sizeof *growing->met);
		if (!growing->met)
			return fail_no_memory(err);
		for (size_t i = 0; i < network->count; i++) {
			size_t count = growing->met_ends[i];

			growing->met_ends[i] = before;
			before += count;
		}
	}
	return 0;
}

static void know_depth(struct growing *growing, size_t index, int depth)
{
	growing->network->nodes[index].depth = depth;
	growing->queue[growing->tail++] = index;
}

/* All that leave a node, which is the next whose depth is known. */
static void grow_from(struct growing *growing, size_t from)
{
	int depth = growing->network->nodes[from].depth;
	size_t first = from ? growing->met_ends[from - 1] : 0;

	for (size_t i = first; i < growing->met_ends[from]; i++) {
		size_t index = growing->met[i], fixed = growing->fixed[index];

		if (growing->network->nodes[index].depth >= 0 ||
			(fixed != NETWORK_NONE && fixed != from))
			continue;
		if (fixed != NETWORK_NONE)
			open_at_said(growing, index);
		/* A direction that is said may leave it for a line that is found later. */
		else if (!open_at_found(growing, index, depth))
			continue;
		know_depth(growing, index, depth + 1);
	}
}

static void grow(struct growing *growing)
{
	while (growing->head < growing->tail)
		grow_from(growing, growing->queue[growing->head++]);
}

/* Those that no way from a street leads to. */
static void settle_rest(struct growing *growing)
{
	struct street_network *network = growing->network;

	for (size_t i = 0; i < network->count; i++) {
		if (network->nodes[i].depth >= 0 || !network->nodes[i].line.count)
			continue;
		network->nodes[i].direction = network->lines[i].direction;
		if (growing->fixed[i] != NETWORK_NONE)
			open_at_said(growing, i);
		else
			find_at(growing,
				touches_any(growing, i) ? NETWORK_ISLAND : NETWORK_NO_MOUTH, i, 0,
				NETWORK_NONE, 0);
	}
}

int network_grow_tree(struct network_work *work, struct error *err)
{
	struct street_network *network = work->network;
	struct growing growing = {.work = work, .network = network};
	int rc;

	growing.fixed = arena_alloc(work->arena, (network->count + 1) * sizeof *growing.fixed);
	growing.queue = arena_alloc(work->arena, (network->count + 1) * sizeof *growing.queue);
	if (!growing.fixed || !growing.queue)
		return fail_no_memory(err);
	for (size_t i = 0; i < network->count; i++)
		take_said(&growing, i);
	rc = open_rounds(&growing, err);
	if (!rc)
		rc = list_met(&growing, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < network->count; i++)
		check_said(&growing, i);
	for (size_t i = 0; i < network->count; i++)
		if (network->lines[i].is_street && !network->lines[i].parent_id) {
			direct_street(&growing, i);
			know_depth(&growing, i, 0);
		}
	grow(&growing);
	/* What a neighbour hangs on may lie outside what was read. */
	for (size_t i = 0; i < network->count; i++)
		if (network->lines[i].is_context && network->nodes[i].depth < 0) {
			know_depth(&growing, i, 0);
			grow(&growing);
		}
	settle_rest(&growing);
	return 0;
}
