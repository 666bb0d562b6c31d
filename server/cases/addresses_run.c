#include "server/cases/addresses.h"

#include "base/messages.h"
#include "data/certificate.h"
#include "data/history.h"

/* --- who was quicker ----------------------------------------------------------------------------- */

struct holder {
	const struct layer *layer;
	struct strbuf *text;
};

static int take_holder(void *context, const struct feature *feature, struct error *err)
{
	struct holder *holder = context;
	struct address address;

	(void)err;
	if (address_of(holder->layer, feature, &address))
		strbuf_add_format(holder->text, "%s (%s)", address.label, feature->valid_from.text);
	return 0;
}

struct looking {
	int number, step, start;
	bool taken[NUMBERING_GREATEST + 1];
};

static int note_taken(
	void *context, int64_t number, int64_t address_id, const char *key, struct error *err)
{
	struct looking *looking = context;

	(void)address_id;
	(void)key;
	(void)err;
	if (number >= 0 && number <= NUMBERING_GREATEST)
		looking->taken[number] = true;
	return 0;
}

/* The number of the same side that is nearest and free; 0 none. */
static int nearest_free(const struct looking *looking)
{
	for (int away = looking->step; away <= NUMBERING_GREATEST; away += looking->step)
		for (int sign = 1; sign >= -1; sign -= 2) {
			int number = looking->number + sign * away;

			if (number >= looking->start && number <= NUMBERING_GREATEST &&
				!looking->taken[number])
				return number;
		}
	return 0;
}

static int find_free(const struct address_work *work, struct store *store, struct strbuf *out,
	struct error *err)
{
	const struct street_houses *houses = &work->proposal->survey.houses;
	struct looking looking = {.number = work->number.number,
		.step = houses->parameters.sides == NUMBERING_ONE_ROW ? 1 : 2,
		.start = houses->parameters.start};
	struct numbering_number number = {.number = 0};
	int rc = address_claims(store, work->street_id, note_taken, &looking, err);

	number.number = rc ? 0 : nearest_free(&looking);
	if (number.number)
		street_plate(&houses->chain, &number, out);
	return rc;
}

/* Tells who has the number and which is free, instead of the bare conflict. */
static int tell_taken(const struct address_work *work, struct store *store, struct error *err)
{
	autofree(strbuf_clear) struct strbuf holder = STRBUF(2 * STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf available = STRBUF(2 * STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf plate = STRBUF(2 * STREET_LABEL_MAX);
	struct holder found = {work->layer, &holder};
	struct address wanted;
	int64_t id = 0;
	bool seen;
	int rc;

	if (!address_of(work->layer, &work->record.feature, &wanted) || !work->proposal)
		return fail_number_claimed(err, "");
	rc = address_holder(store, &wanted, &id, err);
	if (!rc && id)
		rc = feature_read_row(store, work->layer, id, take_holder, &found, &seen, err);
	if (!rc)
		rc = find_free(work, store, &available, err);
	if (rc)
		return rc;
	street_plate(&work->proposal->survey.houses.chain, &work->number, &plate);
	return fail_number_taken_by(err, plate.data ? plate.data : "",
		holder.len ? holder.data : "?", available.len ? available.data : "–");
}

/* --- the transaction ----------------------------------------------------------------------------- */

/* A reservation whose numbers go to others ends. */
static int end_reservation(struct revision *revision, int64_t id, struct error *err)
{
	struct history_spans spans;
	int64_t version;
	int rc = history_live(revision->store, revision->layer, id, &spans, NULL, err);

	/* Somebody else has ended it meanwhile. */
	if (rc || !spans.count)
		return rc;
	rc = revision_end(revision, id, spans.spans[spans.count - 1].version, &revision->today,
		&version, err);
	/* Afterwards: what is said again of the days before claims its numbers again. */
	return rc ? rc : address_release(revision->store, id, err);
}

/* What a reservation held beyond the number that is issued is free again. */
static int shrink_claims(
	struct address_work *work, struct store *store, struct error *err)
{
	int rc = address_release(store, work->id, err);

	return rc ? rc : address_claim(store, work->layer, &work->record.feature, err);
}

static int write(struct address_work *work, struct revision *revision, struct error *err)
{
	struct feature *feature = &work->record.feature;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->freed_count; i++)
		rc = end_reservation(revision, work->freed[i], err);
	if (rc)
		return rc;
	if (!work->base_version) {
		feature->id = 0;
		rc = revision_create(revision, feature, err);
	} else {
		rc = revision_replace(revision, work->base_version, feature, err);
		if (!rc && work->order.deed == ADDRESS_ISSUE)
			rc = shrink_claims(work, revision->store, err);
	}
	work->id = feature->id;
	work->version = feature->version;
	return rc;
}

/* A paper that says another number than the house has, or that there is a house, holds no more. */
static int end_certificate(
	const struct address_work *work, struct store *store, struct error *err)
{
	if (work->order.deed != ADDRESS_RENUMBER && work->order.deed != ADDRESS_RETIRE)
		return 0;
	return certificate_revoke_of_address(
		store, work->id, work->author.reason, work->author.at_us, err);
}

int address_run(struct store *store, void *context, struct error *err)
{
	struct address_work *work = context;
	struct change_set changes;
	struct revision revision;
	int rc = change_begin(store, &work->author, &changes, err);

	if (rc)
		return rc;
	revision = revision_of(store, work->layer, work->epsg, &changes, work->randomness);
	if (!work->base_version)
		work->record.feature.id = 0;
	rc = write(work, &revision, err);
	if (!rc)
		rc = end_certificate(work, store, err);
	if (rc == ERR_CONFLICT && err && err->message == MSG_NUMBER_CLAIMED) {
		error_clear(err);
		return tell_taken(work, store, err);
	}
	return rc ? rc : change_end(&changes, err);
}
