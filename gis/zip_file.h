/*
 * zip_file: a zip archive of a user, refused as a whole where it is not a plain collection of
 * files.
 *
 * Only the central directory is believed, and that only after a check: few members, no two of them
 * in the same bytes or under names that differ in case alone, no links, no passwords, no archive in
 * the archive, no name that leads elsewhere, no size out of proportion. The bytes that come out are
 * counted and their checksum compared, so a directory that lies is found out too.
 *
 * Names serve to choose and to be shown. They never become paths: the caller says where to write.
 */
#ifndef GIS_ZIP_FILE_H
#define GIS_ZIP_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "gis/watch.h"

enum {
	ZIP_MEMBERS_MAX = 1000, /* a delivery of one survey has a few dozen files */
	ZIP_NAME_MAX = 512,	/* bytes of a member's name with its folders */
	ZIP_RATIO_MAX = 200,	/* real files shrink up to a hundredfold */
};

struct zip_file;

struct zip_member {
	const char *name;    /* UTF-8, NFC; folders end in '/' and are not listed */
	const char *key;     /* the name with case folded */
	int64_t size;	     /* bytes when unpacked */
	int64_t packed_size; /* bytes in the archive */
	int64_t header_at;   /* where its local header begins */
	int64_t data_at;     /* where its packed bytes begin */
	uint32_t checksum;   /* CRC-32 of the unpacked bytes */
	uint16_t method;
};

/*
 * Opens and checks an archive, which people call `shown` (borrowed until it is closed). What its
 * members unpack to may be bytes_max in all.
 */
int zip_file_open(const char *path, const char *shown, int64_t bytes_max, struct zip_file **ret_zip,
	struct error *err);
void zip_file_close(struct zip_file *zip);
AUTOPTR(struct zip_file, zip_file_close);

/* The members in the order of the directory. Borrowed from the archive. */
size_t zip_file_count(const struct zip_file *zip);
const struct zip_member *zip_file_member(const struct zip_file *zip, size_t index);

/* Writes what a member holds to a new file. */
int zip_file_extract(const struct zip_file *zip, const struct zip_member *member,
	const char *target, const struct watch *watch, struct error *err);

#endif
