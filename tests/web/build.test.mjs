/* What is shipped: sizes, names, texts; nothing of it asks another host. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { root } from "./harness.mjs";

const { isOfCounter, readCatalogue, printTexts } = await import("../../web-map/catalogue.mjs");
const dist = path.join(root, "web-map/dist");
const files = fs.readdirSync(dist);
const KB = 1000;

/* Bytes as they are sent. */
function sent(ending) {
	return files
		.filter((name) => name.endsWith(ending))
		.reduce((sum, name) => sum + fs.statSync(path.join(dist, files.includes(`${name}.gz`) ? `${name}.gz` : name)).size, 0);
}

test("sizes stay within the budget; the desk for house numbers is not sent with the map", () => {
	const first = files.filter((name) => name.endsWith(".js") && !name.startsWith("counter-"));
	const bytes = first.reduce((sum, name) => sum + sent(name), 0);
	assert.ok(bytes <= 250 * KB, `${bytes} bytes of scripts`);
	assert.ok(sent(".js") - bytes <= 40 * KB, `${sent(".js") - bytes} bytes of the desk`);
	assert.ok(sent(".css") <= 25 * KB, `${sent(".css")} bytes of styles`);
	assert.ok(sent(".woff2") <= 120 * KB, `${sent(".woff2")} bytes of fonts`);
});

test("names bear hashes, and the page knows them", () => {
	const page = fs.readFileSync(path.join(dist, "index.html"), "utf8");
	const assets = files.filter((name) => /\.(js|css|woff2|svg)$/.test(name));
	assert.equal(assets.length, 6);
	for (const name of assets) {
		assert.match(name, /-[0-9a-f]{8}\.\w+$/);
		assert.equal(page.includes(`"/${name}"`), !name.startsWith("counter-"), name);
	}
	const app = fs.readFileSync(path.join(dist, assets.find((name) => name.startsWith("app-") && name.endsWith(".js"))), "utf8");
	assert.ok(app.includes(`import("./${assets.find((name) => name.startsWith("counter-"))}")`), "the desk comes when it is opened");
	assert.ok(fs.readFileSync(path.join(dist, "licences.txt"), "utf8").includes("SIL OPEN FONT LICENSE"));
});

test("no address of another host stands in the page or its styles", () => {
	for (const name of files.filter((file) => /\.(html|css)$/.test(file)))
		assert.doesNotMatch(fs.readFileSync(path.join(dist, name), "utf8"), /https?:/, name);
});

test("every text is there in both languages and is used", () => {
	const messages = readCatalogue(fs.readFileSync(path.join(root, "base/messages.txt"), "utf8"));
	const sources = fs
		.readdirSync(path.join(root, "web-map/src"), { withFileTypes: true, recursive: false })
		.flatMap((entry) =>
			entry.isDirectory()
				? fs.readdirSync(path.join(root, "web-map/src", entry.name)).map((name) => path.join(entry.name, name))
				: [entry.name],
		)
		.filter((name) => name.endsWith(".ts"))
		.map((name) => fs.readFileSync(path.join(root, "web-map/src", name), "utf8"))
		.join("\n");

	assert.ok(messages.length > 50);
	for (const { name, vi, en } of messages) {
		assert.ok(vi && en, name);
		assert.ok(sources.includes(`"${name}"`), `${name} is used`);
	}
	const generated = (name) => fs.readFileSync(path.join(root, "web-map/generated", name), "utf8");
	assert.equal(generated("texts.ts"), printTexts(messages.filter((one) => !isOfCounter(one))));
	assert.equal(generated("counter_texts.ts"), printTexts(messages.filter(isOfCounter)));
});

test("a catalogue with a fault is refused", () => {
	const refuse = (source, why) => assert.throws(() => readCatalogue(source), why);
	assert.deepEqual(readCatalogue("SYS-X-01 busy busy\nvi a\nen b\n"), []);
	refuse("UI-X-01 ui_x text\nvi a\n", /lacks en/);
	refuse("UI-X-01 ui_x text\nvi a\nvi b\n", /second vi/);
	refuse("UI-X-01 ui_x text n:colour\nvi a\nen b\n", /unknown type/);
	refuse("UI-X-01 ui_x text\nvi {n}\nen b\n", /no argument \{n\}/);
	refuse("UI-X-01 ui_x busy\nvi a\nen b\n", /kind text/);
});
