/*
 * live: changes of the register, and of its tiles, as they happen, gathered so that a page is not redrawn for each.
 *
 * A page that nobody looks at listens to nothing: a browser has few connections to a server. When
 * it is looked at again it goes on where it was, so that nothing is missed.
 */

import type { Places } from "./map/touched";
import { Observed } from "./observed";

export interface Change {
	readonly seq: number;
	readonly layer: string;
	readonly id: number;
	readonly version: number;
	readonly action: string;
	readonly author: string;
}

/** Counts case files that were taken in or moved on, of those that are seen. */
export const filesMoved = new Observed(0);

/* Changes that come within this time are told together. */
const GATHER_MS = 700;
/* A stream that was refused is tried again. */
const AGAIN_MS = 30_000;

function isChange(value: unknown): value is Change {
	return typeof value === "object" && value !== null && "layer" in value && "id" in value;
}

function isPlaces(value: unknown): value is Places {
	return typeof value === "object" && value !== null && "layer" in value && "boxes" in value;
}

export class Live {
	private stream: EventSource | undefined;
	private changes: Change[] = [];
	private places: Places[] = [];
	private timer: ReturnType<typeof setTimeout> | undefined;
	private againTimer: ReturnType<typeof setTimeout> | undefined;
	private lastSeq = 0;

	constructor(private readonly tell: (changes: readonly Change[], places: readonly Places[]) => void) {}

	start(): void {
		document.addEventListener("visibilitychange", () => this.follow());
		this.follow();
	}

	/** Listens anew: somebody else asks now, and may see more, or less. */
	restart(): void {
		this.close();
		this.follow();
	}

	private follow(): void {
		if (document.visibilityState === "hidden") this.close();
		else if (!this.stream) this.open();
	}

	private close(): void {
		clearTimeout(this.againTimer);
		this.stream?.close();
		this.stream = undefined;
	}

	private open(): void {
		const stream = new EventSource(this.lastSeq ? `/api/events?since=${this.lastSeq}` : "/api/events");
		stream.addEventListener("change", (event) => this.takeChange(JSON.parse(event.data)));
		stream.addEventListener("tiles", (event) => this.takePlaces(JSON.parse(event.data)));
		stream.addEventListener("dossier", () => filesMoved.value++);
		stream.addEventListener("error", () => {
			/* Else the browser comes again by itself. */
			if (stream.readyState !== EventSource.CLOSED) return;
			this.close();
			this.againTimer = setTimeout(() => this.follow(), AGAIN_MS);
		});
		this.stream = stream;
	}

	private takeChange(change: unknown): void {
		if (!isChange(change)) return;
		this.lastSeq = Math.max(this.lastSeq, change.seq);
		this.changes.push(change);
		this.tellSoon();
	}

	private takePlaces(places: unknown): void {
		if (!isPlaces(places)) return;
		this.places.push(places);
		this.tellSoon();
	}

	private tellSoon(): void {
		this.timer ??= setTimeout(() => {
			const { changes, places } = this;
			this.timer = undefined;
			this.changes = [];
			this.places = [];
			this.tell(changes, places);
		}, GATHER_MS);
	}
}
