/* The one box: a parcel in as few interactions as can be, in both languages, on phone and desk. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { middleOf, startCity } from "./city.mjs";
import { dothi, loadModule, require, startBrowser } from "./harness.mjs";

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
let city, browser, parcel, ward, before_ward;

before(async () => {
	[city, browser] = await Promise.all([startCity(), startBrowser()]);
	const units = await city.records("admin_unit");
	/* One whose number stands once, in a ward that has got another name. */
	const parcels = (await city.records("parcel")).filter(({ properties }) => properties.unit_now_id);
	const numberOf = ({ properties }) => `${properties.map_sheet}/${properties.parcel_no}`;
	parcel = parcels.find((one) => parcels.filter((other) => numberOf(other) === numberOf(one)).length === 1);
	ward = units.find(({ id }) => id === parcel.properties.unit_now_id);
	before_ward = ward.properties.name;
	const register = path.join(city.folder, "city");
	const run = (...words) => execFileSync(dothi, words, { stdio: "pipe" }).toString();
	run("user", "add", register, "quan", "--role", "administrator");
	const { token } = JSON.parse(run("user", "token", "add", register, "quan", "--name", "test", "--json"));
	const renamed = await fetch(`${city.url}/ogc/collections/admin_unit/items/${ward.id}`, {
		method: "PATCH",
		headers: { authorization: `Bearer ${token}`, "content-type": "application/merge-patch+json", "if-match": '"v1"' },
		body: JSON.stringify({ properties: { name: "Phường Bến Nghé", valid_from: "2026-01-01" } }),
	});
	assert.equal(renamed.status, 204, await renamed.text());
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

/** A page with a counter of what its user does. */
async function open(address, { lang = "vi", width = 1366 } = {}) {
	const phone = width < 500;
	const context = await browser.newContext({
		viewport: { width, height: phone ? 640 : 768 },
		reducedMotion: "reduce",
		hasTouch: phone,
		isMobile: phone,
	});
	const page = await context.newPage();
	await page.goto(`${city.url}/${address || `?lang=${lang}`}`);
	await page.waitForSelector("canvas");
	return {
		page,
		count: 0,
		/* Typing a text is one interaction, and so is each key or click that is not letters. */
		async search(text) {
			this.count++;
			await page.getByRole("combobox").fill(text);
			await page.getByRole("combobox").press("Enter");
		},
		/** What the card says. */
		async title() {
			await page.waitForSelector(".record.selected");
			return page.locator(".record.selected").innerText();
		},
	};
}

async function inspect(page, what) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => axe.run());
	assert.deepEqual(
		violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
		[],
		what,
	);
}

const idOf = (page) => new URL(page.url()).searchParams.get("id");
const found = (page) =>
	page.waitForFunction((id) => new URL(location).searchParams.get("id") === id, `parcel/${parcel.id}`);

for (const lang of ["vi", "en"])
	for (const width of [360, 1366]) {
		test(`P1, P2: a parcel in one interaction, in nine spellings: ${lang}, ${width} px`, async () => {
			const { map_sheet: sheet, parcel_no: number } = parcel.properties;
			const old = before_ward.replace(/^(Phường|Xã) /, "");
			const spellings = [
				`tờ ${sheet} thửa ${number}`,
				`to ${sheet} thua ${number}`,
				`${sheet}/${number}`,
				`t${sheet} th${number} ben nghe`,
				`${number} to ${sheet}`,
				`sheet ${sheet} parcel ${number}`,
				`tờ ${sheet} thửa ${number} ${old}`,
				`${sheet}/${number} ${old.normalize("NFD").replace(/\p{Mn}/gu, "").replaceAll("Đ", "D").replaceAll("đ", "d")}`,
				`${sheet}/${number} p. bến nghé`,
			];
			for (const spelling of spellings) {
				const visit = await open("", { lang, width });
				await visit.search(spelling);
				await found(visit.page);
				assert.match(await visit.title(), new RegExp(`\\b${number}\\b`), spelling);
				assert.ok(visit.count <= 2);
				const [lon, lat] = new URL(visit.page.url()).searchParams.get("c").split(",").map(Number);
				const [east, north] = middleOf(parcel);
				await visit.page.waitForFunction(
					([x, y]) => {
						const [cx, cy] = new URL(location).searchParams.get("c").split(",").map(Number);
						return Math.hypot(cx - x, cy - y) < 0.002;
					},
					[east, north],
				);
				assert.ok(Number.isFinite(lon + lat));
				await visit.page.context().close();
			}
		});

		test(`P5, the list, and axe: ${lang}, ${width} px`, async () => {
			const { page } = await open("", { lang, width });
			const box = page.getByRole("combobox");
			const [lon, lat] = middleOf(parcel);
			const { place } = await city.at([lon, lat], 1);
			const dms = (degrees) => {
				const seconds = degrees * 3600;
				return `${Math.floor(seconds / 3600)}°${Math.floor((seconds % 3600) / 60)}'${(seconds % 60).toFixed(3)}"`;
			};
			const notations = [
				`${lat.toFixed(7)} ${lon.toFixed(7)}`,
				`${lon.toFixed(7)}, ${lat.toFixed(7)}`,
				`${dms(lat)}N ${dms(lon)}E`,
				`${dms(lon)}Đ ${dms(lat)}B`,
				`${place.north} ${place.east}`,
				`${place.east} ${place.north}`,
			];
			for (const notation of notations) {
				await box.fill(notation);
				await page.waitForFunction(
					(text) => document.querySelector("[role=combobox]").value === text && document.querySelector("#choice-0 .muted"),
					notation,
				);
				const answer = await city.ask(`/api/search?q=${encodeURIComponent(notation)}`);
				const [first] = answer.readings;
				const metres = Math.hypot((first.lon - lon) * 109_000, (first.lat - lat) * 110_600);
				assert.ok(metres < 1, `${notation}: ${metres} m`);
			}
			await inspect(page, "coordinates");
			await box.fill(before_ward);
			await page.waitForSelector(".choice mark");
			assert.ok(await page.locator('[role="option"]').count());
			await inspect(page, "a list");
			const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
			assert.ok(wide, "no sideways scroll");
			await box.fill("ph");
			await page.waitForSelector("#choice-1");
			await box.press("ArrowDown");
			assert.equal(await box.getAttribute("aria-activedescendant"), "choice-1");
			await box.press("ArrowUp");
			assert.equal(await box.getAttribute("aria-activedescendant"), "choice-0");
			await box.fill("qqqq wwww");
			await page.waitForSelector(".unread");
			await page.waitForFunction(() => /10\.98 106\.66/.test(document.querySelector(".unread")?.textContent));
			await inspect(page, "nothing");
			await box.press("Escape");
			assert.equal(await box.inputValue(), "");
			await page.context().close();
		});
	}

test("P7: the address opens the same search, record and view", async () => {
	const visit = await open("", {});
	await visit.search(`${parcel.properties.map_sheet}/${parcel.properties.parcel_no}`);
	await found(visit.page);
	await visit.title();
	await visit.page.waitForTimeout(500);
	const address = new URL(visit.page.url());
	const again = await open(address.search.replace(/^\?/, "?"));
	assert.equal(await again.title(), await visit.title());
	assert.equal(await again.page.getByRole("combobox").inputValue(), `${parcel.properties.map_sheet}/${parcel.properties.parcel_no}`);
	for (const name of ["q", "id", "layers", "lang"])
		assert.equal(new URL(again.page.url()).searchParams.get(name), address.searchParams.get(name), name);
	await visit.page.context().close();
	await again.page.context().close();
});

test("an old name says that it is one", async () => {
	const { page } = await open("", {});
	await page.getByRole("combobox").fill(before_ward);
	await page.waitForSelector(".choice .former");
	assert.match(await page.locator(".choice .former").first().innerText(), /Tên cũ: .*01\/01\/2026/);
	await page.context().close();
});

test("P3: an old ward tells what became of it, one that was divided, too, in one step", async () => {
	const { page } = await open("", {});
	await page.getByRole("combobox").fill("phuong hiep thanh");
	const first = page.locator('[role="option"]', { hasText: "Phường Hiệp Thành" }).first();
	await first.waitFor();
	assert.match(await first.innerText(), /Tên cũ|Phường Hiệp Thành[^]*01\/07\/2025/);
	assert.match(await first.innerText(), /nay: Phường .+ \(26 %\)[^]*nay: Phường Phú Lợi \(72 %\)/);
	await page.context().close();
});

test("late answers are never shown, and a server that is away is told", async () => {
	const { page } = await open("", {});
	const box = page.getByRole("combobox");
	let held;
	await page.route("**/api/search?q=ben", async (route) => {
		await new Promise((resolve) => (held = resolve));
		await route.continue().catch(() => undefined);
	});
	await box.pressSequentially("ben");
	await page.waitForFunction(() => true);
	await box.pressSequentially(" nghe");
	await page.waitForSelector(".choice");
	const shown = await page.locator('[role="option"]').allInnerTexts();
	held?.();
	await page.waitForTimeout(200);
	assert.deepEqual(await page.locator('[role="option"]').allInnerTexts(), shown);
	await page.route("**/api/search?*", (route) => route.abort());
	await box.fill("phu");
	await page.waitForSelector(".search .failure");
	assert.ok((await page.locator(".search .failure").innerText()).length > 10);
	await page.context().close();
});

test("words that were asked for are marked", async () => {
	const { markWords } = await loadModule("search.ts");
	const marked = (text, asked) => markWords(text, asked).map((one) => (one.marked ? `[${one.text}]` : one.text)).join("");
	assert.equal(marked("Phường Phú Lợi", "phu lo"), "Phường [Phú] [Lợ]i");
	assert.equal(marked("Hẻm 25/7 Đường Số 9", "duong 9"), "Hẻm 25/7 [Đường] Số [9]");
	assert.equal(marked("Nguyễn Huệ", ""), "Nguyễn Huệ");
});
