/*
 * scheme_pane: all houses of a street numbered at once, as a table to look through: each with its place,
 * what it had and what it gets. The author says otherwise where needed; it is saved, sent, decided.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askRecord } from "../api";
import { rolesOf } from "../city";
import { language, t } from "../i18n/language";
import { formatFixed, formatInstant } from "../i18n/number";
import {
	askScheme,
	askSchemes,
	decideScheme,
	lookAtScheme,
	saveScheme,
	type Scheme,
	type SchemeDeed,
	type SchemeItem,
	type SchemeOrder,
	type Wish,
} from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import type { CityRecord } from "../record";
import { session } from "../session";
import { CounterPanel } from "./counter_panel";
import { kindOf } from "./neighbours";
import { schemeState } from "./queue_list";
import { tell } from "./words";

const DECIDERS = ["approver", "administrator"];

const acts = { keep: "ui_num_keep", give: "ui_num_give", renumber: "ui_num_act_renumber", reserve: "ui_num_act_reserve" } as const;

function keyOf({ parcel_id, address_id }: Pick<SchemeItem, "parcel_id" | "address_id">): string {
	return parcel_id ? `p${parcel_id}` : `a${address_id}`;
}

@customElement("dothi-scheme")
export class SchemePane extends CounterPanel {
	/** One of both: a street to be numbered, a scheme that was made. */
	@property({ attribute: false }) way = 0;
	@property({ attribute: false }) schemeId = 0;
	@state() private scheme: Scheme | undefined;
	@state() private parameters: Readonly<Record<string, string>> = {};
	@state() private wishes: ReadonlyMap<string, Wish> = new Map();
	/** What is shown stands in the register so. */
	@state() private isSaved = false;
	@state() private deed: "reject" | undefined;
	private record: CityRecord | undefined;
	/** The street of both. */
	private streetId = 0;
	private document = "";
	private reason = "";

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("way") && !changed.has("schemeId")) return;
		this.scheme = this.error = this.record = this.deed = undefined;
		this.parameters = {};
		this.wishes = new Map();
		this.streetId = this.way;
		void this.begin();
	}

	protected override askAgain(): void {
		super.askAgain();
		void (this.scheme?.id && this.isSaved ? this.read(this.scheme.id) : this.look());
	}

	/* A street whose draft stands already goes on with it. */
	private async begin(): Promise<void> {
		let id = this.schemeId;
		if (!id && this.way) {
			const schemes = await this.ask(() => askSchemes(this.way));
			if (!schemes) return;
			id = schemes.find(({ state }) => state === "draft" || state === "submitted")?.id ?? 0;
		}
		if (id) await this.read(id);
		else await this.look();
		await this.showStreet();
		await this.updateComplete;
		this.focusTitle();
	}

	private async read(id: number): Promise<void> {
		const scheme = await this.ask((signal) => askScheme(id, signal));
		if (!scheme) return;
		this.isSaved = true;
		this.show(scheme);
	}

	private get order(): SchemeOrder {
		return { street_id: this.streetId, parameters: this.parameters, wishes: [...this.wishes.values()] };
	}

	private get draft(): Scheme | undefined {
		return this.scheme?.id && this.scheme.state === "draft" ? this.scheme : undefined;
	}

	/** How it would be as it is wished now. */
	private async look(): Promise<void> {
		const { draft } = this;
		const scheme = await this.attempt(() => lookAtScheme(this.order, draft));
		if (!scheme) return;
		this.isSaved = false;
		this.show(draft ? { ...scheme, id: draft.id, version: draft.version } : { ...scheme, id: null, state: "draft" });
	}

	private show(scheme: Scheme): void {
		this.scheme = scheme;
		this.streetId = scheme.street_id;
		this.actions.mark({
			way: this.record?.geometry,
			numbers: scheme.items.map(({ geometry, number, has, doubt, act }) => ({
				shape: geometry,
				plate: number?.plate ?? has ?? "–",
				kind: doubt ? "doubt" : kindOf(number?.number),
				pale: act === "reserve",
			})),
		});
	}

	private async showStreet(): Promise<void> {
		const { network } = rolesOf(this.layers.values());
		const id = this.streetId;
		if (!id) return;
		const way = network && (await this.ask((signal) => askRecord(network.id, id, "", signal)));
		if (!way?.geometry) return;
		this.record = way;
		this.actions.fit(way.geometry);
		if (this.scheme) this.show(this.scheme);
		else this.actions.mark({ numbers: [], way: way.geometry });
	}

	private set(name: string, value: string): void {
		this.parameters = { ...this.parameters, [name]: value };
		void this.look();
	}

	private wish(item: SchemeItem, text: string): void {
		const key = keyOf(item);
		const wishes = new Map(this.wishes);
		const whose = item.parcel_id ? { parcel_id: item.parcel_id } : { address_id: item.address_id ?? 0 };
		wishes.set(key, { ...whose, number: text || null });
		this.wishes = wishes;
		void this.look();
	}

	private async save(): Promise<void> {
		const { draft } = this;
		const done = await this.attempt(() => saveScheme(this.order, draft));
		if (!done) return;
		this.actions.toast(tell("ui_num_scheme_saved", { count: done.items }));
		this.wishes = new Map();
		await this.read(done.id);
		await this.updateComplete;
		this.querySelector<HTMLElement>(".send")?.focus();
	}

	/* What is not saved yet is saved first. */
	private async send(): Promise<void> {
		if (!this.isSaved) await this.save();
		if (this.isSaved) await this.decide("submit");
	}

	private async decide(deed: SchemeDeed): Promise<void> {
		const { scheme } = this;
		if (!scheme) return;
		const words = deed === "approve" ? { document: this.document } : deed === "reject" ? { reason: this.reason } : {};
		const done = await this.attempt(() => decideScheme(deed, scheme, words));
		if (!done) return;
		if (deed === "approve") {
			this.actions.toast(tell("ui_num_scheme_approved", { count: done.addresses }));
			this.actions.changed();
		} else this.actions.toast(tell(deed === "submit" ? "ui_num_scheme_sent" : deed === "recall" ? "ui_num_scheme_recalled" : "ui_num_scheme_rejected"));
		this.deed = undefined;
		await this.read(done.id);
	}

	private get mayDecide(): boolean {
		return DECIDERS.includes(session.value?.role ?? "");
	}

	protected override render(): TemplateResult {
		const { scheme } = this;
		const name = scheme ? [scheme.path, scheme.street_name].filter(Boolean).join(" ") : String(this.record?.properties[rolesOf(this.layers.values()).network?.network?.name ?? ""] ?? "");
		return html`
			<header class="panel-head">
				<h2 tabindex="-1"><span class="record-layer">${tell("ui_num_scheme")}${scheme?.id ? ` · ${schemeState(scheme)}` : nothing}</span>${name}</h2>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.leave()}>${icon("close")}</button>
			</header>
			<div class="scroll pad inputs" aria-busy=${this.busy}>
				${scheme ? this.renderCounts(scheme) : this.error ? nothing : html`<div class="skeleton" role="status" aria-label=${tell("ui_num_proposing")}><i></i><i></i><i></i></div>`}
				${scheme?.state === "draft" ? this.renderParameters(scheme) : nothing}
				<div aria-live="polite">${failure(this.error)}</div>
				${scheme?.items.length ? this.renderTable(scheme) : scheme ? html`<p class="failure warn">${tell("ui_num_no_houses")}</p>` : nothing}
			</div>
			${scheme?.items.length ? this.renderFoot(scheme) : nothing}
		`;
	}

	private renderCounts({ counts, items, document, reason, decided_at }: Scheme): TemplateResult {
		const parts = [
			tell("ui_num_houses", { count: items.length }),
			counts.give ? tell("ui_num_count_give", { count: counts.give }) : "",
			counts.keep ? tell("ui_num_count_keep", { count: counts.keep }) : "",
			counts.renumber ? tell("ui_num_count_renumber", { count: counts.renumber }) : "",
			counts.reserve ? tell("ui_num_count_reserve", { count: counts.reserve }) : "",
			counts.nothing ? tell("ui_num_count_nothing", { count: counts.nothing }) : "",
		];
		return html`
			<p>${parts.filter(Boolean).join(" · ")}
				${counts.doubtful ? html`<b class="fault">${icon("warning")}${tell("ui_num_count_doubtful", { count: counts.doubtful })}</b>` : nothing}</p>
			${document || reason ? html`<p class="muted tiny">${[document, reason, decided_at && formatInstant(decided_at)].filter(Boolean).join(" · ")}</p>` : nothing}
		`;
	}

	private renderParameters(scheme: Scheme): TemplateResult {
		const value = (name: string): string => this.parameters[name] ?? scheme.parameters.find((one) => one.name === name)?.value ?? "";
		const choice = (name: string, title: string, options: readonly (readonly [string, string])[]) => html`
			<label class="field"><span>${title}</span>
				<select name=${name} @change=${(event: Event) => this.set(name, (event.target as HTMLSelectElement).value)}>
					${options.map(([word, text]) => html`<option value=${word} ?selected=${word === value(name)}>${text}</option>`)}</select></label>`;
		const number = (name: string, title: string, least: number) => html`
			<label class="field"><span>${title}</span>
				<input name=${name} type="number" min=${least} step="any" .value=${value(name)} @change=${(event: Event) => this.set(name, (event.target as HTMLInputElement).value)} /></label>`;
		return html`
			<fieldset class="parameters"><legend class="unseen">${tell("ui_num_parameters")}</legend>
				${choice("odd", tell("ui_num_odd_side"), [["left", tell("ui_num_odd_left")], ["right", tell("ui_num_odd_right")], ["one_row", tell("ui_num_one_row")]])}
				${number("start", tell("ui_num_start"), 1)} ${number("front_m", tell("ui_num_front"), 0)}
				${choice("renumber", tell("ui_num_have_numbers"), [["no", tell("ui_num_keep_them")], ["yes", tell("ui_num_renumber_them")]])}
			</fieldset>
		`;
	}

	private renderTable(scheme: Scheme): TemplateResult {
		return html`
			<table class="scheme">
				<caption class="unseen">${tell("ui_num_scheme_table")}</caption>
				<thead><tr><th scope="col">${tell("ui_num_place")}</th><th scope="col">${t("ui_parcel")}</th><th scope="col">${tell("ui_num_had")}</th><th scope="col">${tell("ui_num_new_number")}</th></tr></thead>
				<tbody>${scheme.items.map((item) => this.renderItem(item, scheme.state === "draft"))}</tbody>
			</table>
		`;
	}

	private renderItem(item: SchemeItem, mayChange: boolean): TemplateResult {
		const { side, chainage_m, parcel_number, parcel_id, has, number, doubt, act } = item;
		const wish = this.wishes.get(keyOf(item));
		const name = parcel_number ?? (parcel_id ? `#${parcel_id}` : "–");
		return html`
			<tr class=${doubt ? "doubtful" : ""}>
				<td><span class="side ${kindOf(number?.number)}">${tell(side === "left" ? "ui_num_left_mark" : "ui_num_right_mark")}</span> ${formatFixed(chainage_m, 0, language.value)} m</td>
				<th scope="row">${name}</th>
				<td>${has ?? "–"}</td>
				<td class="given">${mayChange
					? html`<input type="text" autocomplete="off" maxlength="20" aria-label=${tell("ui_num_number_of", { name })} aria-invalid=${doubt ? "true" : nothing}
							.value=${wish ? (wish.number ?? "") : (number?.plate ?? "")} @change=${(event: Event) => this.wish(item, (event.target as HTMLInputElement).value.trim())} />`
					: html`<b>${number?.plate ?? "–"}</b>`}
					<span class="act tiny ${doubt ? "fault" : "muted"}">${doubt?.text ?? tell(number ? acts[act] : "ui_num_nothing")}</span></td>
			</tr>
		`;
	}

	private renderFoot(scheme: Scheme): TemplateResult {
		const button = (label: string, act: () => void, look = "button") => html`<button class=${look} ?disabled=${this.busy} @click=${act}>${label}</button>`;
		return html`
			<footer class="edit-foot">
				${scheme.state === "draft"
					? html`<div class="form-end">
							${button(tell("ui_num_save_scheme"), () => void this.save(), this.isSaved ? "button second" : "button")}
							${button(tell("ui_num_send_scheme"), () => void this.send(), `button send ${this.isSaved ? "" : "second"}`)}</div>
							${this.isSaved || !scheme.id ? nothing : html`<p class="hint">${tell("ui_num_unsaved")}</p>`}`
					: nothing}
				${scheme.state === "submitted" ? this.renderDecision(button) : nothing}
				${scheme.state === "approved" || scheme.state === "rejected"
					? html`<div class="form-end">${button(tell("ui_num_scheme_again"), () => this.makeAnew(), "button second")}</div>`
					: nothing}
			</footer>
		`;
	}

	private makeAnew(): void {
		this.scheme = undefined;
		this.parameters = {};
		this.wishes = new Map();
		void this.look();
	}

	private renderDecision(button: (label: string, act: () => void, look?: string) => TemplateResult): TemplateResult {
		const approve = (event: SubmitEvent): void => {
			event.preventDefault();
			void this.decide(this.deed ?? "approve");
		};
		return html`
			${this.mayDecide
				? html`<form class="inputs" @submit=${approve}>
						${this.deed
							? html`<label class="field"><span>${tell("ui_num_reason")}</span><input name="reason" type="text" required autocomplete="off" maxlength="400" @input=${(event: InputEvent) => (this.reason = (event.target as HTMLInputElement).value.trim())} /></label>`
							: html`<label class="field"><span>${tell("ui_num_decision")}</span><input name="document" type="text" required autocomplete="off" maxlength="200" placeholder="45/QĐ-UBND" @input=${(event: InputEvent) => (this.document = (event.target as HTMLInputElement).value.trim())} /></label>`}
						<div class="form-end">
							<button class="button ${this.deed ? "danger" : ""}" ?disabled=${this.busy}>${tell(this.deed ? "ui_num_reject" : "ui_num_approve")}</button>
							<button type="button" class="button second" @click=${() => (this.deed = this.deed ? undefined : "reject")}>${this.deed ? t("ui_cancel") : tell("ui_num_reject")}</button>
						</div></form>`
				: html`<p class="muted">${tell("ui_num_scheme_waits")}</p>`}
			<div class="form-end">${button(tell("ui_num_recall"), () => void this.decide("recall"), "chip")}</div>
		`;
	}
}
