/*
 * edit: one record that is being made or changed, from the first key stroke to the server's answer.
 *
 * It starts from a version of the record (or from nothing) and knows what was typed since; each
 * change is kept as a draft. What is sent is only what differs from the version it started from.
 */
import { ApiError, recordPath, send, type Sending } from "./api";
import type { Field, Layer } from "./city";
import { type Draft, type DraftStore, draftKey, randomKey } from "./draft";
import { type FieldValue, readValue, writeValue } from "./field_text";
import { language, t } from "./i18n/language";
import { Observed } from "./observed";
import type { GridPlace } from "./place";
import type { CityRecord, Shape } from "./record";

/** What came of sending it. */
export type Outcome =
	| { readonly kind: "saved"; readonly id: number; readonly version: number }
	/** Somebody was quicker; both stand side by side under that number. */
	| { readonly kind: "conflict"; readonly id: number };

export type EditPhase = "typing" | "sending" | "unsent";

export interface EditState {
	readonly draft: Draft;
	readonly phase: EditPhase;
	readonly isChanged: boolean;
	/** What the server said of the whole; what it said of a field stands in `faults`. */
	readonly error: ApiError | undefined;
	/** By field, "geometry" for the shape. */
	readonly faults: Readonly<Record<string, string>>;
	/** In the working system: where the shape is at fault. */
	readonly faultAt: GridPlace | undefined;
	/** The version that somebody else made meanwhile. */
	readonly overtakenBy: number | undefined;
}

export interface Patch {
	readonly properties: Readonly<Record<string, FieldValue>>;
	readonly geometry?: Shape | null;
}

const CONFLICT = 409;
const SHAPE = "geometry";
const FAULTS = { number: "ui_fault_number", whole: "ui_fault_whole", date: "ui_fault_date" } as const;

/** Fields of time that every layer has. */
export const TIME_FIELDS = ["valid_from", "valid_to"] as const;
export type TimeField = (typeof TIME_FIELDS)[number];

function dateField(id: TimeField): Field {
	const title = { vi: "", en: "" };
	return { id, title, type: "date", unit: null, computed: false, words: [], source: "given" };
}

function versionOf(etag: string | null): number {
	return Number(/"v(\d+)"/.exec(etag ?? "")?.[1] ?? 0);
}

/** Made of a record as it stands, of nothing, or of a draft that was left. */
export function startDraft(login: string, layer: string, base: CityRecord | undefined): Draft {
	return {
		key: draftKey(login, layer, base?.id),
		login,
		layer,
		id: base?.id,
		base,
		texts: {},
		reason: "",
		shape: base?.geometry ?? null,
		changedAt: Date.now(),
	};
}

export class Edit {
	readonly state: Observed<EditState>;
	/** All that may be typed. */
	readonly fields: readonly Field[];

	constructor(
		draft: Draft,
		readonly layer: Layer,
		private readonly drafts: DraftStore,
	) {
		this.fields = layer.fields.filter((field) => !field.computed);
		this.state = new Observed<EditState>({
			draft,
			phase: "typing",
			isChanged: false,
			error: undefined,
			faults: {},
			faultAt: undefined,
			overtakenBy: undefined,
		});
		this.tell({ isChanged: this.differs() });
	}

	get draft(): Draft {
		return this.state.value.draft;
	}

	get version(): number {
		return Number(this.draft.base?.properties.version ?? 0);
	}

	/** What stands in the input of a field. */
	textOf(field: Field): string {
		return this.draft.texts[field.id] ?? writeValue(this.draft.base?.properties[field.id], field, language.value);
	}

	timeText(id: TimeField): string {
		return this.textOf(dateField(id));
	}

	setText(id: string, text: string): void {
		this.change({ texts: { ...this.draft.texts, [id]: text } }, id);
	}

	setReason(reason: string): void {
		this.change({ reason }, "reason");
	}

	setShape(shape: Shape | null): void {
		if (JSON.stringify(shape) !== JSON.stringify(this.draft.shape)) this.change({ shape }, SHAPE);
	}

	overtake(version: number): void {
		if (version > this.version) this.tell({ overtakenBy: version });
	}

	/** What differs from where it started; texts that mean nothing are faults. */
	patch(): { readonly patch: Patch; readonly faults: Record<string, string> } {
		const { base, shape } = this.draft;
		const properties: Record<string, FieldValue> = {};
		const faults: Record<string, string> = {};

		for (const field of [...this.fields, ...TIME_FIELDS.map(dateField)]) {
			const text = this.draft.texts[field.id];
			if (text === undefined) continue;
			const reading = readValue(text, field, language.value);
			if ("fault" in reading) faults[field.id] = t(FAULTS[reading.fault]);
			else if (reading.value !== (base?.properties[field.id] ?? null)) properties[field.id] = reading.value;
		}
		const moved = JSON.stringify(shape) !== JSON.stringify(base?.geometry ?? null);
		return { patch: moved ? { properties, geometry: shape } : { properties }, faults };
	}

	/** Sends it. Failures stay in the state and are thrown; the draft goes when the server has it. */
	async save(): Promise<Outcome> {
		const { patch, faults } = this.patch();
		const lacksShape = !this.draft.base && !this.draft.shape;

		if (lacksShape) faults[SHAPE] = t("ui_fault_no_shape");
		if (Object.keys(faults).length) {
			this.tell({ faults });
			throw new ApiError("refused", t("ui_fault_fields"), "");
		}
		return this.deliver(
			this.draft.base
				? { method: "PATCH", type: "application/merge-patch+json", body: JSON.stringify(patch) }
				: {
						method: "POST",
						type: "application/geo+json",
						body: JSON.stringify({ type: "Feature", geometry: this.draft.shape, properties: patch.properties }),
					},
		);
	}

	/** Ends the record: from that day on it does not hold. */
	async end(day: string): Promise<Outcome> {
		return this.deliver({ method: "DELETE" }, `?valid_to=${day}`);
	}

	async discard(): Promise<void> {
		await this.drafts.remove(this.draft.key);
	}

	private differs(): boolean {
		const { patch, faults } = this.patch();
		return patch.geometry !== undefined || Object.keys(patch.properties).length > 0 || Object.keys(faults).length > 0;
	}

	private change(changed: Partial<Draft>, id: string): void {
		const { [id]: _gone, ...faults } = this.state.value.faults;
		const draft = { ...this.draft, ...changed, changedAt: Date.now() };

		this.tell({ draft, faults, error: undefined, ...(id === SHAPE ? { faultAt: undefined } : {}) });
		this.tell({ isChanged: this.differs() });
		if (this.state.value.isChanged) this.drafts.keep(this.draft);
	}

	private tell(changed: Partial<EditState>): void {
		this.state.value = { ...this.state.value, ...changed };
	}

	/* The key of what was sent before without an answer, if it is sent again. */
	private keyFor(content: string): string {
		const { sent } = this.draft;
		const key = sent?.content === content ? sent.key : randomKey();
		this.tell({ draft: { ...this.draft, sent: { content, key } } });
		return key;
	}

	private async deliver(sending: Sending, query = ""): Promise<Outcome> {
		const { base, layer, reason } = this.draft;
		const address = base ? recordPath(layer, base.id) : recordPath(layer, 0).replace(/\/0$/, "");
		const content = `${sending.method} ${query} ${String(sending.body ?? "")}`;
		const headers: Record<string, string> = { "Idempotency-Key": this.keyFor(content) };

		if (reason.trim()) headers["Dothi-Reason"] = encodeURIComponent(reason.trim());
		if (base) headers["If-Match"] = `"v${this.version}"`;
		/* Before it goes out: should the page end now, the answer is asked for again. */
		if (sending.body !== undefined) this.drafts.keep(this.draft);
		await this.drafts.flush();
		this.tell({ phase: "sending", error: undefined, faults: {}, faultAt: undefined });
		try {
			const response = await send(address + query, { ...sending, headers });
			await this.discard();
			const made = /\/items\/(\d+)$/.exec(response.headers.get("Location") ?? "")?.[1];
			return { kind: "saved", id: base?.id ?? Number(made), version: versionOf(response.headers.get("ETag")) };
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			const conflict = /\/api\/conflicts\/(\d+)$/.exec(cause.location)?.[1];
			if (cause.status === CONFLICT && conflict) {
				await this.discard();
				return { kind: "conflict", id: Number(conflict) };
			}
			this.fail(cause);
			throw cause;
		}
	}

	private fail(error: ApiError): void {
		const field = /^\/properties\/(\w+)/.exec(error.where)?.[1];
		const isShape = error.where.startsWith("/geometry");
		const at = /\(E ([\d.]+), N ([\d.]+)\)/.exec(error.where);
		const known = field !== undefined && [...this.fields.map(({ id }) => id), ...TIME_FIELDS].includes(field);
		const said = `${error.message} ${error.advice}`.trim();

		this.tell({
			phase: error.failure === "refused" ? "typing" : "unsent",
			error: known || isShape ? undefined : error,
			faults: known ? { [field]: said } : isShape ? { [SHAPE]: said } : {},
			faultAt: at ? { east: Number(at[1]), north: Number(at[2]) } : undefined,
		});
	}
}
