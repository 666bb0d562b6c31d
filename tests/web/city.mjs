/*
 * city: the sample city, served by the real program, and what the tests ask of it.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { dothi } from "./harness.mjs";

export const PARCELS = 500;
export const EPSG = 9210;

/* Nothing else is so near to a place that is to hold one record alone. */
const ALONE_M = 4;

class City {
	constructor(server, url, folder) {
		Object.assign(this, { server, url, folder });
	}

	async ask(address) {
		const response = await fetch(this.url + address);
		if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
		return response.json();
	}

	/** All records of a layer; in metres of the working system, else in degrees. */
	async records(layer, { inMetres = false } = {}) {
		const crs = inMetres ? `&crs=http://www.opengis.net/def/crs/EPSG/0/${EPSG}` : "";
		const features = [];
		for (let page = `/ogc/collections/${layer}/items?f=json&limit=10000${crs}`; page; ) {
			const answer = await this.ask(page);
			const next = answer.links.find((link) => link.rel === "next");
			features.push(...answer.features);
			page = next && new URL(next.href).pathname + new URL(next.href).search;
		}
		return features;
	}

	async at([lon, lat], radiusM) {
		return this.ask(`/api/at?lon=${lon}&lat=${lat}&radius_m=${radiusM}`);
	}

	/** Parcels without a house in their middle: [{record, middle}], as many as asked for. */
	async bareParcels(count) {
		const found = [];
		for (const record of await this.records("parcel")) {
			const middle = middleOf(record);
			const { features } = await this.at(middle, 30);
			const others = features.filter((other) => !["parcel", "admin_unit"].includes(other.layer));
			const isAlone = others.every((other) => other.distance_m > Math.max(ALONE_M, (other.properties.width_m ?? 0) / 2));
			const isHere = features.some((other) => other.layer === "parcel" && other.id === record.id);
			if (isAlone && isHere && features.length - others.length === 2) found.push({ record, middle });
			if (found.length === count) return found;
		}
		throw new Error("the sample city has too few bare parcels");
	}

	async stop() {
		this.server.kill("SIGTERM");
		if (this.server.exitCode === null) await once(this.server, "exit");
		fs.rmSync(this.folder, { recursive: true, force: true });
	}
}

/** The outer ring of a record with one polygon, without its repeated point. */
export function ringOf(record) {
	return record.geometry.coordinates[0][0].slice(0, -1);
}

export function middleOf(record) {
	const ring = ringOf(record);
	return [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
}

/**
 * Starts the sample city, or a register without records; resolves when its map is ready. `prepare`: puts
 * records into the empty one before it is served.
 */
export async function startCity({ empty = false, parcels = PARCELS, prepare } = {}) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dothi-web-"));
	const register = path.join(folder, "city");
	const words = ["--listen", "127.0.0.1:0", "--json", "--quiet"];
	/* For work on the map: a fresh build of it without a new program. */
	if (process.env.WEB_ROOT) words.push("--web-root", process.env.WEB_ROOT);

	if (empty || prepare) {
		execFileSync(dothi, ["init", register, "--crs", String(EPSG), "--name", "Thủ Dầu Một"], { stdio: "pipe" });
		prepare?.(register);
		words.unshift("serve", register);
	} else {
		words.unshift("demo", register, "--parcels", String(parcels));
	}
	const server = spawn(dothi, words, { stdio: ["ignore", "pipe", "ignore"] });
	const [line] = await Promise.race([
		once(readline.createInterface({ input: server.stdout }), "line"),
		once(server, "exit").then(() => Promise.reject(new Error(`dothi ${words[0]} ended`))),
	]);
	return new City(server, JSON.parse(line).url, folder);
}
