#include "gis/sample_strip.h"

#include "base/banned.h"

static const double slant_least = 0.35; /* sine of the sharpest angle at which streets meet */

/* One edge of the street's ground: a line and where its ends meet the ring. */
struct kerb {
	struct sample_line *line;
	struct sample_hit from, to;
};

/* Goes on from a vertex over the next one until the ring, and moves that one there. */
static bool meet_ring(const struct sample_strip *strip, struct sample_spot from,
	struct sample_spot *toward, struct sample_hit *ret_hit)
{
	if (!sample_loop_ray(
		    strip->loop, SAMPLE_NO_EDGE, from, spot_direction(from, *toward), ret_hit) ||
		ret_hit->slant < slant_least)
		return false;
	*toward = ret_hit->at;
	return true;
}

static bool draw_kerb(const struct sample_strip *strip, double aside_m, struct kerb *kerb)
{
	struct sample_line *line = kerb->line;

	sample_line_reset(line);
	sample_line_beside(line, strip->middle, aside_m);
	if (line->failed || strip->middle->failed) {
		strip->mesh->failed = true;
		return false;
	}
	return sample_loop_covers(strip->loop, line->at[1]) &&
	       meet_ring(strip, line->at[1], &line->at[0], &kerb->from) &&
	       sample_loop_meets_well(strip->loop, &kerb->from, line->at[1]);
}

static bool end_kerb(const struct sample_strip *strip, struct kerb *kerb)
{
	struct sample_line *line = kerb->line;
	size_t last = line->count - 1;

	return meet_ring(strip, line->at[last - 1], &line->at[last], &kerb->to) &&
	       sample_loop_meets_well(strip->loop, &kerb->to, line->at[last - 1]) &&
	       sample_loop_clear_path(strip->loop, line->at, line->count, strip->clear_m);
}

/* The corner on the ring for a hit. */
static int32_t corner_at(const struct sample_strip *strip, const struct sample_hit *hit)
{
	return sample_mesh_corner(strip->mesh, strip->loop->corners[hit->edge].half, hit->at);
}

bool sample_strip_across(const struct sample_strip *strip, struct sample_banks *ret_banks)
{
	struct kerb left = {.line = strip->left}, right = {.line = strip->right};
	struct sample_path left_path, right_path;
	struct sample_banks banks;

	if (!draw_kerb(strip, strip->width_m / 2, &left) ||
		!draw_kerb(strip, -strip->width_m / 2, &right) || !end_kerb(strip, &left) ||
		!end_kerb(strip, &right))
		return false;
	if (left.from.edge == left.to.edge || right.from.edge == right.to.edge ||
		left.from.edge == right.to.edge || right.from.edge == left.to.edge)
		return false;
	/* On an edge that both meet, the farther corner is made first: the half keeps its start. */
	right_path.from = corner_at(strip, &right.from);
	left_path.from = corner_at(strip, &left.from);
	left_path.to = corner_at(strip, &left.to);
	right_path.to = corner_at(strip, &right.to);
	if (left_path.from == right_path.from || left_path.to == right_path.to ||
		left_path.from == left_path.to || right_path.from == right_path.to)
		return false;
	left_path.at = left.line->at + 1;
	left_path.count = left.line->count - 2;
	left_path.left_street = strip->street;
	left_path.right_street = SAMPLE_NO_STREET;
	right_path.at = right.line->at + 1;
	right_path.count = right.line->count - 2;
	right_path.left_street = SAMPLE_NO_STREET;
	right_path.right_street = strip->street;
	banks.left = sample_mesh_divide(strip->mesh, &left_path);
	banks.strip = sample_mesh_divide(strip->mesh, &right_path);
	banks.right = strip->loop->face;
	if (strip->mesh->failed)
		return false;
	strip->mesh->faces[banks.strip].kind = SAMPLE_STREET;
	*ret_banks = banks;
	return true;
}

/* Both kerbs as one path: in along the right one, around the end, out along the left one. */
static bool join_kerbs(
	const struct sample_strip *strip, const struct kerb *left, const struct kerb *right)
{

	for (size_t i = left->line->count; i-- > 0;)
		sample_line_add(right->line, left->line->at[i]);
	if (right->line->failed) {
		strip->mesh->failed = true;
		return false;
	}
	return sample_loop_clear_path(
		strip->loop, right->line->at, right->line->count, strip->clear_m);
}

bool sample_strip_blind(const struct sample_strip *strip, int32_t *ret_strip)
{
	struct kerb left = {.line = strip->left}, right = {.line = strip->right};
	struct sample_path path = {.left_street = SAMPLE_NO_STREET, .right_street = strip->street};
	int32_t made;

	if (!draw_kerb(strip, strip->width_m / 2, &left) ||
		!draw_kerb(strip, -strip->width_m / 2, &right) || !join_kerbs(strip, &left, &right))
		return false;
	path.from = corner_at(strip, &right.from);
	path.to = corner_at(strip, &left.from);
	if (path.from == path.to)
		return false;
	path.at = right.line->at + 1;
	path.count = right.line->count - 2;
	made = sample_mesh_divide(strip->mesh, &path);
	if (strip->mesh->failed)
		return false;
	strip->mesh->faces[made].kind = SAMPLE_STREET;
	*ret_strip = made;
	return true;
}
