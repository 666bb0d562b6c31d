#include "gis/watch.h"

#include "base/clock.h"
#include "base/messages.h"

int watch_check(const struct watch *watch, struct error *err)
{
	if (!watch)
		return 0;
	if (watch->cancelled && watch->cancelled(watch->context))
		return fail_cancelled(err);
	if (watch->until_ms && clock_ticks_ms() > watch->until_ms)
		return fail_read_too_long(err);
	return 0;
}
