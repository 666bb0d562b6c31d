#include "server/administrator.h"

#include "base/messages.h"
#include "server/asker.h"
#include "server/worker.h"

int administrator_check(struct request *request, struct error *err)
{
	const struct asker *asker = request->asker;
	struct token token;
	int rc;

	if (asker->kind == ASKER_PUBLIC)
		return fail_login_needed(err);
	if (asker->rights.role != ROLE_ADMINISTRATOR)
		return fail_not_administrator(err);
	if (asker->kind != ASKER_TOKEN)
		return 0;
	rc = token_read(request->worker->store, asker->token_id, &token, err);
	if (rc)
		return rc;
	return token.may_write && !*token.layers ? 0 : fail_not_administrator(err);
}
