/* The map in a real browser, against the real server and a register whose places are known. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { landUse, makeCity, ORIGIN, parcelCorner, PARCELS, removeCity } from "./city.mjs";
import { dothi, offsetOf, startBrowser, startServer } from "./harness.mjs";

let folder, server, browser;
const foreign = [];
const faults = [];

before(async () => {
	folder = makeCity(dothi);
	server = await startServer(folder);
	browser = await startBrowser();
});

after(async () => {
	await browser?.close();
	await server?.stop();
	if (folder) removeCity(folder);
});

/** A page at an address of the map, when it has drawn. */
async function open(address = "/", options = {}) {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN", ...options });
	const page = await context.newPage();
	page.on("request", (request) => {
		if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
	});
	page.on("pageerror", (error) => faults.push(error.stack));
	page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
	await page.goto(server.url + address);
	await drawn(page);
	return page;
}

/* All tiles are there and the map rests. */
async function drawn(page) {
	await page.waitForSelector(".city-layer canvas", { state: "attached" });
	await page.waitForFunction(() => !document.querySelector(".progress.on"));
	await page.waitForTimeout(150);
}

async function ask(path) {
	return (await fetch(server.url + path)).json();
}

/** The middle of the map element, in pixels of the window. */
async function middle(page) {
	const box = await page.locator(".map").boundingBox();
	return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Longitude and latitude of the middle of parcels, from the server. */
async function parcelMiddle(id) {
	const { geometry } = await ask(`/ogc/collections/parcel/items/${id}?f=json`);
	const ring = geometry.coordinates[0][0].slice(0, 4);
	return [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / 4);
}

function address(place, zoom, rest = "") {
	return `/?z=${zoom}&c=${place.map((degrees) => degrees.toFixed(6)).join(",")}${rest}`;
}

const rounded = (place) => place.map((degrees) => Number(degrees.toFixed(6)));

/* Colours that the map shows, and whether one of them is about this one: layers above tint it. */
async function colours(page) {
	return page.evaluate(() => {
		const seen = new Set();
		for (const canvas of document.querySelectorAll(".city-layer canvas")) {
			const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
			for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 250) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
		}
		return [...seen].map((colour) => colour.split(",").map(Number));
	});
}

async function shows(page, fill) {
	const wanted = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
	return (await colours(page)).some((seen) => Math.max(...seen.map((part, i) => Math.abs(part - wanted[i]))) < 8);
}

const parameters = (page) => new URL(page.url()).searchParams;

test("opens on the whole city and draws it in its looks", async () => {
	const page = await open();
	const { city, layers } = await ask("/api/layers");
	const [lon, lat] = parameters(page).get("c").split(",").map(Number);
	const parcels = layers.find((layer) => layer.id === "parcel");

	assert.ok(lon > city.bounds[0] - 0.002 && lon < city.bounds[2] && lat > city.bounds[1] && lat < city.bounds[3]);
	for (const value of ["DKV", "SON", "TMD"]) {
		const { fill } = parcels.look.classes.find((one) => one.value === value);
		assert.ok(await shows(page, fill), `${value} is drawn in ${fill}`);
	}
	assert.match(await page.title(), /Thủ Dầu Một/);
	assert.equal(await page.getAttribute("html", "lang"), "vi");
	await page.context().close();
});

test("a click tells what the register knows", async () => {
	const id = 100;
	const place = await parcelMiddle(id);
	const page = await open(address(place, 19));
	const at = await ask(`/api/at?lon=${place[0]}&lat=${place[1]}&radius_m=1`);
	const layersHere = at.features.map((feature) => feature.layer);

	await page.mouse.click(...(await middle(page)));
	await page.waitForSelector(".record.selected");
	const card = page.locator("dothi-card");
	/* The house is the most particular thing here, then its parcel, then the ward. */
	assert.equal(landUse(id), "DKV");
	assert.deepEqual(layersHere.sort(), ["admin_unit", "parcel"]);
	assert.equal(await card.locator(".record").count(), 2);
	assert.equal(parameters(page).get("id"), `parcel/${id}`);
	const text = await card.locator(".record.selected").innerText();
	for (const part of ["Thửa đất số 100", "Tờ bản đồ số", "12", "Vui chơi, công viên (DKV)", "1.234,5 m²", "200 m²", "09/03/2026"])
		assert.ok(text.includes(part), `${part} in ${text}`);
	assert.doesNotMatch(text, /null|undefined|NaN|feature|geometry/i);
	const { place: told } = await ask(`/api/at?lon=${rounded(place)[0]}&lat=${rounded(place)[1]}&radius_m=1`);
	assert.match(await card.locator(".place").innerText(), new RegExp(`X ${vi(told.north)}`));
	await page.context().close();
});

/* The middle of the map is the pixel of an odd-sized map, or the corner of four. */
const vi = (metres) => new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 0 }).format(Math.floor(metres)).slice(0, -1);

test("the surface of a street is the street, and leads to its name", async () => {
	const corner = parcelCorner(12);
	const [lon, lat] = await parcelMiddle(12);
	/* From the middle of parcel 12, 5 m from its edge, 7 m further into the avenue of 20 m. */
	const page = await open(address([lon + 12 / 109250, lat], 19));
	await page.mouse.click(...(await middle(page)));
	await page.waitForSelector(".record.selected");
	assert.match(await page.locator(".record.selected .record-heading").innerText(), /Đại lộ Bình Dương/);
	assert.equal(corner.east, ORIGIN.east + 110);
	await page.context().close();
});

test("an address opens the same again elsewhere", async () => {
	const id = 34;
	const place = await parcelMiddle(id);
	const first = await open(address(place, 18.5));
	await first.mouse.click(...(await middle(first)));
	await first.waitForSelector(".record.selected");
	await first.getByRole("switch", { name: "Công trình" }).uncheck({ force: true });
	await first.getByRole("button", { name: /Switch to English/ }).click();
	await first.waitForFunction(() => location.search.includes("lang=en"));
	await drawn(first);

	const link = first.url().slice(server.url.length);
	const second = await open(link, { locale: "vi-VN" });
	await second.waitForSelector(".record.selected");
	assert.equal(second.url(), first.url());
	assert.equal(await second.getByRole("switch", { name: "Buildings" }).isChecked(), false);
	assert.equal(await second.getByRole("switch", { name: "Parcels" }).isChecked(), true);
	assert.match(await second.locator(".record.selected").innerText(), /Parcel no\. 34/);
	assert.equal(await second.getAttribute("html", "lang"), "en");
	assert.equal(await second.locator(".status .grid").innerText(), await first.locator(".status .grid").innerText());
	await first.context().close();
	await second.context().close();
});

test("layers are switched, and stay so on this device", async () => {
	const page = await open(address(await parcelMiddle(200), 18));
	const parkFill = "#cdebc5";
	assert.ok(await shows(page, parkFill));
	await page.getByRole("switch", { name: "Thửa đất" }).uncheck({ force: true });
	await drawn(page);
	assert.ok(!(await shows(page, parkFill)));
	assert.ok(!parameters(page).get("layers").split(",").includes("parcel"));

	await page.goto(server.url + "/");
	await drawn(page);
	assert.equal(await page.getByRole("switch", { name: "Thửa đất" }).isChecked(), false);
	await page.getByRole("searchbox").fill("DUONG");
	assert.deepEqual(await page.locator(".layer .layer-title").allInnerTexts(), ["Đường và hẻm"]);
	await page.getByRole("searchbox").fill("");
	assert.match(await page.locator(".empty-layers summary").innerText(), /Chưa có dữ liệu/);
	await page.context().close();
});

test("the language changes and nothing is lost", async () => {
	const page = await open(address(await parcelMiddle(66), 18));
	await page.mouse.click(...(await middle(page)));
	await page.waitForSelector(".record.selected");
	await page.getByRole("searchbox").fill("thua");
	const before = page.url();
	await page.getByRole("button", { name: /Switch to English/ }).click();
	assert.equal(await page.getByRole("searchbox").inputValue(), "thua");
	assert.match(await page.locator(".record.selected").innerText(), /Parcel no\. 66[^]*Legal area\s+1,234\.5 m²/);
	assert.equal(page.url(), before.replace("lang=vi", "lang=en"));
	assert.match(await page.title(), /Parcels: Parcel no\. 66/);
	await page.context().close();
});

test("the status bar agrees with the server within a millimetre", async () => {
	const page = await open(address([106.646123, 10.979876], 17));
	const { place } = await ask("/api/at?lon=106.646123&lat=10.979876");
	const text = await page.locator(".status .grid").innerText();
	const [north, east] = text.match(/[\d.]+,\d{3}/g).map((word) => Number(word.replaceAll(".", "").replace(",", ".")));
	assert.ok(Math.abs(north - place.north) <= 0.001, `${north} ${place.north}`);
	assert.ok(Math.abs(east - place.east) <= 0.001, `${east} ${place.east}`);
	assert.match(await page.locator(".status .degrees").innerText(), /10,9798760°\s*106,6461230°/);
	await page.getByRole("button", { name: /thập phân hoặc độ phút giây/ }).click();
	assert.match(await page.locator(".status .degrees").innerText(), /10°58′47,55″ N\s*106°38′46,04″ E/);
	await page.context().close();
});

test("measures a known distance and a known area", async () => {
	const first = await parcelMiddle(1);
	const zoom = 20;
	const page = await open(address(first, zoom));
	const [x, y] = await middle(page);
	const pixelOf = async (id) => {
		const [dx, dy] = offsetOf(await parcelMiddle(id), rounded(first), zoom);
		return [x + dx, y + dy];
	};
	const click = async (place) => {
		/* A hand moves before it presses. */
		await page.mouse.move(place[0] - 1, place[1]);
		await page.mouse.move(...place);
		await page.mouse.click(...place);
		await page.waitForTimeout(300);
	};
	const result = async () => (await page.locator(".measure .result").innerText()).replaceAll(".", "").replaceAll(",", ".");

	/* Three parcels on are 30 m; at this zoom a pixel is 0.15 m. */
	await page.getByRole("button", { name: "Đo", exact: true }).click();
	await click(await pixelOf(1));
	await click(await pixelOf(4));
	await page.keyboard.press("Escape");
	assert.ok(Math.abs(parseFloat(await result()) - 30) < 0.3, await result());
	assert.ok(await page.locator(".measure").isVisible(), "the result stays");

	/* Parcels 1, 4, 28 and 25: 30 m by 20 m. */
	await page.getByRole("button", { name: "Diện tích" }).click();
	for (const id of [1, 4, 28, 25, 2]) await click(await pixelOf(id));
	await page.getByRole("button", { name: "Bỏ điểm" }).click();
	await page.getByRole("button", { name: "Xong" }).click();
	const text = await result();
	assert.ok(Math.abs(parseFloat(text) - 600) < 15, text);
	assert.match(text, /Chu vi (99|100)\.\d\d m/);
	await page.getByRole("button", { name: "Xóa" }).click();
	assert.equal(await page.locator(".measure").count(), 0);
	await page.context().close();
});

test("goes to coordinates in grid metres and in degrees", async () => {
	const page = await open();
	const corner = parcelCorner(77);
	const box = page.getByRole("combobox");

	await box.fill(`${corner.east + 5} ${corner.north + 10}`);
	await box.press("Enter");
	await page.waitForSelector(".record.selected");
	assert.ok((await page.locator("dothi-card").innerText()).includes("Thửa đất số 77"));
	assert.equal(await page.locator(".map").count(), 1);
	await box.fill("không phải tọa độ");
	assert.match(await page.locator(".unread").innerText(), /Chưa đọc được/);
	await page.context().close();
});

test("all is done by keyboard", async () => {
	const place = await parcelMiddle(150);
	const page = await open(address(place, 19));
	const isOnMap = () => page.evaluate(() => document.activeElement.classList.contains("map"));
	for (let i = 0; i < 40 && !(await isOnMap()); i++) await page.keyboard.press("Tab");
	assert.ok(await isOnMap());
	assert.ok(await page.locator(".crosshair").isVisible());

	await page.keyboard.press("Enter");
	await page.waitForSelector(".record.selected");
	assert.equal(await page.evaluate(() => document.activeElement.id), "card-title");
	assert.match(await page.locator("[aria-live]").last().innerText(), /Thửa đất số 150/);
	await page.keyboard.press("Escape");
	assert.ok(await isOnMap());
	assert.equal(await page.locator("dothi-card .card").count(), 0);

	const before = parameters(page).get("c");
	await page.keyboard.press("ArrowRight");
	await page.waitForFunction((c) => new URL(location).searchParams.get("c") !== c, before);
	await page.keyboard.press("+");
	await page.waitForFunction(() => Number(new URL(location).searchParams.get("z")) > 19.5);
	await page.keyboard.press("m");
	await page.keyboard.press("Enter");
	await page.keyboard.press("ArrowRight");
	await page.waitForTimeout(400);
	await page.keyboard.press("Enter");
	await page.keyboard.press("Escape");
	assert.match(await page.locator(".measure .result").innerText(), /\d+,\d\d m/);
	await page.keyboard.press("/");
	assert.equal(await page.evaluate(() => document.activeElement.tagName), "INPUT");
	await page.context().close();
});

test("a server that is away is told in words, and asked again", async () => {
	const page = await open(address(await parcelMiddle(10), 19));
	await page.route("**/api/at*", (route) => route.abort());
	await page.mouse.click(...(await middle(page)));
	await page.waitForSelector("dothi-card [role=alert]");
	assert.match(await page.locator("dothi-card").innerText(), /Không liên lạc được với máy chủ/);
	await page.unroute("**/api/at*");
	await page.getByRole("button", { name: "Thử lại" }).click();
	await page.waitForSelector(".record.selected");
	faults.splice(0);
	await page.context().close();
});

test("a map that is being prepared comes by itself", async () => {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN" });
	const page = await context.newPage();
	let refused = 0;
	await page.route("**/tiles/**", (route) => {
		if (refused++ > 3) return route.continue();
		return route.fulfill({
			status: 503,
			contentType: "application/problem+json",
			headers: { "Retry-After": "1" },
			body: JSON.stringify({ status: 503, code: "SYS-STARTING-01", detail: "Bản đồ đang được chuẩn bị." }),
		});
	});
	await page.goto(server.url + address(await parcelMiddle(10), 18));
	await page.waitForSelector(".notice");
	assert.match(await page.locator(".notice").innerText(), /Bản đồ đang được chuẩn bị/);
	await page.waitForSelector(".notice", { state: "detached" });
	while ((await colours(page)).length < 10) await page.waitForTimeout(100);
	await context.close();
});

test("an empty register says what to do", async () => {
	const emptyFolder = makeCity(dothi, { empty: true });
	const emptyServer = await startServer(emptyFolder);
	const page = await browser.newPage({ locale: "vi-VN" });
	try {
		await page.goto(emptyServer.url);
		await page.waitForSelector(".notice");
		assert.match(await page.locator(".notice").innerText(), /Chưa có dữ liệu[^]*dothi import/);
	} finally {
		await page.close();
		await emptyServer.stop();
		removeCity(emptyFolder);
	}
});

test("works on a phone of 360 pixels", async () => {
	const page = await open(address(await parcelMiddle(PARCELS / 2), 18), {
		viewport: { width: 360, height: 640 },
		hasTouch: true,
		isMobile: true,
	});
	const fits = () => page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth);
	const small = () =>
		page.evaluate(() =>
			[...document.querySelectorAll("button, a, input, summary")]
				.filter((element) => element.checkVisibility() && !element.closest(".unseen"))
				.map((element) => ({ name: element.ariaLabel ?? element.textContent.trim(), box: element.getBoundingClientRect() }))
				.filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24 || box.left < 0 || box.right > innerWidth + 0.5))
				.map(({ name, box }) => `${name} ${box.width}x${box.height} at ${box.left}`),
		);

	assert.ok(await fits());
	assert.deepEqual(await small(), []);
	await page.touchscreen.tap(180, 200);
	await page.waitForSelector(".record.selected");
	assert.ok(await fits());
	assert.deepEqual(await small(), []);
	await page.getByRole("button", { name: "Lớp dữ liệu" }).tap();
	await page.waitForSelector(".layers");
	assert.equal(await page.locator("dothi-card .card").count(), 0, "one sheet at a time");
	assert.ok(await fits());
	assert.deepEqual(await small(), []);
	await page.context().close();
});

test("nothing was asked of other hosts, and no page had a fault", () => {
	assert.deepEqual(foreign, []);
	assert.deepEqual(faults, []);
});
