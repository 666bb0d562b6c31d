#include "server/cases/people_json.h"

#include "base/text.h"

void role_json(struct json_writer *json, enum role role)
{
	json_member_text(json, "role", role_id(role));
	json_put_key(json, "role_title");
	json_begin_object(json);
	json_member_text(json, "vi", role_title(role, LANG_VI));
	json_member_text(json, "en", role_title(role, LANG_EN));
	json_end_object(json);
}

void account_json(struct json_writer *json, const struct account *account)
{
	json_member_int(json, "id", account->id);
	json_member_text(json, "login", account->login.text);
	json_member_bool(json, "is_public", account->id == ACCOUNT_PUBLIC);
	role_json(json, account->role);
	json_member_text(json, "state", account_state_id(account->state));
	json_member_bool(json, "has_password", account->has_password);
	json_member_time(json, "created_at", account->created_at_us);
}

void account_scopes_json(struct json_writer *json, const struct account_scope *rows, size_t count)
{
	json_put_key(json, "scopes");
	json_begin_array(json);
	for (size_t i = 0; i < count; i++) {
		json_begin_object(json);
		json_member_text(json, "layer", rows[i].layer);
		json_put_key(json, "unit_id");
		if (rows[i].unit_id)
			json_put_int(json, rows[i].unit_id);
		else
			json_put_null(json);
		json_member_text(json, "field", rows[i].field);
		json_member_bool(json, "may_write", rows[i].may_write);
		json_end_object(json);
	}
	json_end_array(json);
}

/* "parcel street" as a list; null: all. */
static void put_layers(struct json_writer *json, const char *layers)
{
	struct slice layer;

	json_put_key(json, "layers");
	if (!*layers) {
		json_put_null(json);
		return;
	}
	json_begin_array(json);
	while (text_next(&layers, ' ', &layer))
		json_put_text_len(json, layer.at, layer.len);
	json_end_array(json);
}

void token_json(struct json_writer *json, const struct token *token)
{
	json_member_int(json, "id", token->id);
	json_member_text(json, "name", token->name);
	json_member_bool(json, "may_write", token->may_write);
	put_layers(json, token->layers);
	json_member_time(json, "created_at", token->created_at_us);
	json_member_time(json, "expires_at", token->expires_at_us);
	json_member_time(json, "last_used_at", token->last_used_at_us);
	json_member_time(json, "revoked_at", token->revoked_at_us);
}
