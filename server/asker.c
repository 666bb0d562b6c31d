#include "server/asker.h"

#include <pthread.h>

#include "base/messages.h"
#include "base/number.h"
#include "server/app.h"
#include "server/router.h"
#include "server/worker.h"

enum { TOKEN_TEXT_MAX = 200, SCOPE_ARENA_BYTES = 4 << 20 };

/* --- the public ------------------------------------------------------------------------------- */

struct public_rights {
	pthread_rwlock_t lock;
	struct arena arena;
	struct rights rights;
};

int public_rights_renew(struct public_rights *rights, struct store *store,
	const struct layer_table *layers, struct error *err)
{
	struct arena arena = ARENA(SCOPE_ARENA_BYTES);
	struct rights made;
	struct account account;
	int rc = account_read(store, ACCOUNT_PUBLIC, &account, err);

	if (!rc)
		rc = rights_make(store, layers, &account, NULL, &arena, &made, err);
	if (rc) {
		arena_clear(&arena);
		return rc;
	}
	pthread_rwlock_wrlock(&rights->lock);
	arena_clear(&rights->arena);
	rights->arena = arena;
	rights->rights = made;
	pthread_rwlock_unlock(&rights->lock);
	return 0;
}

int public_rights_new(struct store *store, const struct layer_table *layers,
	struct public_rights **ret_public, struct error *err)
{
	struct public_rights *rights = calloc(1, sizeof *rights);
	int rc;

	if (!rights)
		return fail_no_memory(err);
	rights->arena = ARENA(SCOPE_ARENA_BYTES);
	pthread_rwlock_init(&rights->lock, NULL);
	rc = public_rights_renew(rights, store, layers, err);
	if (rc)
		public_rights_free(rights);
	else
		*ret_public = rights;
	return rc;
}

void public_rights_free(struct public_rights *rights)
{
	if (!rights)
		return;
	arena_clear(&rights->arena);
	pthread_rwlock_destroy(&rights->lock);
	free(rights);
}

int public_rights_take(struct public_rights *rights, const struct layer_table *layers,
	struct arena *arena, struct rights *ret_rights, struct error *err)
{
	bool copied;

	pthread_rwlock_rdlock(&rights->lock);
	copied = rights_copy(&rights->rights, layers, arena, ret_rights);
	pthread_rwlock_unlock(&rights->lock);
	return copied ? 0 : fail_no_memory(err);
}

/* --- who asks --------------------------------------------------------------------------------- */

/* The value of a cookie "name=value; …", in the arena; NULL if there is none. */
static const char *cookie_of(struct request *request, const char *name)
{
	const char *at = request->cookie;
	size_t len = strlen(name);
	struct slice piece;

	while (text_next(&at, ';', &piece))
		if (piece.len > len && !strncmp(piece.at, name, len) && piece.at[len] == '=')
			return arena_text(&request->arena, piece.at + len + 1, piece.len - len - 1);
	return NULL;
}

const char *asker_cookie(struct request *request)
{
	const char *secure = cookie_of(request, ASKER_SECURE_COOKIE);

	return secure ? secure : cookie_of(request, ASKER_COOKIE);
}

bool asker_is_named(const struct request *request)
{
	return *request->authorization || strstr(request->cookie, ASKER_COOKIE "=");
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 §4, without its padding; false if it is none or too long. */
static bool decode_base64(const char *text, char *ret, size_t size)
{
	unsigned bits = 0, count = 0;
	size_t len = 0;

	for (; *text && *text != '='; text++) {
		int digit = base64_digit(*text);

		if (digit < 0)
			return false;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		if (len + 1 >= size)
			return false;
		ret[len++] = (char)(bits >> count & 0xFF);
	}
	ret[len] = '\0';
	return true;
}

/* The token of an Authorization header, "" if it bears none. */
static void token_text_of(const char *header, char ret[TOKEN_TEXT_MAX])
{
	char decoded[TOKEN_TEXT_MAX] = "";
	const char *colon;

	*ret = '\0';
	if (!strncasecmp(header, "Bearer ", 7)) {
		snprintf(ret, TOKEN_TEXT_MAX, "%s", header + 7 + strspn(header + 7, " "));
	} else if (!strncasecmp(header, "Basic ", 6) &&
		decode_base64(header + 6 + strspn(header + 6, " "), decoded, sizeof decoded)) {
		colon = strchr(decoded, ':');
		snprintf(ret, TOKEN_TEXT_MAX, "%s", colon ? colon + 1 : "");
	}
}

static int touch_token(struct store *store, void *context, struct error *err)
{
	const struct token *token = context;

	return token_touch(store, token, token->last_used_at_us, err);
}

static int by_token(struct request *request, struct account *ret_account, struct token *ret_token,
	struct error *err)
{
	int64_t now_us = clock_now_us(request->app->clock);
	struct store *store = request->worker->store;
	char text[TOKEN_TEXT_MAX];
	int rc;

	token_text_of(request->authorization, text);
	rc = token_find(store, text, strlen(text), now_us, ret_token, err);
	if (!rc)
		rc = account_read(store, ret_token->account_id, ret_account, err);
	if (rc)
		return rc;
	request->asker->kind = ASKER_TOKEN;
	request->asker->token_id = ret_token->id;
	if (token_is_stale(ret_token, now_us)) {
		struct token touched = *ret_token;

		/* Once an hour; that it was used is worth waiting for the disk. */
		touched.last_used_at_us = now_us;
		rc = writer_run(request->app->writer, touch_token, &touched, err);
	}
	return rc;
}

/* A page of ours sent it, or nothing is done: RFC 9110 leaves that to us, OWASP ASVS 3.5. */
static int check_origin(const struct request *request, const char *id, struct error *err)
{
	const char *site = request->fetch_site, *token = request->csrf_token;

	if (request->method == METHOD_GET || request->method == METHOD_HEAD ||
		request->method == METHOD_OPTIONS)
		return 0;
	if (*site && strcmp(site, "same-origin") != 0)
		return fail_cross_site(err);
	if (!*site && *request->origin && strcmp(request->origin, request->app->public_url) != 0 &&
		!request_is_own_host(request, request->origin))
		return fail_cross_site(err);
	if (!session_csrf_matches(id, strlen(id), token, strlen(token)))
		return fail_csrf_token(err);
	return 0;
}

struct touching {
	const struct session *session;
	int64_t now_us;
};

static int touch_session(struct store *store, void *context, struct error *err)
{
	const struct touching *touching = context;

	return session_touch(store, touching->session, touching->now_us, err);
}

static int by_session(struct request *request, struct account *ret_account, struct error *err)
{
	struct touching touching = {
		&request->asker->session, clock_now_us(request->app->clock)};
	const char *id = asker_cookie(request);
	int rc = session_find(request->worker->store, id ? id : "", id ? strlen(id) : 0,
		touching.now_us, &request->asker->session, err);

	if (!rc)
		rc = check_origin(request, id, err);
	if (!rc)
		rc = account_read(request->worker->store, request->asker->session.account_id,
			ret_account, err);
	if (rc)
		return rc;
	request->asker->kind = ASKER_SESSION;
	if (!session_is_stale(&request->asker->session, touching.now_us))
		return 0;
	return writer_run(request->app->writer, touch_session, &touching, err);
}

/* The page itself: it is the same for everybody, also for whose session has ended. */
static bool needs_nobody(const struct request *request)
{
	return !request->action && request->route && request->route->place == on_network;
}

int asker_find(struct request *request, struct error *err)
{
	struct asker *asker = arena_zero(&request->arena, 1, sizeof *asker);
	struct account account;
	struct token token;
	int rc;

	if (!asker)
		return fail_no_memory(err);
	request->asker = asker;
	if (!asker_is_named(request) || needs_nobody(request)) {
		snprintf(asker->actor, sizeof asker->actor, "public");
		return public_rights_take(request->app->public_rights, request->app->layers,
			&request->arena, &asker->rights, err);
	}
	rc = *request->authorization ? by_token(request, &account, &token, err)
				     : by_session(request, &account, err);
	if (!rc)
		rc = rights_make(request->worker->store, request->app->layers, &account,
			asker->kind == ASKER_TOKEN ? &token : NULL, &request->arena,
			&asker->rights, err);
	snprintf(asker->actor, sizeof asker->actor, "user:%lld",
		(long long)asker->rights.account_id);
	return rc;
}

const char *asker_login(struct store *store, const char *actor, struct account *account)
{
	static const char start[] = "user:";
	const char *number = actor + sizeof start - 1;
	int64_t id;

	if (!text_starts_with(actor, start) ||
		!number_parse_int(number, strlen(number), 1, INT64_MAX, &id) ||
		account_read(store, id, account, NULL))
		return NULL;
	return account->login.text;
}
