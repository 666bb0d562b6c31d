/*
 * draft: an edit as it is kept on this device until the server has it.
 *
 * Drafts survive a reload, a crash, a network that is away and a session that ends. They belong to a
 * login; somebody else at the same device does not see them. Where the browser keeps nothing, they
 * live as long as the page.
 */
import type { CityRecord, Shape } from "./record";

export interface Draft {
	readonly key: string;
	readonly login: string;
	readonly layer: string;
	/** Undefined: a new record. */
	readonly id: number | undefined;
	/** What it started from. */
	readonly base: CityRecord | undefined;
	/** What was typed, by field; fields that nobody touched are absent. */
	readonly texts: Readonly<Record<string, string>>;
	readonly reason: string;
	readonly shape: Shape | null;
	/** Milliseconds of the device's clock. */
	readonly changedAt: number;
	/**
	 * What was sent without an answer, and its key: the same content goes out again under the same
	 * key, so that it is not done twice.
	 */
	readonly sent?: { readonly content: string; readonly key: string } | undefined;
}

const DATABASE = "dothi";
const STORE = "drafts";
/* So long a pause in typing, and the draft is written. */
const PAUSE_MS = 250;

function asPromise<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((settle, fail) => {
		request.onsuccess = () => settle(request.result);
		request.onerror = () => fail(request.error);
	});
}

function openDatabase(): Promise<IDBDatabase> {
	const request = indexedDB.open(DATABASE, 1);
	request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
	return asPromise(request);
}

/** 128 random bits; crypto.randomUUID is for https alone. */
export function randomKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function draftKey(login: string, layer: string, id: number | undefined): string {
	return `${login}/${layer}/${id ?? `new-${randomKey()}`}`;
}

export class DraftStore {
	private readonly fallback = new Map<string, Draft>();
	private readonly waiting = new Map<string, Draft>();
	private database: Promise<IDBDatabase | undefined> | undefined;
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor() {
		addEventListener("pagehide", () => void this.flush());
	}

	/** Those of a login, the last one first. */
	async list(login: string): Promise<Draft[]> {
		await this.flush();
		const kept = await this.read();
		return kept.filter((draft) => draft.login === login).sort((a, b) => b.changedAt - a.changedAt);
	}

	async find(key: string): Promise<Draft | undefined> {
		await this.flush();
		return (await this.read()).find((draft) => draft.key === key);
	}

	/** Soon; at once with flush(). */
	keep(draft: Draft): void {
		this.waiting.set(draft.key, draft);
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.flush(), PAUSE_MS);
	}

	async flush(): Promise<void> {
		const drafts = [...this.waiting.values()];
		this.waiting.clear();
		for (const draft of drafts) await this.write(draft.key, draft);
	}

	async remove(key: string): Promise<void> {
		this.waiting.delete(key);
		await this.write(key, undefined);
	}

	private async read(): Promise<Draft[]> {
		const database = await this.open();
		if (!database) return [...this.fallback.values()];
		const kept = await asPromise(database.transaction(STORE).objectStore(STORE).getAll()).catch(() => []);
		return [...this.fallback.values(), ...(kept as Draft[])];
	}

	private async write(key: string, draft: Draft | undefined): Promise<void> {
		const database = await this.open();
		try {
			const store = database?.transaction(STORE, "readwrite").objectStore(STORE);
			if (!store) throw new Error("nothing is kept here");
			await (draft ? asPromise(store.put(draft)) : asPromise(store.delete(key)));
			this.fallback.delete(key);
		} catch {
			if (draft) this.fallback.set(key, draft);
			else this.fallback.delete(key);
		}
	}

	private open(): Promise<IDBDatabase | undefined> {
		this.database ??= Promise.resolve()
			.then(openDatabase)
			.catch(() => undefined);
		return this.database;
	}
}
