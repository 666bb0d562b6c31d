/* What the web map reads and writes without a browser: coordinates, addresses, numbers. */
import assert from "node:assert/strict";
import test from "node:test";
import { loadModule } from "./harness.mjs";

const crs = {
	epsg: 9210,
	name: "VN-2000 / TM-3 105-45",
	operation: "EPSG:6960",
	proj4:
		"+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m " +
		"+towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 +no_defs",
};
const { WorkingGrid, distanceM } = await loadModule("place.ts");
const { readPlaces, printDegrees, printGrid, copyGrid } = await loadModule("place_text.ts");
const { readPermalink, writePermalink } = await loadModule("permalink.ts");
const number = await loadModule("i18n/number.ts");

const grid = new WorkingGrid(crs);
const city = [106.66, 10.98];
/* As /api/at of the server computes it. */
const cityGrid = { north: 1214394.767, east: 599256.617 };

test("the working system agrees with the server within a millimetre", () => {
	const { north, east } = grid.toGrid(city);
	assert.ok(Math.hypot(north - cityGrid.north, east - cityGrid.east) < 0.001);
	const back = grid.toLonLat({ north, east });
	assert.ok(distanceM(back, city) < 0.0001);
	assert.equal(grid.toLonLat({ north: NaN, east: 0 }), undefined);
});

test("coordinates are read in many notations", () => {
	const notations = [
		"10.98 106.66",
		"106.66, 10.98",
		"10.98,106.66",
		"10,98; 106,66",
		"10,98 106,66",
		"10,98, 106,66",
		"10°58'48\"N 106°39'36\"E",
		"10°58′48″ N, 106°39′36″ E",
		"106º39'36''E 10º58'48''N",
		"N 10°58'48\" E 106°39'36\"",
		"10°58'48\" 106°39'36\"",
		"10°58.8' 106°39.6'",
		"10.98N 106.66E",
		"10.98° 106.66°",
		"B10°58'48\" Đ106°39'36\"",
		"1214394.767 599256.617",
		"599256.617, 1214394.767",
		"1.214.394,767 599.256,617",
		"1,214,394.767 599,256.617",
		"1.214.394,767; 599.256,617",
		"1 214 394,767 599 256,617",
		"X=1214394.767 Y=599256.617",
		"X: 1214394,767; Y: 599256,617",
		"N 1214394.767 E 599256.617",
	];
	for (const notation of notations) {
		const [first] = readPlaces(notation, grid, city);
		assert.ok(first, notation);
		assert.ok(distanceM(first.place, city) < 0.05, `${notation}: ${first.place}`);
	}
	const [grouped] = readPlaces("1.214.395 599.257", grid, city);
	assert.ok(distanceM(grouped.place, city) < 1);
});

test("what holds no coordinates has no reading", () => {
	const texts = ["", " ", "phú lợi", "12", "12 13 14", "1/2", "10..98 106", "N", "°°", "200 300", "9e999 1", "'\"", "1".repeat(500)];
	for (const text of texts) assert.deepEqual(readPlaces(text, grid, city), [], text);
});

test("a pair far from the city is still understood, without a city too", () => {
	assert.deepEqual(readPlaces("48.85 2.35", grid, city)[0].place, [2.35, 48.85]);
	assert.equal(readPlaces("48.85 2.35", grid, undefined).length, 2);
});

test("coordinates are written as the language does", () => {
	assert.deepEqual(printGrid(cityGrid, "vi"), ["1.214.394,767", "599.256,617"]);
	assert.deepEqual(printGrid(cityGrid, "en"), ["1,214,394.767", "599,256.617"]);
	assert.equal(copyGrid(cityGrid), "1214394.767, 599256.617");
	assert.deepEqual(printDegrees(city, "dms", "vi"), ["10°58′48,00″ N", "106°39′36,00″ E"]);
	assert.deepEqual(printDegrees([-0.5, -10.999999999], "dms", "en"), ["11°00′00.00″ S", "0°30′00.00″ W"]);
	assert.deepEqual(printDegrees(city, "decimal", "en"), ["10.9800000°", "106.6600000°"]);
});

test("what is written is read again", () => {
	for (const language of ["vi", "en"]) {
		for (const words of [printGrid(cityGrid, language), printDegrees(city, "dms", language)]) {
			const [first] = readPlaces(words.join(" "), grid, city);
			assert.ok(distanceM(first.place, city) < 0.2, words.join(" "));
		}
	}
});

test("an address says what is shown, and says it again", () => {
	const link = {
		zoom: 17.25,
		centre: [106.66, 10.98],
		layers: ["parcel", "street"],
		record: { layer: "parcel", id: 123 },
		language: "en",
	};
	const address = writePermalink(link);
	assert.equal(address, "?z=17.25&c=106.660000,10.980000&layers=parcel,street&id=parcel/123&lang=en");
	assert.deepEqual(readPermalink(address), link);
	assert.equal(writePermalink({ zoom: 10 }), "?z=10");
	assert.deepEqual(readPermalink("?layers=").layers, []);
});

test("a damaged address says what is left of it", () => {
	const nothing = { zoom: undefined, centre: undefined, layers: undefined, record: undefined, language: undefined };
	for (const address of ["", "?z=abc&c=1&id=parcel&lang=de", "?z=99&c=200,1&id=../1&lang=", "?c=,&id=parcel/-1", "?z=&c=106,x"])
		assert.deepEqual(readPermalink(address), nothing, address);
});

test("numbers, measures and dates", () => {
	assert.equal(number.formatFixed(1234.5, 1, "vi"), "1.234,5");
	assert.equal(number.formatFixed(1234.5, 1, "en"), "1,234.5");
	assert.equal(number.formatArea(1234.56, "vi"), "1.234,6 m²");
	assert.equal(number.formatHectares(12345.6, "vi"), "1,2346 ha");
	assert.equal(number.formatHectares(99, "vi"), "");
	assert.equal(number.formatBytes(12_400_000, "vi"), "12,4 MB");
	assert.equal(number.formatDate("2026-03-09"), "09/03/2026");
	assert.equal(number.formatDate("năm 2026"), "năm 2026");
	assert.equal(number.unitSign("m2"), "m²");
});

const { readValue, writeValue } = await loadModule("field_text.ts");
const { differencesOf, mergePatch } = await loadModule("conflict.ts");
const fieldOf = (type, id = "f") => ({ id, title: { vi: id, en: id }, type, unit: null, computed: false });

test("numbers are read as people write them, here and abroad", () => {
	const cases = [
		["1.234,5", 1234.5, 1234.5],
		["1,234.5", 1234.5, 1234.5],
		["1234,5", 1234.5, 1234.5],
		["1234.5", 1234.5, 1234.5],
		["1.234", 1234, 1.234],
		["1,234", 1.234, 1234],
		["0.125", 0.125, 0.125],
		["0,125", 0.125, 0.125],
		["1.234.567", 1234567, 1234567],
		["12 345,67", 12345.67, 12345.67],
		["−7", -7, -7],
		["7.", 7, 7],
	];
	for (const [text, vi, en] of cases) {
		assert.deepEqual(readValue(text, fieldOf("real"), "vi"), { value: vi }, `${text} vi`);
		assert.deepEqual(readValue(text, fieldOf("real"), "en"), { value: en }, `${text} en`);
	}
	for (const text of ["x", "1,2,3", "1..2", "--1", "1e5", "."]) assert.ok("fault" in readValue(text, fieldOf("real"), "vi"), text);
	assert.deepEqual(readValue("1,5", fieldOf("int"), "vi"), { fault: "whole" });
	assert.deepEqual(readValue(" ", fieldOf("int"), "vi"), { value: null });
	assert.deepEqual(readValue("09/03/2026", fieldOf("date"), "vi"), { fault: "date" });
	assert.deepEqual(readValue("false", fieldOf("bool"), "vi"), { value: false });
	assert.deepEqual(readValue(" đất ", fieldOf("text"), "vi"), { value: "đất" });
});

test("what is written into a form is read again as it was", () => {
	for (const language of ["vi", "en"])
		for (const value of [0, 1.5, -0.001, 1234.567, 98765.4321, 0.1 + 0.2])
			assert.deepEqual(readValue(writeValue(value, fieldOf("real"), language), fieldOf("real"), language), { value });
});

test("of two changes each field goes to who alone changed it", () => {
	const record = (properties, corner) => ({ properties, geometry: { type: "Point", coordinates: corner } });
	const conflict = {
		base: record({ a: 1, b: 1, c: 1, d: 1 }, [1, 1]),
		current: record({ a: 2, b: 1, c: 2, d: 2 }, [1, 1]),
		proposed: record({ a: 1, b: 2, c: 3, d: 2 }, [2, 2]),
	};
	const layer = { fields: ["a", "b", "c", "d"].map((id) => fieldOf("int", id)) };
	const found = differencesOf(conflict, layer);
	assert.deepEqual(found.map(({ id, proposal }) => [id, proposal]), [["a", "now"], ["b", "mine"], ["c", undefined], ["geometry", "mine"]]);
	const choices = new Map([["a", "now"], ["b", "mine"], ["c", "mine"], ["geometry", "now"]]);
	assert.deepEqual(mergePatch(found, choices), { properties: { b: 2, c: 3 } });
	assert.deepEqual(mergePatch(found, choices.set("geometry", "mine")).geometry, conflict.proposed.geometry);
	assert.deepEqual(differencesOf({ ...conflict, proposed: null }, layer), []);
});
