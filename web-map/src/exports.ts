/*
 * exports: a layer as a file, which the server writes as a job and keeps for a day.
 */
import { askJson, send, sendJson } from "./api";
import type { Bounds } from "./city";
import type { Language } from "./i18n/language";
import type { LonLat } from "./place";

export const FORMATS = ["gpkg", "shp", "geojson", "fgb", "csv"] as const;
export type ExportFormat = (typeof FORMATS)[number];

export interface ExportOrder {
	readonly layer: string;
	readonly format: ExportFormat;
	/** "working", "4326" or "native". */
	readonly crs: string;
	readonly unit?: number;
	readonly bbox?: string;
	readonly area?: { readonly type: "Polygon"; readonly coordinates: readonly (readonly LonLat[])[] };
	readonly datetime?: string;
}

export interface ExportResult {
	readonly file: string;
	readonly href: string;
	readonly rows: number;
	readonly bytes: number;
	readonly left_out: number;
	readonly lost_values: number;
	readonly too_long_for_excel: boolean;
	readonly error?: { readonly code: string; readonly text: Readonly<Record<Language, string>>; readonly try?: Readonly<Record<Language, string>> };
}

export interface ExportJob {
	readonly id: number;
	readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
	readonly done: number;
	readonly total: number;
	readonly result: ExportResult | null;
}

export function orderExport(order: ExportOrder): Promise<ExportJob> {
	return sendJson("/api/jobs", { method: "POST", body: { kind: "export", ...order } });
}

export function askExport(id: number): Promise<ExportJob> {
	return askJson(`/api/jobs/${id}`);
}

export async function cancelExport(id: number): Promise<void> {
	await send(`/api/jobs/${id}`, { method: "DELETE" });
}

export function isOver({ state }: ExportJob): boolean {
	return state === "done" || state === "failed" || state === "cancelled";
}

/** As the server reads a box: west, south, east, north. */
export function printBounds(bounds: Bounds): string {
	return bounds.map((degrees) => degrees.toFixed(7)).join(",");
}
