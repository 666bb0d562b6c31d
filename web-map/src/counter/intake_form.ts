/*
 * intake_form: a file is taken in at the counter: a parcel or an identity number is typed, the form fills
 * itself from the parcel, and who came goes with a receipt.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { askJson, askRecord } from "../api";
import { rolesOf } from "../city";
import { type Intake, type MovedFile, receive } from "../dossier";
import { t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import { askProposal } from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import type { CityRecord } from "../record";
import type { SearchAnswer, SearchResult } from "../search";
import { CounterPanel } from "./counter_panel";
import { OnceKey } from "./once_key";
import { tell } from "./words";

/* Citizens' cards have 12 digits, older ones 9. */
const IDENTITY = /^(\d{9}|\d{12})$/;

@customElement("dothi-intake")
export class IntakeForm extends CounterPanel {
	@state() private results: readonly SearchResult[] | undefined;
	@state() private lot: CityRecord | undefined;
	/** Where the parcel lies, or that it has a number. */
	@state() private told = "";
	@state() private made: MovedFile | undefined;
	private readonly key = new OnceKey();
	private words = { name: "", id_number: "", contact: "", note: "" };

	protected override firstUpdated(): void {
		this.querySelector<HTMLElement>("[name=q]")?.focus();
		this.actions.mark({ numbers: [] });
	}

	private async find(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const text = String(new FormData(event.target as HTMLFormElement).get("q")).trim();
		if (!text) return;
		if (IDENTITY.test(text.replace(/\s/g, ""))) return this.takeIdentity(text.replace(/\s/g, ""));
		const { land } = rolesOf(this.layers.values());
		const answer = await this.attempt(() => askJson<SearchAnswer>(`/api/search?${new URLSearchParams({ q: text.normalize("NFC") })}`));
		if (!answer) return;
		this.results = answer.groups.filter(({ layer }) => layer === land?.id).flatMap(({ results }) => results.filter(({ datetime }) => !datetime));
		const [only] = this.results;
		if (only && this.results.length === 1) await this.take(only);
	}

	private takeIdentity(number: string): void {
		this.words.id_number = number;
		const box = this.querySelector<HTMLInputElement>("[name=q]");
		if (box) box.value = "";
		this.requestUpdate();
	}

	private async take({ layer, id, detail }: SearchResult): Promise<void> {
		const lot = await this.attempt(() => askRecord(layer, id));
		if (!lot) return;
		this.results = undefined;
		this.lot = lot;
		this.told = detail;
		if (lot.geometry) {
			this.actions.fit(lot.geometry);
			this.actions.mark({ numbers: [], lot: lot.geometry });
		}
		await this.updateComplete;
		this.querySelector<HTMLElement>("[name=name]")?.focus();
		const proposal = await this.ask((signal) => askProposal({ parcel: id }, signal).catch(() => undefined));
		if (proposal?.address && this.lot?.id === id) this.told = tell("ui_num_parcel_has", { label: proposal.address.label });
		else if (proposal?.street && this.lot?.id === id) this.told = [detail, proposal.street.name].filter(Boolean).join(" · ");
	}

	private async submit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const { lot } = this;
		if (!lot) return;
		const { name, id_number, contact, note } = this.words;
		const intake: Intake = { parcel: lot.id, applicant: { name, id_number, contact }, note };
		const made = await this.attempt(() => receive(intake, this.key.of(intake)));
		if (!made) return;
		this.key.done();
		this.made = made;
		this.actions.toast(tell("ui_num_was_received", { number: made.file_no }));
		await this.updateComplete;
		this.querySelector<HTMLElement>(".print")?.focus();
	}

	/** Another one; key N. */
	begin(): void {
		this.made = this.lot = this.results = this.error = undefined;
		this.words = { name: "", id_number: "", contact: "", note: "" };
		this.told = "";
		this.actions.mark({ numbers: [] });
		void this.updateComplete.then(() => this.querySelector<HTMLElement>("[name=q]")?.focus());
	}

	protected override render(): TemplateResult {
		return html`
			<header class="panel-head">
				<h2 tabindex="-1">${tell(this.made ? "ui_num_received_title" : "ui_num_receive_title")}</h2>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.leave()}>${icon("close")}</button>
			</header>
			<div class="scroll pad inputs">${this.made ? this.renderReceipt(this.made) : this.renderForm()}</div>
		`;
	}

	private renderForm(): TemplateResult {
		const { lot, results, words } = this;
		const field = (name: keyof typeof words, title: string, needed = false, mode = "text") => html`
			<label class="field"><span>${title}</span>
				<input name=${name} type="text" inputmode=${mode} autocomplete="off" maxlength="200" ?required=${needed} .value=${words[name]}
					@input=${(event: InputEvent) => (words[name] = (event.target as HTMLInputElement).value.trim())} /></label>`;
		return html`
			<form class="inputs" @submit=${this.find}>
				<label class="field"><span>${tell("ui_num_parcel_or_id")}</span>
					<input name="q" type="text" autocomplete="off" spellcheck="false" enterkeyhint="search" maxlength="200" placeholder=${tell("ui_num_parcel_hint")} /></label>
			</form>
			${results?.length === 0 ? html`<p class="failure warn" role="status">${tell("ui_num_no_parcel")}</p>` : nothing}
			${results?.length
				? html`<ul class="queue" aria-label=${tell("ui_num_which_parcel")}>${results.map((result) => html`<li><button class="queue-line" @click=${() => void this.take(result)}><span class="strong">${result.title}</span><span class="muted tiny">${result.detail}</span></button></li>`)}</ul>`
				: nothing}
			<form class="inputs" @submit=${this.submit}>
				${lot ? this.renderLot(lot) : html`<p class="muted">${tell("ui_num_parcel_first")}</p>`}
				${field("name", tell("ui_num_applicant"), true)} ${field("id_number", tell("ui_num_id_number"), false, "numeric")}
				${field("contact", tell("ui_num_contact"))} ${field("note", tell("ui_num_note"))}
				${failure(this.error)}
				<div class="form-end"><button class="button" ?disabled=${!lot || this.busy}>${tell("ui_num_receive")}</button>
					${this.busy ? html`<span class="busy" aria-hidden="true"></span>` : nothing}</div>
			</form>
		`;
	}

	private renderLot({ properties }: CityRecord): TemplateResult {
		const land = rolesOf(this.layers.values()).land?.land;
		const text = (field: string | undefined): string => String(properties[field ?? ""] ?? "");
		return html`
			<div class="lot" role="status">
				<b>${tell("ui_num_parcel", { number: `${text(land?.sheet)}/${text(land?.number)}` })}</b>
				<span>${this.told}</span>
			</div>
		`;
	}

	private renderReceipt({ id, file_no, due_at, receipt_print }: MovedFile): TemplateResult {
		const page = new URL(receipt_print, location.href).pathname;
		return html`
			<p class="received">${icon("check")}<span><b>${file_no}</b><br />${tell("ui_num_due", { at: formatInstant(due_at) })}</span></p>
			<div class="form-end">
				<button class="button print" @click=${() => this.print()}>${tell("ui_num_print_receipt")}</button>
				<button class="button second" @click=${() => this.actions.open({ kind: "file", id })}>${tell("ui_num_open_file")}</button>
				<button class="chip" aria-keyshortcuts="N" @click=${() => this.begin()}>${icon("plus")}${tell("ui_num_receive_next")}</button>
			</div>
			<iframe class="sheet" title=${tell("ui_num_receipt")} src=${page} @load=${(event: Event) => this.fit(event.target as HTMLIFrameElement)}></iframe>
		`;
	}

	/* All of it is seen, its code too. */
	private fit(frame: HTMLIFrameElement): void {
		frame.style.height = `${frame.contentDocument?.documentElement.scrollHeight ?? 0}px`;
	}

	private print(): void {
		this.querySelector<HTMLIFrameElement>("iframe")?.contentWindow?.print();
	}
}
