/*
 * city: a small register with known places, for the tests of the web map.
 *
 * Two wards of 480 parcels, each 10 m by 20 m, in VN-2000 / TM-3 105-45 (EPSG:9210), with their
 * south-west corner at ORIGIN. Rows stand in pairs with a street of 8 m between two pairs; an avenue
 * of 20 m runs north through the middle.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const EPSG = 9210;
export const ORIGIN = { east: 598000, north: 1214000 };
export const PARCELS = 480;

const COLUMNS = 24;
const ROWS = PARCELS / COLUMNS;
const PARCEL = { width: 10, depth: 20 };
const AVENUE_M = 20;
const STREET_M = 8;
const PAIR_M = 2 * PARCEL.depth + STREET_M;
const WIDTH_M = COLUMNS * PARCEL.width + AVENUE_M;
const HEIGHT_M = (ROWS / 2) * PAIR_M;
const LAND_USES = ["ODT", "ODT", "TMD", "ODT", "DKV", "SON", "ODT+CLN", "MNC"];

/** The south-west corner of a parcel, numbered from 1, by rows from the south-west. */
export function parcelCorner(id) {
	const column = (id - 1) % COLUMNS;
	const row = Math.floor((id - 1) / COLUMNS);
	return {
		east: ORIGIN.east + column * PARCEL.width + (column >= COLUMNS / 2 ? AVENUE_M : 0),
		north: ORIGIN.north + Math.floor(row / 2) * PAIR_M + (row % 2) * PARCEL.depth,
	};
}

export function landUse(id) {
	return LAND_USES[id % LAND_USES.length];
}

function ring(east, north, width, depth) {
	const corners = [
		[east, north],
		[east + width, north],
		[east + width, north + depth],
		[east, north + depth],
		[east, north],
	];
	return `(${corners.map((corner) => corner.join(" ")).join(",")})`;
}

function multi(...polygons) {
	return `MULTIPOLYGON(${polygons.map((rings) => `(${rings.join(",")})`).join(",")})`;
}

function quote(value) {
	if (value === null) return "NULL";
	return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

class Layer {
	rows = [];

	constructor(id) {
		this.id = id;
	}

	add(wkt, values) {
		this.rows.push({ wkt, values });
	}

	/* The box of all coordinates that stand in the texts. */
	box() {
		const pairs = this.rows.flatMap(({ wkt }) =>
			[...wkt.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
		);
		const of = (choose, axis) => pairs.reduce((best, pair) => choose(best, pair[axis]), pairs[0][axis]);
		return [of(Math.min, 0), of(Math.min, 1), of(Math.max, 0), of(Math.max, 1)];
	}

	sql() {
		const inserts = this.rows.map(({ wkt, values }, i) => {
			const uid = `00000000-0000-7000-8000-${String(i + 1).padStart(12, "0")}`;
			const columns = ["uid", "version", "recorded_at", ...Object.keys(values), "geom"];
			const row = [quote(uid), 1, 0, ...Object.values(values).map(quote), `GeomFromText('${wkt}',${EPSG})`];
			return `INSERT INTO ${this.id}(${columns.join(",")}) VALUES(${row.join(",")});`;
		});
		const [minX, minY, maxX, maxY] = this.box();
		return [
			...inserts,
			`UPDATE layer_state SET record_count=${this.rows.length}, min_x=${minX}, min_y=${minY}, max_x=${maxX}, max_y=${maxY} WHERE layer='${this.id}';`,
		];
	}
}

function makeParcels() {
	const parcels = new Layer("parcel");
	for (let id = 1; id <= PARCELS; id++) {
		const { east, north } = parcelCorner(id);
		const polygons = [[ring(east, north, PARCEL.width, PARCEL.depth)]];
		/* The last one has a second piece beyond the edge of the city. */
		if (id === PARCELS) polygons.push([ring(ORIGIN.east + WIDTH_M + 5, ORIGIN.north, 12.5, 30)]);
		parcels.add(multi(...polygons), {
			map_sheet: "12",
			parcel_no: String(id),
			land_use: landUse(id),
			area_legal_m2: 1234.5,
			area_m2: 200,
			valid_from: "2026-03-09",
			source_attributes: id === 1 ? '{"GHI_CHU":"Góc phố"}' : null,
		});
	}
	return parcels;
}

function makeBuildings() {
	const buildings = new Layer("building");
	for (let id = 1; id <= PARCELS; id++) {
		if (!landUse(id).startsWith("ODT")) continue;
		const { east, north } = parcelCorner(id);
		const rings = [ring(east + 1, north + 2, 8, 14)];
		/* Some houses have a court. */
		if (id % 10 === 0) rings.push(ring(east + 3, north + 6, 4, 5));
		buildings.add(multi(rings), { use: id % 7 ? "house" : "public", storeys: 1 + (id % 5) });
	}
	return buildings;
}

function makeStreets() {
	const streets = new Layer("street");
	const middle = ORIGIN.east + (COLUMNS / 2) * PARCEL.width + AVENUE_M / 2;
	streets.add(`MULTILINESTRING((${middle} ${ORIGIN.north},${middle} ${ORIGIN.north + HEIGHT_M}))`, {
		name: "Đại lộ Bình Dương",
		kind: "trunk",
		width_m: AVENUE_M,
	});
	for (let pair = 0; pair < ROWS / 2; pair++) {
		const north = ORIGIN.north + (pair + 1) * PAIR_M - STREET_M / 2;
		streets.add(`MULTILINESTRING((${ORIGIN.east} ${north},${ORIGIN.east + WIDTH_M} ${north}))`, {
			name: `Đường số ${pair + 1}`,
			kind: "local",
			width_m: STREET_M,
		});
	}
	return streets;
}

function makeWards() {
	const wards = new Layer("admin_unit");
	const half = WIDTH_M / 2;
	wards.add(multi([ring(ORIGIN.east, ORIGIN.north, half, HEIGHT_M)]), { code: "1", name: "Phường Tây", kind: "ward" });
	wards.add(multi([ring(ORIGIN.east + half, ORIGIN.north, half, HEIGHT_M)]), {
		code: "2",
		name: "Phường Đông",
		kind: "ward",
		population: 12500,
	});
	return wards;
}

function makePoles() {
	const poles = new Layer("light_pole");
	for (let i = 0; i * 30 < HEIGHT_M; i++)
		poles.add(`POINT(${ORIGIN.east + 121} ${ORIGIN.north + i * 30})`, { code: `T${i}`, lamp_kind: i % 2 ? "LED" : "SON", power_w: 150 });
	return poles;
}

/** Makes the register with the program under test; returns its folder. */
export function makeCity(dothi, { empty = false } = {}) {
	const folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "dothi-web-")), "city");
	execFileSync(dothi, ["init", folder, "--crs", String(EPSG), "--name", "Thủ Dầu Một"], { stdio: "pipe" });
	if (empty) return folder;
	const layers = [makeParcels(), makeBuildings(), makeStreets(), makeWards(), makePoles()];
	const sql = ["SELECT load_extension('mod_spatialite');", "BEGIN;", ...layers.flatMap((layer) => layer.sql()), "COMMIT;"];
	execFileSync("sqlite3", ["-bail", path.join(folder, "city.sqlite")], { input: sql.join("\n"), stdio: ["pipe", "pipe", "inherit"] });
	return folder;
}

export function removeCity(folder) {
	fs.rmSync(path.dirname(folder), { recursive: true, force: true });
}
