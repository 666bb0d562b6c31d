/*
 * snapshot_form: how the bytes of a snapshot are laid out (docs/SNAPSHOT.md).
 *
 * A header, then sections at offsets that are multiples of 64. A block has two bodies: what holds
 * today, and all other versions; both share the values and the units. Numbers are little-endian, as
 * on the machines that Debian's amd64 and arm64 run on.
 */
#ifndef TILES_SNAPSHOT_FORM_H
#define TILES_SNAPSHOT_FORM_H

#include "tiles/snapshot.h"

/* Of a body. */
enum snapshot_section {
	SECTION_RECORDS,    /* struct snapshot_record */
	SECTION_SHAPES,	    /* words of outlines */
	SECTION_BOXES,	    /* struct tile_box: all levels of the tree */
	SECTION_SPANS,	    /* struct snapshot_span */
	SECTION_SUPERSEDED, /* of other versions: until when they stood in the register, µs */
	SECTION_UNITS,
	SECTION_COLUMNS,    /* one after the other */
	SECTIONS_A_BODY
};
enum { BODY_NOW, BODY_PAST, BODIES };
/* Shared, behind those of the bodies. */
enum {
	SECTION_VALUES = BODIES * SECTIONS_A_BODY,
	SECTION_SLOTS,
	SECTION_BYTES,
	SECTION_UNIT_IDS,
	SECTIONS
};

struct snapshot_body {
	uint64_t record_count, word_count, point_count, undrawn;
};

struct snapshot_header {
	char magic[16];
	uint32_t format;
	uint32_t crc;  /* of the header, with zero here */
	uint64_t len;  /* of it all */
	char layer[64];
	uint64_t look; /* of the columns and classes that the layer had then */
	uint64_t place; /* of the register's working system */
	char seal[72];	/* of the feed's link with that change; of snapshot_stamp */
	int64_t seq;	/* the last change of the feed that is in it */
	uint32_t column_count, label_bytes_max;
	uint64_t value_count, slot_count, byte_count, unit_count;
	struct snapshot_body bodies[BODIES];
	struct snapshot_extent {
		uint64_t at, len;
		uint32_t crc, zero; /* of the section and the zeros up to the next one */
	} sections[SECTIONS];
	int64_t origin_x, origin_y; /* world units */
	char zero[24];
};
_Static_assert(sizeof(struct snapshot_header) == 768, "the header is laid out as documented");

/* Fills in where the sections lie, and the length of it all, by the counts. */
void snapshot_form_lay_out(struct snapshot_header *header);

/* Whether the extents are what the counts ask for, within `len` bytes. */
bool snapshot_form_is_sound(const struct snapshot_header *header, uint64_t len);

/* Writes the sums of a block that is filled, and of its header; whether they are right. */
void snapshot_form_seal(void *block);
bool snapshot_form_is_whole(const void *block, uint64_t len);

/* The section of a block that begins with its header. */
static inline void *snapshot_form_section(void *block, unsigned section)
{
	const struct snapshot_header *header = block;

	return (char *)block + header->sections[section].at;
}

/* The snapshot of a body of the block, of which it borrows everything. */
void snapshot_form_bind(
	void *block, unsigned body, const struct layer *layer, struct snapshot *ret_snapshot);

/* A number of all that a snapshot takes from the layer's descriptor; 0 without memory. */
uint64_t snapshot_form_look(const struct layer *layer);

#endif
