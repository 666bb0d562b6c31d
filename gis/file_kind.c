#include "gis/file_kind.h"

#include <stdbool.h>
#include <string.h>

#define STARTS(bytes, len, start) \
	((len) >= sizeof(start) - 1 && !memcmp((bytes), (start), sizeof(start) - 1))

enum { SQLITE_APPLICATION_ID_AT = 68 };

static bool is_geopackage(const char *bytes, size_t len)
{
	const char *id = bytes + SQLITE_APPLICATION_ID_AT;

	/* OGC 12-128r19, requirement 2, and the marks of versions 1.0 and 1.1. */
	return STARTS(bytes, len, "SQLite format 3") && len >= SQLITE_APPLICATION_ID_AT + 4 &&
	       (!memcmp(id, "GPKG", 4) || !memcmp(id, "GP10", 4) || !memcmp(id, "GP11", 4));
}

static bool is_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' && !strchr("\t\r\n\f", bytes[i]))
			return false;
	return memchr(bytes, '\0', len) == NULL;
}

enum file_kind file_kind_of(const char *bytes, size_t len)
{
	size_t at = STARTS(bytes, len, "\xEF\xBB\xBF") ? 3 : 0;

	if (STARTS(bytes, len, "PK\x03\x04") || STARTS(bytes, len, "PK\x05\x06"))
		return FILE_ZIP;
	if (STARTS(bytes, len, "\0\0\x27\x0A"))
		return FILE_SHP;
	if (is_geopackage(bytes, len))
		return FILE_GPKG;
	if (STARTS(bytes, len, "\xFF\xFE") || STARTS(bytes, len, "\xFE\xFF"))
		return FILE_UTF16;
	if (!is_text(bytes, len))
		return FILE_OTHER;
	while (at < len && strchr(" \t\r\n", bytes[at]))
		at++;
	if (at < len && bytes[at] == '{')
		return FILE_JSON;
	return at < len && bytes[at] == '<' ? FILE_XML : FILE_TEXT;
}
