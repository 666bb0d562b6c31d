/*
 * jobs: what the server does for somebody that takes longer than a request. THE table of kinds of
 * jobs is in jobs.c.
 *
 * Who ordered a job hears by an event "job" how far it is, and so do the administrators.
 */
#ifndef SERVER_JOBS_H
#define SERVER_JOBS_H

#include "base/json_write.h"
#include "data/job_runner.h"
#include "server/request.h"

struct app;
struct content;

/* Starts what does them, which goes on with what an earlier process left. */
int jobs_start(struct app *app, struct job_runner **ret_runner, struct error *err);

/* A job is new, or shall be cancelled: the runner looks at once, and who listens is told. */
void jobs_changed(const struct app *app, const struct job *job);

/* A job has moved, here or on another server, where the register is shared. */
void jobs_heard(const struct app *app, struct store *store, int64_t id);

/* What can be ordered; NULL if there is no such kind. */
struct job_offer {
	const char *kind;
	const char *title[2];
	/* 0 if who asks may order it, else why not. */
	int (*check)(const struct request *request, struct error *err);
	const char *members; /* of the order beside its kind, "a b" */
	/* Writes the payload of the order, or says what is wrong with it; NULL: there is none. */
	int (*prepare)(struct content *content, struct strbuf *payload, struct error *err);
};
const struct job_offer *jobs_offer(const char *kind);

/* The job as JSON; the result, which may be long, where it is wished. */
void jobs_write(struct json_writer *json, const struct job *job, bool with_result);

#endif
