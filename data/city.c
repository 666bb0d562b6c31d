#include "data/city.h"

#include "base/messages.h"
#include "base/number.h"

static int read_setting(
	struct store *store, const char *key, char *ret, size_t size, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT value FROM setting WHERE key = $key", &query, err);
	const char *value;
	size_t len;

	if (rc)
		return rc;
	query_bind_text(query, "key", key);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	value = rc ? query_text(query, 0, &len) : NULL;
	rc = query_check_row(query, err);
	if (rc)
		return rc;
	if (!value || len >= size) {
		rc = fail_register_damaged(err);
		error_detail(err, "setting %s", key);
		return rc;
	}
	memcpy(ret, value, len + 1);
	return 0;
}

static int write_setting(
	struct store *store, const char *key, const char *value, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "INSERT INTO setting (key, value) VALUES ($key, $value)", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "key", key);
	query_bind_text(query, "value", value);
	return query_run(query, err);
}

/* A setting that registers of before have not. */
static int read_sample(struct store *store, bool *ret, struct error *err)
{
	int64_t count = 0;
	int rc = store_int(
		store, "SELECT count(*) FROM setting WHERE key = 'sample_city'", &count, err);

	*ret = count != 0;
	return rc;
}

int city_read(struct store *store, struct city *ret_city, struct error *err)
{
	struct city city;
	char epsg[16];
	int64_t number;
	int rc;

	rc = read_setting(store, "city_name", city.name, sizeof city.name, err);
	if (!rc)
		rc = read_setting(store, "working_epsg", epsg, sizeof epsg, err);
	if (!rc)
		rc = read_setting(
			store, "wgs84_operation", city.operation, sizeof city.operation, err);
	if (!rc)
		rc = read_setting(
			store, "wgs84_pipeline", city.pipeline, sizeof city.pipeline, err);
	if (!rc)
		rc = read_sample(store, &city.is_sample, err);
	if (rc)
		return rc;
	if (!number_parse_int(epsg, strlen(epsg), 1, INT32_MAX, &number))
		return fail_register_damaged(err);
	city.epsg = (int)number;
	*ret_city = city;
	return 0;
}

int city_write(struct store *store, const struct city *city, struct error *err)
{
	autofree(strbuf_clear) struct strbuf epsg = STRBUF(16);
	int rc;

	strbuf_add_int(&epsg, city->epsg);
	rc = write_setting(store, "city_name", city->name, err);
	if (!rc)
		rc = write_setting(store, "working_epsg", epsg.data, err);
	if (!rc)
		rc = write_setting(store, "wgs84_operation", city->operation, err);
	if (!rc)
		rc = write_setting(store, "wgs84_pipeline", city->pipeline, err);
	if (!rc && city->is_sample)
		rc = write_setting(store, "sample_city", "true", err);
	return rc;
}
