/*
 * Every vector tile of the register from zoom 14 to 18, read by two decoders of others and held against
 * the specification (Mapbox Vector Tile 2.1, sections 4.2 and 4.3): each record is in each tile that it
 * touches, and in no other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require } from "./harness.mjs";
import { BUFFER, eachTouched, EXTENT, holdsPlace, pathsOf, squareOf, tilesUnder, touches } from "./tile_squares.mjs";

const { VectorTile } = await import(require.resolve("@mapbox/vector-tile"));
const { PbfReader } = await import(require.resolve("pbf"));
const { default: MVT } = await import(require.resolve("ol/format/MVT.js"));
const PARCELS = 20000;
/* Units by which rounding moves a place. */
const ROUNDING = 1;

let city, description, records;

before(async () => {
	city = await startCity({ parcels: PARCELS });
	description = await city.ask("/api/layers");
	records = new Map();
	for (const { id } of description.layers) records.set(id, await city.records(id));
});

after(() => city?.stop());

/* Twice the area; positive for outer rings, as y runs down. */
function area2(ring) {
	return ring.slice(1).reduce((sum, point, i) => sum + ring[i].x * point.y - point.x * ring[i].y, 0);
}

function checkArea(rings) {
	rings.forEach((ring, i) => {
		assert.ok(ring.length >= 4, "a ring has three points and is closed");
		assert.deepEqual({ ...ring[0] }, { ...ring[ring.length - 1] }, "a ring is closed");
		assert.notEqual(area2(ring), 0, "a ring has an area");
		if (i === 0) assert.ok(area2(ring) > 0, "a polygon begins with its outer ring");
		for (let j = 1; j < ring.length; j++) assert.ok(ring[j].x !== ring[j - 1].x || ring[j].y !== ring[j - 1].y, "no point twice in a row");
	});
}

function checkFeature(feature, geometry) {
	const parts = feature.loadGeometry();
	const [left, top, right, bottom] = feature.bbox();

	assert.equal(feature.type, { point: 1, line: 2, area: 3 }[geometry]);
	assert.ok(parts.length > 0 && parts.every((part) => part.length > 0));
	assert.ok(Math.min(left, top) >= -BUFFER - 1 && Math.max(right, bottom) <= EXTENT + BUFFER + 1, "clipped at the buffer");
	if (geometry === "area") checkArea(parts);
	if (geometry === "line") for (const line of parts) assert.ok(line.length >= 2);
}

/* From which zoom on a record is drawn. */
function firstZoom(look, record) {
	const value = look.class_field && record.properties[look.class_field];
	const one = look.classes.find((each) => each.value === value) ?? look.classes.find((each) => each.value === null);
	return Math.max(look.min_zoom, one.min_zoom);
}

/* By tile, then layer: the ids of the records that touch it, from the records alone. */
function expectedAt(zoom) {
	const expected = new Map();
	for (const layer of description.layers)
		for (const record of records.get(layer.id)) {
			if (!record.geometry || zoom < firstZoom(layer.look, record)) continue;
			eachTouched(pathsOf(record.geometry, zoom), 0, (x, y) => {
				const key = `${x}/${y}/${layer.id}`;
				expected.set(key, (expected.get(key) ?? new Set()).add(record.id));
			});
		}
	return expected;
}

async function tileAt(zoom, x, y, layers = [...records.keys()]) {
	const response = await fetch(`${city.url}/tiles/${layers}/${zoom}/${x}/${y}.mvt`);
	const bytes = new Uint8Array(await response.arrayBuffer());
	assert.ok(response.ok);
	assert.equal(response.headers.get("dothi-dropped"), null);
	assert.equal(response.status === 204, bytes.length === 0);
	return bytes;
}

for (const zoom of [14, 15, 16, 17, 18])
	test(`tiles of zoom ${zoom}`, async () => {
		const expected = expectedAt(zoom);
		const drawn = new Map([...records].map(([id, all]) => [id, new Map(all.map((record) => [record.id, record]))]));
		let features = 0;

		for (const [x, y] of tilesUnder(description.city.bounds, zoom)) {
			const bytes = await tileAt(zoom, x, y);
			const { layers } = new VectorTile(new PbfReader(bytes));
			for (const id of records.keys()) {
				const described = description.layers.find((one) => one.id === id);
				const ids = new Set();
				const layer = layers[id] ?? { version: 2, extent: EXTENT, length: 0 };
				assert.equal(layer.version, 2);
				assert.equal(layer.extent, EXTENT);
				assert.ok(!layers[id] || layer.length > 0, "an empty layer is not written");
				features += layer.length;
				for (let i = 0; i < layer.length; i++) {
					const feature = layer.feature(i);
					assert.ok(feature.id > 0 && !ids.has(feature.id), "ids are unique");
					ids.add(feature.id);
					checkFeature(feature, described.geometry);
				}
				const missing = [...(expected.get(`${x}/${y}/${id}`) ?? [])].filter((one) => !ids.has(one));
				assert.deepEqual(missing, [], `${id} in ${zoom}/${x}/${y}`);
				expected.delete(`${x}/${y}/${id}`);
				for (const one of ids) assert.ok(touches(pathsOf(drawn.get(id).get(one).geometry, zoom), squareOf(x, y, BUFFER + ROUNDING)), "no record from elsewhere");
			}
			assert.equal(new MVT().readFeatures(bytes).length, Object.values(layers).reduce((sum, layer) => sum + layer.length, 0), "OpenLayers reads as many");
		}
		assert.deepEqual([...expected.keys()], [], "no tile beside the city's bounds");
		assert.ok(features > PARCELS);
	});

/** The features of a layer in all tiles of a zoom: [{feature, x, y}]. */
async function featuresOf(layer, zoom) {
	const found = [];
	for (const [x, y] of tilesUnder(description.city.bounds, zoom)) {
		const { layers } = new VectorTile(new PbfReader(await tileAt(zoom, x, y, [layer])));
		assert.ok(Object.keys(layers).every((name) => name === layer));
		for (let i = 0; i < (layers[layer]?.length ?? 0); i++) found.push({ feature: layers[layer].feature(i), x, y });
	}
	return found;
}

test("the number of each parcel stands once, inside of it", async () => {
	const zoom = 18;
	const byId = new Map(records.get("parcel").map((record) => [record.id, record]));
	const labelled = new Map();

	for (const { feature, x, y } of await featuresOf("parcel_label", zoom)) {
		const { properties, geometry } = byId.get(feature.id);
		const [[point]] = feature.loadGeometry();
		assert.equal(feature.type, 1);
		assert.deepEqual(Object.keys(feature.properties).sort(), ["land_use", "parcel_no"]);
		assert.equal(feature.properties.parcel_no, properties.parcel_no);
		assert.ok(holdsPlace(pathsOf(geometry, zoom).lines, x * EXTENT + point.x, y * EXTENT + point.y), `parcel ${feature.id}`);
		if (Math.min(point.x, point.y) < 0 || Math.max(point.x, point.y) >= EXTENT) continue;
		assert.ok(!labelled.has(feature.id), "once, beside the buffers");
		labelled.set(feature.id, true);
	}
	assert.deepEqual([...byId].filter(([id, record]) => record.properties.parcel_no && !labelled.has(id)), []);
});

/** How far a place is from a line. */
function distanceTo(line, [px, py]) {
	let least = Infinity;
	for (let i = 1; i < line.length; i++) {
		const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
		const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
		const share = length2 ? Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2)) : 0;
		least = Math.min(least, Math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay)));
	}
	return least;
}

test("names of streets run along them, where they have room", async () => {
	const zoom = 16;
	const streets = new Map();
	for (const record of records.get("street")) {
		const { name } = record.properties;
		if (name) streets.set(name, [...(streets.get(name) ?? []), record]);
	}
	const seen = new Set();

	for (const { feature, x, y } of await featuresOf("street_label", zoom)) {
		const pieces = streets.get(feature.properties.name);
		const lines = pieces.flatMap(({ geometry }) => pathsOf(geometry, zoom).lines);
		assert.equal(feature.type, 2);
		assert.ok(pieces.some((record) => record.id === feature.id));
		for (const line of feature.loadGeometry()) {
			const length = line.slice(1).reduce((sum, point, i) => sum + Math.hypot(point.x - line[i].x, point.y - line[i].y), 0);
			assert.ok(length > feature.properties.name.length * 5 * (EXTENT / 512) * 0.9, "long enough for the name");
			for (const point of line) assert.ok(lines.some((one) => distanceTo(one, [x * EXTENT + point.x, y * EXTENT + point.y]) < 2), "on the street");
		}
		seen.add(feature.properties.name);
	}
	assert.ok(seen.size > 20, `${seen.size} names`);
});

test("labels are asked for as layers; what has none is not known", async () => {
	const { vector_layers: layers, tiles } = await city.ask("/tiles/street_label,parcel,parcel_label/tilejson.json");
	assert.deepEqual(layers.map((layer) => layer.id), ["parcel", "parcel_label", "street_label"]);
	assert.ok(tiles[0].endsWith("/tiles/parcel,parcel_label,street_label/{z}/{x}/{y}.mvt"));
	for (const address of ["light_pole_label", "nothing_label", "_label", "parcel_label_label", "parcel_labels"]) assert.equal((await fetch(`${city.url}/tiles/${address}/16/0/0.mvt`)).status, 404, address);
	assert.equal((await fetch(`${city.url}/tiles/parcel_label/16/0/0.png`)).status, 404);
	assert.equal((await fetch(`${city.url}/tiles/parcel_label/12/0/0.mvt`)).status, 204);
});
