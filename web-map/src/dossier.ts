/*
 * dossier: case files of the counter: the queue, one file, taking one in, moving it on.
 */
import { askJson, send, sendJson } from "./api";
import { PARCEL } from "./api_words";
import type { Title } from "./i18n/language";

export interface Applicant {
	readonly id: number;
	/** Name, number and contact are gone. */
	readonly erased: boolean;
	readonly name: string | null;
	readonly id_number: string | null;
	readonly contact: string | null;
}

/** A row of the queue. */
export interface FileHead {
	readonly id: number;
	readonly file_no: string;
	readonly kind_title: Title;
	readonly state: string;
	readonly state_title: Title;
	readonly open: boolean;
	readonly version: number;
	readonly parcel: { readonly id: number; readonly label: string | null } | null;
	readonly address: { readonly id: number; readonly label: string | null } | null;
	readonly assigned: string | null;
	readonly mine: boolean;
	readonly training: boolean;
	readonly applicant: Applicant | null;
	readonly received_at: string;
	readonly due_at: string;
	/** While papers are waited for, the clock stands still. */
	readonly paused_at: string | null;
	readonly decided_at: string | null;
	/** Of work; less than 0 late; null of a decided file. */
	readonly hours_left: number | null;
	readonly overdue: boolean;
}

export interface Move {
	readonly id: string;
	readonly title: Title;
	readonly to: string;
	readonly needs_reason: boolean;
	readonly needs_papers: boolean;
	readonly needs_address: boolean;
}

export interface ListedPaper {
	readonly id: string;
	readonly title: Title;
	readonly required: boolean;
	readonly state: "missing" | "asked" | "shown" | "scan";
}

export interface CaseFile extends FileHead {
	readonly note: string | null;
	readonly receipt_url: string;
	readonly receipt_print: string;
	readonly papers: readonly { readonly ordinal: number; readonly name: string; readonly state: string; readonly at: string; readonly href?: string }[];
	readonly paper_list: readonly ListedPaper[];
	/** That the asker may do now. */
	readonly moves: readonly Move[];
	readonly history: readonly {
		readonly version: number;
		readonly at: string;
		readonly by: string;
		readonly title: Title;
		readonly note: string | null;
		readonly reason: string | null;
	}[];
}

/** What a deed has made of a file. */
export interface MovedFile {
	readonly id: number;
	readonly file_no: string;
	readonly state: string;
	readonly version: number;
	readonly due_at: string;
	readonly receipt_url: string;
	readonly receipt_print: string;
}

/** Oldest deadline first. */
export interface Queue {
	readonly dossiers: readonly FileHead[];
	/** Where the next page begins. */
	readonly next: string | null;
}

const FILES = "/api/dossiers";

export function askQueue(query: { readonly after?: string; readonly q?: string } = {}): Promise<Queue> {
	return askJson<Queue>(`${FILES}?${new URLSearchParams({ ...query })}`);
}

/** Open files of a parcel. */
export async function askFilesOf(parcel: number): Promise<readonly FileHead[]> {
	const params = new URLSearchParams({ [PARCEL]: String(parcel) });
	return (await askJson<Queue>(`${FILES}?${params}`)).dossiers;
}

export function askFile(id: number, signal?: AbortSignal): Promise<CaseFile> {
	return askJson<CaseFile>(`${FILES}/${id}`, signal);
}

export interface Intake {
	readonly parcel: number;
	readonly applicant: { readonly name: string; readonly id_number: string; readonly contact: string };
	readonly note: string;
}

/** `key`: the same intake sent again, when an answer was lost, is done once. */
export function receive({ parcel, applicant, note }: Intake, key: string): Promise<MovedFile> {
	const headers = { "Idempotency-Key": key };
	return sendJson<MovedFile>(FILES, { method: "POST", body: { [PARCEL]: parcel, applicant, note }, headers });
}

export interface MoveWords {
	readonly note?: string;
	readonly reason?: string;
	readonly papers?: readonly string[];
	readonly address_id?: number;
}

/** Moves the file on from the version that was shown. */
export function moveFile({ id, version }: { id: number; version: number }, move: string, words: MoveWords): Promise<MovedFile> {
	return sendJson<MovedFile>(`${FILES}/${id}/${move}`, { method: "POST", body: { version, ...words } });
}

/** A paper was shown in the original. */
export async function notePaper(id: number, name: string): Promise<void> {
	await send(`${FILES}/${id}/papers`, { method: "POST", body: { name } });
}

/** A paper was handed in as a scan. */
export async function handInPaper(id: number, name: string, scan: Blob): Promise<void> {
	const type = scan.type || "application/octet-stream";
	await send(`${FILES}/${id}/papers?${new URLSearchParams({ name })}`, { method: "POST", body: scan, type });
}
