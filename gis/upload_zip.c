#include "gis/upload_parts.h"

#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"
#include "gis/zip_file.h"

enum {
	NAMES_MAX = 400, /* bytes of a list of layers in a message */
	KEY_MAX = 16 * ZIP_NAME_MAX,
};

/* Files that can be a layer. What may be a note beside it counts only if nothing else is there. */
static const struct {
	const char *ending;
	enum upload_format format;
	bool doubtful;
} layer_files[] = {
	{".shp", UPLOAD_SHAPEFILE, false},
	{".gpkg", UPLOAD_GEOPACKAGE, false},
	{".geojson", UPLOAD_GEOJSON, false},
	{".json", UPLOAD_GEOJSON, true},
	{".csv", UPLOAD_CSV, true},
};

/* The layers of an archive, and which one is meant. */
struct choice {
	const struct zip_file *zip;
	enum upload_format only; /* UPLOAD_ANY, or no other counts */
	const char *layer;	 /* the wished one; NULL any */
	bool doubtful;		 /* the doubtful files count */
	struct strbuf wanted;	 /* key of the wished layer */
	struct strbuf names;	 /* of all layers */
	size_t count, matching;
	const struct zip_member *found; /* the last one that matches, or else the first one */
	enum upload_format format;
	bool inside; /* the wished layer is one inside of the file found */
};

/* What macOS and other programs leave beside the files. */
static bool is_litter(const struct zip_member *member)
{
	return text_starts_with(member->key, "__macosx/") || file_name(member->key)[0] == '.';
}

static bool layer_file(
	const struct choice *choice, const struct zip_member *member, enum upload_format *ret)
{
	for (size_t i = 0; i < sizeof layer_files / sizeof *layer_files; i++) {
		if (!upload_name_ends(file_name(member->key), layer_files[i].ending))
			continue;
		*ret = layer_files[i].format;
		if (choice->only)
			return choice->only == *ret;
		return layer_files[i].doubtful == choice->doubtful;
	}
	return false;
}

/* The length of a name without its ending. */
static size_t base_length(const char *name)
{
	return (size_t)(strrchr(name, '.') - name);
}

/* The wish names the layer with or without its folder. */
static bool is_wanted(const struct choice *choice, const struct zip_member *member)
{
	const char *last = file_name(member->key);

	if (!choice->layer)
		return true;
	return slice_equals((struct slice){member->key, base_length(member->key)},
		       choice->wanted.data) ||
	       slice_equals((struct slice){last, base_length(last)}, choice->wanted.data);
}

static void look_at(struct choice *choice, const struct zip_member *member)
{
	enum upload_format format;

	if (is_litter(member) || !layer_file(choice, member, &format))
		return;
	choice->count++;
	strbuf_add_text(&choice->names, choice->count > 1 ? ", " : "");
	strbuf_add(&choice->names, member->name, base_length(member->name));
	if (is_wanted(choice, member))
		choice->matching++;
	else if (choice->found)
		return;
	choice->found = member;
	choice->format = format;
}

static void look_at_all(struct choice *choice)
{
	for (size_t i = 0; i < zip_file_count(choice->zip); i++)
		look_at(choice, zip_file_member(choice->zip, i));
}

/* Parts of a shapefile whose .shp is not there. */
static int fail_without_layer(const struct zip_file *zip, const char *archive, struct error *err)
{
	for (size_t i = 0; i < zip_file_count(zip); i++) {
		const struct zip_member *member = zip_file_member(zip, i);
		const char *last = file_name(member->name);
		char missing[ZIP_NAME_MAX + 8];

		if (is_litter(member) || (!upload_name_ends(member->key, ".dbf") &&
						 !upload_name_ends(member->key, ".shx")))
			continue;
		snprintf(missing, sizeof missing, "%.*s.shp", (int)base_length(last), last);
		return fail_shp_part_missing(err, missing);
	}
	return fail_zip_no_layer(err, archive);
}

static int choose(struct choice *choice, const char *archive, struct error *err)
{
	look_at_all(choice);
	if (!choice->count && !choice->only) {
		choice->doubtful = true;
		look_at_all(choice);
	}
	if (!choice->count)
		return fail_without_layer(choice->zip, archive, err);
	if (choice->matching > 1)
		return fail_layers_several(err, archive, choice->names.data);
	if (choice->matching)
		return 0;
	/* The layer may be one inside of the only file. */
	choice->inside = choice->count == 1 && choice->format == UPLOAD_GEOPACKAGE;
	if (choice->inside)
		return 0;
	return fail_layer_unknown(err, archive, choice->layer, choice->names.data);
}

/* The member that is the chosen one with another ending; NULL none. */
static const struct zip_member *part_of(const struct choice *choice, const char *ending)
{
	size_t len = base_length(choice->found->key);

	for (size_t i = 0; i < zip_file_count(choice->zip); i++) {
		const struct zip_member *member = zip_file_member(choice->zip, i);

		if (!strncmp(member->key, choice->found->key, len) &&
			!strcmp(member->key + len, ending))
			return member;
	}
	return NULL;
}

static int extract(const struct choice *choice, const struct zip_member *member, const char *ending,
	const struct upload_wish *wish, const char *folder, struct error *err)
{
	autofree(strbuf_clear) struct strbuf target = STRBUF(UPLOAD_PATH_MAX);
	int rc;

	file_join(&target, folder, "a");
	strbuf_add_text(&target, ending);
	rc = strbuf_check(&target, err);
	if (!rc)
		rc = zip_file_extract(choice->zip, member, target.data, wish->watch, err);
	return rc;
}

static int extract_layer(const struct choice *choice, const struct upload_wish *wish,
	const char *folder, struct error *err)
{
	char ending[16];
	const struct zip_member *log = part_of(choice, ".gpkg-wal");
	int rc = 0;

	if (choice->format == UPLOAD_GEOPACKAGE && log && log->size)
		return fail_gpkg_in_use(err, file_name(choice->found->name));
	if (choice->format != UPLOAD_SHAPEFILE) {
		snprintf(ending, sizeof ending, ".%s", upload_format_ending(choice->format));
		return extract(choice, choice->found, ending, wish, folder, err);
	}
	for (int i = 0; !rc && i < UPLOAD_PARTS; i++) {
		const struct zip_member *part = part_of(choice, upload_shapefile_endings[i]);

		if (part)
			rc = extract(choice, part, upload_shapefile_endings[i], wish, folder, err);
	}
	return rc;
}

static void choice_clear(struct choice *choice)
{
	strbuf_clear(&choice->wanted);
	strbuf_clear(&choice->names);
}

int upload_unpack(const char *path, const struct upload_wish *wish, const char *folder,
	struct upload *upload, struct error *err)
{
	autoptr(zip_file_close) struct zip_file *zip = NULL;
	autofree(choice_clear) struct choice choice = {.only = wish->format,
		.layer = wish->layer,
		.wanted = STRBUF(KEY_MAX),
		.names = STRBUF(NAMES_MAX)};
	const char *archive = wish->name ? wish->name : file_name(path);
	int rc = zip_file_open(path, archive, wish->bytes_max, &zip, err);

	if (rc)
		return rc;
	choice.zip = zip;
	if (wish->layer)
		text_fold(&choice.wanted, wish->layer, strlen(wish->layer));
	rc = strbuf_check(&choice.wanted, err);
	if (!rc)
		rc = choose(&choice, archive, err);
	if (!rc)
		rc = extract_layer(&choice, wish, folder, err);
	if (rc)
		return rc;
	upload->format = choice.format;
	upload->layer_inside = choice.inside;
	upload_set_names(upload, choice.found->name);
	return 0;
}
