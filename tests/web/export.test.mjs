/* Exports: the dialog by which somebody takes a layer home, as a file. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { openPage } from "./desk.mjs";
import { require, startBrowser } from "./harness.mjs";
import { cookiesOf, enter } from "./people.mjs";

const axe = fs.readFileSync(require.resolve("axe-core"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let city, browser, lan;
const faults = [];

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	lan = await enter(city, "lan", "officer");
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });

async function openDialog(page) {
	await page.getByRole("button", { name: "Xuất dữ liệu" }).click();
	const dialog = page.locator("dothi-export dialog");
	await dialog.waitFor();
	return dialog;
}

/** Has the file made; returns what is in it, and the dialog's words. */
async function take(page, dialog) {
	await dialog.getByRole("button", { name: "Xuất", exact: true }).click();
	const link = dialog.getByRole("link", { name: "Tải về" });
	await link.waitFor();
	const words = await dialog.locator(".strong").textContent();
	const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
	return { words, name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
}

test("a visitor has no exports", async () => {
	const page = await openPage({ browser, city, faults }, "/");
	await page.locator("dothi-layers .layer").first().waitFor();
	assert.equal(await page.getByRole("button", { name: "Xuất dữ liệu" }).count(), 0);
	await page.context().close();
});

test("a layer is exported in degrees, then what the map shows, then a ward", async () => {
	const page = await openPage({ browser, city, faults }, "/", lan);
	const dialog = await openDialog(page);
	await dialog.locator("[name=layer]").selectOption("parcel");
	await dialog.getByLabel("Định dạng").selectOption("geojson");
	assert.equal(await dialog.getByLabel("Hệ tọa độ").inputValue(), "4326");
	await shot(page, "export");
	const whole = await take(page, dialog);
	const all = await city.records("parcel");
	assert.match(whole.name, /^parcel-\d{4}-\d\d-\d\d\.geojson$/);
	assert.ok(whole.words.includes(whole.name));
	assert.deepEqual(JSON.parse(whole.bytes).features.map(({ id }) => id), all.map(({ id }) => id));
	await shot(page, "export-done");

	await dialog.getByRole("button", { name: "Xuất tệp khác" }).click();
	assert.equal(await dialog.getByLabel("Định dạng").inputValue(), "geojson", "as chosen before");
	await dialog.locator("[name=layer]").selectOption("parcel");
	await dialog.getByLabel("Phạm vi").selectOption("unit");
	const ward = all[0].properties.unit_now_id;
	await dialog.getByLabel("Phường, xã").selectOption(String(ward));
	const one = JSON.parse((await take(page, dialog)).bytes);
	assert.deepEqual(one.features.map(({ id }) => id), all.filter(({ properties }) => properties.unit_now_id === ward).map(({ id }) => id));

	await dialog.getByRole("button", { name: "Đóng", exact: true }).click();
	const [lon, lat] = all[10].geometry.coordinates[0][0][0];
	await page.goto(`${city.url}/?z=20&c=${lon},${lat}`);
	const again = await openDialog(page);
	await again.locator("[name=layer]").selectOption("parcel");
	await again.getByLabel("Định dạng").selectOption("geojson");
	await again.getByLabel("Phạm vi").selectOption("view");
	const near = JSON.parse((await take(page, again)).bytes).features;
	assert.ok(near.length && near.length < all.length / 2 && near.some(({ id }) => id === all[10].id));
	await page.context().close();
});

test("as of the map's day; by keys alone; a failure says why", async () => {
	const page = await openPage({ browser, city, faults }, "/?date=2030-01-02", lan);
	const dialog = await openDialog(page);
	await dialog.getByText("Theo pháp luật ở ngày 02/01/2030").waitFor();
	await page.keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Xuất dữ liệu" }).focus();
	await page.keyboard.press("Enter");
	await dialog.waitFor();
	await dialog.locator("[name=layer]").selectOption("street");
	const answered = page.waitForResponse((response) => response.url().endsWith("/api/jobs") && response.request().method() === "POST");
	await dialog.getByRole("button", { name: "Xuất", exact: true }).focus();
	await page.keyboard.press("Enter");
	const job = await (await answered).json();
	await dialog.getByRole("link", { name: "Tải về" }).waitFor();
	assert.match((await (await lan.send("GET", `/api/jobs/${job.id}`)).json()).result.file, /^street-2030-01-02\.gpkg$/);
	await page.route("**/api/jobs", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({ detail: "Không được phép.", code: "X-1" }) }));
	await dialog.getByRole("button", { name: "Xuất tệp khác" }).click();
	await dialog.getByRole("button", { name: "Xuất", exact: true }).click();
	await dialog.locator(".failure", { hasText: "Không được phép." }).waitFor();
	await page.context().close();
});

test("it can be cancelled, and goes on while the dialog is shut", async () => {
	const page = await openPage({ browser, city, faults }, "/", lan);
	let state = "running";
	const about = () => ({ id: 7, state, done: 30, total: 100, result: state === "done" ? { file: "parcel.gpkg", href: "/x", rows: 100, bytes: 5, left_out: 0, lost_values: 0, too_long_for_excel: false } : null });
	await page.route("**/api/jobs", (route) => route.fulfill({ status: 202, json: about() }));
	await page.route("**/api/jobs/7", (route) => {
		if (route.request().method() !== "DELETE") return route.fulfill({ json: about() });
		state = "cancelled";
		return route.fulfill({ status: 204 });
	});
	const dialog = await openDialog(page);
	await dialog.getByRole("button", { name: "Xuất", exact: true }).click();
	await dialog.getByText("Đã ghi 30/100 đối tượng").waitFor();
	await dialog.getByRole("button", { name: "Hủy", exact: true }).click();
	await dialog.getByText("Đã hủy.").waitFor();
	state = "running";
	await dialog.getByRole("button", { name: "Xuất tệp khác" }).click();
	await dialog.getByRole("button", { name: "Xuất", exact: true }).click();
	await dialog.getByText("Đã ghi 30/100 đối tượng").waitFor();
	await dialog.getByRole("button", { name: "Đóng", exact: true }).click();
	state = "done";
	await page.locator(".toast.on", { hasText: "Đã xuất xong parcel.gpkg" }).waitFor();
	await openDialog(page);
	await dialog.getByRole("link", { name: "Tải về" }).waitFor();
	await page.context().close();
});

for (const colorScheme of ["light", "dark"])
	for (const width of [360, 1366])
		test(`axe: ${colorScheme}, ${width} px`, async () => {
			const phone = width < 500;
			const context = await browser.newContext({ viewport: { width, height: phone ? 640 : 768 }, locale: "vi-VN", colorScheme, reducedMotion: "reduce", hasTouch: phone, isMobile: phone });
			await context.addCookies(cookiesOf(lan));
			const page = await context.newPage();
			await page.goto(city.url);
			if (phone) await page.locator(".rail-button").first().click();
			const dialog = await openDialog(page);
			await page.evaluate(axe);
			const inspect = async (where) => {
				const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
				assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes.map((node) => node.html).join(" ")}`), []);
				assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
			};
			await dialog.getByLabel("Phạm vi").selectOption("unit");
			await shot(page, `export-${colorScheme}-${width}`);
			await inspect("form");
			await dialog.getByRole("button", { name: "Xuất", exact: true }).click();
			await dialog.getByRole("link", { name: "Tải về" }).waitFor();
			await inspect("done");
			await context.close();
		});

test("nothing went wrong on the pages", () => assert.deepEqual(faults, []));
