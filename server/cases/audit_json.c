#include "server/cases/audit_json.h"

#include "base/messages.h"
#include "base/number.h"
#include "data/layer.h"

enum { TEXT_MAX_BYTES = 1000, DIGEST_DIGITS = 64 };

/* What each fault is called by programs, and said to people. */
static const struct {
	const char *name;
	int message;
} faults[] = {
	[AUDIT_GAP] = {"gap", MSG_AUDIT_GAP},
	[AUDIT_LINK] = {"link", MSG_AUDIT_LINK},
	[AUDIT_VERSION] = {"version", MSG_AUDIT_VERSION},
	[AUDIT_NO_VERSION] = {"no_version", MSG_AUDIT_NO_VERSION},
	[AUDIT_NO_CHANGE] = {"no_change", MSG_AUDIT_NO_CHANGE},
	[AUDIT_SUPERSEDED] = {"superseded", MSG_AUDIT_SUPERSEDED},
	[AUDIT_ROW] = {"row", MSG_AUDIT_ROW},
	[AUDIT_HEAD] = {"head", MSG_AUDIT_HEAD},
};

void audit_print_finding(struct strbuf *out, const struct audit_finding *finding, enum lang lang)
{
	const char *id = finding->layer ? finding->layer : "", *gap = ": ";
	const struct layer *layer = layer_find(city_layers(), id, strlen(id));

	message_print(out, lang, faults[finding->fault].message, NULL);
	if (finding->id) {
		strbuf_add_text(out, gap);
		say_audit_record(out, lang, layer ? layer->title[lang] : id, finding->id);
		gap = ", ";
	}
	if (finding->version) {
		strbuf_add_text(out, gap);
		say_audit_version_no(out, lang, finding->version);
		gap = ", ";
	}
	if (finding->link) {
		strbuf_add_text(out, gap);
		say_audit_link_no(out, lang, finding->link);
	}
}

const char *audit_fault_code(enum audit_fault fault)
{
	return message_at(faults[fault].message)->code;
}

void audit_json_begin(struct audit_json *audit, struct strbuf *out, size_t most_bytes)
{
	*audit = (struct audit_json){.json = JSON_WRITER(out), .most_bytes = most_bytes};
	json_begin_object(&audit->json);
	json_put_key(&audit->json, "findings");
	json_begin_array(&audit->json);
}

static void put_text(
	struct json_writer *json, const struct audit_finding *finding, enum lang lang, const char *key)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	audit_print_finding(&text, finding, lang);
	json_member_text(json, key, text.data);
}

void audit_json_add(struct audit_json *audit, const struct audit_finding *finding)
{
	struct json_writer *json = &audit->json;

	if (json->out->len + 3 * TEXT_MAX_BYTES > audit->most_bytes) {
		audit->left_out++;
		return;
	}
	json_begin_object(json);
	json_member_text(json, "fault", faults[finding->fault].name);
	json_member_text(json, "code", audit_fault_code(finding->fault));
	json_put_key(json, "text");
	json_begin_object(json);
	put_text(json, finding, LANG_VI, "vi");
	put_text(json, finding, LANG_EN, "en");
	json_end_object(json);
	json_member_text(json, "layer", finding->layer);
	if (finding->id)
		json_member_int(json, "id", finding->id);
	if (finding->version)
		json_member_int(json, "version", finding->version);
	if (finding->link)
		json_member_int(json, "link", finding->link);
	json_end_object(json);
}

void audit_json_end(struct audit_json *audit, const struct audit_report *report)
{
	autofree(strbuf_clear) struct strbuf head = STRBUF(TEXT_MAX_BYTES);
	struct json_writer *json = &audit->json;

	audit_print_head(&head, &report->head);
	json_end_array(json);
	json_member_int(json, "findings_left_out", audit->left_out);
	json_member_int(json, "links", report->links);
	json_member_int(json, "changes", report->changes);
	json_member_int(json, "versions", report->versions);
	json_member_text(json, "head", head.data);
	json_end_object(json);
}

static bool read_digit(char digit, unsigned *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit)
			       : NULL;

	if (at)
		*ret = (unsigned)(at - digits);
	return at != NULL;
}

/* "12:" and 64 hexadecimal digits. */
bool audit_parse_head(const char *text, struct audit_head *ret_head)
{
	const char *colon = strchr(text, ':');

	if (!colon || strlen(colon + 1) != DIGEST_DIGITS ||
		!number_parse_int(text, (size_t)(colon - text), 0, INT64_MAX, &ret_head->link))
		return false;
	for (size_t i = 0; i < DIGEST_DIGITS / 2; i++) {
		unsigned high, low;

		if (!read_digit(colon[1 + 2 * i], &high) || !read_digit(colon[2 + 2 * i], &low))
			return false;
		ret_head->digest.bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void audit_print_head(struct strbuf *out, const struct audit_head *head)
{
	strbuf_add_format(out, "%lld:%s", (long long)head->link, digest_print(&head->digest).text);
}
