#include "tiles/pdf_revision.h"

#include "base/messages.h"
#include "base/number.h"

enum { DICTIONARY_MAX = 1 << 16, RANGE_DIGITS = 10, OBJECTS_MAX = 1 << 20 };

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

/* The last place of a word; NULL none. */
static const char *find_last(const struct strbuf *file, const char *word)
{
	size_t len = strlen(word);

	for (size_t at = file->len; at >= len; at--)
		if (!memcmp(file->data + at - len, word, len))
			return file->data + at - len;
	return NULL;
}

/* The whole number behind a word at or after `from`; false if there is none. */
static bool read_number(const char *from, const char *word, int64_t *ret)
{
	const char *at = from ? strstr(from, word) : NULL;
	size_t len = 0;

	if (!at)
		return false;
	at += strlen(word);
	while (*at == ' ' || *at == '\n' || *at == '\r')
		at++;
	while (at[len] >= '0' && at[len] <= '9')
		len++;
	return number_parse_int(at, len, 0, INT32_MAX, ret);
}

static bool read_ending(const struct strbuf *file, struct ending *ret)
{
	const char *trailer = find_last(file, "trailer");

	*ret = (struct ending){.size = 0};
	(void)read_number(trailer, "/Info ", &ret->info);
	return read_number(trailer, "/Size ", &ret->size) && ret->size < OBJECTS_MAX &&
		read_number(trailer, "/Root ", &ret->root) &&
		read_number(trailer, "startxref", &ret->table);
}

/* The dictionary of an object as it was last written, from behind "<<" to before its ">>". */
static bool find_object(const struct strbuf *file, int64_t number, struct slice *ret)
{
	autofree(strbuf_clear) struct strbuf head = STRBUF(64);
	const char *at, *end;
	int depth = 1;

	strbuf_add_format(&head, "\n%lld 0 obj\n", (long long)number);
	at = find_last(file, head.data);
	at = at ? strstr(at, "<<") : NULL;
	if (!at)
		return false;
	ret->at = at += 2;
	for (end = file->data + file->len - 1; at < end; at++) {
		if (at[0] == '<' && at[1] == '<')
			depth++, at++;
		else if (at[0] == '>' && at[1] == '>' && --depth == 0)
			break;
		else if (at[0] == '>' && at[1] == '>')
			at++;
	}
	ret->len = (size_t)(at - ret->at);
	return depth == 0 && ret->len < DICTIONARY_MAX;
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

	if (!find_object(file, number, &was))
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

	if (!read_ending(file, &ending) ||
		!extend_object(file, ending.root,
			" /Lang (vi-VN) /ViewerPreferences << /DisplayDocTitle true >>", &added))
		return fail_internal(err);
	add_ending(file, &ending, &added, 1);
	return strbuf_check(file, err);
}

/* --- signing ---------------------------------------------------------------------------------- */

/* The first page of the tree. */
static bool find_page(const struct strbuf *file, const struct ending *ending, int64_t *ret)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(DICTIONARY_MAX);
	struct slice dictionary;
	int64_t pages;

	if (!find_object(file, ending->root, &dictionary))
		return false;
	strbuf_add(&text, dictionary.at, dictionary.len);
	if (!read_number(text.data, "/Pages ", &pages) || !find_object(file, pages, &dictionary))
		return false;
	strbuf_reset(&text);
	strbuf_add(&text, dictionary.at, dictionary.len);
	return read_number(text.data, "/Kids [", ret);
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

	if (!read_ending(file, &ending) || !find_page(file, &ending, &page))
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

/* The last "/ByteRange" behind what was there before, and the '[' behind it. */
static const char *find_range(struct slice file, size_t from)
{
	static const char word[] = "/ByteRange";
	const char *found = NULL;

	for (size_t at = from; at + sizeof word < file.len; at++)
		if (!memcmp(file.at + at, word, sizeof word - 1))
			found = file.at + at + sizeof word - 1;
	while (found && found < file.at + file.len && *found == ' ')
		found++;
	return found && found < file.at + file.len && *found == '[' ? found + 1 : NULL;
}

int pdf_find_signature(struct slice file, struct slice before, struct pdf_signature *ret,
	struct error *err)
{
	const char *at;
	int64_t range[4];
	size_t hole, hole_end;

	if (file.len > PDF_SIGNED_MAX || file.len <= before.len ||
		memcmp(file.at, before.at, before.len) != 0)
		return fail_signature_other_file(err);
	at = find_range(file, before.len);
	if (!at || !read_range(at, file.at + file.len, range))
		return fail_signature_form(err);
	hole = (size_t)range[1];
	hole_end = (size_t)range[2];
	/* All but the hole, to the last byte; and the hole is of the new part. */
	if (range[0] || hole < before.len || hole_end <= hole || hole_end > file.len ||
		(size_t)range[3] != file.len - hole_end ||
		!read_hole((struct slice){file.at + hole, hole_end - hole}, &ret->der))
		return fail_signature_form(err);
	ret->covered[0] = (struct slice){file.at, hole};
	ret->covered[1] = (struct slice){file.at + hole_end, file.len - hole_end};
	return 0;
}
