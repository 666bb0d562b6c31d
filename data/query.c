#include "data/query.h"

#include "data/store_driver.h"

void query_bind_null(struct query *query, const char *name)
{
	query->store->driver->bind_null(query, name);
}

void query_bind_int(struct query *query, const char *name, int64_t value)
{
	query->store->driver->bind_int(query, name, value);
}

void query_bind_real(struct query *query, const char *name, double value)
{
	query->store->driver->bind_real(query, name, value);
}

void query_bind_text(struct query *query, const char *name, const char *text)
{
	if (text)
		query->store->driver->bind_text(query, name, text, strlen(text));
	else
		query->store->driver->bind_null(query, name);
}

void query_bind_bytes(struct query *query, const char *name, const void *bytes, size_t len)
{
	if (bytes)
		query->store->driver->bind_bytes(query, name, bytes, len);
	else
		query->store->driver->bind_null(query, name);
}

void query_bind_value(struct query *query, const char *name, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NULL:
		query->store->driver->bind_null(query, name);
		break;
	case VALUE_TEXT:
		query->store->driver->bind_text(query, name, value->text, value->len);
		break;
	case VALUE_INT:
		query->store->driver->bind_int(query, name, value->integer);
		break;
	case VALUE_REAL:
		query->store->driver->bind_real(query, name, value->real);
		break;
	}
}

void query_bind_ids(struct query *query, const char *name, const int64_t *ids, size_t count)
{
	query->store->driver->bind_ids(query, name, ids, count);
}

void query_bind_wkb(struct query *query, const char *name, struct wkb wkb,
	const struct box *box, int epsg)
{
	if (wkb.bytes)
		query->store->driver->bind_wkb(query, name, wkb, box, epsg);
	else
		query->store->driver->bind_null(query, name);
}

int query_ask(struct query *query, uint64_t subject, struct error *err)
{
	const struct store_driver *driver = query->store->driver;

	return driver->ask ? driver->ask(query, subject, err) : 0;
}

int query_step(struct query *query, struct error *err)
{
	query->store->written += query->writes;
	return query->store->driver->step(query, err);
}

int query_each(struct query *query, query_row_visit *visit, void *context, struct error *err)
{
	return query->store->driver->each(query, visit, context, err);
}

int query_run(struct query *query, struct error *err)
{
	int rc;

	while ((rc = query_step(query, err)) > 0)
		;
	query->store->driver->reset(query);
	return rc;
}

bool query_is_null(struct query *query, int column)
{
	return query->store->driver->kind(query, column) == VALUE_NULL;
}

int64_t query_int(struct query *query, int column)
{
	return query->store->driver->get_int(query, column);
}

double query_real(struct query *query, int column)
{
	return query->store->driver->get_real(query, column);
}

const char *query_text(struct query *query, int column, size_t *ret_len)
{
	return query->store->driver->get_text(query, column, ret_len);
}

const void *query_bytes(struct query *query, int column, size_t *ret_len)
{
	return query->store->driver->get_bytes(query, column, ret_len);
}

void query_value(struct query *query, int column, struct value *ret)
{
	query->store->driver->get_values(query, column, 1, ret);
}

void query_values(struct query *query, int first, int count, struct value *ret)
{
	query->store->driver->get_values(query, first, count, ret);
}

void query_date(struct query *query, int column, struct date *ret)
{
	struct value value;

	query_value(query, column, &value);
	if (value.kind != VALUE_TEXT || !date_parse(value.text, value.len, ret))
		*ret = (struct date){""};
}

bool query_wkb(struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box)
{
	return query->store->driver->get_wkb(query, column, ret_wkb, ret_box);
}

int query_check_row(struct query *query, struct error *err)
{
	return query->store->driver->check_row(query, err);
}
