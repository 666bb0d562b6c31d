/*
 * Every vector tile of the register from zoom 14 to 16, read by another's decoder and held against
 * the specification (Mapbox Vector Tile 2.1, sections 4.2 and 4.3).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require } from "./harness.mjs";

const { VectorTile } = await import(require.resolve("@mapbox/vector-tile"));
const { PbfReader } = await import(require.resolve("pbf"));
const PARCELS = 20000;
const EXTENT = 4096;
const BUFFER = 64;

let city, description;

before(async () => {
	city = await startCity({ parcels: PARCELS });
	description = await city.ask("/api/layers");
});

after(() => city?.stop());

function tileOf(lon, lat, zoom) {
	const y = (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2;
	return [Math.floor(((lon + 180) / 360) * 2 ** zoom), Math.floor(y * 2 ** zoom)];
}

function tilesOfCity(zoom) {
	const [west, south, east, north] = description.city.bounds;
	const [left, top] = tileOf(west, north, zoom);
	const [right, bottom] = tileOf(east, south, zoom);
	const tiles = [];
	for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) tiles.push([x, y]);
	return tiles;
}

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

for (const zoom of [14, 15, 16])
	test(`tiles of zoom ${zoom}`, async () => {
		const layers = description.layers.filter((layer) => layer.records > 0);
		const seen = new Map(layers.map((layer) => [layer.id, new Set()]));

		for (const [x, y] of tilesOfCity(zoom)) {
			const response = await fetch(`${city.url}/tiles/${layers.map((layer) => layer.id)}/${zoom}/${x}/${y}.mvt`);
			assert.ok(response.ok);
			const bytes = new Uint8Array(await response.arrayBuffer());
			assert.equal(response.status === 204, bytes.length === 0);
			const tile = new VectorTile(new PbfReader(bytes));
			for (const [name, layer] of Object.entries(tile.layers)) {
				const described = layers.find((one) => one.id === name);
				const ids = new Set();
				assert.equal(layer.version, 2);
				assert.equal(layer.extent, EXTENT);
				assert.ok(layer.length > 0, "an empty layer is not written");
				for (let i = 0; i < layer.length; i++) {
					const feature = layer.feature(i);
					assert.ok(feature.id > 0 && !ids.has(feature.id), "ids are unique");
					ids.add(feature.id);
					seen.get(name).add(feature.id);
					checkFeature(feature, described.geometry);
				}
			}
		}
		for (const layer of layers) {
			const drawn = (await city.records(layer.id)).filter((record) => zoom >= firstZoom(layer.look, record));
			assert.equal(seen.get(layer.id).size, drawn.length, layer.id);
		}
		assert.equal(seen.get("parcel").size, PARCELS);
	});
