/*
 * record: one thing of the register as the server tells it, and how it is put to people.
 */
import type { City, Field, Layer, LookClass } from "./city";
import { classOf } from "./city";
import { language, say, t } from "./i18n/language";
import { formatDate, formatInteger, formatReal, unitSign } from "./i18n/number";
import type { RecordKey } from "./permalink";

export type Position = readonly number[];

export type Shape =
	| { readonly type: "Point"; readonly coordinates: Position }
	| { readonly type: "MultiPoint" | "LineString"; readonly coordinates: readonly Position[] }
	| { readonly type: "MultiLineString" | "Polygon"; readonly coordinates: readonly (readonly Position[])[] }
	| { readonly type: "MultiPolygon"; readonly coordinates: readonly (readonly (readonly Position[])[])[] };

export interface CityRecord {
	readonly type: "Feature";
	readonly layer: string;
	readonly id: number;
	readonly geometry: Shape | null;
	readonly properties: { readonly [field: string]: unknown };
	readonly distance_m: number;
}

export interface Row {
	readonly title: string;
	/** Empty when the register does not know. */
	readonly text: string;
	/** The class whose colour stands beside the text. */
	readonly look?: LookClass | undefined;
	/** Another record that the value names. */
	readonly link?: RecordKey | undefined;
	/** An administrative unit, by its id. */
	readonly unit?: number | undefined;
}

/* Years and other short numbers are not grouped: 1998, but 12.500. */
const GROUPED_FROM = 10_000;
const REAL_DECIMALS = 3;
const AREA_DECIMALS = 1;

function printInteger(value: number, unit: string | null): string {
	return unit === null && Math.abs(value) < GROUPED_FROM ? String(value) : formatInteger(value, language.value);
}

/** A value as people read it; empty when the register does not know. */
export function printValue(value: unknown, field: Field): string {
	if (value === null || value === undefined || value === "") return "";
	if (field.type === "bool") return value ? t("ui_yes") : t("ui_no");
	if (field.type === "date") return formatDate(String(value));
	const word = field.words.find((one) => one.value === value);
	if (word) return say(word.title);
	if (typeof value !== "number") return String(value);
	const decimals = field.unit === "m2" ? AREA_DECIMALS : REAL_DECIMALS;
	const number =
		field.type === "real" ? formatReal(value, decimals, language.value) : printInteger(value, field.unit);
	return field.unit ? `${number} ${unitSign(field.unit)}` : number;
}

/* "school_id" names a record of the layer school, where there is such a layer. */
function linkOf(field: Field, value: unknown, layers: readonly Layer[]): RecordKey | undefined {
	const layer = layers.find((one) => `${one.id}_id` === field.id);
	return layer && typeof value === "number" ? { layer: layer.id, id: value } : undefined;
}

/* Codes in capitals, as ODT, are words of the trade and are told; others are the register's own. */
function nameClass(look: LookClass, value: string): string {
	const title = say(look.title);
	return /^[A-Z0-9+]+$/.test(value) && !title.includes(value) ? `${title} (${value})` : title;
}

/** A value of any field, or of a day, with what its class is called. */
export function tellValue(value: unknown, id: string, layer: Layer): string {
	const field = layer.fields.find((one) => one.id === id);
	if (!field) return formatDate(String(value ?? ""));
	const text = printValue(value, field);
	const look = id === layer.look.class_field && text ? classOf(layer.look, value) : undefined;
	return look ? nameClass(look, text) : text;
}

function rowOf(record: CityRecord, layer: Layer, field: Field, layers: readonly Layer[]): Row {
	const value = record.properties[field.id];
	const title = say(field.title);
	const text = printValue(value, field);

	if (field.id === layer.look.class_field && text) {
		const look = classOf(layer.look, value);
		return { title, text: look ? nameClass(look, text) : text, look };
	}
	if (text && (field.source === "unit_issued" || field.source === "unit_now")) return { title, text, unit: Number(value) };
	if (field.type === "int" && field.id.endsWith("_id") && text)
		return { title, text: t("ui_record_id", { id: Number(value) }), link: linkOf(field, value, layers) };
	return { title, text };
}

/* What is told of land by itself, with more beside it (panels/land_facts.ts). */
function isToldApart({ id, source }: Field, { land }: Layer): boolean {
	return land !== null && (id === land.use || id === land.legal_area || ["area", "unit_issued", "unit_now"].includes(source));
}

/** The fields of the layer in their order, then since when the record holds. */
export function rowsOf(record: CityRecord, layer: Layer, layers: readonly Layer[]): Row[] {
	const rows = layer.fields.filter((field) => !isToldApart(field, layer)).map((field) => rowOf(record, layer, field, layers));
	const date = (name: string): string => formatDate(String(record.properties[name] ?? ""));

	rows.push({ title: t("ui_valid_from"), text: date("valid_from") });
	if (record.properties.valid_to) rows.push({ title: t("ui_valid_to"), text: date("valid_to") });
	return rows;
}

/** What came with the file and has no field of its own, as it was written there. */
export function sourceRowsOf(record: CityRecord): Row[] {
	const source = record.properties.source_attributes;
	if (typeof source !== "object" || source === null) return [];
	return Object.entries(source).map(([title, value]) => ({ title, text: value === null ? "" : String(value) }));
}

/** A line on where the record was measured, when not in the working coordinate system. */
export function nativeSystemOf(record: CityRecord, city: City): number | undefined {
	const epsg = record.properties.native_epsg;
	return typeof epsg === "number" && epsg !== city.crs.epsg ? epsg : undefined;
}

/* "Houses", where the classes of a layer tell its records apart. */
function classTitleOf({ properties }: CityRecord, { look }: Layer): string | undefined {
	const value = look.class_field ? properties[look.class_field] : undefined;
	const one = value ? classOf(look, value) : undefined;
	return one && say(one.title);
}

/** What the record is called: its label, "Parcel no. 345", else its kind, else its number. */
export function headingOf(record: CityRecord, layer: Layer): string {
	const named = [layer.address?.label, layer.look.label?.field, "name", "code"].find((id) => record.properties[id ?? ""]);
	const field = layer.fields.find((one) => one.id === named);
	const text = field ? printValue(record.properties[field.id], field) : "";

	if (!field || !text) return classTitleOf(record, layer) ?? t("ui_record_id", { id: record.id });
	return /^[\d/.-]+$/.test(text) ? `${say(field.title)} ${text}` : text;
}

function ringArea(ring: readonly Position[]): number {
	let twice = 0;
	ring.forEach(([x = 0, y = 0], i) => {
		const [nextX = 0, nextY = 0] = ring[(i + 1) % ring.length] ?? [];
		twice += x * nextY - nextX * y;
	});
	return Math.abs(twice) / 2;
}

/* In square degrees: enough to say which of two areas at one place is the smaller. */
function sizeOf(shape: Shape | null): number {
	if (shape?.type === "Polygon") return ringArea(shape.coordinates[0] ?? []);
	if (shape?.type !== "MultiPolygon") return 0;
	return shape.coordinates.reduce((sum, polygon) => sum + ringArea(polygon[0] ?? []), 0);
}

const KINDS = { point: 0, line: 1, area: 2 } as const;

/** The real width of a line in metres; 0 where it has none. */
export function widthOf(record: CityRecord, layer: Layer): number {
	const width = layer.look.width_field ? record.properties[layer.look.width_field] : undefined;
	return typeof width === "number" ? width : 0;
}

/*
 * True if the place that was pointed at is on the record as it is drawn: within reach of points and
 * lines, or on the surface of a line that has a real width.
 */
function isTouched(record: CityRecord, layer: Layer, reachM: number): boolean {
	return layer.geometry === "area" || record.distance_m <= Math.max(reachM, widthOf(record, layer) / 2);
}

/** What lies at a place, the most particular first: points, lines, then areas by size. */
export function sortRecords(
	records: readonly CityRecord[],
	layers: ReadonlyMap<string, Layer>,
	reachM: number,
): CityRecord[] {
	const touched = records.flatMap((record) => {
		const layer = layers.get(record.layer);
		if (!layer || !isTouched(record, layer, reachM)) return [];
		return [{ record, kind: KINDS[layer.geometry], size: sizeOf(record.geometry) }];
	});
	touched.sort(
		(a, b) => a.kind - b.kind || a.size - b.size || a.record.distance_m - b.record.distance_m || a.record.id - b.record.id,
	);
	return touched.map(({ record }) => record);
}
