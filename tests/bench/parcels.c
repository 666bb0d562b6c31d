#include "tests/bench/parcels.h"

#include <math.h>

/* The same number for the same place, so that neighbours agree on their corners. */
static double jitter(int column, int row, int which)
{
	uint64_t hash =
		(uint64_t)column * 73856093 ^ (uint64_t)row * 19349663 ^ (uint64_t)which * 83492791;

	hash *= 0x9E3779B97F4A7C15;
	hash ^= hash >> 29;
	hash *= 0xBF58476D1CE4E5B9;
	return (double)(hash >> 40) / (double)(1 << 24) - 0.5;
}

struct lattice {
	double cell, slant;
	int columns;
};

/* A corner of the lattice, or a point on the edge from there: across (1) or down (2). */
static struct point corner(const struct lattice *lattice, int column, int row, int edge, int k)
{
	int next_column = column + (edge == 1), next_row = row + (edge == 2);
	double share = k / 3.0, bend = edge ? 0.08 : 0;
	double x = (1 - share) * (column + 0.3 * jitter(column, row, 1)) +
		   share * (next_column + 0.3 * jitter(next_column, next_row, 1)) +
		   bend * jitter(column, row, 10 * edge + k);
	double y = (1 - share) * (row + 0.3 * jitter(column, row, 2)) +
		   share * (next_row + 0.3 * jitter(next_column, next_row, 2)) +
		   bend * jitter(column, row, 20 * edge + k);

	return (struct point){(x + y * lattice->slant - 1) * lattice->cell,
		(y - x * lattice->slant + 1) * lattice->cell};
}

/* The points between the ends of an edge: none on half of them, one, or two. */
static int bends(int column, int row, int edge)
{
	double chance = jitter(column, row, 50 + edge);

	return (chance > 0) + (chance > 0.3);
}

static void add(struct path *path, struct point at)
{
	path_line(path, at.x, at.y);
}

static void add_edge(
	struct path *path, const struct lattice *lattice, int column, int row, int edge, bool back)
{
	int count = bends(column, row, edge);

	for (int i = 1; i <= count; i++)
		add(path, corner(lattice, column, row, edge, back ? count + 1 - i : i));
}

void parcels_each(size_t count, int side,
	void (*draw)(void *context, const struct path *parcel, int use), void *context)
{
	int columns = (int)ceil(sqrt((double)count));
	struct lattice lattice = {(double)side / columns, 0.08, columns};
	struct path path = {0};

	for (size_t i = 0; i < count; i++) {
		int column = (int)i % columns, row = (int)i / columns;

		path_reset(&path);
		add(&path, corner(&lattice, column, row, 0, 0));
		add_edge(&path, &lattice, column, row, 1, false);
		add(&path, corner(&lattice, column + 1, row, 0, 0));
		add_edge(&path, &lattice, column + 1, row, 2, false);
		add(&path, corner(&lattice, column + 1, row + 1, 0, 0));
		add_edge(&path, &lattice, column, row + 1, 1, true);
		add(&path, corner(&lattice, column, row + 1, 0, 0));
		add_edge(&path, &lattice, column, row, 2, true);
		path_close(&path, PATH_OUTER);
		draw(context, &path, (int)((jitter(column / 4, row / 4, 77) + 0.5) * 4.999));
	}
	path_clear(&path);
}
