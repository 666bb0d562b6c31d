#include "gis/street_network.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"
#include "gis/street_network_work.h"

int network_work_add(struct network_work *work, size_t pairs, struct error *err)
{
	work->compared += pairs;
	return work->compared > NETWORK_WORK_MAX ? fail_network_too_dense(err) : 0;
}

void network_find(struct network_work *work, const struct network_finding *finding)
{
	struct street_network *network = work->network;

	if (network->lines[finding->node].is_context)
		return;
	network->finding_total++;
	if (network->finding_count < NETWORK_FINDINGS_MAX)
		network->findings[network->finding_count++] = *finding;
}

/* --- ids ------------------------------------------------------------------------------------- */

struct known {
	int64_t id;
	size_t index;
};

static int by_id(const void *left, const void *right)
{
	const struct known *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static int sort_ids(struct network_work *work, struct error *err)
{
	const struct street_network *network = work->network;
	struct known *known = arena_alloc(work->arena, (network->count + 1) * sizeof *known);

	work->by_id = arena_alloc(work->arena, (network->count + 1) * sizeof *work->by_id);
	if (!known || !work->by_id)
		return fail_no_memory(err);
	for (size_t i = 0; i < network->count; i++)
		known[i] = (struct known){network->lines[i].id, i};
	qsort(known, network->count, sizeof *known, by_id);
	for (size_t i = 0; i < network->count; i++)
		work->by_id[i] = known[i].index;
	return 0;
}

size_t network_index(const struct network_work *work, int64_t id)
{
	const struct network_line *lines = work->network->lines;
	size_t low = 0, high = work->network->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines[work->by_id[middle]].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < work->network->count && lines[work->by_id[low]].id == id ? work->by_id[low]
									      : NETWORK_NONE;
}

/* --- lines ----------------------------------------------------------------------------------- */

static void find_about_line(
	struct network_work *work, size_t node, enum network_fault fault, double amount)
{
	const struct network_line *line = &work->network->lines[node];
	struct network_finding finding = {
		.fault = fault, .node = node, .other = NETWORK_NONE, .amount = amount};

	if (line->shape->point_count)
		memcpy(finding.xy, line->shape->xy, sizeof finding.xy);
	network_find(work, &finding);
}

static int join_lines(struct network_work *work, struct error *err)
{
	struct street_network *network = work->network;
	int rc = 0;

	for (size_t i = 0; !rc && i < network->count; i++) {
		struct network_node *node = &network->nodes[i];
		struct line_chain *line = &work->lines[i];

		rc = line_chain_join(
			work->arena, network->lines[i].shape, network->limits.touch_m, line, err);
		if (rc)
			break;
		/* What is no longer than a joint has no ends and no direction. */
		if (line_chain_length(line) < network->limits.touch_m) {
			find_about_line(work, i, NETWORK_NO_LENGTH, 0);
			line->count = 0;
		}
		if (line->count && line->pieces > 1)
			find_about_line(work, i, NETWORK_IN_PIECES, (double)line->pieces);
		*node = (struct network_node){.line = *line,
			.parent = NETWORK_NONE,
			.mouth_m = (double)NAN,
			.mouth_end = -1,
			.depth = -1};
	}
	return rc;
}

/* --- contacts -------------------------------------------------------------------------------- */

const double *network_end_xy(const struct network_node *node, int end)
{
	return node->line.xy + (end ? 2 * (node->line.count - 1) : 0);
}

double network_near_m(const struct street_network *network, size_t node)
{
	const double widest_m = 60;
	double width_m = network->lines[node].width_m;

	return width_m > 0 ? fmin(width_m, widest_m) / 2 + network->limits.touch_m
			   : network->limits.near_m;
}

static bool comes_before(const struct network_contact *a, const struct network_contact *b)
{
	if (a->distance_m != b->distance_m)
		return a->distance_m < b->distance_m;
	return a->node != b->node ? a->node < b->node : a->along_m < b->along_m;
}

/* Keeps the nearest ones in their order, and of each line its nearest place; the parent always. */
static void note_contact(
	struct network_end *end, const struct network_contact *contact, size_t parent)
{
	struct network_contact *contacts = end->contacts;
	size_t at = 0;

	while (at < end->count && contacts[at].node != contact->node)
		at++;
	if (at < end->count) {
		if (!comes_before(contact, &contacts[at]))
			return;
	} else if (end->count < NETWORK_CONTACTS_MAX) {
		end->count++;
	} else {
		at = NETWORK_CONTACTS_MAX - 1;
		if (contacts[at].node == parent)
			at--;
		if (contact->node != parent && !comes_before(contact, &contacts[at]))
			return;
	}
	contacts[at] = *contact;
	while (at && comes_before(&contacts[at], &contacts[at - 1])) {
		struct network_contact swap = contacts[at];

		contacts[at] = contacts[at - 1];
		contacts[--at] = swap;
	}
	for (; at + 1 < end->count && comes_before(&contacts[at + 1], &contacts[at]); at++) {
		struct network_contact swap = contacts[at];

		contacts[at] = contacts[at + 1];
		contacts[at + 1] = swap;
	}
}

static int meet(struct network_work *work, size_t node, int end, struct error *err)
{
	struct network_node *self = &work->network->nodes[node];
	const double *xy = network_end_xy(self, end);
	size_t parent = network_index(work, work->network->lines[node].parent_id), count;
	struct stretch_near near = stretch_near(&work->grid, xy, work->reach_m);
	const struct stretch *list;
	int rc = 0;

	while (!rc && (list = stretch_near_next(&near, &count))) {
		for (size_t i = 0; i < count; i++) {
			struct network_contact contact = {.node = list[i].line};

			if (contact.node == node)
				continue;
			contact.distance_m = line_chain_distance(
				&work->lines[contact.node], list[i].at, xy, &contact.along_m);
			if (contact.distance_m <= work->reach_m)
				note_contact(&self->ends[end], &contact, parent);
		}
		rc = network_work_add(work, count, err);
	}
	return rc;
}

size_t network_touches(const struct network_work *work, size_t node, int end)
{
	const struct network_end *contacts = &work->network->nodes[node].ends[end];
	size_t count = 0;

	while (count < contacts->count &&
		contacts->contacts[count].distance_m <= work->network->limits.touch_m)
		count++;
	return count;
}

static int find_contacts(struct network_work *work, struct error *err)
{
	struct street_network *network = work->network;
	int rc;

	work->reach_m = network->limits.near_m;
	for (size_t i = 0; i < network->count; i++)
		work->reach_m = fmax(work->reach_m, network_near_m(network, i));
	rc = stretch_grid_make(work->arena, work->lines, network->count, 2 * network->limits.near_m,
		&work->grid, err);

	for (size_t i = 0; !rc && i < network->count; i++) {
		struct network_node *node = &network->nodes[i];

		for (int end = 0; !rc && node->line.count && end < 2; end++) {
			rc = meet(work, i, end, err);
			node->open_ends += network_touches(work, i, end) > 0;
		}
		/* A ring has but one place where it can be left. */
		if (node->line.is_ring && node->open_ends > 1)
			node->open_ends = 1;
	}
	return rc;
}

/* --- all of it ------------------------------------------------------------------------------- */

static int by_node(const void *left, const void *right)
{
	const struct network_finding *a = left, *b = right;

	if (a->node != b->node)
		return (a->node > b->node) - (a->node < b->node);
	if (a->fault != b->fault)
		return (a->fault > b->fault) - (a->fault < b->fault);
	if (a->other != b->other)
		return (a->other > b->other) - (a->other < b->other);
	if (a->xy[0] != b->xy[0])
		return (a->xy[0] > b->xy[0]) - (a->xy[0] < b->xy[0]);
	return (a->xy[1] > b->xy[1]) - (a->xy[1] < b->xy[1]);
}

static int make_room(struct network_work *work, struct error *err)
{
	struct street_network *network = work->network;

	network->nodes = arena_zero(work->arena, network->count + 1, sizeof *network->nodes);
	network->findings =
		arena_alloc(work->arena, NETWORK_FINDINGS_MAX * sizeof *network->findings);
	work->lines = arena_zero(work->arena, network->count + 1, sizeof *work->lines);
	work->twice_of = arena_alloc(work->arena, (network->count + 1) * sizeof *work->twice_of);
	return network->nodes && network->findings && work->lines && work->twice_of
		       ? 0
		       : fail_no_memory(err);
}

int street_network_make(struct arena *arena, const struct network_line *lines, size_t count,
	const struct network_limits *limits, struct street_network *ret, struct error *err)
{
	struct street_network network = {.limits = *limits, .lines = lines, .count = count};
	struct network_work work = {.arena = arena, .network = &network};
	int rc = count > NETWORK_LINES_MAX ? fail_network_too_large(err, NETWORK_LINES_MAX) : 0;

	if (!rc)
		rc = make_room(&work, err);
	if (!rc)
		rc = sort_ids(&work, err);
	if (!rc)
		rc = join_lines(&work, err);
	if (!rc)
		rc = find_contacts(&work, err);
	if (!rc)
		rc = network_grow_tree(&work, err);
	if (!rc)
		rc = network_find_faults(&work, err);
	if (rc)
		return rc;
	qsort(network.findings, network.finding_count, sizeof *network.findings, by_node);
	*ret = network;
	return 0;
}
