/* What was before, what others do at the same time: history, conflicts, drafts. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ringOf, startCity } from "./city.mjs";
import { at, drag, openCardOf, openEditOf, openPage, rounded, save } from "./desk.mjs";
import { startBrowser } from "./harness.mjs";
import { enter } from "./people.mjs";

let city, browser, lan, minh, bare;
const faults = [];

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	lan = await enter(city, "lan", "officer");
	minh = await enter(city, "minh", "officer");
	bare = await city.bareParcels(12);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const openCard = (parcel, person = lan, options = {}) => openCardOf({ browser, city, faults }, parcel, person, options);
const openEdit = (parcel, person = lan, options = {}) => openEditOf({ browser, city, faults }, parcel, person, options);
const item = (id, layer = "parcel") => city.ask(`/ogc/collections/${layer}/items/${id}`);
const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });

/* Lan edits number, use and outline; meanwhile Minh changes number and sheet. */
async function collide(parcel, options) {
	const { record, middle } = parcel;
	const page = await openEdit(parcel, lan, options);
	await page.locator("#field-parcel_no").fill("12a");
	await page.locator("#field-land_use").fill("TMD");
	if (!options) {
		const ring = ringOf(record);
		const [x, y] = await at(page, ring[0], middle);
		const [middleX, middleY] = await at(page, rounded(middle), middle);
		await drag(page, [x, y], [(x - middleX) / 2, (y - middleY) / 2]);
	}
	await minh.change("parcel", record.id, { parcel_no: "12b", map_sheet: "99" });
	await save(page).click();
	await page.waitForSelector(".sides tbody tr");
	return page;
}

test("two changes stand side by side, and are merged field by field", async () => {
	const page = await collide(bare[0]);
	await page.waitForTimeout(600);
	await shot(page, "conflict");
	const rows = await page.locator(".sides tbody tr").allInnerTexts();
	assert.equal(rows.length, 4, rows.join("|"));
	const merge = page.getByRole("button", { name: "Gộp và lưu" });
	assert.ok(await merge.isDisabled(), "what both changed must be chosen");
	assert.match(await page.locator("dothi-conflict").innerText(), /cả hai cùng sửa[^]*Còn 1 mục phải chọn/);
	await page.getByRole("radio", { name: "12a" }).check();
	await merge.click();
	await page.waitForSelector("dothi-card .record.selected");
	const now = await item(bare[0].record.id);
	assert.equal(now.properties.parcel_no, "12a");
	assert.equal(now.properties.land_use, "TMD");
	assert.equal(now.properties.map_sheet, "99");
	assert.notDeepEqual(ringOf(now)[0], ringOf(bare[0].record)[0]);
	await page.context().close();
});

test("a conflict that is closed waits behind the badge; it can be dropped", async () => {
	const page = await collide(bare[1]);
	await page.locator("dothi-conflict").getByRole("button", { name: "Đóng" }).click();
	await page.locator(".rail-button .badge", { hasText: "1" }).waitFor();
	await page.reload();
	await page.locator(".rail-button .badge", { hasText: "1" }).waitFor();
	await page.locator(".rail-button.inside").click();
	await shot(page, "conflict-list");
	await page.locator(".menu-item", { hasText: "Thửa đất" }).click();
	await page.waitForSelector(".sides tbody tr");
	await page.getByRole("button", { name: "Bỏ bản gửi" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Bỏ bản gửi" }).click();
	await page.locator(".rail-button .badge").waitFor({ state: "detached" });
	assert.equal((await item(bare[1].record.id)).properties.parcel_no, "12b");
	await page.context().close();
});

test("a conflict fits a phone", async () => {
	const page = await collide(bare[2], { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
	await page.waitForTimeout(500);
	await shot(page, "conflict-phone");
	assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
	await page.context().close();
});

test("history tells who, when, why and what; a version is brought back", async () => {
	const { record } = bare[3];
	await minh.change("parcel", record.id, { land_use: "CLN" });
	await lan.send("PATCH", `/ogc/collections/parcel/items/${record.id}`, { properties: { parcel_no: "5c" } }, {
		"Content-Type": "application/merge-patch+json",
		"If-Match": '"v2"',
		"Dothi-Reason": encodeURIComponent("Theo hồ sơ 7"),
	});
	const page = await openCard(bare[3]);
	await page.getByRole("button", { name: "Lịch sử" }).click();
	await page.waitForSelector(".version");
	const told = await page.locator(".version").allInnerTexts();
	assert.equal(told.length, 3);
	assert.match(told[0], /Sửa phiên bản 3 · hiện nay[^]*Theo hồ sơ 7[^]*Thửa đất số: \S+ → 5c/);
	assert.match(told[1], /Mục đích sử dụng đất: [^]*→ Cây lâu năm \(CLN\)|Mục đích sử dụng đất: [^]*\(CLN\)/);
	assert.match(told[2], /Lập phiên bản 1/);
	await page.locator(".version-head").last().click();
	await page.waitForTimeout(300);
	await shot(page, "history");
	await page.getByRole("button", { name: "Khôi phục bản này" }).click();
	await page.locator(".version", { hasText: "phiên bản 4" }).waitFor();
	const now = await item(record.id);
	assert.equal(now.properties.land_use, record.properties.land_use);
	assert.equal(now.properties.parcel_no, record.properties.parcel_no);
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
