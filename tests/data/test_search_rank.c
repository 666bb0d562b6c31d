#include "tests/test.h"

#include "base/text.h"
#include "data/search_rank.h"

static struct search_words words_of(const char *text)
{
	struct search_words words;

	assert_int_equal(search_words_read(text, strlen(text), &words, NULL), 0);
	return words;
}

/* How bad a street's name answers; -1 not at all. */
static int rank(const char *asked, const char *name)
{
	struct search_words asked_words = words_of(asked), name_words = words_of(name);
	struct search_ranking ranking = {
		.asked = &asked_words, .called = "duong d street hem h"};

	return search_rank(&ranking, &name_words);
}

static void assert_better(const char *asked, const char *name, const char *than)
{
	int good = rank(asked, name), bad = rank(asked, than);

	if (good < 0 || (bad >= 0 && good >= bad))
		fail_msg("\"%s\": \"%s\" has %d, \"%s\" %d", asked, name, good, than, bad);
}

static void assert_not_found(const char *asked, const char *name)
{
	if (rank(asked, name) >= 0)
		fail_msg("\"%s\" finds \"%s\"", asked, name);
}

static void test_keys(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{"Hòa", "Hoà", true}, {"Thủy", "Thuỷ", true}, {"Đường", "duong", true},
		{"Lý", "Lí", true}, {"Quy", "Qui", true}, {"Mỹ", "mi", true}, {"Y", "I", true},
		{"tay", "tai", false}, {"thuy", "thui", false}, {"Huy", "Hui", false},
		{"25/7/3", "25/7", false}, {"HOÀ", "hoa", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct search_words a = words_of(pairs[i].a), b = words_of(pairs[i].b);

		assert_int_equal(a.count, 1);
		assert_int_equal(b.count, 1);
		if (!strcmp(a.words[0].key, b.words[0].key) != pairs[i].same)
			fail_msg("%s and %s: %s, %s", pairs[i].a, pairs[i].b, a.words[0].key,
				b.words[0].key);
	}
	/* Where a tone is set is no spelling of its own, which tone it is is one. */
	assert_string_equal(words_of("Hòa").words[0].spelling, words_of("Hoà").words[0].spelling);
	assert_string_not_equal(
		words_of("Hòa").words[0].spelling, words_of("Hóa").words[0].spelling);
	assert_true(words_of("hoa").words[0].is_plain);
	assert_false(words_of("hòa").words[0].is_plain);
}

static void test_words(void **state)
{
	struct search_words words = words_of("  Hẻm 25/7/3,  P.Phú-Lợi ");
	char many[400] = "";

	(void)state;
	assert_int_equal(words.count, 5);
	assert_string_equal(words.words[1].key, "25/7/3");
	assert_true(words.words[1].has_digits);
	assert_string_equal(words.words[4].key, "loi");
	assert_false(words.is_open);
	assert_true(words_of("phú lợ").is_open);
	assert_int_equal(words_of("").count, 0);
	assert_int_equal(words_of("—…!").count, 0);
	for (int i = 0; i < 100; i++)
		memcpy(many + 3 * i, "aa ", 4);
	assert_int_equal(words_of(many).count, SEARCH_WORDS_MAX);
	assert_true(words_of(many).is_cut);
	memset(many, 'x', 300);
	many[300] = '\0';
	words = words_of(many);
	assert_int_equal(words.count, 1);
	assert_int_equal(strlen(words.words[0].key), SEARCH_WORD_BYTES - 1);
}

static void test_order(void **state)
{
	(void)state;
	/* As spelled, before other tones, before what only begins so, before mistyped. */
	assert_better("Phú Lợi ", "Phú Lợi", "Phú Lời");
	assert_better("phu loi ", "Phú Lợi", "Phú Lợi Đông");
	assert_better("phu loi ", "Phú Lợi", "Lợi Phú");
	assert_better("phu lo", "Phú Lô", "Phú Lợi");
	assert_better("phu lo", "Phú Lợi", "Phú Mỹ");
	assert_better("nguyen heu ", "Nguyễn Huệ", "Nguyễn Du");
	assert_better("nguyen hue ", "Nguyễn Huệ", "Hẻm 45 Nguyễn Huệ");
	assert_better("đường nguyễn huệ ", "Nguyễn Huệ", "Đường Nguyễn Du");
	assert_better("d nguyen hue ", "Đường Nguyễn Huệ", "Đ Nguyễn Thị Huệ");
	assert_better("hem 45 nguyen hue ", "Hẻm 45 Nguyễn Huệ", "Nguyễn Huệ");
	assert_better("9 ", "9", "31/9");
	assert_not_found("9 ", "31/9");
	assert_not_found("25 ", "26");
	assert_not_found("nguyen ", "Ngu");
	assert_not_found("nguyen hue loi ", "Nguyễn Huệ");
	assert_not_found("duong ", "Nguyễn Huệ");
	assert_int_equal(rank("Nguyễn Huệ ", "Nguyễn Huệ"), 0);
}

static void test_places(void **state)
{
	struct search_words asked = words_of("phu hoa thu dau mot "), name = words_of("Phường Phú Hòa");
	struct search_words place = words_of("Thành phố Thủ Dầu Một");
	struct search_ranking ranking = {.asked = &asked, .called = "phuong p"};

	(void)state;
	assert_int_equal(search_rank(&ranking, &name), -1);
	ranking.place = &place;
	assert_true(search_rank(&ranking, &name) >= 0);
	ranking.place = NULL;
	ranking.may_lack = 1U << 2 | 1U << 3 | 1U << 4;
	assert_true(search_rank(&ranking, &name) >= 0);
	/* Only what names the place is no answer. */
	ranking.may_lack = 31;
	name = words_of("Nguyễn Huệ");
	assert_int_equal(search_rank(&ranking, &name), -1);
}

/* Two words a letter apart have a rest in common. */
static void test_rests(void **state)
{
	static const char *const pairs[][2] = {{"hue", "heu"}, {"hue", "hua"}, {"hue", "huee"},
		{"nguyen", "nguyn"}, {"nguyen", "nguzen"}, {"van", "vn"}, {"loi", "lio"}};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		int64_t a[SEARCH_RESTS_MAX], b[SEARCH_RESTS_MAX];
		size_t a_count = search_word_rests(pairs[i][0], a);
		size_t b_count = search_word_rests(pairs[i][1], b);
		bool common = false;

		for (size_t k = 0; k < a_count * b_count; k++)
			common |= a[k / b_count] == b[k % b_count];
		if (!common)
			fail_msg("%s, %s", pairs[i][0], pairs[i][1]);
		assert_int_equal(text_letters_apart(pairs[i][0], pairs[i][1]), 1);
	}
	assert_int_equal(search_word_rests("31/9", (int64_t[SEARCH_RESTS_MAX]){0}), 0);
	assert_true(search_word_number("phu", false) != search_word_number("phu", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
