/*
 * Neighbours stay together: an edge that two parcels share is one edge in every tile and at every zoom,
 * tiles agree on what both see, and blocks cover what the parcels in them cover.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require } from "./harness.mjs";
import { BUFFER, EXTENT, pathsOf, tilesUnder, unitsOf } from "./tile_squares.mjs";

const { VectorTile } = await import(require.resolve("@mapbox/vector-tile"));
const { PbfReader } = await import(require.resolve("pbf"));
const PARCELS = 8000;
/* Shorter edges can vanish by rounding, units; and what nine digits of a degree leave open. */
const SURE = 3;
const DIGITS = 0.01;

let city, description, parcels;

before(async () => {
	city = await startCity({ parcels: PARCELS });
	description = await city.ask("/api/layers");
	parcels = await city.records("parcel");
});

after(() => city?.stop());

/** The parcels in a tile by id: their rings in the units of the zoom, closed. */
async function readTile(zoom, x, y) {
	const response = await fetch(`${city.url}/tiles/parcel/${zoom}/${x}/${y}.mvt`);
	const layer = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer()))).layers.parcel;
	const found = new Map();
	assert.ok(response.ok);
	for (let i = 0; i < (layer?.length ?? 0); i++) {
		const feature = layer.feature(i);
		const rings = feature.loadGeometry().map((ring) => ring.map((point) => [x * EXTENT + point.x, y * EXTENT + point.y]));
		found.set(feature.id, { rings, landUse: feature.properties.land_use });
	}
	return found;
}

async function readTiles(zoom) {
	const tiles = new Map();
	for (const [x, y] of tilesUnder(description.city.bounds, zoom)) tiles.set(`${x}/${y}`, { x, y, features: await readTile(zoom, x, y) });
	return tiles;
}

const isIn = (box, [x, y]) => x > box[0] && y > box[1] && x < box[2] && y < box[3];

/** What lies in all of these tiles, their buffers too, less what clipping and rounding may make there. */
function sharedBox(...tiles) {
	const inner = BUFFER - 1;
	return [
		Math.max(...tiles.map((tile) => tile.x)) * EXTENT - inner,
		Math.max(...tiles.map((tile) => tile.y)) * EXTENT - inner,
		(Math.min(...tiles.map((tile) => tile.x)) + 1) * EXTENT + inner,
		(Math.min(...tiles.map((tile) => tile.y)) + 1) * EXTENT + inner,
	];
}

/** The edges that two parcels share: [[parcel, parcel, place, place]]. */
function sharedEdges() {
	const owners = new Map();
	for (const { id, geometry } of parcels)
		for (const ring of geometry.coordinates.flat())
			for (let i = 1; i < ring.length; i++) {
				const key = [ring[i - 1].join(), ring[i].join()].sort().join(" ");
				owners.set(key, [...(owners.get(key) ?? []), { id, from: ring[i - 1], to: ring[i] }]);
			}
	return [...owners.values()].filter((both) => both.length === 2 && both[0].id !== both[1].id).map(([one, other]) => [one.id, other.id, one.from, one.to]);
}

const roundings = (place) => {
	const near = place.map((unit) => [...new Set([Math.floor(unit + 0.5 - DIGITS), Math.floor(unit + 0.5 + DIGITS)])]);
	return near[0].flatMap((x) => near[1].map((y) => `${x},${y}`));
};

function edgesOf({ rings }) {
	const edges = new Set();
	for (const ring of rings) for (let i = 1; i < ring.length; i++) edges.add(`${ring[i - 1]} ${ring[i]}`);
	return edges;
}

/** Whether one has an edge between two places which the other has the other way round. */
function agree(one, other, from, to) {
	for (const a of roundings(from))
		for (const b of roundings(to)) if ((one.has(`${a} ${b}`) && other.has(`${b} ${a}`)) || (one.has(`${b} ${a}`) && other.has(`${a} ${b}`))) return true;
	return false;
}

for (const zoom of [14, 15, 16, 17, 18])
	test(`at zoom ${zoom} an edge between two parcels is the same for both, in every tile`, async () => {
		const shared = sharedEdges().map(([one, other, from, to]) => [one, other, unitsOf(from, zoom), unitsOf(to, zoom)]);
		let checked = 0;

		assert.ok(shared.length > PARCELS);
		for (const tile of (await readTiles(zoom)).values()) {
			const box = sharedBox(tile);
			const edges = new Map([...tile.features].map(([id, feature]) => [id, edgesOf(feature)]));
			for (const [one, other, from, to] of shared) {
				if (!isIn(box, from) || !isIn(box, to) || Math.hypot(to[0] - from[0], to[1] - from[1]) < SURE) continue;
				assert.ok(agree(edges.get(one), edges.get(other), from, to), `${one} and ${other} in ${zoom}/${tile.x}/${tile.y}`);
				checked++;
			}
		}
		assert.ok(checked > PARCELS, `${checked} edges`);
	});

const cornersIn = (box, features) => [...features].map(([id, { rings }]) => [id, rings.flat().filter((place) => isIn(box, place)).map(String).sort()]).filter(([, corners]) => corners.length);

for (const zoom of [12, 13, 14, 15, 16, 17, 18])
	test(`at zoom ${zoom} tiles side by side agree on what both see`, async () => {
		const tiles = await readTiles(zoom);
		for (const tile of tiles.values())
			for (const beside of [tiles.get(`${tile.x + 1}/${tile.y}`), tiles.get(`${tile.x}/${tile.y + 1}`)]) {
				if (!beside) continue;
				const box = sharedBox(tile, beside);
				const unique = (features) => new Map(cornersIn(box, features).map(([id, corners]) => [id, [...new Set(corners)]]));
				assert.deepEqual(unique(tile.features), unique(beside.features), `${zoom}/${tile.x}/${tile.y}`);
			}
	});

function area(ring) {
	return ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0) / 2;
}

/** A ring cut at a line x = at (axis 0) or y = at (axis 1); of what lies beyond nothing counts. */
function cut(ring, axis, at, sign) {
	const out = [];
	for (let i = 1; i < ring.length; i++) {
		const [a, b] = [ring[i - 1], ring[i]];
		const [from, to] = [sign * (a[axis] - at), sign * (b[axis] - at)];
		if (from >= 0) out.push(a);
		if (from >= 0 !== to >= 0) out.push([0, 1].map((k) => a[k] + ((b[k] - a[k]) * from) / (from - to)));
	}
	return out.length ? [...out, out[0]] : out;
}

const cutToTile = (ring, x, y) => cut(cut(cut(cut(ring, 0, x * EXTENT, 1), 0, (x + 1) * EXTENT, -1), 1, y * EXTENT, 1), 1, (y + 1) * EXTENT, -1);

/** Sums by class of the layer's look, of [land use, number]; what has no class of its own is "other", as blocks are. */
function byClass(numbers) {
	const { classes } = description.layers.find((layer) => layer.id === "parcel").look;
	const sums = new Map();
	for (const [landUse, number] of numbers) {
		const one = classes.some((each) => each.value === landUse) ? landUse : "other";
		sums.set(one, (sums.get(one) ?? 0) + number);
	}
	return sums;
}

const lengthOf = (ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - ring[i][0], y - ring[i][1]), 0);

for (const zoom of [12, 13, 14, 15, 16, 17, 18])
	test(`at zoom ${zoom} each land use covers what its parcels cover`, async () => {
		const tiles = [...(await readTiles(zoom)).values()];
		const drawn = byClass(tiles.flatMap(({ x, y, features }) => [...features.values()].flatMap(({ rings, landUse }) => rings.map((ring) => [landUse, area(cutToTile(ring, x, y))]))));
		const rings = parcels.flatMap(({ geometry, properties }) => pathsOf(geometry, zoom).lines.map((ring) => [properties.land_use, ring]));
		const whole = byClass(rings.map(([landUse, ring]) => [landUse, Math.abs(area(ring))]));
		const around = byClass(rings.map(([landUse, ring]) => [landUse, lengthOf(ring)]));

		assert.deepEqual([...drawn.keys()].sort(), [...whole.keys()].sort());
		for (const [landUse, units] of drawn) {
			/* Corners move by half a unit, each by itself: along what lies around, that averages out. */
			const bound = 2 * Math.sqrt(around.get(landUse)) + 0.001 * whole.get(landUse);
			assert.ok(Math.abs(units - whole.get(landUse)) <= bound, `${landUse}: ${units} and ${whole.get(landUse)} units of area, bound ${bound}`);
		}
	});
