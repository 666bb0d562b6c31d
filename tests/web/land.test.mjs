/* Parcels in a browser: what the card says of land, splitting by a drawn line, joining by picking. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { middleOf, ringOf, startCity } from "./city.mjs";
import { at, openCardOf, openPage, rounded, ZOOM } from "./desk.mjs";
import { dothi, require, startBrowser } from "./harness.mjs";
import { enter } from "./people.mjs";

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const shots = process.env.DOTHI_SHOTS;

let city, browser, officer, all, small;
const faults = [];

before(async () => {
	city = await startCity({ parcels: 4000 });
	browser = await startBrowser();
	officer = await enter(city, "lan", "officer");
	all = await city.records("parcel");
	small = all.filter(isFourSided);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const where = () => ({ browser, city, faults });
const shot = async (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

/* A lot that fits on the screen at the zoom of the tests. */
function isFourSided({ geometry, properties }) {
	const ring = geometry.coordinates[0][0];
	return geometry.coordinates.length === 1 && geometry.coordinates[0].length === 1 && ring.length === 5 && properties.area_m2 > 60 && properties.area_m2 < 200;
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
	return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}

/* A point beyond the middle of a side, seen from the middle of the parcel. */
function beyond(record, side, far = 1.3) {
	const ring = ringOf(record);
	const middle = middleOf(record);
	const [a, b] = [ring[side], ring[(side + 1) % ring.length]];
	return [0, 1].map((axis) => middle[axis] + ((a[axis] + b[axis]) / 2 - middle[axis]) * far);
}

const panel = (page) => page.locator("dothi-land .card");

async function click(page, place, middle, clicks = 1) {
	const [x, y] = await at(page, place, middle);
	await page.mouse.move(x - 3, y - 3);
	await page.mouse.move(x, y);
	await page.mouse.click(x, y, { clickCount: clicks });
	await page.waitForTimeout(350);
}

test("the card says both areas, the use in words, the wards of then and now", async () => {
	const { units } = await city.ask("/api/units?all_dates=1");
	const unit = (id) => units.find((one) => one.id === id);
	const record = all.find(({ geometry, properties }) => geometry.coordinates.length === 1 && unit(properties.admin_unit_id).name === "Phường Hiệp Thành");
	const page = await openCardOf(where(), { record, middle: middleOf(record) });
	const facts = page.locator("dothi-land-facts");
	await facts.locator(".areas").waitFor();
	const text = await facts.innerText();
	assert.match(text, /Diện tích pháp lý\s+Diện tích đo\s+Chênh lệch/);
	assert.match(text, /± \d+,\d/);
	assert.match(text, new RegExp(`\\(${record.properties.land_use}\\)`));
	assert.match(text, /Đơn vị khi cấp\s+Phường Hiệp Thành\s+đến hết 30\/06\/2025/);
	assert.match(text, new RegExp(`Đơn vị hiện nay\\s+${unit(record.properties.unit_now_id).name}`));
	assert.equal(await page.getByRole("button", { name: "Tách thửa" }).count(), 0, "visitors change nothing");
	assert.deepEqual(await violations(page), []);
	await shot(page, "land-facts");
	await page.context().close();
});

test("a parcel is split by a drawn line, in four steps", async () => {
	const record = small[3];
	const middle = middleOf(record);
	const page = await openCardOf(where(), { record, middle }, officer);
	await page.getByRole("button", { name: "Tách thửa" }).click();
	await panel(page).waitFor();
	/* What ends inside is told, with its place; then it is drawn again. */
	await click(page, beyond(record, 0), middle);
	await click(page, middle, middle, 2);
	await panel(page).locator(".findings", { hasText: "LAND-LINE-02" }).waitFor();
	assert.ok(await panel(page).getByRole("button", { name: "Tách thửa" }).isDisabled());
	await shot(page, "land-line-inside");
	assert.deepEqual(await violations(page), []);
	await panel(page).getByRole("button", { name: "Vẽ lại" }).click();
	await click(page, beyond(record, 0), middle);
	await click(page, beyond(record, 2), middle, 2);
	await panel(page).locator(".areas tbody tr").nth(1).waitFor();
	assert.equal(await panel(page).locator(".areas tbody tr").count(), 2);
	await panel(page).getByLabel("Căn cứ (quyết định, hồ sơ)").fill("12/QĐ-UBND");
	await shot(page, "land-split");
	await panel(page).getByRole("button", { name: "Tách thửa" }).click();
	await page.waitForSelector(".record.selected dothi-land-facts .lineage");
	assert.match(await page.locator(".lineage").innerText(), /tách · \d\d\/\d\d\/\d{4} · 12\/QĐ-UBND/);
	await shot(page, "land-lineage");
	const { steps } = await city.ask(`/ogc/collections/parcel/items/${record.id}/lineage`);
	assert.equal(steps.length, 2);
	await page.context().close();
});

test("neighbours are joined by picking them on the map", async () => {
	const first = small.find((one) => one.id !== small[3].id && neighbourOf(one));
	const second = neighbourOf(first);
	const middle = middleOf(first);
	const page = await openCardOf(where(), { record: first, middle }, officer);
	await page.getByRole("button", { name: "Hợp thửa" }).click();
	await panel(page).waitFor();
	assert.ok(await panel(page).getByRole("button", { name: "Hợp thửa" }).isDisabled());
	await page.waitForTimeout(500);
	const shown = new URL(page.url()).searchParams.get("c").split(",").map(Number);
	await click(page, middleOf(second), shown);
	await panel(page).locator(".chosen li").nth(1).waitFor();
	await panel(page).locator(".areas tbody tr, .findings li").first().waitFor();
	assert.equal(await panel(page).locator(".findings").count(), 0, await panel(page).innerText());
	await shot(page, "land-merge");
	assert.deepEqual(await violations(page), []);
	await panel(page).getByRole("button", { name: "Hợp thửa" }).click();
	await page.waitForSelector(".record.selected dothi-land-facts .lineage");
	assert.equal(await page.locator(".lineage li").count(), 2);
	await page.context().close();
});

/* A lot of the same use and ward that shares a side. */
function neighbourOf(record) {
	const corners = new Set(ringOf(record).map(String));
	return small.find(
		(other) =>
			other.id !== record.id &&
			other.id !== small[3].id &&
			other.properties.land_use === record.properties.land_use &&
			other.properties.unit_now_id === record.properties.unit_now_id &&
			ringOf(other).filter((corner) => corners.has(String(corner))).length === 2,
	);
}

test("a parcel is held for a file: its card and the map of others say so", async () => {
	const record = small[60];
	const middle = middleOf(record);
	const page = await openCardOf(where(), { record, middle }, officer);
	await page.getByText("Giữ cho một hồ sơ").first().click();
	await page.getByLabel("Hồ sơ, mục đích").fill("HS-2026-000123");
	await page.getByRole("button", { name: "Giữ cho một hồ sơ" }).click();
	await page.getByText(/Bạn đang giữ thửa này: HS-2026-000123/).waitFor();
	assert.deepEqual(await violations(page), []);
	await shot(page, "land-held");
	await page.getByRole("button", { name: "Nhả" }).click();
	await page.getByText("Giữ cho một hồ sơ").first().waitFor();
	await page.context().close();
});

test("P6: the plan stands in the card: what is zoned, and what the road takes, in two steps", async () => {
	const record = small[80];
	const ring = ringOf(record);
	const [west, south, east, north] = [Math.min(...ring.map(([x]) => x)), Math.min(...ring.map(([, y]) => y)), Math.max(...ring.map(([x]) => x)), Math.max(...ring.map(([, y]) => y))];
	const cut = (west + east) / 2;
	const zone = (x1, x2, code, zone_kind) => ({ type: "Feature", properties: { code, zone_kind, decision: "15/QĐ-UBND" }, geometry: { type: "Polygon", coordinates: [[[x1, south - 1e-4], [x2, south - 1e-4], [x2, north + 1e-4], [x1, north + 1e-4], [x1, south - 1e-4]]] } });
	const road = { type: "Feature", properties: { code: "D1", width_m: 6 }, geometry: { type: "LineString", coordinates: [[west - 1e-3, south], [east + 1e-3, south]] } };
	const put = (name, features) => {
		const file = `${city.folder}/${name}.geojson`;
		fs.writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
		execFileSync(dothi, ["import", `${city.folder}/city`, file, "--layer", name, "--yes"], { stdio: "pipe" });
	};
	put("plan_zone", [zone(west - 1e-4, cut, "A-1", "ODT"), zone(cut, east + 1e-4, "B-1", "CXN")]);
	put("plan_line", [road]);
	const page = await openPage(where(), "/", null);
	let steps = 0;
	const box = page.getByRole("combobox");
	await box.fill(`tờ ${record.properties.map_sheet} thửa ${record.properties.parcel_no}`);
	steps++;
	await page.waitForSelector('[role="option"]');
	const choices = await page.locator('[role="option"]').allInnerTexts();
	await box.press("Enter");
	steps++;
	await page.waitForSelector("dothi-land-facts .plan, dothi-land-facts .areas");
	if (choices.length > 1) await page.goto(`${city.url}/?z=${ZOOM}&c=${rounded(middleOf(record))}&id=parcel/${record.id}`);
	await page.locator(".plan").waitFor();
	const rows = await page.locator(".plan tbody tr").allInnerTexts();
	const plan = await city.ask(`/api/parcels/${record.id}/plan`);
	const print = (value) => new Intl.NumberFormat("vi-VN", { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
	assert.equal(steps, 2);
	assert.ok(rows.some((row) => row.includes("A-1") && row.includes(`${print(plan.parts[0].area_m2)} m²`)), rows.join());
	assert.ok(rows.some((row) => row.includes("Trong lộ giới") && row.includes(`${print(plan.reserved.area_m2)} m²`)), rows.join());
	assert.ok(Math.abs(plan.parts[0].area_m2 + plan.parts[1].area_m2 - record.properties.area_m2) < 0.1);
	assert.deepEqual(await violations(page), []);
	await shot(page, "land-plan");
	await page.context().close();
});

test("Escape leaves it, and nothing has changed; on a phone it fits", async () => {
	const record = small[40];
	const middle = middleOf(record);
	const page = await openPage(where(), `/?z=${ZOOM}&c=${rounded(middle)}&id=parcel/${record.id}`, officer, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
	await page.waitForSelector(".record.selected");
	await page.getByRole("button", { name: "Tách thửa" }).tap();
	await panel(page).waitFor();
	assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
	await shot(page, "land-phone");
	await page.keyboard.press("Escape");
	await panel(page).waitFor({ state: "detached" });
	await page.waitForSelector(".record.selected");
	assert.equal((await city.ask(`/ogc/collections/parcel/items/${record.id}`)).properties.version, 1);
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
