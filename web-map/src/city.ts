/*
 * city: what /api/layers says of the city and its layers.
 *
 * All that the map knows of a layer stands here: no other module names one.
 */
import type { Title } from "./i18n/language";

export type GeometryKind = "point" | "line" | "area";

export interface LookClass {
	/** Of the class field; null for all other values. */
	readonly value: string | null;
	readonly title: Title;
	/** Colours are #rrggbbaa; null draws nothing. */
	readonly fill: string | null;
	readonly stroke: string | null;
	/** Of a line; the radius of a point. */
	readonly width_px: number;
	readonly min_zoom: number;
}

export interface LookLabel {
	readonly field: string;
	readonly min_zoom: number;
	readonly size_px: number;
	readonly colour: string | null;
	readonly halo: string | null;
	/** Of areas: half of it may stand out. */
	readonly may_overhang: boolean;
}

export interface Look {
	readonly min_zoom: number;
	readonly max_zoom: number;
	/** Outlines and casings from this zoom on. */
	readonly stroke_zoom: number;
	readonly stroke_px: number;
	readonly class_field: string | null;
	/** Holds the real width of a line in metres. */
	readonly width_field: string | null;
	readonly classes: readonly LookClass[];
	readonly label: LookLabel | null;
}

export interface Field {
	readonly id: string;
	readonly title: Title;
	readonly type: "text" | "int" | "real" | "bool" | "date";
	readonly unit: string | null;
	readonly computed: boolean;
	/** What its codes are called; none: values are told as they are. */
	readonly words: readonly { readonly value: string; readonly title: Title }[];
	/** What the register computes it from. */
	readonly source: "given" | "area" | "length" | "unit_issued" | "unit_now";
}

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

export interface Layer {
	readonly id: string;
	readonly title: Title;
	readonly geometry: GeometryKind;
	readonly records: number;
	/** Switched on when the map opens. */
	readonly visible: boolean;
	readonly bounds?: Bounds;
	readonly fields: readonly Field[];
	readonly look: Look;
	/** Its records are parcels: which fields say what of them; null they are not. */
	readonly land: { readonly sheet: string; readonly number: string; readonly use: string; readonly legal_area: string } | null;
	/** Its records are house numbers. */
	readonly address: {
		readonly street: string;
		readonly number: string;
		readonly plate: string;
		readonly label: string;
		readonly parcel: string;
		readonly status: string;
		readonly old_labels: string;
	} | null;
	/** Its records are streets and alleys. */
	readonly network: { readonly name: string; readonly parent: string; readonly after: string; readonly direction: string } | null;
}

export interface City {
	readonly name: string;
	readonly crs: {
		readonly epsg: number;
		readonly name: string;
		readonly proj4: string;
		readonly operation: string;
	};
	readonly bounds?: Bounds;
	readonly map_ready: boolean;
}

/** Layers stand in drawing order, from the ground up. */
export interface CityDescription {
	readonly city: City;
	readonly layers: readonly Layer[];
}

/** What a value of the class field looks like; undefined when no class speaks of it. */
export function classOf(look: Look, value: unknown): LookClass | undefined {
	const given = look.class_field && typeof value === "string" ? value : null;
	return (
		look.classes.find((one) => one.value === given) ??
		look.classes.find((one) => one.value === null)
	);
}

/** The zoom from which on something of the layer is drawn. */
export function firstZoom(look: Look): number {
	return Math.max(look.min_zoom, Math.min(...look.classes.map((one) => one.min_zoom)));
}

export interface Roles {
	readonly land: Layer | undefined;
	readonly address: Layer | undefined;
	readonly network: Layer | undefined;
}

/** The layers of parcels, of house numbers, of streets. */
export function rolesOf(layers: Iterable<Layer>): Roles {
	const all = [...layers];
	return {
		land: all.find((layer) => layer.land),
		address: all.find((layer) => layer.address),
		network: all.find((layer) => layer.network),
	};
}
