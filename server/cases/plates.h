/*
 * plates: the plates of the house numbers of a street (biển số nhà), for the workshop that makes them, in
 * the order in which they are put up.
 */
#ifndef SERVER_CASES_PLATES_H
#define SERVER_CASES_PLATES_H

#include "base/json_write.h"
#include "data/view.h"
#include "server/cases/tools.h"

enum { PLATE_SIZES_MAX = 16 };

/* A size of the rule number_plate. */
struct plate_size {
	const char *name;
	int64_t characters; /* that have room on it */
	int64_t width_mm, height_mm;
};

/* Texts live in the arena; "" none. */
struct plate {
	int64_t address_id, parcel_id;
	const char *text, *label, *old; /* old: the label before this one */
	const char *side;		/* "left", "right", looking along the numbering; "" unknown */
	const struct plate_size *size;	/* NULL: longer than any has room for */
	int64_t number;
	double along_m; /* from the beginning; NaN unknown */
};

struct plates {
	struct plate_size sizes[PLATE_SIZES_MAX];
	size_t size_count;
	struct plate *plates;
	size_t count;
};

/*
 * The numbers of a street that are in use, as the view of the layer of addresses shows them.
 * ERR_NOT_FOUND (fail_no_such_street).
 */
int plates_read(const struct case_tools *tools, const struct view *view, int64_t street_id,
	struct plates *ret, struct error *err);

/* As a table for Excel (UTF-8 with its mark, texts that stay texts), or as JSON. */
void plates_write_table(const struct plates *plates, enum lang lang, struct strbuf *out);
void plates_write_json(const struct plates *plates, struct json_writer *json);

#endif
