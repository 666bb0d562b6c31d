#include "server/administrator.h"

#include "base/messages.h"
#include "server/asker.h"

int administrator_check(const struct request *request, struct error *err)
{
	const struct asker *asker = request->asker;

	if (asker->kind == ASKER_PUBLIC)
		return fail_login_needed(err);
	return asker->rights.administers ? 0 : fail_not_administrator(err);
}
