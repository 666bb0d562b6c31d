#include "tiles/pdf_revision.h"

#include "base/messages.h"
#include "base/number.h"

enum {
	DICTIONARY_MAX = 1 << 16,
	RANGE_DIGITS = 10,
	OBJECTS_MAX = 1 << 20,
	REPLACED_MAX = 40, /* objects of the paper that are written again: the catalog, its pages */
};

/* What the end of one of our files says, and where new objects go. */
struct ending {
	int64_t size; /* the number of the next object */
	int64_t root, info; /* objects; info 0 none */
	int64_t table;	    /* where the last cross-reference table stands */
};

/* An object that was written again, or is new. */
struct added {
	int64_t number;
	size_t at;
};

static struct slice all_of(const struct strbuf *file)
{
	return (struct slice){file->data, file->len};
}

/* A text from its first occurrence of a word on; of its last one. Empty if there is none. */
static struct slice from_word(struct slice text, const char *word)
{
	size_t len = strlen(word);

	for (; text.len >= len; text.at++, text.len--)
		if (!memcmp(text.at, word, len))
			return text;
	return (struct slice){text.at, 0};
}

static struct slice from_last(struct slice text, const char *word)
{
	size_t len = strlen(word);

	for (size_t at = text.len; at >= len; at--)
		if (!memcmp(text.at + at - len, word, len))
			return (struct slice){text.at + at - len, text.len - at + len};
	return (struct slice){text.at, 0};
}

/* The whole number behind the first occurrence of a word; false if there is none. */
static bool read_number(struct slice text, const char *word, int64_t *ret)
{
	struct slice found = from_word(text, word);
	size_t at = strlen(word), len = 0;

	while (at < found.len && strchr(" \n\r", found.at[at]))
		at++;
	while (at + len < found.len && found.at[at + len] >= '0' && found.at[at + len] <= '9')
		len++;
	return found.len && number_parse_int(found.at + at, len, 0, INT32_MAX, ret);
}

static bool read_ending(struct slice file, struct ending *ret)
{
	struct slice trailer = from_last(file, "trailer");

	*ret = (struct ending){.size = 0};
	(void)read_number(trailer, "/Info ", &ret->info);
	return read_number(trailer, "/Size ", &ret->size) && ret->size < OBJECTS_MAX &&
		read_number(trailer, "/Root ", &ret->root) &&
		read_number(trailer, "startxref", &ret->table);
}

/* The dictionary that begins in a text, from behind "<<" to before its ">>"; false if it does not end. */
static bool take_dictionary(struct slice text, struct slice *ret)
{
	struct slice rest = from_word(text, "<<");
	size_t at = 2;
	int depth = 1;

	for (; at + 1 < rest.len && at < DICTIONARY_MAX; at++) {
		if (rest.at[at] == '<' && rest.at[at + 1] == '<')
			depth++, at++;
		else if (rest.at[at] == '>' && rest.at[at + 1] == '>' && --depth == 0)
			break;
		else if (rest.at[at] == '>' && rest.at[at + 1] == '>')
			at++;
	}
	if (depth || !rest.len)
		return false;
	*ret = (struct slice){rest.at + 2, at - 2};
	return true;
}

/* The dictionary of an object as it was last written. */
static bool find_object(struct slice file, int64_t number, struct slice *ret)
{
	autofree(strbuf_clear) struct strbuf head = STRBUF(64);
	struct slice found;

	strbuf_add_format(&head, "\n%lld 0 obj\n", (long long)number);
	found = from_last(file, head.data);
	return found.len && take_dictionary(found, ret);
}

static void begin_object(struct strbuf *file, struct added *added, int64_t number)
{
	*added = (struct added){number, file->len};
	strbuf_add_format(file, "%lld 0 obj\n", (long long)number);
}

/* Cross references of what was added, in ascending order, and the trailer. */
static void add_ending(struct strbuf *file, const struct ending *ending,
	const struct added *added, size_t count)
{
	size_t table = file->len;

	strbuf_add_text(file, "xref\n");
	for (size_t i = 0; i < count; i++)
		strbuf_add_format(file, "%lld 1\n%010zu 00000 n \n", (long long)added[i].number,
			added[i].at);
	strbuf_add_format(file, "trailer\n<< /Size %lld\n   /Root %lld 0 R\n",
		(long long)ending->size, (long long)ending->root);
	if (ending->info)
		strbuf_add_format(file, "   /Info %lld 0 R\n", (long long)ending->info);
	strbuf_add_format(file, "   /Prev %lld\n>>\nstartxref\n%zu\n%%%%EOF\n",
		(long long)ending->table, table);
}

/* Writes an object again, with more in its dictionary. */
static bool extend_object(struct strbuf *file, int64_t number, const char *more, struct added *added)
{
	autofree(strbuf_clear) struct strbuf old = STRBUF(DICTIONARY_MAX);
	struct slice was;

	if (!find_object(all_of(file), number, &was))
		return false;
	strbuf_add(&old, was.at, was.len);
	begin_object(file, added, number);
	strbuf_add_text(file, "<<");
	strbuf_add(file, old.data, old.len);
	strbuf_add_format(file, "%s >>\nendobj\n", more);
	return !old.failed;
}

int pdf_add_language(struct strbuf *file, struct error *err)
{
	struct ending ending;
	struct added added;

	if (!read_ending(all_of(file), &ending) ||
		!extend_object(file, ending.root,
			" /Lang (vi-VN) /ViewerPreferences << /DisplayDocTitle true >>", &added))
		return fail_internal(err);
	add_ending(file, &ending, &added, 1);
	return strbuf_check(file, err);
}

/* --- signing ---------------------------------------------------------------------------------- */

/* The first page of the tree. */
static bool find_page(struct slice file, const struct ending *ending, int64_t *ret)
{
	struct slice dictionary;
	int64_t pages;

	return find_object(file, ending->root, &dictionary) &&
		read_number(dictionary, "/Pages ", &pages) &&
		find_object(file, pages, &dictionary) && read_number(dictionary, "/Kids [", ret);
}

/* The numbers of /ByteRange, in the room that was left for them. */
static void write_range(struct strbuf *file, size_t at, size_t hole, size_t hole_end)
{
	char text[4 * (RANGE_DIGITS + 1) + 1];
	int len = snprintf(text, sizeof text, "0 %zu %zu %zu", hole, hole_end, file->len - hole_end);

	memcpy(file->data + at, text, (size_t)len);
}

/* The signature's own dictionary. */
static void add_signature(struct strbuf *file, struct added *added, int64_t number, size_t *ret_range,
	size_t *ret_hole)
{
	begin_object(file, added, number);
	strbuf_add_text(file, "<< /Type /Sig /Filter /Adobe.PPKLite\n"
			      "   /SubFilter /ETSI.CAdES.detached\n   /ByteRange [");
	*ret_range = file->len;
	for (int i = 0; i < 4 * (RANGE_DIGITS + 1); i++)
		strbuf_add_char(file, ' ');
	strbuf_add_text(file, "]\n   /Contents ");
	*ret_hole = file->len;
	strbuf_add_char(file, '<');
	for (int i = 0; i < PDF_SIGNATURE_BYTES; i++)
		strbuf_add_text(file, "00");
	strbuf_add_text(file, ">\n>>\nendobj\n");
}

int pdf_add_signature_field(struct strbuf *file, const char *name, struct error *err)
{
	autofree(strbuf_clear) struct strbuf more = STRBUF(200);
	struct added added[4];
	struct ending ending;
	int64_t page, field, signature;
	size_t range = 0, hole = 0;

	if (!read_ending(all_of(file), &ending) || !find_page(all_of(file), &ending, &page))
		return fail_internal(err);
	field = ending.size++;
	signature = ending.size++;
	/* Objects in the order of their numbers: the catalog and the page are old ones. */
	strbuf_add_format(&more, " /AcroForm << /Fields [ %lld 0 R ] /SigFlags 3 >>", (long long)field);
	if (!extend_object(file, ending.root, more.data, &added[0]))
		return fail_internal(err);
	strbuf_reset(&more);
	strbuf_add_format(&more, " /Annots [ %lld 0 R ]", (long long)field);
	if (!extend_object(file, page, more.data, &added[1]))
		return fail_internal(err);
	begin_object(file, &added[2], field);
	strbuf_add_format(file,
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /V %lld 0 R\n"
		"   /Rect [ 0 0 0 0 ] /F 132 /P %lld 0 R >>\nendobj\n",
		name, (long long)signature, (long long)page);
	add_signature(file, &added[3], signature, &range, &hole);
	if (added[1].number < added[0].number) {
		struct added first = added[1];

		added[1] = added[0];
		added[0] = first;
	}
	add_ending(file, &ending, added, 4);
	if (!file->failed)
		write_range(file, range, hole, hole + 2 * PDF_SIGNATURE_BYTES + 2);
	return strbuf_check(file, err);
}

/* Four numbers with blanks between, and ']'. */
static bool read_range(const char *at, const char *end, int64_t range[4])
{
	for (int i = 0; i < 4; i++) {
		size_t len = 0;

		while (at < end && (*at == ' ' || *at == '\n' || *at == '\r'))
			at++;
		while (at + len < end && at[len] >= '0' && at[len] <= '9')
			len++;
		if (!number_parse_int(at, len, 0, PDF_SIGNED_MAX, &range[i]))
			return false;
		at += len;
	}
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r'))
		at++;
	return at < end && *at == ']';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "<3082…>": hexadecimal digits and nothing else. */
static bool read_hole(struct slice hole, struct strbuf *der)
{
	if (hole.len < 4 || hole.len % 2 || hole.at[0] != '<' || hole.at[hole.len - 1] != '>')
		return false;
	for (size_t i = 1; i + 2 < hole.len; i += 2) {
		int high = hex_digit(hole.at[i]), low = hex_digit(hole.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		strbuf_add_char(der, (char)(high << 4 | low));
	}
	return !der->failed;
}

/* The numbers of the last /ByteRange behind what was there before. */
static bool find_range(struct slice file, size_t from, int64_t range[4])
{
	struct slice found =
		from_last((struct slice){file.at + from, file.len - from}, "/ByteRange");
	const char *bracket = found.len ? memchr(found.at, '[', found.len) : NULL;

	return bracket && bracket < found.at + sizeof "/ByteRange  " &&
		read_range(bracket + 1, file.at + file.len, range);
}

static bool same_reference(struct slice old, struct slice new, const char *word)
{
	int64_t was = -1, is = -1;
	bool had = read_number(old, word, &was), has = read_number(new, word, &is);

	return had == has && was == is;
}

/*
 * Whether an object of the paper may be written again like this: the catalog, with the same pages, and
 * a page, with the same content; so what the paper shows stays.
 */
static bool may_replace(struct slice before, const struct ending *ending, int64_t number,
	struct slice added)
{
	struct slice old, new;

	if (number == ending->info)
		return true;
	if (!find_object(before, number, &old) || !take_dictionary(added, &new))
		return false;
	if (number == ending->root)
		return same_reference(old, new, "/Pages ");
	return from_word(old, "/Type /Page %").len && same_reference(old, new, "/Contents ") &&
		same_reference(old, new, "/Resources ") && same_reference(old, new, "/Parent ");
}

/* The number in front of " 0 obj", which stands at `at`; -1 none. */
static int64_t object_number(struct slice text, size_t at)
{
	size_t from = at;
	int64_t number;

	while (from && text.at[from - 1] >= '0' && text.at[from - 1] <= '9')
		from--;
	return number_parse_int(text.at + from, at - from, 0, INT32_MAX, &number) ? number : -1;
}

/* What was added defines no object of the paper anew, and hides none. */
static bool keeps_paper(struct slice before, struct slice added)
{
	static const char word[] = " 0 obj";
	struct slice rest = added;
	struct ending ending;
	int replaced = 0;

	if (!read_ending(before, &ending) || from_word(added, "/ObjStm").len)
		return false;
	while ((rest = from_word(rest, word)).len) {
		int64_t number = object_number(added, (size_t)(rest.at - added.at));

		if (number < 0 ||
			(number < ending.size && (++replaced > REPLACED_MAX ||
				!may_replace(before, &ending, number, rest))))
			return false;
		rest.at += sizeof word - 1;
		rest.len -= sizeof word - 1;
	}
	return true;
}

int pdf_find_signature(struct slice file, struct slice before, struct pdf_signature *ret,
	struct error *err)
{
	int64_t range[4];
	size_t hole, hole_end;

	if (file.len > PDF_SIGNED_MAX || file.len <= before.len ||
		memcmp(file.at, before.at, before.len) != 0)
		return fail_signature_other_file(err);
	if (!find_range(file, before.len, range))
		return fail_signature_form(err);
	hole = (size_t)range[1];
	hole_end = (size_t)range[2];
	/* All but the hole, to the last byte; and the hole is of the new part. */
	if (range[0] || hole < before.len || hole_end <= hole || hole_end > file.len ||
		(size_t)range[3] != file.len - hole_end ||
		!read_hole((struct slice){file.at + hole, hole_end - hole}, &ret->der))
		return fail_signature_form(err);
	if (!keeps_paper(before, (struct slice){file.at + before.len, file.len - before.len}))
		return fail_signature_changes(err);
	ret->covered[0] = (struct slice){file.at, hole};
	ret->covered[1] = (struct slice){file.at + hole_end, file.len - hole_end};
	return 0;
}
