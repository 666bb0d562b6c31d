/*
 * record_history: the versions of a record, the newest first: who, when, why, what changed.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { askVersions, bringBack, type Version } from "../history";
import { say, t } from "../i18n/language";
import { formatDate, formatInstant } from "../i18n/number";
import type { Outline } from "../map/outlines";
import type { RecordKey } from "../permalink";
import { type CityRecord, tellValue } from "../record";
import { nameAuthor } from "./author";
import { failure } from "./failure";
import { Panel } from "./panel";

export interface HistoryActions {
	compare(outlines: readonly Outline[]): void;
	/** The record is what it was in that version. */
	broughtBack(key: RecordKey, version: number): void;
	conflict(id: number): void;
}

const TITLES = { create: "ui_version_create", update: "ui_version_update", end: "ui_version_end" } as const;

@customElement("dothi-history")
export class RecordHistory extends Panel {
	@property({ attribute: false }) record!: CityRecord;
	@property({ attribute: false }) layer!: Layer;
	@property({ attribute: false }) mayWrite = false;
	@property({ attribute: false }) actions!: HistoryActions;
	@state() private versions: readonly Version[] | undefined;
	@state() private chosen = 0;
	@state() private error: ApiError | undefined;
	@state() private asking = 0;
	private question: AbortController | undefined;

	override disconnectedCallback(): void {
		this.question?.abort();
		this.actions.compare([]);
		super.disconnectedCallback();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("record")) void this.load();
	}

	private get key(): RecordKey {
		return { layer: this.record.layer, id: this.record.id };
	}

	private async load(): Promise<void> {
		const question = new AbortController();
		this.question?.abort();
		this.question = question;
		this.error = undefined;
		try {
			const versions = await askVersions(this.key, question.signal);
			if (this.question === question) this.versions = versions;
		} catch (cause) {
			if (this.question === question && cause instanceof ApiError) this.error = cause;
		}
	}

	protected override render(): TemplateResult {
		if (this.error) return html`${failure(this.error)}`;
		if (!this.versions) return html`<div class="skeleton" role="status" aria-label=${t("ui_looking")}><i></i><i></i><i></i></div>`;
		return html`<ol class="versions" aria-label=${t("ui_history")}>${this.versions.map((one) => this.renderVersion(one))}</ol>`;
	}

	private renderVersion(one: Version): TemplateResult {
		const newest = this.versions?.[0]?.version;
		const isChosen = this.chosen === one.version;
		return html`
			<li class="version ${isChosen ? "chosen" : ""}">
				<button class="version-head" aria-pressed=${isChosen} @click=${() => this.choose(one)}>
					<span><b>${t(TITLES[one.action])}</b> <span class="muted">${t("ui_version", { version: one.version })}${one.version === newest ? ` · ${t("ui_version_now")}` : ""}</span></span>
					<span class="muted">${[nameAuthor(one), formatInstant(one.recorded_at)].filter(Boolean).join(" · ")}</span>
				</button>
				${one.reason ? html`<p class="version-reason">${one.reason}</p>` : nothing}
				${this.renderChanges(one)}
				${isChosen ? this.renderChosen(one, newest ?? 0) : nothing}
			</li>
		`;
	}

	private renderChanges(one: Version): TemplateResult | typeof nothing {
		const changes = Object.entries(one.changed).filter(([id]) => !this.layer.fields.find((field) => field.id === id)?.computed);
		if (!changes.length) return nothing;
		return html`<ul class="changes">${changes.map(([id, change]) => html`<li>${this.renderChange(id, change)}</li>`)}</ul>`;
	}

	private renderChange(id: string, change: Version["changed"][string]): TemplateResult {
		if (change === true) return html`${t("ui_shape_moved")}`;
		const tell = (value: unknown): string => tellValue(value, id, this.layer) || t("ui_nothing_said");
		return html`<span class="muted">${this.titleOf(id)}:</span> <del>${tell(change[0])}</del> → <ins>${tell(change[1])}</ins>`;
	}

	private titleOf(id: string): string {
		const field = this.layer.fields.find((one) => one.id === id);
		if (field) return say(field.title);
		return id === "valid_from" ? t("ui_valid_from") : id === "valid_to" ? t("ui_valid_to") : id;
	}

	private renderChosen(one: Version, newest: number): TemplateResult {
		const from = one.valid_from ? formatDate(one.valid_from) : "…";
		const to = one.valid_to ? formatDate(one.valid_to) : "…";
		return html`
			<div class="version-tools">
				${one.valid_from || one.valid_to ? html`<p class="muted tiny">${t("ui_valid_span", { from, to })}</p>` : nothing}
				${one.version === newest
					? nothing
					: html`<p class="outline-key tiny"><span class="key before"></span>${t("ui_version", { version: one.version })} <span class="key now"></span>${t("ui_side_now")}</p>`}
				${this.mayWrite && one.version !== newest
					? html`<button class="chip strong" ?disabled=${this.asking > 0} @click=${() => this.bringBack(one, newest)}>${t("ui_bring_back")}</button>`
					: nothing}
			</div>
		`;
	}

	private choose(one: Version): void {
		this.chosen = this.chosen === one.version ? 0 : one.version;
		const isOld = one.version !== this.versions?.[0]?.version;
		this.actions.compare(
			this.chosen && isOld
				? [
						{ kind: "now", shape: this.record.geometry },
						{ kind: "before", shape: one.feature.geometry },
					]
				: [],
		);
	}

	private async bringBack(one: Version, newest: number): Promise<void> {
		this.asking = one.version;
		try {
			await bringBack(this.key, one.version, newest, t("ui_brought_back_reason", { version: one.version }));
			this.actions.broughtBack(this.key, one.version);
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			const conflict = /\/api\/conflicts\/(\d+)$/.exec(cause.location)?.[1];
			if (conflict) this.actions.conflict(Number(conflict));
			else this.error = cause;
		} finally {
			this.asking = 0;
		}
	}
}
