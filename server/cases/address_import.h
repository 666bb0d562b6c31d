/*
 * address_import: existing numbers come into the register from a table or from lines (gis/address_row.h).
 *
 * All in one transaction, or nothing. Each row finds its street by name, its alleys by the numbers that
 * they are named after, its parcel by its place. What cannot be kept is left out and told: a number that
 * cannot be read, no such street, a number that another house has. What is only odd is kept and told:
 * the wrong side, too far from the street, no parcel.
 */
#ifndef SERVER_CASES_ADDRESS_IMPORT_H
#define SERVER_CASES_ADDRESS_IMPORT_H

#include "data/change.h"
#include "gis/address_row.h"
#include "server/cases/numbering_rules.h"
#include "server/cases/streets.h"

enum address_severity { ADDRESS_WARNING, ADDRESS_ERROR };

struct address_report {
	int64_t rows, stored, warnings, errors;
};

struct address_import {
	const struct case_tools *tools; /* the store is not used: that of the transaction is */
	enum address_format format;
	const char *text;
	size_t len;
	struct date valid_from; /* of all rows; "" today */
	struct change_author author;
	const struct randomness *randomness;
	void (*finding)(void *context, int64_t row, enum address_severity severity,
		const struct error *what);
	bool (*progress)(void *context, int64_t rows); /* false cancels */
	bool (*confirm)(void *context, const struct address_report *report); /* false: nothing is kept */
	void *context;

	/* What came of it. */
	struct address_report report;
	bool declined;
};

/* A writer_work; context is a struct address_import. */
int address_import_run(struct store *store, void *context, struct error *err);

#endif
