/*
 * asker: who asks: the public, a session of a browser, or a token of a program; and what may.
 *
 * A request names its asker by `Authorization: Bearer TOKEN`, by Basic with the token as password
 * (what GDAL and QGIS can), or by the session's cookie. Without any it is the public.
 */
#ifndef SERVER_ASKER_H
#define SERVER_ASKER_H

#include "data/rights.h"
#include "data/session.h"
#include "server/request.h"

enum asker_kind { ASKER_PUBLIC, ASKER_SESSION, ASKER_TOKEN };

struct asker {
	enum asker_kind kind;
	struct rights rights;
	struct session session; /* of ASKER_SESSION */
	int64_t token_id;	/* of ASKER_TOKEN */
	char actor[32];		/* in the feed: "user:7" */
};

#define ASKER_COOKIE "dothi"
#define ASKER_SECURE_COOKIE "__Host-dothi" /* over HTTPS */

/*
 * Finds out who asks, on a worker. Credentials that are wrong are an error (401), never the public.
 * What changes something must come from our own pages, with the session's token (X-CSRF-Token).
 */
int asker_find(struct request *request, struct error *err);

/* True if the request bears credentials of any kind. */
bool asker_is_named(const struct request *request);

/* The session id in the Cookie header, or NULL. */
const char *asker_cookie(struct request *request);

/* The login, in `account`, of whom the feed calls "user:7"; NULL of what is no account. */
const char *asker_login(struct store *store, const char *actor, struct account *account);

/* What visitors see, shared by all their requests: made anew when it changes. */
struct public_rights;
int public_rights_new(struct store *store, const struct layer_table *layers,
	struct public_rights **ret_public, struct error *err);
void public_rights_free(struct public_rights *rights);
int public_rights_renew(struct public_rights *rights, struct store *store,
	const struct layer_table *layers, struct error *err);
/* Copies the rights into the arena of a request. */
int public_rights_take(struct public_rights *rights, const struct layer_table *layers,
	struct arena *arena, struct rights *ret_rights, struct error *err);

#endif
