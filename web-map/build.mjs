/*
 * Builds the web map into dist/, a flat folder that the server carries inside it.
 *
 *   node build.mjs           texts, types, bundle
 *   node build.mjs --check   texts and types alone
 *
 * Scripts, styles, fonts and icons bear a hash in their names and may be cached for ever; index.html
 * knows the names. What gzip makes smaller stands beside it as name.gz. Same sources, same bytes.
 * The map begins with app.js and shared.js; counter.js, the desk of who issues house numbers, comes when it is opened.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { isOfCounter, printTexts, readCatalogue } from "./catalogue.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const COMPRESSIBLE = /\.(html|js|css|svg|txt|json)$/;

function writeTexts() {
	const messages = readCatalogue(fs.readFileSync(path.join(here, "../base/messages.txt"), "utf8"));
	fs.mkdirSync(path.join(here, "generated"), { recursive: true });
	fs.writeFileSync(path.join(here, "generated/texts.ts"), printTexts(messages.filter((one) => !isOfCounter(one))));
	fs.writeFileSync(path.join(here, "generated/counter_texts.ts"), printTexts(messages.filter(isOfCounter)));
}

function checkTypes() {
	const compiler = path.join(here, "node_modules/typescript/bin/tsc");
	const { status } = spawnSync(process.execPath, [compiler, "-p", here], { stdio: "inherit" });
	if (status !== 0) process.exit(1);
}

function write(name, content) {
	const bytes = Buffer.from(content);
	fs.writeFileSync(path.join(dist, name), bytes);
	if (!COMPRESSIBLE.test(name)) return bytes.length;
	const packed = gzipSync(bytes, { level: 9 });
	fs.writeFileSync(path.join(dist, `${name}.gz`), packed);
	return packed.length;
}

/** Writes a file under a name with the hash of its content, "app-3f2a9c1b.js", and returns it. */
function writeHashed(name, content) {
	const { name: stem, ext } = path.parse(name);
	const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
	const hashed = `${stem}-${hash}${ext}`;
	console.log(`${hashed.padEnd(28)} ${write(hashed, content)} bytes as sent`);
	return hashed;
}

/** Puts the hashed names in the place of the plain ones. */
function rename(text, names) {
	for (const [plain, hashed] of Object.entries(names)) text = text.replaceAll(plain, hashed);
	return text;
}

/** The licences of all packages of which the bundle holds code. */
function gatherLicences(metafile) {
	const packages = new Set();
	for (const input of Object.keys(metafile.inputs)) {
		const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (match) packages.add(match[1]);
	}
	const texts = [...packages].sort().map((name) => {
		const folder = path.join(here, "node_modules", name);
		const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
		const file = fs.readdirSync(folder).find((entry) => /^(licen[sc]e|copying)/i.test(entry));
		const text = file ? fs.readFileSync(path.join(folder, file), "utf8").trim() : `Licence: ${license}`;
		return `${name} ${version}\n\n${text}\n`;
	});
	texts.push(`Inter (typeface)\n\n${fs.readFileSync(path.join(here, "public/fonts/OFL.txt"), "utf8").trim()}\n`);
	return texts.join(`\n${"-".repeat(78)}\n\n`);
}

async function bundle() {
	return build({
		absWorkingDir: here,
		entryPoints: { app: "src/main.ts", counter: "src/counter/counter.ts", style: "src/style/style.css" },
		outdir: dist,
		bundle: true,
		splitting: true,
		chunkNames: "shared",
		minify: true,
		format: "esm",
		target: "es2021",
		legalComments: "none",
		external: ["*.woff2", "*.svg"],
		metafile: true,
		write: false,
	});
}

writeTexts();
checkTypes();
if (!process.argv.includes("--check")) {
	const { outputFiles, metafile } = await bundle();
	const output = (name) => outputFiles.find((file) => path.basename(file.path) === name).text;
	const names = {};

	fs.rmSync(dist, { recursive: true, force: true });
	fs.mkdirSync(dist);
	names["inter.woff2"] = writeHashed("inter.woff2", fs.readFileSync(path.join(here, "public/fonts/inter.woff2")));
	names["icon.svg"] = writeHashed("icon.svg", fs.readFileSync(path.join(here, "public/icon.svg")));
	names["app.css"] = writeHashed("app.css", rename(output("style.css"), names));
	/* In the order in which they name each other. */
	for (const name of ["shared.js", "counter.js", "app.js"]) names[name] = writeHashed(name, rename(output(name), names));
	write("licences.txt", gatherLicences(metafile));
	write("index.html", rename(fs.readFileSync(path.join(here, "index.html"), "utf8"), names));
}
