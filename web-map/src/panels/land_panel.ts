/*
 * land_panel: a parcel is split by a line, or parcels are joined: what would come of it, what speaks
 * against it and where, and the deed itself.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { language, t } from "../i18n/language";
import { formatFixed } from "../i18n/number";
import { today } from "../i18n/today";
import { carryOut, checkDeed, type Deed, type LandFinding, type LandOrder, type LandResult } from "../land";
import type { CityMap } from "../map/city_map";
import type { Outline } from "../map/outlines";
import { type CityRecord, headingOf, type Shape } from "../record";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface LandActions {
	close(): void;
	/** It is done; the first of the new parcels is to be seen. */
	done(result: LandResult): void;
	reveal(shape: Shape): void;
	/** Asks to log in again; true when somebody has come in. */
	enter(): Promise<boolean>;
}

const UNAUTHORISED = 401;
const USES_DIFFER = "LAND-USE-01";
const LEAST_TO_JOIN = 2;

@customElement("dothi-land")
export class LandPanel extends Panel {
	@property({ attribute: false }) map: CityMap | undefined;
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) actions!: LandActions;
	@state() private deed: Deed | undefined;
	@state() private parcels: readonly CityRecord[] = [];
	@state() private line: number[][] | undefined;
	@state() private result: LandResult | undefined;
	@state() private error: ApiError | undefined;
	@state() private phase: "idle" | "checking" | "sending" = "idle";
	@state() private asksUse = false;
	private landUse = "";
	private from = "";
	private document = "";
	private asked = 0;

	get isOpen(): boolean {
		return this.deed !== undefined;
	}

	/** Whether a click on the map chooses a parcel. */
	get picks(): boolean {
		return this.deed === "merge" && this.phase !== "sending";
	}

	open(deed: Deed, record: CityRecord): void {
		this.close();
		this.deed = deed;
		this.parcels = [record];
		this.from = this.document = this.landUse = "";
		this.asksUse = false;
		if (deed === "split") this.drawAnew();
		else this.show();
		if (record.geometry) this.actions.reveal(record.geometry);
		void this.updateComplete.then(() => this.querySelector<HTMLElement>("h2")?.focus());
	}

	close(): void {
		this.asked++;
		this.deed = this.result = this.error = this.line = undefined;
		this.phase = "idle";
		this.map?.line.clear();
		this.map?.compare([]);
	}

	/** A parcel that was pointed at joins the others, or leaves them. */
	toggle(record: CityRecord): void {
		const without = this.parcels.filter(({ id }) => id !== record.id);
		this.parcels = without.length < this.parcels.length ? without : [...this.parcels, record];
		this.result = this.error = undefined;
		this.show();
		if (this.parcels.length >= LEAST_TO_JOIN) void this.check();
	}

	private drawAnew(): void {
		this.line = this.result = this.error = undefined;
		this.show();
		this.map?.line.start(this.parcels[0]?.geometry ?? null, (line) => {
			this.line = line;
			void this.check();
		});
	}

	private get order(): LandOrder {
		return { parcels: this.parcels, line: this.line, landUse: this.landUse, from: this.from, document: this.document };
	}

	private async check(): Promise<void> {
		const { deed } = this;
		const asked = ++this.asked;
		if (!deed) return;
		this.phase = "checking";
		this.error = undefined;
		try {
			const result = await checkDeed(deed, this.order);
			if (asked !== this.asked) return;
			this.result = result;
			if (this.findings.some(({ properties }) => properties.code === USES_DIFFER)) this.asksUse = true;
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			if (asked === this.asked) this.error = cause;
		}
		if (asked !== this.asked) return;
		this.phase = "idle";
		this.show();
	}

	private get findings(): readonly LandFinding[] {
		return this.result?.findings?.features ?? [];
	}

	private get isReady(): boolean {
		return this.phase === "idle" && !!this.result?.parcels.length && !this.findings.length;
	}

	private show(): void {
		const old = this.parcels.map(({ geometry }): Outline => ({ kind: "before", shape: geometry }));
		const made = (this.result?.parcels ?? []).map(({ geometry }): Outline => ({ kind: "now", shape: geometry }));
		const wrong = this.findings.map(({ geometry }): Outline => ({ kind: "mine", shape: geometry }));
		this.map?.compare([...(made.length && !wrong.length ? made : old), ...wrong]);
	}

	private async send(): Promise<void> {
		const { deed } = this;
		if (!deed || !this.isReady) return;
		this.phase = "sending";
		this.error = undefined;
		try {
			this.actions.done(await carryOut(deed, this.order));
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.phase = "idle";
			if (cause.status === UNAUTHORISED && (await this.actions.enter())) return this.send();
			this.error = cause;
		}
	}

	protected override render(): TemplateResult {
		const { deed } = this;
		const layer = this.layers.get(this.parcels[0]?.layer ?? "");
		if (!deed || !layer) return html``;
		return html`
			<section class="panel card edit land" aria-labelledby="land-title" aria-busy=${this.phase !== "idle"}>
				<header class="panel-head">
					<h2 id="land-title" tabindex="-1">
						<span class="record-layer">${t(deed === "split" ? "ui_split" : "ui_merge_parcels")}</span>
						${this.parcels.map((record) => headingOf(record, layer)).join(", ")}
					</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.close()}>${icon("close")}</button>
				</header>
				<div class="scroll inputs pad">
					<p class="muted">${t(deed === "merge" ? "ui_merge_hint" : this.line ? "ui_split_drawn" : "ui_split_hint")}</p>
					${deed === "merge" ? this.renderChosen(layer) : this.renderLineTools()}
					<div aria-live="polite">${this.renderOutcome(layer)}</div>
					${this.renderInputs()}
				</div>
				${this.renderFoot(deed)}
			</section>
		`;
	}

	private renderLineTools(): TemplateResult {
		return html`
			<div class="tools">
				${this.line
					? html`<button class="chip" @click=${() => this.drawAnew()}>${icon("draw")}${t("ui_draw_again")}</button>`
					: html`
							<button class="chip" @click=${() => this.map?.line.undo()}>${icon("undo")}${t("ui_undo_point")}</button>
							<button class="chip" @click=${() => this.map?.line.finish()}>${icon("check")}${t("ui_finish")}</button>
						`}
			</div>
		`;
	}

	private renderChosen(layer: Layer): TemplateResult {
		return html`
			<ul class="chosen">
				${this.parcels.map(
					(record) => html`
						<li>
							<span>${headingOf(record, layer)}</span>
							<button class="quiet square" aria-label=${t("ui_leave_out", { name: headingOf(record, layer) })}
								?disabled=${this.parcels.length < LEAST_TO_JOIN} @click=${() => this.toggle(record)}>${icon("close")}</button>
						</li>
					`,
				)}
			</ul>
		`;
	}

	private renderOutcome(layer: Layer): TemplateResult | typeof nothing {
		if (this.phase === "checking") return html`<p role="status">${t("ui_checking")}</p>`;
		if (this.findings.length)
			return html`
				<div role="alert"><ul class="findings">
					${this.findings.map(
						({ geometry, properties }) => html`
							<li class="failure">
								<p class="strong">${properties.detail}</p>
								${properties.try ? html`<p>${properties.try}</p>` : nothing}
								<p class="tiny">${properties.code}
									${geometry ? html`<button class="text-link" @click=${() => this.actions.reveal(geometry)}>${t("ui_show_place")}</button>` : nothing}</p>
							</li>
						`,
					)}
				</ul></div>
			`;
		if (!this.result?.parcels.length) return nothing;
		const print = (value: unknown): string => (typeof value === "number" ? `${formatFixed(value, 1, language.value)} m²` : "–");
		return html`
			<table class="areas">
				<caption>${t("ui_new_parcels")}</caption>
				<thead><tr><th scope="col">${t("ui_parcel")}</th><th scope="col">${t("ui_area_measured")}</th><th scope="col">${t("ui_area_legal")}</th></tr></thead>
				<tbody>
					${this.result.parcels.map(
						({ id, geometry, properties, area_error_m2 }) => html`
							<tr>
								<th scope="row">${headingOf({ type: "Feature", layer: layer.id, id, geometry, properties, distance_m: 0 }, layer)}</th>
								<td>${print(properties.area_m2)} <span class="muted">± ${formatFixed(area_error_m2, 1, language.value)}</span></td>
								<td>${print(properties.area_legal_m2)}</td>
							</tr>
						`,
					)}
				</tbody>
			</table>
		`;
	}

	private renderInputs(): TemplateResult {
		return html`
			${this.asksUse
				? html`<label class="field"><span>${t("ui_land_use_joined")}</span>
						<input type="text" name="land_use" autocomplete="off" maxlength="40" placeholder="ODT+CLN"
							@change=${(event: Event) => {
								this.landUse = (event.target as HTMLInputElement).value.trim();
								void this.check();
							}} /></label>`
				: nothing}
			<label class="field"><span>${t("ui_document")}</span>
				<input type="text" name="document" autocomplete="off" maxlength="200" placeholder=${t("ui_document_hint")}
					@input=${(event: InputEvent) => (this.document = (event.target as HTMLInputElement).value.trim())} /></label>
			<label class="field"><span>${t("ui_valid_from")}</span>
				<input type="date" name="valid_from" .value=${today()}
					@change=${(event: Event) => {
						const day = (event.target as HTMLInputElement).value;
						this.from = day === today() ? "" : day;
						if (this.line ?? this.parcels.length >= LEAST_TO_JOIN) void this.check();
					}} /></label>
		`;
	}

	private renderFoot(deed: Deed): TemplateResult {
		return html`
			<footer class="edit-foot">
				${failure(this.error)}
				<div class="form-end">
					<button class="button" ?disabled=${!this.isReady} @click=${() => void this.send()}>
						${this.phase === "sending" ? t("ui_saving") : t(deed === "split" ? "ui_split" : "ui_merge_parcels")}</button>
					<button class="button second" @click=${() => this.actions.close()}>${t("ui_cancel")}</button>
				</div>
			</footer>
		`;
	}
}
