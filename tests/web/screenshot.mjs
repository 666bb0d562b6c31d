#!/usr/bin/env node
/*
 * screenshot: the picture of the README, taken of the real page: node tests/web/screenshot.mjs
 *
 * The sample city as `dothi demo` makes it, with the card of what was clicked in its centre.
 */
import { fileURLToPath } from "node:url";
import { startCity } from "./city.mjs";
import { startBrowser } from "./harness.mjs";

const picture = fileURLToPath(new URL("../../docs/map.png", import.meta.url));
const city = await startCity({ parcels: 20000 });
const browser = await startBrowser();

try {
	const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "vi-VN" });
	await page.goto(`${city.url}/?z=17&c=106.6525,10.9790`, { waitUntil: "load" });
	await page.mouse.click(760, 400);
	await page.waitForSelector(".record.selected");
	await page.waitForTimeout(1000); /* fading in */
	await page.screenshot({ path: picture });
	console.log(picture);
} finally {
	await browser.close();
	await city.stop();
}
