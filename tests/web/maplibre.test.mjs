/* Vector tiles, and their labels, drawn by MapLibre in Chromium from TileJSON alone. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require } from "./harness.mjs";

const SIDE_PX = 500;

let city, browser;

before(async () => {
	city = await startCity();
	browser = await require("playwright-core").chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		/* WebGL without a graphics card. */
		args: ["--disable-quic", "--no-first-run", "--disable-background-networking", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
	});
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

/* Runs in the page: draws the city around a place, and tells what stands there. */
function draw({ place, url, side }) {
	const tiles = `${url}/tiles/parcel,street,parcel_label,street_label/tilejson.json`;
	const layer = (id, type, paint) => ({ id, type, source: "city", "source-layer": id, paint });
	const errors = [];

	document.body.innerHTML = `<div id="map" style="position:fixed;inset:0;width:${side}px;height:${side}px"></div>`;
	return new Promise((resolve) => {
		const map = new globalThis.maplibregl.Map({
			container: "map",
			center: place,
			zoom: 18,
			style: {
				version: 8,
				sources: { city: { type: "vector", url: tiles } },
				layers: [
					{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } },
					layer("parcel", "fill", { "fill-color": "#ff0000" }),
					layer("street", "line", { "line-color": "#0000ff" }),
					layer("street_label", "line", { "line-color": "#00ff00" }),
					layer("parcel_label", "circle", { "circle-color": "#000000", "circle-radius": 2 }),
				],
			},
		});
		map.on("error", ({ error }) => errors.push(error.message));
		map.once("idle", () => {
			const seen = (id, where) => map.queryRenderedFeatures(where, { layers: [id] }).map((feature) => ({ id: feature.id, ...feature.properties }));
			resolve({ errors, here: seen("parcel", map.project(place)), parcels: seen("parcel"), numbers: seen("parcel_label"), names: seen("street_label") });
		});
	});
}

test("MapLibre draws parcels, streets and labels, and finds them where they are", async () => {
	const [{ record, middle }] = await city.bareParcels(1);
	const page = await (await browser.newContext({ viewport: { width: SIDE_PX, height: SIDE_PX } })).newPage();
	const faults = [];
	page.on("pageerror", (error) => faults.push(error.message));
	await page.goto(`${city.url}/tiles/parcel/tilejson.json`);
	await page.addScriptTag({ content: fs.readFileSync(require.resolve("maplibre-gl/dist/maplibre-gl.js"), "utf8") });
	const drawn = await page.evaluate(draw, { place: middle, url: city.url, side: SIDE_PX });

	assert.deepEqual([drawn.errors, faults], [[], []]);
	assert.deepEqual(drawn.here.map((one) => [one.id, one.parcel_no]), [[record.id, record.properties.parcel_no]]);
	assert.ok(drawn.parcels.length > 20 && drawn.names.length > 0);
	assert.ok(drawn.numbers.some((one) => one.id === record.id && one.parcel_no === record.properties.parcel_no));
	/* What it drew: parcels in red. */
	const { data } = await page.screenshot().then((png) => page.evaluate(pixelsOf, png.toString("base64")));
	assert.ok(data.red > 0.2, `${data.red} of the picture is parcels`);
	await page.context().close();
});

/* Runs in the page: which share of a picture is red. */
async function pixelsOf(png) {
	const image = new Image();
	image.src = `data:image/png;base64,${png}`;
	await image.decode();
	const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
	canvas.drawImage(image, 0, 0);
	const { data } = canvas.getImageData(0, 0, image.width, image.height);
	let red = 0;
	for (let i = 0; i < data.length; i += 4) red += data[i] > 200 && data[i + 1] < 60 && data[i + 2] < 60;
	return { data: { red: (4 * red) / data.length } };
}
