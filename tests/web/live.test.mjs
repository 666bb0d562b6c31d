/* What another changes is seen on an open map, without a reload; and no tile is asked for in vain. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ringOf, startCity } from "./city.mjs";
import { openEditOf, openPage, rounded, save, ZOOM } from "./desk.mjs";
import { startBrowser } from "./harness.mjs";
import { enter } from "./people.mjs";
import { BUFFER, eachTouched, EXTENT, pathsOf } from "./tile_squares.mjs";

/* The server drops tiles that see a change within 1/32 of their side, pictures within two sides. */
const VECTOR_REACH = EXTENT / 32;
const RASTER_REACH = 2 * EXTENT;
const ROUNDING = 1;

let city, browser, officer, bare;
const faults = [];

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	officer = await enter(city, "lan", "officer");
	bare = await city.bareParcels(3);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const where = () => ({ browser, city, faults });

const tilesOf = (page) => page.evaluate(() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/tiles/")).length);

/* The stream of events never ends: a page is quiet when it has asked for no tile for a second. */
async function untilQuiet(page) {
	for (let before = -1, now = await tilesOf(page); now !== before || now === 0; now = await tilesOf(page)) {
		before = now;
		await page.waitForTimeout(1000);
	}
}

/** A visitor's map over a parcel; `asked` are the tiles that it asks for from now on, "z/x/y.form". */
async function watch({ middle }, zoom) {
	const page = await openPage(where(), `/?z=${zoom}&c=${rounded(middle)}`, undefined);
	await untilQuiet(page);
	const asked = [];
	page.on("request", (request) => {
		const tile = /\/tiles\/([^/]+)\/(\d+\/\d+\/\d+)(\.mvt|@2x\.png)/.exec(request.url());
		if (tile) asked.push({ layers: tile[1], tile: tile[2], form: tile[3] });
	});
	await page.evaluate(() => {
		window.isTheSame = true;
	});
	return { page, asked, loaded: await tilesOf(page) };
}

async function changeUse(parcel, landUse) {
	const page = await openEditOf(where(), parcel, officer);
	await page.locator("#field-land_use").fill(landUse);
	await save(page).click();
	await page.waitForSelector("dothi-card .record.selected");
	await page.context().close();
}

/** The tiles of a zoom that a record reaches. */
function reached({ geometry }, zoom, reach) {
	const tiles = new Set();
	eachTouched(pathsOf(geometry, zoom), reach, (x, y) => tiles.add(`${zoom}/${x}/${y}`));
	return tiles;
}

async function changed(page, look) {
	const before = await look();
	return async () => {
		for (let i = 0; i < 100; i++) {
			if (!(await look()).equals(before)) return;
			await page.waitForTimeout(100);
		}
		assert.fail("the map shows no change");
	};
}

for (const [zoom, reach, form] of [
	[ZOOM, VECTOR_REACH, ".mvt"],
	[15.5, RASTER_REACH, "@2x.png"],
])
	test(`a parcel that another changes is drawn anew at zoom ${zoom}, and nothing else is`, async () => {
		const parcel = bare[form === ".mvt" ? 0 : 1];
		const { page, asked, loaded } = await watch(parcel, zoom);
		const box = await page.locator(".map").boundingBox();
		const look = () => page.screenshot({ clip: { x: box.x + box.width / 2 - 3, y: box.y + box.height / 2 - 3, width: 6, height: 6 } });
		const seen = await changed(page, look);

		assert.ok(ringOf(parcel.record).length >= 3 && BUFFER <= VECTOR_REACH);
		await changeUse(parcel, "TSC");
		await seen();
		await untilQuiet(page);
		assert.ok(asked.length > 0 && asked.every((one) => one.form === form), JSON.stringify(asked));
		const own = reached(parcel.record, Number(asked[0].tile.split("/")[0]), reach + ROUNDING);
		for (const one of asked) assert.ok(own.has(one.tile), `${one.tile} is not touched`);
		if (form === ".mvt") assert.ok(asked.length < loaded, `${asked.length} of ${loaded} tiles`);
		assert.equal(await page.evaluate(() => window.isTheSame), true);
		await page.context().close();
	});

test("no page had a fault", () => assert.deepEqual(faults, []));
