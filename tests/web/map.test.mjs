/* The map in a real browser, against the real server over the sample city. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { middleOf, ringOf, startCity } from "./city.mjs";
import { offsetOf, startBrowser } from "./harness.mjs";

let city, browser, bare;
const foreign = [];
const faults = [];

/* A place on the screen is a sum of 32-bit floats: 24 px may be told as 23.99998. */
const ROUNDING_PX = 0.01;

before(async () => {
	city = await startCity();
	browser = await startBrowser();
	[bare] = await city.bareParcels(1);
});

after(async () => {
	await browser?.close();
	await city?.stop();
});

/** A page at an address of the map, when it has drawn. */
async function open(address = "/", options = {}) {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN", ...options });
	const page = await context.newPage();
	page.on("request", (request) => {
		if (!request.url().startsWith(city.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
	});
	page.on("pageerror", (error) => faults.push(error.stack));
	page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
	await page.goto(city.url + address);
	await drawn(page);
	return page;
}

/* All tiles are there and the map rests. */
async function drawn(page) {
	await page.waitForSelector(".city-layer canvas", { state: "attached" });
	await page.waitForFunction(() => !document.querySelector(".progress.on"));
	await page.waitForTimeout(150);
}

/* Until it holds; the runner's own limit ends what never does. */
async function until(page, holds) {
	while (!(await holds())) await page.waitForTimeout(100);
}

/** The middle of the map element, in pixels of the window. */
async function middleOfMap(page) {
	const box = await page.locator(".map").boundingBox();
	return [box.x + box.width / 2, box.y + box.height / 2];
}

const rounded = (place) => place.map((degrees) => Number(degrees.toFixed(6)));

function address(place, zoom, rest = "") {
	return `/?z=${zoom}&c=${rounded(place).join(",")}${rest}`;
}

const parameters = (page) => new URL(page.url()).searchParams;

/* A number as a Vietnamese page writes it. */
const number = (text) => Number(text.replaceAll(".", "").replace(",", "."));
const written = (value, decimals) => new Intl.NumberFormat("vi-VN", { maximumFractionDigits: decimals }).format(value);

/* Whether the map shows about this colour: layers above may tint it. */
async function shows(page, fill) {
	const wanted = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
	return page.evaluate((rgb) => {
		for (const canvas of document.querySelectorAll(".city-layer canvas")) {
			const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
			for (let i = 0; i < data.length; i += 4)
				if (data[i + 3] > 250 && rgb.every((part, k) => Math.abs(part - data[i + k]) < 8)) return true;
		}
		return false;
	}, wanted);
}

async function fillOf(layerId, value) {
	const { layers } = await city.ask("/api/layers");
	const { classes } = layers.find((layer) => layer.id === layerId).look;
	return (classes.find((one) => one.value === value) ?? classes.find((one) => one.value === null)).fill;
}

test("opens on the whole city and draws it", async () => {
	const page = await open();
	const { city: described } = await city.ask("/api/layers");
	const [lon, lat] = parameters(page).get("c").split(",").map(Number);
	const [west, south, east, north] = described.bounds;

	/* The layers cover the left side: the middle of the city lies right of the map's. */
	assert.ok(lon < (west + east) / 2 && lon > west && lat > south && lat < north);
	await until(page, async () => shows(page, await fillOf("street", "main")));
	assert.match(await page.title(), /Thủ Dầu Một/);
	assert.equal(await page.getAttribute("html", "lang"), "vi");
	await page.context().close();
});

for (const zoom of [16, 18])
	test(`draws parcels in their looks at zoom ${zoom}`, async () => {
		const { record, middle } = bare;
		const page = await open(address(middle, zoom));
		const fill = await fillOf("parcel", record.properties.land_use);
		await until(page, () => shows(page, fill));
		await page.getByRole("switch", { name: "Thửa đất" }).uncheck({ force: true });
		await until(page, async () => !(await shows(page, fill)));
		assert.ok(!parameters(page).get("layers").split(",").includes("parcel"));
		await page.context().close();
	});

test("a click tells what the register knows", async () => {
	const { record, middle } = bare;
	const page = await open(address(middle, 19));

	await page.mouse.click(...(await middleOfMap(page)));
	await page.waitForSelector(".record.selected");
	const card = page.locator("dothi-card");
	assert.equal(await card.locator(".record").count(), 2, "the parcel and its ward");
	assert.equal(parameters(page).get("id"), `parcel/${record.id}`);
	const text = await card.locator(".record.selected").innerText();
	const { parcel_no: parcelNo, map_sheet: sheet, land_use: use, area_legal_m2: area } = record.properties;
	for (const part of [`Thửa đất số ${parcelNo}`, "Tờ bản đồ số", sheet, `(${use})`, `${written(area, 1)} m²`, `mã ${record.id}`])
		assert.ok(text.includes(part), `${part} in ${text}`);
	assert.doesNotMatch(text, /null|undefined|NaN|feature|geometry/i);

	const told = await card.locator(".place").innerText();
	const { place } = await city.at(rounded(middle), 1);
	const [north, east] = told.match(/[XY] ([\d.]+,\d{3})/g).map((word) => number(word.slice(2)));
	/* The middle of the map may lie between two pixels, of 0.3 m here. */
	assert.ok(Math.hypot(north - place.north, east - place.east) < 0.3, told);
	await page.context().close();
});

test("the surface of a street is the street", async () => {
	const streets = await city.records("street");
	let found;
	for (const street of streets.filter((one) => one.properties.name && one.properties.width_m >= 8)) {
		const line = street.geometry.coordinates[0];
		const [[x, y], [nextX, nextY]] = line.slice(Math.floor(line.length / 2) - 1);
		/* A third of its width beside the middle of a piece of it. */
		const length = Math.hypot(nextX - x, nextY - y);
		const asideDegrees = street.properties.width_m / 3 / 110_600;
		const place = [(x + nextX) / 2 + ((nextY - y) / length) * asideDegrees, (y + nextY) / 2 - ((nextX - x) / length) * asideDegrees];
		const { features } = await city.at(place, 30);
		const others = features.filter((one) => one.layer !== "admin_unit" && one.id !== street.id);
		if (others.every((one) => one.distance_m > 20)) found = { street, place };
		if (found) break;
	}
	const page = await open(address(found.place, 19));
	await page.mouse.click(...(await middleOfMap(page)));
	await page.waitForSelector(".record.selected");
	assert.equal(await page.locator(".record.selected .record-heading").innerText(), found.street.properties.name);
	await page.context().close();
});

test("an address opens the same again elsewhere", async () => {
	const { record, middle } = bare;
	const first = await open(address(middle, 18.5));
	await first.mouse.click(...(await middleOfMap(first)));
	await first.waitForSelector(".record.selected");
	await first.getByRole("switch", { name: "Công trình" }).uncheck({ force: true });
	await first.getByRole("button", { name: /Switch to English/ }).click();
	await first.waitForFunction(() => location.search.includes("lang=en"));
	await drawn(first);

	const second = await open(first.url().slice(city.url.length), { locale: "vi-VN" });
	await second.waitForSelector(".record.selected");
	assert.equal(second.url(), first.url());
	assert.equal(await second.getByRole("switch", { name: "Buildings" }).isChecked(), false);
	assert.equal(await second.getByRole("switch", { name: "Parcels" }).isChecked(), true);
	assert.match(await second.locator(".record.selected").innerText(), new RegExp(`Parcel no. ${record.properties.parcel_no}`));
	assert.equal(await second.getAttribute("html", "lang"), "en");
	assert.equal(await second.locator(".status .grid").innerText(), await first.locator(".status .grid").innerText());
	await first.context().close();
	await second.context().close();
});

test("switches stay as they are on this device", async () => {
	const page = await open(address(bare.middle, 18));
	await page.getByRole("switch", { name: "Thửa đất" }).uncheck({ force: true });
	await page.goto(city.url + "/");
	await drawn(page);
	assert.equal(await page.getByRole("switch", { name: "Thửa đất" }).isChecked(), false);
	await page.getByRole("searchbox").fill("DUONG");
	assert.deepEqual(await page.locator(".layer .layer-title").allInnerTexts(), ["Đường và hẻm"]);
	await page.getByRole("searchbox").fill("");
	assert.match(await page.locator(".empty-layers summary").innerText(), /Chưa có dữ liệu/);
	await page.context().close();
});

test("the language changes and nothing is lost", async () => {
	const { record, middle } = bare;
	const page = await open(address(middle, 18));
	await page.mouse.click(...(await middleOfMap(page)));
	await page.waitForSelector(".record.selected");
	await page.getByRole("searchbox").fill("thua");
	const before = page.url();
	await page.getByRole("button", { name: /Switch to English/ }).click();
	assert.equal(await page.getByRole("searchbox").inputValue(), "thua");
	assert.match(await page.locator(".record.selected").innerText(), /Parcel no\. \d+[^]*Legal area[^]*[\d,]+(\.\d)? m²/);
	assert.equal(page.url(), before.replace("lang=vi", "lang=en"));
	assert.match(await page.title(), new RegExp(`Parcels: Parcel no. ${record.properties.parcel_no}`));
	await page.context().close();
});

test("the status bar agrees with the server within a millimetre", async () => {
	const page = await open(address([106.646123, 10.979876], 17));
	const { place } = await city.at([106.646123, 10.979876], 1);
	const text = await page.locator(".status .grid").innerText();
	const [north, east] = text.match(/[\d.]+,\d{3}/g).map(number);
	assert.ok(Math.abs(north - place.north) <= 0.001, `${north} ${place.north}`);
	assert.ok(Math.abs(east - place.east) <= 0.001, `${east} ${place.east}`);
	assert.match(await page.locator(".status .degrees").innerText(), /10,9798760°\s*106,6461230°/);
	await page.getByRole("button", { name: /thập phân hoặc độ phút giây/ }).click();
	assert.match(await page.locator(".status .degrees").innerText(), /10°58′47,55″ N\s*106°38′46,04″ E/);
	await page.context().close();
});

/* Length and area of places in metres. */
const pathLength = (places) => places.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - places[i][0], y - places[i][1]), 0);
const ringArea = (ring) =>
	Math.abs(ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0)) / 2;

test("measures a known distance and a known area", async () => {
	const zoom = 20;
	const middle = middleOf(bare.record);
	const ring = ringOf(bare.record);
	const metres = ringOf((await city.records("parcel", { inMetres: true })).find((one) => one.id === bare.record.id));
	/* From the ring's first corner, so that the arithmetic keeps its millimetres. */
	const known = metres.map(([x, y]) => [x - metres[0][0], y - metres[0][1]]);
	const page = await open(address(middle, zoom));
	const [x, y] = await middleOfMap(page);
	const click = async (place) => {
		const [dx, dy] = offsetOf(place, rounded(middle), zoom);
		/* A hand moves before it presses. */
		await page.mouse.move(x + dx - 1, y + dy);
		await page.mouse.click(x + dx, y + dy);
		await page.waitForTimeout(300);
	};
	const result = () => page.locator(".measure .result").innerText();
	const first = async () => number((await result()).match(/[\d.]+,\d+/)[0]);

	/* A pixel is 0.15 m at this zoom. */
	await page.getByRole("button", { name: "Đo", exact: true }).click();
	await click(ring[0]);
	await click(ring[1]);
	await page.keyboard.press("Escape");
	assert.ok(Math.abs((await first()) - pathLength(known.slice(0, 2))) < 0.3, `${await result()} ${pathLength(known.slice(0, 2))}`);
	assert.ok(await page.locator(".measure").isVisible(), "the result stays");

	await page.getByRole("button", { name: "Diện tích" }).click();
	for (const place of [...ring, middle]) await click(place);
	await page.getByRole("button", { name: "Bỏ điểm" }).click();
	await page.getByRole("button", { name: "Xong" }).click();
	const perimeter = pathLength([...known, known[0]]);
	assert.ok(Math.abs((await first()) - ringArea(known)) < perimeter * 0.1, `${await result()} ${ringArea(known)}`);
	assert.ok(Math.abs(number((await result()).match(/Chu vi ([\d.]+,\d\d)/)[1]) - perimeter) < 0.8, await result());
	await page.getByRole("button", { name: "Xóa" }).click();
	assert.equal(await page.locator(".measure").count(), 0);
	await page.context().close();
});

test("goes to coordinates in metres", async () => {
	const page = await open();
	const { place } = await city.at(bare.middle, 1);
	const box = page.getByRole("combobox");

	await box.fill(`${place.east} ${place.north}`);
	await box.press("Enter");
	await page.waitForSelector(".record.selected");
	assert.equal(parameters(page).get("id"), `parcel/${bare.record.id}`);
	await box.fill("không phải tọa độ");
	await page.waitForFunction(() => /Không tìm thấy/.test(document.querySelector(".unread")?.textContent));
	await page.context().close();
});

test("all is done by keyboard", async () => {
	const page = await open(address(bare.middle, 19));
	const isOnMap = () => page.evaluate(() => document.activeElement.classList.contains("map"));
	for (let i = 0; i < 40 && !(await isOnMap()); i++) await page.keyboard.press("Tab");
	assert.ok(await isOnMap());
	assert.ok(await page.locator(".crosshair").isVisible());

	await page.keyboard.press("Enter");
	await page.waitForSelector(".record.selected");
	assert.equal(await page.evaluate(() => document.activeElement.id), "card-title");
	assert.match(await page.locator("[role=status][aria-live]").innerText(), /Thửa đất số/);
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
	const page = await open(address(bare.middle, 19));
	await page.route("**/api/at*", (route) => route.abort());
	await page.mouse.click(...(await middleOfMap(page)));
	await page.waitForSelector("dothi-card [role=alert]");
	assert.match(await page.locator("dothi-card").innerText(), /Không liên lạc được với máy chủ/);
	await page.unroute("**/api/at*");
	await page.getByRole("button", { name: "Thử lại" }).click();
	await page.waitForSelector(".record.selected");
	/* The browser itself tells of the request that was cut. */
	faults.splice(0);
	await page.context().close();
});

for (const [form, zoom] of [
	["png", 16],
	["mvt", 18],
])
	test(`a map that is being prepared comes by itself (${form})`, async () => {
		const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN" });
		const page = await context.newPage();
		const fill = await fillOf("parcel", bare.record.properties.land_use);
		let refused = 0;
		await page.route(`**/tiles/**.${form}`, (route) => {
			if (refused++ > 3) return route.continue();
			return route.fulfill({
				status: 503,
				contentType: "application/problem+json",
				headers: { "Retry-After": "1" },
				body: JSON.stringify({ status: 503, code: "SYS-STARTING-01", detail: "Bản đồ đang được chuẩn bị." }),
			});
		});
		await page.goto(city.url + address(bare.middle, zoom));
		await page.waitForSelector(".notice");
		await page.waitForSelector(".notice", { state: "detached" });
		await until(page, () => shows(page, fill));
		await context.close();
	});

test("an empty register says what to do", async () => {
	const empty = await startCity({ empty: true });
	const page = await browser.newPage({ locale: "vi-VN" });
	try {
		await page.goto(empty.url);
		await page.waitForSelector(".notice");
		assert.match(await page.locator(".notice").innerText(), /Chưa có dữ liệu[^]*dothi import/);
	} finally {
		await page.close();
		await empty.stop();
	}
});

test("works on a phone of 360 pixels", async () => {
	const page = await open(address(bare.middle, 18), { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
	const fits = () => page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth);
	const small = () =>
		page.evaluate((rounding) =>
			[...document.querySelectorAll("button, a, input, summary")]
				.filter((element) => element.checkVisibility() && !element.closest(".unseen"))
				.map((element) => ({ name: element.ariaLabel ?? element.textContent.trim(), box: element.getBoundingClientRect() }))
				.filter(({ box }) => box.width > 0 && (box.width < 24 - rounding || box.height < 24 - rounding || box.left < -rounding || box.right > innerWidth + 0.5))
				.map(({ name, box }) => `${name} ${box.width}x${box.height} at ${box.left}`),
			ROUNDING_PX,
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
