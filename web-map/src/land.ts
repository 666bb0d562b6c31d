/*
 * land: what the server knows of a parcel beside its fields, and parcels that become others.
 */
import { askJson, recordPath, send, sendJson } from "./api";
import type { RecordKey } from "./permalink";
import type { CityRecord, Shape } from "./record";

export interface Unit {
	readonly id: number;
	readonly code: string | null;
	readonly name: string | null;
	readonly parent_name: string | null;
	readonly valid_from: string | null;
	readonly valid_to: string | null;
}

export interface ParcelFacts {
	readonly id: number;
	readonly code_list: string;
	readonly land_use: readonly { readonly code: string; readonly title: string | null }[];
	readonly areas: {
		readonly legal_m2: number | null;
		readonly measured_m2: number | null;
		/** Standard error of the measured one. */
		readonly error_m2: number | null;
		readonly difference_m2: number | null;
		readonly difference_share: number | null;
	};
	readonly unit_issued: Unit | null;
	readonly unit_now: Unit | null;
	/** Told to those who may change it. */
	readonly lock?: { readonly owner: string | null; readonly purpose: string; readonly mine: boolean; readonly expires_at: string };
}

export interface LineageStep {
	readonly from: number;
	readonly to: number;
	readonly cause: "split" | "merge" | "redraw" | "transfer" | "rename";
	readonly valid_from: string | null;
	readonly share: number | null;
	readonly document: string | null;
}

export interface LineageRecord {
	readonly id: number;
	readonly valid_from: string | null;
	readonly valid_to: string | null;
	readonly in_force: boolean;
	readonly properties: CityRecord["properties"];
}

export interface Lineage {
	readonly id: number;
	readonly steps: readonly LineageStep[];
	readonly records: readonly LineageRecord[];
	readonly complete: boolean;
}

/** A zone, or a right of way, as far as it lies on the parcel. */
export interface PlanPart {
	readonly layer: string;
	readonly id: number;
	readonly properties: CityRecord["properties"];
	readonly area_m2: number;
	readonly share: number;
	readonly geometry: Shape | null;
}

export interface ParcelPlan {
	readonly id: number;
	readonly parts: readonly PlanPart[];
	/** By all rights of way together. */
	readonly reserved: { readonly area_m2: number; readonly share: number; readonly geometry: Shape | null };
	readonly unzoned_m2: number;
}

export function askPlan(id: number, date: string, signal: AbortSignal): Promise<ParcelPlan> {
	return askJson<ParcelPlan>(`/api/parcels/${id}/plan${date && `?date=${date}`}`, signal);
}

export function askParcel(id: number, date: string, signal: AbortSignal): Promise<ParcelFacts> {
	return askJson<ParcelFacts>(`/api/parcels/${id}${date && `?date=${date}`}`, signal);
}

export function askLineage({ layer, id }: RecordKey, signal: AbortSignal): Promise<Lineage> {
	return askJson<Lineage>(`${recordPath(layer, id)}/lineage`, signal);
}

/* --- parcels that are held ------------------------------------------------------------------------- */

export interface Lock {
	readonly id: number;
	readonly geometry: Shape | null;
}

export async function askLocks(): Promise<readonly Lock[]> {
	return (await askJson<{ locks: readonly Lock[] }>("/api/parcels/locks")).locks;
}

/** For so many days nobody else changes the parcel. */
export async function hold(id: number, purpose: string, days: number): Promise<void> {
	await send("/api/parcels/locks", { method: "POST", body: { parcels: [id], purpose, days } });
}

export async function release(id: number): Promise<void> {
	await send(`/api/parcels/locks/${id}`, { method: "DELETE" });
}

/* --- parcels that become others -------------------------------------------------------------------- */

export type Deed = "split" | "merge";

export interface LandFinding {
	readonly geometry: Shape | null;
	readonly properties: { readonly code: string; readonly detail: string; readonly try: string | null };
}

export interface NewParcel {
	readonly id: number;
	readonly geometry: Shape | null;
	readonly properties: CityRecord["properties"];
	readonly area_error_m2: number;
}

export interface LandResult {
	readonly parcels: readonly NewParcel[];
	readonly retired: readonly number[];
	readonly findings?: { readonly features: readonly LandFinding[] };
}

/** What is wanted; the versions are those that were shown. */
export interface LandOrder {
	readonly parcels: readonly CityRecord[];
	/** Of a split, in degrees. */
	readonly line?: readonly (readonly number[])[] | undefined;
	/** Of the parcel that a merger makes; "" as those it is made from. */
	readonly landUse?: string;
	/** "" today. */
	readonly from: string;
	readonly document: string;
}

function bodyOf(deed: Deed, { parcels, line, landUse, from, document }: LandOrder): object {
	const keys = parcels.map(({ id, properties }) => ({ id, version: Number(properties.version) }));
	return {
		parcels: keys,
		...(deed === "split" ? { line: { type: "LineString", coordinates: line ?? [] } } : {}),
		...(landUse ? { properties: { land_use: landUse } } : {}),
		...(from ? { valid_from: from } : {}),
		...(document ? { document } : {}),
	};
}

/** What would come of it, and what speaks against it; nothing is changed. */
export function checkDeed(deed: Deed, order: LandOrder): Promise<LandResult> {
	return sendJson<LandResult>(`/api/parcels/${deed}`, { method: "POST", body: { ...bodyOf(deed, order), check: true } });
}

export function carryOut(deed: Deed, order: LandOrder): Promise<LandResult> {
	return sendJson<LandResult>(`/api/parcels/${deed}`, { method: "POST", body: bodyOf(deed, order) });
}
