/*
 * history: the versions of a record: who, when, why, what changed; and bringing one back.
 */
import { askJson, recordPath, send } from "./api";
import type { RecordKey } from "./permalink";
import type { CityRecord } from "./record";

export interface Version {
	readonly version: number;
	readonly action: "create" | "update" | "end";
	/** "user:7", "import", ... */
	readonly author: string | null;
	readonly author_login?: string | null;
	readonly reason: string | null;
	readonly recorded_at: string;
	readonly superseded_at: string | null;
	readonly valid_from: string | null;
	readonly valid_to: string | null;
	/** What is otherwise than in the version before; of the first one nothing. */
	readonly changed: { readonly [field: string]: readonly [unknown, unknown] | true };
	readonly feature: CityRecord;
}

interface Page {
	readonly versions: readonly Version[];
	readonly links: readonly { readonly rel: string; readonly href: string }[];
}

const PAGE = 1000;
const PAGES_MAX = 10;

/** All versions, the newest first. */
export async function askVersions({ layer, id }: RecordKey, signal?: AbortSignal): Promise<Version[]> {
	const versions: Version[] = [];
	let path: string | undefined = `${recordPath(layer, id)}/versions?limit=${PAGE}`;
	for (let i = 0; path && i < PAGES_MAX; i++) {
		const page: Page = await askJson<Page>(path, signal);
		const next = page.links.find((link) => link.rel === "next");
		versions.push(...page.versions);
		path = next && new URL(next.href).pathname + new URL(next.href).search;
	}
	return versions.reverse();
}

/** The record becomes again what that version says, unless somebody changed it since `current`. */
export async function bringBack({ layer, id }: RecordKey, version: number, current: number, reason: string): Promise<void> {
	await send(`${recordPath(layer, id)}/versions/${version}`, {
		method: "POST",
		headers: { "If-Match": `"v${current}"`, "Dothi-Reason": encodeURIComponent(reason) },
	});
}
