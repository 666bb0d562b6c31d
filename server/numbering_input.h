/*
 * numbering_input: what routes of numbering read of a request, and who may ask.
 */
#ifndef SERVER_NUMBERING_INPUT_H
#define SERVER_NUMBERING_INPUT_H

#include "server/cases/proposal.h"
#include "server/content.h"

/* ERR_NOT_FOUND if addresses, streets or parcels are hidden from the asker. */
int numbering_sees(const struct request *request, struct error *err);

/* ERR_NOT_FOUND if the asker does not see the parcel. */
int numbering_sees_parcel(struct request *request, int64_t id, struct error *err);

/* 0 if the asker may change addresses. */
int numbering_check_writer(const struct request *request, struct error *err);

/* An id as a query parameter; 0 when it is not there and need not be. */
int numbering_id_param(struct request *request, const char *name, bool is_needed, int64_t *ret,
	struct error *err);

/* The parameter door=lon,lat, brought into the working CRS. */
int numbering_door_param(
	struct request *request, struct proposal_order *order, struct error *err);

/* A number as a member, 0 when it is not there; and a door as [lon, lat] (NULL: none). */
int numbering_id_member(
	struct content *content, const char *key, int64_t *ret, struct error *err);
int numbering_door_member(struct request *request, const struct json_node *node,
	struct proposal_order *order, struct error *err);

#endif
