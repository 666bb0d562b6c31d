/*
 * desk: what the tests of editing do over and over: pages of somebody, a parcel in edit, a drag.
 */
import { offsetOf } from "./harness.mjs";
import { cookiesOf } from "./people.mjs";

export const ZOOM = 20;

export const rounded = (place) => place.map((degrees) => Number(degrees.toFixed(6)));

/** A page of the map; `person` is logged in there, null nobody. */
export async function openPage({ browser, city, faults }, address, person, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "vi-VN", ...options });
	if (person) await context.addCookies(cookiesOf(person));
	const page = await context.newPage();
	page.on("pageerror", (error) => faults.push(error.stack));
	await page.goto(city.url + address);
	await page.waitForSelector(".city-layer canvas", { state: "attached" });
	return page;
}

/** The card of a parcel in the middle of the map. */
export async function openCardOf(where, { record, middle }, person, options) {
	const address = `/?z=${ZOOM}&c=${rounded(middle)}&id=parcel/${record.id}`;
	const page = await openPage(where, address, person, options);
	await page.waitForSelector(".record.selected");
	return page;
}

/** The parcel in edit. */
export async function openEditOf(where, parcel, person, options) {
	const page = await openCardOf(where, parcel, person, options);
	await page.getByRole("button", { name: "Sửa", exact: true }).click();
	await page.waitForSelector("dothi-edit .card");
	return page;
}

export const save = (page) => page.getByRole("button", { name: "Lưu", exact: true });

/** Where a place is on the screen, in pixels of the window; the map looks at `middle`. */
export async function at(page, place, middle) {
	const box = await page.locator(".map").boundingBox();
	const [dx, dy] = offsetOf(place, rounded(middle), ZOOM);
	return [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy];
}

export async function drag(page, [x, y], [dx, dy]) {
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + dx, y + dy, { steps: 5 });
	await page.mouse.up();
	await page.waitForTimeout(100);
}
