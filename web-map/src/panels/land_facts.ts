/*
 * land_facts: of a parcel both areas side by side, its units of then and now, its use in words, who
 * holds it, and its lineage as a small tree.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { language, t } from "../i18n/language";
import { dayBefore, formatDate, formatFixed } from "../i18n/number";
import { askLineage, askParcel, askPlan, hold, release, type Lineage, type LineageStep, type ParcelFacts, type ParcelPlan, type PlanPart, type Unit } from "../land";
import type { RecordKey } from "../permalink";
import { type CityRecord, headingOf, tellValue } from "../record";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface FactsActions {
	openRecord(key: RecordKey): void;
	/** A record of another day: the map goes there. */
	openAt(key: RecordKey, date: string): void;
	/** It is held, or no longer. */
	heldChanged(): void;
}

const CAUSES = {
	split: "ui_cause_split",
	merge: "ui_cause_merge",
	redraw: "ui_cause_redraw",
	transfer: "ui_cause_transfer",
	rename: "ui_cause_rename",
} as const;

const PERCENT = 100;
/* Less is rounding. */
const LEAST_M2 = 0.1;

@customElement("dothi-land-facts")
export class LandFacts extends Panel {
	@property({ attribute: false }) record!: CityRecord;
	@property({ attribute: false }) layer!: Layer;
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) date = "";
	@property({ attribute: false }) mayWrite = false;
	@property({ attribute: false }) actions!: FactsActions;
	@state() private facts: ParcelFacts | undefined;
	@state() private lineage: Lineage | undefined;
	@state() private plan: ParcelPlan | undefined;
	@state() private error: ApiError | undefined;
	private question: AbortController | undefined;

	override disconnectedCallback(): void {
		this.question?.abort();
		super.disconnectedCallback();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("record") || changed.has("date")) void this.load();
	}

	private async load(): Promise<void> {
		const question = new AbortController();
		this.question?.abort();
		this.question = question;
		this.error = undefined;
		try {
			const { layer, id } = this.record;
			const [facts, lineage, plan] = await Promise.all([
				askParcel(id, this.date, question.signal),
				askLineage({ layer, id }, question.signal),
				askPlan(id, this.date, question.signal),
			]);
			if (this.question !== question) return;
			this.facts = facts;
			this.lineage = lineage;
			this.plan = plan;
		} catch (cause) {
			if (question.signal.aborted) return;
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		}
	}

	protected override render(): TemplateResult {
		/* What the record itself says is there at once. */
		const facts = this.facts?.id === this.record.id ? this.facts : undefined;
		return html`
			${facts?.lock ? this.renderLock(facts.lock) : nothing}
			${facts && !facts.lock && this.mayWrite ? this.renderHold() : nothing}
			${this.renderAreas(facts?.areas ?? this.ownAreas())}
			<dl class="rows">
				${this.renderUse(facts)}
				${this.renderUnit("ui_unit_issued", facts?.unit_issued)}
				${facts?.unit_now?.id === facts?.unit_issued?.id ? nothing : this.renderUnit("ui_unit_now", facts?.unit_now)}
			</dl>
			${this.plan?.id === this.record.id && this.plan.parts.length ? this.renderPlan(this.plan) : nothing}
			${this.lineage?.id === this.record.id && this.lineage.steps.length ? this.renderLineage(this.lineage) : nothing}
			${failure(this.error)}
		`;
	}

	private ownAreas(): ParcelFacts["areas"] {
		const { fields, land } = this.layer;
		const number = (id: string | undefined): number | null => {
			const value = this.record.properties[id ?? ""];
			return typeof value === "number" ? value : null;
		};
		const measured = number(fields.find(({ source }) => source === "area")?.id);
		return { legal_m2: number(land?.legal_area), measured_m2: measured, error_m2: null, difference_m2: null, difference_share: null };
	}

	private renderUse(facts: ParcelFacts | undefined): TemplateResult | typeof nothing {
		const use = this.layer.land?.use ?? "";
		const told = facts?.land_use.map(({ code, title }) => (title ? `${title} (${code})` : code)).join(" + ") ?? tellValue(this.record.properties[use], use, this.layer);
		if (!told) return nothing;
		return html`<div><dt>${t("ui_land_use")}</dt><dd>${told} ${facts ? html`<span class="muted tiny">${facts.code_list}</span>` : nothing}</dd></div>`;
	}

	private renderLock({ owner, purpose, mine, expires_at }: NonNullable<ParcelFacts["lock"]>): TemplateResult {
		const until = formatDate(expires_at.slice(0, 10));
		return html`<p class="warm">${icon("key")} ${mine ? t("ui_held_by_me", { purpose, until }) : t("ui_held", { owner: owner ?? "–", purpose, until })}
			${mine ? html`<button class="text-link" @click=${() => void this.changeHold(() => release(this.record.id))}>${t("ui_release")}</button>` : nothing}</p>`;
	}

	private renderHold(): TemplateResult {
		const submit = (event: SubmitEvent): void => {
			event.preventDefault();
			const data = new FormData(event.target as HTMLFormElement);
			void this.changeHold(() => hold(this.record.id, String(data.get("purpose")), Number(data.get("days"))));
		};
		return html`
			<details class="hold">
				<summary>${icon("key")}<span>${t("ui_hold")}</span></summary>
				<form class="inputs" @submit=${submit}>
					<label class="field"><span>${t("ui_hold_for")}</span>
						<input type="text" name="purpose" required maxlength="200" autocomplete="off" placeholder="HS-2026-000123" /></label>
					<label class="field"><span>${t("ui_hold_days")}</span>
						<input type="number" name="days" min="1" max="90" value="30" required /></label>
					<div class="form-end"><button class="button second">${t("ui_hold")}</button></div>
				</form>
			</details>
		`;
	}

	private async changeHold(change: () => Promise<void>): Promise<void> {
		try {
			await change();
			await this.load();
			this.actions.heldChanged();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		}
	}

	private renderAreas(areas: ParcelFacts["areas"]): TemplateResult {
		const print = (value: number | null, decimals: number): string => (value === null ? "–" : `${formatFixed(value, decimals, language.value)} m²`);
		const share = areas.difference_share;
		return html`
			<table class="areas">
				<thead><tr><th scope="col">${t("ui_area_legal")}</th><th scope="col">${t("ui_area_measured")}</th><th scope="col">${t("ui_area_difference")}</th></tr></thead>
				<tbody>
					<tr>
						<td>${print(areas.legal_m2, 1)}</td>
						<td>${print(areas.measured_m2, 1)}${areas.error_m2 === null ? nothing : html` <span class="muted">± ${formatFixed(areas.error_m2, 1, language.value)}</span>`}</td>
						<td>${print(areas.difference_m2, 1)}${share === null ? nothing : html` <span class="muted">(${formatFixed(share * PERCENT, 1, language.value)} %)</span>`}</td>
					</tr>
				</tbody>
			</table>
		`;
	}

	private renderUnit(title: "ui_unit_issued" | "ui_unit_now", unit: Unit | null | undefined): TemplateResult | typeof nothing {
		if (!unit) return nothing;
		return html`
			<div>
				<dt>${t(title)}</dt>
				<dd>${unit.name} ${unit.valid_to ? html`<span class="muted tiny">${t("ui_unit_until", { date: formatDate(dayBefore(unit.valid_to)) })}</span>` : nothing}</dd>
			</div>
		`;
	}

	private renderPlan(plan: ParcelPlan): TemplateResult {
		const zones = plan.parts.filter(({ layer }) => this.layers.get(layer)?.geometry === "area");
		return html`
			<table class="areas plan">
				<caption>${t("ui_plan")}</caption>
				<thead><tr><th scope="col">${t("ui_plan_zone")}</th><th scope="col">${t("ui_area")}</th><th scope="col">${t("ui_share")}</th></tr></thead>
				<tbody>
					${zones.map((part) => this.renderPart(this.nameOf(part), part, part.properties.decision))}
					${plan.unzoned_m2 >= LEAST_M2 ? this.renderPart(t("ui_plan_none"), { area_m2: plan.unzoned_m2, share: Number.NaN }, undefined) : nothing}
					${plan.reserved.area_m2 >= LEAST_M2
						? this.renderPart(t("ui_right_of_way"), plan.reserved, plan.parts.find(({ layer }) => this.layers.get(layer)?.geometry === "line")?.properties.decision)
						: nothing}
				</tbody>
			</table>
		`;
	}

	private nameOf({ layer, properties }: PlanPart): string {
		const zones = this.layers.get(layer);
		const use = zones ? tellValue(properties[zones.look.class_field ?? ""], zones.look.class_field ?? "", zones) : "";
		return [use, properties.code].filter(Boolean).join(" · ");
	}

	private renderPart(name: string, { area_m2, share }: { area_m2: number; share: number }, decision: unknown): TemplateResult {
		return html`
			<tr>
				<th scope="row">${name}${decision ? html` <span class="muted tiny">${decision}</span>` : nothing}</th>
				<td>${formatFixed(area_m2, 1, language.value)} m²</td>
				<td>${Number.isNaN(share) ? "" : `${formatFixed(share * PERCENT, 1, language.value)} %`}</td>
			</tr>
		`;
	}

	private renderLineage(lineage: Lineage): TemplateResult {
		return html`
			<h3>${t("ui_lineage")}</h3>
			<ul class="lineage">
				${lineage.steps.map((step) => this.renderStep(step, lineage))}
			</ul>
			${lineage.complete ? nothing : html`<p class="muted tiny">${t("ui_lineage_more")}</p>`}
		`;
	}

	private renderStep(step: LineageStep, lineage: Lineage): TemplateResult {
		const day = step.valid_from ? formatDate(step.valid_from) : "";
		return html`
			<li>
				<span>${this.renderNode(step.from, lineage)} → ${this.renderNode(step.to, lineage)}</span>
				<span class="muted tiny">${[t(CAUSES[step.cause]), day, step.document].filter(Boolean).join(" · ")}</span>
			</li>
		`;
	}

	private renderNode(id: number, lineage: Lineage): TemplateResult {
		const node = lineage.records.find((one) => one.id === id);
		const key = { layer: this.record.layer, id };
		const name = node ? headingOf({ ...this.record, id, properties: node.properties }, this.layer) : t("ui_record_id", { id });
		if (id === this.record.id || !node) return html`<b>${name}</b>`;
		const last = node.valid_to && node.valid_to !== node.valid_from ? dayBefore(node.valid_to) : "";
		if (!node.in_force && !last) return html`<span>${name}</span>`;
		return html`<button class="text-link" @click=${() => (node.in_force ? this.actions.openRecord(key) : this.actions.openAt(key, last))}>${name}</button>`;
	}
}
