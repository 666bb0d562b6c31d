#include <zlib.h>

#include "gis/zip_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"

/* Records of the format (PKWARE APPNOTE 6.3.10, §4.3 and §4.4). */
enum {
	LOCAL_SIGNATURE = 0x04034B50,
	LOCAL_BYTES = 30,
	ENTRY_SIGNATURE = 0x02014B50,
	ENTRY_BYTES = 46,
	END_SIGNATURE = 0x06054B50,
	END_BYTES = 22,
	COMMENT_MAX = 65535,
	FLAGS_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13, /* password, strong, hidden directory */
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
	METHOD_AES = 99,
	EXTRA_ZIP64 = 1,
};
static const uint32_t in_zip64 = 0xFFFFFFFF; /* a size that stands in the zip64 extra field */

enum {
	DIRECTORY_BYTES_MAX = 4 << 20, /* a thousand entries with long names and extra fields */
	RATIO_FREE_BYTES = 8 << 20,    /* so little is no bomb: a table of blanks may be dense */
	NAMES_BYTES_MAX = 16 << 20,    /* a thousand names, and the same with case folded */
	PIECE = 1 << 15,
};

struct zip_file {
	int fd;
	const char *shown; /* name of the archive for messages */
	int64_t size;
	int64_t directory_at;
	struct arena arena; /* names and members */
	struct zip_member *members;
	size_t count;
};

static uint16_t u16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t u32(const unsigned char *at)
{
	return (uint32_t)u16(at) | (uint32_t)u16(at + 2) << 16;
}

static bool read_at(int fd, int64_t at, void *bytes, size_t len)
{
	char *to = bytes;

	while (len) {
		ssize_t got = pread(fd, to, len, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		at += got;
		len -= (size_t)got;
	}
	return true;
}

/* The end record: the last one whose comment reaches exactly to the end of the file. */
static int find_end(
	const struct zip_file *zip, unsigned char *ret_end, int64_t *ret_at, struct error *err)
{
	autofree(strbuf_clear) struct strbuf tail = STRBUF(END_BYTES + COMMENT_MAX);
	size_t len = END_BYTES + COMMENT_MAX;
	const unsigned char *bytes;

	if (zip->size < END_BYTES)
		return fail_zip_damaged(err, zip->shown);
	if (zip->size < (int64_t)len)
		len = (size_t)zip->size;
	if (!strbuf_reserve(&tail, len))
		return fail_no_memory(err);
	if (!read_at(zip->fd, zip->size - (int64_t)len, tail.data, len))
		return fail_file_unreadable(err, zip->shown);
	bytes = (const unsigned char *)tail.data;
	for (size_t at = len - END_BYTES + 1; at-- > 0;) {
		if (u32(bytes + at) != END_SIGNATURE ||
			at + END_BYTES + u16(bytes + at + 20) != len)
			continue;
		memcpy(ret_end, bytes + at, END_BYTES);
		*ret_at = zip->size - (int64_t)(len - at);
		return 0;
	}
	return fail_zip_damaged(err, zip->shown);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && !strcmp(text + len - tail, suffix);
}

static int check_kind(const char *key, const char *name, struct error *err)
{
	static const char *const archives[] = {".zip", ".7z", ".rar", ".tar", ".gz", ".kmz"};

	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		if (has_suffix(key, archives[i]))
			return fail_zip_nested(err, name);
	return 0;
}

/* True if a part of a path between slashes may be there. */
static bool segment_is_plain(struct slice segment)
{
	return segment.len && !slice_equals(segment, ".") && !slice_equals(segment, "..");
}

/* True for "folder/name" without anything that could lead elsewhere. */
static bool name_is_plain(const char *name, size_t len)
{
	const char *at = name;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == '\\' || name[i] == 0x7F)
			return false;
	if (len > 1 && name[1] == ':')
		return false;
	while (at < name + len) {
		const char *slash = memchr(at, '/', (size_t)(name + len - at));
		const char *end = slash ? slash : name + len;

		if (!segment_is_plain((struct slice){at, (size_t)(end - at)}))
			return false;
		at = end + 1;
	}
	return len > 0;
}

/*
 * The name in UTF-8. Old Windows programs write the code page of their machine and do not say
 * which: those bytes are shown as Latin-1, so that different names stay different.
 */
static void add_name(struct strbuf *out, const char *bytes, size_t len)
{
	if (!text_nfc(out, bytes, len))
		text_latin1(out, bytes, len);
}

static int keep_name(struct zip_file *zip, const char *bytes, size_t len, struct zip_member *member,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(4 * ZIP_NAME_MAX);
	autofree(strbuf_clear) struct strbuf key = STRBUF(16 * ZIP_NAME_MAX);

	if (len > ZIP_NAME_MAX)
		return fail_zip_name_forbidden(err, "");
	add_name(&name, bytes, len);
	text_fold(&key, name.data, name.len);
	member->name = arena_text(&zip->arena, name.data, name.len);
	member->key = arena_text(&zip->arena, key.data, key.len);
	if (name.failed || key.failed || !member->name || !member->key)
		return fail_no_memory(err);
	if (!name_is_plain(bytes, len))
		return fail_zip_name_forbidden(err, member->name);
	return 0;
}

/* Sizes over 4 GB stand in an extra field, in this order and only where they are needed. */
static bool read_zip64(
	const unsigned char *extra, size_t len, int64_t *size, int64_t *packed, int64_t *header_at)
{
	int64_t *wanted[] = {size, packed, header_at};

	while (len >= 4) {
		size_t body = u16(extra + 2), used = 0;

		if (body > len - 4)
			return false;
		for (size_t i = 0; u16(extra) == EXTRA_ZIP64 && i < 3; i++) {
			if (*wanted[i] != in_zip64)
				continue;
			if (body - used < 8 || u32(extra + 4 + used + 4) > INT32_MAX)
				return false;
			*wanted[i] = (int64_t)u32(extra + 4 + used) |
				     (int64_t)u32(extra + 4 + used + 4) << 32;
			used += 8;
		}
		extra += 4 + body;
		len -= 4 + body;
	}
	return true;
}

static int check_entry(const struct zip_file *zip, const unsigned char *entry,
	const struct zip_member *member, struct error *err)
{
	uint32_t mode = u32(entry + 38) >> 16; /* as Unix has it; 0 from other systems */

	if (S_ISLNK(mode))
		return fail_zip_link(err, member->name);
	if ((u16(entry + 8) & FLAGS_ENCRYPTED) || member->method == METHOD_AES)
		return fail_zip_encrypted(err, member->name);
	if (member->method != METHOD_STORED && member->method != METHOD_DEFLATED)
		return fail_zip_method(err, member->name);
	if (member->method == METHOD_STORED && member->size != member->packed_size)
		return fail_zip_damaged(err, zip->shown);
	if (member->size > RATIO_FREE_BYTES && member->size / ZIP_RATIO_MAX > member->packed_size)
		return fail_zip_bomb(err, member->name, ZIP_RATIO_MAX);
	return check_kind(member->key, member->name, err);
}

/* Reads one entry of the directory; *ret_bytes is its length. */
static int read_entry(struct zip_file *zip, const unsigned char *entry, size_t left,
	struct zip_member *member, size_t *ret_bytes, struct error *err)
{
	size_t name_len, extra_len, bytes;
	int rc;

	if (left < ENTRY_BYTES || u32(entry) != ENTRY_SIGNATURE)
		return fail_zip_damaged(err, zip->shown);
	name_len = u16(entry + 28);
	extra_len = u16(entry + 30);
	bytes = ENTRY_BYTES + name_len + extra_len + u16(entry + 32);
	if (bytes > left)
		return fail_zip_damaged(err, zip->shown);
	*member = (struct zip_member){.method = u16(entry + 10),
		.checksum = u32(entry + 16),
		.packed_size = u32(entry + 20),
		.size = u32(entry + 24),
		.header_at = u32(entry + 42)};
	if (!read_zip64(entry + ENTRY_BYTES + name_len, extra_len, &member->size,
		    &member->packed_size, &member->header_at))
		return fail_zip_damaged(err, zip->shown);
	rc = keep_name(zip, (const char *)entry + ENTRY_BYTES, name_len, member, err);
	if (!rc)
		rc = check_entry(zip, entry, member, err);
	*ret_bytes = bytes;
	return rc;
}

/* The packed bytes follow the local header, whose name and extra field have lengths of their own.
 */
static int find_data(const struct zip_file *zip, struct zip_member *member, struct error *err)
{
	unsigned char local[LOCAL_BYTES];

	if (member->header_at > zip->directory_at - LOCAL_BYTES ||
		!read_at(zip->fd, member->header_at, local, LOCAL_BYTES) ||
		u32(local) != LOCAL_SIGNATURE)
		return fail_zip_damaged(err, zip->shown);
	member->data_at = member->header_at + LOCAL_BYTES + u16(local + 26) + u16(local + 28);
	if (member->data_at > zip->directory_at ||
		member->packed_size > zip->directory_at - member->data_at)
		return fail_zip_damaged(err, zip->shown);
	return 0;
}

static int read_members(struct zip_file *zip, const unsigned char *directory, size_t len,
	size_t entries, int64_t bytes_max, struct error *err)
{
	int64_t total = 0;

	zip->members = arena_zero(&zip->arena, entries + 1, sizeof *zip->members);
	if (!zip->members)
		return fail_no_memory(err);
	for (size_t i = 0; i < entries; i++) {
		struct zip_member *member = zip->members + zip->count;
		size_t bytes = 0;
		int rc = read_entry(zip, directory, len, member, &bytes, err);

		if (!rc)
			rc = find_data(zip, member, err);
		if (rc)
			return rc;
		if (member->size > bytes_max - total)
			return fail_zip_too_large(err, bytes_max);
		total += member->size;
		directory += bytes;
		len -= bytes;
		zip->count++;
	}
	return len ? fail_zip_damaged(err, zip->shown) : 0;
}

static int by_key(const void *a, const void *b)
{
	const struct zip_member *const *left = a, *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

static int by_place(const void *a, const void *b)
{
	const struct zip_member *const *left = a, *const *right = b;
	int64_t x = (*left)->header_at, y = (*right)->header_at;

	return (x > y) - (x < y);
}

/* No two members have one name, for a reader that does not tell case, or share bytes. */
static int check_members(struct zip_file *zip, struct error *err)
{
	const struct zip_member **sorted = arena_zero(&zip->arena, zip->count + 1, sizeof *sorted);

	if (!sorted)
		return fail_no_memory(err);
	for (size_t i = 0; i < zip->count; i++)
		sorted[i] = zip->members + i;
	qsort(sorted, zip->count, sizeof *sorted, by_key);
	for (size_t i = 1; i < zip->count; i++)
		if (!strcmp(sorted[i - 1]->key, sorted[i]->key))
			return fail_zip_names_clash(err, sorted[i - 1]->name, sorted[i]->name);
	qsort(sorted, zip->count, sizeof *sorted, by_place);
	for (size_t i = 1; i < zip->count; i++)
		if (sorted[i - 1]->data_at + sorted[i - 1]->packed_size > sorted[i]->header_at)
			return fail_zip_damaged(err, zip->shown);
	return 0;
}

/* Folders have been checked like all others; nobody wants to see them. */
static void drop_folders(struct zip_file *zip)
{
	size_t kept = 0;

	for (size_t i = 0; i < zip->count; i++)
		if (!has_suffix(zip->members[i].name, "/"))
			zip->members[kept++] = zip->members[i];
	zip->count = kept;
}

static int read_directory(struct zip_file *zip, int64_t bytes_max, struct error *err)
{
	autofree(strbuf_clear) struct strbuf directory = STRBUF(DIRECTORY_BYTES_MAX);
	unsigned char end[END_BYTES] = {0};
	int64_t end_at = 0;
	size_t entries, len;
	int rc = find_end(zip, end, &end_at, err);

	if (rc)
		return rc;
	entries = u16(end + 10);
	len = u32(end + 12);
	zip->directory_at = u32(end + 16);
	if (entries > ZIP_MEMBERS_MAX || len > DIRECTORY_BYTES_MAX)
		return fail_zip_too_many(err, ZIP_MEMBERS_MAX);
	/* Exactly before the end record: an archive in several volumes or behind a program is not.
	 */
	if (zip->directory_at + (int64_t)len != end_at || u16(end + 8) != entries || u16(end + 4))
		return fail_zip_damaged(err, zip->shown);
	if (!strbuf_reserve(&directory, len))
		return fail_no_memory(err);
	if (!read_at(zip->fd, zip->directory_at, directory.data, len))
		return fail_zip_damaged(err, zip->shown);
	rc = read_members(zip, (const unsigned char *)directory.data, len, entries, bytes_max, err);
	if (!rc)
		rc = check_members(zip, err);
	if (!rc)
		drop_folders(zip);
	return rc;
}

int zip_file_open(const char *path, const char *shown, int64_t bytes_max, struct zip_file **ret_zip,
	struct error *err)
{
	autoptr(zip_file_close) struct zip_file *zip = calloc(1, sizeof *zip);
	struct stat info;
	int rc;

	if (!zip)
		return fail_no_memory(err);
	zip->fd = -1;
	zip->arena = ARENA(NAMES_BYTES_MAX);
	zip->shown = shown;
	zip->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (zip->fd < 0 || fstat(zip->fd, &info))
		return fail_file_unreadable(err, zip->shown);
	zip->size = info.st_size;
	rc = read_directory(zip, bytes_max, err);
	if (rc)
		return rc;
	*ret_zip = take(zip);
	return 0;
}

void zip_file_close(struct zip_file *zip)
{
	if (!zip)
		return;
	file_drop(&zip->fd);
	arena_clear(&zip->arena);
	free(zip);
}

size_t zip_file_count(const struct zip_file *zip)
{
	return zip->count;
}

const struct zip_member *zip_file_member(const struct zip_file *zip, size_t index)
{
	return zip->members + index;
}

/* Bytes on their way from the archive to a file. */
struct flow {
	const struct zip_file *zip;
	int64_t at, left; /* packed bytes not yet read */
	int64_t room;	  /* bytes that may still come out */
	uLong checksum;
	int fd;
	unsigned char packed[PIECE], plain[PIECE];
};

static int flow_read(struct flow *flow, size_t *ret_len, struct error *err)
{
	size_t len = flow->left < PIECE ? (size_t)flow->left : PIECE;

	if (!read_at(flow->zip->fd, flow->at, flow->packed, len))
		return fail_zip_damaged(err, flow->zip->shown);
	flow->at += (int64_t)len;
	flow->left -= (int64_t)len;
	*ret_len = len;
	return 0;
}

static int flow_write(struct flow *flow, const unsigned char *bytes, size_t len, struct error *err)
{
	if ((int64_t)len > flow->room)
		return fail_zip_damaged(err, flow->zip->shown);
	flow->room -= (int64_t)len;
	flow->checksum = crc32(flow->checksum, bytes, (uInt)len);
	return file_append(flow->fd, bytes, len, err);
}

static int copy_stored(struct flow *flow, const struct watch *watch, struct error *err)
{
	int rc = 0;

	while (!rc && flow->left) {
		size_t len = 0;

		rc = watch_check(watch, err);
		if (!rc)
			rc = flow_read(flow, &len, err);
		if (!rc)
			rc = flow_write(flow, flow->packed, len, err);
	}
	return rc;
}

/* Everything that the decoder makes of its input; *ret_end says that the stream is complete. */
static int inflate_piece(struct flow *flow, z_stream *stream, bool *ret_end, struct error *err)
{
	do {
		int state, rc;

		stream->next_out = flow->plain;
		stream->avail_out = PIECE;
		state = inflate(stream, Z_NO_FLUSH);
		if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
			return fail_zip_damaged(err, flow->zip->shown);
		rc = flow_write(flow, flow->plain, PIECE - stream->avail_out, err);
		if (rc)
			return rc;
		*ret_end = state == Z_STREAM_END;
	} while (!stream->avail_out && !*ret_end);
	return 0;
}

static int copy_deflated(struct flow *flow, const struct watch *watch, struct error *err)
{
	z_stream stream = {0};
	bool end = false;
	int rc = 0;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return fail_no_memory(err);
	while (!rc && flow->left && !end) {
		size_t len = 0;

		rc = watch_check(watch, err);
		if (!rc)
			rc = flow_read(flow, &len, err);
		stream.next_in = flow->packed;
		stream.avail_in = (uInt)len;
		if (!rc)
			rc = inflate_piece(flow, &stream, &end, err);
	}
	if (!rc && (!end || flow->left || stream.avail_in))
		rc = fail_zip_damaged(err, flow->zip->shown);
	inflateEnd(&stream);
	return rc;
}

int zip_file_extract(const struct zip_file *zip, const struct zip_member *member,
	const char *target, const struct watch *watch, struct error *err)
{
	struct flow flow = {.zip = zip,
		.at = member->data_at,
		.left = member->packed_size,
		.room = member->size,
		.checksum = crc32(0, NULL, 0),
		.fd = -1};
	int rc = file_create(target, &flow.fd, err);

	if (!rc)
		rc = member->method == METHOD_STORED ? copy_stored(&flow, watch, err)
						     : copy_deflated(&flow, watch, err);
	if (!rc && (flow.room || flow.checksum != member->checksum))
		rc = fail_zip_damaged(err, zip->shown);
	file_drop(&flow.fd);
	return rc;
}
