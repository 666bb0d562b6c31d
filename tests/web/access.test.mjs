/* Axe finds nothing, in both themes, both languages, on a desk and on a phone. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require, startBrowser } from "./harness.mjs";

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let city, browser, bare;

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	[bare] = await city.bareParcels(1);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

async function inspect(page, where) {
	const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
	const told = violations.map(({ id, impact, nodes }) => `${where}: ${id} (${impact}) ${nodes.map((node) => node.html + node.failureSummary).join(" ")}`);
	assert.deepEqual(told, []);
}

for (const colorScheme of ["light", "dark"])
	for (const lang of ["vi", "en"])
		for (const width of [360, 1366])
			test(`${colorScheme}, ${lang}, ${width} px`, async () => {
				const phone = width < 500;
				const context = await browser.newContext({
					viewport: { width, height: phone ? 640 : 768 },
					colorScheme,
					/* Panels fade in, and half transparent text has half the contrast. */
					reducedMotion: "reduce",
					hasTouch: phone,
					isMobile: phone,
				});
				const page = await context.newPage();
				await page.goto(`${city.url}/?z=18&lang=${lang}&id=parcel/${bare.record.id}&c=${bare.middle}`);
				await page.waitForSelector(".record.selected");
				await page.evaluate(axe);
				/* On a phone the layers take the place of the card. */
				if (phone) await inspect(page, "card");
				if (phone) await page.locator(".rail-button").first().click();
				await page.locator(".rail-button").nth(1).click();
				await page.getByRole("combobox").fill("10.98 106.66");
				await inspect(page, "card, layers, measuring, readings");
				await page.locator(".rail-button").last().click();
				await inspect(page, "help");
				await context.close();
			});
