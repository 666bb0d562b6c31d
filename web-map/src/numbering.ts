/*
 * numbering: house numbers as the server proposes and issues them, and numbering schemes of streets.
 */
import { askJson, sendJson } from "./api";
import { PARCEL, STREET } from "./api_words";
import type { LonLat } from "./place";
import type { Shape } from "./record";

export interface HouseNumber {
	readonly number: number;
	readonly to: number | null;
	readonly suffix: string | null;
	/** As it stands on the plate: "12/3A". */
	readonly plate: string;
	/** With the street: "12/3A Yersin". */
	readonly label: string;
}

export interface Rule {
	readonly id: string;
	/** Null: no text is known that anybody here has read. */
	readonly document: string | null;
	readonly article: string | null;
	readonly confidence: string | null;
}

export interface Step {
	readonly code: string;
	readonly text: string;
	readonly rule: Rule | null;
}

/** Another answer that would do. */
export interface Choice {
	/** Null: the street of the proposal. */
	readonly street_id: number | null;
	/** Null: as that street gives it. */
	readonly number: HouseNumber | null;
	readonly code: string;
	readonly text: string;
}

export interface Neighbour {
	readonly id: number;
	readonly plate: string;
	readonly status: string;
	readonly geometry: Shape | null;
}

export interface KnownAddress {
	readonly id: number;
	readonly version: number;
	readonly label: string;
	readonly plate: string;
	readonly status: string;
}

export interface Proposal {
	readonly state: "decided" | "choose" | "numbered";
	readonly parcel_id: number;
	readonly parcel_version: number;
	readonly parcel_number: string;
	readonly number: HouseNumber | null;
	/** Absent where no street was found; so is what follows of the house. */
	readonly street?: { readonly id: number; readonly name: string; readonly kind: string | null; readonly path: string | null; readonly scheme_id: number | null };
	readonly side?: "left" | "right" | null;
	readonly chainage_m?: number;
	readonly distance_m?: number;
	readonly front_m?: number;
	readonly door?: Shape | null;
	/** From the door to the middle of the street. */
	readonly foot?: Shape | null;
	readonly before?: Neighbour | null;
	readonly behind?: Neighbour | null;
	/** Plates that are free next to it, on its side. */
	readonly free: readonly string[];
	readonly address: KnownAddress | null;
	readonly steps: readonly Step[];
	readonly choices: readonly Choice[];
}

export interface HousePlace {
	readonly parcel: number;
	/** Undefined: by the rule. */
	readonly street?: number | undefined;
	readonly door?: LonLat | undefined;
}

export function askProposal({ parcel, street, door }: HousePlace, signal: AbortSignal): Promise<Proposal> {
	const params = new URLSearchParams({ [PARCEL]: String(parcel) });
	if (street) params.set(STREET, String(street));
	if (door) params.set("door", door.map((degrees) => degrees.toFixed(9)).join(","));
	return askJson<Proposal>(`/api/numbering/propose?${params}`, signal);
}

/* --- deeds ------------------------------------------------------------------------------------------ */

export interface Numbered extends KnownAddress {
	readonly old_labels: string | null;
	readonly reserved_until: string | null;
	readonly street_id: number | null;
	readonly parcel_id: number | null;
	readonly valid_from: string | null;
}

export interface NumberOrder {
	readonly place: HousePlace;
	/** "25A"; "" as it is proposed. */
	readonly number: string;
	/** Why it is of the other side, or out of order; "" none. */
	readonly sideReason: string;
	readonly anotherDoor?: boolean;
}

function bodyOf({ place: { parcel, street, door }, number, sideReason, anotherDoor }: NumberOrder): object {
	return {
		parcel_id: parcel,
		...(street ? { street_id: street } : {}),
		...(door ? { door } : {}),
		...(number ? { number } : {}),
		...(sideReason ? { side_reason: sideReason } : {}),
		...(anotherDoor ? { another_door: true } : {}),
	};
}

/** Numbers are issued, or reserved until they are. */
export function number(deed: "issue" | "reserve", order: NumberOrder): Promise<Numbered> {
	return sendJson<Numbered>(`/api/addresses/${deed}`, { method: "POST", body: bodyOf(order) });
}

export interface ChangeOrder {
	readonly id: number;
	readonly version: number;
	readonly reason: string;
}

export function renumber({ id, version, reason }: ChangeOrder, to: string, sideReason: string): Promise<Numbered> {
	const body = { version, reason, ...(to ? { number: to } : {}), ...(sideReason ? { side_reason: sideReason } : {}) };
	return sendJson<Numbered>(`/api/addresses/${id}/renumber`, { method: "POST", body });
}

export function retire({ id, version, reason }: ChangeOrder): Promise<Numbered> {
	return sendJson<Numbered>(`/api/addresses/${id}/retire`, { method: "POST", body: { version, reason } });
}

/* --- schemes ---------------------------------------------------------------------------------------- */

export type SchemeState = "draft" | "submitted" | "approved" | "rejected" | "replaced";

export interface SchemeHead {
	/** Null: of a look, not in the register. */
	readonly id: number | null;
	readonly version: number;
	readonly state: SchemeState;
	readonly street_id: number;
	readonly street_name: string;
	readonly document: string | null;
	readonly note: string | null;
	readonly reason: string | null;
	readonly made_by: string | null;
	readonly made_at: string | null;
	readonly submitted_at: string | null;
	readonly decided_at: string | null;
}

export interface SchemeItem {
	readonly place: number;
	readonly act: "keep" | "give" | "renumber" | "reserve";
	readonly parcel_id: number | null;
	readonly parcel_number: string | null;
	readonly address_id: number | null;
	/** The plate that it has. */
	readonly has: string | null;
	readonly side: "left" | "right";
	readonly chainage_m: number;
	/** Null: it gets none. */
	readonly number: HouseNumber | null;
	readonly doubt: { readonly code: string; readonly text: string } | null;
	readonly geometry: Shape | null;
}

export interface Scheme extends SchemeHead {
	readonly path: string | null;
	readonly parameters: readonly { readonly name: string; readonly value: string; readonly rule_id: string | null; readonly document: string | null }[];
	readonly counts: { readonly keep: number; readonly give: number; readonly renumber: number; readonly reserve: number; readonly nothing: number; readonly doubtful: number };
	readonly items: readonly SchemeItem[];
}

/** What the author wants otherwise of one house; number null: it is left out. */
export interface Wish {
	readonly parcel_id?: number;
	readonly address_id?: number;
	readonly number: string | null;
}

export interface SchemeOrder {
	readonly street_id: number;
	readonly parameters: { readonly [name: string]: string };
	readonly wishes: readonly Wish[];
}

export interface SchemeDone {
	readonly id: number;
	readonly version: number;
	readonly items: number;
	/** That were written; of an approval. */
	readonly addresses: number;
}

const SCHEMES = "/api/numbering/schemes";

export async function askSchemes(street?: number): Promise<readonly SchemeHead[]> {
	const params = new URLSearchParams(street ? { [STREET]: String(street) } : {});
	return (await askJson<{ schemes: readonly SchemeHead[] }>(`${SCHEMES}?${params}`)).schemes;
}

export function askScheme(id: number, signal: AbortSignal): Promise<Scheme> {
	return askJson<Scheme>(`${SCHEMES}/${id}`, signal);
}

/* A draft that stands already is made anew. */
function makingOf(order: SchemeOrder, draft: SchemeHead | undefined): [string, object] {
	if (!draft?.id) return [SCHEMES, order];
	const { parameters, wishes } = order;
	return [`${SCHEMES}/${draft.id}`, { version: draft.version, parameters, wishes }];
}

/** How the street would be numbered; nothing is kept. */
export function lookAtScheme(order: SchemeOrder, draft: SchemeHead | undefined): Promise<Scheme> {
	const [path, body] = makingOf(order, draft);
	return sendJson<Scheme>(path, { method: "POST", body: { ...body, check: true } });
}

export function saveScheme(order: SchemeOrder, draft: SchemeHead | undefined): Promise<SchemeDone> {
	const [path, body] = makingOf(order, draft);
	return sendJson<SchemeDone>(path, { method: "POST", body });
}

export type SchemeDeed = "submit" | "recall" | "reject" | "approve";

export function decideScheme(deed: SchemeDeed, { id, version }: SchemeHead, words: { document?: string; reason?: string }): Promise<SchemeDone> {
	return sendJson<SchemeDone>(`${SCHEMES}/${id}/${deed}`, { method: "POST", body: { version, ...words } });
}
