#!/usr/bin/env node
/*
 * screenshot: the picture of the README, taken of the real page: node tests/web/screenshot.mjs
 *
 * The sample city as `dothi demo` makes it, with the card of a parcel that was searched for.
 */
import { fileURLToPath } from "node:url";
import { startCity } from "./city.mjs";
import { startBrowser } from "./harness.mjs";

const picture = fileURLToPath(new URL("../../docs/map.png", import.meta.url));
const city = await startCity({ parcels: 20000 });
const browser = await startBrowser();

try {
	const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "vi-VN" });
	await page.goto(`${city.url}/?z=18&c=106.6525,10.9790`, { waitUntil: "load" });
	await page.waitForSelector(".city-layer canvas", { state: "attached" });
	await page.waitForFunction(() => !document.querySelector(".progress.on"));
	await page.getByRole("combobox").fill("18/168 phu cuong");
	await page.waitForSelector('[role="option"]');
	await page.keyboard.press("Enter");
	await page.waitForSelector(".record.selected");
	await page.waitForTimeout(1000); /* fading in */
	await page.screenshot({ path: picture });
	console.log(picture);
} finally {
	await browser.close();
	await city.stop();
}
