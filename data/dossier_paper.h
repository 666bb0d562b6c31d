/*
 * dossier_paper: the papers of a case file: asked for, shown in the original, or kept as a scan.
 *
 * A paper is called by its id in the list of its kind (dossier_kind.h). One that was asked for is
 * answered in its own row. Bytes of scans are blobs; whoever may see the file may see them.
 */
#ifndef DATA_DOSSIER_PAPER_H
#define DATA_DOSSIER_PAPER_H

#include "data/blob.h"
#include "data/dossier.h"

enum {
	DOSSIER_PAPERS_MAX = 200,      /* of a file */
	DOSSIER_SCAN_MAX_BYTES = 20 << 20, /* of one */
};

enum dossier_paper_state { DOSSIER_PAPER_ASKED, DOSSIER_PAPER_SHOWN, DOSSIER_PAPER_SCAN };

/* "asked", "shown", "scan". */
const char *dossier_paper_state_id(enum dossier_paper_state state);

struct dossier_paper {
	int64_t ordinal; /* from 1 */
	const char *name;
	enum dossier_paper_state state;
	struct digest_text sha256; /* of a scan; "" */
	const char *actor;	   /* who asked for it, or took it in */
	int64_t at_us;
};

/* Asks the applicant for one, inside a transaction; one that is asked for already stays. */
int dossier_paper_ask(struct store *store, int64_t dossier_id, const char *name,
	const char *actor, int64_t now_us, struct error *err);

/* A paper that came; bytes NULL: shown in the original. */
struct dossier_paper_gift {
	int64_t dossier_id;
	const char *name;
	const char *type; /* media type, as dossier_paper_type says */
	const void *bytes;
	size_t len;
	const char *actor;
	int64_t now_us;
	int64_t ordinal; /* set */
};

/* Inside a transaction; an event of the file tells of it. ERR_NOT_FOUND, ERR_TOO_LARGE. */
int dossier_paper_bring(struct store *store, struct dossier_paper_gift *gift, struct error *err);

/* The same of a file that is being made: without an event. */
int dossier_paper_add(struct store *store, struct dossier_paper_gift *gift, struct error *err);

/* The media type that the first bytes show: PDF, JPEG or PNG; NULL for all else. */
const char *dossier_paper_type(const void *bytes, size_t len);

/* Visits them by ordinal; stops at what is not 0. Texts are borrowed until it returns. */
typedef int dossier_paper_visit(void *context, const struct dossier_paper *paper, struct error *err);
int dossier_papers(struct store *store, int64_t dossier_id, dossier_paper_visit *visit,
	void *context, struct error *err);

/* The scan of that ordinal; ERR_NOT_FOUND if there is none. */
int dossier_scan_find(struct store *store, int64_t dossier_id, int64_t ordinal,
	struct digest_text *ret_sha256, struct error *err);

#endif
