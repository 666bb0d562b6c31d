/* Logging in and editing, in a real browser against the real server over the sample city. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ringOf, startCity } from "./city.mjs";
import { at, drag, openEditOf, openPage, rounded, save, ZOOM } from "./desk.mjs";
import { startBrowser } from "./harness.mjs";
import { addPerson, enter, PASSWORD } from "./people.mjs";

let city, browser, officer, bare;
const faults = [];
const open = (address, person = officer, options = {}) => openPage({ browser, city, faults }, address, person, options);
const openEdit = (parcel, person = officer, options = {}) => openEditOf({ browser, city, faults }, parcel, person, options);
const item = (id, layer = "parcel") => city.ask(`/ogc/collections/${layer}/items/${id}`);

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	officer = await enter(city, "lan", "officer");
	bare = await city.bareParcels(12);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

test("a link sets the password, with the rules said", async () => {
	const link = addPerson(city, "hoa", "viewer");
	const page = await open(`/login?once=${link}`, null);
	const [first, second] = [page.locator("[name=first]"), page.locator("[name=second]")];
	const set = page.getByRole("button", { name: "Đặt mật khẩu" });

	assert.match(await page.locator("#password-rules").innerText(), /Ít nhất 8 ký tự, nên từ 15/);
	await first.fill(PASSWORD);
	await second.fill("một câu khác hẳn");
	await set.click();
	assert.match(await page.locator("dothi-password .failure").innerText(), /chưa giống nhau/);
	for (const input of [first, second]) await input.fill("12345678");
	await set.click();
	await page.waitForFunction(() => /PASS-COMMON-01/.test(document.querySelector("dothi-password .failure")?.innerText));
	for (const input of [first, second]) await input.fill(PASSWORD);
	await set.click();
	await page.getByRole("button", { name: "Đã đăng nhập: hoa" }).waitFor();
	assert.ok(!page.url().includes("once"), "the link is gone from the address");
	await page.context().close();
});

test("one logs in, is told why not, waits, and logs out", async () => {
	const page = await open("/", null);
	await page.getByRole("button", { name: "Đăng nhập" }).click();
	const [login, password] = [page.locator("[name=login]"), page.locator("[name=password]")];
	await login.fill("lan");
	await password.fill("không phải thế");
	await password.press("Enter");
	await page.waitForSelector("dothi-login .failure");
	assert.match(await page.locator("dothi-login .failure").innerText(), /không đúng[^]*LOGIN-NO-01/);

	await page.route("**/api/session", (route) =>
		route.fulfill({
			status: 429,
			contentType: "application/problem+json",
			headers: { "Retry-After": "2" },
			body: JSON.stringify({ detail: "Quá nhiều lần.", code: "LOGIN-WAIT-01", status: 429 }),
		}),
	);
	await password.press("Enter");
	await page.getByRole("button", { name: /Thử lại sau [12] giây/ }).waitFor();
	await page.unroute("**/api/session");
	await page.waitForFunction(() => !document.querySelector("dothi-login .button").disabled);
	await password.fill(PASSWORD);
	await password.press("Enter");
	await page.getByRole("button", { name: "Đã đăng nhập: lan" }).click();
	assert.match(await page.locator(".menu").innerText(), /Cán bộ|Địa chính|phụ trách/i);
	await page.getByRole("button", { name: "Đăng xuất" }).click();
	await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
	await page.context().close();
});

test("who may not write sees no button for it", async () => {
	const page = await open(`/?z=${ZOOM}&c=${rounded(bare[0].middle)}&id=parcel/${bare[0].record.id}`, null);
	await page.waitForSelector(".record.selected");
	assert.equal(await page.getByRole("button", { name: "Sửa", exact: true }).count(), 0);
	assert.equal(await page.getByRole("button", { name: "Thêm đối tượng" }).count(), 0);
	await page.context().close();
});

test("attributes: only what changed is sent, and the reason with it", async () => {
	const { record } = bare[0];
	const page = await openEdit(bare[0]);
	assert.ok(await save(page).isDisabled(), "nothing has changed yet");
	await page.locator("#field-area_legal_m2").fill("1.234,5");
	assert.match(await page.locator("#hint-area_legal_m2").innerText(), /Hiểu là 1\.234,5 m²/);
	await page.locator("#field-land_use").fill("TMD");
	await page.getByLabel("Lý do").fill("Theo biên bản số 12");
	const [request] = await Promise.all([page.waitForRequest((one) => one.method() === "PATCH"), save(page).click()]);
	assert.deepEqual(request.postDataJSON(), { properties: { area_legal_m2: 1234.5, land_use: "TMD" } });
	assert.equal(request.headers()["if-match"], `"v${record.properties.version}"`);
	assert.equal(decodeURIComponent(request.headers()["dothi-reason"]), "Theo biên bản số 12");
	await page.waitForSelector("dothi-card .record.selected");
	assert.match(await page.locator("dothi-card .record.selected").innerText(), /1\.234,5 m²[^]*\(TMD\)[^]*phiên bản 2/);
	const now = await item(record.id);
	assert.deepEqual(now.geometry, record.geometry);
	await page.context().close();
});

test("a fault is told at its field, before and after it was sent", async () => {
	const page = await openEdit(bare[1]);
	await page.locator("#field-area_legal_m2").fill("chín mươi");
	await save(page).click();
	assert.equal(await page.locator("#field-area_legal_m2").getAttribute("aria-invalid"), "true");
	assert.match(await page.locator("#hint-area_legal_m2").innerText(), /nhập một số/);
	await page.locator("#field-area_legal_m2").fill("");
	await page.locator("#field-map_sheet").fill("x".repeat(70_000));
	await save(page).click();
	await page.waitForFunction(() => document.querySelector("#hint-map_sheet.fault")?.innerText);
	await page.waitForFunction(() => document.activeElement.id === "field-map_sheet");
	await page.context().close();
});

test("a corner is moved; the others keep their digits; undo and redo", async () => {
	const { record, middle } = bare[2];
	const page = await openEdit(bare[2]);
	const ring = ringOf(record);
	const measure = () => page.locator(".shape-measure b").innerText();
	const area = await measure();

	/* Outwards, where it cuts nothing. */
	const [x, y] = await at(page, ring[0], middle);
	const [middleX, middleY] = await at(page, rounded(middle), middle);
	await drag(page, [x, y], [(x - middleX) / 2, (y - middleY) / 2]);
	const moved = await measure();
	assert.notEqual(moved, area);
	await page.keyboard.press("Control+z");
	assert.equal(await measure(), area);
	assert.ok(await save(page).isDisabled(), "all is as it was");
	await page.keyboard.press("Control+Shift+z");
	assert.equal(await measure(), moved);
	await save(page).click();
	await page.waitForSelector("dothi-card .record.selected");
	const now = await item(record.id);
	assert.deepEqual(ringOf(now).slice(1), ring.slice(1));
	assert.notDeepEqual(ringOf(now)[0], ring[0]);
	await page.context().close();
});

test("a corner snaps to the neighbour's, is put on coordinates, and is removed", async () => {
	const { record, middle } = bare[3];
	const page = await openEdit(bare[3]);
	const ring = ringOf(record);
	/* The nearest corner of somebody else that is none of ours. */
	const others = (await city.records("parcel")).filter((one) => one.id !== record.id).flatMap(ringOf);
	const far = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
	const strange = others.filter((place) => ring.every((corner) => far(corner, place) > 1e-5));
	const target = strange.reduce((best, place) => (far(place, ring[0]) < far(best, ring[0]) ? place : best));
	const [x, y] = await at(page, ring[0], middle);
	const [toX, toY] = await at(page, target, middle);

	await page.waitForTimeout(1000); /* the neighbours come */
	await drag(page, [x, y], [toX - x + 4, toY - y + 3]);
	await page.mouse.click(toX, toY);
	await page.waitForSelector(".corner-place");
	const boxes = page.locator(".corner-place input");
	const { place } = await city.at(target, 1);
	const number = (text) => Number(text.replace(",", "."));
	assert.ok(Math.abs(number(await boxes.nth(0).inputValue()) - place.north) < 0.002, "it snapped");
	assert.ok(Math.abs(number(await boxes.nth(1).inputValue()) - place.east) < 0.002);

	await boxes.nth(1).fill(String(place.east - 1).replace(".", ","));
	await boxes.nth(1).press("Enter");
	await page.waitForFunction(
		(east) => Math.abs(Number(document.querySelectorAll(".corner-place input")[1].value.replace(",", ".")) - east) < 0.002,
		place.east - 1,
	);
	await page.getByRole("button", { name: "Xóa đỉnh" }).click();
	assert.match(await page.locator(".corner-bar").innerText(), new RegExp(`${ring.length - 1} đỉnh`));
	await page.getByRole("button", { name: "Hủy", exact: true }).click();
	await page.getByRole("button", { name: "Bỏ thay đổi" }).click();
	await page.waitForSelector("dothi-card .record.selected");
	assert.equal((await item(record.id)).properties.version, 1);
	await page.context().close();
});

test("a shape at fault is told at the shape", async () => {
	const { record, middle } = bare[4];
	const page = await openEdit(bare[4]);
	const ring = ringOf(record);
	/* A corner goes across to the other side: the outline cuts itself. */
	const [x, y] = await at(page, ring[0], middle);
	const [acrossX, acrossY] = await at(page, ring[2], middle);
	await drag(page, [x, y], [(acrossX - x) * 1.6 + 10, (acrossY - y) * 1.6]);
	await save(page).click();
	await page.waitForSelector(".shape-tools .fault");
	assert.ok((await page.locator(".shape-tools .fault").innerText()).length > 10);
	await page.context().close();
});

test("a new record is drawn, by mouse and by keyboard", async () => {
	const { middle } = bare[5];
	const page = await open(`/?z=${ZOOM}&c=${rounded(middle)}`);
	await page.getByRole("button", { name: "Thêm đối tượng" }).click();
	await page.locator(".menu").getByRole("button", { name: "Thửa đất" }).click();
	await page.waitForSelector("dothi-edit .card");
	const [x, y] = await at(page, middle, middle);
	for (const [dx, dy] of [[-30, -30], [30, -30], [30, 30]]) {
		await page.mouse.move(x + dx - 1, y + dy);
		await page.mouse.click(x + dx, y + dy);
		await page.waitForTimeout(300);
	}
	await page.locator(".map").focus();
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Xong" }).click();
	assert.match(await page.locator(".corner-bar").innerText(), /4 đỉnh/);
	await page.locator("#field-parcel_no").fill("999");
	await save(page).click();
	await page.waitForSelector("dothi-card .record.selected");
	assert.match(await page.locator("dothi-card .record.selected").innerText(), /Thửa đất số 999[^]*phiên bản 1/);
	const id = Number(new URL(page.url()).searchParams.get("id").split("/")[1]);
	assert.equal(ringOf(await item(id)).length, 4);

	await page.getByRole("button", { name: "Sửa", exact: true }).click();
	await page.getByRole("button", { name: "Kết thúc hiệu lực" }).click();
	await page.locator(".edit-foot").getByRole("button", { name: "Kết thúc hiệu lực" }).click();
	await page.locator(".toast.on", { hasText: "kết thúc" }).waitFor();
	await page.context().close();
});

test("a lost answer is asked for again under the same key", async () => {
	const { record } = bare[6];
	const page = await openEdit(bare[6]);
	const keys = [];
	await page.route("**/items/*", async (route) => {
		if (route.request().method() !== "PATCH") return route.continue();
		keys.push(route.request().headers()["idempotency-key"]);
		if (keys.length > 1) return route.continue();
		/* It is done, but nobody hears of it. */
		await route.fetch();
		return route.abort();
	});
	await page.locator("#field-parcel_no").fill("77");
	await save(page).click();
	await page.getByRole("button", { name: "Gửi lại" }).click();
	await page.waitForSelector("dothi-card .record.selected");
	assert.equal(keys[0], keys[1]);
	assert.equal((await item(record.id)).properties.version, 2);
	await page.context().close();
});

test("a session that ends asks to log in again, and goes on", async () => {
	const person = await enter(city, "minh", "officer");
	const { record } = bare[7];
	const page = await openEdit(bare[7], person);
	await page.locator("#field-parcel_no").fill("78");
	await person.send("DELETE", "/api/session");
	await save(page).click();
	await page.waitForSelector("dothi-login dialog[open]");
	assert.match(await page.locator("dothi-login").innerText(), /phần đang sửa vẫn còn nguyên/);
	assert.equal(await page.locator("[name=login]").inputValue(), "minh");
	await page.locator("[name=password]").fill(PASSWORD);
	await page.locator("[name=password]").press("Enter");
	await page.waitForSelector("dothi-card .record.selected");
	assert.equal((await item(record.id)).properties.parcel_no, "78");
	await page.context().close();
});

test("with a session that is over the page still opens, as a visitor's", async () => {
	const person = await enter(city, "binh", "viewer");
	await person.send("DELETE", "/api/session");
	const page = await open("/", person);
	await page.getByRole("button", { name: "Đăng nhập" }).waitFor();
	assert.equal((await page.context().cookies()).length, 0);
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
