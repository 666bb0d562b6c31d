/*
 * quarter: a small quarter whose houses get numbers, in metres of the working system.
 *
 * Yersin runs east. Lots 12/1 ... 12/12 lie south of it (on its right: 2 ... 24), 12/21 ... 12/32 north of
 * it (1 ... 23); 12/13 ... 12/20 are new houses behind 24. The alley with its 30 houses, 13/101 ... and
 * 13/121 ..., and Pasteur with 12/201 ... have no scheme.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { EPSG } from "./city.mjs";
import { dothi } from "./harness.mjs";

export const [EAST, NORTH] = [600000, 1215000];
const LOT = [6, 18];

export const command = (...words) => execFileSync(dothi, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const json = (...words) => JSON.parse(command(...words, "--json"));

const box = (x, y, width, height) => ({ type: "Polygon", coordinates: [[[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]] });
const line = (...places) => ({ type: "LineString", coordinates: places });

function put(register, layer, records, ...more) {
	const file = path.join(path.dirname(register), `${layer}.geojson`);
	const features = records.map(([properties, geometry]) => ({ type: "Feature", properties, geometry }));
	fs.writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
	command("import", register, file, "--layer", layer, "--crs", String(EPSG), "--yes", ...more);
}

const lot = (no, x, y, [width, height] = LOT, sheet = "12") => [{ map_sheet: sheet, parcel_no: String(no), land_use: "ODT", area_legal_m2: width * height }, box(x, y, width, height)];
const row = (count, first, x, y, sheet) => [...Array(count)].map((_, i) => lot(first + i, x + LOT[0] * i, y, LOT, sheet));
/* Along a street that runs south. */
const column = (count, first, x, y, sheet) => [...Array(count)].map((_, i) => lot(first + i, x, y - LOT[0] * i, [LOT[1], LOT[0]], sheet));

/** Streets by name. */
export const streets = { yersin: "Yersin", alley: "Hẻm 40 Yersin", pasteur: "Pasteur" };

export function layOut(register) {
	put(register, "admin_unit", [[{ code: "25747", name: "Phường Thủ Dầu Một", kind: "phường", parent_name: "Thành phố Hồ Chí Minh" }, box(EAST - 2000, NORTH - 2000, 4000, 4000)]], "--valid-from", "2020-01-01");
	put(register, "street", [
		[{ name: streets.yersin, kind: "main", width_m: 7, direction: "forward", open_ends: 2 }, line([EAST - 20, NORTH + 22], [EAST + 300, NORTH + 22])],
		[{ name: streets.alley, kind: "alley", width_m: 4, direction: "forward", open_ends: 1 }, line([EAST + 130, NORTH + 22], [EAST + 130, NORTH - 110])],
		[{ name: streets.pasteur, kind: "main", width_m: 7, direction: "forward", open_ends: 2 }, line([EAST - 20, NORTH + 200], [EAST + 300, NORTH + 200])],
	]);
	put(register, "parcel", [...row(12, 1, EAST, NORTH), ...row(12, 21, EAST, NORTH + 26)]);
	const { id } = json("number", "scheme", "make", register, "--street", "1");
	command("number", "scheme", "submit", register, "--scheme", String(id));
	command("number", "scheme", "approve", register, "--scheme", String(id), "--document", "45/QĐ-UBND");
	put(register, "parcel", [
		...row(8, 13, EAST + 12 * LOT[0], NORTH),
		...column(15, 101, EAST + 134, NORTH - 8, "13"),
		...column(15, 121, EAST + 108, NORTH - 8, "13"),
		...row(6, 201, EAST, NORTH + 178),
	]);
}
