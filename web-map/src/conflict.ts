/*
 * conflict: two changes of one record side by side, and what is chosen of each field.
 */
import { askJson, send } from "./api";
import type { Layer } from "./city";
import { say, t } from "./i18n/language";
import type { CityRecord, Shape } from "./record";

export interface ConflictHead {
	readonly id: number;
	readonly layer: string;
	readonly feature_id: number;
	readonly state: "open" | "taken" | "merged" | "dropped";
	/** What was wanted: a change, or the end of the record. */
	readonly kind: "put" | "patch" | "delete";
	readonly author: string | null;
	readonly author_login?: string | null;
	readonly reason: string | null;
	readonly created_at: string;
	readonly base_version: number;
}

export interface Conflict extends ConflictHead {
	readonly current_version: number;
	/** Where the author started from, what stands now, what the author wants; null: none, or gone. */
	readonly base: CityRecord | null;
	readonly current: CityRecord | null;
	readonly proposed: CityRecord | null;
}

export type Side = "now" | "mine";

/** A field on which they are not all of one mind. */
export interface Difference {
	/** Of a field, or "geometry". */
	readonly id: string;
	readonly title: string;
	readonly before: unknown;
	readonly now: unknown;
	readonly mine: unknown;
	/** The side that alone changed it; undefined: both did, and somebody must choose. */
	readonly proposal: Side | undefined;
}

export const SHAPE_ID = "geometry";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function differenceOf(id: string, title: string, before: unknown, now: unknown, mine: unknown): Difference | undefined {
	if (same(now, mine)) return undefined;
	return { id, title, before, now, mine, proposal: same(now, before) ? "mine" : same(mine, before) ? "now" : undefined };
}

/** The fields in which now and mine differ; the shape is the last one. */
export function differencesOf({ base, current, proposed }: Conflict, layer: Layer): Difference[] {
	if (!current || !proposed) return [];
	const titles: [string, string][] = [
		...layer.fields.filter((field) => !field.computed).map((field): [string, string] => [field.id, say(field.title)]),
		["valid_from", t("ui_valid_from")],
		["valid_to", t("ui_valid_to")],
	];
	const of = (record: CityRecord | null, id: string): unknown => record?.properties[id] ?? null;
	const found = titles.map(([id, title]) => differenceOf(id, title, of(base, id), of(current, id), of(proposed, id)));
	found.push(differenceOf(SHAPE_ID, t("ui_shape"), base?.geometry, current.geometry, proposed.geometry));
	return found.flatMap((one) => one ?? []);
}

/** What is to be laid over what stands now, by the choices. */
export function mergePatch(
	differences: readonly Difference[],
	choices: ReadonlyMap<string, Side>,
): { properties: Record<string, unknown>; geometry?: Shape | null } {
	const mine = differences.filter(({ id }) => choices.get(id) === "mine");
	const properties = Object.fromEntries(mine.filter(({ id }) => id !== SHAPE_ID).map((one) => [one.id, one.mine ?? null]));
	const shape = mine.find(({ id }) => id === SHAPE_ID);
	return shape ? { properties, geometry: shape.mine as Shape | null } : { properties };
}

export async function askConflicts(): Promise<ConflictHead[]> {
	return (await askJson<{ conflicts: ConflictHead[] }>("/api/conflicts")).conflicts;
}

export function askConflict(id: number): Promise<Conflict> {
	return askJson<Conflict>(`/api/conflicts/${id}`);
}

export type Decision =
	| { readonly action: "take" | "drop" }
	| { readonly action: "merge"; readonly feature: ReturnType<typeof mergePatch> };

export async function decide(id: number, decision: Decision, reason: string | null): Promise<void> {
	await send(`/api/conflicts/${id}`, {
		method: "POST",
		body: decision,
		headers: reason?.trim() ? { "Dothi-Reason": encodeURIComponent(reason.trim()) } : {},
	});
}
