#include "gis/sample_records.h"

#include "base/banned.h"
#include "base/text.h"
#include "gis/sample_names.h"

static const char *const use_codes[SAMPLE_USE_COUNT] = {
	[SAMPLE_ODT] = "ODT",
	[SAMPLE_ODT_CLN] = "ODT+CLN",
	[SAMPLE_TMD] = "TMD",
	[SAMPLE_SKC] = "SKC",
	[SAMPLE_DGD] = "DGD",
	[SAMPLE_DYT] = "DYT",
	[SAMPLE_TSC] = "TSC",
	[SAMPLE_TON] = "TON",
	[SAMPLE_DKV] = "DKV",
	[SAMPLE_CLN] = "CLN",
	[SAMPLE_HNK] = "HNK",
	[SAMPLE_LUC] = "LUC",
	[SAMPLE_NTD] = "NTD",
	[SAMPLE_MNC] = "MNC",
	[SAMPLE_SON] = "SON",
};

int sample_records_open(struct sample_writer *writer, const struct sample_town *town,
	const char *layer_id, const char *const *fields, struct error *err)
{
	int rc = sample_writer_open(writer, town->sink, layer_id, fields, err);

	writer->done = town->written;
	writer->total = 2 * (uint64_t)town->order->parcels;
	return rc;
}

int sample_records_wards(struct sample_town *town, struct error *err)
{
	enum { CODE, NAME, KIND, PARENT_NAME, POPULATION };
	static const char *const fields[] = {
		"code", "name", "kind", "parent_name", "population", NULL};
	autofree(sample_writer_close) struct sample_writer writer;
	int rc = sample_records_open(&writer, town, "admin_unit", fields, err);

	for (size_t i = 0; !rc && i < town->order->ward_count; i++) {
		const struct sample_ward *ward = &town->order->wards[i];

		sample_writer_text(&writer, CODE, ward->code);
		sample_writer_text(&writer, NAME, ward->name);
		sample_writer_text(
			&writer, KIND, text_starts_with(ward->name, "Xã ") ? "xã" : "phường");
		sample_writer_text(&writer, PARENT_NAME, "Thành phố Thủ Dầu Một, tỉnh Bình Dương");
		if (ward->population >= 0)
			sample_writer_int(&writer, POPULATION, ward->population);
		rc = sample_writer_shape(&writer, ward->shape, err);
	}
	return rc;
}

/* What the carriageway is made of. */
static const char *surface_of(const struct sample_street *street, struct dice *dice)
{
	switch (street->kind) {
	case SAMPLE_TRUNK:
	case SAMPLE_MAIN:
		return "Bê tông nhựa";
	case SAMPLE_LOCAL:
		return dice_chance(dice, 0.7) ? "Bê tông nhựa" : "Láng nhựa";
	default:
		return dice_chance(dice, 0.85) ? "Bê tông xi măng" : "Cấp phối";
	}
}

int sample_records_streets(struct sample_town *town, struct error *err)
{
	enum { NAME, KIND, PARENT, AFTER, MOUTH, DIRECTION, ENDS, WIDTH, SURFACE, UNIT, UNIT_NOW };
	static const char *const fields[] = {"name", "kind", "parent_id", "named_after_number",
		"mouth_m", "direction", "open_ends", "width_m", "surface", "admin_unit_id",
		"unit_now_id", NULL};
	autofree(sample_writer_close) struct sample_writer writer;
	int rc = sample_records_open(&writer, town, "street", fields, err);

	for (size_t i = 0; !rc && i < town->streets.count; i++) {
		const struct sample_street *street = &town->streets.all[i];
		struct dice dice = dice_for(town->seed, SAMPLE_DICE_STREETS, i);
		uint8_t ward = sample_town_ward(town, street->line.at[street->line.count / 2]);

		sample_writer_text(&writer, NAME, street->name);
		sample_writer_text(&writer, KIND, sample_street_kind_word(street->kind));
		if (street->parent >= 0) {
			sample_writer_int(&writer, PARENT, street->parent + 1);
			sample_writer_text(&writer, AFTER, street->after_number);
			sample_writer_real(
				&writer, MOUTH, floor(street->mouth_m * 100 + 0.5) / 100);
		}
		/* Lines are turned the way houses count (sample_streets_turn). */
		sample_writer_text(&writer, DIRECTION, "forward");
		sample_writer_int(&writer, ENDS, street->open_ends);
		sample_writer_real(&writer, WIDTH, sample_street_carriageway_m(street));
		sample_writer_text(&writer, SURFACE, surface_of(street, &dice));
		sample_writer_int(&writer, UNIT, ward + 1);
		sample_writer_int(&writer, UNIT_NOW, ward + 1);
		rc = sample_writer_line(&writer, &street->line, err);
	}
	return rc;
}

/* As measured, mostly; papers of older surveys differ a little. */
static double legal_area(double area_m2, struct dice *dice)
{
	if (dice_chance(dice, 0.12))
		area_m2 *= dice_between(dice, 0.988, 1.012);
	return floor(area_m2 * 10 + 0.5) / 10;
}

static int write_parcel(struct sample_town *town, struct sample_writer *writer,
	const struct sample_parcel *parcel, struct error *err)
{
	enum { SHEET, NUMBER, USE, LEGAL, UNIT, UNIT_NOW, STATUS };
	const struct sample_face *face = &town->mesh.faces[parcel->face];
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_PARCELS, (uint64_t)parcel->face);

	if (!sample_loop_read(&town->loop, &town->mesh, parcel->face))
		return sample_town_check(town, err);
	sample_writer_format(writer, SHEET, "%u", parcel->sheet);
	sample_writer_format(writer, NUMBER, "%u", parcel->number);
	sample_writer_text(writer, USE, use_codes[face->use]);
	sample_writer_real(writer, LEGAL, legal_area(town->loop.area_m2, &dice));
	sample_writer_int(writer, UNIT, face->ward + 1);
	sample_writer_int(writer, UNIT_NOW, face->ward + 1);
	sample_writer_text(writer, STATUS, dice_chance(&dice, 0.006) ? "pending" : "current");
	sample_line_reset(&town->middle);
	for (size_t i = 0; i < town->loop.count; i++)
		sample_line_add(&town->middle, town->loop.corners[i].at);
	town->mesh.failed |= town->middle.failed;
	return town->mesh.failed
		       ? sample_town_check(town, err)
		       : sample_writer_area(writer, town->middle.at, town->middle.count, err);
}

int sample_records_parcels(struct sample_town *town, struct error *err)
{
	static const char *const fields[] = {"map_sheet", "parcel_no", "land_use", "area_legal_m2",
		"admin_unit_id", "unit_now_id", "status", NULL};
	autofree(sample_writer_close) struct sample_writer writer;
	int rc = sample_records_open(&writer, town, "parcel", fields, err);

	writer.step = 1;
	for (size_t i = 0; !rc && i < town->parcel_count; i++)
		rc = write_parcel(town, &writer, &town->parcels[i], err);
	town->written = writer.done;
	return rc;
}

int32_t sample_records_street(const struct sample_town *town)
{
	int32_t best = SAMPLE_NO_STREET;
	double longest = 0;

	for (size_t i = 0; i < town->loop.count; i++) {
		int32_t street = town->mesh.halves[town->loop.corners[i].half].street;
		double length =
			spot_distance(town->loop.corners[i].at, sample_loop_end(&town->loop, i));

		if (street < 0 || length < 2)
			continue;
		if (best < 0 || town->streets.all[street].kind < town->streets.all[best].kind ||
			(street == best && length > longest)) {
			best = street;
			longest = length;
		}
	}
	return best;
}

void sample_records_address(const struct sample_town *town, struct sample_writer *writer,
	size_t column, int32_t street, struct sample_spot at)
{
	if (street < 0)
		return;
	sample_writer_format(writer, column, "%d %s, %s",
		sample_names_number(&town->streets.all[street], at), town->streets.all[street].name,
		town->order->wards[sample_town_ward(town, at)].name);
}

static int write_sites_of(
	struct sample_town *town, const char *layer_id, const char *code, struct error *err)
{
	enum { CODE, NAME, KIND, ADDRESS, UNIT, UNIT_NOW, STATUS };
	static const char *const fields[] = {"code", "name", "kind", "address_text",
		"admin_unit_id", "unit_now_id", "status", NULL};
	autofree(sample_writer_close) struct sample_writer writer;
	int rc = sample_records_open(&writer, town, layer_id, fields, err);

	for (size_t i = 0; !rc && i < town->sites.count; i++) {
		const struct sample_site *site = &town->sites.all[i];
		struct sample_spot at;
		int ward;

		if (site->face == SAMPLE_NO_FACE || !site->layer ||
			strcmp(site->layer, layer_id) != 0)
			continue;
		if (!sample_loop_read(&town->loop, &town->mesh, site->face))
			return sample_town_check(town, err);
		at = sample_loop_inside(&town->loop);
		ward = town->mesh.faces[site->face].ward;
		sample_writer_format(&writer, CODE, "%s-%03d", code, (int)writer.count + 1);
		sample_writer_text(&writer, NAME, site->name);
		sample_writer_text(&writer, KIND, site->kind);
		sample_records_address(town, &writer, ADDRESS, sample_records_street(town), at);
		sample_writer_int(&writer, UNIT, ward + 1);
		sample_writer_int(&writer, UNIT_NOW, ward + 1);
		sample_writer_text(&writer, STATUS, "current");
		rc = sample_writer_point(&writer, at, err);
	}
	return rc;
}

int sample_records_sites(struct sample_town *town, struct error *err)
{
	static const struct {
		const char *layer, *code;
	} layers[] = {{"school", "TH"}, {"clinic", "YT"}, {"wifi", "WF"}, {"tourism_site", "DL"},
		{"logistics_site", "LG"}};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof layers / sizeof layers[0]; i++)
		rc = write_sites_of(town, layers[i].layer, layers[i].code, err);
	return rc;
}
