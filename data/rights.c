#include "data/rights.h"

#include "base/messages.h"
#include "data/account_scope.h"

/* Making the rights of one account. */
struct making {
	const struct account *account;
	const struct token *token;
	const struct account_scope *rows;
	size_t row_count;
	struct arena *arena;
};

static bool role_writes(const struct account *account, const struct layer *layer)
{
	return account->role == ROLE_ADMINISTRATOR || (layer->writers >> account->role & 1);
}

/* The fields that a row covers; what the register computes is seen with the whole record alone. */
static uint64_t fields_of(const struct layer *layer, const char *name, bool *ret_source)
{
	const struct layer_field *field;

	*ret_source = !name || !strcmp(name, "source_attributes");
	if (!name)
		return UINT64_MAX;
	field = layer_field_find(layer, name, strlen(name));
	return field ? UINT64_C(1) << layer_field_index(layer, field) : 0;
}

static void add_row(const struct account_scope *row, const struct layer *layer, bool writes,
	struct grant *grants, size_t *count)
{
	struct grant grant = {.unit_id = row->unit_id, .may_write = writes && row->may_write};

	grant.fields = fields_of(layer, row->field, &grant.source);
	if (grant.fields || grant.source)
		grants[(*count)++] = grant;
}

/* The grants of a layer by the rows of the account. */
static int narrow(const struct making *making, const struct layer *layer, bool writes,
	struct layer_rights *ret, struct error *err)
{
	struct grant *grants = arena_alloc(making->arena, (making->row_count + 1) * sizeof *grants);
	size_t count = 0;

	if (!grants)
		return fail_no_memory(err);
	for (size_t i = 0; i < making->row_count; i++)
		if (!making->rows[i].layer || !strcmp(making->rows[i].layer, layer->id))
			add_row(&making->rows[i], layer, writes, grants, &count);
	*ret = (struct layer_rights){
		.reads = count > 0, .grants = grants, .grant_count = count};
	for (size_t i = 0; i < count; i++)
		ret->writes |= grants[i].may_write;
	return 0;
}

static int make_layer(const struct making *making, const struct layer *layer,
	struct layer_rights *ret, struct error *err)
{
	const struct token *token = making->token;
	bool reads = !token || token_allows(token, layer->id, false);
	bool writes = role_writes(making->account, layer) &&
		(!token || token_allows(token, layer->id, true));

	*ret = (struct layer_rights){.reads = reads, .writes = writes};
	if (!reads || !making->row_count)
		return 0;
	return narrow(making, layer, writes, ret, err);
}

/* Who sees the same has the same scope: readable layers, units and fields, not who they are. */
static int hash_scope(const struct layer_table *layers, struct rights *rights, struct error *err)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(1 << 20);

	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_rights *layer = &rights->layers[i];

		strbuf_add_format(&said, "%s %d %d;", layers->layers[i].id, layer->reads,
			layer->grants != NULL);
		for (size_t j = 0; j < layer->grant_count; j++)
			strbuf_add_format(&said, "%lld %llx %d,",
				(long long)layer->grants[j].unit_id,
				(unsigned long long)layer->grants[j].fields,
				layer->grants[j].source);
	}
	rights->scope = content_hash(said.data, said.len);
	return strbuf_check(&said, err);
}

int rights_make(struct store *store, const struct layer_table *layers,
	const struct account *account, const struct token *token, struct arena *arena,
	struct rights *ret_rights, struct error *err)
{
	struct layer_rights *of_layer = arena_zero(arena, layers->count, sizeof *of_layer);
	struct making making = {.account = account, .token = token, .arena = arena};
	struct rights rights = {.account_id = account->id,
		.login = account->login,
		.role = account->role,
		.changes = !token || token->may_write,
		.layers = of_layer};
	int rc;

	if (!of_layer)
		return fail_no_memory(err);
	rc = account_scope_read(
		store, account->id, arena, &making.rows, &making.row_count, err);
	for (size_t i = 0; !rc && i < layers->count; i++)
		rc = make_layer(&making, &layers->layers[i], &of_layer[i], err);
	rights.administers = account->role == ROLE_ADMINISTRATOR && !making.row_count &&
		(!token || (token->may_write && !*token->layers));
	if (!rc)
		rc = hash_scope(layers, &rights, err);
	*ret_rights = rights;
	return rc;
}

bool rights_write_in(const struct rights *rights, size_t layer, int64_t unit)
{
	const struct layer_rights *of_layer = &rights->layers[layer];

	if (!of_layer->writes || !of_layer->grants)
		return of_layer->writes;
	for (size_t i = 0; i < of_layer->grant_count; i++) {
		const struct grant *grant = &of_layer->grants[i];

		if (grant->may_write && (!grant->unit_id || (unit && grant->unit_id == unit)))
			return true;
	}
	return false;
}

bool rights_copy(const struct rights *rights, const struct layer_table *table, struct arena *arena,
	struct rights *ret)
{
	size_t count = table->count;
	struct layer_rights *layers = arena_alloc(arena, count * sizeof *layers);

	if (!layers)
		return false;
	memcpy(layers, rights->layers, count * sizeof *layers);
	*ret = *rights;
	ret->layers = layers;
	for (size_t i = 0; i < count; i++) {
		size_t size = layers[i].grant_count * sizeof *layers[i].grants;
		struct grant *grants;

		if (!layers[i].grants)
			continue;
		grants = arena_alloc(arena, size + 1);
		if (!grants)
			return false;
		memcpy(grants, layers[i].grants, size);
		layers[i].grants = grants;
	}
	return true;
}
