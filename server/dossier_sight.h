/*
 * dossier_sight: which case files the asker of a request sees, and that it is noted who reads of whom.
 *
 * Who may write the layer of a file's kind in its unit sees it, with who came; nobody else hears that
 * it is there.
 */
#ifndef SERVER_DOSSIER_SIGHT_H
#define SERVER_DOSSIER_SIGHT_H

#include "data/dossier_list.h"
#include "data/person.h"
#include "server/dossier_json.h"
#include "server/request.h"

/* 0 if the asker handles files at all; for actions too. */
int dossier_sight_check(const struct request *request, struct error *err);

/* DOSSIER_HANDLE, ... of the asker on the files of a kind in a unit; 0: sees nothing. */
unsigned dossier_sight_powers(
	const struct request *request, const struct dossier_kind *kind, int64_t unit);

/* The file of the first capture of the path. ERR_NOT_FOUND for one that is not seen. */
int dossier_sight_find(struct request *request, struct dossier *ret, struct error *err);

/* Narrows a search to the units in which the asker handles files. */
int dossier_sight_narrow(struct request *request, struct dossier_search *search, struct error *err);

/*
 * Notes the read, then reads: who came with a file. Purposes are words of the log: "dossier"; that of
 * the queue, which screens ask for all day, is noted once an hour.
 */
int dossier_sight_person(struct request *request, const struct dossier *dossier,
	const char *purpose, struct person *ret, struct error *err);
int dossier_sight_listed(struct request *request, const struct dossier *dossier,
	struct person *ret, struct error *err);
int dossier_sight_note(struct request *request, const struct dossier *dossier,
	const char *purpose, struct error *err);

/* Telling files to the asker. */
struct dossier_telling dossier_sight_telling(struct request *request, struct json_writer *json);

/* After the commit: the queues of those who handle it are told that a file has changed. */
void dossier_sight_changed(struct request *request, const struct dossier *dossier);

#endif
