#include "gis/sample_mesh.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	/* A million parcels have about 9 million halves; indices are 32 bits. */
	COUNT_MAX = 1 << 27,
};

/* The array with room for `more` elements; the mesh has failed when there is none. */
static void *reserve(
	struct sample_mesh *mesh, void *array, size_t *room, size_t count, size_t more, size_t size)
{
	size_t wish = *room + *room / 2 + 64;
	void *larger;

	if (mesh->failed || count + more <= *room)
		return array;
	if (wish < count + more)
		wish = count + more;
	larger = wish > COUNT_MAX ? NULL : realloc(array, wish * size);
	if (!larger) {
		mesh->failed = true;
		return array;
	}
	*room = wish;
	return larger;
}

static bool reserve_for(struct sample_mesh *mesh, size_t nodes, size_t halves, size_t faces)
{
	mesh->nodes = reserve(
		mesh, mesh->nodes, &mesh->node_room, mesh->node_count, nodes, sizeof *mesh->nodes);
	mesh->halves = reserve(mesh, mesh->halves, &mesh->half_room, mesh->half_count, halves,
		sizeof *mesh->halves);
	mesh->faces = reserve(
		mesh, mesh->faces, &mesh->face_room, mesh->face_count, faces, sizeof *mesh->faces);
	return !mesh->failed;
}

static int32_t add_node(struct sample_mesh *mesh, struct sample_spot at)
{
	mesh->nodes[mesh->node_count] = spot_snap(at);
	return (int32_t)mesh->node_count++;
}

static int32_t add_half(struct sample_mesh *mesh, struct sample_half half)
{
	mesh->halves[mesh->half_count] = half;
	return (int32_t)mesh->half_count++;
}

void sample_mesh_init(struct sample_mesh *mesh, const struct sample_spot *ring, size_t count)
{
	int32_t n = (int32_t)count;

	*mesh = (struct sample_mesh){0};
	if (!reserve_for(mesh, count, 2 * count, 2))
		return;
	for (int32_t i = 0; i < n; i++) {
		int32_t next = (i + 1) % n, before = (i + n - 1) % n;

		add_node(mesh, ring[i]);
		add_half(mesh, (struct sample_half){.next = 2 * next,
				       .twin = 2 * i + 1,
				       .node = i,
				       .face = 1,
				       .street = SAMPLE_NO_STREET});
		add_half(mesh, (struct sample_half){.next = 2 * before + 1,
				       .twin = 2 * i,
				       .node = next,
				       .face = 0,
				       .street = SAMPLE_NO_STREET});
	}
	mesh->faces[0] =
		(struct sample_face){.half = 1, .site = SAMPLE_NO_SITE, .kind = SAMPLE_OUTSIDE};
	mesh->faces[1] =
		(struct sample_face){.half = 0, .site = SAMPLE_NO_SITE, .kind = SAMPLE_LAND};
	mesh->face_count = 2;
}

void sample_mesh_clear(struct sample_mesh *mesh)
{
	free(mesh->nodes);
	free(mesh->halves);
	free(mesh->faces);
	*mesh = (struct sample_mesh){0};
}

int32_t sample_mesh_corner(struct sample_mesh *mesh, int32_t half, struct sample_spot at)
{
	int32_t next = mesh->halves[half].next, twin = mesh->halves[half].twin;
	int32_t ahead, back, node;

	if (spot_distance(at, sample_mesh_spot(mesh, half)) < SAMPLE_CORNER_REACH_M)
		return half;
	if (spot_distance(at, sample_mesh_spot(mesh, next)) < SAMPLE_CORNER_REACH_M)
		return next;
	if (!reserve_for(mesh, 1, 2, 0))
		return half;
	node = add_node(mesh, at);
	ahead = add_half(mesh, mesh->halves[half]);
	back = add_half(mesh, mesh->halves[twin]);
	mesh->halves[half].next = ahead;
	mesh->halves[half].twin = back;
	mesh->halves[ahead].node = node;
	mesh->halves[ahead].twin = twin;
	mesh->halves[twin].next = back;
	mesh->halves[twin].twin = ahead;
	mesh->halves[back].node = node;
	mesh->halves[back].twin = half;
	return ahead;
}

/* The half of the ring before `half`, looking from `start` on. */
static int32_t half_before(const struct sample_mesh *mesh, int32_t start, int32_t half)
{
	while (mesh->halves[start].next != half)
		start = mesh->halves[start].next;
	return start;
}

int32_t sample_mesh_divide(struct sample_mesh *mesh, const struct sample_path *path)
{
	int32_t face = mesh->halves[path->from].face, made = (int32_t)mesh->face_count;
	int32_t steps = (int32_t)path->count + 1, before_from, before_to, first, node;

	if (!reserve_for(mesh, path->count, 2 * (size_t)steps, 1))
		return SAMPLE_NO_FACE;
	before_from = half_before(mesh, path->to, path->from);
	before_to = half_before(mesh, path->from, path->to);
	first = (int32_t)mesh->half_count;
	node = mesh->halves[path->from].node;
	/* Halves first, first + 2, ... run along the path, each followed by its twin. */
	for (int32_t i = 0; i < steps; i++) {
		int32_t ahead =
			i + 1 < steps ? add_node(mesh, path->at[i]) : mesh->halves[path->to].node;
		int32_t there = first + 2 * i;

		add_half(mesh, (struct sample_half){.next = i + 1 < steps ? there + 2 : path->to,
				       .twin = there + 1,
				       .node = node,
				       .face = made,
				       .street = path->left_street});
		add_half(mesh, (struct sample_half){.next = i ? there - 1 : path->from,
				       .twin = there,
				       .node = ahead,
				       .face = face,
				       .street = path->right_street});
		node = ahead;
	}
	mesh->halves[before_from].next = first;
	mesh->halves[before_to].next = first + 2 * steps - 1;
	mesh->faces[made] = mesh->faces[face];
	mesh->face_count++;
	mesh->faces[made].half = path->to;
	mesh->faces[face].half = path->from;
	for (int32_t half = path->to; half != first; half = mesh->halves[half].next)
		mesh->halves[half].face = made;
	return made;
}
