/* The desk for house numbers in a browser: checks H1, H3 ... H6 with the interactions counted, P3, P4. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { openPage } from "./desk.mjs";
import { require, startBrowser } from "./harness.mjs";
import { enter } from "./people.mjs";
import { layOut, streets } from "./quarter.mjs";

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const shots = process.env.DOTHI_SHOTS;
const applicant = { name: "Nguyễn Thị Ngọc Ánh", id_number: "074188000123", contact: "0901 234 567" };
const SIGNER = "Trần Văn Bình";

let city, browser, officer, approver, lots;
const faults = [];

before(async () => {
	city = await startCity({ prepare: layOut });
	browser = await startBrowser();
	officer = await enter(city, "an", "officer");
	approver = await enter(city, "duyet", "approver");
	lots = new Map((await city.records("parcel")).map(({ id, properties }) => [`${properties.map_sheet}/${properties.parcel_no}`, id]));
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const where = () => ({ browser, city, faults });
const shot = async (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
	return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}

/* ux.md §2: one click, one text typed and committed, or one key is one interaction. */
class Hand {
	count = 0;
	constructor(page) {
		this.page = page;
	}
	async click(what) {
		this.count++;
		await (typeof what === "string" ? this.page.locator(what) : what).first().click();
	}
	async press(key) {
		this.count++;
		await this.page.keyboard.press(key);
	}
	async type(what, text, commit = "Enter") {
		this.count++;
		const box = this.page.locator(what).first();
		await box.fill(text);
		await box.press(commit);
	}
}

/* Each test has people and a browser of its own; no request leaves the house. */
async function openDesk(at = "queue", person = approver, options = {}) {
	const page = await openPage(where(), "/", person, { reducedMotion: "reduce", ...options });
	page.on("request", (request) => {
		const { protocol, origin } = new URL(request.url());
		if (protocol.startsWith("http") && origin !== city.url) faults.push(`asked ${request.url()}`);
	});
	await page.goto(`${city.url}/?desk=${at}`);
	await page.waitForSelector("dothi-counter .counter", { state: "attached" });
	return page;
}

async function receive(no, who = officer) {
	const answer = await who.send("POST", "/api/dossiers", { parcel: lots.get(no), applicant, papers: ["application"] });
	assert.equal(answer.status, 201, await answer.clone().text());
	return answer.json();
}
const show = async (id, who = approver) => (await who.send("GET", `/api/dossiers/${id}`)).json();
const certificatesOf = async (address) => (await (await approver.send("GET", `/api/certificates?address=${address}`)).json()).certificates;
const line = (page, file) => page.locator(".queue-line", { hasText: file.file_no });
const plate = (page) => page.locator("dothi-proposal .house-plate b");
const toast = (page, text) => page.locator(".toast", { hasText: text }).waitFor({ state: "attached" });

test("H1: a number is issued, its paper signed and printed in three interactions", async () => {
	const [first, second] = [await receive("12/13"), await receive("12/14")];
	const page = await openDesk();
	const hand = new Hand(page);
	await line(page, first).waitFor();
	await shot(page, "numbering-queue");
	await hand.click(line(page, first));
	await page.locator("button.issue:enabled").waitFor();
	assert.equal(await plate(page).innerText(), "26");
	const why = await page.locator(".steps").innerText();
	assert.match(why, /Nằm sau số 24/);
	assert.ok(await page.locator('.steps li[title="theo cấu hình của đơn vị"]').count());
	await page.waitForTimeout(shots ? 1000 : 0);
	await shot(page, "numbering-file");
	await hand.click("button.issue");
	await page.locator("[name=signer]").waitFor();
	await hand.type("[name=signer]", SIGNER, "Tab");
	await page.locator("iframe.sheet").waitFor();
	await page.waitForTimeout(shots ? 1500 : 0);
	await shot(page, "numbering-preview");
	await hand.click("button.sign");
	await page.locator("button.print").waitFor();
	assert.ok(hand.count <= 4, `${hand.count} interactions, the signer's name once for all`);

	hand.count = 0;
	await hand.click(line(page, second));
	await page.locator("button.issue:enabled").waitFor();
	assert.equal(await plate(page).innerText(), "28");
	await hand.press("c");
	await page.locator("button.sign").waitFor();
	await hand.press("p");
	await page.locator("button.print").waitFor();
	assert.equal(hand.count, 3);
	await shot(page, "numbering-signed");

	for (const file of [first, second]) {
		const now = await show(file.id);
		assert.equal(now.state, "issued");
		const [paper] = await certificatesOf(now.address.id);
		assert.deepEqual([paper.state, paper.signer, paper.data.label], ["valid", SIGNER, now.address.label]);
		const pdf = `${city.folder}/${paper.id}.pdf`;
		fs.writeFileSync(pdf, Buffer.from(await (await approver.send("GET", `/api/certificates/${paper.id}.pdf`)).arrayBuffer()));
		const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).normalize("NFC");
		for (const part of [now.address.label, applicant.name, SIGNER, paper.paper_number, paper.data_sha256]) assert.ok(text.includes(part), part);
	}
	await page.context().close();
});

test("an officer sends for signature, an approver signs; the queue follows by itself", async () => {
	const file = await receive("12/15");
	const [page, desk] = [await openDesk("queue", officer), await openDesk("queue", approver)];
	await line(page, file).click();
	await page.locator("button.issue:enabled").click();
	await page.getByRole("button", { name: "Trình ký" }).click();
	await page.getByText("Đã trình, đang chờ ký.").waitFor();
	await line(desk, file).locator("text=Trình ký").waitFor();
	await line(desk, file).click();
	await desk.locator("[name=signer]").fill(SIGNER);
	await desk.locator("button.sign:enabled").click();
	await desk.locator("button.print").waitFor();
	assert.equal((await show(file.id)).state, "issued");
	await line(page, file).waitFor({ state: "detached" });
	for (const one of [page, desk]) await one.context().close();
});

test("H3: a number that is taken, of the other side, without a scheme: said with what to do, no paper", async () => {
	const file = await receive("12/16");
	const page = await openDesk(`file/${file.id}`);
	await page.locator("button.issue:enabled").waitFor();
	const other = page.locator("dothi-proposal [name=number]");
	await other.fill("30");
	await other.press("Tab");
	await page.locator("button.issue").click();
	await page.locator(".failure", { hasText: "NUM-DUP-01" }).waitFor();
	assert.match(await page.locator(".failure").first().innerText(), /Số 30 đã cấp cho .*Số trống gần nhất: \d+/s);
	assert.equal(await other.inputValue(), "30", "what was typed is there");
	await shot(page, "numbering-duplicate");
	assert.deepEqual(await violations(page), []);

	await other.fill("101");
	await other.press("Tab");
	await page.locator("button.issue").click();
	await page.locator(".failure", { hasText: "NUM-SIDE-01" }).waitFor();
	assert.ok(await page.locator("button.issue").isDisabled(), "first the reason");
	assert.equal(await page.evaluate(() => document.activeElement.name), "side_reason");
	await shot(page, "numbering-side");
	assert.deepEqual((await show(file.id)).state, "received");

	const without = await receive("12/201");
	await page.goto(`${city.url}/?desk=file/${without.id}`);
	await page.locator("button.issue:enabled").click();
	await page.locator(".failure", { hasText: "NUM-PLAN-01" }).waitFor();
	await page.getByRole("button", { name: /Lập phương án/ }).click();
	await page.locator("table.scheme tbody tr").first().waitFor();
	assert.equal((await show(without.id)).address, null);
	await page.context().close();
});

test("H4: two officers at once: one number each, and nothing that was typed is lost", async () => {
	const [a, b] = [await openDesk(`lot/${lots.get("12/18")}`, officer), await openDesk(`lot/${lots.get("12/19")}`, approver)];
	for (const page of [a, b]) await page.locator("button.issue:enabled").waitFor();
	const wanted = await plate(a).innerText();
	await b.locator("dothi-proposal [name=number]").fill(wanted);
	await b.locator("dothi-proposal [name=number]").press("Tab");
	await Promise.all([a, b].map((page) => page.locator("button.issue").click()));
	const seen = async (page) => {
		await page.locator("dothi-certificate, .failure").first().waitFor();
		return (await page.locator(".failure").count()) ? "refused" : "issued";
	};
	const outcomes = [await seen(a), await seen(b)];
	assert.deepEqual([...outcomes].sort(), ["issued", "refused"]);
	const late = outcomes[0] === "refused" ? a : b;
	const said = await late.locator(".failure").first().innerText();
	assert.match(said, /NUM-DUP-01/);
	await shot(late, "numbering-two");
	/* What is free now stands there, to go on with. */
	const free = /Số trống gần nhất: (\d+)/.exec(said)[1];
	await late.locator(".choices .chip", { hasText: new RegExp(`^${free}$`) }).click();
	await late.locator("button.issue:enabled").click();
	await late.locator("dothi-certificate").waitFor();
	assert.equal(await plate(late).innerText(), free);
	for (const page of [a, b]) await page.context().close();
});

test("H4: two officers on one file: the second is told who was quicker, and goes on", async () => {
	const file = await receive("12/20");
	const page = await openDesk(`file/${file.id}`);
	await page.locator("button.issue:enabled").waitFor();
	await page.keyboard.press("b");
	await page.locator(".move-form [name=words]").fill("thiếu bản sao giấy tờ đất");
	/* The page hears of it only when it asks: what it sends is of the version before. */
	await page.route("**/api/dossiers/*", (route) => (route.request().method() === "GET" ? route.abort() : route.continue()));
	const answer = await officer.send("POST", `/api/dossiers/${file.id}/appraise`, { version: 1 });
	assert.equal(answer.status, 200);
	await page.waitForTimeout(300);
	await page.unroute("**/api/dossiers/*");
	await page.locator(".move-form button.button").first().click();
	await page.locator(".failure", { hasText: /DOS-STALE-01/ }).first().waitFor();
	assert.match(await page.locator(".failure").first().innerText(), /vừa được an thay đổi/);
	assert.equal(await page.locator(".move-form [name=words]").inputValue(), "thiếu bản sao giấy tờ đất");
	await page.locator(".move-form button.button").first().click();
	await page.locator(".file-state", { hasText: "Đồng hồ dừng" }).waitFor();
	assert.equal((await show(file.id)).state, "supplement");
	await shot(page, "numbering-supplement");
	await page.context().close();
});

test("a number of the other side is issued with its reason, where the officer wants it", async () => {
	const page = await openDesk(`lot/${lots.get("12/17")}`);
	await page.locator("button.issue:enabled").waitFor();
	const other = page.locator("dothi-proposal [name=number]");
	await other.fill("99");
	await other.press("Tab");
	await page.locator("button.issue").click();
	await page.locator("[name=side_reason]").fill("Cửa chính mở sang bên kia");
	await page.locator("button.issue:enabled").click();
	await page.locator("dothi-certificate").waitFor();
	assert.equal(await plate(page).innerText(), "99");
	await page.context().close();
});

test("H5: an alley of 30 houses is numbered, sent and decided in six interactions", async () => {
	const page = await openDesk("schemes");
	const hand = new Hand(page);
	await hand.type(".counter-search input", streets.alley);
	const found = page.locator(".queue-line", { hasText: streets.alley });
	await page.locator("table.scheme").or(found).first().waitFor();
	if (!(await page.locator("table.scheme").count())) await hand.click(found);
	await page.locator("table.scheme tbody tr").nth(29).waitFor();
	assert.equal(await page.locator("table.scheme tbody tr").count(), 30);
	await page.waitForTimeout(shots ? 1000 : 0);
	await shot(page, "numbering-scheme");
	assert.deepEqual(await violations(page), []);
	await hand.click(page.getByRole("button", { name: "Lưu phương án" }));
	await toast(page, "Đã lưu phương án");
	await hand.click(page.getByRole("button", { name: "Trình duyệt" }));
	await page.locator("[name=document]").waitFor();
	await hand.type("[name=document]", "46/QĐ-UBND");
	await toast(page, "Đã duyệt, 30 số nhà");
	assert.ok(hand.count <= 6, `${hand.count} interactions`);
	const houses = (await city.records("address")).filter(({ properties }) => properties.label.includes(streets.alley) && properties.status === "current");
	assert.equal(houses.length, 30);
	assert.equal(new Set(houses.map(({ properties }) => properties.number)).size, 30);
	for (const { properties, geometry } of houses) {
		const middle = (await city.records("parcel")).find(({ id }) => id === properties.parcel_id).geometry.coordinates[0][0][0][0];
		/* The alley runs south: its left is the east. */
		assert.equal(properties.number % 2 === 1, middle > geometry.coordinates[0] - 1e-4, `${properties.label}`);
	}
	await page.context().close();
});

test("a number of a scheme is changed in its table; a double one is said, and stays to be mended", async () => {
	const page = await openDesk("way/3", officer);
	await page.locator("table.scheme tbody tr").nth(5).waitFor();
	const box = page.locator("table.scheme input");
	const before = await box.nth(1).inputValue();
	await box.nth(0).fill(before);
	await box.nth(0).press("Tab");
	await page.locator(".failure", { hasText: "NUM-SCHEME-05" }).waitFor();
	assert.equal(await box.nth(0).inputValue(), before);
	await box.nth(0).fill(`${before}A`);
	await box.nth(0).press("Tab");
	await page.locator(".failure").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Trình duyệt" }).click();
	await page.getByText("Đang chờ người có thẩm quyền duyệt.").waitFor();
	const { schemes } = await (await officer.send("GET", "/api/numbering/schemes?street=3")).json();
	assert.equal(schemes[0].state, "submitted");
	/* Who decides says no, with the reason. */
	const desk = await openDesk(`scheme/${schemes[0].id}`);
	await desk.getByRole("button", { name: "Không duyệt" }).click();
	await desk.locator("[name=reason]").fill("Chưa lấy ý kiến người dân");
	await desk.getByRole("button", { name: "Không duyệt" }).click();
	await desk.locator("h2", { hasText: "Không duyệt" }).waitFor();
	for (const one of [page, desk]) await one.context().close();
});

test("H6: a file is taken in by keyboard alone; the focus is seen at each stop", async () => {
	const page = await openDesk();
	const stops = [];
	/* What has the focus is marked: an outline, its own or of what is around it. */
	const look = async () => {
		const stop = await page.evaluate(() => {
			const at = document.activeElement;
			const marked = (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 1;
			const box = at.getBoundingClientRect();
			return { name: at.getAttribute("name") ?? at.textContent.trim().slice(0, 30), seen: (marked(at) || marked(at.parentElement)) && box.width > 0 && box.top < innerHeight };
		});
		stops.push(stop);
		return stop.name;
	};
	await page.keyboard.press("n");
	await page.locator("dothi-intake [name=q]").waitFor();
	assert.equal(await look(), "q");
	await page.keyboard.type(applicant.id_number);
	await page.keyboard.press("Enter");
	await page.keyboard.type("tờ 12 thửa 202");
	await page.keyboard.press("Enter");
	await page.locator(".lot").waitFor();
	assert.match(await page.locator(".lot").innerText(), /Thửa 12\/202/);
	assert.equal(await look(), "name");
	await page.keyboard.type(applicant.name);
	await page.keyboard.press("Tab");
	assert.equal(await look(), "id_number");
	assert.equal(await page.locator("[name=id_number]").inputValue(), applicant.id_number);
	await page.keyboard.press("Tab");
	assert.equal(await look(), "contact");
	await page.keyboard.type(applicant.contact);
	await page.keyboard.press("Tab");
	assert.equal(await look(), "note");
	await page.keyboard.press("Tab");
	assert.equal(await look(), "Tiếp nhận");
	await shot(page, "numbering-intake");
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press("Enter");
	await page.locator(".received").waitFor();
	assert.equal(await look(), "In biên nhận");
	await page.frameLocator("iframe.sheet").locator("svg[role=img]").waitFor();
	await page.waitForTimeout(shots ? 500 : 0);
	await shot(page, "numbering-receipt");
	const number = await page.locator(".received b").innerText();
	await page.keyboard.press("Tab");
	assert.equal(await look(), "Mở hồ sơ");
	await page.keyboard.press("Enter");
	await page.locator("dothi-file h2", { hasText: "Thửa 12/202" }).waitFor();
	await page.waitForFunction(() => document.activeElement?.tagName === "H2");
	await page.keyboard.press("Escape");
	/* Down and up the queue. */
	await page.keyboard.press("Escape");
	await page.locator(".queue-line", { hasText: number }).waitFor();
	await page.keyboard.press("j");
	await look();
	await page.keyboard.press("j");
	await look();
	await page.keyboard.press("k");
	await look();
	await page.keyboard.press("Enter");
	await page.locator("dothi-file h2").waitFor();
	await page.keyboard.press("?");
	await page.locator(".counter-keys[open]").waitFor();
	assert.deepEqual(await violations(page), []);
	await page.keyboard.press("Escape");
	await page.keyboard.press("/");
	assert.equal(await look(), "q");
	assert.deepEqual(stops.filter(({ seen }) => !seen), []);
	await page.context().close();
});

test("from the cards of the map: a parcel, a house number, a street; closing gives the map back", async () => {
	const house = (await city.records("address")).find(({ properties }) => properties.plate === "3");
	for (const [key, chip, what] of [
		[`parcel/${lots.get("12/203")}`, "Số nhà", "dothi-lot h2"],
		[`address/${house.id}`, "Đổi số, in giấy", "dothi-number h2"],
		["street/1", "Đánh số", "dothi-scheme h2"],
	]) {
		const page = await openPage(where(), `/?id=${key}`, officer);
		await page.locator(".record.selected").getByRole("button", { name: chip, exact: true }).click();
		await page.locator(what).waitFor();
		assert.match(page.url(), /desk=/);
		await page.getByRole("button", { name: "Đóng bàn làm việc, về bản đồ" }).click();
		await page.locator("dothi-counter").waitFor({ state: "detached" });
		assert.doesNotMatch(page.url(), /desk=/);
		await page.context().close();
	}
	const visitor = await openPage(where(), `/?desk=queue&id=parcel/${lots.get("12/203")}`, null);
	await visitor.waitForSelector(".record.selected");
	assert.equal(await visitor.locator("dothi-counter, [data-counter]").count(), 0, "visitors issue nothing");
	assert.equal(await visitor.getByRole("button", { name: "Số nhà", exact: true }).count(), 0);
	await visitor.context().close();
});

test("a number is changed and retired with a reason; its paper before says so", async () => {
	const house = (await city.records("address")).find(({ properties }) => properties.plate === "5" && properties.label.endsWith("Yersin"));
	const page = await openDesk(`number/${house.id}`);
	await page.getByRole("button", { name: "Đổi số" }).click();
	await page.locator(".move-form [name=number]").fill("3B");
	await page.locator(".move-form [name=reason]").fill("Người dân đề nghị");
	await page.locator(".move-form button.button").first().click();
	await page.locator("h2", { hasText: "3B Yersin" }).waitFor();
	assert.match(await page.locator("dothi-number").innerText(), /Trước đây: 5 Yersin/);
	await page.getByRole("button", { name: "Thu hồi số" }).click();
	await page.locator(".move-form [name=reason]").fill("Nhà đã phá dỡ");
	await page.locator(".move-form button.danger").click();
	await page.getByText("Đã thu hồi", { exact: true }).waitFor();
	await shot(page, "numbering-number");
	assert.deepEqual(await violations(page), []);
	await page.context().close();
});

test("both languages in place, with what was typed; both themes, on a desk and on a phone", async () => {
	const file = await receive("12/205");
	for (const colorScheme of ["light", "dark"])
		for (const width of [360, 1366]) {
			const phone = width < 500;
			const page = await openDesk(`file/${file.id}`, approver, { viewport: { width, height: phone ? 640 : 768 }, colorScheme, hasTouch: phone, isMobile: phone });
			await page.locator("button.issue:enabled").waitFor();
			const other = page.locator("dothi-proposal [name=number]");
			await other.fill("9Z");
			await other.press("Tab");
			await page.waitForTimeout(shots ? 800 : 100);
			await shot(page, `numbering-${colorScheme}-${width}`);
			assert.deepEqual(await violations(page), [], `${colorScheme} ${width} vi`);
			if (phone) {
				assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "nothing to scroll sideways");
				await page.getByRole("button", { name: "Xem bản đồ" }).tap();
				await page.waitForTimeout(shots ? 800 : 0);
				await shot(page, `numbering-map-${colorScheme}`);
				assert.deepEqual(await violations(page), []);
				await page.getByRole("button", { name: "Về hồ sơ" }).tap();
			}
			await page.getByRole("button", { name: /^EN/ }).click();
			await page.getByRole("button", { name: "Issue", exact: true }).waitFor();
			await page.locator(".steps", { hasText: "The parcel lies at Pasteur" }).waitFor();
			assert.equal(await other.inputValue(), "9Z");
			assert.deepEqual(await violations(page), [], `${colorScheme} ${width} en`);
			await page.locator("dothi-file").getByRole("button", { name: "Close" }).click();
			await page.locator(".queue-line").first().waitFor();
			assert.deepEqual(await violations(page), []);
			await shot(page, `numbering-queue-${colorScheme}-${width}`);
			await page.context().close();
		}
});

test("P3, P4: an address of before leads to the one of today, both wards are told, in two interactions", async () => {
	const sample = await startCity({ parcels: 4000 });
	const { units } = await sample.ask("/api/units?all_dates=1");
	const houses = (await sample.records("address")).filter(({ properties }) => properties.admin_unit_id !== properties.unit_now_id);
	/* The ward in which it lay then, by geometry. */
	const lay = async ({ geometry: { coordinates: [lon, lat] } }) => {
		const { features } = await sample.ask(`/api/at?lon=${lon}&lat=${lat}&radius_m=1&all_dates=1`);
		return units.find(({ id, valid_to }) => valid_to && features.some((one) => one.layer === "admin_unit" && one.id === id));
	};
	for (const house of [houses[10], houses.find(({ properties }) => properties.label.includes("/"))]) {
		const [before, now] = [await lay(house), units.find(({ id }) => id === house.properties.unit_now_id)];
		const page = await openPage({ browser, city: sample, faults }, "/", null, { reducedMotion: "reduce" });
		const hand = new Hand(page);
		await hand.type("[role=combobox]", `${house.properties.label} ${before.name.replace("Phường ", "")}`);
		await page.locator(".record.selected").waitFor();
		assert.ok(hand.count <= 2);
		assert.ok(page.url().includes(`id=address/${house.id}`), `${page.url()} ${house.id}`);
		const card = page.locator(".record.selected");
		await card.locator("dothi-unit", { hasText: now.name }).waitFor();
		await card.locator("dothi-unit", { hasText: "đến hết 30/06/2025" }).waitFor();
		assert.match(await card.locator(".record-heading").innerText(), new RegExp(house.properties.label));
		await shot(page, "numbering-p3");
		await page.context().close();
	}
	await sample.stop();
	/* A number that was changed is found by the one before. */
	const page = await openPage(where(), "/", null, { reducedMotion: "reduce" });
	await page.getByRole("combobox").fill("5 yersin");
	const option = page.locator('[role="option"]', { hasText: "3B Yersin" });
	await option.waitFor();
	assert.match(await option.innerText(), /5 Yersin/);
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
