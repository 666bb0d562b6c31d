#include "server/cases/certificate_paper.h"

#include <math.h>

#include "base/file.h"
#include "base/messages.h"
#include "data/certificate.h"
#include "data/house_number.h"

#include "server/certificate_template.h"

enum { TEXT_MAX_BYTES = 4096, PATH_MAX_BYTES = 4096 };

const char *const certificate_fields[] = {"alleys", "area", "basis", "code", "data_sha256",
	"date_words", "full_address", "grid", "holder", "holder_number", "issuer",
	"label", "mark", "number", "old_labels", "paper_number", "parcel_no",
	"place", "plate", "province", "scale", "sheet", "signer", "signer_title", "street_name",
	"unit_capitals", "unit_issued", "unit_now", "url", "versions", "year", NULL};
enum { FIELD_COUNT = sizeof certificate_fields / sizeof certificate_fields[0] - 1 };

static const char sample_mark[] = "DỮ LIỆU MẪU", preview_mark[] = "BẢN XEM TRƯỚC";
static const char no_document[] = "theo cấu hình của đơn vị";

/* --- the template --------------------------------------------------------------------------------- */

int certificate_layout_read(const char *folder, struct arena *arena,
	const struct paper_template **ret, bool *ret_own, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf own = STRBUF(PAPER_TEMPLATE_BYTES + 1);
	struct slice text = {default_certificate, sizeof default_certificate - 1};
	struct paper_template *layout = arena_zero(arena, 1, sizeof *layout);
	bool is_own;
	int rc = layout ? 0 : fail_no_memory(err);

	file_join(&path, folder, "templates/certificate.txt");
	is_own = !rc && !path.failed && file_exists(path.data);
	if (is_own) {
		rc = file_read(path.data, &own, err);
		if (rc == ERR_TOO_LARGE)
			rc = fail_template_text(err);
		text = (struct slice){arena_text(arena, own.data, own.len), own.len};
		if (!rc && !text.at)
			rc = fail_no_memory(err);
	}
	if (!rc)
		rc = paper_template_read(text, certificate_fields, layout, err);
	*ret = layout;
	if (ret_own)
		*ret_own = is_own;
	return rc;
}

/* --- what fields say ------------------------------------------------------------------------------ */

/* The values of a paper while they are made, all in the arena. */
struct filling {
	const struct certificate_text *text;
	struct arena *arena;
	struct paper_value values[FIELD_COUNT + 1];
	struct strbuf made; /* of the value in hand */
	int rc;
};

static void put(struct filling *filling, const char *name, const char *text)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!strcmp(certificate_fields[i], name))
			filling->values[i].text = text;
}

/* The text that was made becomes the value. */
static void put_made(struct filling *filling, const char *name)
{
	const char *text = arena_text(filling->arena, filling->made.data, filling->made.len);

	if (!text || filling->made.failed)
		filling->rc = ERR_NOMEM;
	put(filling, name, text ? text : "");
	strbuf_reset(&filling->made);
}

/* "Phường Phú Lợi" within a sentence: "phường Phú Lợi". */
static void add_within(struct strbuf *out, const char *unit)
{
	size_t first = text_starts_with(unit, "Đ") ? strlen("Đ") : 1;

	if (!*unit)
		return;
	text_fold(out, unit, first);
	strbuf_add_text(out, unit + first);
}

static void put_issuer(struct filling *filling)
{
	const struct certificate_facts *facts = filling->text->facts;
	const char *place = *facts->unit_now ? facts->unit_now : filling->text->city->name;

	strbuf_add_text(&filling->made, "Ủy ban nhân dân ");
	if (*facts->unit_now)
		add_within(&filling->made, place);
	else
		strbuf_add_text(&filling->made, place);
	put_made(filling, "issuer");
	text_capitals(&filling->made, place, strlen(place));
	put_made(filling, "unit_capitals");
	put(filling, "place", place);
}

/* The alleys on the way, from the street inwards: "15, 15/3". */
static void put_alleys(struct filling *filling)
{
	const char *plate = filling->text->facts->plate;
	struct house_number number, alley = {.alley_count = 0};
	size_t rest;

	if (!house_number_read(plate, strlen(plate), &number, &rest))
		return;
	for (size_t i = 0; i < number.alley_count; i++) {
		alley.alleys[alley.alley_count++] = number.alleys[i];
		if (i)
			strbuf_add_text(&filling->made, ", ");
		for (size_t k = 0; k < alley.alley_count; k++)
			strbuf_add_format(&filling->made, "%s%s%d%s", k ? "/" : "",
				alley.alleys[k].before, alley.alleys[k].number, alley.alleys[k].behind);
	}
	put_made(filling, "alleys");
}

static void put_address(struct filling *filling)
{
	const struct certificate_facts *facts = filling->text->facts;
	const char *const parts[] = {facts->label, facts->unit_now, facts->province};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (!*parts[i])
			continue;
		if (filling->made.len)
			strbuf_add_text(&filling->made, ", ");
		if (i)
			add_within(&filling->made, parts[i]);
		else
			strbuf_add_text(&filling->made, parts[i]);
	}
	put_made(filling, "full_address");
	put(filling, "label", facts->label);
	put(filling, "plate", facts->plate);
	put(filling, "old_labels", facts->old_labels);
	put(filling, "street_name", facts->street);
	put(filling, "province", facts->province);
	put(filling, "unit_now", facts->unit_now);
	/* Told only where it is another one. */
	put(filling, "unit_issued",
		facts->unit_issued_id == facts->unit_now_id ? "" : facts->unit_issued);
	put_alleys(filling);
}

static void put_parcel(struct filling *filling)
{
	const struct certificate_facts *facts = filling->text->facts;
	double area = isfinite(facts->area_legal_m2) ? facts->area_legal_m2 : facts->area_m2;

	put(filling, "sheet", facts->sheet);
	put(filling, "parcel_no", facts->parcel_no);
	if (isfinite(area)) {
		message_print_real(&filling->made, LANG_VI, area, 1);
		strbuf_add_text(&filling->made, " m²");
		put_made(filling, "area");
	}
	strbuf_add_format(&filling->made, "EPSG:%d", filling->text->city->epsg);
	put_made(filling, "grid");
	strbuf_add_format(&filling->made, "số nhà %lld bản %lld", (long long)facts->address_id,
		(long long)facts->address_version);
	if (facts->parcel_id)
		strbuf_add_format(&filling->made, ", thửa %lld bản %lld",
			(long long)facts->parcel_id, (long long)facts->parcel_version);
	if (facts->street_version)
		strbuf_add_format(&filling->made, ", đường %lld bản %lld",
			(long long)facts->street_id, (long long)facts->street_version);
	put_made(filling, "versions");
}

/* An article that nobody has read is not printed. */
static void put_basis(struct filling *filling)
{
	const struct certificate_text *text = filling->text;

	strbuf_add_text(&filling->made, text->basis ? text->basis : no_document);
	if (text->saying->document && *text->saying->document)
		strbuf_add_format(&filling->made, "; phương án đánh số nhà được duyệt tại %s",
			text->saying->document);
	put_made(filling, "basis");
}

static void put_paper(struct filling *filling)
{
	const struct certificate_text *text = filling->text;
	struct date day = clock_date_vietnam(text->saying->issued_at_us);

	if (text->number)
		strbuf_add_int(&filling->made, text->number);
	else
		strbuf_add_text(&filling->made, "…");
	put_made(filling, "number");
	strbuf_add_format(&filling->made, "%d", text->year);
	put_made(filling, "year");
	put(filling, "paper_number", text->saying->paper_number);
	/* "2026-11-03": days and months below ten with their zero, so that nobody adds a digit. */
	strbuf_add_format(&filling->made, "ngày %.2s tháng %.2s năm %.4s", day.text + 8, day.text + 5,
		day.text);
	put_made(filling, "date_words");
	if (text->url) {
		certificate_code_print(text->saying->code, &filling->made);
		put_made(filling, "code");
	}
	put(filling, "url", text->url ? text->url : "");
	put(filling, "data_sha256", text->url ? text->data_sha256 : "");
	put(filling, "signer", text->saying->signer);
	put(filling, "signer_title", text->signer_title ? text->signer_title : "CHỦ TỊCH");
	put(filling, "holder", text->holder ? text->holder->name : "");
	put(filling, "holder_number",
		text->holder && text->holder->id_number ? text->holder->id_number : "");
	put(filling, "mark",
		!text->url ? preview_mark : text->city->is_sample ? sample_mark : "");
}

int certificate_paper_number(const struct paper_template *layout, int64_t number, int year,
	struct arena *arena, const char **ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(COUNTER_WORDS_MAX);
	char number_text[24] = "…", year_text[12];
	const struct paper_value values[] = {
		{"number", number_text}, {"year", year_text}, {NULL, NULL}};

	if (number)
		snprintf(number_text, sizeof number_text, "%lld", (long long)number);
	snprintf(year_text, sizeof year_text, "%d", year);
	paper_fill(layout->number, values, &out);
	*ret = arena_text(arena, out.data, out.len);
	if (!*ret)
		return fail_no_memory(err);
	return strbuf_check(&out, err);
}

int certificate_draw(const struct paper_template *layout, const struct certificate_text *text,
	const struct paper_map *map, struct arena *arena, struct strbuf *out, struct error *err)
{
	struct filling filling = {.text = text, .arena = arena, .made = STRBUF(TEXT_MAX_BYTES)};
	struct paper paper = {.layout = layout, .values = filling.values, .map = map,
		.url = text->url, .made_at_us = text->saying->issued_at_us,
		.marks = {text->url ? NULL : preview_mark, text->city->is_sample ? sample_mark : NULL}};

	for (size_t i = 0; i < FIELD_COUNT; i++)
		filling.values[i] = (struct paper_value){certificate_fields[i], ""};
	put_issuer(&filling);
	put_address(&filling);
	put_parcel(&filling);
	put_basis(&filling);
	put_paper(&filling);
	strbuf_clear(&filling.made);
	return filling.rc ? fail_no_memory(err) : paper_draw(&paper, out, err);
}
