#include "server/commands/listing.h"

#include "base/messages.h"
#include "base/text.h"

enum { COLUMNS_MAX = 16, HEADS_MAX_BYTES = 1000, GAP = 2 };

void listing_clear(struct listing *listing)
{
	strbuf_clear(&listing->cells);
}

static void add_cell(struct listing *listing, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		strbuf_add_char(&listing->cells, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
	strbuf_add_char(&listing->cells, '\t');
}

void listing_cell(struct listing *listing, const char *text)
{
	add_cell(listing, text, strlen(text));
}

void listing_end_row(struct listing *listing)
{
	strbuf_add_char(&listing->cells, '\n');
}

void listing_heads(struct listing *listing, enum lang lang, int message)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(HEADS_MAX_BYTES);
	const char *at;
	struct slice head;

	message_print(&text, lang, message, NULL);
	at = text.data;
	while (text_next(&at, '|', &head))
		add_cell(listing, head.at, head.len);
	listing_end_row(listing);
}

static size_t count_letters(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* The next cell of a row; false behind its last one, with *at behind the row. */
static bool next_cell(const char **at, struct slice *ret_cell)
{
	const char *end;

	if (**at == '\n') {
		++*at;
		return false;
	}
	end = strchr(*at, '\t');
	*ret_cell = (struct slice){*at, (size_t)(end - *at)};
	*at = end + 1;
	return true;
}

static void measure(const char *at, size_t widths[COLUMNS_MAX])
{
	struct slice cell;

	while (*at)
		for (size_t i = 0; next_cell(&at, &cell); i++) {
			size_t letters = count_letters(cell.at, cell.len);

			if (i < COLUMNS_MAX && letters > widths[i])
				widths[i] = letters;
		}
}

/* A row, without blanks at its end. */
static void write_row(const char **at, const size_t widths[COLUMNS_MAX], struct strbuf *out)
{
	size_t blanks = 0, i = 0;
	struct slice cell;

	for (; next_cell(at, &cell); i++) {
		size_t letters = count_letters(cell.at, cell.len);

		if (letters) {
			while (blanks--)
				strbuf_add_char(out, ' ');
			blanks = 0;
		}
		strbuf_add(out, cell.at, cell.len);
		if (i < COLUMNS_MAX)
			blanks += widths[i] - letters + GAP;
	}
	strbuf_add_char(out, '\n');
}

int listing_print(struct listing *listing, struct desk *desk, struct error *err)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(SIZE_MAX);
	size_t widths[COLUMNS_MAX] = {0};
	const char *at = listing->cells.data;
	int rc = strbuf_check(&listing->cells, err);

	if (rc)
		return rc;
	measure(at, widths);
	while (*at)
		write_row(&at, widths, &out);
	rc = strbuf_check(&out, err);
	if (rc || !out.len)
		return rc;
	out.data[--out.len] = '\0';
	desk_print(desk, &out);
	strbuf_reset(&listing->cells);
	return 0;
}
