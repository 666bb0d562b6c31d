/* Accounts, scopes and tokens: the interface of the server, and the panel of the administrator. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCity } from "./city.mjs";
import { openPage } from "./desk.mjs";
import { startBrowser } from "./harness.mjs";
import { enter, PASSWORD } from "./people.mjs";

let city, browser, chief, lan;
const faults = [];

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	chief = await enter(city, "chief", "administrator");
	lan = await enter(city, "lan", "officer");
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
const json = async (answer) => ({ status: answer.status, ...(answer.status === 204 ? {} : await answer.json()) });
const asToken = (token, address, method = "GET", content = undefined) =>
	fetch(city.url + address, {
		method,
		headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
		...(content ? { body: JSON.stringify(content) } : {}),
	});

test("only the administrator manages accounts", async () => {
	for (const [method, address, content] of [
		["GET", "/api/accounts"],
		["POST", "/api/accounts", { login: "x1", role: "viewer" }],
		["GET", "/api/accounts/2"],
		["PATCH", "/api/accounts/2", { state: "locked" }],
		["PUT", "/api/accounts/2/scopes", []],
		["POST", "/api/accounts/2/link"],
		["GET", "/api/accounts/2/tokens"],
		["POST", "/api/accounts/2/tokens", { name: "x" }],
	]) {
		const answer = await json(await lan.send(method, address, content));
		assert.equal(answer.status, 403, `${method} ${address}`);
		assert.equal(answer.code, "ACC-RIGHT-01");
		const visitor = await fetch(city.url + address, {
			method,
			headers: { "Content-Type": "application/json" },
			...(content ? { body: JSON.stringify(content) } : {}),
		});
		assert.equal(visitor.status, 401, `${method} ${address}`);
	}
});

test("an account is made, enters by its link, is locked and closed", async () => {
	const made = await json(await chief.send("POST", "/api/accounts", { login: "Hoa.Nguyen", role: "surveyor" }));
	assert.equal(made.status, 201);
	assert.equal(made.login, "hoa.nguyen");
	assert.equal(made.url, `${city.url}/login?once=${made.link}`);
	const entered = await fetch(`${city.url}/api/session/link`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ link: made.link, password: PASSWORD }),
	});
	assert.equal(entered.status, 201);
	const cookie = entered.headers.get("set-cookie").split(";")[0];
	const session = () => fetch(`${city.url}/api/session`, { headers: { Cookie: cookie } });
	assert.equal((await json(await session())).role, "surveyor");

	const change = async (changed) => json(await chief.send("PATCH", `/api/accounts/${made.id}`, changed));
	assert.equal((await change({ role: "planner" })).status, 204);
	assert.equal((await session()).status, 401, "its sessions end with its rights of before");
	assert.equal((await change({ state: "locked" })).status, 204);
	assert.equal((await change({ state: "active" })).status, 204);
	assert.equal((await change({ role: "king" })).where, "/role");
	assert.equal((await change({ state: "asleep" })).where, "/state");
	assert.equal((await change({ state: "closed" })).status, 204);
	assert.equal((await change({ state: "active" })).status, 409);
	assert.equal((await json(await chief.send("POST", `/api/accounts/${made.id}/link`))).status, 409);
	assert.equal((await json(await chief.send("POST", "/api/accounts", { login: "hoa.nguyen", role: "viewer" }))).status, 409);
	assert.equal((await json(await chief.send("POST", "/api/accounts", { login: "a b", role: "viewer" }))).code, "ACC-LOGIN-01");
	const { accounts, roles } = await json(await chief.send("GET", "/api/accounts"));
	assert.equal(accounts.find((one) => one.login === "hoa.nguyen").state, "closed");
	assert.ok(roles.length > 5 && roles.every((role) => role.id !== "public"));
	const { id } = accounts.find((one) => one.login === "chief");
	assert.equal((await json(await chief.send("PATCH", `/api/accounts/${id}`, { role: "viewer" }))).status, 409, "the last one");
});

test("scopes narrow at once, those of visitors too", async () => {
	const { accounts } = await json(await chief.send("GET", "/api/accounts"));
	const { id } = accounts.find((one) => one.is_public);
	const put = async (rows) => json(await chief.send("PUT", `/api/accounts/${id}/scopes`, rows));
	const seen = async () => (await city.ask("/api/layers")).layers.map((layer) => layer.id);
	const all = await seen();

	assert.equal((await put([{ layer: "nowhere", may_write: false }])).where, "/0");
	assert.equal((await put([{ layer: "parcel", field: "nothing", may_write: false }])).where, "/0");
	assert.equal((await put({})).status, 400);
	assert.equal((await put([{ layer: "parcel", may_write: false }, { layer: "street", unit_id: null, field: null, may_write: false }])).status, 204);
	assert.deepEqual((await seen()).sort(), ["parcel", "street"]);
	const { scopes } = await json(await chief.send("GET", `/api/accounts/${id}`));
	assert.deepEqual(scopes[0], { layer: "parcel", unit_id: null, field: null, may_write: false });
	assert.equal((await put([])).status, 204);
	assert.deepEqual(await seen(), all);
});

test("tokens: one's own, for less, until a day, revoked; a narrow one does not administer", async () => {
	const make = async (plan, person = lan) => json(await person.send("POST", "/api/tokens", plan));
	assert.equal((await make({ name: "x", layers: ["nowhere"] })).where, "/layers");
	assert.equal((await make({ name: "x", layers: [] })).where, "/layers");
	assert.equal((await make({ name: "x", days: 0 })).where, "/days");
	assert.equal((await make({ may_write: true })).where, "/name");
	const { id, token } = await make({ name: "QGIS", layers: ["parcel"], days: 30, may_write: true });
	assert.match(token, /^dothi_\d+_[0-9a-f]{40}$/);
	assert.deepEqual((await json(await asToken(token, "/api/session"))).writes, ["parcel"]);
	assert.equal((await asToken(token, "/api/tokens")).status, 403, "a token makes no tokens");
	const [listed] = (await json(await lan.send("GET", "/api/tokens"))).tokens;
	assert.deepEqual(listed.layers, ["parcel"]);
	assert.equal(Math.round((Date.parse(listed.expires_at) - Date.parse(listed.created_at)) / 86_400_000), 30);

	const narrow = await make({ name: "reads" }, chief);
	const broad = await make({ name: "all", may_write: true }, chief);
	assert.equal((await asToken(narrow.token, "/api/accounts")).status, 403);
	assert.equal((await asToken(broad.token, "/api/accounts")).status, 200);
	assert.equal((await lan.send("DELETE", `/api/tokens/${broad.id}`)).status, 404);
	assert.equal((await lan.send("DELETE", `/api/tokens/${id}`)).status, 204);
	assert.equal((await asToken(token, "/api/session")).status, 401);
	assert.equal((await chief.send("DELETE", `/api/tokens/${broad.id}`)).status, 204);
});

test("the administrator adds somebody, narrows them, and locks them, in the panel", async () => {
	const page = await openPage({ browser, city, faults }, "/", chief);
	await page.getByRole("button", { name: "Đã đăng nhập: chief" }).click();
	await page.getByRole("button", { name: "Tài khoản và phân quyền" }).click();
	const dialog = page.locator("dothi-people");
	await dialog.locator(".accounts li").first().waitFor();
	await dialog.getByLabel("Tên đăng nhập").fill("chị hoa");
	await dialog.getByRole("button", { name: "Thêm tài khoản" }).click();
	await dialog.locator(".failure", { hasText: "ACC-LOGIN-01" }).waitFor();
	await dialog.getByLabel("Tên đăng nhập").fill("binh");
	await dialog.locator("[name=role]").selectOption("officer");
	await dialog.getByRole("button", { name: "Thêm tài khoản" }).click();
	await dialog.locator(".told-once").waitFor();
	assert.match(await dialog.locator(".told-once input").inputValue(), /\/login\?once=dothi_once_/);
	await dialog.getByRole("button", { name: "Sao chép" }).click();
	await page.locator(".toast.on", { hasText: "Đã chép" }).waitFor();

	await dialog.getByRole("button", { name: /^binh/ }).click();
	await dialog.getByRole("button", { name: "Thêm dòng" }).click();
	await dialog.locator(".scopes select").first().selectOption("parcel");
	await page.waitForFunction(() => document.querySelectorAll(".scopes select")[1].options.length > 5);
	await dialog.locator(".scopes select").nth(1).selectOption({ index: 2 });
	await dialog.locator(".scopes").getByLabel("Được sửa").check();
	await shot(page, "people");
	await dialog.getByRole("button", { name: "Lưu phạm vi" }).click();
	await page.locator(".toast.on", { hasText: "Đã lưu phạm vi" }).waitFor();
	await dialog.getByRole("button", { name: "Khóa", exact: true }).click();
	await dialog.getByRole("button", { name: "Mở khóa" }).waitFor();
	assert.match(await dialog.getByRole("button", { name: /^binh/ }).innerText(), /đang khóa/);
	const { accounts } = await json(await chief.send("GET", "/api/accounts"));
	const { scopes } = await json(await chief.send("GET", `/api/accounts/${accounts.find((one) => one.login === "binh").id}`));
	assert.equal(scopes[0].layer, "parcel");
	assert.ok(scopes[0].unit_id > 0 && scopes[0].may_write);
	await page.context().close();
});

test("everybody makes and revokes the own tokens, on a phone too", async () => {
	const page = await openPage({ browser, city, faults }, "/", lan, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
	await page.getByRole("button", { name: "Đã đăng nhập: lan" }).tap();
	await page.getByRole("button", { name: "Token của tôi" }).tap();
	const dialog = page.locator("dothi-people");
	await dialog.getByLabel("Tên token").fill("QGIS máy quầy 3");
	await dialog.getByRole("button", { name: "Tạo token" }).tap();
	await dialog.locator(".told-once").waitFor();
	assert.match(await dialog.locator(".told-once input").inputValue(), /^dothi_/);
	await shot(page, "tokens-phone");
	assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
	await dialog.getByRole("button", { name: /Thu hồi: QGIS máy/ }).tap();
	await dialog.locator(".tokens li").waitFor({ state: "detached" });
	await page.context().close();
});

test("no page had a fault", () => assert.deepEqual(faults, []));
