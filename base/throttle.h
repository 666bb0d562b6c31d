/*
 * throttle: who fails again and again has to wait, longer each time.
 *
 * The first THROTTLE_FREE failures cost nothing; from then on the wait doubles from one second to
 * 15 minutes. A day without a failure, or a success, and all is forgotten. The rule alone
 * (throttle_wait_us) serves counts that are kept elsewhere; the table keeps them in memory, for
 * keys such as the address of a client. The table has a fixed size: it remembers digests of keys
 * under a random salt, in small sets, and a new key takes the place of the most harmless one of
 * its set. All functions may be called by any thread.
 *
 *	if ((wait_s = throttle_enter(throttle, address, len)))
 *		refuse, to be tried again in wait_s seconds;
 *	if (it succeeded)
 *		throttle_forgive(throttle, address, len);
 */
#ifndef BASE_THROTTLE_H
#define BASE_THROTTLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

enum { THROTTLE_FREE = 5, THROTTLE_WAIT_MAX_S = 900, THROTTLE_MEMORY_S = 86400 };

/*
 * Microseconds from now_us until one may try again who failed `failures` times, the last time at
 * failed_us; 0 at once. A clock that was set back makes nobody wait longer than the rule.
 */
int64_t throttle_wait_us(int64_t failures, int64_t failed_us, int64_t now_us);

/* The same in whole seconds, rounded up. */
int64_t throttle_wait_s(int64_t failures, int64_t failed_us, int64_t now_us);

/* How many failures count at now_us: none after a day. */
int64_t throttle_failures(int64_t failures, int64_t failed_us, int64_t now_us);

struct throttle;

/*
 * A table of at least `keys` keys (32 bytes each), each of which has `free` failures before it
 * waits: THROTTLE_FREE for one person, more where many share a key, as an office its address. The
 * clock is borrowed.
 */
int throttle_new(size_t keys, int free, const struct clock *clock,
	const struct randomness *randomness, struct throttle **ret_throttle, struct error *err);
void throttle_free(struct throttle *throttle);
AUTOPTR(struct throttle, throttle_free);

/*
 * Asks to try. 0: go on; it counts as a failure until throttle_forgive, so that a thousand tries
 * at once do not all slip through. Else the seconds to wait, and nothing is counted.
 */
int64_t throttle_enter(struct throttle *throttle, const void *key, size_t len);

/*
 * The try succeeded: forgets the key. Where many share it, one of them can so clear the others'
 * failures; what must hold against that counts by account too.
 */
void throttle_forgive(struct throttle *throttle, const void *key, size_t len);

#endif
