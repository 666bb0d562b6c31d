/*
 * proposal_view: the number that a house should get, why, what else would do; it is issued here, or
 * reserved. When it has one its paper follows.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { askRecord } from "../api";
import { rolesOf } from "../city";
import type { CaseFile } from "../dossier";
import { language } from "../i18n/language";
import { formatFixed } from "../i18n/number";
import type { NumberMark } from "../map/number_marks";
import { askProposal, type Choice, type HousePlace, number, type Proposal, type Step } from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import type { LonLat } from "../place";
import type { CityRecord } from "../record";
import type { CertificateView } from "./certificate_view";
import { CounterPanel } from "./counter_panel";
import { askNeighbours } from "./neighbours";
import { tell } from "./words";
import "./certificate_view";

/* With a reason they may be issued all the same. */
const ASKS_REASON = ["NUM-SIDE-01", "NUM-ORDER-01"];
const NO_SCHEME = "NUM-PLAN-01";
/* What stands in the register is not what was shown. */
const OVERTAKEN = 409;

@customElement("dothi-proposal")
export class ProposalView extends CounterPanel {
	@property({ attribute: false }) lot = 0;
	/** The file in which it is done. */
	@property({ attribute: false }) file: CaseFile | undefined;
	/** The file is another now. */
	@property({ attribute: false }) moved: () => void = () => undefined;
	@state() private proposal: Proposal | undefined;
	/** The street that was chosen; undefined by the rule. */
	@state() private street: number | undefined;
	@state() private door: LonLat | undefined;
	@state() private placing = false;
	/** The number that was chosen; "" as it is proposed. */
	@state() private chosen = "";
	@state() private asksReason = false;
	@state() private reason = "";
	@state() private anotherDoor = false;
	@query("dothi-certificate") private paper!: CertificateView | null;

	override disconnectedCallback(): void {
		if (this.placing) this.actions.pickPlace(undefined);
		super.disconnectedCallback();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("lot")) return;
		this.street = this.door = this.proposal = this.error = undefined;
		this.chosen = this.reason = "";
		this.asksReason = this.anotherDoor = false;
		void this.load();
	}

	protected override askAgain(): void {
		super.askAgain();
		void this.load();
	}

	private get place(): HousePlace {
		return { parcel: this.lot, street: this.street, door: this.door };
	}

	/** Asks for it, and shows it on the map. */
	async load(): Promise<void> {
		const { place } = this;
		const { land, address } = rolesOf(this.layers.values());
		const answer = await this.ask(async (signal) => {
			const proposal = await askProposal(place, signal);
			return { proposal, lot: land && (await askRecord(land.id, place.parcel, "", signal)) };
		});
		if (!answer) return this.showLot();
		const isOther = this.proposal?.parcel_id !== answer.proposal.parcel_id;
		this.proposal = answer.proposal;
		if (isOther && answer.lot?.geometry) this.actions.fit(answer.lot.geometry);
		const around = answer.lot?.geometry;
		const others = around && address ? await this.ask((signal) => askNeighbours(address, around, answer.proposal.street?.id, signal)) : [];
		this.showOnMap(answer.proposal, answer.lot, others ?? []);
	}

	/* Without a proposal the parcel is shown all the same. */
	private async showLot(): Promise<void> {
		const { land } = rolesOf(this.layers.values());
		const lot = land && (await askRecord(land.id, this.lot).catch(() => undefined));
		if (!lot?.geometry) return;
		this.actions.fit(lot.geometry);
		this.actions.mark({ numbers: [], lot: lot.geometry });
	}

	private showOnMap(proposal: Proposal, lot: CityRecord | undefined, others: readonly { id: number; mark: NumberMark }[]): void {
		const word = (id: number): string | undefined =>
			id === proposal.before?.id ? tell("ui_num_before") : id === proposal.behind?.id ? tell("ui_num_behind") : undefined;
		const own = proposal.address?.id;
		const plate = this.chosen || proposal.number?.plate || proposal.address?.plate || "";
		this.actions.mark({
			lot: lot?.geometry,
			foot: proposal.foot,
			numbers: [
				...others.filter(({ id }) => id !== own).map(({ id, mark }) => ({ ...mark, word: word(id) })),
				...(proposal.door && plate ? [{ shape: proposal.door, plate, kind: "wanted" as const }] : []),
			],
		});
	}

	/** Key C. */
	async issue(): Promise<void> {
		if (!this.mayIssue) return;
		await this.carryOut("issue");
	}

	/** Key P. */
	async sign(): Promise<void> {
		await this.paper?.sign();
	}

	private get mayIssue(): boolean {
		const { proposal } = this;
		if (!proposal || this.busy || (proposal.state === "numbered" && !this.anotherDoor)) return false;
		return Boolean(this.chosen || (proposal.state === "decided" && proposal.number));
	}

	private async carryOut(deed: "issue" | "reserve"): Promise<void> {
		/* What was shown is issued, or nothing is: somebody may have been quicker. */
		const plate = this.chosen || this.proposal?.number?.plate || "";
		const order = { place: this.place, number: plate, sideReason: this.reason, anotherDoor: this.anotherDoor };
		const done = await this.attempt(() => number(deed, order));
		if (!done) return this.explain();
		this.actions.toast(tell(deed === "issue" ? "ui_num_was_issued" : "ui_num_was_reserved", { label: done.label }));
		this.actions.changed();
		this.chosen = this.reason = "";
		this.asksReason = this.anotherDoor = false;
		await this.load();
		await this.updateComplete;
		this.paper?.focusNext();
	}

	/* What was typed stays; what is free now is told. */
	private explain(): void {
		const { error } = this;
		if (!error) return;
		if (ASKS_REASON.includes(error.code)) {
			this.asksReason = true;
			void this.updateComplete.then(() => this.querySelector<HTMLInputElement>("[name=side_reason]")?.focus());
		} else if (error.status === OVERTAKEN && error.code !== NO_SCHEME) {
			void this.load().then(() => (this.error ??= error));
		}
	}

	private choose(plate: string): void {
		this.chosen = plate === this.proposal?.number?.plate ? "" : plate;
		this.error = undefined;
		void this.load();
	}

	private take({ street_id, number: one }: Choice): void {
		if (street_id) {
			this.street = street_id;
			this.chosen = "";
			void this.load();
		} else if (one) this.choose(one.plate);
	}

	private placeDoor(): void {
		this.placing = !this.placing;
		this.actions.pickPlace(
			this.placing
				? (place) => {
						this.placing = false;
						this.door = place;
						void this.load();
					}
				: undefined,
		);
	}

	protected override render(): TemplateResult {
		const { proposal, error } = this;
		if (!proposal) return html`${failure(error)}${error ? nothing : html`<div class="skeleton" role="status" aria-label=${tell("ui_num_proposing")}><i></i><i></i><i></i></div>`}`;
		const has = proposal.state === "numbered" && !this.anotherDoor ? proposal.address : null;
		const way = proposal.street;
		return html`
			<section class="proposal" aria-labelledby="proposal-title">
				<div class="proposal-head">
					<div class="house-plate ${has ? "" : "wanted"}"><b>${has?.plate ?? (this.chosen || proposal.number?.plate || "?")}</b><span>${way?.name ?? ""}</span></div>
					<div>
						<h3 id="proposal-title">${has ? tell("ui_num_has") : this.chosen ? tell("ui_num_chosen") : tell("ui_num_proposed")}</h3>
						<p>${has?.label ?? (this.chosen ? "" : (proposal.number?.label ?? tell("ui_num_undecided")))}</p>
						${this.renderWhere(proposal)}
					</div>
				</div>
				${has ? nothing : this.renderChoices(proposal)}
				<details class="folded" ?open=${!has}>
					<summary>${icon("chevron")}<span>${tell("ui_num_why")}</span></summary>
					<ol class="steps">${proposal.steps.map((step) => this.renderStep(step))}</ol>
				</details>
				<div aria-live="polite">${failure(error)}
					${way && (error?.code === NO_SCHEME || (!has && !way.scheme_id)) ? this.renderMakeScheme(way.id) : nothing}</div>
				${has ? this.renderPaper(proposal) : this.renderDeeds(proposal)}
			</section>
		`;
	}

	private renderWhere({ side, distance_m, chainage_m }: Proposal): TemplateResult | typeof nothing {
		if (!side) return nothing;
		const print = (metres: number | undefined): string => formatFixed(metres ?? 0, 1, language.value);
		return html`<p class="muted tiny">${tell(side === "left" ? "ui_num_left_side" : "ui_num_right_side")} · ${tell("ui_num_where", { at: print(chainage_m), distance: print(distance_m) })}</p>`;
	}

	private renderStep({ text, rule }: Step): TemplateResult {
		const source = rule && (rule.document ? [rule.document, rule.article].filter(Boolean).join(", ") : tell("ui_num_by_configuration"));
		return html`<li title=${source ?? nothing}>${text}${source ? html` <details class="source"><summary aria-label=${tell("ui_num_source_of", { step: text })}>${tell("ui_num_source")}</summary><span>${source}</span></details>` : nothing}</li>`;
	}

	private renderChoices({ choices, free, number: proposed, state }: Proposal): TemplateResult {
		const plates = [...new Set([...(proposed ? [proposed.plate] : []), ...free])];
		return html`
			${choices.length
				? html`<fieldset class="choices"><legend>${tell(state === "choose" ? "ui_num_choose" : "ui_num_or")}</legend>
						${choices.map((choice) => html`<button class="chip" @click=${() => this.take(choice)}>${choice.text}</button>`)}</fieldset>`
				: nothing}
			<fieldset class="choices"><legend>${tell("ui_num_free")}</legend>
				${plates.map((plate) => html`<button class="chip" aria-pressed=${plate === (this.chosen || proposed?.plate)} @click=${() => this.choose(plate)}>${plate}</button>`)}
				<label class="other-number"><span class="unseen">${tell("ui_num_other")}</span>
					<input name="number" type="text" autocomplete="off" spellcheck="false" maxlength="40" placeholder=${tell("ui_num_other")}
						.value=${plates.includes(this.chosen) ? "" : this.chosen}
						@change=${(event: Event) => this.choose((event.target as HTMLInputElement).value.trim())} /></label>
			</fieldset>
			<p class="door"><button class="chip" aria-pressed=${this.placing} @click=${() => this.placeDoor()}>${icon("pin")}${tell(this.placing ? "ui_num_place_door_now" : "ui_num_place_door")}</button></p>
		`;
	}

	private renderMakeScheme(id: number): TemplateResult {
		return html`<p><button class="button second" @click=${() => this.actions.open({ kind: "way", id })}>${tell("ui_num_make_scheme")}</button></p>`;
	}

	private renderDeeds({ state }: Proposal): TemplateResult {
		return html`
			${this.asksReason || this.anotherDoor
				? html`<label class="field"><span>${tell(this.anotherDoor ? "ui_num_door_reason" : "ui_num_side_reason")}</span>
						<input name="side_reason" type="text" autocomplete="off" maxlength="400" .value=${this.reason} @input=${(event: InputEvent) => (this.reason = (event.target as HTMLInputElement).value)} /></label>`
				: nothing}
			<div class="form-end deeds">
				<button class="button issue" aria-keyshortcuts="C" ?disabled=${!this.mayIssue || (this.asksReason && !this.reason.trim())} @click=${() => void this.issue()}>${tell("ui_num_issue")}</button>
				<button class="button second" ?disabled=${!this.mayIssue || state === "numbered"} @click=${() => void this.carryOut("reserve")}>${tell("ui_num_reserve")}</button>
				${this.busy ? html`<span class="busy" aria-hidden="true"></span>` : nothing}
			</div>
		`;
	}

	private renderPaper({ address: house }: Proposal): TemplateResult | typeof nothing {
		if (!house) return nothing;
		return html`
			<dothi-certificate .house=${house} .file=${this.file} .layers=${this.layers} .actions=${this.actions} .moved=${() => this.moved()}></dothi-certificate>
			${this.file
				? nothing
				: html`<div class="form-end">
						<button class="chip" @click=${() => this.actions.open({ kind: "number", id: house.id })}>${icon("pencil")}${tell("ui_num_change")}</button>
						<button class="chip" @click=${() => (this.anotherDoor = true)}>${icon("plus")}${tell("ui_num_another_door")}</button>
					</div>`}
		`;
	}
}
