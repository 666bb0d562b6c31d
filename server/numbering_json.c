#include "server/numbering_json.h"

#include <math.h>

#include "base/messages.h"
#include "gis/geojson.h"
#include "server/api_words.h"

/* --- places ------------------------------------------------------------------------------------- */

int place_writer_open(const struct case_tools *tools, struct json_writer *json,
	struct place_writer *ret, struct error *err)
{
	*ret = (struct place_writer){.json = json};
	return crs_path_find(tools->crs, tools->city->epsg, CRS_WGS84, &ret->to_wgs84, err);
}

static void write_place(
	struct place_writer *places, const char *key, enum geometry_kind kind, double *xy, size_t count)
{
	uint32_t end = (uint32_t)count, one = 1;
	const struct shape shape = {.kind = kind, .point_count = count, .xy = xy, .ring_count = 1,
		.ring_ends = &end, .part_count = 1, .part_ends = &one, .z_m = (double)NAN};
	int rc = crs_path_move(places->to_wgs84, xy, count, NULL);

	json_put_key(places->json, key);
	geojson_write(places->json, rc ? NULL : &shape, GEOJSON_DEGREE_DECIMALS);
}

void place_write_point(struct place_writer *places, const char *key, double east, double north)
{
	double xy[2] = {east, north};

	write_place(places, key, GEOMETRY_POINT, xy, 1);
}

void place_write_line(struct place_writer *places, const char *key, const double from[2],
	const double to[2])
{
	double xy[4] = {from[0], from[1], to[0], to[1]};

	write_place(places, key, GEOMETRY_LINE, xy, 2);
}

/* --- numbers ------------------------------------------------------------------------------------ */

const char *numbering_side_word(int side)
{
	return side > 0 ? "left" : "right";
}

void numbering_number_write(struct json_writer *json, const char *key,
	const struct street_chain *chain, const struct numbering_number *number)
{
	autofree(strbuf_clear) struct strbuf plate = STRBUF(2 * STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf label = STRBUF(4 * STREET_LABEL_MAX);

	json_put_key(json, key);
	if (!number->number) {
		json_put_null(json);
		return;
	}
	street_plate(chain, number, &plate);
	street_label(chain, number, &label);
	json_begin_object(json);
	json_member_int(json, "number", number->number);
	json_put_key(json, "to");
	if (number->to)
		json_put_int(json, number->to);
	else
		json_put_null(json);
	json_member_text(json, "suffix", number->suffix);
	json_member_text(json, "plate", plate.data);
	json_member_text(json, "label", label.data);
	json_end_object(json);
}

/* --- the proposal ------------------------------------------------------------------------------- */

static void write_message(
	struct json_writer *json, const char *key, const struct error *what, enum lang lang)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(ERROR_TEXT_MAX * 2);

	message_print(&text, lang, what->message, what->args);
	json_member_text(json, key, text.data ? text.data : "");
}

static void write_rule(struct json_writer *json, const struct rule *rule)
{
	json_put_key(json, "rule");
	if (!rule) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_text(json, "id", rule->id);
	json_member_text(json, "document", rule->document);
	json_member_text(json, "article", rule->article);
	json_member_text(json, "confidence", rule->confidence);
	json_end_object(json);
}

static void write_steps(
	struct json_writer *json, const struct proposal *proposal, enum lang lang)
{
	json_put_key(json, "steps");
	json_begin_array(json);
	for (size_t i = 0; i < proposal->step_count; i++) {
		const struct proposal_step *step = &proposal->steps[i];

		json_begin_object(json);
		json_member_text(json, "code", message_at(step->what.message)->code);
		write_message(json, "text", &step->what, lang);
		write_rule(json,
			step->rule == RULE_NONE ? NULL : &proposal->rules.rows[step->rule]);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_choices(
	struct json_writer *json, const struct proposal *proposal, enum lang lang)
{
	json_put_key(json, "choices");
	json_begin_array(json);
	for (size_t i = 0; i < proposal->choice_count; i++) {
		const struct proposal_choice *choice = &proposal->choices[i];

		json_begin_object(json);
		json_put_key(json, "street_id");
		if (choice->street_id)
			json_put_int(json, choice->street_id);
		else
			json_put_null(json);
		numbering_number_write(
			json, "number", &proposal->survey.houses.chain, &choice->number);
		json_member_text(json, "code", message_at(choice->why.message)->code);
		write_message(json, "text", &choice->why, lang);
		json_end_object(json);
	}
	json_end_array(json);
}

static void write_street(struct json_writer *json, const struct street_houses *houses)
{
	const struct street_node *node = &houses->street->node;

	json_put_key(json, WORD_STREET);
	json_begin_object(json);
	json_member_int(json, "id", node->id);
	json_member_int(json, "version", node->version);
	json_member_text(json, "name", node->name);
	json_member_text(json, "kind", node->kind);
	json_member_text(json, "path", houses->chain.path);
	json_put_key(json, "scheme_id");
	if (houses->scheme_id)
		json_put_int(json, houses->scheme_id);
	else
		json_put_null(json);
	json_end_object(json);
}

static void write_neighbour(
	struct place_writer *places, const char *key, const struct proposal *proposal, int64_t at)
{
	const struct street_houses *houses = &proposal->survey.houses;
	const struct numbering_house *house = at < 0 ? NULL : &houses->houses[at];
	const struct known_address *known =
		house && house->caller ? &houses->addresses[house->caller - 1] : NULL;

	json_put_key(places->json, key);
	if (!known) {
		json_put_null(places->json);
		return;
	}
	json_begin_object(places->json);
	json_member_int(places->json, "id", known->address.id);
	json_member_text(places->json, "plate", known->address.plate);
	json_member_text(places->json, "status", known->address.status);
	place_write_point(places, "geometry", known->address.east, known->address.north);
	json_end_object(places->json);
}

static void write_house(struct place_writer *places, const struct proposal *proposal)
{
	const struct numbering_house *house = proposal->house;
	const struct frontage *front = &proposal->front;
	const double door[2] = {front->east, front->north};
	const double foot[2] = {front->foot.east, front->foot.north};
	struct json_writer *json = places->json;

	json_member_text(json, "side", house ? numbering_side_word(house->side) : NULL);
	json_put_key(json, "chainage_m");
	json_put_fixed(json, front->foot.chainage_m, 2);
	json_put_key(json, "distance_m");
	json_put_fixed(json, front->foot.distance_m, 2);
	json_put_key(json, "front_m");
	json_put_fixed(json, front->length_m, 1);
	place_write_point(places, "door", front->east, front->north);
	place_write_line(places, "foot", door, foot);
	write_neighbour(places, "before", proposal, house ? house->before : -1);
	write_neighbour(places, "behind", proposal, house ? house->behind : -1);
}

static void write_free(struct json_writer *json, const struct proposal *proposal)
{
	const struct street_chain *chain = &proposal->survey.houses.chain;

	json_put_key(json, "free");
	json_begin_array(json);
	for (size_t i = 0; i < proposal->free_count; i++) {
		autofree(strbuf_clear) struct strbuf plate = STRBUF(2 * STREET_LABEL_MAX);
		const struct numbering_number number = {.number = proposal->free_numbers[i]};

		street_plate(chain, &number, &plate);
		json_put_text(json, plate.data ? plate.data : "");
	}
	json_end_array(json);
}

static void write_known(struct json_writer *json, const struct known_address *known)
{
	json_put_key(json, WORD_ADDRESS);
	if (!known) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_int(json, "id", known->address.id);
	json_member_int(json, "version", known->address.version);
	json_member_text(json, "label", known->address.label);
	json_member_text(json, "plate", known->address.plate);
	json_member_text(json, "status", known->address.status);
	json_end_object(json);
}

int proposal_write(struct json_writer *json, const struct proposal *proposal,
	const struct case_tools *tools, enum lang lang, struct error *err)
{
	static const char *const states[] = {"decided", "choose", "numbered"};
	struct place_writer places;
	int rc = place_writer_open(tools, json, &places, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "state", states[proposal->state]);
	json_member_int(json, "parcel_id", proposal->parcel_id);
	json_member_int(json, "parcel_version", proposal->parcel_version);
	json_member_text(json, "parcel_number", proposal->parcel);
	numbering_number_write(json, "number", &proposal->survey.houses.chain, &proposal->number);
	if (proposal->survey.houses.street) {
		write_street(json, &proposal->survey.houses);
		write_house(&places, proposal);
	}
	write_free(json, proposal);
	write_known(json, proposal->address);
	write_steps(json, proposal, lang);
	write_choices(json, proposal, lang);
	json_end_object(json);
	return 0;
}

/* --- what came of a deed ------------------------------------------------------------------------ */

static void write_text(struct json_writer *json, const char *key, const struct value *value)
{
	json_member_text(json, key, value->kind == VALUE_TEXT ? value->text : NULL);
}

void address_write(struct json_writer *json, const struct address_work *work)
{
	const struct layer *layer = work->layer;
	const struct layer_address *role = layer->address;
	const struct value *values = work->record.values;

	json_begin_object(json);
	json_member_int(json, "id", work->id);
	json_member_int(json, "version", work->version);
	write_text(json, "label", &values[layer_field_at(layer, role->label)]);
	write_text(json, "plate", &values[layer_field_at(layer, role->plate)]);
	write_text(json, "status", &values[layer_field_at(layer, role->status)]);
	write_text(json, "old_labels", &values[layer_field_at(layer, role->old_labels)]);
	write_text(json, "reserved_until", &values[layer_field_at(layer, role->reserved_until)]);
	json_put_key(json, "street_id");
	value_put_json(json, &values[layer_field_at(layer, role->street)], false);
	json_put_key(json, "parcel_id");
	value_put_json(json, &values[layer_field_at(layer, role->parcel)], false);
	json_member_text(json, "valid_from", work->record.feature.valid_from.text);
	json_end_object(json);
}

/* --- conflicts ---------------------------------------------------------------------------------- */

static void write_id(struct json_writer *json, const char *key, int64_t id)
{
	json_put_key(json, key);
	if (id)
		json_put_int(json, id);
	else
		json_put_null(json);
}

static void write_conflict(
	struct place_writer *places, const struct number_conflict *conflict, enum lang lang)
{
	struct json_writer *json = places->json;

	json_begin_object(json);
	json_member_text(json, "type", "Feature");
	json_put_key(json, "properties");
	json_begin_object(json);
	json_member_text(json, "kind", number_conflict_names[conflict->kind]);
	json_member_text(json, "code", message_at(conflict->what.message)->code);
	write_message(json, "text", &conflict->what, lang);
	write_id(json, "address_id", conflict->address_id);
	write_id(json, "parcel_id", conflict->parcel_id);
	json_end_object(json);
	if (isnan(conflict->east))
		json_member_text(json, "geometry", NULL);
	else
		place_write_point(places, "geometry", conflict->east, conflict->north);
	json_end_object(json);
}

int number_conflicts_write(struct json_writer *json, const struct number_conflicts *conflicts,
	const struct case_tools *tools, enum lang lang, struct error *err)
{
	struct place_writer places;
	int rc = place_writer_open(tools, json, &places, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "type", "FeatureCollection");
	json_put_key(json, "features");
	json_begin_array(json);
	for (size_t i = 0; i < conflicts->count; i++)
		write_conflict(&places, &conflicts->all[i], lang);
	json_end_array(json);
	json_end_object(json);
	return 0;
}
