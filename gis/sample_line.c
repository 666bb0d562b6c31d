#include "gis/sample_line.h"

#include <stdlib.h>

#include "base/banned.h"

void sample_line_clear(struct sample_line *line)
{
	free(line->at);
	*line = SAMPLE_LINE;
}

void sample_line_reset(struct sample_line *line)
{
	line->count = 0;
}

void sample_line_insert(struct sample_line *line, size_t before, struct sample_spot at)
{
	if (line->failed)
		return;
	if (line->count == line->room) {
		size_t room = line->room ? line->room * 2 : 8;
		struct sample_spot *larger = realloc(line->at, room * sizeof *larger);

		if (!larger) {
			line->failed = true;
			return;
		}
		line->at = larger;
		line->room = room;
	}
	memmove(line->at + before + 1, line->at + before,
		(line->count - before) * sizeof *line->at);
	line->at[before] = at;
	line->count++;
}

void sample_line_add(struct sample_line *line, struct sample_spot at)
{
	sample_line_insert(line, line->count, at);
}

void sample_line_reverse(struct sample_line *line)
{
	for (size_t i = 0; i < line->count / 2; i++) {
		struct sample_spot swap = line->at[i];

		line->at[i] = line->at[line->count - 1 - i];
		line->at[line->count - 1 - i] = swap;
	}
}

double sample_line_length(const struct sample_line *line)
{
	double length = 0;

	for (size_t i = 1; i < line->count; i++)
		length += spot_distance(line->at[i - 1], line->at[i]);
	return length;
}

/* Catmull-Rom between b and c, with a before and d behind. */
static struct sample_spot curve_at(struct sample_spot a, struct sample_spot b, struct sample_spot c,
	struct sample_spot d, double t)
{
	double t2 = t * t, t3 = t2 * t;
	double wa = -0.5 * t + t2 - 0.5 * t3, wb = 1 - 2.5 * t2 + 1.5 * t3;
	double wc = 0.5 * t + 2 * t2 - 1.5 * t3, wd = -0.5 * t2 + 0.5 * t3;

	return (struct sample_spot){a.e * wa + b.e * wb + c.e * wc + d.e * wd,
		a.n * wa + b.n * wb + c.n * wc + d.n * wd};
}

void sample_line_curve(
	struct sample_line *line, const struct sample_spot *through, size_t count, double step_m)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct sample_spot b = through[i], c = through[i + 1];
		struct sample_spot a = i ? through[i - 1] : spot_minus(spot_times(b, 2), c);
		struct sample_spot d =
			i + 2 < count ? through[i + 2] : spot_minus(spot_times(c, 2), b);
		double steps = ceil(spot_distance(b, c) / step_m);

		for (double k = 0; k < steps; k++)
			sample_line_add(line, curve_at(a, b, c, d, k / steps));
	}
	if (count)
		sample_line_add(line, through[count - 1]);
}

void sample_line_bend(struct sample_line *line, struct sample_spot a, struct sample_spot a_way,
	struct sample_spot b, struct sample_spot b_way, double stiff, double step_m)
{
	double length = spot_distance(a, b), steps = fmax(1, ceil(length / step_m));
	struct sample_spot straight = spot_minus(b, a);
	struct sample_spot leave = spot_between(straight, spot_times(a_way, length), stiff);
	struct sample_spot arrive = spot_between(straight, spot_times(b_way, length), stiff);

	for (double k = 0; k <= steps; k++) {
		double t = k / steps, u = 1 - t;
		double wa = u * u * (1 + 2 * t), wb = t * t * (3 - 2 * t);
		double wl = t * u * u, wr = -t * t * u;

		sample_line_add(line,
			(struct sample_spot){a.e * wa + b.e * wb + leave.e * wl + arrive.e * wr,
				a.n * wa + b.n * wb + leave.n * wl + arrive.n * wr});
	}
}

void sample_line_beside(struct sample_line *line, const struct sample_line *middle, double aside_m)
{
	for (size_t i = 0; i < middle->count; i++) {
		struct sample_spot at = middle->at[i];
		struct sample_spot in = spot_direction(i ? middle->at[i - 1] : at,
			i ? at : middle->at[i + 1 < middle->count ? i + 1 : i]);
		struct sample_spot out =
			i + 1 < middle->count ? spot_direction(at, middle->at[i + 1]) : in;
		struct sample_spot sum = spot_left(spot_plus(in, out));
		/* The mitre, held back at sharp turns so that it does not shoot out. */
		double reach = 2 / fmax(0.5, spot_dot(sum, sum));

		sample_line_add(line, spot_along(at, sum, aside_m * reach));
	}
}

struct sample_foot sample_line_foot(const struct sample_line *line, struct sample_spot at)
{
	struct sample_foot best = {.distance_m = INFINITY};
	double behind = 0;

	for (size_t i = 0; i + 1 < line->count; i++) {
		double part;
		struct sample_spot foot = spot_foot(line->at[i], line->at[i + 1], at, &part);
		double distance = spot_distance(foot, at);
		double length = spot_distance(line->at[i], line->at[i + 1]);

		if (distance < best.distance_m)
			best = (struct sample_foot){
				foot, i, part, distance, behind + part * length};
		behind += length;
	}
	return best;
}

struct sample_spot sample_line_at(
	const struct sample_line *line, double chainage_m, struct sample_spot *ret_way)
{
	size_t i = 0;

	for (; i + 2 < line->count; i++) {
		double length = spot_distance(line->at[i], line->at[i + 1]);

		if (chainage_m <= length)
			break;
		chainage_m -= length;
	}
	*ret_way = spot_direction(line->at[i], line->at[i + 1]);
	chainage_m = fmax(0, fmin(chainage_m, spot_distance(line->at[i], line->at[i + 1])));
	return spot_along(line->at[i], *ret_way, chainage_m);
}
