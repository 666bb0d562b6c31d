#include "tests/test.h"

#include "base/text.h"
#include "tests/random.h"

/* Appends a code point; surrogates and what lies beyond Unicode too, as no encoder should. */
static size_t encode(uint32_t code, char *at)
{
	if (code < 0x80) {
		at[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		at[0] = (char)(0xC0 | code >> 6);
		at[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		at[0] = (char)(0xE0 | code >> 12);
		at[1] = (char)(0x80 | (code >> 6 & 63));
		at[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	at[0] = (char)(0xF0 | code >> 18);
	at[1] = (char)(0x80 | (code >> 12 & 63));
	at[2] = (char)(0x80 | (code >> 6 & 63));
	at[3] = (char)(0x80 | (code & 63));
	return 4;
}

/* UTF-8 as the table of Unicode has it (chapter 3, table 3-7), but for NUL. */
static bool is_right(const unsigned char *at, size_t len)
{
	while (len) {
		unsigned char least = 0x80, most = 0xBF;
		size_t more;

		if (at[0] > 0 && at[0] < 0x80)
			more = 0;
		else if (at[0] >= 0xC2 && at[0] < 0xE0)
			more = 1;
		else if (at[0] >= 0xE0 && at[0] < 0xF0)
			more = 2;
		else if (at[0] >= 0xF0 && at[0] < 0xF5)
			more = 3;
		else
			return false;
		if (more >= len)
			return false;
		least = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : least;
		most = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : most;
		if (more && (at[1] < least || at[1] > most))
			return false;
		for (size_t i = 2; i <= more; i++)
			if (at[i] < 0x80 || at[i] > 0xBF)
				return false;
		at += more + 1;
		len -= more + 1;
	}
	return true;
}

static void check_utf8(const unsigned char *bytes, size_t len)
{
	char *alone = memcpy(test_malloc(len + !len), bytes, len);
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
	bool right = is_right(bytes, len);

	assert_int_equal(text_is_utf8(alone, len), right);
	assert_int_equal(text_nfc(&out, alone, len), right);
	assert_true(right || !out.len);
	strbuf_reset(&out);
	text_fold(&out, alone, len); /* not asked for what is wrong, but must not crash */
	text_search_key(&out, alone, len);
	assert_true(text_cut(alone, len) <= len);
	test_free(alone);
}

static void utf8_is_told_from_what_is_none(void **state)
{
	static const unsigned char leads[] = {0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
		0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF, 0};
	struct random random = random_start(1);
	unsigned char bytes[5];

	(void)state;
	check_utf8(bytes, 0);
	for (unsigned i = 0; i < 0x10000; i++) {
		bytes[0] = (unsigned char)(i >> 8);
		bytes[1] = (unsigned char)i;
		if (i < 256)
			check_utf8(bytes + 1, 1);
		check_utf8(bytes, 2);
	}
	for (int i = 0; i < 200000; i++) {
		bytes[0] = leads[random_below(&random, sizeof leads)];
		for (size_t k = 1; k < sizeof bytes; k++)
			bytes[k] = random_below(&random, 4)
					   ? (unsigned char)(0x80 | (random_bits(&random) & 63))
					   : leads[random_below(&random, sizeof leads)];
		check_utf8(bytes, 1 + random_below(&random, sizeof bytes));
	}
}

static void every_code_point_is_known(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t code = 1; code < 0x120000; code += code < 0x3000 ? 1 : 61) {
		bool right = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);

		assert_int_equal(text_is_utf8(bytes, encode(code, bytes)), right);
	}
	assert_false(text_is_utf8("a\0b", 3));
	assert_false(text_is_utf8("\xC0\x80", 2));
}

static void a_cut_never_splits_a_character(void **state)
{
	static const uint32_t kinds[] = {0x7F, 0x7FF, 0xD7FF, 0x10FFFF};
	struct random random = random_start(2);
	char text[64];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t len = 0, cut = 0;
		bool starts[sizeof text + 1] = {true};

		while (len < sizeof text - 4) {
			len += encode(1 + (uint32_t)random_below(
						  &random, kinds[random_below(&random, 4)]) %
						      0xD000,
				text + len);
			starts[len] = true;
		}
		for (size_t n = 0; n <= len; n++) {
			if (starts[n])
				cut = n;
			assert_int_equal(text_cut(text, n), cut);
		}
	}
}

/* The vowels of the language: without a tone, then grave, acute, tilde, hook above, dot below. */
static const struct {
	const char *bare; /* with its own mark, decomposed */
	const char *tones[6];
	char key;
} vowels[] = {
	{"a", {"a", "à", "á", "ã", "ả", "ạ"}, 'a'},
	{"a\u0306", {"ă", "ằ", "ắ", "ẵ", "ẳ", "ặ"}, 'a'},
	{"a\u0302", {"â", "ầ", "ấ", "ẫ", "ẩ", "ậ"}, 'a'},
	{"e", {"e", "è", "é", "ẽ", "ẻ", "ẹ"}, 'e'},
	{"e\u0302", {"ê", "ề", "ế", "ễ", "ể", "ệ"}, 'e'},
	{"i", {"i", "ì", "í", "ĩ", "ỉ", "ị"}, 'i'},
	{"o", {"o", "ò", "ó", "õ", "ỏ", "ọ"}, 'o'},
	{"o\u0302", {"ô", "ồ", "ố", "ỗ", "ổ", "ộ"}, 'o'},
	{"o\u031B", {"ơ", "ờ", "ớ", "ỡ", "ở", "ợ"}, 'o'},
	{"u", {"u", "ù", "ú", "ũ", "ủ", "ụ"}, 'u'},
	{"u\u031B", {"ư", "ừ", "ứ", "ữ", "ử", "ự"}, 'u'},
	{"y", {"y", "ỳ", "ý", "ỹ", "ỷ", "ỵ"}, 'y'},
	{"A", {"A", "À", "Á", "Ã", "Ả", "Ạ"}, 'a'},
	{"A\u0306", {"Ă", "Ằ", "Ắ", "Ẵ", "Ẳ", "Ặ"}, 'a'},
	{"A\u0302", {"Â", "Ầ", "Ấ", "Ẫ", "Ẩ", "Ậ"}, 'a'},
	{"E", {"E", "È", "É", "Ẽ", "Ẻ", "Ẹ"}, 'e'},
	{"E\u0302", {"Ê", "Ề", "Ế", "Ễ", "Ể", "Ệ"}, 'e'},
	{"I", {"I", "Ì", "Í", "Ĩ", "Ỉ", "Ị"}, 'i'},
	{"O", {"O", "Ò", "Ó", "Õ", "Ỏ", "Ọ"}, 'o'},
	{"O\u0302", {"Ô", "Ồ", "Ố", "Ỗ", "Ổ", "Ộ"}, 'o'},
	{"O\u031B", {"Ơ", "Ờ", "Ớ", "Ỡ", "Ở", "Ợ"}, 'o'},
	{"U", {"U", "Ù", "Ú", "Ũ", "Ủ", "Ụ"}, 'u'},
	{"U\u031B", {"Ư", "Ừ", "Ứ", "Ữ", "Ử", "Ự"}, 'u'},
	{"Y", {"Y", "Ỳ", "Ý", "Ỹ", "Ỷ", "Ỵ"}, 'y'},
};

enum { VOWELS = sizeof vowels / sizeof vowels[0] };

static void check_nfc(const char *bytes, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);

	assert_true(text_nfc(&out, bytes, strlen(bytes)));
	assert_string_equal(out.data, wanted);
}

static void check_key(const char *text, const char *wanted)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);

	text_search_key(&out, text, strlen(text));
	assert_string_equal(out.data, wanted);
}

static void all_vietnamese_letters_compose(void **state)
{
	static const char *const marks[] = {"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"};

	(void)state;
	for (size_t v = 0; v < VOWELS; v++)
		for (size_t tone = 0; tone < 6; tone++) {
			const char *letter = vowels[v].tones[tone], key[] = {vowels[v].key, '\0'};
			char apart[16];

			snprintf(apart, sizeof apart, "%s%s", vowels[v].bare, marks[tone]);
			check_nfc(apart, letter);
			check_nfc(letter, letter);
			check_key(apart, key);
			check_key(letter, key);
		}
	/* A dot below or a horn may stand on either side of the other mark. */
	check_nfc("a\u0323\u0302", "ậ");
	check_nfc("a\u0323\u0306", "ặ");
	check_nfc("u\u0301\u031B", "ứ");
	check_nfc("e\u0323\u0302", "ệ");
	check_nfc("đĐ", "đĐ");
}

static void all_vietnamese_letters_fold(void **state)
{
	(void)state;
	for (size_t v = 0; v < VOWELS / 2; v++)
		for (size_t tone = 0; tone < 6; tone++) {
			const char *small = vowels[v].tones[tone];
			const char *capital = vowels[v + VOWELS / 2].tones[tone];
			autofree(strbuf_clear) struct strbuf out = STRBUF(100);

			text_fold(&out, capital, strlen(capital));
			assert_string_equal(out.data, small);
			text_fold(&out, small, strlen(small));
			assert_memory_equal(out.data + out.len / 2, small, strlen(small));
		}
}

static void folding_gives_nfc(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(100);

	(void)state;
	text_fold(&out, "ĐƯỜNG", strlen("ĐƯỜNG"));
	text_fold(&out, " LE\u0302\u0323", strlen(" LE\u0302\u0323"));
	assert_string_equal(out.data, "đường lệ");
}

static void keys_find_what_people_write(void **state)
{
	(void)state;
	check_key("Đường Nguyễn Huệ", "duong nguyen hue");
	check_key("Hòa", "hoa");
	check_key("Hoà", "hoa");
	check_key("Thuỷ", "thuy");
	check_key("Thủy", "thuy");
	check_key("  P. Phú-Cường ,  ", "p phu cuong");
	check_key("Hẻm 12/3A", "hem 12/3a");
	check_key("Số tờ_bản\tđồ", "so to ban do");
	check_key("１２ｍ²", "12m2");
	check_key("", "");
	check_key(" .,-", "");
	check_key("Đ.T. 743", "d t 743");
	check_key("Mặt nước; sông, rạch", "mat nuoc song rach");
}

static void a_key_is_its_own_key(void **state)
{
	struct random random = random_start(3);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		autofree(strbuf_clear) struct strbuf once = STRBUF(1000);
		autofree(strbuf_clear) struct strbuf twice = STRBUF(1000);
		char text[64];
		size_t len = 0;

		while (len < 40)
			len += encode(1 + (uint32_t)random_below(&random, i % 2 ? 0x250 : 0x2000),
				text + len);
		text_search_key(&once, text, len);
		text_search_key(&twice, once.data, once.len);
		assert_string_equal(once.data, twice.data);
	}
}

static void a_small_buffer_says_so(void **state)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(3);

	(void)state;
	assert_true(text_nfc(&out, "đô thị", strlen("đô thị")));
	assert_int_equal(strbuf_check(&out, NULL), ERR_TOO_LARGE);
	strbuf_reset(&out);
	text_search_key(&out, "Đường", strlen("Đường"));
	assert_int_equal(strbuf_check(&out, NULL), ERR_TOO_LARGE);
}

static void ascii_is_compared_without_case(void **state)
{
	(void)state;
	assert_true(text_equal_nocase("", ""));
	assert_true(text_equal_nocase("Content-Type", "cONTENT-tYPE"));
	assert_false(text_equal_nocase("abc", "ab"));
	assert_false(text_equal_nocase("ab", "abc"));
	assert_false(text_equal_nocase("[", "{"));
	assert_false(text_equal_nocase("@", "`"));
	assert_true(text_starts_with("/api/at", "/api"));
	assert_true(text_starts_with("x", ""));
	assert_false(text_starts_with("/ap", "/api"));
}

static void pieces_come_one_by_one(void **state)
{
	static const struct {
		const char *text, *pieces[4];
	} cases[] = {{"", {""}}, {"a", {"a"}}, {"a,", {"a", ""}}, {",", {"", ""}},
		{" a , b\t,c ", {"a", "b", "c"}}, {"a,,b", {"a", "", "b"}}, {" ", {""}}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *at = cases[i].text;
		struct slice piece;
		size_t count = 0;

		for (; text_next(&at, ',', &piece); count++) {
			assert_true(count < 4 && cases[i].pieces[count]);
			assert_true(slice_equals(piece, cases[i].pieces[count]));
		}
		assert_true(count == 4 || !cases[i].pieces[count]);
		assert_null(at);
	}
	assert_false(slice_equals((struct slice){"abc", 2}, "abc"));
	assert_false(slice_equals((struct slice){"abc", 3}, "ab"));
}

static void a_mistyped_word_is_understood(void **state)
{
	static const char *const keys[] = {"port", "data_folder", "workers", "host", NULL};
	static const char *const none[] = {NULL};
	char endless[1000];

	(void)state;
	assert_string_equal(text_nearest("prot", keys), "port");
	assert_string_equal(text_nearest("PORT", keys), "port");
	assert_string_equal(text_nearest("data_foldr", keys), "data_folder");
	assert_string_equal(text_nearest("worker", keys), "workers");
	assert_null(text_nearest("elephant", keys));
	assert_null(text_nearest("x", keys));
	assert_null(text_nearest("xy", (const char *const[]){"ab", NULL}));
	assert_null(text_nearest("x", (const char *const[]){"y", NULL}));
	assert_null(text_nearest("", (const char *const[]){"y", NULL}));
	assert_null(text_nearest("port", none));
	memset(endless, 'o', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_null(text_nearest(endless, keys));
	assert_null(text_nearest(endless, (const char *const[]){"oooo", NULL}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_told_from_what_is_none),
		cmocka_unit_test(every_code_point_is_known),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(all_vietnamese_letters_compose),
		cmocka_unit_test(all_vietnamese_letters_fold),
		cmocka_unit_test(folding_gives_nfc),
		cmocka_unit_test(keys_find_what_people_write),
		cmocka_unit_test(a_key_is_its_own_key),
		cmocka_unit_test(a_small_buffer_says_so),
		cmocka_unit_test(ascii_is_compared_without_case),
		cmocka_unit_test(pieces_come_one_by_one),
		cmocka_unit_test(a_mistyped_word_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
