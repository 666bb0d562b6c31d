/*
 * audit: has anybody changed the register behind its back?
 *
 * The feed is a chain: each link seals its rows and the link before it, each row the version that
 * it tells of. Here all of it is computed again and compared: a row of the feed, the history or a
 * layer's table that was changed, removed or put in shows. What no program can see by itself is
 * that the end of the chain was cut off together with all that it told of; so the head (number and
 * seal of the last link) is printed, to be kept elsewhere and compared.
 */
#ifndef DATA_AUDIT_H
#define DATA_AUDIT_H

#include "base/secret.h"
#include "data/layer.h"
#include "data/store.h"

enum audit_fault {
	AUDIT_GAP,	   /* a number of the feed is missing */
	AUDIT_LINK,	   /* a link or one of its rows was changed */
	AUDIT_VERSION,	   /* a version was changed */
	AUDIT_NO_VERSION,  /* the feed tells of a version that is not there */
	AUDIT_NO_CHANGE,   /* a version is there of which the feed does not tell */
	AUDIT_SUPERSEDED,  /* a version holds or does not hold against the feed */
	AUDIT_ROW,	   /* the table of the layer does not show what the versions say */
	AUDIT_HEAD,	   /* the chain does not hold the link that was expected */
};

struct audit_finding {
	enum audit_fault fault;
	const char *layer; /* NULL of the chain itself */
	int64_t id, version; /* 0 unknown */
	int64_t link;
};

struct audit_head {
	int64_t link;
	struct digest digest;
};

struct audit_plan {
	const struct layer_table *layers;
	struct date today;
	const struct audit_head *expected; /* a head kept elsewhere; NULL none */
	void (*finding)(void *context, const struct audit_finding *finding);
	/* done of total changes; false cancels. */
	bool (*progress)(void *context, int64_t done, int64_t total);
	void *context;
};

struct audit_report {
	int64_t links, changes, versions, findings;
	struct audit_head head;
};

/* Looks over everything, in one read transaction. Findings are no errors. */
int audit_verify(struct store *store, const struct audit_plan *plan,
	struct audit_report *ret_report, struct error *err);

#endif
