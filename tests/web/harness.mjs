/*
 * harness: the program under test, a browser, and modules of the web map in Node.
 *
 * DOTHI names the program under test, else it is looked for in build/.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const dothi = process.env.DOTHI ?? path.join(root, "build/dothi");

/* Packages are those of the web map. */
export const require = createRequire(path.join(root, "web-map/package.json"));

export async function startBrowser() {
	const { chromium } = require("playwright-core");
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: [
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}

/** A module of web-map/src, bundled for Node. */
export async function loadModule(name) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dothi-module-"));
	const outfile = path.join(folder, "module.mjs");

	try {
		await require("esbuild").build({
			entryPoints: [path.join(root, "web-map/src", name)],
			outfile,
			bundle: true,
			format: "esm",
			platform: "node",
			logLevel: "warning",
		});
		return await import(pathToFileURL(outfile).href);
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

const TILE_PX = 256;

/** The pixel offset from the middle of the map at which a place is shown. */
export function offsetOf([lon, lat], [middleLon, middleLat], zoom) {
	const world = TILE_PX * 2 ** zoom;
	const x = (degrees) => (degrees / 360) * world;
	const y = (degrees) => (-Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI)) * world;
	return [x(lon) - x(middleLon), y(lat) - y(middleLat)];
}
