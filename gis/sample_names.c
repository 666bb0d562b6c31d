#include "gis/sample_names.h"

#include <stdlib.h>

#include "base/banned.h"

enum { ESTATES_MAX = 64 }; /* quarters of the geography that number their own streets */

static const double metres_per_number = 4.4; /* of frontage: two sides share the numbers */

/* In the order of giving: what is nearest to the market first. */
static const char *const street_names[] = {"Bà Triệu", "Điểu Ong", "Lý Thường Kiệt", "Nguyễn Du",
	"Trừ Văn Thố", "Văn Công Khai", "Thầy Giáo Chương", "Ngô Tùng Châu", "Nguyễn Trãi",
	"Phan Đình Giót", "Hai Bà Trưng", "Nguyễn Đình Chiểu", "Võ Thành Long", "Lý Tự Trọng",
	"Nguyễn Văn Tiết", "Lò Chén", "Bàu Bàng", "Nguyễn Văn Hỗn", "Trần Tử Bình", "Lê Văn Tám",
	"Ngô Chí Quốc", "Nguyễn Văn Lên", "Võ Minh Đức", "Nguyễn An Ninh", "Âu Cơ", "Lạc Long Quân",
	"Tú Xương", "Lê Thị Hồng Gấm", "Trương Định", "Võ Thị Sáu", "Nguyễn Văn Trỗi",
	"Phan Chu Trinh", "Hoàng Diệu", "Trần Quốc Toản", "Lê Lai", "Nguyễn Khuyến",
	"Tô Hiến Thành", "Phó Đức Chính", "Trần Bình Trọng", "Lê Quý Đôn", "Nguyễn Công Trứ",
	"Cao Thắng", "Phan Văn Khỏe", "Trần Phú", "Huỳnh Thúc Kháng", "Hồ Xuân Hương",
	"Đoàn Thị Điểm", "Nguyễn Bỉnh Khiêm", "Chu Văn An", "Phùng Khắc Khoan", "Ngô Thì Nhậm",
	"Nguyễn Huệ", "Bùi Thị Xuân", "Trần Quang Diệu", "Ngô Văn Trị", "Lê Hoàn",
	"Đinh Tiên Hoàng", "Lý Thái Tổ", "Lý Thánh Tông", "Trần Nhân Tông", "Trần Khánh Dư",
	"Phạm Hồng Thái", "Nguyễn Thượng Hiền", "Phan Kế Bính", "Tản Đà", "Xuân Diệu", "Huy Cận",
	"Nam Cao", "Ngô Tất Tố", "Nguyễn Công Hoan", "Vũ Trọng Phụng", "Tố Hữu", "Hàn Mặc Tử",
	"Bùi Hữu Nghĩa", "Phan Thanh Giản", "Sương Nguyệt Anh", "Nguyễn Thông", "Huỳnh Mẫn Đạt",
	"Thủ Khoa Huân", "Nguyễn Trung Trực", "Trần Văn Trà", "Nguyễn Thị Định", "Nguyễn Bình",
	"Huỳnh Tấn Phát", "Tôn Đức Thắng", "Phạm Hùng", "Võ Văn Tần", "Nguyễn Văn Quá",
	"Nguyễn Hữu Cảnh", "Trịnh Hoài Đức", "Lê Quang Định", "Ngô Nhân Tịnh", "Võ Trường Toản",
	"Trương Vĩnh Ký", "Nguyễn An Khương", "Châu Văn Tiếp", "Lê Văn Duyệt", "Nguyễn Văn Thoại",
	"Mạc Đĩnh Chi", "Hàn Thuyên", "Phạm Sư Mạnh", "Lương Thế Vinh", "Lương Văn Can",
	"Nguyễn Thái Sơn", "Đặng Văn Ngữ", "Tôn Thất Tùng", "Đặng Thai Mai", "Cao Bá Quát",
	"Đề Thám", "Đội Cấn", "Lương Ngọc Quyến", "Ký Con", "Nguyễn Khắc Nhu", "Đào Duy Từ",
	"Đào Tấn", "Lê Hữu Trác", "Tuệ Tĩnh", "Ỷ Lan", "Dương Vân Nga", "Trần Nguyên Hãn",
	"Nguyễn Biểu", "Đặng Dung", "Bùi Viện", "Phan Huy Chú", "Phan Huy Ích", "Lê Văn Hưu",
	"Ngô Sĩ Liên", "Trần Đại Nghĩa", "Lê Trọng Tấn", "Văn Tiến Dũng", "Song Hào", "Chu Huy Mân",
	"Lê Đức Thọ", "Trường Chinh", "Xuân Thủy", "Nguyễn Lương Bằng", "Hoàng Quốc Việt",
	"Hoàng Minh Giám", "Nguyễn Khánh Toàn", "Đào Duy Anh", "Tạ Quang Bửu", "Trần Huy Liệu",
	"Nguyễn Xí", "Nguyễn Xiển", "Lê Văn Lương", "Khuất Duy Tiến", "Nguyễn Cơ Thạch",
	"Mai Chí Thọ", "Trần Bạch Đằng", "Trần Não", "Lương Định Của", "Nguyễn Duy Trinh",
	"Đỗ Xuân Hợp", "Dương Đình Hội", "Tăng Nhơn Phú", "Man Thiện", "Bùi Văn Bình", "Lê Văn Chí",
	"Huỳnh Văn Lơn", "Nguyễn Văn Nghĩa", "Tống Văn Hên", "Nguyễn Văn Lộng", "Mười Muộn",
	"Hồ Văn Mên", "Nguyễn Hữu Thọ", "Nguyễn Thị Tươi", "Lê Thị Thìn", "Võ Văn Hát",
	"Phạm Thị Tân", "Nguyễn Minh Châu"};
enum { STREET_NAMES = sizeof street_names / sizeof street_names[0] };

/* Odd numbers stand on the left, even ones on the right. */
static int number_at(double chainage_m, bool left)
{
	return 2 * (int)(fmax(0, chainage_m) / metres_per_number) + (left ? 1 : 2);
}

int sample_names_number(const struct sample_street *street, struct sample_spot at)
{
	struct sample_foot foot = sample_line_foot(&street->line, at);
	struct sample_spot way =
		spot_direction(street->line.at[foot.segment], street->line.at[foot.segment + 1]);

	return number_at(foot.chainage_m, spot_cross(way, spot_minus(at, foot.at)) > 0);
}

/* A street that waits for a name. */
struct nameless {
	int32_t street;
	double rank; /* the least gets the first name */
};

static int by_rank(const void *left, const void *right)
{
	const struct nameless *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->street > b->street) - (a->street < b->street);
}

/* D for those that run along the length of the country, N for those across, as estates do. */
static void name_in_estate(struct sample_street *street, int counts[ESTATES_MAX][2])
{
	const struct sample_quarter *quarter = &sample_geography()->quarters[street->estate];
	struct sample_spot way =
		spot_direction(street->line.at[0], street->line.at[street->line.count - 1]);
	int across = fabs(way.e) > fabs(way.n);

	sample_name_set(street->name, "%c%d %s", across ? 'N' : 'D',
		++counts[street->estate][across], quarter->name);
}

static void name_streets(struct sample_town *town, struct nameless *nameless)
{
	struct sample_spot market = spot_plus(sample_geography_origin, sample_geography()->centre);
	int counts[ESTATES_MAX][2] = {{0}};
	size_t count = 0, given = 0;
	int codes = 0;

	for (size_t i = 0; i < town->streets.count; i++) {
		struct sample_street *street = &town->streets.all[i];

		if (street->parent >= 0 || street->name[0] || street->line.count < 2)
			continue;
		if (street->estate >= 0 && street->estate < ESTATES_MAX) {
			name_in_estate(street, counts);
			continue;
		}
		nameless[count++] = (struct nameless){
			(int32_t)i, spot_distance(street->line.at[street->line.count / 2], market) -
					    sample_line_length(&street->line) -
					    (street->kind == SAMPLE_MAIN ? 4000 : 0)};
	}
	qsort(nameless, count, sizeof nameless[0], by_rank);
	for (; given < count && given < STREET_NAMES; given++)
		sample_name_set(
			town->streets.all[nameless[given].street].name, "%s", street_names[given]);
	/* Lanes of the outskirts have a code of the city's, in the order of their making. */
	for (size_t i = 0; i < town->streets.count; i++)
		if (town->streets.all[i].parent < 0 && !town->streets.all[i].name[0])
			sample_name_set(town->streets.all[i].name, "ĐX-%03d", ++codes);
}

/* An alley on its way to a number. */
struct mouth {
	int32_t alley, parent;
	int number;
};

static int by_number(const void *left, const void *right)
{
	const struct mouth *a = left, *b = right;

	if (a->parent != b->parent)
		return (a->parent > b->parent) - (a->parent < b->parent);
	if (a->number != b->number)
		return (a->number > b->number) - (a->number < b->number);
	return (a->alley > b->alley) - (a->alley < b->alley);
}

/* "Hẻm 25 Yersin"; off that one "Hẻm 25/12 Yersin", and so on. */
static void name_alley(struct sample_streets *streets, struct sample_street *alley)
{
	static const char word[] = "Hẻm ";
	const struct sample_street *parent = &streets->all[alley->parent];
	const char *chain = parent->name + sizeof word - 1, *root;

	if (parent->parent < 0) {
		sample_name_set(alley->name, "%s%s %s", word, alley->after_number, parent->name);
		return;
	}
	root = strchr(chain, ' ');
	if (root)
		sample_name_set(alley->name, "%s%.*s/%s%s", word, (int)(root - chain), chain,
			alley->after_number, root);
}

/* The number of the last house on the alley's side before its mouth. */
static int number_before(const struct sample_streets *streets, const struct sample_street *alley)
{
	const struct sample_street *parent = &streets->all[alley->parent];
	double house_m = alley->mouth_m - alley->width_m / 2 - metres_per_number / 2;
	struct sample_spot way;

	sample_line_at(&parent->line, alley->mouth_m, &way);
	return number_at(house_m, spot_cross(way, spot_minus(alley->line.at[alley->line.count > 1],
							  alley->line.at[0])) > 0);
}

/* Two alleys off one street never have one number. */
static void number_alleys(struct sample_streets *streets, struct mouth *mouths)
{
	int last[2] = {0, 0};
	size_t count = 0;

	for (size_t i = 0; i < streets->count; i++)
		if (streets->all[i].parent >= 0)
			mouths[count++] = (struct mouth){(int32_t)i, streets->all[i].parent,
				number_before(streets, &streets->all[i])};
	qsort(mouths, count, sizeof mouths[0], by_number);
	for (size_t i = 0; i < count; i++) {
		struct mouth *mouth = &mouths[i];
		struct sample_street *alley = &streets->all[mouth->alley];
		int side = mouth->number % 2;

		if (!i || mouths[i - 1].parent != mouth->parent)
			last[0] = last[1] = 0;
		if (mouth->number <= last[side])
			mouth->number = last[side] + 2;
		last[side] = mouth->number;
		(void)snprintf(
			alley->after_number, sizeof alley->after_number, "%d", mouth->number);
	}
}

void sample_names_give(struct sample_town *town)
{
	size_t count = town->streets.count + 1;
	struct nameless *nameless = malloc(count * sizeof *nameless);
	struct mouth *mouths = malloc(count * sizeof *mouths);

	sample_streets_turn(&town->streets);
	if (nameless && mouths) {
		name_streets(town, nameless);
		number_alleys(&town->streets, mouths);
		/* Parents were made before their alleys, so they have their names. */
		for (size_t i = 0; i < town->streets.count; i++)
			if (town->streets.all[i].parent >= 0)
				name_alley(&town->streets, &town->streets.all[i]);
	} else {
		town->streets.failed = true;
	}
	free(nameless);
	free(mouths);
}
