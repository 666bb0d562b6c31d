#include "gis/sample_rows.h"

#include "base/banned.h"

enum {
	FRONT_EDGES_MAX = 256, /* of one row; a longer front is sliced as far as it goes */
	AREA_STEPS = 11,       /* halvings that find the place of a cut: 1/2000 of the front */
};

static const double frontage_least_m = 3.3; /* narrower plots are cut across instead */
static const double parcel_least_m2 = 14;

enum sample_side sample_rows_side(
	const struct sample_loop *loop, const struct sample_frame *frame, size_t i)
{
	struct sample_spot way = sample_loop_way(loop, i);
	double along = spot_dot(way, frame->way), across = spot_cross(frame->way, way);

	/* The ring runs counter-clockwise: along u on the low side of v, and so on around. */
	if (fabs(along) >= fabs(across))
		return along > 0 ? SAMPLE_LOW_V : SAMPLE_HIGH_V;
	return across > 0 ? SAMPLE_HIGH_U : SAMPLE_LOW_U;
}

/* A cut corner is no front: plots would fan out from it. */
static bool is_chamfer(const struct sample_loop *loop, const struct sample_frame *frame, size_t i)
{
	struct sample_spot way = sample_loop_way(loop, i);

	return spot_distance(loop->corners[i].at, sample_loop_end(loop, i)) < 20 &&
	       fmax(fabs(spot_dot(way, frame->way)), fabs(spot_cross(way, frame->way))) < 0.86;
}

void sample_rows_face(
	struct sample_town *town, const struct sample_frame *frame, enum sample_side side)
{
	const struct sample_loop *loop = &town->loop;
	bool streets = false;

	for (size_t i = 0; i < loop->count; i++)
		streets |= sample_rows_side(loop, frame, i) == side &&
			   town->mesh.halves[loop->corners[i].half].street >= 0;
	for (size_t i = 0; i < loop->count; i++) {
		struct sample_half *half = &town->mesh.halves[loop->corners[i].half];

		half->front = sample_rows_side(loop, frame, i) == side &&
			      (half->street >= 0 || !streets) && !is_chamfer(loop, frame, i);
	}
}

/* The front edges of the loop in ring order, from where the front begins. */
struct front {
	size_t edges[FRONT_EDGES_MAX];
	double lengths_m[FRONT_EDGES_MAX];
	size_t count;
	double length_m;
};

static void read_front(const struct sample_town *town, struct front *front)
{
	const struct sample_loop *loop = &town->loop;
	size_t start = 0;

	front->count = 0;
	front->length_m = 0;
	for (size_t i = 0; i < loop->count; i++) {
		size_t before = i ? i - 1 : loop->count - 1;

		if (town->mesh.halves[loop->corners[i].half].front &&
			!town->mesh.halves[loop->corners[before].half].front) {
			start = i;
			break;
		}
	}
	for (size_t k = 0; k < loop->count && front->count < FRONT_EDGES_MAX; k++) {
		size_t i = (start + k) % loop->count;
		double length = spot_distance(loop->corners[i].at, sample_loop_end(loop, i));

		if (!town->mesh.halves[loop->corners[i].half].front)
			continue;
		front->edges[front->count] = i;
		front->lengths_m[front->count++] = length;
		front->length_m += length;
	}
}

/* The cut that begins `at_m` along the front and goes straight in. */
static bool cut_at(const struct sample_loop *loop, const struct front *front, double at_m,
	struct sample_chord *ret_chord)
{
	struct sample_spot way;
	size_t k = 0;

	while (k + 1 < front->count && at_m > front->lengths_m[k])
		at_m -= front->lengths_m[k++];
	way = sample_loop_way(loop, front->edges[k]);
	ret_chord->from = (struct sample_hit){.edge = front->edges[k],
		.at = spot_along(loop->corners[front->edges[k]].at, way, at_m)};
	return sample_loop_ray(loop, (ptrdiff_t)front->edges[k], ret_chord->from.at, spot_left(way),
		&ret_chord->to);
}

/* Finds the cut that leaves `before_m2` on the side where the front begins. */
static bool find_cut(const struct sample_loop *loop, const struct front *front, double before_m2,
	struct sample_chord *ret_chord)
{
	double low = 0, high = front->length_m;
	struct sample_chord chord;
	bool found = false;

	for (int i = 0; i < AREA_STEPS; i++) {
		double at_m = (low + high) / 2, before;

		if (!cut_at(loop, front, at_m, &chord) &&
			!cut_at(loop, front, at_m + (high - low) * 0.11, &chord))
			break;
		found = true;
		*ret_chord = chord;
		before = loop->area_m2 - sample_loop_right_m2(loop, &chord.from, &chord.to);
		if (before < before_m2)
			low = at_m;
		else
			high = at_m;
	}
	return found && ret_chord->to.slant > 0.3;
}

int32_t sample_rows_halve(struct sample_town *town, const struct sample_frame *frame, double part,
	bool bent, struct dice *dice)
{
	const struct sample_loop *loop = &town->loop;
	double low = frame->low_u, high = frame->high_u, mid_v = (frame->low_v + frame->high_v) / 2;
	struct sample_chord chord = {.length_m = 0};
	struct sample_spot way =
		spot_turned(spot_left(frame->way), bent ? dice_between(dice, -0.16, 0.16) : 0);
	struct sample_spot bend;
	double right_m2;

	for (int i = 0; i < AREA_STEPS; i++) {
		double u = (low + high) / 2;

		if (!sample_loop_chord(loop, sample_frame_spot(frame, u, mid_v), way, &chord))
			return SAMPLE_NO_FACE;
		if (sample_loop_right_m2(loop, &chord.from, &chord.to) > (1 - part) * loop->area_m2)
			low = u;
		else
			high = u;
	}
	right_m2 = sample_loop_right_m2(loop, &chord.from, &chord.to);
	if (right_m2 < parcel_least_m2 || loop->area_m2 - right_m2 < parcel_least_m2 ||
		fmin(chord.from.slant, chord.to.slant) < 0.2)
		return SAMPLE_NO_FACE;
	sample_line_reset(&town->middle);
	if (bent && chord.length_m > 20) {
		bend = spot_between(chord.from.at, chord.to.at, dice_between(dice, 0.3, 0.7));
		bend = spot_along(
			bend, frame->way, chord.length_m * dice_between(dice, -0.06, 0.06));
		if (sample_loop_clear_path(
			    loop, (struct sample_spot[]){chord.from.at, bend, chord.to.at}, 3, 2))
			sample_line_add(&town->middle, bend);
	}
	return sample_loop_cut(&town->loop, &town->mesh, &chord.from, &chord.to, &town->middle,
		SAMPLE_NO_STREET, SAMPLE_NO_STREET);
}

/* Divides off `some` of the `count` plots; returns their face. */
static int32_t divide_row(
	struct sample_town *town, uint32_t some, uint32_t count, struct dice *dice)
{
	struct front front;
	struct sample_chord chord;
	struct sample_frame frame;
	double part = ((double)some + dice_between(dice, -0.26, 0.26)) / (double)count;

	read_front(town, &front);
	if (front.count && front.length_m / (double)count > frontage_least_m &&
		find_cut(&town->loop, &front, part * town->loop.area_m2, &chord)) {
		double right_m2 = sample_loop_right_m2(&town->loop, &chord.from, &chord.to);

		if (right_m2 > parcel_least_m2 && town->loop.area_m2 - right_m2 > parcel_least_m2)
			return sample_loop_cut(&town->loop, &town->mesh, &chord.from, &chord.to,
				NULL, SAMPLE_NO_STREET, SAMPLE_NO_STREET);
	}
	frame = sample_loop_frame(&town->loop);
	return sample_rows_halve(town, &frame, part, false, dice);
}

/* The recursion is as deep as halving the count down to one. */
void sample_rows_slice(struct sample_town *town, int32_t face, uint32_t count,
	void (*make)(struct sample_town *town, int32_t face))
{
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_PARCELS, (uint64_t)face);
	uint32_t some = count / 2;
	int32_t made = SAMPLE_NO_FACE;

	if (count > 1) {
		if (!sample_loop_read(&town->loop, &town->mesh, face))
			return;
		made = divide_row(town, some, count, &dice);
	}
	if (made == SAMPLE_NO_FACE) {
		make(town, face);
		return;
	}
	sample_rows_slice(town, made, some, make);
	sample_rows_slice(town, face, count - some, make);
}
