#include "server/commands/number_ward.h"

#include "base/messages.h"
#include "data/feature_read.h"

struct looking {
	const char *code;
	size_t field;
	int64_t id; /* found; 0 none */
};

static int look(void *context, const struct feature *unit, struct error *err)
{
	struct looking *looking = context;
	const struct value *code = &unit->values[looking->field];

	(void)err;
	if (code->kind == VALUE_TEXT && !strcmp(code->text, looking->code))
		looking->id = unit->id;
	return looking->id != 0;
}

int number_ward(struct desk *desk, int64_t *ret_id, struct error *err)
{
	const struct layer *units = layer_of_units(city_layers());
	const struct layer_field *field = units ? layer_field_find(units, "code", 4) : NULL;
	struct looking looking = {.code = command_value(desk->line, "ward", 0)};
	int rc = 0;

	if (!looking.code)
		return 0;
	if (field) {
		looking.field = layer_field_index(units, field);
		rc = feature_read_after(desk->store, &VIEW_NOW(units), 0, look, &looking, err);
	}
	if (!rc && !looking.id)
		rc = fail_option_value(err, "ward", looking.code);
	*ret_id = looking.id;
	return rc;
}
