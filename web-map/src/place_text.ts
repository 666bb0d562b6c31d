/*
 * place_text: coordinates as people write them, read and written.
 *
 * Reading accepts degrees with decimals or with minutes and seconds, in either order, and northing
 * and easting of the working system in either order; decimal points or commas. A text may have
 * several readings: those near the city come first; far from it latitude is read before longitude.
 * N, S, E, W and Đ (east), T (west), B (north) are understood; N is always north.
 */
import { formatFixed } from "./i18n/number";
import type { Language } from "./i18n/language";
import { distanceM, type GridPlace, type LonLat, type WorkingGrid } from "./place";

export type ReadingKind = "degrees" | "grid";

export interface Reading {
	readonly kind: ReadingKind;
	readonly place: LonLat;
}

/* A pair is meant for this city or its surroundings; farther off another reading is the right one. */
const NEAR_M = 500_000;
const READINGS_MAX = 4;
/* Grid coordinates are metres by the hundred thousand; degrees never are. */
const GRID_LEAST_M = 1000;
const TEXT_MAX = 200;

type Pair = readonly [number, number];

const HEMISPHERES: Readonly<{ [letter: string]: { axis: "lat" | "lon"; sign: 1 | -1 } }> = {
	N: { axis: "lat", sign: 1 },
	B: { axis: "lat", sign: 1 },
	S: { axis: "lat", sign: -1 },
	E: { axis: "lon", sign: 1 },
	Đ: { axis: "lon", sign: 1 },
	W: { axis: "lon", sign: -1 },
	T: { axis: "lon", sign: -1 },
};

const PLAIN_NUMBER = /^[-+]?\d+(?:[.,]\d+)?$/;
/* Thousands behind one mark, decimals behind the other: 1.214.394,767 or 1,214,394.767. */
const GROUPED_NUMBER = /^[-+]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$/;

function readNumber(word: string): number {
	if (PLAIN_NUMBER.test(word)) return Number(word.replace(",", "."));
	const [, mark] = GROUPED_NUMBER.exec(word) ?? [];
	return mark ? Number(word.replaceAll(mark, "").replace(",", ".")) : NaN;
}

function pairOf(words: readonly string[]): Pair | undefined {
	const [first, second] = words.map(readNumber);
	if (words.length !== 2 || first === undefined || second === undefined) return undefined;
	return Number.isFinite(first) && Number.isFinite(second) ? [first, second] : undefined;
}

/* Two plain numbers, whatever stands between them. */
function readPair(text: string): Pair | undefined {
	const bare = text.replace(/[\p{L}=:]+/gu, " ").trim();
	const spaced = bare.split(/[\s;]+/).map((word) => word.replace(/,$/, ""));
	const grouped = bare.match(/\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?/g) ?? [];
	const commas = bare.split(/\s*,\s*/);

	return (
		pairOf(bare.split(/\s*;\s*/)) ??
		pairOf(spaced) ??
		pairOf(commas) ??
		(commas.length === 4 ? pairOf([commas.slice(0, 2).join("."), commas.slice(2).join(".")]) : undefined) ??
		pairOf(grouped.map((group) => group.replace(/[ \u00a0\u202f]/g, "")))
	);
}

/* A whole number of metres with one mark of grouping looks like a decimal: 599.256. */
function restoreGrouping([first, second]: Pair): Pair {
	const restore = (value: number, other: number): number =>
		Math.abs(value) < GRID_LEAST_M && Math.abs(value) > 180 && other >= GRID_LEAST_M ? value * 1000 : value;
	return [restore(first, second), restore(second, first)];
}

interface Angle {
	readonly degrees: number;
	readonly axis: "lat" | "lon" | undefined;
}

const ANGLE =
	"(?<degrees>[-+]?\\d+(?:[.,]\\d+)?)\\s*°\\s*" +
	"(?:(?<minutes>\\d+(?:[.,]\\d+)?)\\s*'\\s*)?(?:(?<seconds>\\d+(?:[.,]\\d+)?)\\s*\"\\s*)?";
const LETTER = "(?<letter>[NSEWBĐT])";

function angleOf({ groups = {} }: RegExpMatchArray): Angle {
	const hemisphere = HEMISPHERES[groups.letter ?? ""];
	const part = (name: string): number => readNumber(groups[name] ?? "0");
	const size = Math.abs(part("degrees")) + part("minutes") / 60 + part("seconds") / 3600;
	const sign = groups.degrees?.startsWith("-") ? -1 : 1;

	return { degrees: size * sign * (hemisphere?.sign ?? 1), axis: hemisphere?.axis };
}

/* One way to write the signs, and a degree sign before a letter where there is none. */
function plainAngles(text: string): string {
	const plain = text
		.toUpperCase()
		.replace(/[º˚]/g, "°")
		.replace(/″|”|“|''/g, '"')
		.replace(/[′’‘]/g, "'");
	return plain.includes("°") ? plain : plain.replace(/(\d)\s*(?=[NSEWBĐT](?:[\s,;]|$))/g, "$1°");
}

/* Degrees with signs or letters: 10°58'48"N 106°39'36"E, 10.98°N 106.66°E, 10.98N 106.66E. */
function readAngles(text: string): LonLat[] {
	const plain = plainAngles(text);
	const form = /^\s*[NSEWBĐT]/.test(plain) ? `${LETTER}\\s*${ANGLE}` : `${ANGLE}${LETTER}?`;
	const [first, second, ...more] = [...plain.matchAll(new RegExp(form, "g"))].map(angleOf);

	if (!first || !second || more.length) return [];
	if (first.axis === "lon" || second.axis === "lat") return [[first.degrees, second.degrees]];
	if (first.axis ?? second.axis) return [[second.degrees, first.degrees]];
	return [
		[second.degrees, first.degrees],
		[first.degrees, second.degrees],
	];
}

function isOnEarth([lon, lat]: LonLat): boolean {
	return Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}

function gridReadings([first, second]: Pair, grid: WorkingGrid): Reading[] {
	const places = [
		grid.toLonLat({ north: first, east: second }),
		grid.toLonLat({ north: second, east: first }),
	];
	return places.flatMap((place) => (place ? [{ kind: "grid", place } as const] : []));
}

/** What the text may mean, nearest to `near` first; empty when it holds no coordinates. */
export function readPlaces(text: string, grid: WorkingGrid, near: LonLat | undefined): Reading[] {
	const readings: Reading[] = [];
	const angles = readAngles(text.slice(0, TEXT_MAX)).filter(isOnEarth);
	const pair = angles.length ? undefined : readPair(text.slice(0, TEXT_MAX));

	for (const place of angles) readings.push({ kind: "degrees", place });
	if (pair) {
		const [first, second] = restoreGrouping(pair);
		readings.push({ kind: "degrees", place: [second, first] }, { kind: "degrees", place: [first, second] });
		if (Math.max(Math.abs(first), Math.abs(second)) >= GRID_LEAST_M)
			readings.push(...gridReadings([first, second], grid));
	}
	const sound = readings.filter(({ place }) => isOnEarth(place));
	if (!near) return sound.slice(0, READINGS_MAX);
	const away = ({ place }: Reading): number => distanceM(place, near);
	const close = sound.filter((reading) => away(reading) <= NEAR_M);
	return (close.length ? close.sort((a, b) => away(a) - away(b)) : sound).slice(0, READINGS_MAX);
}

function printDms(degrees: number, letters: readonly [string, string], language: Language): string {
	/* Hundredths of a second are 0.3 m; rounding first keeps 60″ from appearing. */
	const hundredths = Math.round(Math.abs(degrees) * 360_000);
	const whole = Math.floor(hundredths / 360_000);
	const minutes = String(Math.floor((hundredths % 360_000) / 6000)).padStart(2, "0");
	const seconds = formatFixed((hundredths % 6000) / 100, 2, language).padStart(5, "0");
	return `${whole}°${minutes}′${seconds}″ ${letters[degrees < 0 ? 1 : 0]}`;
}

export type DegreeForm = "decimal" | "dms";

/** Latitude and longitude to be read. */
export function printDegrees([lon, lat]: LonLat, form: DegreeForm, language: Language): [string, string] {
	if (form === "dms") return [printDms(lat, ["N", "S"], language), printDms(lon, ["E", "W"], language)];
	return [`${formatFixed(lat, 7, language)}°`, `${formatFixed(lon, 7, language)}°`];
}

/** Northing and easting to be read, to the millimetre. */
export function printGrid({ north, east }: GridPlace, language: Language): [string, string] {
	/* On the other side of the earth a zone has no coordinates. */
	const print = (metres: number): string => (Number.isFinite(metres) ? formatFixed(metres, 3, language) : "–");
	return [print(north), print(east)];
}

/** To be pasted into other programs: plain digits, latitude or northing first. */
export function copyDegrees([lon, lat]: LonLat): string {
	return `${lat.toFixed(7)}, ${lon.toFixed(7)}`;
}

export function copyGrid({ north, east }: GridPlace): string {
	return `${north.toFixed(3)}, ${east.toFixed(3)}`;
}
