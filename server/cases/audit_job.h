/*
 * audit_job: the audit (data/audit.h) as a job; its result is the document of audit_json.h.
 */
#ifndef SERVER_CASES_AUDIT_JOB_H
#define SERVER_CASES_AUDIT_JOB_H

#include "data/job_runner.h"

enum { AUDIT_STEPS = 1 };
extern const struct job_step audit_steps[AUDIT_STEPS];

#endif
