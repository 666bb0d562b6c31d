/*
 * certificate_facts: what a house-number certificate says of an address, as the register knows it now;
 * and what of it has changed since a paper was issued.
 */
#ifndef SERVER_CASES_CERTIFICATE_FACTS_H
#define SERVER_CASES_CERTIFICATE_FACTS_H

#include "base/json_read.h"
#include "base/secret.h"
#include "data/city.h"
#include "data/history.h"
#include "gis/shape.h"

/* Texts live in an arena; "" unknown, ids and versions 0 none. */
struct certificate_facts {
	int64_t address_id, address_version;
	const char *label, *plate, *old_labels, *status;
	bool in_force; /* the address, today */
	double door[2]; /* east, north; NaN unknown */
	int64_t street_id, street_version;
	const char *street; /* name of the street that the alleys leave */
	int64_t parcel_id, parcel_version;
	bool parcel_in_force;
	const char *sheet, *parcel_no;
	double area_m2, area_legal_m2; /* NaN unknown */
	struct digest_text outline; /* SHA-256 of the geometry of the parcel; "" none */
	struct shape parcel_shape, street_shape; /* working CRS; no points: none */
	int64_t unit_issued_id, unit_now_id;
	const char *unit_issued, *unit_now, *province;
};

/* Where facts are read. */
struct certificate_source {
	struct store *store;
	const struct layer_table *layers;
	struct arena *arena;
	struct date today;
};

/*
 * Reads them, for whoever may write all of the address in this view (NULL: of whoever). ERR_NOT_FOUND
 * (fail_no_such_record) if there is no such address or the view does not show it; ERR_DENIED.
 */
int certificate_facts_read(const struct certificate_source *source, const struct view *view,
	int64_t address_id, struct certificate_facts *ret, struct error *err);

/* What else a paper says, beside the facts. */
struct certificate_saying {
	const char *paper_number, *code, *signer;
	const char *holder_sha256; /* NULL none */
	const char *document;	   /* of the numbering scheme; NULL none */
	int64_t scheme_id;
	int64_t issued_at_us;
};

/* Appends the canonical data: an object with its keys in order, without personal data. */
void certificate_data_write(const struct certificate_facts *facts,
	const struct certificate_saying *saying, struct strbuf *out);

/* What can differ between a paper and today. */
enum certificate_matter {
	MATTER_NUMBER,	/* the address has another number, or none any more */
	MATTER_LABEL,
	MATTER_STREET,	/* its name */
	MATTER_UNIT,	/* the ward */
	MATTER_PROVINCE,
	MATTER_PARCEL,	/* another parcel, another number of it, or it is no more */
	MATTER_AREA,
	MATTER_OUTLINE, /* then and now are "" */
	MATTER_COUNT
};
const char *certificate_matter_id(enum certificate_matter matter);

struct certificate_change {
	enum certificate_matter matter;
	const char *then, *now; /* "" nothing */
};

/* Compares the data of a paper with today; returns how many changes there are. Texts in the arena. */
size_t certificate_compare(const struct json_node *data, const struct certificate_facts *now,
	struct arena *arena, struct certificate_change ret[MATTER_COUNT]);

#endif
