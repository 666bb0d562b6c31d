#include "base/banned.h"
#include "gis/sample_geography.h"
#include "gis/sample_use.h"

#define MARK(title, e, n, area, what, layer_id, sort)              \
	{                                                          \
		title, {e, n}, area, SAMPLE_##what, layer_id, sort \
	}

/* Places that people from there would miss. Where two want one block the first one has it. */
const struct sample_landmark sample_landmarks[] = {
	MARK("Chợ Thủ Dầu Một", 8290, 4450, 4200, TMD, NULL, NULL),
	MARK("Nhà thờ chánh tòa Phú Cường", 8560, 4310, 3800, TON, NULL, NULL),
	MARK("Chùa Bà Thiên Hậu", 8420, 4300, 1600, TON, "tourism_site", "Chùa"),
	MARK("Chùa Hội Khánh", 8690, 4850, 4500, TON, "tourism_site", "Chùa"),
	MARK("Nhà cổ Trần Công Vàng", 8380, 4480, 700, ODT, "tourism_site", "Nhà cổ"),
	MARK("Nhà cổ Trần Văn Hổ", 8200, 4260, 600, ODT, "tourism_site", "Nhà cổ"),
	MARK("Công viên Bạch Đằng", 8060, 4470, 2600, DKV, "wifi", "Công viên"),
	MARK("UBND thành phố Thủ Dầu Một", 8600, 4500, 4200, TSC, "wifi", "Cơ quan"),
	MARK("Trường THCS Chu Văn An", 8780, 4500, 5200, DGD, "school", "THCS"),
	MARK("Trường THCS Nguyễn Viết Khái", 8800, 4750, 4800, DGD, "school", "THCS"),
	MARK("Trường THPT Võ Minh Đức", 9700, 3620, 14000, DGD, "school", "THPT"),
	MARK("Trường THPT chuyên Hùng Vương", 8860, 5930, 15000, DGD, "school", "THPT"),
	MARK("Trường THPT An Mỹ", 11500, 8750, 13000, DGD, "school", "THPT"),
	MARK("Trường THPT Bình Phú", 8450, 8550, 12000, DGD, "school", "THPT"),
	MARK("Trường Đại học Thủ Dầu Một", 10990, 4450, 32000, DGD, "school", "Đại học"),
	MARK("Trường Đại học Bình Dương", 9500, 5700, 16000, DGD, "school", "Đại học"),
	MARK("Trường Đại học Quốc tế Miền Đông", 12600, 11900, 60000, DGD, "school", "Đại học"),
	MARK("Trường Cao đẳng Y tế Bình Dương", 8900, 3500, 9000, DGD, "school", "Cao đẳng"),
	MARK("Bệnh viện Đa khoa tỉnh", 9320, 6850, 22000, DYT, "clinic", "Bệnh viện"),
	MARK("Bệnh viện Y học cổ truyền", 8960, 5080, 6500, DYT, "clinic", "Bệnh viện"),
	MARK("Bệnh viện Phụ sản Nhi Bình Dương", 10330, 3950, 7500, DYT, "clinic", "Bệnh viện"),
	MARK("Trung tâm Y tế thành phố", 9250, 4150, 5200, DYT, "clinic", "Trung tâm y tế"),
	MARK("Sân vận động Gò Đậu", 9850, 4130, 24000, DKV, "tourism_site", "Sân vận động"),
	MARK("Becamex Tower", 10230, 4540, 5200, TMD, "wifi", "Thương mại"),
	MARK("Bến xe khách Bình Dương", 10150, 3350, 16000, TMD, "logistics_site", "Bến xe"),
	MARK("Bảo tàng tỉnh Bình Dương", 8700, 6100, 7000, TSC, "tourism_site", "Bảo tàng"),
	MARK("Nhà tù Phú Lợi", 11050, 6430, 26000, TSC, "tourism_site", "Di tích"),
	MARK("Lò lu Đại Hưng", 5950, 7620, 5200, SKC, "tourism_site", "Làng nghề"),
	MARK("Làng sơn mài Tương Bình Hiệp", 6700, 7550, 6000, SKC, "tourism_site", "Làng nghề"),
	MARK("Đình Tương Bình Hiệp", 6050, 7200, 2600, TON, "tourism_site", "Đình"),
	MARK("Đình Bà Lụa", 8780, 1300, 2800, TON, "tourism_site", "Đình"),
	MARK("Chợ Bưng Cầu", 7080, 8100, 4000, TMD, NULL, NULL),
	MARK("Chợ Đình", 10330, 4880, 3200, TMD, NULL, NULL),
	MARK("Chợ Phú Văn", 9600, 2350, 3000, TMD, NULL, NULL),
	MARK("Chợ Tân An", 5250, 10450, 2800, TMD, NULL, NULL),
	MARK("Trung tâm Hành chính tập trung", 11750, 12420, 52000, TSC, "wifi", "Cơ quan"),
	MARK("Công viên trung tâm thành phố mới", 11850, 12050, 70000, DKV, "tourism_site",
		"Công viên"),
	MARK("Trung tâm Hội nghị và Triển lãm WTC", 12250, 12250, 30000, TMD, "wifi", "Thương mại"),
	MARK("Nghĩa trang Truông Bồng Bông", 7750, 10800, 60000, NTD, NULL, NULL),
	MARK("Nghĩa trang liệt sĩ", 9350, 8900, 26000, NTD, NULL, NULL),
	MARK("Cảng Bà Lụa", 8720, 1480, 22000, TMD, "logistics_site", "Cảng sông"),
	MARK("Nhà máy nước Thủ Dầu Một", 3300, 9900, 12000, SKC, NULL, NULL),
	MARK("Siêu thị Co.opmart", 9350, 5300, 7500, TMD, "wifi", "Thương mại"),
	MARK("Nhà thờ Chánh Thiện", 9050, 2150, 3200, TON, NULL, NULL),
	MARK("Chùa Tây Tạng", 8650, 5350, 3000, TON, "tourism_site", "Chùa"),
	MARK("Đình Phú Cường", 8120, 4700, 1800, TON, "tourism_site", "Đình"),
	MARK("Bưu điện tỉnh", 8520, 4230, 1500, TSC, "wifi", "Cơ quan"),
};
const size_t sample_landmark_count = sizeof sample_landmarks / sizeof sample_landmarks[0];
