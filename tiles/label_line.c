#include "tiles/label_line.h"

#include <math.h>

#include "base/array.h"
#include "base/banned.h"

enum { NONE = UINT32_MAX };

static const double letter_width = 0.5; /* of its size: Noto Sans, small letters and some capitals */

/* A line, of the pieces or of those joined. Ends are numbered: 2 n where it starts, 2 n + 1. */
struct label_line_piece {
	const int32_t *xy; /* borrowed */
	size_t count;
	bool is_turned; /* it is read from its last point to its first */
	double length;
};

struct label_line_end {
	const int32_t *place, *next; /* the point of the end, and the next one that is another */
	uint32_t number;
};

/* By number of an end. */
struct label_line_link {
	uint32_t mate; /* the end that it is joined to */
	uint32_t far;  /* of an end of a chain: the other one */
	bool is_written;
};

struct label_line_pair {
	double straightness; /* 1 straight on, 0 a right angle */
	uint32_t one, other; /* numbers of ends */
};

void label_line_joiner_clear(struct label_line_joiner *joiner)
{
	free(joiner->pieces);
	free(joiner->ends);
	free(joiner->links);
	free(joiner->pairs);
	free(joiner->points);
	clip_path_clear(&joiner->joined);
	*joiner = (struct label_line_joiner){0};
}

double label_line_least(size_t letters, double size_px, double units_a_px)
{
	return (double)letters * size_px * letter_width * units_a_px;
}

static int compare_points(const int32_t *a, const int32_t *b)
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return (a[1] > b[1]) - (a[1] < b[1]);
}

static const int32_t *point_of(const struct label_line_piece *piece, size_t i)
{
	return piece->xy + 2 * (piece->is_turned ? piece->count - 1 - i : i);
}

static int compare_pieces(const void *a, const void *b)
{
	const struct label_line_piece *one = a, *other = b;

	for (size_t i = 0; i < one->count && i < other->count; i++) {
		int order = compare_points(point_of(one, i), point_of(other, i));

		if (order)
			return order;
	}
	return (one->count > other->count) - (one->count < other->count);
}

/* The longest first. */
static int compare_lengths(const void *a, const void *b)
{
	const struct label_line_piece *one = a, *other = b;

	if (one->length != other->length)
		return one->length > other->length ? -1 : 1;
	return compare_pieces(a, b);
}

/* The same line, whichever way it was drawn. */
static struct label_line_piece piece_of(const int32_t *xy, size_t count)
{
	struct label_line_piece piece = {xy, count, false, 0};

	for (size_t i = 0; i + 1 < count; i++)
		piece.length += hypot((double)xy[2 * i + 2] - xy[2 * i],
			(double)xy[2 * i + 3] - xy[2 * i + 1]);
	for (size_t i = 0; i < count / 2; i++) {
		int order = compare_points(xy + 2 * i, xy + 2 * (count - 1 - i));

		if (!order)
			continue;
		piece.is_turned = order > 0;
		break;
	}
	return piece;
}

/* Reads the lines of a path, in an order of their own; each once, and those that have a length. */
static bool read_pieces(struct label_line_joiner *joiner, const struct clip_path *path,
	int (*compare)(const void *, const void *), size_t *ret_count)
{
	void *pieces = joiner->pieces;
	size_t count = 0, kept = 0;

	if (path->failed ||
		!array_reserve(&pieces, &joiner->piece_room, path->ring_count + 1, sizeof *joiner->pieces))
		return false;
	joiner->pieces = pieces;
	for (size_t i = 0; i < path->ring_count; i++) {
		size_t start = clip_path_start(path, i);

		joiner->pieces[count] = piece_of(path->xy + 2 * start, path->ends[i] - start);
		count += joiner->pieces[count].length > 0;
	}
	qsort(joiner->pieces, count, sizeof *joiner->pieces, compare);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_pieces(&joiner->pieces[kept - 1], &joiner->pieces[i]) != 0)
			joiner->pieces[kept++] = joiner->pieces[i];
	*ret_count = kept;
	return true;
}

/* --- which ends are joined ---------------------------------------------------------------------- */

static int compare_ends(const void *a, const void *b)
{
	const struct label_line_end *one = a, *other = b;
	int order = compare_points(one->place, other->place);

	return order ? order : (one->number > other->number) - (one->number < other->number);
}

static struct label_line_end end_of(const struct label_line_piece *piece, uint32_t number)
{
	struct label_line_end end = {.number = number};
	bool at_start = number % 2 == 0;
	size_t i = 1;

	end.place = point_of(piece, at_start ? 0 : piece->count - 1);
	do /* There is another one: the piece has a length. */
		end.next = point_of(piece, at_start ? i : piece->count - 1 - i);
	while (!compare_points(end.place, end.next) && ++i < piece->count);
	return end;
}

static bool read_ends(struct label_line_joiner *joiner, size_t count)
{
	void *ends = joiner->ends, *links = joiner->links;

	if (!array_reserve(&ends, &joiner->end_room, 2 * count + 1, sizeof *joiner->ends))
		return false;
	joiner->ends = ends;
	if (!array_reserve(&links, &joiner->link_room, 2 * count + 1, sizeof *joiner->links))
		return false;
	joiner->links = links;
	for (uint32_t number = 0; number < 2 * count; number++)
		joiner->ends[number] = end_of(&joiner->pieces[number / 2], number);
	qsort(joiner->ends, 2 * count, sizeof *joiner->ends, compare_ends);
	for (uint32_t number = 0; number < 2 * count; number++)
		joiner->links[number] = (struct label_line_link){NONE, number ^ 1, false};
	return true;
}

/* How straight a line goes on from one end into the other, at their place. */
static double straightness_of(const struct label_line_end *one, const struct label_line_end *other)
{
	double ax = (double)one->place[0] - one->next[0], ay = (double)one->place[1] - one->next[1];
	double bx = (double)other->next[0] - other->place[0];
	double by = (double)other->next[1] - other->place[1];

	return (ax * bx + ay * by) / (sqrt(ax * ax + ay * ay) * sqrt(bx * bx + by * by));
}

static int compare_pairs(const void *a, const void *b)
{
	const struct label_line_pair *one = a, *other = b;

	if (one->straightness != other->straightness)
		return one->straightness > other->straightness ? -1 : 1;
	if (one->one != other->one)
		return one->one < other->one ? -1 : 1;
	return (one->other > other->other) - (one->other < other->other);
}

/* Adds the pairs of the ends at one place that may be joined. */
static bool add_pairs(struct label_line_joiner *joiner, size_t first, size_t count)
{
	void *pairs = joiner->pairs;

	count = count < LABEL_LINE_ENDS_MAX ? count : LABEL_LINE_ENDS_MAX;
	if (!array_reserve(&pairs, &joiner->pair_room, joiner->pair_count + count * count / 2 + 1,
		    sizeof *joiner->pairs))
		return false;
	joiner->pairs = pairs;
	for (size_t i = first; i < first + count; i++)
		for (size_t j = i + 1; j < first + count; j++) {
			const struct label_line_end *one = &joiner->ends[i];
			const struct label_line_end *other = &joiner->ends[j];
			double straightness = straightness_of(one, other);

			if (straightness > 0)
				joiner->pairs[joiner->pair_count++] = (struct label_line_pair){
					straightness, one->number, other->number};
		}
	return true;
}

static bool find_pairs(struct label_line_joiner *joiner, size_t end_count)
{
	size_t next;

	joiner->pair_count = 0;
	for (size_t first = 0; first < end_count; first = next) {
		for (next = first + 1; next < end_count; next++)
			if (compare_points(joiner->ends[first].place, joiner->ends[next].place))
				break;
		if (next - first > 1 && !add_pairs(joiner, first, next - first))
			return false;
	}
	if (joiner->pair_count)
		qsort(joiner->pairs, joiner->pair_count, sizeof *joiner->pairs, compare_pairs);
	return true;
}

/* Joins the straightest pairs first; a line is not closed to a ring, which has no ends. */
static void join_pairs(struct label_line_joiner *joiner)
{
	struct label_line_link *links = joiner->links;

	for (size_t i = 0; i < joiner->pair_count; i++) {
		uint32_t one = joiner->pairs[i].one, other = joiner->pairs[i].other;
		uint32_t one_far = links[one].far, other_far = links[other].far;

		if (links[one].mate != NONE || links[other].mate != NONE || one_far == other)
			continue;
		links[one].mate = other;
		links[other].mate = one;
		links[one_far].far = other_far;
		links[other_far].far = one_far;
	}
}

/* --- the lines ---------------------------------------------------------------------------------- */

/* Appends the points of a piece from one of its ends on, without one that stands there already. */
static bool add_points(struct label_line_joiner *joiner, uint32_t end)
{
	const struct label_line_piece *piece = &joiner->pieces[end / 2];
	void *points = joiner->points;

	if (!array_reserve(&points, &joiner->point_room, joiner->point_count + piece->count,
		    2 * sizeof *joiner->points))
		return false;
	joiner->points = points;
	for (size_t i = 0; i < piece->count; i++) {
		const int32_t *point = point_of(piece, end % 2 ? piece->count - 1 - i : i);
		int32_t *to = joiner->points + 2 * joiner->point_count;

		if (joiner->point_count && !compare_points(to - 2, point))
			continue;
		to[0] = point[0];
		to[1] = point[1];
		joiner->point_count++;
	}
	return true;
}

/* Writes the pieces from one end of a chain to the other. */
static bool write_chain(struct label_line_joiner *joiner, uint32_t end)
{
	struct label_line_link *links = joiner->links;

	joiner->point_count = 0;
	for (;;) {
		if (!add_points(joiner, end))
			return false;
		links[end].is_written = links[end ^ 1].is_written = true;
		if (links[end ^ 1].mate == NONE)
			break;
		end = links[end ^ 1].mate;
	}
	clip_path_add(&joiner->joined, joiner->points, joiner->point_count);
	return true;
}

static bool write_chains(struct label_line_joiner *joiner, size_t end_count)
{
	clip_path_reset(&joiner->joined);
	for (uint32_t end = 0; end < end_count; end++)
		if (joiner->links[end].mate == NONE && !joiner->links[end].is_written &&
			!write_chain(joiner, end))
			return false;
	return true;
}

/* Appends the joined lines, each from its western end. */
static bool put_lines(struct label_line_joiner *joiner, double least, struct clip_path *out)
{
	size_t count;

	if (!read_pieces(joiner, &joiner->joined, compare_lengths, &count))
		return false;
	for (size_t i = 0; i < count && joiner->pieces[i].length >= least; i++) {
		joiner->point_count = 0;
		if (!add_points(joiner, (uint32_t)(2 * i)))
			return false;
		clip_path_add(out, joiner->points, joiner->point_count);
	}
	return !out->failed;
}

bool label_line_join(struct label_line_joiner *joiner, const struct clip_path *pieces, double least,
	struct clip_path *out)
{
	size_t count;

	if (!read_pieces(joiner, pieces, compare_pieces, &count) || !read_ends(joiner, count) ||
		!find_pairs(joiner, 2 * count))
		return false;
	join_pairs(joiner);
	return write_chains(joiner, 2 * count) && put_lines(joiner, least, out);
}
