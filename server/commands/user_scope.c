/* dothi user scope: where the rights of an account end; of "public", what everybody sees. */
#include "base/messages.h"
#include "server/commands/listing.h"
#include "server/commands/scope_options.h"
#include "server/commands/user.h"

enum { TEXT_MAX_BYTES = 4096, ARENA_BYTES = 4 << 20, JSON_MAX_BYTES = 1 << 20 };

/* New rows on their way through the writer. */
struct narrowing {
	const struct command_line *line;
	bool keeps; /* the rows that are there stay before the new ones */
	bool clears;
	struct account account;
	struct arena arena;
	const struct account_scope *rows;
	size_t count;
};

/* --- show --------------------------------------------------------------------------------------- */

static int list_row(struct desk *desk, const struct account_scope *row, struct listing *listing,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf ward = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf all = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf right = STRBUF(TEXT_MAX_BYTES);
	enum lang lang = desk->line->lang;
	bool in_force;
	int rc = 0;

	say_scope_all(&all, lang);
	message_print(
		&right, lang, row->may_write ? MSG_SCOPE_WRITES : MSG_SCOPE_READS, NULL);
	if (row->unit_id) {
		strbuf_add_format(&ward, "%lld ", (long long)row->unit_id);
		rc = scope_ward_name(desk->store, row->unit_id, &ward, &in_force, err);
	}
	listing_cell(listing, row->layer ? row->layer : all.data);
	listing_cell(listing, row->unit_id ? ward.data : all.data);
	listing_cell(listing, row->field ? row->field : all.data);
	listing_cell(listing, right.data);
	listing_end_row(listing);
	return rc;
}

static int list_rows(struct desk *desk, const struct account *account,
	const struct account_scope *rows, size_t count, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(listing_clear) struct listing listing = LISTING;
	int rc = 0;

	if (!count) {
		say_scope_none(&text, desk->line->lang, account->login.text,
			role_title(account->role, desk->line->lang));
		desk_print(desk, &text);
		return 0;
	}
	listing_heads(&listing, desk->line->lang, MSG_SCOPE_HEADS);
	for (size_t i = 0; !rc && i < count; i++)
		rc = list_row(desk, &rows[i], &listing, err);
	return rc ? rc : listing_print(&listing, desk, err);
}

static void print_json(struct desk *desk, const struct account *account,
	const struct account_scope *rows, size_t count)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);

	json_begin_object(&json);
	account_json(&json, account);
	account_scopes_json(&json, rows, count);
	json_end_object(&json);
	desk_print(desk, &out);
}

static int print_rows(struct desk *desk, const struct account *account,
	const struct account_scope *rows, size_t count, struct error *err)
{
	if (!desk->line->json)
		return list_rows(desk, account, rows, count, err);
	print_json(desk, account, rows, count);
	return 0;
}

static int run_show(struct desk *desk, struct error *err)
{
	struct arena arena = ARENA(ARENA_BYTES);
	const struct account_scope *rows;
	struct account account;
	size_t count;
	int rc = user_find(desk->store, desk->line, &account, err);

	if (!rc)
		rc = account_scope_read(desk->store, account.id, &arena, &rows, &count, err);
	if (!rc)
		rc = print_rows(desk, &account, rows, count, err);
	arena_clear(&arena);
	return rc;
}

/* --- set, add, clear ---------------------------------------------------------------------------- */

/* Puts the rows that are there before the new ones. */
static int join_rows(struct store *store, struct narrowing *narrowing, struct error *err)
{
	const struct account_scope *old;
	struct account_scope *all;
	size_t count;
	int rc = account_scope_read(
		store, narrowing->account.id, &narrowing->arena, &old, &count, err);

	if (rc)
		return rc;
	if (count + narrowing->count > SCOPE_ROWS_MAX)
		return fail_scope_rows(err, SCOPE_ROWS_MAX);
	all = arena_alloc(&narrowing->arena, (count + narrowing->count) * sizeof *all);
	if (!all)
		return fail_no_memory(err);
	memcpy(all, old, count * sizeof *all);
	memcpy(all + count, narrowing->rows, narrowing->count * sizeof *all);
	narrowing->rows = all;
	narrowing->count += count;
	return 0;
}

static int write_rows(struct store *store, void *context, struct error *err)
{
	struct narrowing *narrowing = context;
	int rc = user_find(store, narrowing->line, &narrowing->account, err);

	if (!rc && !narrowing->clears)
		rc = scope_options_read(narrowing->line, store, &narrowing->arena,
			&narrowing->rows, &narrowing->count, err);
	if (!rc && !narrowing->clears && !narrowing->count)
		rc = fail_scope_options(err, narrowing->line->command->name);
	if (!rc && narrowing->keeps)
		rc = join_rows(store, narrowing, err);
	return rc ? rc : account_scope_replace(store, narrowing->account.id, narrowing->rows,
			narrowing->count, err);
}

static int narrow(struct desk *desk, bool keeps, bool clears, struct error *err)
{
	struct narrowing narrowing = {.line = desk->line, .keeps = keeps, .clears = clears,
		.arena = ARENA(ARENA_BYTES)};
	int rc = desk_write(desk, write_rows, &narrowing, err);

	if (!rc) {
		desk_rights_changed(desk);
		rc = print_rows(desk, &narrowing.account, narrowing.rows, narrowing.count, err);
	}
	arena_clear(&narrowing.arena);
	return rc;
}

static int run_set(struct desk *desk, struct error *err)
{
	return narrow(desk, false, false, err);
}

static int run_add(struct desk *desk, struct error *err)
{
	return narrow(desk, true, false, err);
}

static int run_clear(struct desk *desk, struct error *err)
{
	return narrow(desk, false, true, err);
}

static const struct command_option options[] = {SCOPE_OPTIONS, {NULL, NULL, 0}};

const struct command user_scope_show_command = {"user scope show", "DIR NAME", 2, 2,
	MSG_HELP_SCOPE_SHOW, NULL, COMMAND_READS, run_show};
const struct command user_scope_set_command = {"user scope set", "DIR NAME", 2, 2,
	MSG_HELP_SCOPE_SET, options, COMMAND_WRITES, run_set};
const struct command user_scope_add_command = {"user scope add", "DIR NAME", 2, 2,
	MSG_HELP_SCOPE_ADD, options, COMMAND_WRITES, run_add};
const struct command user_scope_clear_command = {"user scope clear", "DIR NAME", 2, 2,
	MSG_HELP_SCOPE_CLEAR, NULL, COMMAND_WRITES, run_clear};
