#include "gis/short_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { NUMBER_MAX = 99 };

static bool is_taken(const struct short_name *names, size_t count, size_t own, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (i != own && text_equal_nocase(names[i].text, text))
			return true;
	return false;
}

static void shorten(const char *name, size_t own, size_t count, struct short_name *names)
{
	char text[SHORT_NAME_MAX + 1] = "";

	memcpy(text, name, text_cut(name, SHORT_NAME_MAX));
	for (int number = 1; is_taken(names, count, own, text) && number <= NUMBER_MAX; number++) {
		char ending[] = {'_', (char)('0' + number / 10), (char)('0' + number % 10), '\0'};
		size_t len;

		if (number < 10)
			memmove(ending + 1, ending + 2, 2);
		len = text_cut(name, SHORT_NAME_MAX - strlen(ending));
		memcpy(text, name, len);
		memcpy(text + len, ending, strlen(ending) + 1);
	}
	memcpy(names[own].text, text, sizeof text);
}

void short_names_make(const char *const *names, size_t count, struct short_name *ret_names)
{
	for (size_t i = 0; i < count; i++) {
		bool is_short = strlen(names[i]) <= SHORT_NAME_MAX;

		snprintf(ret_names[i].text, sizeof ret_names[i].text, "%s", is_short ? names[i] : "");
	}
	for (size_t i = 0; i < count; i++)
		if (!*ret_names[i].text)
			shorten(names[i], i, count, ret_names);
}
