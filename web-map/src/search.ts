/*
 * search: what the server finds for a text, asked with each keystroke.
 *
 * A new text ends the question before it; late answers are never shown.
 */
import { ApiError, askJson } from "./api";
import type { Bounds } from "./city";
import { Observed } from "./observed";
import type { LonLat } from "./place";

export interface SearchResult {
	readonly layer: string;
	readonly id: number;
	readonly title: string;
	readonly detail: string;
	/** Absent of a record without a place. */
	readonly center?: LonLat;
	readonly box?: Bounds;
	/** What the text was found in, where that is not the title. */
	readonly matched?: string;
	/** It was called so before; until: the first day on which it was not. */
	readonly former?: { readonly name: string; readonly until: string };
	/** Of a record that has ended: its last day. */
	readonly datetime?: string;
}

export interface SearchGroup {
	readonly layer: string;
	readonly title: string;
	readonly results: readonly SearchResult[];
	readonly more: boolean;
}

/** What the text means as coordinates. */
export interface PlaceReading {
	readonly kind: "degrees" | "grid";
	/** What they are written in. */
	readonly crs: string;
	readonly lon: number;
	readonly lat: number;
	readonly east: number | null;
	readonly north: number | null;
	/** What east and north are in. */
	readonly grid: string;
}

export interface SearchAnswer {
	readonly query: string;
	readonly groups: readonly SearchGroup[];
	readonly readings: readonly PlaceReading[];
}

export interface Search {
	readonly text: string;
	readonly state: "asking" | "found" | "failed";
	/** While it is asked, the answer to the text before. */
	readonly answer: SearchAnswer | undefined;
	readonly error: ApiError | undefined;
}

export class Searcher {
	readonly search = new Observed<Search | undefined>(undefined);
	private question: AbortController | undefined;

	/** Resolves when the answer stands there, or another question has taken its place. */
	async ask(text: string): Promise<void> {
		const question = new AbortController();
		const before = this.search.value?.answer;

		this.question?.abort();
		this.question = question;
		if (!text.trim()) {
			this.search.value = undefined;
			return;
		}
		this.search.value = { text, state: "asking", answer: before, error: undefined };
		try {
			const path = `/api/search?q=${encodeURIComponent(text.normalize("NFC"))}`;
			const answer = await askJson<SearchAnswer>(path, question.signal);
			if (this.question === question) this.search.value = { text, state: "found", answer, error: undefined };
		} catch (cause) {
			if (this.question !== question || !(cause instanceof ApiError)) return;
			this.search.value = { text, state: "failed", answer: undefined, error: cause };
		}
	}
}

/* As the server's key of a word: no case, tones and marks, đ as d. */
function fold(text: string): string {
	return text
		.normalize("NFD")
		.replace(/\p{Mn}/gu, "")
		.toLowerCase()
		.replaceAll("đ", "d");
}

export interface Piece {
	readonly text: string;
	readonly marked: boolean;
}

/** A text in pieces; marked are words that were asked for, and beginnings as the last one. */
export function markWords(text: string, asked: string): Piece[] {
	const words = fold(asked).split(/[^\p{L}\p{N}/]+/u).filter(Boolean);
	const pieces: Piece[] = [];

	for (const piece of text.normalize("NFC").split(/([^\p{L}\p{N}/]+)/u).filter(Boolean)) {
		const folded = fold(piece);
		const last = words[words.length - 1] ?? "";
		const length = words.includes(folded) ? piece.length : folded.startsWith(last) ? last.length : 0;

		/* One letter of the key is one letter of the text, as this is composed. */
		if (length) pieces.push({ text: piece.slice(0, length), marked: true });
		if (length < piece.length) pieces.push({ text: piece.slice(length), marked: false });
	}
	return pieces;
}
