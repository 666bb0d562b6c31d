/*
 * city: making an empty register with the coordinate systems that it needs; for init and demo.
 */
#ifndef SERVER_COMMANDS_CITY_H
#define SERVER_COMMANDS_CITY_H

#include "base/json_write.h"
#include "data/register.h"
#include "data/writer.h"
#include "gis/crs.h"
#include "server/commands/command.h"

/*
 * Makes the register in the folder, or in the PostgreSQL database at the address `store`. The working
 * CRS must be projected and in metres; the operation from its datum to WGS 84 is chosen here and kept
 * for good.
 */
struct city_plan {
	const char *folder;
	const char *store; /* NULL: in the folder */
	struct partitions partitions;
	int epsg;
	const char *name;
	bool is_sample;	   /* made up: its papers say so */
	writer_work *fill; /* in the transaction that makes it; NULL: empty */
	void *context;
};
int city_create(const struct city_plan *plan, struct error *err);

/* Reads the options "store", "records" and "partition" into the plan. */
int city_read_store(const struct command_line *line, struct city_plan *plan, struct error *err);

#endif
