/* Axe finds nothing, in both themes, both languages, on a desk and on a phone. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { require, startBrowser } from "./harness.mjs";
import { cookiesOf, enter } from "./people.mjs";

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let city, browser, bare, chief;

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	[bare] = await city.bareParcels(1);
	chief = await enter(city, "chief", "administrator");
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
				await page.waitForSelector('[role="option"]');
				await inspect(page, "card, layers, measuring, readings");
				await page.locator(".rail-button").last().click();
				await inspect(page, "help");
				await context.close();
			});

/* What those who keep the register see. */
for (const colorScheme of ["light", "dark"])
	for (const width of [360, 1366])
		test(`logged in: ${colorScheme}, ${width} px`, async () => {
			const phone = width < 500;
			const context = await browser.newContext({
				viewport: { width, height: phone ? 640 : 768 },
				locale: "vi-VN",
				colorScheme,
				reducedMotion: "reduce",
				hasTouch: phone,
				isMobile: phone,
			});
			const page = await context.newPage();
			const { record, middle } = bare;
			await page.goto(`${city.url}/?z=20&id=parcel/${record.id}&c=${middle}`);
			await page.waitForSelector(".record.selected");
			await page.evaluate(axe);
			await page.getByRole("button", { name: "Đăng nhập" }).click();
			await inspect(page, "log in");
			await page.keyboard.press("Escape");
			await context.addCookies(cookiesOf(chief));
			await page.reload();
			await page.waitForSelector(".record.selected");
			await page.evaluate(axe);
			await page.getByRole("button", { name: "Lịch sử" }).click();
			await page.locator(".version-head").first().click();
			await inspect(page, "history");
			await page.getByRole("button", { name: "Sửa", exact: true }).click();
			await page.waitForSelector("dothi-edit .card");
			await page.locator("#field-area_legal_m2").fill("nhiều");
			await page.getByRole("button", { name: "Đỉnh sau" }).click();
			await page.getByRole("button", { name: "Lưu", exact: true }).click();
			await page.waitForSelector(".corner-place");
			if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/edit-${colorScheme}-${width}.png` });
			await inspect(page, "edit");
			assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
			await page.getByRole("button", { name: "Hủy", exact: true }).click();
			await inspect(page, "leaving");
			await page.getByRole("button", { name: "Bỏ thay đổi" }).click();
			await page.getByRole("button", { name: "Thêm đối tượng" }).click();
			await inspect(page, "what can be added");
			await page.getByRole("button", { name: /^Đã đăng nhập: chief/ }).click();
			await inspect(page, "account");
			await page.getByRole("button", { name: "Tài khoản và phân quyền" }).click();
			await page.getByRole("button", { name: /^chief/ }).click();
			await page.getByRole("button", { name: "Thêm dòng" }).click();
			await inspect(page, "accounts");
			await page.locator("dothi-people").getByRole("button", { name: "Đóng", exact: true }).click();

			/* Somebody is quicker. */
			await page.getByRole("button", { name: "Sửa", exact: true }).click();
			await page.locator("#field-parcel_no").fill(`c${width}`);
			await chief.change("parcel", record.id, { parcel_no: `${colorScheme}${width}` });
			await page.getByRole("button", { name: "Lưu", exact: true }).click();
			await page.waitForSelector(".sides tbody tr");
			await inspect(page, "conflict");
			await context.close();
		});
