/*
 * permalink: what is shown, as the address of the page: ?z=&c=lon,lat&layers=a,b&q=&id=layer/1&desk=file/1&date=&lang=
 *
 * A copied address opens the same view, layers, selected record and language.
 */
import { isLanguage, type Language } from "./i18n/language";
import type { LonLat } from "./place";

export interface RecordKey {
	readonly layer: string;
	readonly id: number;
}

export interface Permalink {
	readonly zoom?: number | undefined;
	readonly centre?: LonLat | undefined;
	/** Undefined leaves the choice of layers to the reader's device. */
	readonly layers?: readonly string[] | undefined;
	readonly record?: RecordKey | undefined;
	/** The desk for house numbers is open, at that; see counter/subject.ts. */
	readonly desk?: string | undefined;
	/** What stands in the search box. */
	readonly query?: string | undefined;
	readonly language?: Language | undefined;
	/** As of that day; undefined today. */
	readonly date?: string | undefined;
	/** A one-time link to set a password by; it is never written. */
	readonly once?: string | undefined;
}

/* The box takes no more. */
const QUERY_MAX = 200;

function readNumber(text: string | null, least: number, most: number): number | undefined {
	const value = text?.trim() ? Number(text) : NaN;
	return value >= least && value <= most ? value : undefined;
}

function readCentre(text: string | null): LonLat | undefined {
	const [lonText, latText] = (text ?? "").split(",");
	const lon = readNumber(lonText ?? null, -180, 180);
	const lat = readNumber(latText ?? null, -90, 90);
	return lon === undefined || lat === undefined ? undefined : [lon, lat];
}

export function readRecordKey(text: string | null): RecordKey | undefined {
	const match = /^([a-z][a-z0-9_]*)\/(\d{1,16})$/.exec(text ?? "");
	return match?.[1] && match[2] ? { layer: match[1], id: Number(match[2]) } : undefined;
}

function readDesk(text: string | null): Pick<Permalink, "desk"> {
	return text && /^[a-z]{1,20}(\/\d{1,16})?$/.test(text) ? { desk: text } : {};
}

/** What a damaged address does not say is undefined. */
export function readPermalink(search: string): Permalink {
	const params = new URLSearchParams(search);
	const language = params.get("lang");

	return {
		zoom: readNumber(params.get("z"), 0, 24),
		centre: readCentre(params.get("c")),
		layers: params.get("layers")?.split(",").filter(Boolean),
		record: readRecordKey(params.get("id")),
		language: isLanguage(language) ? language : undefined,
		...readDesk(params.get("desk")),
		...(params.get("q") ? { query: params.get("q")?.slice(0, QUERY_MAX) } : {}),
		...(/^\d{4}-\d{2}-\d{2}$/.test(params.get("date") ?? "") ? { date: params.get("date") ?? "" } : {}),
		...(params.has("once") ? { once: params.get("once") ?? "" } : {}),
	};
}

/** The address of this view, relative to the page; "," and "/" stay readable. */
export function writePermalink(link: Permalink): string {
	const parts: string[] = [];
	const add = (name: string, value: string): void => {
		parts.push(`${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%2F/g, "/")}`);
	};

	/* Six decimals are 0.1 m. */
	if (link.zoom !== undefined) add("z", link.zoom.toFixed(2).replace(/\.?0+$/, ""));
	if (link.centre) add("c", link.centre.map((degrees) => degrees.toFixed(6)).join(","));
	if (link.layers) add("layers", link.layers.join(","));
	if (link.query) add("q", link.query);
	if (link.record) add("id", `${link.record.layer}/${link.record.id}`);
	if (link.desk) add("desk", link.desk);
	if (link.date) add("date", link.date);
	if (link.language) add("lang", link.language);
	return `?${parts.join("&")}`;
}
