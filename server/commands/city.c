#include "server/commands/city.h"

#include <math.h>

#include "base/messages.h"

enum { CRS_COUNT_MAX = 4, TEXT_MAX_BYTES = 8000 };

/* A coordinate system with its texts, for the database. */
struct known_crs {
	struct crs_info info;
	struct strbuf proj4, wkt;
};

static void clear_known(struct known_crs *known)
{
	strbuf_clear(&known->proj4);
	strbuf_clear(&known->wkt);
}

static int describe(struct crs_context *context, int epsg, struct known_crs *known,
	struct store_crs *ret_crs, struct error *err)
{
	int rc;

	*known = (struct known_crs){
		.proj4 = STRBUF(TEXT_MAX_BYTES), .wkt = STRBUF(TEXT_MAX_BYTES)};
	rc = crs_describe(context, epsg, &known->info, err);
	if (!rc)
		rc = crs_print_proj4(context, epsg, &known->proj4, err);
	if (!rc)
		rc = crs_print_wkt(context, epsg, &known->wkt, err);
	*ret_crs = (struct store_crs){
		epsg, known->info.name, known->proj4.data, known->wkt.data};
	return rc;
}

static int create(struct crs_context *context, const struct city_plan *order,
	const struct crs_info *working, const struct city *city, struct error *err)
{
	const int codes[CRS_COUNT_MAX] = {
		working->epsg, working->base_epsg, CRS_WGS84, CRS_WEB_MERCATOR};
	struct known_crs known[CRS_COUNT_MAX] = {0};
	struct store_crs crs[CRS_COUNT_MAX];
	struct register_plan plan = {
		.folder = order->folder,
		.store = order->store,
		.partitions = order->partitions,
		.layers = city_layers(),
		.city = city,
		.crs = crs,
		.crs_count = CRS_COUNT_MAX,
		.now_us = clock_now_us(&clock_system),
		.fill = order->fill,
		.context = order->context,
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < CRS_COUNT_MAX; i++)
		rc = describe(context, codes[i], &known[i], &crs[i], err);
	if (!rc)
		rc = register_create(&plan, err);
	for (size_t i = 0; i < CRS_COUNT_MAX; i++)
		clear_known(&known[i]);
	return rc;
}

int city_create(const struct city_plan *plan, struct error *err)
{
	autoptr(crs_context_free) struct crs_context *context = NULL;
	struct city city = {.epsg = plan->epsg};
	struct crs_info working;
	int rc = crs_context_new(&context, err);

	if (!rc)
		rc = crs_describe(context, plan->epsg, &working, err);
	if (rc)
		return rc;
	if (working.geographic || fabs(working.unit_m - 1) > 1e-9)
		return fail_working_crs(err, plan->epsg);
	snprintf(city.name, sizeof city.name, "%s", plan->name);
	city.is_sample = plan->is_sample;
	rc = crs_choose_operation(context, plan->epsg, city.operation, city.pipeline, err);
	return rc ? rc : create(context, plan, &working, &city, err);
}

int city_read_store(const struct command_line *line, struct city_plan *plan, struct error *err)
{
	int64_t records, rows;
	int rc = command_int(line, "partition", PARTITION_ROWS_MIN,
		PARTITION_RECORDS_MAX / PARTITION_COUNT_MAX, PARTITION_ROWS, &rows, err);

	if (!rc)
		rc = command_int(line, "records", 1, rows * PARTITION_COUNT_MAX, 0, &records, err);
	if (rc)
		return rc;
	plan->store = command_value(line, "store", 0);
	if (plan->store && !store_is_address(plan->store))
		return fail_register_address(err);
	if (!records)
		return 0;
	if (!plan->store)
		return fail_option_missing(err, "store", line->command->name);
	return partitions_plan(records, rows, &plan->partitions) ? 0 : fail_internal(err);
}
