#include "gis/sample_lot.h"

#include "base/banned.h"

static const double wall_m = 0.12; /* a house stays so far from its neighbour's ground */

/* The edge that the house looks to: its longest front, else its longest at a street, else any. */
static size_t front_edge(const struct sample_town *town, int32_t *ret_street)
{
	const struct sample_loop *loop = &town->loop;
	double best = -1;
	size_t front = 0;

	for (size_t i = 0; i < loop->count; i++) {
		const struct sample_half *half = &town->mesh.halves[loop->corners[i].half];
		double length = spot_distance(loop->corners[i].at, sample_loop_end(loop, i));

		if (half->street >= 0)
			length += half->front ? 2e6 : 1e6;
		if (length > best) {
			best = length;
			front = i;
		}
	}
	*ret_street = town->mesh.halves[loop->corners[front].half].street;
	return front;
}

static struct sample_spot to_lot(const struct sample_lot *lot, struct sample_spot at)
{
	struct sample_spot from = spot_minus(at, lot->origin);

	return (struct sample_spot){spot_dot(from, lot->way), spot_cross(lot->way, from)};
}

/* Keeps of the part what lies left of the line a..b, at least wall_m from it. */
static void clip(struct sample_lot *lot, struct sample_spot a, struct sample_spot b)
{
	struct sample_spot way = spot_direction(a, b), kept[SAMPLE_LOT_CORNERS_MAX * 2];
	size_t count = 0;

	for (size_t i = 0; i < lot->count && count + 2 < SAMPLE_LOT_CORNERS_MAX * 2; i++) {
		struct sample_spot here = lot->part[i], next = lot->part[(i + 1) % lot->count];
		double in = spot_cross(way, spot_minus(here, a)) - wall_m;
		double in_next = spot_cross(way, spot_minus(next, a)) - wall_m;

		if (in >= 0)
			kept[count++] = here;
		if ((in >= 0) != (in_next >= 0))
			kept[count++] = spot_between(here, next, in / (in - in_next));
	}
	memcpy(lot->part, kept, count * sizeof kept[0]);
	lot->count = count;
}

bool sample_lot_read(const struct sample_town *town, struct sample_lot *lot)
{
	const struct sample_loop *loop = &town->loop;
	double far = 4 * sqrt(loop->area_m2) + 2000;
	size_t front;

	if (loop->count > SAMPLE_LOT_CORNERS_MAX)
		return false;
	front = front_edge(town, &lot->street);
	lot->origin = loop->corners[front].at;
	lot->way = sample_loop_way(loop, front);
	lot->area_m2 = loop->area_m2;
	lot->part[0] = (struct sample_spot){-far, -far};
	lot->part[1] = (struct sample_spot){far, -far};
	lot->part[2] = (struct sample_spot){far, far};
	lot->part[3] = (struct sample_spot){-far, far};
	lot->count = 4;
	for (size_t i = 0; i < loop->count && lot->count > 2; i++)
		clip(lot, to_lot(lot, loop->corners[i].at), to_lot(lot, sample_loop_end(loop, i)));
	if (lot->count < 3)
		return false;
	lot->low_v = INFINITY;
	lot->high_v = -INFINITY;
	for (size_t i = 0; i < lot->count; i++) {
		lot->low_v = fmin(lot->low_v, lot->part[i].n);
		lot->high_v = fmax(lot->high_v, lot->part[i].n);
	}
	return lot->high_v - lot->low_v > 3;
}

/* The stretch of the buildable part at a depth. */
static bool stretch_at(const struct sample_lot *lot, double v, double *ret_left, double *ret_right)
{
	double left = INFINITY, right = -INFINITY;

	for (size_t i = 0; i < lot->count; i++) {
		struct sample_spot a = lot->part[i], b = lot->part[(i + 1) % lot->count];
		double u;

		if ((a.n > v) == (b.n > v))
			continue;
		u = a.e + (b.e - a.e) * (v - a.n) / (b.n - a.n);
		left = fmin(left, u);
		right = fmax(right, u);
	}
	*ret_left = left;
	*ret_right = right;
	return right - left > 1.5;
}

bool sample_lot_pad(const struct sample_lot *lot, double v0, double v1, struct sample_pad *ret_pad)
{
	struct sample_pad pad = {.v0 = v0, .v1 = v1};

	if (v1 - v0 < 2.5 || !stretch_at(lot, v0, &pad.left0, &pad.right0) ||
		!stretch_at(lot, v1, &pad.left1, &pad.right1))
		return false;
	*ret_pad = pad;
	return true;
}

void sample_pad_narrow(struct sample_pad *pad, double width_m, double aside)
{
	double left = fmax(pad->left0, pad->left1), right = fmin(pad->right0, pad->right1);

	if (right - left < 3)
		return;
	width_m = fmin(width_m, right - left);
	left += (right - left - width_m) * aside;
	pad->left0 = pad->left1 = left;
	pad->right0 = pad->right1 = left + width_m;
}

static double part_of(double from, double to, double part)
{
	return from + (to - from) * part;
}

struct sample_pad sample_pad_part(const struct sample_pad *pad, double x0, double x1, double y)
{
	double left_back = part_of(pad->left0, pad->left1, y);
	double right_back = part_of(pad->right0, pad->right1, y);

	return (struct sample_pad){.v0 = pad->v0,
		.v1 = part_of(pad->v0, pad->v1, y),
		.left0 = part_of(pad->left0, pad->right0, x0),
		.right0 = part_of(pad->left0, pad->right0, x1),
		.left1 = part_of(left_back, right_back, x0),
		.right1 = part_of(left_back, right_back, x1)};
}

struct sample_spot sample_pad_spot(
	const struct sample_lot *lot, const struct sample_pad *pad, double x, double y)
{
	double u = part_of(
		part_of(pad->left0, pad->left1, y), part_of(pad->right0, pad->right1, y), x);
	struct sample_spot at = spot_along(lot->origin, lot->way, u);

	return spot_snap(spot_along(at, spot_left(lot->way), part_of(pad->v0, pad->v1, y)));
}
