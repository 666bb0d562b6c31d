/*
 * search_answer: what a search says, as JSON, to HTTP and to the command line alike: records by
 * layer with what to call them, and what the text means as coordinates.
 */
#ifndef SERVER_SEARCH_ANSWER_H
#define SERVER_SEARCH_ANSWER_H

#include "base/json_write.h"
#include "data/city.h"
#include "data/search.h"
#include "gis/crs.h"

enum { SEARCH_LIMIT_DEFAULT = 8, SEARCH_LIMIT_MAX = 50 };

struct search_question {
	struct search_ask ask;
	struct crs_context *crs; /* with the city's operation */
	const struct city *city;
	enum lang lang;
	int limit; /* results a layer */
};

/* ERR_INVALID with the reason if the text is too long. The arena is for the time of the call. */
int search_answer_write(const struct search_question *question, struct arena *arena,
	struct json_writer *json, struct error *err);

#endif
