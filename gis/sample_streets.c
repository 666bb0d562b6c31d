#include "gis/sample_streets.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/text.h"

static const double joint_reach_m = 0.6; /* a vertex this near serves for a new joint too */

void sample_name_set(char name[SAMPLE_NAME_MAX], const char *format, ...)
{
	char text[4 * SAMPLE_NAME_MAX];
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	name[0] = '\0';
	if (len <= 0)
		return;
	if ((size_t)len >= sizeof text)
		len = sizeof text - 1;
	if (len >= SAMPLE_NAME_MAX)
		len = (int)text_cut(text, SAMPLE_NAME_MAX - 1);
	memcpy(name, text, (size_t)len);
	name[len] = '\0';
}

void sample_streets_clear(struct sample_streets *streets)
{
	for (size_t i = 0; i < streets->count; i++) {
		sample_line_clear(&streets->all[i].line);
		free(streets->all[i].mouths);
	}
	free(streets->all);
	*streets = (struct sample_streets){0};
}

int32_t sample_streets_add(struct sample_streets *streets, enum sample_street_kind kind,
	double width_m, int32_t parent)
{
	if (streets->failed)
		return -1;
	if (streets->count == streets->room) {
		size_t room = streets->room ? streets->room * 2 : 256;
		struct sample_street *larger = realloc(streets->all, room * sizeof *larger);

		if (!larger) {
			streets->failed = true;
			return -1;
		}
		streets->all = larger;
		streets->room = room;
	}
	streets->all[streets->count] = (struct sample_street){
		.kind = kind, .width_m = width_m, .parent = parent, .estate = -1};
	return (int32_t)streets->count++;
}

double sample_streets_half_m(const struct sample_streets *streets, int32_t street)
{
	return street < 0 ? 0 : streets->all[street].width_m / 2;
}

static void add_mouth(struct sample_streets *streets, struct sample_street *street,
	struct sample_spot at, int32_t other)
{
	struct sample_mouth mouth = {at, other, streets->all[other].width_m / 2 + 2};

	if (street->mouth_count == street->mouth_room) {
		size_t room = street->mouth_room ? street->mouth_room * 2 : 4;
		struct sample_mouth *larger = realloc(street->mouths, room * sizeof *larger);

		if (!larger) {
			streets->failed = true;
			return;
		}
		street->mouths = larger;
		street->mouth_room = room;
	}
	street->mouths[street->mouth_count++] = mouth;
}

struct sample_spot sample_streets_meet(
	struct sample_streets *streets, int32_t index, struct sample_spot at, int32_t other)
{
	struct sample_street *street = &streets->all[index];
	struct sample_line *line = &street->line;
	struct sample_foot foot = sample_line_foot(line, at);
	struct sample_spot joint = spot_snap(foot.at);

	if (line->count < 2)
		return joint;
	if (spot_distance(joint, line->at[foot.segment]) < joint_reach_m) {
		joint = line->at[foot.segment];
	} else if (spot_distance(joint, line->at[foot.segment + 1]) < joint_reach_m) {
		joint = line->at[foot.segment + 1];
	} else {
		sample_line_insert(line, foot.segment + 1, joint);
		streets->failed |= line->failed;
	}
	add_mouth(streets, street, joint, other);
	return joint;
}

void sample_streets_pass(struct sample_streets *streets, int32_t index, struct sample_spot at,
	int32_t other, size_t before)
{
	struct sample_street *street = &streets->all[index];

	if (!(before < street->line.count && spot_equals(street->line.at[before], at)) &&
		!(before && spot_equals(street->line.at[before - 1], at)))
		sample_line_insert(&street->line, before, at);
	streets->failed |= street->line.failed;
	add_mouth(streets, street, at, other);
}

/*
 * Houses count from north to south, east to west, north-east to south-west and south-east to
 * north-west: true if the line runs one of these ways.
 */
static bool runs_as_houses_count(const struct sample_line *line)
{
	struct sample_spot way = spot_direction(line->at[0], line->at[line->count - 1]);

	/* Within 22.5 degrees of the east-west axis: to the west; else to the south ... */
	if (fabs(way.n) < 0.3826834)
		return way.e < 0;
	/* ... but a diagonal counts towards the west: also from the south-east. */
	if (fabs(way.e) < 0.3826834)
		return way.n < 0;
	return way.e < 0;
}

void sample_streets_turn(struct sample_streets *streets)
{
	for (size_t i = 0; i < streets->count; i++) {
		struct sample_street *street = &streets->all[i];

		if (street->parent < 0 && street->line.count > 1 &&
			!runs_as_houses_count(&street->line))
			sample_line_reverse(&street->line);
	}
	for (size_t i = 0; i < streets->count; i++) {
		struct sample_street *street = &streets->all[i];

		if (street->parent >= 0)
			street->mouth_m = sample_line_foot(
				&streets->all[street->parent].line, street->line.at[0])
						  .chainage_m;
	}
}

double sample_street_carriageway_m(const struct sample_street *street)
{
	double ground = street->width_m, pavements;

	if (street->kind >= SAMPLE_ALLEY)
		pavements = 0.2;
	else
		pavements = ground < 8 ? 1 : ground < 12 ? 2.5 : fmin(9, ground * 0.3);
	return floor((ground - pavements) * 10 + 0.5) / 10;
}

const char *sample_street_kind_word(enum sample_street_kind kind)
{
	static const char *const words[] = {"trunk", "main", "local", "alley", "sub_alley"};

	return words[kind];
}
