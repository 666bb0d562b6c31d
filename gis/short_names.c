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
	size_t len = text_cut(name, SHORT_NAME_MAX);
	char text[SHORT_NAME_MAX + 1];

	snprintf(text, sizeof text, "%.*s", (int)len, name);
	for (int number = 1; is_taken(names, count, own, text) && number <= NUMBER_MAX; number++) {
		len = text_cut(name, number < 10 ? SHORT_NAME_MAX - 2 : SHORT_NAME_MAX - 3);
		snprintf(text, sizeof text, "%.*s_%d", (int)len, name, number);
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
