#include "tests/tiles/mvt_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* A piece of the bytes that is still to be read. */
struct bytes {
	const uint8_t *at, *end;
};

struct field {
	unsigned number, type;
	uint64_t varint;
	struct bytes body; /* of type 2; of type 1 the eight bytes */
};

enum { VARINT = 0, FIXED64 = 1, BYTES = 2 };
enum { MOVE = 1, LINE = 2, CLOSE = 7 };

#define TRY(call)                        \
	do {                             \
		const char *fault_ = (call); \
		if (fault_)              \
			return fault_;   \
	} while (0)

static const char *read_varint(struct bytes *bytes, uint64_t *ret)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		if (bytes->at == bytes->end)
			return "a varint is cut off";
		value |= (uint64_t)(*bytes->at & 0x7F) << shift;
		if (!(*bytes->at++ & 0x80)) {
			*ret = value;
			return bytes->at[-1] || !shift ? NULL : "a varint is longer than needed";
		}
	}
	return "a varint is too long";
}

static const char *read_varint32(struct bytes *bytes, uint32_t *ret)
{
	uint64_t value = 0;

	TRY(read_varint(bytes, &value));
	*ret = (uint32_t)value;
	return value <= UINT32_MAX ? NULL : "a number has more than 32 bits";
}

static const char *read_field(struct bytes *bytes, struct field *ret)
{
	uint64_t tag = 0, len = 8;

	TRY(read_varint(bytes, &tag));
	*ret = (struct field){.number = (unsigned)(tag >> 3), .type = tag & 7};
	if (ret->type == VARINT)
		return read_varint(bytes, &ret->varint);
	if (ret->type == BYTES)
		TRY(read_varint(bytes, &len));
	else if (ret->type != FIXED64)
		return "a field has an unknown wire type";
	if (len > (size_t)(bytes->end - bytes->at))
		return "a field is longer than its message";
	ret->body = (struct bytes){bytes->at, bytes->at + len};
	bytes->at += len;
	return NULL;
}

/* How often a message has a field. */
static size_t count_fields(struct bytes bytes, unsigned number)
{
	struct field field;
	size_t count = 0;

	while (bytes.at < bytes.end && !read_field(&bytes, &field))
		count += field.number == number;
	return count;
}

static size_t body_len(const struct field *field)
{
	return (size_t)(field->body.end - field->body.at);
}

static const char *text_of(struct arena *arena, struct bytes bytes)
{
	return arena_text(arena, (const char *)bytes.at, (size_t)(bytes.end - bytes.at));
}

static const char *read_value(struct arena *arena, struct bytes bytes, struct read_value *ret)
{
	struct field field = {0};

	ret->bytes = bytes.at;
	ret->len = (size_t)(bytes.end - bytes.at);
	if (!ret->len)
		return "a value is empty";
	TRY(read_field(&bytes, &field));
	if (bytes.at != bytes.end)
		return "a value has more than one field";
	ret->kind = (enum read_kind)field.number;
	switch (field.number << 3 | field.type) {
	case READ_TEXT << 3 | BYTES:
		ret->text = text_of(arena, field.body);
		return ret->text ? NULL : "out of memory";
	case READ_REAL << 3 | FIXED64:
		memcpy(&ret->real, field.body.at, 8);
		return isfinite(ret->real) ? NULL : "a real value is not finite";
	case READ_UINT << 3 | VARINT:
		ret->number = field.varint;
		return NULL;
	case READ_SINT << 3 | VARINT:
		ret->sint = (int64_t)(field.varint >> 1 ^ (0 - (field.varint & 1)));
		return ret->sint < 0 ? NULL : "a positive integer is written with a sign";
	case READ_BOOL << 3 | VARINT:
		ret->number = field.varint;
		return field.varint <= 1 ? NULL : "a boolean is neither 0 nor 1";
	default:
		return "a value has an unexpected field";
	}
}

static const char *read_tags(
	struct arena *arena, struct bytes bytes, const struct read_layer *layer,
	struct read_feature *feature)
{
	size_t room = (size_t)(bytes.end - bytes.at), count = 0;

	if (!room)
		return "tags are there but empty";
	feature->tags = arena_zero(arena, room, sizeof *feature->tags);
	if (!feature->tags)
		return "out of memory";
	while (bytes.at < bytes.end)
		TRY(read_varint32(&bytes, &feature->tags[count++]));
	if (count % 2)
		return "the number of tags is odd";
	feature->tag_count = count / 2;
	for (size_t i = 0; i < feature->tag_count; i++) {
		if (feature->tags[2 * i] >= layer->key_count)
			return "a tag has no key";
		if (feature->tags[2 * i + 1] >= layer->value_count)
			return "a tag has no value";
		for (size_t k = 0; k < i; k++)
			if (feature->tags[2 * i] == feature->tags[2 * k])
				return "a feature has a key twice";
	}
	return NULL;
}

/* What goes on while the commands of a geometry are read. */
struct pen {
	struct bytes bytes;
	struct read_feature *feature;
	int32_t x, y;
};

static const char *read_point(struct pen *pen, bool may_stay)
{
	uint32_t by[2];
	int64_t x, y;

	TRY(read_varint32(&pen->bytes, &by[0]));
	TRY(read_varint32(&pen->bytes, &by[1]));
	if (!may_stay && !by[0] && !by[1])
		return "a LineTo goes nowhere";
	x = (int64_t)pen->x + (int32_t)(by[0] >> 1 ^ (0U - (by[0] & 1)));
	y = (int64_t)pen->y + (int32_t)(by[1] >> 1 ^ (0U - (by[1] & 1)));
	if (x < INT32_MIN || x > INT32_MAX || y < INT32_MIN || y > INT32_MAX)
		return "a coordinate has more than 32 bits";
	pen->x = (int32_t)x;
	pen->y = (int32_t)y;
	pen->feature->xy[2 * pen->feature->point_count] = pen->x;
	pen->feature->xy[2 * pen->feature->point_count + 1] = pen->y;
	pen->feature->point_count++;
	return NULL;
}

static const char *read_command(struct pen *pen, unsigned wanted, uint32_t least, uint32_t *ret)
{
	uint32_t command = 0;

	TRY(read_varint32(&pen->bytes, &command));
	if ((command & 7) != wanted)
		return "a command stands where another is due";
	*ret = command >> 3;
	if (*ret < least)
		return "a command is repeated too few times";
	return (size_t)(pen->bytes.end - pen->bytes.at) / 2 >= (wanted == CLOSE ? 0 : *ret)
		? NULL
		: "a geometry is cut off";
}

static const char *read_points(struct pen *pen, uint32_t count, bool may_stay)
{
	for (uint32_t i = 0; i < count; i++)
		TRY(read_point(pen, may_stay));
	return NULL;
}

static int64_t area2(const int32_t *xy, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		const int32_t *a = xy + 2 * i, *b = xy + 2 * ((i + 1) % count);

		sum += (int64_t)a[0] * b[1] - (int64_t)b[0] * a[1];
	}
	return sum;
}

/* MoveTo(1) LineTo(n), and of a polygon ClosePath(1) and the turn of the ring. */
static const char *read_ring(struct pen *pen)
{
	struct read_feature *feature = pen->feature;
	bool closed = feature->type == READ_POLYGON;
	size_t first = feature->point_count;
	uint32_t count = 0;
	int64_t area;

	TRY(read_command(pen, MOVE, 1, &count));
	if (count != 1)
		return "a ring or line starts more than once";
	TRY(read_points(pen, 1, true));
	TRY(read_command(pen, LINE, closed ? 2 : 1, &count));
	TRY(read_points(pen, count, false));
	if (closed) {
		TRY(read_command(pen, CLOSE, 1, &count));
		if (count != 1)
			return "a ClosePath is repeated";
		if (!memcmp(feature->xy + 2 * first,
			    feature->xy + 2 * (feature->point_count - 1), 8))
			return "a ring closes itself before its ClosePath";
		area = area2(feature->xy + 2 * first, feature->point_count - first);
		if (!area)
			return "a ring has no area";
		if (area < 0 && !feature->ring_count)
			return "a polygon starts with a hole";
		feature->holes[feature->ring_count] = area < 0;
	}
	feature->ends[feature->ring_count++] = (uint32_t)feature->point_count;
	return NULL;
}

static const char *read_geometry(
	struct arena *arena, struct bytes bytes, struct read_feature *feature)
{
	struct pen pen = {.bytes = bytes, .feature = feature};
	size_t room = (size_t)(bytes.end - bytes.at) + 1;
	uint32_t count = 0;

	feature->xy = arena_zero(arena, room, 2 * sizeof *feature->xy);
	feature->ends = arena_zero(arena, room, sizeof *feature->ends);
	feature->holes = arena_zero(arena, room, sizeof *feature->holes);
	if (!feature->xy || !feature->ends || !feature->holes)
		return "out of memory";
	if (feature->type == READ_POINT) {
		TRY(read_command(&pen, MOVE, 1, &count));
		TRY(read_points(&pen, count, true));
		feature->ends[feature->ring_count++] = count;
		return pen.bytes.at == pen.bytes.end ? NULL : "something stands behind the points";
	}
	do
		TRY(read_ring(&pen));
	while (pen.bytes.at < pen.bytes.end);
	return NULL;
}

static const char *read_feature(struct arena *arena, struct bytes bytes,
	const struct read_layer *layer, struct read_feature *ret)
{
	struct field field, tags = {0}, geometry = {0};
	unsigned seen = 0;

	while (bytes.at < bytes.end) {
		TRY(read_field(&bytes, &field));
		if (field.number > 4 || seen & 1U << field.number)
			return "a feature has an unknown field, or one twice";
		seen |= 1U << field.number;
		if (field.number == 1)
			ret->id = field.varint;
		else if (field.number == 2)
			tags = field;
		else if (field.number == 3)
			ret->type = (enum read_type)field.varint;
		else
			geometry = field;
	}
	if (!ret->id || ret->id >= UINT64_C(1) << 53)
		return "a feature has no id that a browser can hold";
	if (ret->type < READ_POINT || ret->type > READ_POLYGON)
		return "a feature has no type";
	if (geometry.type != BYTES || !body_len(&geometry))
		return "a feature has no geometry";
	if (seen & 1 << 2)
		TRY(read_tags(arena, tags.body, layer, ret));
	return read_geometry(arena, geometry.body, ret);
}

static int by_id(const void *a, const void *b)
{
	uint64_t left = ((const struct read_feature *)a)->id;
	uint64_t right = ((const struct read_feature *)b)->id;

	return (left > right) - (left < right);
}

static int by_bytes(const void *a, const void *b)
{
	const struct read_value *left = *(const struct read_value *const *)a;
	const struct read_value *right = *(const struct read_value *const *)b;

	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	return memcmp(left->bytes, right->bytes, left->len);
}

static const char *check_unique(struct arena *arena, const struct read_layer *layer)
{
	const struct read_value **sorted =
		arena_zero(arena, layer->value_count + 1, sizeof(struct read_value *));

	if (!sorted)
		return "out of memory";
	for (size_t i = 0; i < layer->key_count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(layer->keys[i], layer->keys[k]))
				return "a layer has a key twice";
	for (size_t i = 0; i < layer->value_count; i++)
		sorted[i] = &layer->values[i];
	qsort(sorted, layer->value_count, sizeof *sorted, by_bytes);
	for (size_t i = 1; i < layer->value_count; i++)
		if (!by_bytes(&sorted[i - 1], &sorted[i]))
			return "a layer has a value twice";
	for (size_t i = 1; i < layer->feature_count; i++)
		if (by_id(&layer->features[i - 1], &layer->features[i]) >= 0)
			return "features do not follow the order of their ids";
	return NULL;
}

static const char *make_room(struct arena *arena, struct bytes bytes, struct read_layer *layer)
{
	layer->keys = arena_zero(arena, count_fields(bytes, 3) + 1, sizeof *layer->keys);
	layer->values = arena_zero(arena, count_fields(bytes, 4) + 1, sizeof *layer->values);
	layer->features = arena_zero(arena, count_fields(bytes, 2) + 1, sizeof *layer->features);
	return layer->keys && layer->values && layer->features ? NULL : "out of memory";
}

/* All of a layer but its features, which need the keys and values to be known. */
static const char *read_head(struct arena *arena, struct bytes bytes, struct read_layer *layer)
{
	struct field field;
	bool first = true;

	while (bytes.at < bytes.end) {
		TRY(read_field(&bytes, &field));
		if (first && (field.number != 15 || field.type != VARINT || field.varint != 2))
			return "a layer does not start with version 2";
		if (field.number == 15 && !first)
			return "a layer has two versions";
		first = false;
		if (field.number == 1)
			layer->name = layer->name ? "" : text_of(arena, field.body);
		else if (field.number == 3)
			layer->keys[layer->key_count++] = text_of(arena, field.body);
		else if (field.number == 4)
			TRY(read_value(arena, field.body, &layer->values[layer->value_count++]));
		else if (field.number == 5)
			layer->extent = (uint32_t)field.varint;
		else if (field.number != 2 && field.number != 15)
			return "a layer has an unknown field";
	}
	if (!layer->name || !*layer->name)
		return "a layer has no name, or two";
	return layer->extent ? NULL : "a layer has no extent";
}

static const char *read_layer(struct arena *arena, struct bytes bytes, struct read_layer *layer)
{
	struct field field;

	TRY(make_room(arena, bytes, layer));
	TRY(read_head(arena, bytes, layer));
	while (bytes.at < bytes.end) {
		TRY(read_field(&bytes, &field));
		if (field.number == 2)
			TRY(read_feature(arena, field.body, layer,
				&layer->features[layer->feature_count++]));
	}
	if (!layer->feature_count)
		return "a layer has no features";
	return check_unique(arena, layer);
}

const char *mvt_read(
	struct arena *arena, const void *bytes, size_t len, struct read_tile *ret_tile)
{
	struct bytes all = {bytes, (const uint8_t *)bytes + len};
	struct field field;

	*ret_tile = (struct read_tile){0};
	ret_tile->layers = arena_zero(arena, count_fields(all, 3) + 1, sizeof *ret_tile->layers);
	if (!ret_tile->layers)
		return "out of memory";
	while (all.at < all.end) {
		struct read_layer *layer = &ret_tile->layers[ret_tile->layer_count++];

		TRY(read_field(&all, &field));
		if (field.number != 3 || field.type != BYTES)
			return "a tile has an unknown field";
		TRY(read_layer(arena, field.body, layer));
		for (size_t i = 0; i + 1 < ret_tile->layer_count; i++)
			if (!strcmp(ret_tile->layers[i].name, layer->name))
				return "a tile has a layer twice";
	}
	return NULL;
}
