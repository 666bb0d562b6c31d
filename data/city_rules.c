/*
 * THE table of rules that the program knows. A city's own rows come before them (rule.h).
 *
 * confidence: "verified" somebody has read the document; "agreed" two sources agree; "configuration"
 * nobody knows a document: it is the city's choice.
 */
#include "data/rule.h"

const struct rule city_rules[] = {
	/*
	 * What must hold when parcels are split, joined or redrawn. Shares of the computed and of the
	 * legal area that may be lost (SOLA's rules have the same); outlines that are nearer than fit_m
	 * are meant to be one; least parcel, so that no sliver becomes one.
	 */
	{.id = "land_checks", .kind = "land_checks", .confidence = "configuration",
		.payload = "{\"area_computed_share\": 0.001, \"area_legal_share\": 0.01,"
			   " \"fit_m\": 0.001, \"cover_m2\": 0.0001,"
			   " \"least_area_m2\": 1, \"least_width_m\": 0.3}"},
	/*
	 * Standard error of one coordinate of a boundary point, m, where the point itself does not tell:
	 * the accuracy that a survey for maps 1:500 must have in a town.
	 */
	{.id = "boundary_error", .kind = "boundary_error", .document = "25/2014/TT-BTNMT",
		.confidence = "agreed", .payload = "{\"sigma_m\": 0.07}"},
	/*
	 * Of an old unit's area so much must lie in a new one for that to come after it, where no decision
	 * was entered: below, outlines of two surveys only differ. So much of it must the new ones cover
	 * together for it to end: a province goes on when one of its cities is divided anew.
	 */
	{.id = "unit_succession", .kind = "unit_succession", .confidence = "configuration",
		.payload = "{\"least_share\": 0.1, \"least_covered\": 0.5}"},
	/*
	 * House numbers. 05/VBHN-BXD is known from what papers and the press say of it, article by article
	 * from nobody: odd numbers left, even ones right; from north to south, east to west, north-east to
	 * south-west, south-east to north-west; a house at two streets takes the wider one. All else is the
	 * city's choice until it enters its own decision.
	 *
	 * doubt_deg: a chord so near to where the direction turns is asked of the officer.
	 */
	{.id = "numbering_direction", .kind = "numbering_direction", .document = "05/VBHN-BXD",
		.confidence = "agreed", .payload = "{\"doubt_deg\": 5}"},
	/*
	 * Ends of centre-lines nearer than touch_m meet; an end nearer than near_m to a line of unknown width
	 * was meant to, as one on the carriageway of a known one; a mouth may be off by mouth_m; a line that
	 * runs along another one for same_share of its length is there twice. Kinds of lines that are alleys.
	 */
	{.id = "numbering_network", .kind = "numbering_network", .confidence = "configuration",
		.payload = "{\"touch_m\": 0.5, \"near_m\": 5, \"mouth_m\": 0.5, \"same_share\": 0.8,"
			   " \"alleys\": [\"alley\", \"sub_alley\"]}"},
	/* odd: the side of odd numbers, looking along the direction. */
	{.id = "numbering_sides", .kind = "numbering_sides", .document = "05/VBHN-BXD",
		.confidence = "agreed", .payload = "{\"odd\": \"left\"}"},
	{.id = "numbering_sequence", .kind = "numbering_sequence", .confidence = "agreed",
		.payload = "{\"start\": 1, \"step\": 2}"},
	/* Streets whose widths differ by less are equally wide: the officer decides. */
	{.id = "numbering_corner", .kind = "numbering_corner", .document = "05/VBHN-BXD",
		.confidence = "agreed", .payload = "{\"wider_by_m\": 0.5}"},
	/* Frontage of one house to come, of land that is not built on: QCVN 01:2021/BXD 2.6.6 asks as much. */
	{.id = "numbering_reserve", .kind = "numbering_reserve", .confidence = "configuration",
		.payload = "{\"front_m\": 5}"},
	/* Letters of inserted houses, in their order: none with marks, none that looks like a digit. */
	{.id = "numbering_suffix", .kind = "numbering_suffix", .confidence = "configuration",
		.payload = "{\"letters\": \"ABCDEGHKLMNPQRSTUVXY\"}"},
	/* An alley is named after the house before its mouth, on the side where it leaves. */
	{.id = "numbering_alley", .kind = "numbering_alley", .confidence = "agreed",
		.payload = "{\"named_after\": \"house_before_mouth\"}"},
	/*
	 * How far a street is looked for; how far from the edge of the carriageway a parcel still fronts it
	 * (pavements grow with the street);
	 * how much of its outline must; from where a door is too far; uses of land that have no houses.
	 */
	{.id = "numbering_reach", .kind = "numbering_reach", .confidence = "configuration",
		.payload = "{\"search_m\": 60, \"front_gap_m\": 8, \"front_gap_share\": 0.6, \"front_gap_least_m\": 1,"
			   " \"least_front_m\": 0.8, \"far_m\": 50, \"width_m\": 4,"
			   " \"without_houses\": [\"SON\", \"MNC\", \"DGT\", \"DTL\", \"NTD\"]}"},
	/*
	 * Plates by the characters on them: the first size that has room. What a plate looks like is the
	 * city's choice.
	 */
	{.id = "number_plate", .kind = "number_plate", .confidence = "configuration",
		.payload = "{\"sizes\": ["
			   "{\"name\": \"S\", \"characters\": 2, \"width_mm\": 200, \"height_mm\": 150},"
			   " {\"name\": \"M\", \"characters\": 4, \"width_mm\": 240, \"height_mm\": 150},"
			   " {\"name\": \"L\", \"characters\": 24, \"width_mm\": 320, \"height_mm\": 150}]}"},
	{.id = "numbering_reservation", .kind = "numbering_reservation", .confidence = "configuration",
		.payload = "{\"days\": 90}"},
	/*
	 * When offices work (work_calendar.h). Hours, and the days of a year that are not fixed by their date, are
	 * the city's to enter: those of 2026 are as the press told them (Tết, Hùng Kings' day, Fridays and Mondays
	 * exchanged for Saturdays); of later years nothing was decided.
	 */
	{.id = "work_calendar", .kind = "work_calendar", .confidence = "configuration",
		.payload = "{\"week\": {\"mon\": \"07:30-11:30 13:30-17:00\", \"tue\": \"07:30-11:30 13:30-17:00\","
			   " \"wed\": \"07:30-11:30 13:30-17:00\", \"thu\": \"07:30-11:30 13:30-17:00\","
			   " \"fri\": \"07:30-11:30 13:30-17:00\"},"
			   " \"every_year\": [\"01-01\", \"04-30\", \"05-01\", \"09-02\"],"
			   " \"years\": {\"2026\": {\"off\": [\"2026-01-02\", \"2026-02-16\", \"2026-02-17\","
			   " \"2026-02-18\", \"2026-02-19\", \"2026-02-20\", \"2026-04-27\", \"2026-08-31\","
			   " \"2026-09-01\"], \"on\": [\"2026-01-10\", \"2026-08-22\"]}}}"},
	/*
	 * Files of house numbers (dossier.h): how long the ward may take, and what it asks for. Cities publish 3 to
	 * 10 working days; nobody has read a figure of the ministry's.
	 */
	{.id = "number_deadline", .kind = "number_deadline", .confidence = "configuration",
		.payload = "{\"working_days\": 10}"},
	{.id = "number_papers", .kind = "number_papers", .confidence = "configuration",
		.payload = "{\"papers\": ["
			   "{\"id\": \"application\", \"vi\": \"Đơn đề nghị cấp số nhà, có sơ đồ vị trí nhà (bản chính)\","
			   " \"en\": \"Application with a sketch of where the house is (original)\", \"required\": true},"
			   " {\"id\": \"land_paper\", \"vi\": \"Giấy tờ về quyền sử dụng đất, quyền sở hữu nhà (bản sao)\","
			   " \"en\": \"Paper of the right to the land or the house (copy)\", \"required\": true},"
			   " {\"id\": \"old_certificate\", \"vi\": \"Giấy chứng nhận số nhà cũ (khi cấp lại, cấp đổi)\","
			   " \"en\": \"The old certificate (when it is issued again)\", \"required\": false},"
			   " {\"id\": \"authorisation\", \"vi\": \"Giấy ủy quyền (khi nộp thay)\","
			   " \"en\": \"Authorisation (of who comes for somebody else)\", \"required\": false}]}"},
	/* Whom people may call about a file: each ward enters its own, by its territory. */
	{.id = "counter_contact", .kind = "counter_contact", .confidence = "configuration",
		.payload = "{\"vi\": \"Bộ phận Một cửa nơi nộp hồ sơ\","
			   " \"en\": \"The counter where the file was handed in\"}"},
	/* What a certificate of a house number follows: no text is known that anybody here has read. */
	{.id = "certificate", .kind = "certificate", .confidence = "configuration", .payload = "{}"},
	{.id = NULL},
};
