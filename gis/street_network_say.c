/* The findings of a network in words. */
#include <math.h>

#include "base/messages.h"
#include "gis/street_network_work.h"

enum { NAME_MAX_BYTES = 200 };

/* What people call a line: its name, or its number in the register. */
static const char *name_of(
	const struct street_network *network, size_t node, char room[NAME_MAX_BYTES])
{
	if (node == NETWORK_NONE)
		return "–";
	if (*network->lines[node].name)
		return network->lines[node].name;
	snprintf(room, NAME_MAX_BYTES, "#%lld", (long long)network->lines[node].id);
	return room;
}

/* To the decimetre, or the degree's tenth. */
static double rounded(double value)
{
	return floor(value * 10 + 0.5) / 10;
}

/*
 * The message of each fault and what it is told: n the line's name, o the other's, p the parent's
 * that was found; i, j their numbers; a the amount, s what is said, c the amount as a count, % as a
 * share.
 */
static const struct {
	int message;
	const char *args;
} sayings[NETWORK_FAULTS] = {
	[NETWORK_NO_LENGTH] = {MSG_STREET_NO_LENGTH, "n"},
	[NETWORK_IN_PIECES] = {MSG_STREET_IN_PIECES, "nc"},
	[NETWORK_CROSSES_SELF] = {MSG_STREET_CROSSES_SELF, "n"},
	[NETWORK_CROSSES] = {MSG_STREETS_CROSS, "no"},
	[NETWORK_TWICE] = {MSG_STREET_TWICE, "no%"},
	[NETWORK_ENDS_SHORT] = {MSG_STREET_ENDS_SHORT, "noa"},
	[NETWORK_NO_MOUTH] = {MSG_ALLEY_NO_MOUTH, "n"},
	[NETWORK_ISLAND] = {MSG_ALLEY_ISLAND, "n"},
	[NETWORK_PARENT_GONE] = {MSG_ALLEY_PARENT_GONE, "nc"},
	[NETWORK_PARENT_WRONG] = {MSG_ALLEY_PARENT_WRONG, "nop"},
	[NETWORK_PARENT_CYCLE] = {MSG_ALLEY_PARENT_CYCLE, "no"},
	[NETWORK_MOUTH_OFF] = {MSG_ALLEY_MOUTH_OFF, "nosa"},
	[NETWORK_SAME_NAME] = {MSG_ALLEY_SAME_NAME, "nijp"},
	[NETWORK_RUNS_OUT] = {MSG_ALLEY_RUNS_OUT, "n"},
	[NETWORK_ASK_SECTOR] = {MSG_ASK_SECTOR, "na"},
	[NETWORK_ASK_RING] = {MSG_ASK_RING, "n"},
	[NETWORK_ASK_END] = {MSG_ASK_END, "no"},
	[NETWORK_ASK_PARENT] = {MSG_ASK_PARENT, "no"},
};

void network_finding_say(const struct street_network *network,
	const struct network_finding *finding, struct error *ret_what)
{
	union message_arg args[MESSAGE_ARGS_MAX];
	char rooms[MESSAGE_ARGS_MAX][NAME_MAX_BYTES];
	size_t parent = network->nodes[finding->node].parent, count = 0;

	for (const char *arg = sayings[finding->fault].args; *arg; arg++, count++) {
		union message_arg *to = &args[count];

		if (*arg == 'n' || *arg == 'o' || *arg == 'p')
			to->text = name_of(network,
				*arg == 'n'   ? finding->node
				: *arg == 'o' ? finding->other
					      : parent,
				rooms[count]);
		else if (*arg == 'i' || *arg == 'j')
			to->integer =
				network->lines[*arg == 'i' ? finding->node : finding->other].id;
		else if (*arg == 'c')
			to->integer = (int64_t)finding->amount;
		else
			to->real = *arg == '%'
					   ? floor(100 * finding->amount + 0.5)
					   : rounded(*arg == 's' ? finding->said : finding->amount);
	}
	error_set(ret_what, sayings[finding->fault].message, args);
}
