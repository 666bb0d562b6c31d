#include "server/cases/relabel.h"

#include "base/messages.h"
#include "data/feature_link.h"

/* The streets and addresses while they are gathered. */
struct gathering {
	struct relabel_work *work;
	const struct case_tools *tools;
	struct id_list streets; /* in the order of their finding */
	struct street_chain chain; /* of the street in hand */
	int64_t street_id;
};

static void gathering_clear(struct gathering *gathering)
{
	id_list_clear(&gathering->streets);
}

/* The street, and one after the other all that leave it. */
static int find_streets(struct gathering *gathering, struct error *err)
{
	const struct layer *layer = layer_of_streets(gathering->tools->layers);
	int rc = id_list_add(&gathering->streets, gathering->work->street_id, err);

	for (size_t i = 0; !rc && i < gathering->streets.count; i++) {
		autofree(id_list_clear) struct id_list alleys = {0};

		rc = feature_link_list(gathering->tools->store, layer, layer->network->parent,
			gathering->streets.ids[i], &alleys, err);
		for (size_t k = 0; !rc && k < alleys.count; k++) {
			if (gathering->streets.count == RELABEL_STREETS_MAX)
				return fail_quarter_too_large(err, RELABEL_STREETS_MAX);
			rc = id_list_add(&gathering->streets, alleys.ids[k], err);
		}
	}
	return rc;
}

static bool is_label_of(const struct gathering *gathering, const struct feature *feature,
	struct address_saying *ret)
{
	const struct layer *layer = gathering->work->layer;
	autofree(strbuf_clear) struct strbuf label = STRBUF(4 * STREET_LABEL_MAX);
	struct address address;

	if (!address_of(layer, feature, &address) || !strcmp(address.status, "retired") ||
		address.flat || *address.prefix)
		return true;
	*ret = (struct address_saying){.chain = &gathering->chain,
		.street_id = gathering->street_id,
		.number = {.number = (int)address.number, .to = (int)address.number_to}};
	(void)snprintf(ret->number.suffix, sizeof ret->number.suffix, "%s", address.suffix);
	street_label(&gathering->chain, &ret->number, &label);
	return label.failed || (label.data && !strcmp(label.data, address.label));
}

static int check_rights(
	const struct relabel_work *work, const struct feature *feature, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	struct feature seen = *feature;
	bool source;

	memcpy(values, feature->values, work->layer->field_count * sizeof *values);
	seen.values = values;
	return view_writable(&work->view, values, &seen, &source) ? 0 : fail_unit_forbidden(err);
}

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct gathering *gathering = context;
	struct relabel_work *work = gathering->work;
	struct arena *arena = gathering->tools->arena;
	struct address_record *record;
	struct address_saying saying;
	struct value status;
	int rc;

	if (is_label_of(gathering, feature, &saying))
		return 0;
	if (work->count == RELABEL_ADDRESSES_MAX)
		return fail_quarter_too_large(err, RELABEL_ADDRESSES_MAX);
	rc = check_rights(work, feature, err);
	record = rc ? NULL : arena_alloc(arena, sizeof *record);
	if (rc || !record)
		return rc ? rc : fail_no_memory(err);
	rc = address_record_copy(work->layer, feature, arena, record, err);
	status = record->values[layer_field_at(work->layer, work->layer->address->status)];
	saying.status = status.kind == VALUE_TEXT ? status.text : "";
	if (!rc)
		rc = address_record_renumber(work->layer, &saying, arena, record, err);
	record->feature.valid_from = work->valid_from;
	record->feature.valid_to = (struct date){""};
	work->records[work->count++] = record;
	return rc;
}

static int take_street(struct gathering *gathering, int64_t id, struct error *err)
{
	const struct case_tools *tools = gathering->tools;
	const struct layer *layer = gathering->work->layer;
	autofree(id_list_clear) struct id_list addresses = {0};
	struct street_node node;
	int rc = street_read(tools, id, &node, err);

	gathering->street_id = id;
	if (!rc)
		rc = street_chain_of(tools, &node, &gathering->chain, err);
	if (!rc)
		rc = feature_link_list(
			tools->store, layer, layer->address->street, id, &addresses, err);
	return rc ? rc
		  : feature_read_list(tools->store, &VIEW_NOW(layer), addresses.ids,
			    addresses.count, take_address, gathering, err);
}

int relabel_prepare(
	struct relabel_work *work, const struct case_tools *tools, struct error *err)
{
	autofree(gathering_clear) struct gathering gathering = {.work = work, .tools = tools};
	int rc;

	work->layer = layer_of_addresses(tools->layers);
	work->epsg = tools->city->epsg;
	if (!*work->author.reason)
		return fail_reason_needed(err);
	if (!*work->valid_from.text)
		work->valid_from = clock_date_vietnam(work->author.at_us);
	work->records = arena_zero(
		tools->arena, RELABEL_ADDRESSES_MAX, sizeof(struct address_record *));
	if (!work->records)
		return fail_no_memory(err);
	rc = find_streets(&gathering, err);
	for (size_t i = 0; !rc && i < gathering.streets.count; i++)
		rc = take_street(&gathering, gathering.streets.ids[i], err);
	return rc;
}

int relabel_run(struct store *store, void *context, struct error *err)
{
	struct relabel_work *work = context;
	struct change_set changes;
	struct revision revision;
	int rc;

	if (!work->count)
		return 0;
	rc = change_begin(store, &work->author, &changes, err);
	if (rc)
		return rc;
	revision = revision_of(store, work->layer, work->epsg, &changes, work->randomness);
	for (size_t i = 0; !rc && i < work->count; i++) {
		struct feature feature = work->records[i]->feature;

		rc = revision_replace(&revision, feature.version, &feature, err);
	}
	return rc ? rc : change_end(&changes, err);
}
