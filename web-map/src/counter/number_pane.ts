/*
 * number_pane: a house number that was issued, or is reserved: its paper, another number, its end.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askRecord } from "../api";
import { rolesOf } from "../city";
import { t } from "../i18n/language";
import { askProposal, type KnownAddress, type Numbered, number, type Proposal, renumber, retire } from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import type { CityRecord } from "../record";
import { CounterPanel } from "./counter_panel";
import { askNeighbours } from "./neighbours";
import { tell } from "./words";
import "./certificate_view";

const ASKS_REASON = ["NUM-SIDE-01", "NUM-ORDER-01"];
const RESERVED = "reserved";
const RETIRED = "retired";

@customElement("dothi-number")
export class NumberPane extends CounterPanel {
	@property({ attribute: false }) house = 0;
	@state() private record: CityRecord | undefined;
	@state() private proposal: Proposal | undefined;
	@state() private deed: "renumber" | "retire" | undefined;
	@state() private asksReason = false;
	@state() private chosen = "";
	private reason = "";
	private sideReason = "";

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("house")) return;
		this.record = this.proposal = this.deed = this.error = undefined;
		this.chosen = this.reason = this.sideReason = "";
		this.asksReason = false;
		void this.load().then(() => this.focusTitle());
	}

	private async load(): Promise<void> {
		const { address: layer } = rolesOf(this.layers.values());
		if (!layer?.address) return;
		const record = await this.ask((signal) => askRecord(layer.id, this.house, "", signal));
		if (!record?.geometry) return;
		const around = record.geometry;
		const street = Number(record.properties[layer.address.street]) || undefined;
		this.record = record;
		this.actions.fit(around);
		const others = (await this.ask((signal) => askNeighbours(layer, around, street, signal))) ?? [];
		this.actions.mark({ numbers: others.map(({ id, mark }) => (id === record.id ? { ...mark, kind: "wanted" } : mark)) });
	}

	private get known(): (KnownAddress & { readonly lot: number; readonly old: string }) | undefined {
		const role = rolesOf(this.layers.values()).address?.address;
		if (!role || !this.record) return undefined;
		const { id, properties } = this.record;
		const text = (field: string): string => String(properties[field] ?? "");
		return { id, version: Number(properties.version), label: text(role.label), plate: text(role.plate), status: text(role.status), lot: Number(properties[role.parcel]), old: text(role.old_labels) };
	}

	private async begin(deed: "renumber" | "retire"): Promise<void> {
		this.deed = this.deed === deed ? undefined : deed;
		this.error = undefined;
		await this.updateComplete;
		this.querySelector<HTMLElement>(".move-form input")?.focus();
		const parcel = this.known?.lot;
		if (deed === "renumber" && parcel) this.proposal = await this.ask((signal) => askProposal({ parcel }, signal));
	}

	private async carryOut(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const { known, deed, reason, chosen, sideReason } = this;
		if (!known || !deed) return;
		const order = { id: known.id, version: known.version, reason };
		const done = await this.attempt((): Promise<Numbered> => (deed === "retire" ? retire(order) : renumber(order, chosen, sideReason)));
		if (!done) {
			this.asksReason ||= ASKS_REASON.includes(this.error?.code ?? "");
			return;
		}
		this.actions.toast(tell(deed === "retire" ? "ui_num_was_retired" : "ui_num_was_renumbered", { label: done.label }));
		this.actions.changed();
		this.deed = undefined;
		await this.load();
	}

	/* A number that was reserved is given to its house. */
	private async issue(): Promise<void> {
		const { known } = this;
		if (!known) return;
		const done = await this.attempt(() => number("issue", { place: { parcel: known.lot }, number: known.plate, sideReason: "" }));
		if (!done) return;
		this.actions.toast(tell("ui_num_was_issued", { label: done.label }));
		this.actions.changed();
		await this.load();
	}

	/** Key P. */
	async sign(): Promise<void> {
		await this.querySelector("dothi-certificate")?.sign();
	}

	protected override render(): TemplateResult {
		const { known } = this;
		if (!known) return html`${failure(this.error)}`;
		const isOver = known.status === RETIRED;
		return html`
			<header class="panel-head">
				<h2 tabindex="-1"><span class="record-layer">${tell("ui_num_number")}</span>${known.label}</h2>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.leave()}>${icon("close")}</button>
			</header>
			<div class="scroll pad inputs">
				<div class="proposal-head"><div class="house-plate ${isOver ? "over" : ""}"><b>${known.plate}</b></div>
					<div><p>${tell(isOver ? "ui_num_status_retired" : known.status === RESERVED ? "ui_num_status_reserved" : "ui_num_status_current")}</p>
						${known.old ? html`<p class="muted tiny">${tell("ui_num_old_labels", { labels: known.old })}</p>` : nothing}</div></div>
				${isOver
					? nothing
					: html`<div class="form-end">
							${known.status === RESERVED && known.lot ? html`<button class="button issue" aria-keyshortcuts="C" @click=${() => void this.issue()}>${tell("ui_num_issue")}</button>` : nothing}
							<button class="chip" aria-expanded=${this.deed === "renumber"} @click=${() => void this.begin("renumber")}>${icon("pencil")}${tell("ui_num_renumber")}</button>
							<button class="chip" aria-expanded=${this.deed === "retire"} @click=${() => void this.begin("retire")}>${icon("trash")}${tell("ui_num_retire")}</button>
							${known.lot ? html`<button class="chip" @click=${() => this.actions.open({ kind: "lot", id: known.lot })}>${icon("target")}${tell("ui_num_lot")}</button>` : nothing}
						</div>`}
				${this.deed ? this.renderForm(this.deed) : failure(this.error)}
				${known.status === RETIRED ? nothing : html`<dothi-certificate .house=${known} .layers=${this.layers} .actions=${this.actions}></dothi-certificate>`}
			</div>
		`;
	}

	private renderForm(deed: "renumber" | "retire"): TemplateResult {
		const input = (name: "chosen" | "reason" | "sideReason", title: string, needed: boolean) => html`
			<label class="field"><span>${title}</span>
				<input name=${name === "sideReason" ? "side_reason" : name === "chosen" ? "number" : name} type="text" autocomplete="off" maxlength="400" ?required=${needed} .value=${this[name]}
					@input=${(event: InputEvent) => (this[name] = (event.target as HTMLInputElement).value.trim())} /></label>`;
		return html`
			<form class="move-form inputs" @submit=${this.carryOut}>
				${deed === "renumber"
					? html`${input("chosen", tell("ui_num_new_number"), true)}
							${this.proposal?.free.length ? html`<div class="form-end" role="group" aria-label=${tell("ui_num_free")}>${this.proposal.free.map((plate) => html`<button type="button" class="chip" aria-pressed=${plate === this.chosen} @click=${() => (this.chosen = plate)}>${plate}</button>`)}</div>` : nothing}`
					: html`<p class="failure warn">${tell("ui_num_retire_hint")}</p>`}
				${input("reason", tell("ui_num_reason"), true)}
				${this.asksReason ? input("sideReason", tell("ui_num_side_reason"), true) : nothing}
				${failure(this.error)}
				<div class="form-end"><button class="button ${deed === "retire" ? "danger" : ""}" ?disabled=${this.busy}>${tell(deed === "retire" ? "ui_num_retire" : "ui_num_renumber")}</button>
					<button type="button" class="button second" @click=${() => (this.deed = undefined)}>${t("ui_cancel")}</button></div>
			</form>
		`;
	}
}
