/*
 * Cleanup by attribute: every early return is already correct.
 *
 *	autofree(strbuf_clear) struct strbuf text = STRBUF(4096);
 *	autoptr(parcel_free) struct parcel *parcel = NULL;
 *	...
 *	*ret_parcel = take(parcel);
 *
 * autofree() is for an object that the caller holds: its clear function gets the address.
 * autoptr() is for a pointer to a heap object: its free function gets the pointer, which may be
 * NULL. The free function must be named in an AUTOPTR() line of its header.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stddef.h>

#define autofree(clear) __attribute__((cleanup(clear)))
#define autoptr(free) __attribute__((cleanup(free##_at)))

/* Makes the free function of a type usable in autoptr(). */
#define AUTOPTR(type, free)                                                                        \
	static inline void free##_at(type **at)                                                    \
	{                                                                                          \
		free(*at);                                                                         \
	}                                                                                          \
	struct cleanup_needs_semicolon

/* Moves a pointer out of its variable, which is NULL afterwards. */
#define take(pointer)                                                                              \
	__extension__({                                                                            \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

#endif
