#include "tests/test.h"

#include "tests/fault/cut_disk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 64, SECTOR = 512, PATH_BYTES = 4096 };

struct bytes {
	unsigned char *at;
	size_t len, room;
};

/* Numbers of events. */
struct event_list {
	size_t *events;
	size_t count, room;
};

struct cut_file {
	struct bytes synced;
	struct event_list pending; /* writes and truncates since the last sync */
};

/* Who has a name; file -1 is a folder. */
struct cut_name {
	const char *name; /* borrowed from the recording; NULL: free place */
	int file;
};

struct cut_disk {
	const struct recording *recording;
	size_t next; /* event */
	struct cut_file *files;
	size_t file_count;
	struct cut_name names[NAMES_MAX]; /* durable ones */
	struct event_list pending;	  /* what was done to names since */
};

static void *grow(void *old, size_t bytes)
{
	void *larger = realloc(old, bytes);

	if (!larger)
		abort();
	return larger;
}

static void push(struct event_list *list, size_t event)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->events = grow(list->events, list->room * sizeof *list->events);
	}
	list->events[list->count++] = event;
}

static void resize(struct bytes *bytes, size_t len)
{
	if (len > bytes->room) {
		bytes->room = 2 * len;
		bytes->at = grow(bytes->at, bytes->room);
	}
	if (len > bytes->len)
		memset(bytes->at + bytes->len, 0, len - bytes->len);
	bytes->len = len;
}

/* Writes the part [from, to) of a recorded write. */
static void write_part(struct bytes *bytes, const struct recorded *event, size_t from, size_t to)
{
	size_t at = (size_t)event->at;

	if (from >= to)
		return;
	if (at + to > bytes->len)
		resize(bytes, at + to);
	memcpy(bytes->at + at + from, event->bytes + from, to - from);
}

static void happen(struct bytes *bytes, const struct recorded *event)
{
	if (event->kind == RECORDED_TRUNCATE)
		resize(bytes, (size_t)event->at);
	else
		write_part(bytes, event, 0, event->len);
}

/* --- names -------------------------------------------------------------------------------------*/

static struct cut_name *find_name(struct cut_name names[NAMES_MAX], const char *name)
{
	for (size_t i = 0; i < NAMES_MAX; i++)
		if (names[i].name && !strcmp(names[i].name, name))
			return &names[i];
	return NULL;
}

static void set_name(struct cut_name names[NAMES_MAX], const char *name, int file)
{
	struct cut_name *place = find_name(names, name);

	for (size_t i = 0; !place && i < NAMES_MAX; i++)
		if (!names[i].name)
			place = &names[i];
	if (!place)
		abort();
	*place = (struct cut_name){name, file};
}

static void clear_name(struct cut_name names[NAMES_MAX], const char *name)
{
	struct cut_name *place = find_name(names, name);

	if (place)
		place->name = NULL;
}

static void happen_to_names(struct cut_name names[NAMES_MAX], const struct recorded *event)
{
	if (event->kind != RECORDED_FOLDER && event->kind != RECORDED_LINK)
		clear_name(names, event->name);
	if (event->kind == RECORDED_FOLDER || event->kind == RECORDED_LINK)
		set_name(names, event->name, event->file);
	if (event->kind == RECORDED_RENAME)
		set_name(names, event->to, event->file);
}

/* True if the name stands in the folder itself. */
static bool is_in(const char *name, const char *folder)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;

	return strlen(folder) == len && !strncmp(name, folder, len);
}

static void sync_folder(struct cut_disk *disk, const char *folder)
{
	struct event_list *pending = &disk->pending;
	size_t kept = 0;

	for (size_t i = 0; i < pending->count; i++) {
		const struct recorded *event = &disk->recording->events[pending->events[i]];

		if (is_in(event->name, folder))
			happen_to_names(disk->names, event);
		else
			pending->events[kept++] = pending->events[i];
	}
	pending->count = kept;
}

/* --- the disk ----------------------------------------------------------------------------------*/

struct cut_disk *cut_disk_new(const struct recording *recording)
{
	struct cut_disk *disk = grow(NULL, sizeof *disk);

	*disk = (struct cut_disk){.recording = recording};
	for (size_t i = 0; i < recording->count; i++)
		if (recording->events[i].file >= (int)disk->file_count)
			disk->file_count = (size_t)recording->events[i].file + 1;
	disk->files = grow(NULL, (disk->file_count + 1) * sizeof *disk->files);
	memset(disk->files, 0, (disk->file_count + 1) * sizeof *disk->files);
	return disk;
}

void cut_disk_free(struct cut_disk *disk)
{
	for (size_t i = 0; i < disk->file_count; i++) {
		free(disk->files[i].synced.at);
		free(disk->files[i].pending.events);
	}
	free(disk->files);
	free(disk->pending.events);
	free(disk);
}

static void sync_file(struct cut_disk *disk, struct cut_file *file)
{
	for (size_t i = 0; i < file->pending.count; i++)
		happen(&file->synced, &disk->recording->events[file->pending.events[i]]);
	file->pending.count = 0;
}

bool cut_disk_go_on(struct cut_disk *disk)
{
	const struct recorded *event = &disk->recording->events[disk->next];

	if (disk->next == disk->recording->count)
		return false;
	switch (event->kind) {
	case RECORDED_WRITE:
	case RECORDED_TRUNCATE:
		push(&disk->files[event->file].pending, disk->next);
		break;
	case RECORDED_SYNC:
		sync_file(disk, &disk->files[event->file]);
		break;
	case RECORDED_SYNC_FOLDER:
		sync_folder(disk, event->name);
		break;
	case RECORDED_ACK:
		break;
	default:
		push(&disk->pending, disk->next);
		break;
	}
	disk->next++;
	return true;
}

/* --- states ------------------------------------------------------------------------------------*/

/* Some sectors of a write are there, or those up to one of them. */
static void happen_torn(struct bytes *bytes, const struct recorded *event, struct random *random)
{
	size_t at = (size_t)event->at;
	size_t sectors = (at + event->len - 1) / SECTOR - at / SECTOR + 1;
	size_t up_to = random_below(random, 2) ? random_below(random, sectors) : sectors;

	for (size_t i = 0; i < up_to; i++) {
		size_t from = i ? (at / SECTOR + i) * SECTOR - at : 0;
		size_t to = (at / SECTOR + i + 1) * SECTOR - at;

		if (up_to == sectors && random_below(random, 2))
			continue;
		write_part(bytes, event, from, to < event->len ? to : event->len);
	}
}

/* What a cut did to one file: how likely its pending pieces are lost, torn, or mere size. */
struct luck {
	size_t whole, torn, size_only, lost; /* of the sum */
	bool in_order;			     /* behind the first that is not whole all are lost */
};

static void happen_by_luck(
	struct bytes *bytes, const struct recorded *event, struct luck *luck, struct random *random)
{
	size_t sum = luck->whole + luck->torn + luck->size_only + luck->lost;
	size_t roll = random_below(random, sum);

	if (roll < luck->whole) {
		happen(bytes, event);
		return;
	}
	roll -= luck->whole;
	if (roll < luck->torn && event->kind == RECORDED_WRITE)
		happen_torn(bytes, event, random);
	else if (roll < luck->torn + luck->size_only && event->kind == RECORDED_WRITE &&
		 (size_t)event->at + event->len > bytes->len)
		resize(bytes, (size_t)event->at + event->len);
	if (luck->in_order)
		*luck = (struct luck){.lost = 1};
}

static struct luck choose_luck(struct random *random, size_t count)
{
	static const struct luck lucks[] = {
		{.whole = 1},
		{.lost = 1},
		{.whole = 1, .lost = 1},
		{.whole = 4, .torn = 1, .size_only = 1, .lost = 2},
		{.whole = 8, .torn = 1},
		{.whole = 1, .lost = 8, .torn = 1},
	};
	size_t which = random_below(random, sizeof lucks / sizeof *lucks + 2);

	if (which < sizeof lucks / sizeof *lucks)
		return lucks[which];
	/* Cut off somewhere: most often near the end of a long row. */
	return (struct luck){
		.whole = 1 + random_below(random, 2 * count + 1), .torn = 1, .in_order = true};
}

/* The bytes of a file in a state; the caller frees them. */
static struct bytes make_file(const struct cut_disk *disk, const struct cut_file *file,
	enum cut_choice choice, struct random *random)
{
	struct luck luck = {.whole = 1};
	struct bytes bytes = {0};

	resize(&bytes, file->synced.len);
	if (bytes.len)
		memcpy(bytes.at, file->synced.at, bytes.len);
	if (choice == CUT_NOTHING)
		return bytes;
	if (choice == CUT_RANDOM)
		luck = choose_luck(random, file->pending.count);
	for (size_t i = 0; i < file->pending.count; i++)
		happen_by_luck(
			&bytes, &disk->recording->events[file->pending.events[i]], &luck, random);
	return bytes;
}

static void make_names(const struct cut_disk *disk, enum cut_choice choice, struct random *random,
	struct cut_name names[NAMES_MAX])
{
	size_t count = choice == CUT_NOTHING ? 0 : disk->pending.count;
	size_t which = choice == CUT_RANDOM ? random_below(random, 4) : 0;

	memcpy(names, disk->names, sizeof disk->names);
	if (which == 1)
		count = random_below(random, count + 1);
	for (size_t i = 0; i < count; i++)
		if (which < 2 || random_below(random, 4) >= which - 1)
			happen_to_names(names, &disk->recording->events[disk->pending.events[i]]);
}

static uint64_t mix(uint64_t number, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t word;

	number ^= len * 0x9E3779B97F4A7C15;
	for (; len >= sizeof word; at += sizeof word, len -= sizeof word) {
		memcpy(&word, at, sizeof word);
		number = (number ^ word) * 0xBF58476D1CE4E5B9;
		number ^= number >> 29;
	}
	for (; len; at++, len--)
		number = (number ^ *at) * 0x94D049BB133111EB;
	return number ^ (number >> 32);
}

static bool parent_is_there(struct cut_name names[NAMES_MAX], const char *name)
{
	char parent[PATH_BYTES];
	char *slash;

	snprintf(parent, sizeof parent, "%s", name);
	slash = strrchr(parent, '/');
	if (!slash)
		return true;
	*slash = '\0';
	return find_name(names, parent) != NULL;
}

static void write_file(const char *path, const struct bytes *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_true(write(fd, bytes->at, bytes->len) == (ssize_t)bytes->len);
	close(fd);
}

/* One name of a state, and what has it. */
static uint64_t make_entry(const struct cut_disk *disk, const struct cut_name *name,
	enum cut_choice choice, struct random *random, const char *folder)
{
	uint64_t number = mix(1, name->name, strlen(name->name));
	char path[PATH_BYTES];
	struct bytes bytes;

	snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name->name);
	if (name->file < 0) {
		if (folder)
			assert_int_equal(mkdir(path, 0755), 0);
		return number;
	}
	bytes = make_file(disk, &disk->files[name->file], choice, random);
	if (folder)
		write_file(path, &bytes);
	number = mix(number, bytes.at, bytes.len);
	free(bytes.at);
	return number;
}

uint64_t cut_disk_write(const struct cut_disk *disk, enum cut_choice choice, struct random *random,
	const char *folder)
{
	struct cut_name names[NAMES_MAX];
	uint64_t number = 0;

	make_names(disk, choice, random, names);
	/* Folders come before what is in them. */
	for (int files = 0; files < 2; files++)
		for (size_t i = 0; i < NAMES_MAX; i++)
			if (names[i].name && (names[i].file >= 0) == files &&
				parent_is_there(names, names[i].name))
				number += make_entry(disk, &names[i], choice, random, folder);
	return number;
}

uint64_t cut_disk_digest(const struct cut_disk *disk, enum cut_choice choice, struct random *random)
{
	return cut_disk_write(disk, choice, random, NULL);
}
