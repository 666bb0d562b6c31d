/*
 * file_kind: what a file is by its first bytes; its name says nothing.
 */
#ifndef GIS_FILE_KIND_H
#define GIS_FILE_KIND_H

#include <stddef.h>

enum { FILE_KIND_BYTES = 4096 /* from the start of a file are enough to tell */ };

enum file_kind {
	FILE_OTHER,
	FILE_ZIP,
	FILE_SHP,
	FILE_GPKG,
	FILE_JSON, /* begins as an object does */
	FILE_XML,
	FILE_TEXT, /* no other control characters than those of lines and tabs */
	FILE_UTF16,
};

enum file_kind file_kind_of(const char *bytes, size_t len);

#endif
