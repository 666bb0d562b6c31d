/*
 * inquiry: what lies at a place, or one record by its key: asked, sorted, and one of them chosen.
 *
 * A new question ends the one before it; late answers are never shown.
 */
import { ApiError, askAt, askRecord, type AtAnswer } from "./api";
import { firstZoom, type Layer } from "./city";
import { Observed } from "./observed";
import type { RecordKey } from "./permalink";
import type { LonLat } from "./place";
import { type CityRecord, sortRecords } from "./record";

export interface Finding {
	readonly state: "asking" | "found" | "failed";
	/** Where was pointed at; undefined for a record that was named. */
	readonly place: LonLat | undefined;
	/** The same place as the server computes it. */
	readonly at: AtAnswer["place"] | undefined;
	/** Of layers that are on; the most particular first. */
	readonly records: readonly CityRecord[];
	/** Of layers that are off. */
	readonly hidden: readonly CityRecord[];
	readonly selected: RecordKey | undefined;
	readonly error: ApiError | undefined;
}

/* Half the width of the widest streets: their surface is looked for, not their middle alone. */
const SURFACE_REACH_M = 30;
const GONE = 404;
/* The server looks no farther. */
const REACH_MAX_M = 200;

export function sameRecord(a: RecordKey | undefined, b: RecordKey | undefined): boolean {
	return a?.layer === b?.layer && a?.id === b?.id;
}

export function keyOf(record: CityRecord): RecordKey {
	return { layer: record.layer, id: record.id };
}

export class Inquiry {
	readonly finding = new Observed<Finding | undefined>(undefined);
	private question: AbortController | undefined;
	private repeat: () => Promise<void> = () => Promise.resolve();

	constructor(
		private readonly layers: ReadonlyMap<string, Layer>,
		private readonly isOn: (layer: string) => boolean,
		/** As of when is asked; "" today. */
		private readonly date: () => string,
	) {}

	/**
	 * Asks what lies at a place, of what is drawn at a zoom: what nobody can see was not meant.
	 * `reachM` is how near is meant to be on it.
	 */
	async at(place: LonLat, reachM: number, zoom: number): Promise<void> {
		await this.ask(place, async (signal) => {
			const radiusM = Math.min(REACH_MAX_M, Math.max(reachM, SURFACE_REACH_M));
			const answer = await askAt(place, radiusM, this.date(), signal);
			const seen = answer.features.filter((record) => this.isDrawn(record.layer, zoom));
			const sorted = sortRecords(seen, this.layers, reachM);
			const records = sorted.filter((record) => this.isOn(record.layer));
			const hidden = sorted.filter((record) => !this.isOn(record.layer));
			return { at: answer.place, records, hidden, selected: records[0] && keyOf(records[0]) };
		});
	}

	private isDrawn(id: string, zoom: number): boolean {
		const layer = this.layers.get(id);
		return layer !== undefined && firstZoom(layer.look) <= zoom;
	}

	/** Asks for one record. */
	async record(key: RecordKey): Promise<void> {
		await this.ask(undefined, async (signal) => {
			const record = await askRecord(key.layer, key.id, this.date(), signal);
			return { at: undefined, records: [record], hidden: [], selected: key };
		});
	}

	/** A record that is shown has changed: shows it as it is now, or not at all. */
	async renew(key: RecordKey): Promise<void> {
		const before = this.finding.value;
		if (!before || ![...before.records, ...before.hidden].some((one) => sameRecord(keyOf(one), key))) return;
		let now: CityRecord | undefined;
		try {
			now = await askRecord(key.layer, key.id, this.date());
		} catch (cause) {
			if (!(cause instanceof ApiError) || cause.status !== GONE) return;
		}
		/* Somebody may have asked for something else meanwhile. */
		if (this.finding.value !== before) return;
		const put = (records: readonly CityRecord[]): CityRecord[] =>
			records.flatMap((one) => {
				if (!sameRecord(keyOf(one), key)) return one;
				return now ? { ...now, distance_m: one.distance_m } : [];
			});
		this.finding.value = { ...before, records: put(before.records), hidden: put(before.hidden) };
	}

	/** The question that failed, once more. */
	again(): Promise<void> {
		return this.repeat();
	}

	select(key: RecordKey | undefined): void {
		const finding = this.finding.value;
		if (finding) this.finding.value = { ...finding, selected: key };
	}

	selectedRecord(): CityRecord | undefined {
		const finding = this.finding.value;
		if (!finding?.selected) return undefined;
		return [...finding.records, ...finding.hidden].find((record) => sameRecord(keyOf(record), finding.selected));
	}

	close(): void {
		this.question?.abort();
		this.question = undefined;
		this.finding.value = undefined;
	}

	private async ask(
		place: LonLat | undefined,
		answer: (signal: AbortSignal) => Promise<Pick<Finding, "at" | "records" | "hidden" | "selected">>,
	): Promise<void> {
		const question = new AbortController();
		const nothing = { place, at: undefined, records: [], hidden: [], selected: undefined, error: undefined };

		this.question?.abort();
		this.question = question;
		this.repeat = () => this.ask(place, answer);
		this.finding.value = { ...nothing, state: "asking" };
		try {
			const found = await answer(question.signal);
			if (this.question === question) this.finding.value = { ...nothing, ...found, state: "found" };
		} catch (cause) {
			if (this.question !== question || !(cause instanceof ApiError)) return;
			this.finding.value = { ...nothing, state: "failed", error: cause };
		}
	}
}
