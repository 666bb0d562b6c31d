/*
 * file_pane: one case file: the number that its house should get, who came, papers, steps, history.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { askFile, type CaseFile, handInPaper, type ListedPaper, type Move, moveFile, notePaper } from "../dossier";
import { say, t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import { filesMoved } from "../live";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import { CounterPanel } from "./counter_panel";
import type { ProposalView } from "./proposal_view";
import { timeLeft } from "./queue_list";
import { tell } from "./words";
import "./proposal_view";

const REQUEST = "request_supplement";
/* What is done by signing the paper, and by asking for papers, has its own place. */
const APART = [REQUEST, "issue", "submit"];
const HANDED_IN = ["shown", "scan"];
const SCAN_TYPES = "application/pdf,image/jpeg,image/png";

const paperStates = { missing: "ui_num_missing", asked: "ui_num_asked", shown: "ui_num_shown", scan: "ui_num_scanned" } as const;

@customElement("dothi-file")
export class FilePane extends CounterPanel {
	@property({ attribute: false }) fileId = 0;
	@state() private file: CaseFile | undefined;
	/** The step whose reason is asked for. */
	@state() private move: Move | undefined;
	@query("dothi-proposal") private proposal!: ProposalView | null;
	private words = "";
	private stop: (() => void) | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.stop = filesMoved.listen(() => void this.load());
	}

	override disconnectedCallback(): void {
		this.stop?.();
		super.disconnectedCallback();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("fileId")) return;
		this.file = this.move = this.error = undefined;
		this.words = "";
		void this.load();
	}

	private async load(): Promise<void> {
		const file = await this.ask((signal) => askFile(this.fileId, signal));
		if (!file || file.id !== this.fileId) return;
		const isFirst = !this.file;
		this.file = file;
		await this.updateComplete;
		if (isFirst && !this.contains(document.activeElement)) this.focusTitle();
	}

	/** Key C. */
	async issue(): Promise<void> {
		await this.proposal?.issue();
	}

	/** Key P. */
	async sign(): Promise<void> {
		await this.proposal?.sign();
	}

	/** Key B. */
	askPapers(): void {
		const move = this.file?.moves.find(({ id }) => id === REQUEST);
		if (move) this.prepare(move);
	}

	private prepare(move: Move): void {
		this.move = move;
		this.words = "";
		void this.updateComplete.then(() => this.querySelector<HTMLElement>(".move-form input")?.focus());
	}

	private async carryOut(move: Move, papers: readonly string[] = []): Promise<void> {
		const { file } = this;
		if (!file) return;
		const words = {
			...(this.words ? { [move.needs_reason ? "reason" : "note"]: this.words } : {}),
			...(papers.length ? { papers } : {}),
		};
		const done = await this.attempt(() => moveFile(file, move.id, words));
		if (done) {
			this.move = undefined;
			this.words = "";
			this.actions.toast(tell("ui_num_moved", { file: file.file_no, step: say(move.title) }));
		}
		await this.reload();
	}

	/* What was refused is still told beside what stands now. */
	private async reload(): Promise<void> {
		const { error } = this;
		await this.load();
		this.error ??= error;
	}

	protected override render(): TemplateResult {
		const { file } = this;
		if (!file) return html`${failure(this.error)}${this.error ? nothing : html`<div class="skeleton" role="status" aria-label=${t("ui_looking")}><i></i><i></i><i></i></div>`}`;
		const left = timeLeft(file);
		const lot = file.parcel;
		return html`
			<header class="panel-head">
				<h2 tabindex="-1"><span class="record-layer">${tell("ui_num_file", { number: file.file_no })}</span>
					${lot?.label ? tell("ui_num_parcel", { number: lot.label }) : say(file.kind_title)}</h2>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.leave()}>${icon("close")}</button>
			</header>
			<p class="file-state ${left.look}"><b>${say(file.state_title)}</b> <span class="time">${left.text}</span>
				<span class="muted tiny">${tell("ui_num_due", { at: formatInstant(file.due_at) })}</span>
				${file.training ? html`<b class="warm">${tell("ui_num_training")}</b>` : nothing}</p>
			<div class="scroll pad inputs">
				${failure(this.error)}
				${lot ? html`<dothi-proposal .lot=${lot.id} .file=${file} .layers=${this.layers} .actions=${this.actions} .moved=${() => void this.load()}></dothi-proposal>` : nothing}
				${this.renderForm(file)} ${this.renderPapers(file)} ${this.renderMoves(file)} ${this.renderHistory(file)}
			</div>
		`;
	}

	private renderForm({ applicant, note, assigned, mine, received_at, receipt_print }: CaseFile): TemplateResult {
		const row = (title: string, text: string | null | undefined) => (text ? html`<div><dt>${title}</dt><dd>${text}</dd></div>` : nothing);
		return html`
			<section>
				<h3>${tell("ui_num_form")}</h3>
				<dl class="rows">
					${row(tell("ui_num_applicant"), applicant?.erased ? tell("ui_num_erased") : applicant?.name)}
					${row(tell("ui_num_id_number"), applicant?.id_number)}
					${row(tell("ui_num_contact"), applicant?.contact)}
					${row(tell("ui_num_note"), note)}
					${row(tell("ui_num_received"), formatInstant(received_at))}
					${row(tell("ui_num_assigned"), mine ? tell("ui_num_me") : assigned)}
				</dl>
				<p><a class="chip" href=${new URL(receipt_print, location.href).pathname} target="_blank" rel="noopener">${icon("download")}${tell("ui_num_receipt")}</a></p>
			</section>
		`;
	}

	private renderPapers(file: CaseFile): TemplateResult {
		const scan = (name: string) => file.papers.filter((paper) => paper.name === name && paper.href).pop()?.href;
		return html`
			<section>
				<h3>${tell("ui_num_papers")}</h3>
				<ul class="papers">
					${file.paper_list.map((paper) => {
						const href = scan(paper.id);
						return html`<li>
							<span>${say(paper.title)}${paper.required ? nothing : html` <span class="muted tiny">${tell("ui_num_optional")}</span>`}</span>
							<span class="paper-state ${paper.state}">${icon(HANDED_IN.includes(paper.state) ? "check" : paper.required ? "warning" : "minus")}${tell(paper.state === "missing" && !paper.required ? "ui_num_not_handed" : paperStates[paper.state])}
								${href ? html`<a href=${new URL(href, location.href).pathname} target="_blank" rel="noopener">${tell("ui_num_look")}</a>` : nothing}</span>
							${file.open && !HANDED_IN.includes(paper.state) ? this.renderBringing(file, paper) : nothing}
						</li>`;
					})}
				</ul>
			</section>
		`;
	}

	private renderBringing(file: CaseFile, paper: ListedPaper): TemplateResult {
		const bring = async (work: () => Promise<void>): Promise<void> => {
			await this.attempt(work);
			await this.reload();
		};
		return html`
			<span class="form-end">
				<button class="chip" @click=${() => void bring(() => notePaper(file.id, paper.id))}>${icon("check")}${tell("ui_num_note_paper")}</button>
				<label class="chip scan">${icon("plus")}${tell("ui_num_scan")}<input class="unseen" type="file" accept=${SCAN_TYPES}
					@change=${(event: Event) => {
						const scan = (event.target as HTMLInputElement).files?.[0];
						if (scan) void bring(() => handInPaper(file.id, paper.id, scan));
					}} /></label>
			</span>
		`;
	}

	private renderMoves(file: CaseFile): TemplateResult | typeof nothing {
		const moves = file.moves.filter(({ id }) => !APART.includes(id));
		const request = file.moves.find(({ id }) => id === REQUEST);
		if (!moves.length && !request) return nothing;
		return html`
			<section>
				<h3>${tell("ui_num_steps")}</h3>
				<div class="form-end">
					${request ? html`<button class="chip" aria-keyshortcuts="B" aria-expanded=${this.move?.id === REQUEST} @click=${() => this.askPapers()}>${say(request.title)}</button>` : nothing}
					${moves.map((move) => html`<button class="chip" aria-expanded=${move.needs_reason || move.id === "note" ? this.move?.id === move.id : nothing}
						@click=${() => (move.needs_reason || move.id === "note" ? this.prepare(move) : void this.carryOut(move))}>${say(move.title)}</button>`)}
				</div>
				${this.move ? this.renderMoveForm(file, this.move) : nothing}
			</section>
		`;
	}

	private renderMoveForm(file: CaseFile, move: Move): TemplateResult {
		const submit = (event: SubmitEvent): void => {
			event.preventDefault();
			void this.carryOut(move, new FormData(event.target as HTMLFormElement).getAll("paper").map(String));
		};
		return html`
			<form class="move-form inputs" @submit=${submit}>
				${move.needs_papers
					? html`<fieldset class="choices"><legend>${tell("ui_num_which_papers")}</legend>
							${file.paper_list.map((paper) => html`<label class="check"><input type="checkbox" name="paper" value=${paper.id} ?checked=${paper.required && paper.state === "missing"} /><span>${say(paper.title)}</span></label>`)}</fieldset>`
					: nothing}
				<label class="field"><span>${tell(move.needs_reason ? "ui_num_reason" : "ui_num_note")}</span>
					<input name="words" type="text" autocomplete="off" maxlength="500" ?required=${move.needs_reason} .value=${this.words} @input=${(event: InputEvent) => (this.words = (event.target as HTMLInputElement).value)} /></label>
				<div class="form-end"><button class="button" ?disabled=${this.busy}>${say(move.title)}</button>
					<button type="button" class="button second" @click=${() => (this.move = undefined)}>${t("ui_cancel")}</button></div>
			</form>
		`;
	}

	private renderHistory({ history }: CaseFile): TemplateResult {
		return html`
			<details class="folded">
				<summary>${icon("chevron")}<span>${tell("ui_num_history")}</span><span class="count">${history.length}</span></summary>
				<ol class="versions">
					${[...history].reverse().map(({ at, by, title, note, reason }) => html`<li class="version"><b>${say(title)}</b> <span class="muted tiny">${by} · ${formatInstant(at)}</span>${(reason ?? note) ? html`<p class="version-reason">${reason ?? note}</p>` : nothing}</li>`)}
				</ol>
			</details>
		`;
	}
}
