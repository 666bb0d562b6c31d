#include "server/cases/certificate.h"

#include "base/messages.h"
#include "data/blob.h"
#include "data/history.h"
#include "data/rule.h"
#include "data/scheme.h"
#include "server/cases/certificate_paper.h"
#include "server/cases/certificate_scene.h"
#include "server/cases/people.h"

enum { DATA_MAX_BYTES = 64 << 10, URL_MAX_BYTES = 400 };

static const char series_default[] = "certificate";
#define CLAIM_LIFE_US (INT64_C(600) * 1000000) /* then its process is dead */

/* A certificate on its way. */
struct issuing {
	const struct certificate_tools *tools;
	const struct certificate_order *order;
	struct certificate_source source;
	struct certificate_facts facts;
	struct certificate_saying saying;
	struct paper_map map;
	const struct paper_template *layout;
	const char *basis; /* the document of the rule; NULL nobody has read one */
	struct person_values holder;
	bool has_holder, entered; /* entered: a person that is new */
	struct person_entry entry;
	struct certificate made;
	struct strbuf data, url, file;
	struct digest_text data_sha256;
	const char *reason; /* why the number becomes void */
};

static void issuing_clear(struct issuing *issuing)
{
	strbuf_clear(&issuing->data);
	strbuf_clear(&issuing->url);
	strbuf_clear(&issuing->file);
}

/* --- what must be so ------------------------------------------------------------------------------ */

/* Letters that turn the reading, or are none: a name on a paper is what everybody reads. */
static bool is_plain(const char *text)
{
	static const char *const turning[] = {"\u200E", "\u200F", "\u202A", "\u202B", "\u202C",
		"\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF", "\u2028",
		"\u2029", NULL};

	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7F ||
			(*at == '\xC2' && (unsigned char)at[1] < 0xA0))
			return false;
	for (size_t i = 0; turning[i]; i++)
		if (strstr(text, turning[i]))
			return false;
	return true;
}

static int check_text(const char *member, const char *text, size_t most, struct error *err)
{
	if (!text)
		return 0;
	return strlen(text) <= most && text_is_utf8(text, strlen(text)) && is_plain(text)
		? 0
		: fail_certificate_text(err, member, (int64_t)most);
}

static int check_order(const struct certificate_order *order, struct error *err)
{
	int rc = order->signer && *order->signer
		? check_text("signer", order->signer, CERTIFICATE_SIGNER_MAX, err)
		: fail_certificate_text(err, "signer", CERTIFICATE_SIGNER_MAX);

	if (!rc)
		rc = check_text("signer_title", order->signer_title, CERTIFICATE_SIGNER_MAX, err);
	if (!rc)
		rc = check_text("holder", order->holder.name, PERSON_NAME_MAX_BYTES, err);
	if (!rc)
		rc = check_text("id_number", order->holder.id_number, PERSON_ID_NUMBER_MAX_BYTES, err);
	return rc;
}

/* No certificate without an approved scheme of the street. */
static int check_scheme(struct issuing *issuing, struct error *err)
{
	const struct certificate_tools *tools = issuing->tools;
	struct scheme scheme;
	int64_t id = 0;
	int rc = scheme_approved(
		tools->store, issuing->facts.street_id, &issuing->source.today, &id, err);

	if (!rc && !id)
		rc = fail_scheme_missing(err, issuing->facts.street);
	if (!rc)
		rc = scheme_read(tools->store, id, false, tools->arena, &scheme, err);
	if (rc)
		return rc;
	issuing->saying.scheme_id = id;
	issuing->saying.document = scheme.document;
	return 0;
}

static int check_facts(const struct issuing *issuing, struct error *err)
{
	const struct certificate_facts *facts = &issuing->facts;
	int64_t known = issuing->order->address_version;

	if (known && known != facts->address_version)
		return fail_stale_version(err, known, facts->address_version);
	if (!facts->in_force || strcmp(facts->status, "current") != 0)
		return fail_certificate_not_current(err, facts->label);
	if (facts->parcel_id && !facts->parcel_in_force)
		return fail_certificate_parcel_over(err, facts->sheet, facts->parcel_no);
	return 0;
}

/* --- reading -------------------------------------------------------------------------------------- */

static int read_rule(struct issuing *issuing, struct error *err)
{
	struct rule rule;
	int rc = rule_find(issuing->tools->store, "certificate", &issuing->source.today,
		issuing->facts.unit_now_id, issuing->tools->arena, &rule, err);
	autofree(strbuf_clear) struct strbuf text = STRBUF(COUNTER_WORDS_MAX);

	if (rc || !rule.document)
		return rc;
	if (rule.article)
		strbuf_add_format(&text, "%s ", rule.article);
	strbuf_add_text(&text, rule.document);
	issuing->basis = arena_text(issuing->tools->arena, text.data, text.len);
	return issuing->basis ? strbuf_check(&text, err) : fail_no_memory(err);
}

static int read_holder(struct issuing *issuing, struct error *err)
{
	const struct certificate_order *order = issuing->order;
	struct person person;
	int rc;

	issuing->holder = order->holder;
	issuing->has_holder = order->person_id || (order->holder.name && *order->holder.name);
	if (!order->person_id)
		return 0;
	rc = person_read(issuing->tools->store, order->person_id, issuing->tools->arena, &person, err);
	if (!rc && person.erased_at_us)
		rc = fail_certificate_holder_erased(err, order->person_id);
	if (rc)
		return rc;
	issuing->holder = person.values;
	issuing->entry.id = order->person_id;
	issuing->made.holder_sha256 = arena_text(
		issuing->tools->arena, digest_print(&person.hash).text, sizeof(struct digest_text) - 1);
	return issuing->made.holder_sha256 ? 0 : fail_no_memory(err);
}

/* All that is known before a number is taken; here most of what can be wrong is found. */
static int prepare(struct issuing *issuing, struct error *err)
{
	const struct certificate_order *order = issuing->order;
	int rc = check_order(order, err);

	issuing->source = (struct certificate_source){issuing->tools->store, issuing->tools->layers,
		issuing->tools->arena, clock_date_vietnam(order->at_us)};
	issuing->saying.signer = order->signer;
	issuing->saying.issued_at_us = order->at_us;
	if (!rc)
		rc = certificate_facts_read(
			&issuing->source, order->view, order->address_id, &issuing->facts, err);
	if (!rc)
		rc = check_facts(issuing, err);
	if (!rc)
		rc = check_scheme(issuing, err);
	if (!rc)
		rc = certificate_layout_read(
			issuing->tools->folder, issuing->tools->arena, &issuing->layout, NULL, err);
	if (!rc)
		rc = read_rule(issuing, err);
	if (!rc)
		rc = read_holder(issuing, err);
	return rc ? rc
		  : certificate_scene_read(&issuing->source, &issuing->facts, &issuing->map, err);
}

static int year_of(const struct issuing *issuing)
{
	int year = 0;

	for (int i = 0; i < 4; i++)
		year = year * 10 + (issuing->source.today.text[i] - '0');
	return year;
}

static int draw(struct issuing *issuing, int64_t number, const char *url, struct strbuf *out,
	struct error *err)
{
	const struct certificate_text text = {
		.facts = &issuing->facts,
		.saying = &issuing->saying,
		.city = issuing->tools->city,
		.number = number,
		.year = year_of(issuing),
		.basis = issuing->basis,
		.signer_title = issuing->order->signer_title,
		.holder = issuing->has_holder ? &issuing->holder : NULL,
		.url = url,
		.data_sha256 = issuing->data_sha256.text,
	};

	return certificate_draw(
		issuing->layout, &text, &issuing->map, issuing->tools->arena, out, err);
}

int certificate_preview(const struct certificate_tools *tools,
	const struct certificate_order *order, struct strbuf *out, struct error *err)
{
	struct issuing issuing = {.tools = tools, .order = order};
	int rc = prepare(&issuing, err);

	if (!rc)
		rc = certificate_paper_number(issuing.layout, 0, year_of(&issuing), tools->arena,
			&issuing.saying.paper_number, err);
	return rc ? rc : draw(&issuing, 0, NULL, out, err);
}

/* --- the number ----------------------------------------------------------------------------------- */

/* Numbers of a process that died are told so. */
static int void_orphans(struct store *store, const struct issuing *issuing, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	const struct counter_act act = {
		issuing->order->actor, "bị gián đoạn trước khi cấp", issuing->order->at_us};
	struct counter_number *numbers = NULL;
	size_t count = 0;
	int rc = counter_list_claimed(
		store, issuing->order->at_us - CLAIM_LIFE_US, &arena, &numbers, &count, err);

	for (size_t i = 0; !rc && i < count; i++)
		if (!strcmp(numbers[i].key.series, series_default))
			rc = counter_void(store, &numbers[i].key, &act, err);
	return rc;
}

/* A writer_work: takes the number, and enters a holder who is new. */
static int claim(struct store *store, void *context, struct error *err)
{
	struct issuing *issuing = context;
	const struct certificate_order *order = issuing->order;
	char purpose[64];
	const struct counter_act act = {order->actor, purpose, order->at_us};
	int rc = void_orphans(store, issuing, err);

	snprintf(purpose, sizeof purpose, "số nhà %lld", (long long)order->address_id);
	issuing->made.paper = (struct counter_key){series_default, year_of(issuing), 0};
	if (!rc)
		rc = counter_claim(store, series_default, issuing->made.paper.year, &act,
			&issuing->made.paper.number, err);
	if (rc || !issuing->has_holder || order->person_id)
		return rc;
	issuing->entry = (struct person_entry){.values = order->holder,
		.author = {order->actor, "certificate", order->at_us},
		.randomness = issuing->tools->randomness};
	return people_enter(store, &issuing->entry, err);
}

/* A writer_work: nothing came of it; a holder who was entered for it goes again. */
static int give_up(struct store *store, void *context, struct error *err)
{
	struct issuing *issuing = context;
	const struct counter_act act = {
		issuing->order->actor, issuing->reason, issuing->order->at_us};
	struct person_exit leaving = {.id = issuing->entry.id,
		.author = {issuing->order->actor, "certificate not issued", issuing->order->at_us}};
	int rc = counter_void(store, &issuing->made.paper, &act, err);

	return rc || !issuing->entered ? rc : people_erase(store, &leaving, err);
}

/* The hash of a holder who was just entered is read back: the salt is the register's own. */
static int read_entered(struct issuing *issuing, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct person person;
	int rc;

	if (!issuing->entered)
		return 0;
	rc = person_read(issuing->tools->store, issuing->entry.id, &arena, &person, err);
	if (rc)
		return rc;
	issuing->made.holder_sha256 = arena_text(
		issuing->tools->arena, digest_print(&person.hash).text, sizeof(struct digest_text) - 1);
	return issuing->made.holder_sha256 ? 0 : fail_no_memory(err);
}

/* --- the paper ------------------------------------------------------------------------------------ */

static int make_paper(struct issuing *issuing, struct error *err)
{
	struct certificate_code code = certificate_code_make(issuing->tools->randomness);
	struct certificate_saying *saying = &issuing->saying;
	struct digest digest;
	int rc = certificate_paper_number(issuing->layout, issuing->made.paper.number,
		issuing->made.paper.year, issuing->tools->arena, &saying->paper_number, err);

	if (!rc)
		rc = read_entered(issuing, err);
	if (rc)
		return rc;
	saying->code = arena_text(issuing->tools->arena, code.text, CERTIFICATE_CODE_CHARS);
	if (!saying->code)
		return fail_no_memory(err);
	saying->holder_sha256 = issuing->made.holder_sha256;
	certificate_data_write(&issuing->facts, saying, &issuing->data);
	strbuf_add_format(&issuing->url, "%s/v/%s", issuing->tools->public_url, code.text);
	rc = strbuf_check(&issuing->data, err);
	if (!rc)
		rc = strbuf_check(&issuing->url, err);
	if (rc)
		return rc;
	digest = digest_of(issuing->data.data, issuing->data.len);
	issuing->data_sha256 = digest_print(&digest);
	return draw(issuing, issuing->made.paper.number, issuing->url.data, &issuing->file, err);
}

/* Whether a record is as it was when the paper was drawn. */
static int check_unmoved(struct store *store, const struct layer *layer, int64_t id,
	int64_t version, struct error *err)
{
	struct history_spans spans;
	struct history_row row;
	int rc;

	if (!id || !version)
		return 0;
	rc = history_live(store, layer, id, &spans, &row, err);
	if (rc || (row.found && row.version == version))
		return rc;
	return fail_certificate_moved(err);
}

static int check_nothing_moved(
	struct store *store, const struct issuing *issuing, struct error *err)
{
	const struct layer_table *layers = issuing->tools->layers;
	const struct certificate_facts *facts = &issuing->facts;
	int64_t scheme = 0;
	int rc = check_unmoved(store, layer_of_addresses(layers), facts->address_id,
		facts->address_version, err);

	if (!rc)
		rc = check_unmoved(store, layer_of_land(layers), facts->parcel_id,
			facts->parcel_version, err);
	if (!rc)
		rc = check_unmoved(store, layer_of_streets(layers), facts->street_id,
			facts->street_version, err);
	if (!rc)
		rc = scheme_approved(store, facts->street_id, &issuing->source.today, &scheme, err);
	return !rc && scheme != issuing->saying.scheme_id ? fail_certificate_moved(err) : rc;
}

/* Whether the same request was answered before: then *ret_id is what came of it, else 0. */
static int find_receipt(struct store *store, const struct certificate_order *order,
	int64_t *ret_id, struct error *err)
{
	struct receipt receipt = order->receipt;
	bool found = false;
	int rc = receipt.key ? receipt_find(store, &receipt, &found, err) : 0;

	*ret_id = found ? receipt.feature_id : 0;
	return rc;
}

static int keep_receipt(struct store *store, const struct issuing *issuing, struct error *err)
{
	struct receipt receipt = issuing->order->receipt;

	if (!receipt.key)
		return 0;
	receipt.status = 201;
	receipt.feature_id = issuing->made.id;
	return receipt_keep(store, &receipt, err);
}

/* A writer_work: all of it, or nothing. */
static int finish(struct store *store, void *context, struct error *err)
{
	struct issuing *issuing = context;
	const struct certificate_order *order = issuing->order;
	const struct counter_act act = {order->actor, NULL, order->at_us};
	struct certificate *made = &issuing->made;
	struct digest_text file;
	int64_t done = 0;
	int rc = find_receipt(store, order, &done, err);

	/* The same request was quicker: whoever asks again gets what it got. */
	if (!rc && done)
		rc = fail_busy(err);
	if (!rc)
		rc = check_nothing_moved(store, issuing, err);
	if (!rc)
		rc = blob_put(store, "application/pdf", issuing->file.data, issuing->file.len,
			order->at_us, &file, err);
	if (rc)
		return rc;
	made->paper_number = issuing->saying.paper_number;
	made->code = issuing->saying.code;
	made->address_id = issuing->facts.address_id;
	made->address_version = issuing->facts.address_version;
	made->parcel_id = issuing->facts.parcel_id;
	made->parcel_version = issuing->facts.parcel_version;
	made->holder_id = issuing->has_holder ? issuing->entry.id : 0;
	made->signer = order->signer;
	made->state = CERTIFICATE_VALID;
	made->issued_at_us = order->at_us;
	made->issued_by = order->actor;
	made->data = arena_text(issuing->tools->arena, issuing->data.data, issuing->data.len);
	made->data_sha256 = arena_text(issuing->tools->arena, issuing->data_sha256.text, 64);
	made->file_sha256 = arena_text(issuing->tools->arena, file.text, 64);
	if (!made->data || !made->data_sha256 || !made->file_sha256)
		return fail_no_memory(err);
	rc = certificate_add(store, made, err);
	if (!rc)
		rc = keep_receipt(store, issuing, err);
	return rc ? rc : counter_use(store, &made->paper, file.text, &act, err);
}

static int issue(struct issuing *issuing, struct error *err)
{
	const struct certificate_tools *tools = issuing->tools;
	struct error undoing = {0};
	int rc = prepare(issuing, err);

	if (!rc && !*tools->public_url)
		rc = fail_certificate_no_url(err);
	if (!rc)
		rc = tools->write(tools->writer, claim, issuing, err);
	if (rc)
		return rc;
	issuing->entered = issuing->has_holder && !issuing->order->person_id;
	rc = make_paper(issuing, err);
	if (!rc)
		rc = tools->write(tools->writer, finish, issuing, err);
	if (!rc)
		return 0;
	/* Why, in the words of its code; what cannot be undone now, the next one does. */
	issuing->reason = error_message_code(err);
	(void)tools->write(tools->writer, give_up, issuing, &undoing);
	return rc;
}

int certificate_issue(const struct certificate_tools *tools, const struct certificate_order *order,
	struct certificate *ret, struct error *err)
{
	struct issuing issuing = {.tools = tools, .order = order, .data = STRBUF(DATA_MAX_BYTES),
		.url = STRBUF(URL_MAX_BYTES), .file = STRBUF(CERTIFICATE_FILE_MAX)};
	int64_t done = 0;
	int rc = find_receipt(tools->store, order, &done, err);

	if (!rc && done)
		return certificate_read(tools->store, done, tools->arena, ret, err);
	if (!rc)
		rc = issue(&issuing, err);
	if (!rc)
		*ret = issuing.made;
	issuing_clear(&issuing);
	return rc;
}
