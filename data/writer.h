/*
 * writer: the one thread that writes the register, with group commit.
 *
 * Any thread hands it a piece of work and waits. Pieces that wait together share one transaction;
 * one that fails is undone alone, and all are answered only after the COMMIT, so what was answered
 * survives a power cut.
 */
#ifndef DATA_WRITER_H
#define DATA_WRITER_H

#include <stdbool.h>

#include "base/error.h"
#include "data/store.h"

struct writer;

/*
 * What is done on the writer's thread, inside its transaction. When one of several fails that had
 * written, all of them are undone and done anew: so a work says in its context what came of it, and
 * depends on nothing that it has said there before.
 */
typedef int writer_work(struct store *store, void *context, struct error *err);

/* Called on the writer's thread after each COMMIT, before anybody is answered. */
typedef void writer_committed(struct store *store, void *context);

/* Starts the thread over an open store, which it borrows until writer_free; committed may be NULL. */
int writer_new(struct store *store, writer_committed *committed, void *context,
	struct writer **ret_writer, struct error *err);

/* Finishes what is queued and ends the thread. */
void writer_free(struct writer *writer);
AUTOPTR(struct writer, writer_free);

/* Does the work and waits until it is durable, or undone; its error is in err. */
int writer_run(struct writer *writer, writer_work *work, void *context, struct error *err);

/* The same in a transaction of its own: for what takes long, so that no answer waits for it. */
int writer_run_apart(struct writer *writer, writer_work *work, void *context, struct error *err);

/* The same outside of any transaction, between those of others: for what must be so (VACUUM). */
int writer_run_alone(struct writer *writer, writer_work *work, void *context, struct error *err);

/* In which transaction a piece is done: one that it shares, one of its own, none. */
enum writer_company { WRITER_TOGETHER, WRITER_APART, WRITER_ALONE };

/*
 * A piece of work that nobody waits for. It belongs to the writer until done() is called, on a
 * thread of the writer, with what became of it in rc and err; done() may free it. One whose turn
 * has not come within its patience, because something long is being written, is given back undone,
 * with ERR_UNAVAILABLE.
 */
struct writer_piece {
	writer_work *ask; /* what the work will ask, ahead (query_ask), and nothing else; NULL: nothing */
	writer_work *work;
	void *context;
	void (*done)(struct writer_piece *piece);
	void *owner; /* for done() */
	enum writer_company company;
	int64_t patience_ms; /* 0: waits as long as it takes */
	int rc;
	struct error err;
	int64_t until_ms; /* the writer's, as what follows */
	struct writer_piece *next;
};

/* Queues it; false when too many wait, and the caller keeps it. */
bool writer_submit(struct writer *writer, struct writer_piece *piece);

#endif
