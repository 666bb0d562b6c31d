#include "server/lineage_json.h"

#include <math.h>

enum { SHARE_DECIMALS = 4 };

void lineage_json_day(struct json_writer *json, const char *key, const struct date *day)
{
	json_member_text(json, key, *day->text ? day->text : NULL);
}

void lineage_json_step(struct json_writer *json, const struct lineage_step *step)
{
	json_begin_object(json);
	json_member_int(json, "from", step->from_id);
	json_member_int(json, "to", step->to_id);
	json_member_text(json, "cause", lineage_cause_name(step->cause));
	lineage_json_day(json, "valid_from", &step->valid_from);
	json_put_key(json, "share");
	if (isfinite(step->share))
		json_put_fixed(json, step->share, SHARE_DECIMALS);
	else
		json_put_null(json);
	json_member_bool(json, "derived", step->is_derived);
	json_member_text(json, "document", step->document);
	json_member_time(json, "recorded_at", step->recorded_at_us);
	json_end_object(json);
}
