#include "tiles/shared_sides.h"

#include <string.h>

#include "base/banned.h"

static inline uint64_t place(const int32_t *xy)
{
	uint64_t bytes;

	memcpy(&bytes, xy, sizeof bytes);
	return bytes;
}

/* The same slot from both ends. */
static inline struct ring_side *slot_of(struct shared_sides *shared, uint64_t from, uint64_t to)
{
	return &shared->slots[(from + to) * 0x9E3779B97F4A7C15 >> (64 - SHARED_SIDES_BITS)];
}

static void hand_on(struct shared_sides *shared, struct side_sink sink)
{
	if (shared->out_count)
		sink.take(sink.context, shared->out, shared->out_count);
	shared->out_count = 0;
}

void shared_sides_add_ring(struct shared_sides *shared, const int32_t *xy, size_t count,
	struct side_sink sink)
{
	uint64_t from = place(xy + 2 * (count - 1));

	/* Nobody could foretell which of the sides are shared: without branches. */
	for (size_t i = 0; i < count; i++) {
		uint64_t to = place(xy + 2 * i);
		struct ring_side *slot = slot_of(shared, from, to), kept = *slot;
		bool goes_back = (kept.from == to) & (kept.to == from);

		shared->out[shared->out_count] = kept;
		shared->out_count += !goes_back & (kept.from != kept.to);
		slot->from = goes_back ? 0 : from;
		slot->to = goes_back ? 0 : to;
		from = to;
		if (shared->out_count == SHARED_SIDES_OUT)
			hand_on(shared, sink);
	}
}

void shared_sides_end(struct shared_sides *shared, struct side_sink sink)
{
	for (size_t i = 0; i < SHARED_SIDES_SLOTS; i++) {
		const struct ring_side kept = shared->slots[i];

		shared->out[shared->out_count] = kept;
		shared->out_count += kept.from != kept.to;
		if (shared->out_count == SHARED_SIDES_OUT)
			hand_on(shared, sink);
	}
	hand_on(shared, sink);
	shared_sides_forget(shared);
}

bool shared_sides_is_new(struct shared_sides *shared, const int32_t *from, const int32_t *to)
{
	struct ring_side side = {place(from), place(to)}, *slot = slot_of(shared, side.from, side.to);
	struct ring_side kept = *slot;

	*slot = side;
	return !((kept.from == side.to) & (kept.to == side.from)) &
	       !((kept.from == side.from) & (kept.to == side.to));
}

void shared_sides_forget(struct shared_sides *shared)
{
	memset(shared->slots, 0, sizeof shared->slots);
	shared->out_count = 0;
}
