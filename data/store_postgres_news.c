#include "data/store_postgres.h"

#include <errno.h>
#include <poll.h>

#include "base/messages.h"
#include "data/store_postgres_server.h"

enum { SQL_BYTES = 600 };

/* The channel of the register, which is named after its schema; asked for once a connection. */
static int find_channel(struct postgres_store *pg, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (pg->channel_of == pg->incarnation)
		return 0;
	rc = store_query(&pg->store, "SELECT 'dothi_' || md5(current_schema())", &query, err);
	if (!rc)
		rc = query_step(query, err);
	if (rc < 0)
		return rc;
	snprintf(pg->channel, sizeof pg->channel, "%s", rc ? query_text(query, 0, NULL) : "dothi");
	pg->channel_of = pg->incarnation;
	return 0;
}

int postgres_tell(struct store *store, const char *news, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	char sql[SQL_BYTES];
	int rc = postgres_ready(pg, err);

	if (!rc)
		rc = find_channel(pg, err);
	if (rc)
		return rc;
	if (strlen(news) >= POSTGRES_NEWS_BYTES || strpbrk(news, "'\\"))
		return fail_internal(err);
	snprintf(sql, sizeof sql, "NOTIFY %s, '%s'", pg->channel, news);
	if (!pg->in_transaction)
		return postgres_run(store, sql, err);
	if (!strcmp(pg->told, news))
		return 0;
	rc = postgres_copy_flush(pg, err);
	if (!rc)
		rc = postgres_send_word(pg, sql, err);
	if (!rc)
		snprintf(pg->told, sizeof pg->told, "%s", news);
	return rc;
}

/* Makes sure that this connection listens; *ret_anew: it did not, and may have missed something. */
static int listen_on(struct postgres_store *pg, bool *ret_anew, struct error *err)
{
	char sql[SQL_BYTES];
	int rc = postgres_ready(pg, err);

	*ret_anew = false;
	if (!rc && pg->listening_of == pg->incarnation)
		return 0;
	if (!rc)
		rc = find_channel(pg, err);
	snprintf(sql, sizeof sql, "LISTEN %s", pg->channel);
	if (!rc)
		rc = postgres_run(&pg->store, sql, err);
	if (rc)
		return rc;
	pg->listening_of = pg->incarnation;
	*ret_anew = true;
	return 0;
}

static bool take_news(struct postgres_store *pg, struct strbuf *news)
{
	PGnotify *notify = PQnotifies(pg->conn);

	if (!notify)
		return false;
	strbuf_reset(news);
	strbuf_add_text(news, notify->extra);
	PQfreemem(notify);
	return true;
}

int postgres_hear(struct store *store, int most_ms, struct strbuf *news, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	struct pollfd waited;
	bool anew;
	int rc = listen_on(pg, &anew, err);

	if (rc)
		return rc;
	strbuf_reset(news);
	if (anew || take_news(pg, news))
		return 1;
	waited = (struct pollfd){.fd = PQsocket(pg->conn), .events = POLLIN};
	if (poll(&waited, 1, most_ms) < 0 && errno != EINTR)
		return fail_internal(err);
	if (!PQconsumeInput(pg->conn))
		return postgres_fail(pg, NULL, "listen", err);
	return take_news(pg, news);
}
