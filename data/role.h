/*
 * role: what kind of user an account is. THE table of roles.
 *
 * A role opens doors; the scopes of an account (account_scope.h) close some of them again. Which
 * door needs which role is said where the door is. The order of the roles means nothing.
 */
#ifndef DATA_ROLE_H
#define DATA_ROLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum role {
	ROLE_PUBLIC,	    /* anonymous visitors: the account ACCOUNT_PUBLIC and no other */
	ROLE_VIEWER,	    /* reads what the public does not see */
	ROLE_SURVEYOR,	    /* hands in surveys */
	ROLE_OFFICER,	    /* keeps parcels, numbers and dossiers */
	ROLE_PLANNER,	    /* keeps plans and zones */
	ROLE_OPERATOR,	    /* keeps lamps, cameras, stations */
	ROLE_APPROVER,	    /* decides and signs */
	ROLE_ADMINISTRATOR, /* accounts and settings */
	ROLE_COUNT
};

/* The stored name, "surveyor", and the title for people. Borrowed, static. */
const char *role_id(enum role role);
const char *role_title(enum role role, enum lang lang);

/* The role of that id; false if there is none. */
bool role_find(const char *id, size_t len, enum role *ret_role);

#endif
