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

test("two browsers on one record: side by side, nothing of either is lost", async () => {
	const second = await startBrowser();
	const parcel = bare[9];
	const pages = [await openEdit(parcel, lan), await openEditOf({ browser: second, city, faults }, parcel, minh)];
	await pages[0].locator("#field-parcel_no").fill("77");
	await pages[0].locator("#field-map_sheet").fill("7");
	await pages[1].locator("#field-parcel_no").fill("88");
	await pages[1].locator("#field-land_use").fill("CLN");
	await save(pages[0]).click();
	await pages[0].locator("dothi-card .record.selected", { hasText: "77" }).waitFor();
	await save(pages[1]).click();
	await pages[1].waitForSelector(".sides tbody tr");
	assert.match(await pages[1].locator("dothi-conflict").innerText(), /minh gửi lúc/);
	await shot(pages[1], "two-browsers");
	await pages[1].getByRole("radio", { name: "88" }).check();
	await pages[1].getByRole("button", { name: "Gộp và lưu" }).click();
	await pages[1].locator("dothi-card .record.selected", { hasText: "88" }).waitFor();
	// The other browser sees it without being asked, and each version says whose it was.
	await pages[0].locator("dothi-card .record.selected", { hasText: "88" }).waitFor();
	const now = await item(parcel.record.id);
	assert.deepEqual([now.properties.parcel_no, now.properties.map_sheet, now.properties.land_use], ["88", "7", "CLN"]);
	const { versions } = await (await lan.send("GET", `/ogc/collections/parcel/items/${parcel.record.id}/versions`)).json();
	assert.deepEqual(versions.map((one) => [one.author_login, one.feature.properties.parcel_no]).slice(-2), [["lan", "77"], ["minh", "88"]]);
	for (const page of pages) await page.context().close();
	await second.close();
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

const number = (page) => page.locator("#field-parcel_no");

test("an edit survives a reload, and is offered again", async () => {
	const page = await openEdit(bare[4]);
	await number(page).fill("70");
	await page.getByLabel("Lý do").fill("đo lại");
	await page.waitForTimeout(500);
	await page.reload();
	await page.locator(".notice.drafts", { hasText: /Bản nháp chưa lưu – Thửa đất/ }).waitFor();
	await shot(page, "draft");
	await page.getByRole("button", { name: "Sửa tiếp" }).click();
	await page.waitForSelector("dothi-edit .card");
	assert.equal(await number(page).inputValue(), "70");
	assert.equal(await page.getByLabel("Lý do").inputValue(), "đo lại");
	await save(page).click();
	await page.waitForSelector("dothi-card .record.selected");
	assert.equal((await item(bare[4].record.id)).properties.parcel_no, "70");
	await page.reload();
	await page.waitForSelector(".record.selected");
	await page.waitForTimeout(500);
	assert.equal(await page.locator(".notice.drafts").count(), 0, "it is gone when it was saved");
	await page.context().close();
});

test("several drafts are listed; each belongs to its author", async () => {
	const page = await openEdit(bare[5]);
	for (const parcel of [bare[5], bare[6]]) {
		await page.goto(`${city.url}/?z=20&c=${rounded(parcel.middle)}&id=parcel/${parcel.record.id}`);
		await page.waitForSelector(".record.selected");
		await page.getByRole("button", { name: "Sửa", exact: true }).click();
		await number(page).fill("71");
		await page.getByRole("button", { name: "Hủy", exact: true }).click();
		await page.getByRole("button", { name: "Giữ bản nháp" }).click();
		await page.waitForSelector("dothi-card .record.selected");
	}
	await page.reload();
	await page.locator(".notice.drafts", { hasText: "2 bản nháp" }).getByRole("button", { name: "Xem" }).click();
	assert.equal(await page.locator(".menu-pair").count(), 2);
	await shot(page, "drafts");
	await page.getByRole("button", { name: /^Bỏ bản nháp/ }).first().click();
	await page.waitForFunction(() => document.querySelectorAll(".menu-pair").length === 1);
	await page.getByRole("button", { name: "Đăng xuất" }).click();
	await page.getByRole("button", { name: "Đăng nhập" }).waitFor();
	await page.locator(".rail-button .badge").waitFor({ state: "detached" });
	await page.context().close();
	lan = await enter(city, "lan2", "officer");
});

test("without a network the draft is kept, and sent when there is one", async () => {
	const page = await openEdit(bare[7]);
	await number(page).fill("72");
	await page.context().setOffline(true);
	await save(page).click();
	await page.locator(".edit-foot .failure", { hasText: "Bản nháp được giữ" }).waitFor();
	await shot(page, "offline");
	await page.context().setOffline(false);
	await page.waitForSelector("dothi-card .record.selected");
	assert.equal((await item(bare[7].record.id)).properties.parcel_no, "72");
	await page.context().close();
});

test("what others change is seen at once: in the card, on the map, in the editor", async () => {
	const page = await openCard(bare[8]);
	const tiles = [];
	page.on("request", (request) => request.url().includes(".mvt") && tiles.push(request.url()));
	await minh.change("parcel", bare[8].record.id, { parcel_no: "123456" });
	await page.locator("dothi-card .record.selected", { hasText: "123456" }).waitFor();
	assert.ok(tiles.length > 0 && tiles.every((url) => /parcel/.test(url)), tiles.join(" "));

	await page.getByRole("button", { name: "Sửa", exact: true }).click();
	await page.waitForSelector("dothi-edit .card");
	await minh.change("parcel", bare[8].record.id, { parcel_no: "123457" });
	await page.waitForFunction(() => document.querySelector("#field-parcel_no")?.value === "123457");
	await page.locator("#field-land_use").fill("TMD");
	await minh.change("parcel", bare[8].record.id, { parcel_no: "123458" });
	await page.locator("dothi-edit .failure.warn", { hasText: "vừa được người khác sửa (phiên bản 4)" }).waitFor();
	await shot(page, "overtaken");
	await page.context().close();
});

test("the map as of a day: tiles, cards, the address; nothing is edited there", async () => {
	const { record } = bare[10];
	const was = record.properties.parcel_no;
	/* From tomorrow on, as Vietnam counts, seven hours ahead of UTC, it has another number. */
	const tomorrow = new Date(Date.now() + (24 + 7) * 3_600_000).toISOString().slice(0, 10);
	await minh.change("parcel", record.id, { parcel_no: "555", valid_from: tomorrow });
	const page = await openCard(bare[10]);
	assert.match(await page.locator(".record.selected").innerText(), new RegExp(`Thửa đất số ${was}`));
	const tile = page.waitForRequest((request) => request.url().includes(`.mvt?date=${tomorrow}`));
	await page.getByLabel("Bản đồ ngày").fill(tomorrow);
	await tile;
	await page.locator(".as-of").waitFor();
	await page.locator("dothi-card .record.selected", { hasText: "555" }).waitFor();
	await page.waitForTimeout(700);
	await shot(page, "as-of");
	assert.equal(await page.getByRole("button", { name: "Sửa", exact: true }).count(), 0);
	assert.equal(new URL(page.url()).searchParams.get("date"), tomorrow);
	await page.reload();
	await page.locator("dothi-card .record.selected", { hasText: "555" }).waitFor();
	await page.getByRole("button", { name: "Về hôm nay" }).click();
	await page.locator("dothi-card .record.selected", { hasText: `Thửa đất số ${was}` }).waitFor();
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
