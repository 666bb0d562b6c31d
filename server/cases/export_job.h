/*
 * export_job: a layer as a file (export.h) for somebody who asks over HTTP, as a job.
 *
 * The file holds what the one who ordered it may see when it is written, in the way he ordered it: a
 * token that sees less than its account gets less. Who fetches it must see the same still.
 */
#ifndef SERVER_CASES_EXPORT_JOB_H
#define SERVER_CASES_EXPORT_JOB_H

#include "data/job_runner.h"
#include "server/content.h"
#include "server/response.h"

enum { EXPORT_STEPS = 1, EXPORT_WAITING_MAX = 3 /* of an account, not yet ended */ };
extern const struct job_step export_steps[EXPORT_STEPS];

/* Members of an order beside its kind, and the payload of the job that is made of them. */
#define EXPORT_MEMBERS "layer format crs unit bbox area datetime recorded fields plain"
int export_job_order(struct content *content, struct strbuf *payload, struct error *err);

/* Answers with the file of a job: ERR_NOT_FOUND if there is none (any more), or not for who asks. */
int export_job_answer(struct request *request, const struct job *job, struct response *response,
	struct error *err);

#endif
