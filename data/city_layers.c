/*
 * THE table of city layers, in drawing order from the ground up. One row is one layer: its table,
 * collection, tiles, legend, import target and switch in the web map follow from it. Columns are
 * only ever added; renaming one needs a migration. How to add a row: docs/ADDING.md.
 *
 * Colours of land use: the convention of cadastral sheets (TT 08/2024/TT-BTNMT and before),
 * lightened 60 % towards white for the screen.
 */
#include "data/layer.h"
#include "data/role.h"

#define FIELDS(...)                                                                                \
	.fields = (const struct layer_field[]){__VA_ARGS__},                                       \
	.field_count = sizeof((const struct layer_field[]){__VA_ARGS__}) / sizeof(struct layer_field)
#define CLASSES(...)                                                                               \
	.classes = (const struct look_class[]){__VA_ARGS__},                                       \
	.class_count = sizeof((const struct look_class[]){__VA_ARGS__}) / sizeof(struct look_class)
#define WRITER(role) (1U << (role))
#define DARK_ON_LIGHT .colour = 0x33383DFF, .halo = 0xFFFFFFE6

/* Columns that several layers have. */
#define FIELD_CODE                                                                                 \
	{                                                                                          \
		.id = "code", .title = {"Mã", "Code"}, .type = FIELD_TEXT, .tile_zoom = 15,        \
		.aliases = "ma ma_so id_code", .search = SEARCH_CODE,                              \
	}
#define FIELD_NAME                                                                                 \
	{                                                                                          \
		.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT, .tile_zoom = 10,       \
		.aliases = "ten ten_goi label", .search = SEARCH_NAME,                             \
	}
#define COLUMN_ADMIN_UNIT                                                                           \
	{                                                                                          \
		.id = "admin_unit_id", .title = {"Đơn vị hành chính khi cấp", "Unit as issued"},   \
		.type = FIELD_INT, .source = FIELD_UNIT_ISSUED,                                    \
	}
#define COLUMN_UNIT_NOW                                                                             \
	{                                                                                          \
		.id = "unit_now_id", .title = {"Đơn vị hành chính hiện nay", "Unit today"},        \
		.type = FIELD_INT, .source = FIELD_UNIT_NOW,                                       \
	}
static const struct field_word status_words[] = {
	{"current", {"Hiện hành", "Current"}},
	{"pending", {"Đang chờ", "Pending"}},
	{"historic", {"Đã hết hiệu lực", "Historic"}},
	{NULL, {NULL, NULL}},
};
static const struct field_word direction_words[] = {
	{"forward", {"Theo chiều vẽ", "As drawn"}},
	{"backward", {"Ngược chiều vẽ", "Against the drawing"}},
	{NULL, {NULL, NULL}},
};
static const struct field_word address_words[] = {
	{"reserved", {"Đã giữ số", "Reserved"}},
	{"current", {"Đang dùng", "In use"}},
	{"retired", {"Đã thu hồi", "Retired"}},
	{NULL, {NULL, NULL}},
};
#define FIELD_STATUS                                                                               \
	{                                                                                          \
		.id = "status", .title = {"Tình trạng", "Status"}, .type = FIELD_TEXT,             \
		.tile_zoom = 16, .aliases = "tinh_trang trang_thai", .words = status_words,        \
	}
#define FIELD_AREA                                                                                 \
	{                                                                                          \
		.id = "area_m2", .title = {"Diện tích tính được", "Computed area"},                \
		.type = FIELD_REAL, .source = FIELD_AREA_M2, .unit = "m2",                         \
	}
#define FIELD_LENGTH                                                                               \
	{                                                                                          \
		.id = "length_m", .title = {"Chiều dài", "Length"}, .type = FIELD_REAL,            \
		.source = FIELD_LENGTH_M, .unit = "m",                                             \
	}

/* A layer of places with a code, a name and a kind, drawn as a disc. */
#define PLACES(layer_id, vi, en, colour, radius, zoom, keeper, words, place)                       \
	{                                                                                          \
		.id = layer_id, .title = {vi, en}, .geometry = GEOMETRY_POINT,                     \
		.writers = WRITER(keeper), .called = words, .search_place = {place, place},        \
		FIELDS(FIELD_CODE, FIELD_NAME,                                                     \
			{.id = "kind", .title = {"Loại", "Kind"}, .type = FIELD_TEXT,              \
				.tile_zoom = 14, .aliases = "loai"},                               \
			{.id = "address_text", .title = {"Địa chỉ", "Address"},                    \
				.type = FIELD_TEXT, .aliases = "dia_chi address",                  \
				.search = SEARCH_TOLD},                                            \
			COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW, FIELD_STATUS),                           \
		.look = {.min_zoom = zoom, .max_zoom = 22, .stroke_zoom = 0, .stroke_px = 1.5F,    \
			CLASSES({.title = {vi, en}, .fill = colour, .stroke = 0xFFFFFFFF,          \
				.width_px = radius}),                                              \
			.label = {.field = "name", .min_zoom = 17, .size_px = 11,                  \
				DARK_ON_LIGHT}},                                                   \
	}

static const struct layer layers[] = {
	{
		.id = "plan_zone",
		.title = {"Ô quy hoạch", "Plan zones"},
		.geometry = GEOMETRY_AREA,
		.writers = WRITER(ROLE_PLANNER),
		.plan = &(const struct layer_plan){.use = "zone_kind"},
		.hidden = true,
		FIELDS(FIELD_CODE, FIELD_NAME,
			{.id = "zone_kind", .title = {"Loại đất quy hoạch", "Planned use"},
				.type = FIELD_TEXT, .tile_zoom = 10, .aliases = "loai_dat ma_qh zone zone_type"},
			{.id = "storeys_max", .title = {"Tầng cao tối đa", "Storeys at most"},
				.type = FIELD_INT, .tile_zoom = 15, .aliases = "tang_cao"},
			{.id = "coverage_max_percent",
				.title = {"Mật độ xây dựng tối đa", "Site coverage at most"},
				.type = FIELD_REAL, .unit = "%", .aliases = "mat_do mdxd"},
			{.id = "floor_area_ratio_max",
				.title = {"Hệ số sử dụng đất tối đa", "Floor-area ratio at most"},
				.type = FIELD_REAL, .aliases = "hssdd"},
			{.id = "decision", .title = {"Quyết định", "Decision"}, .type = FIELD_TEXT,
				.aliases = "so_qd quyet_dinh"},
			FIELD_AREA),
		.look = {.min_zoom = 10, .max_zoom = 22, .stroke_zoom = 12, .stroke_px = 1.2F,
			.class_field = "zone_kind",
			CLASSES({.value = "ODT", .title = {"Đất ở", "Housing"}, .fill = 0xFFD9FF99,
					.stroke = 0xB565B5FF},
				{.value = "TMD", .title = {"Thương mại, dịch vụ", "Commerce"},
					.fill = 0xFDC9BF99, .stroke = 0xC4604FFF},
				{.value = "CXN", .title = {"Cây xanh", "Green space"},
					.fill = 0xBFE8B299, .stroke = 0x5C9A4AFF},
				{.value = "DGT", .title = {"Giao thông", "Transport"},
					.fill = 0xFFDDAD99, .stroke = 0xC98A2BFF},
				{.title = {"Đất khác", "Other"}, .fill = 0xE3E3EA99,
					.stroke = 0x8A8A9AFF}),
			.label = {.field = "code", .min_zoom = 15, .size_px = 11, DARK_ON_LIGHT}},
	},
	{
		.id = "parcel",
		.title = {"Thửa đất", "Parcels"},
		.geometry = GEOMETRY_AREA,
		.writers = WRITER(ROLE_OFFICER),
		.called = "dat ban do so map no number",
		.search_place = {4, 1},
		.is_large = true,
		.land = &(const struct layer_land){.sheet = "map_sheet", .number = "parcel_no",
			.use = "land_use", .legal_area = "area_legal_m2"},
		FIELDS({.id = "map_sheet", .title = {"Tờ bản đồ số", "Map sheet"},
				.type = FIELD_TEXT, .tile_zoom = 16,
				.aliases = "so_to soto to_ban_do to_bd so_hieu_to_ban_do shbd sheet map",
				.search = SEARCH_NUMBER, .number_words = "to t tbd sheet",
				.number_title = {"tờ", "sheet"}},
			{.id = "parcel_no", .title = {"Thửa đất số", "Parcel no."},
				.type = FIELD_TEXT, .tile_zoom = 16,
				.aliases = "so_thua sothua thua thua_so so_thu_tu_thua shthua lot",
				.search = SEARCH_NUMBER, .number_words = "thua th parcel lot",
				.number_title = {"thửa", "parcel"}},
			{.id = "land_use", .title = {"Mục đích sử dụng đất", "Land use"},
				.type = FIELD_TEXT, .tile_zoom = 12,
				.aliases = "loai_dat muc_dich mdsd mdsdd ky_hieu_dat kh_loai_dat",
				.search = SEARCH_TOLD},
			{.id = "area_legal_m2", .title = {"Diện tích pháp lý", "Legal area"},
				.type = FIELD_REAL, .unit = "m2",
				.aliases = "dien_tich dt_phap_ly dien_tich_phap_ly dtpl",
				.search = SEARCH_TOLD},
			FIELD_AREA, COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW, FIELD_STATUS),
		.look = {.min_zoom = 12, .max_zoom = 22, .block_zoom = 14, .stroke_zoom = 16, .stroke_px = 0.6F,
			.class_field = "land_use",
			CLASSES({.value = "ODT", .title = {"Đất ở đô thị", "Urban housing"},
					.fill = 0xFFE3F7FF, .stroke = 0xA98BA3FF},
				{.value = "ONT", .title = {"Đất ở nông thôn", "Rural housing"},
					.fill = 0xFFEFFAFF, .stroke = 0xA98BA3FF},
				{.value = "TMD", .title = {"Thương mại, dịch vụ", "Commerce, services"},
					.fill = 0xFDDDD9FF, .stroke = 0xB08A86FF},
				{.value = "SKC", .title = {"Cơ sở sản xuất", "Production"},
					.fill = 0xEADDEBFF, .stroke = 0x9C8AA0FF},
				{.value = "DGD", .title = {"Giáo dục", "Education"},
					.fill = 0xFFE3D3FF, .stroke = 0xB0917EFF},
				{.value = "DYT", .title = {"Y tế", "Health"}, .fill = 0xFFD9DCFF,
					.stroke = 0xB0878BFF},
				{.value = "TSC", .title = {"Trụ sở cơ quan", "Offices of the state"},
					.fill = 0xFFDDD9FF, .stroke = 0xB0878BFF},
				{.value = "TON", .title = {"Tôn giáo", "Religious"},
					.fill = 0xF6E3C9FF, .stroke = 0xA8946FFF},
				{.value = "DKV", .title = {"Vui chơi, công viên", "Parks"},
					.fill = 0xCDEBC5FF, .stroke = 0x86A87CFF},
				{.value = "CLN", .title = {"Cây lâu năm", "Perennial crops"},
					.fill = 0xE9F0CFFF, .stroke = 0xA3AA85FF},
				{.value = "LUC", .title = {"Đất lúa", "Paddy"},
					.fill = 0xFAF8CFFF, .stroke = 0xACA97FFF},
				{.value = "NTD", .title = {"Nghĩa trang", "Cemetery"},
					.fill = 0xE4E4E0FF, .stroke = 0x98988FFF},
				{.value = "MNC", .title = {"Mặt nước", "Water"},
					.fill = 0xC6E7F7FF, .stroke = 0x7FB0C9FF},
				{.value = "SON", .title = {"Sông, rạch", "Rivers, canals"},
					.fill = 0xB9E0F5FF, .stroke = 0xB9E0F5FF},
				{.title = {"Đất khác", "Other"}, .fill = 0xF4EFE4FF,
					.stroke = 0x9E9A8FFF}),
			.label = {.field = "parcel_no", .min_zoom = 18, .size_px = 10,
				.colour = 0x6B5A66FF, .halo = 0xFFFFFFB3}},
	},
	{
		.id = "building",
		.title = {"Công trình", "Buildings"},
		.geometry = GEOMETRY_AREA,
		.writers = WRITER(ROLE_OFFICER),
		.called = "toa nha building",
		.search_place = {6, 6},
		.is_large = true,
		.house = &(const struct layer_house){.parcel = "parcel_id"},
		FIELDS({.id = "use", .title = {"Công năng", "Use"}, .type = FIELD_TEXT,
				.tile_zoom = 15, .aliases = "cong_nang loai building"},
			FIELD_NAME,
			{.id = "storeys", .title = {"Số tầng", "Storeys"}, .type = FIELD_INT,
				.tile_zoom = 16, .aliases = "so_tang tang_cao building_levels"},
			{.id = "height_m", .title = {"Chiều cao", "Height"}, .type = FIELD_REAL,
				.unit = "m", .aliases = "chieu_cao height"},
			{.id = "year_built", .title = {"Năm xây dựng", "Year built"}, .type = FIELD_INT,
				.aliases = "nam_xd"},
			{.id = "parcel_id", .title = {"Thửa đất", "Parcel"}, .type = FIELD_INT},
			FIELD_AREA, COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW),
		.look = {.min_zoom = 15, .max_zoom = 22, .stroke_zoom = 17, .stroke_px = 0.6F,
			.class_field = "use",
			CLASSES({.value = "public", .title = {"Công cộng", "Public"},
					.fill = 0xDDB9A6FF, .stroke = 0xA98571FF},
				{.value = "commerce", .title = {"Thương mại", "Commerce"},
					.fill = 0xDDBFB9FF, .stroke = 0xA98780FF},
				{.value = "industry", .title = {"Sản xuất", "Industry"},
					.fill = 0xC9C0D0FF, .stroke = 0x93899CFF},
				{.title = {"Nhà ở", "Houses"}, .fill = 0xE0CFC7FF,
					.stroke = 0xB09C92FF})},
	},
	{
		.id = "street",
		.title = {"Đường và hẻm", "Streets and alleys"},
		.geometry = GEOMETRY_LINE,
		.writers = WRITER(ROLE_OFFICER),
		.called = "duong d dg pho street st hem h ngo ngach kiet alley",
		.search_place = {3, 4},
		.network = &(const struct layer_network){.name = "name", .kind = "kind",
			.parent = "parent_id", .after = "named_after_number", .mouth = "mouth_m",
			.direction = "direction", .ends = "open_ends", .width = "width_m"},
		FIELDS({.id = "name", .title = {"Tên đường", "Name"}, .type = FIELD_TEXT,
				.tile_zoom = 13, .aliases = "ten ten_duong duong",
				.search = SEARCH_NAME},
			{.id = "kind", .title = {"Cấp", "Kind"}, .type = FIELD_TEXT, .tile_zoom = 10,
				.aliases = "cap loai road_type roadtype highway",
				.search = SEARCH_TOLD},
			{.id = "parent_id", .title = {"Rẽ từ", "Leaves from"}, .type = FIELD_INT},
			{.id = "named_after_number", .title = {"Tên theo số nhà", "Named after number"},
				.type = FIELD_TEXT},
			{.id = "mouth_m", .title = {"Lý trình đầu hẻm", "Mouth on the parent"},
				.type = FIELD_REAL, .unit = "m"},
			{.id = "direction", .title = {"Chiều đánh số", "Numbering direction"},
				.type = FIELD_TEXT, .words = direction_words},
			{.id = "open_ends", .title = {"Số đầu thông", "Open ends"}, .type = FIELD_INT},
			{.id = "width_m", .title = {"Bề rộng mặt đường", "Width"}, .type = FIELD_REAL,
				.unit = "m", .tile_zoom = 13, .aliases = "rong be_rong lo_gioi width"},
			{.id = "surface", .title = {"Mặt đường", "Surface"}, .type = FIELD_TEXT,
				.aliases = "ket_cau"},
			FIELD_LENGTH, COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW),
		.look = {.min_zoom = 10, .max_zoom = 22, .stroke_zoom = 13, .stroke_px = 0.9F,
			.class_field = "kind", .width_field = "width_m",
			CLASSES({.value = "trunk", .title = {"Đại lộ, quốc lộ", "Boulevards"},
					.fill = 0xFFD27FFF, .stroke = 0xC9994AFF, .width_px = 4.0F},
				{.value = "main", .title = {"Đường chính", "Main streets"},
					.fill = 0xFFE7A8FF, .stroke = 0xC9AE6AFF, .width_px = 3.0F},
				{.value = "local", .title = {"Đường khu vực", "Local streets"},
					.fill = 0xFFFFFFFF, .stroke = 0xBDB9B0FF, .width_px = 1.8F,
					.min_zoom = 12},
				{.value = "alley", .title = {"Hẻm", "Alleys"}, .fill = 0xFFFFFFFF,
					.stroke = 0xCFCBC2FF, .width_px = 1.2F, .min_zoom = 14},
				{.value = "sub_alley", .title = {"Hẻm nhánh", "Sub-alleys"},
					.fill = 0xFFFFFFFF, .stroke = 0xCFCBC2FF, .width_px = 1.0F,
					.min_zoom = 15},
				{.title = {"Đường khác", "Other roads"}, .fill = 0xFFFFFFFF,
					.stroke = 0xBDB9B0FF, .width_px = 1.5F, .min_zoom = 12}),
			.label = {.field = "name", .min_zoom = 15, .size_px = 11,
				.colour = 0x4A4437FF, .halo = 0xFFFFFFE6}},
	},
	{
		.id = "plan_line",
		.title = {"Chỉ giới", "Reservation and building lines"},
		.geometry = GEOMETRY_LINE,
		.writers = WRITER(ROLE_PLANNER),
		.plan = &(const struct layer_plan){.width = "width_m"},
		.hidden = true,
		FIELDS(FIELD_CODE,
			{.id = "kind", .title = {"Loại chỉ giới", "Kind"}, .type = FIELD_TEXT,
				.tile_zoom = 14, .aliases = "loai"},
			{.id = "width_m", .title = {"Lộ giới", "Right of way"}, .type = FIELD_REAL,
				.unit = "m", .aliases = "lo_gioi"},
			{.id = "decision", .title = {"Quyết định", "Decision"}, .type = FIELD_TEXT,
				.aliases = "so_qd quyet_dinh"},
			FIELD_LENGTH),
		.look = {.min_zoom = 14, .max_zoom = 22, .stroke_zoom = 23, .stroke_px = 0,
			CLASSES({.title = {"Chỉ giới", "Lines"}, .fill = 0xD3302FFF,
				.width_px = 1.6F})},
	},
	{
		.id = "admin_unit",
		.title = {"Đơn vị hành chính", "Administrative units"},
		.geometry = GEOMETRY_AREA,
		.is_units = true,
		.called = "phuong p xa x thi tran tt dac khu ward commune",
		.search_place = {1, 2},
		FIELDS({.id = "code", .title = {"Mã đơn vị", "Code"}, .type = FIELD_TEXT,
				.tile_zoom = 5, .aliases = "ma ma_xa maxa commune_id ma_phuong",
				.search = SEARCH_CODE},
			{.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT, .tile_zoom = 5,
				.aliases = "ten ten_xa tenxa commune ten_phuong",
				.search = SEARCH_NAME},
			{.id = "kind", .title = {"Loại", "Kind"}, .type = FIELD_TEXT, .tile_zoom = 5,
				.aliases = "loai"},
			{.id = "parent_id", .title = {"Thuộc", "Part of"}, .type = FIELD_INT},
			{.id = "parent_name", .title = {"Thuộc quận, huyện, tỉnh", "District, province"},
				.type = FIELD_TEXT, .aliases = "huyen ten_huyen tenhuyen district",
				.search = SEARCH_WITHIN},
			{.id = "population", .title = {"Dân số", "Population"}, .type = FIELD_INT,
				.aliases = "dan_so pop2009"},
			{.id = "decision", .title = {"Văn bản", "Legal document"}, .type = FIELD_TEXT},
			FIELD_AREA),
		.look = {.min_zoom = 6, .max_zoom = 22, .stroke_zoom = 0, .stroke_px = 1.6F,
			CLASSES({.title = {"Ranh phường, xã", "Boundaries of wards and communes"},
				.fill = 0x7A4FA00A, .stroke = 0x7A4FA0CC}),
			.label = {.field = "name", .min_zoom = 11, .size_px = 14,
				.colour = 0x5B3B7AFF, .halo = 0xFFFFFFE6, .may_overhang = true}},
	},
	{
		.id = "key_area",
		.title = {"Khu vực trọng điểm", "Key areas"},
		.geometry = GEOMETRY_AREA,
		.writers = WRITER(ROLE_PLANNER),
		.hidden = true,
		FIELDS(FIELD_CODE, FIELD_NAME,
			{.id = "kind", .title = {"Loại", "Kind"}, .type = FIELD_TEXT, .tile_zoom = 13,
				.aliases = "loai"},
			FIELD_AREA),
		.look = {.min_zoom = 11, .max_zoom = 22, .stroke_zoom = 0, .stroke_px = 1.5F,
			CLASSES({.title = {"Khu vực trọng điểm", "Key areas"}, .fill = 0xE5393526,
				.stroke = 0xE53935FF}),
			.label = {.field = "name", .min_zoom = 13, .size_px = 12, DARK_ON_LIGHT}},
	},
	{
		.id = "light_pole",
		.title = {"Trụ đèn", "Light poles"},
		.geometry = GEOMETRY_POINT,
		.writers = WRITER(ROLE_OPERATOR),
		FIELDS({.id = "code", .title = {"Mã trụ", "Code"}, .type = FIELD_TEXT, .tile_zoom = 17,
				.aliases = "ma ma_tru pole_id pole_num", .search = SEARCH_CODE},
			{.id = "lamp_kind", .title = {"Loại đèn", "Lamp"}, .type = FIELD_TEXT,
				.tile_zoom = 16, .aliases = "loai_den fixturetype fixture_type",
				.search = SEARCH_TOLD},
			{.id = "lamp_count", .title = {"Số đèn", "Lamps"}, .type = FIELD_INT,
				.aliases = "so_den num_lamps"},
			{.id = "power_w", .title = {"Công suất", "Power"}, .type = FIELD_INT, .unit = "W",
				.tile_zoom = 17, .aliases = "cong_suat watt"},
			{.id = "height_m", .title = {"Chiều cao trụ", "Height"}, .type = FIELD_REAL,
				.unit = "m", .aliases = "chieu_cao"},
			{.id = "street_id", .title = {"Đường", "Street"}, .type = FIELD_INT},
			{.id = "owner", .title = {"Đơn vị quản lý", "Owner"}, .type = FIELD_TEXT,
				.aliases = "don_vi_ql"},
			COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW, FIELD_STATUS),
		.look = {.min_zoom = 17, .max_zoom = 22, .stroke_zoom = 17, .stroke_px = 0.8F,
			.class_field = "lamp_kind",
			CLASSES({.value = "LED", .title = {"Đèn LED", "LED"}, .fill = 0xFFC400FF,
					.stroke = 0x7A5F00FF, .width_px = 2.6F},
				{.title = {"Đèn khác", "Other lamps"}, .fill = 0xF08A24FF,
					.stroke = 0x7A4A12FF, .width_px = 2.6F})},
	},
	{
		.id = "address",
		.title = {"Số nhà", "House numbers"},
		.geometry = GEOMETRY_POINT,
		.writers = WRITER(ROLE_OFFICER) | WRITER(ROLE_APPROVER),
		.called = "so nha so dia chi number no duong d dg pho street st hem ngo ngach kiet",
		.search_place = {2, 3},
		.is_large = true,
		.address = &(const struct layer_address){.street = "street_id", .path = "path",
			.prefix = "prefix", .number = "number", .suffix = "suffix",
			.number_to = "number_to", .flat = "flat", .plate = "plate",
			.label = "label", .parcel = "parcel_id", .building = "building_id",
			.status = "status", .reserved_until = "reserved_until",
			.old_labels = "old_labels"},
		FIELDS({.id = "label", .title = {"Địa chỉ", "Address"}, .type = FIELD_TEXT,
				.tile_zoom = 18, .search = SEARCH_NAME,
				.aliases = "dia_chi diachi address"},
			{.id = "plate", .title = {"Biển số nhà", "On the plate"},
				.type = FIELD_TEXT, .tile_zoom = 17,
				.aliases = "so_nha sonha housenumber house_number"},
			{.id = "street_id", .title = {"Đường, hẻm", "Street"}, .type = FIELD_INT},
			{.id = "path", .title = {"Hẻm, ngách", "Alleys"}, .type = FIELD_TEXT},
			{.id = "prefix", .title = {"Chữ trước số", "Letters before"},
				.type = FIELD_TEXT},
			{.id = "number", .title = {"Số", "Number"}, .type = FIELD_INT},
			{.id = "suffix", .title = {"Chữ sau số", "Suffix"}, .type = FIELD_TEXT},
			{.id = "number_to", .title = {"Đến số", "To number"}, .type = FIELD_INT},
			{.id = "flat", .title = {"Căn hộ", "Flat"}, .type = FIELD_INT},
			{.id = "parcel_id", .title = {"Thửa đất", "Parcel"}, .type = FIELD_INT},
			{.id = "building_id", .title = {"Công trình", "Building"},
				.type = FIELD_INT},
			{.id = "status", .title = {"Tình trạng", "Status"}, .type = FIELD_TEXT,
				.tile_zoom = 17, .words = address_words},
			{.id = "reserved_until", .title = {"Giữ đến hết ngày", "Reserved until"},
				.type = FIELD_DATE},
			{.id = "old_labels", .title = {"Địa chỉ cũ", "Old addresses"},
				.type = FIELD_TEXT, .search = SEARCH_NAME},
			COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW),
		.look = {.min_zoom = 17, .max_zoom = 22, .stroke_zoom = 18, .stroke_px = 0.8F,
			.class_field = "status",
			CLASSES({.value = "current", .title = {"Số nhà", "House numbers"},
					.fill = 0x1B5E9EFF, .stroke = 0xFFFFFFFF, .width_px = 1.8F},
				{.value = "reserved", .title = {"Số đã giữ", "Reserved numbers"},
					.fill = 0xF2A33AFF, .stroke = 0xFFFFFFFF, .width_px = 1.8F},
				{.title = {"Số đã thu hồi", "Retired numbers"}, .fill = 0x9E9E9EFF,
					.stroke = 0xFFFFFFFF, .width_px = 1.5F}),
			.label = {.field = "plate", .min_zoom = 18, .size_px = 10,
				.colour = 0x1B4A7AFF, .halo = 0xFFFFFFE6}},
	},
	PLACES("tree", "Cây xanh", "Trees", 0x6DB36AFF, 2.0F, 17, ROLE_OPERATOR,
		"cay tree", 9),
	PLACES("drain", "Hố ga", "Drains", 0x5B7C8DFF, 2.0F, 18, ROLE_OPERATOR,
		"ho ga drain", 9),
	PLACES("camera", "Camera giám sát", "Cameras", 0x37474FFF, 3.2F, 16, ROLE_OPERATOR,
		"camera cam", 8),
	PLACES("wifi", "Điểm wifi công cộng", "Public wifi", 0x00897BFF, 3.2F, 16, ROLE_OPERATOR,
		"wifi", 8),
	PLACES("bus_stop", "Trạm xe buýt", "Bus stops", 0x1565C0FF, 3.4F, 16, ROLE_OPERATOR,
		"tram xe buyt bus stop", 7),
	PLACES("tourism_site", "Điểm du lịch", "Tourism sites", 0x8E24AAFF, 4.0F, 13, ROLE_OFFICER,
		"diem du lich", 5),
	PLACES("logistics_site", "Kho, bến bãi", "Logistics sites", 0x6D4C41FF, 4.0F, 13, ROLE_OFFICER,
		"kho ben bai", 6),
	PLACES("station", "Trạm quan trắc", "Monitoring stations", 0x00838FFF, 4.0F, 13, ROLE_OPERATOR,
		"tram", 7),
	PLACES("clinic", "Cơ sở y tế", "Health facilities", 0xD81B60FF, 4.0F, 14, ROLE_OFFICER,
		"benh vien tram y te clinic hospital", 5),
	PLACES("school", "Trường học", "Schools", 0xEF6C00FF, 4.0F, 14, ROLE_OFFICER,
		"truong school", 5),
	{
		.id = "boundary_point",
		.title = {"Điểm ranh thửa", "Boundary points"},
		.geometry = GEOMETRY_POINT,
		.writers = WRITER(ROLE_SURVEYOR),
		.hidden = true,
		.accuracy = "accuracy_m",
		FIELDS(FIELD_CODE,
			{.id = "accuracy_m", .title = {"Sai số vị trí", "Error of its place"},
				.type = FIELD_REAL, .unit = "m", .aliases = "sai_so saiso sigma accuracy"},
			{.id = "accuracy_class", .title = {"Cấp chính xác", "Accuracy class"},
				.type = FIELD_TEXT, .aliases = "cap cap_cx"},
			{.id = "source", .title = {"Nguồn đo", "Surveyed by"}, .type = FIELD_TEXT,
				.aliases = "nguon phuong_phap method"},
			{.id = "surveyed_on", .title = {"Ngày đo", "Surveyed on"}, .type = FIELD_DATE,
				.aliases = "ngay_do"},
			COLUMN_ADMIN_UNIT, COLUMN_UNIT_NOW),
		.look = {.min_zoom = 18, .max_zoom = 22, .stroke_zoom = 0, .stroke_px = 1.2F,
			CLASSES({.title = {"Điểm ranh thửa", "Boundary points"}, .fill = 0xFFFFFFFF,
				.stroke = 0x7A2E8EFF, .width_px = 2.2F})},
	},
	PLACES("survey_point", "Mốc đo đạc", "Survey points", 0x263238FF, 3.0F, 15, ROLE_SURVEYOR,
		"moc diem point", 9),
};

static const struct layer_table table = {layers, sizeof layers / sizeof layers[0]};

const struct layer_table *city_layers(void)
{
	return &table;
}
