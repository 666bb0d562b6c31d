/*
 * store_postgres_server: what the server of PostgreSQL is set to, and the news that it passes
 * between connections, as store_driver.h has them.
 */
#ifndef DATA_STORE_POSTGRES_SERVER_H
#define DATA_STORE_POSTGRES_SERVER_H

#include "base/strbuf.h"
#include "data/store.h"

int postgres_tell(struct store *store, const char *news, struct error *err);
int postgres_hear(struct store *store, int most_ms, struct strbuf *news, struct error *err);
int postgres_position(struct store *store, int64_t *ret_position, struct error *err);
int postgres_examine(struct store *store, struct strbuf *said, struct error *err);

#endif
