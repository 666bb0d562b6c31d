/*
 * feature: reads and writes the records of any layer from its descriptor.
 *
 * A record has an `id` that never changes and never returns, a `uid` beside it, and a `version`.
 * Its geometry is uninterpreted WKB in the working CRS here; only gis/ looks inside. Where it came
 * in another CRS, the original bytes stand beside it (native_epsg, native_wkb), so that nothing
 * of the survey is lost.
 */
#ifndef DATA_FEATURE_H
#define DATA_FEATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json_write.h"
#include "base/secret.h"
#include "data/layer.h"

enum value_kind { VALUE_NULL, VALUE_TEXT, VALUE_INT, VALUE_REAL };

/* One attribute. FIELD_BOOL is an int 0 or 1, FIELD_DATE a text "2026-11-21". */
struct value {
	enum value_kind kind;
	size_t len; /* of the text */
	union {
		const char *text; /* UTF-8, '\0' ended */
		int64_t integer;
		double real;
	};
};

/* As JSON; an integer of a truth value as true or false. */
void value_put_json(struct json_writer *json, const struct value *value, bool is_bool);

/* The same with a pen, and the room that it needs (base/json_pen.h). */
char *value_pen_json(char *at, const struct value *value, bool is_bool);
size_t value_json_room(const struct value *value);

/* East and north in m of the working CRS; empty when min > max. */
struct box {
	double min_x, min_y, max_x, max_y;
};

struct wkb {
	const unsigned char *bytes; /* ISO WKB, little endian, 2D; NULL no geometry */
	size_t len;
};

/* A record in memory. What it points to is borrowed. */
struct feature {
	int64_t id;		     /* 0 before it is written */
	struct uuid uid;	     /* "" before it is written */
	int64_t version;
	struct date valid_from;	     /* in law; "" unknown */
	struct date valid_to;	     /* half open; "" in force */
	int64_t recorded_at_us;	     /* UTC, when this version entered the register */
	const struct value *values;  /* one for each field of the layer */
	const char *source_attributes; /* JSON object of columns without a field; NULL none */
	struct wkb wkb;		     /* working CRS, of the layer's geometry kind (multi) */
	struct box box;		     /* of wkb; empty without geometry */
	double z_m;		     /* height of a point that has one, else NaN */
	int native_epsg;	     /* CRS it came in; 0 the working CRS */
	struct wkb native_wkb;	     /* as it came; none when native_epsg is 0 */
};

/* Whether the version is in force on that day. */
bool feature_in_force(const struct feature *feature, const struct date *day);

/* Columns that every layer has beside its fields; no field may be named so. Ends with NULL. */
extern const char *const feature_reserved_columns[];

#endif
