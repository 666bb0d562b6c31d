/*
 * certificate_paper: a house-number certificate as a file: the template of the city filled in.
 *
 * The template is DIR/templates/certificate.txt, or the one that the program brings along. What a field
 * says: docs/PAPERS.md.
 */
#ifndef SERVER_CASES_CERTIFICATE_PAPER_H
#define SERVER_CASES_CERTIFICATE_PAPER_H

#include "data/person.h"
#include "server/cases/certificate_facts.h"
#include "tiles/paper.h"

/* The names that may stand in braces; ends with NULL. */
extern const char *const certificate_fields[];

/*
 * Reads the template. ERR_CONFIG where it is wrong; *ret_own, if wished, tells whether it is the city's.
 */
int certificate_layout_read(const char *folder, struct arena *arena,
	const struct paper_template **ret, bool *ret_own, struct error *err);

/* What stands on a paper beside facts. */
struct certificate_text {
	const struct certificate_facts *facts;
	const struct certificate_saying *saying;
	const struct city *city;
	int64_t number; /* 0: of a preview, not given yet */
	int year;
	const char *basis; /* the document of the rule; NULL: nobody has read one */
	const char *signer_title; /* NULL as the template says */
	const struct person_values *holder; /* NULL: a line to fill */
	const char *url;		    /* of the page that verifies it; NULL: of a preview */
	const char *data_sha256;
};

/* Fills in the number of the paper, as the template has it, in the arena; number 0: "…/2026/…". */
int certificate_paper_number(const struct paper_template *layout, int64_t number, int year,
	struct arena *arena, const char **ret, struct error *err);

/* Appends the file. */
int certificate_draw(const struct paper_template *layout, const struct certificate_text *text,
	const struct paper_map *map, struct arena *arena, struct strbuf *out, struct error *err);

#endif
