/*
 * certificate_view: the paper of a house number: looked at before it is signed, signed and printed, and
 * those that were issued before. In a file it moves the file on.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askCertificates, type Certificate, type CertificateOrder, fileOf, issueCertificate, lookAtCertificate } from "../certificate";
import { type CaseFile, moveFile, type MovedFile } from "../dossier";
import { formatInstant } from "../i18n/number";
import type { KnownAddress } from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import { keep, remember } from "../remembered";
import { CounterPanel } from "./counter_panel";
import { OnceKey } from "./once_key";
import { tell } from "./words";

const CURRENT = "current";
const SIGNING = "signing";
const WAITING = "supplement";
/* Who may do one of these decides. */
const DECISION = "refuse";

const states = { valid: "ui_num_paper_valid", replaced: "ui_num_paper_replaced", revoked: "ui_num_paper_revoked" } as const;

@customElement("dothi-certificate")
export class CertificateView extends CounterPanel {
	/** The address that it proves. */
	@property({ attribute: false }) house!: KnownAddress;
	@property({ attribute: false }) file: CaseFile | undefined;
	@property({ attribute: false }) moved: () => void = () => undefined;
	@state() private papers: readonly Certificate[] | undefined;
	/** Another one is made though one is valid. */
	@state() private again = false;
	@state() private preview = "";
	private readonly key = new OnceKey();
	private signer = remember().signer.name;
	private signerTitle = remember().signer.title;
	private holder = "";

	override disconnectedCallback(): void {
		URL.revokeObjectURL(this.preview);
		super.disconnectedCallback();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		const before = changed.get("house");
		if (changed.has("house") && (before?.id !== this.house.id || before.version !== this.house.version)) void this.load();
	}

	private async load(): Promise<void> {
		this.again = false;
		this.papers = await this.ask(() => askCertificates(this.house.id));
		if (!this.valid) await this.look();
	}

	private get valid(): Certificate | undefined {
		return this.again ? undefined : this.papers?.find(({ state, address_version }) => state === "valid" && address_version === this.house.version);
	}

	private get order(): CertificateOrder {
		const { house: address, signer, signerTitle, holder } = this;
		const applicant = this.file?.applicant;
		return { address, signer, signerTitle, holder, person: applicant && !applicant.erased ? applicant.id : undefined };
	}

	/* The paper as it would be. */
	private async look(): Promise<void> {
		if (!this.signer || this.house.status !== CURRENT) return;
		this.error = undefined;
		const paper = await this.ask(() => lookAtCertificate(this.order));
		URL.revokeObjectURL(this.preview);
		this.preview = paper ? URL.createObjectURL(paper) : "";
	}

	/** The keyboard goes to what is to be done next. */
	focusNext(): void {
		void this.updateComplete.then(() => {
			const next = this.signer ? ".sign" : "[name=signer]";
			this.querySelector<HTMLElement>(next)?.focus();
		});
	}

	/** Key P: signs and prints, or sends to who signs. */
	async sign(): Promise<void> {
		if (this.busy || !this.papers || this.house.status !== CURRENT) return;
		if (this.file && !this.decides) return this.submit();
		if (this.valid) return this.file?.open ? this.close(this.valid) : this.print(this.valid);
		if (!this.signer.trim()) return this.focusNext();
		keep({ signer: { name: this.signer, title: this.signerTitle } });
		/* First the file: who was overtaken there signs nothing. */
		const done = await this.attempt(async () => {
			const file = await this.bringToSigning();
			const paper = await issueCertificate(this.order, this.key.of(this.order));
			this.key.done();
			if (file) await moveFile(file, "issue", { address_id: this.house.id });
			return paper;
		});
		if (!done) return this.moved();
		this.actions.toast(tell("ui_num_paper_made", { number: done.paper_number }));
		this.papers = [done, ...(this.papers ?? []).map((one) => (one.state === "valid" ? { ...one, state: "replaced" as const } : one))];
		this.again = false;
		this.moved();
		await this.updateComplete;
		this.querySelector<HTMLElement>(".print")?.focus();
		this.print(done);
	}

	private get decides(): boolean {
		return Boolean(this.file?.moves.some(({ id }) => id === DECISION || id === "issue"));
	}

	private async bringToSigning(): Promise<Pick<MovedFile, "id" | "version"> | undefined> {
		const { file } = this;
		if (!file?.open || file.state === SIGNING) return file?.open ? file : undefined;
		return moveFile(file, "submit", {});
	}

	/* The paper was signed, but the file does not know it yet. */
	private async close(paper: Certificate): Promise<void> {
		const done = await this.attempt(async () => {
			const file = await this.bringToSigning();
			return file && moveFile(file, "issue", { address_id: paper.address_id });
		});
		if (done) this.print(paper);
		this.moved();
	}

	private async submit(): Promise<void> {
		const { file } = this;
		if (!file?.open || file.state === SIGNING) return;
		const done = await this.attempt(() => moveFile(file, "submit", {}));
		if (done) this.actions.toast(tell("ui_num_was_sent"));
		this.moved();
	}

	/* In a page of its own, where browsers print; one that opens none leaves the button. */
	private print(paper: Certificate): void {
		window.open(fileOf(paper), "_blank", "noopener");
	}

	protected override render(): TemplateResult {
		const { papers, valid } = this;
		if (!papers) return html`${failure(this.error)}`;
		return html`
			<section class="paper" aria-labelledby="paper-title">
				<h3 id="paper-title">${tell("ui_num_paper")}</h3>
				${this.house.status === CURRENT ? (valid ? this.renderValid(valid) : this.renderPreview()) : html`<p class="muted">${tell("ui_num_paper_reserved")}</p>`}
				${papers.length > (valid ? 1 : 0) ? this.renderBefore(papers.filter((one) => one !== valid)) : nothing}
			</section>
		`;
	}

	private renderValid(paper: Certificate): TemplateResult {
		return html`
			<p><b>${paper.paper_number}</b> · ${tell("ui_num_paper_signed", { signer: paper.signer, at: formatInstant(paper.issued_at) })}</p>
			<iframe class="sheet" title=${tell("ui_num_paper")} src=${fileOf(paper)}></iframe>
			${failure(this.error)}
			<div class="form-end deeds">
				${this.file?.open && this.decides
					? html`<button class="button sign" aria-keyshortcuts="P" ?disabled=${this.busy} @click=${() => void this.sign()}>${tell("ui_num_close_file")}</button>`
					: html`<button class="button print" aria-keyshortcuts="P" @click=${() => this.print(paper)}>${tell("ui_num_print")}</button>`}
				<a class="chip" href=${fileOf(paper)} target="_blank" rel="noopener">${icon("download")}PDF</a>
				<a class="chip" href=${new URL(paper.url, location.href).pathname} target="_blank" rel="noopener">${icon("check")}${tell("ui_num_verify")}</a>
				${this.file ? nothing : html`<button class="chip" @click=${() => this.makeAnother()}>${icon("redo")}${tell("ui_num_paper_again")}</button>`}
			</div>
		`;
	}

	private makeAnother(): void {
		this.again = true;
		void this.look();
	}

	private renderPreview(): TemplateResult {
		const text = (name: "signer" | "signerTitle" | "holder", hint: string) => html`
			<input name=${name === "signerTitle" ? "signer_title" : name} type="text" autocomplete="off" maxlength="120" placeholder=${hint} .value=${this[name]}
				@input=${(event: InputEvent) => (this[name] = (event.target as HTMLInputElement).value.trim())}
				@change=${() => void this.look()} />`;
		const waits = this.file?.state === WAITING;
		const isSent = this.file?.state === SIGNING && !this.decides;
		return html`
			<div class="signing">
				<label class="field"><span>${tell("ui_num_signer")}</span>${text("signer", tell("ui_num_signer_hint"))}</label>
				<label class="field"><span>${tell("ui_num_signer_title")}</span>${text("signerTitle", tell("ui_num_signer_title_hint"))}</label>
				${this.file ? nothing : html`<label class="field"><span>${tell("ui_num_holder")}</span>${text("holder", "")}</label>`}
			</div>
			${this.preview
				? html`<iframe class="sheet" title=${tell("ui_num_preview")} src=${this.preview}></iframe>
						<p class="tiny"><a href=${this.preview} target="_blank">${tell("ui_num_open_preview")}</a></p>`
				: nothing}
			${failure(this.error)}
			${waits ? html`<p class="failure warn">${tell("ui_num_waits_papers")}</p>` : nothing}
			${isSent ? html`<p class="failure warn" role="status">${tell("ui_num_waits_signature")}</p>` : nothing}
			<div class="form-end deeds">
				<button class="button sign" aria-keyshortcuts="P" ?disabled=${this.busy || waits || isSent} @click=${() => void this.sign()}>
					${tell(this.file && !this.decides ? "ui_num_send" : "ui_num_sign")}</button>
				${this.busy ? html`<span class="busy" aria-hidden="true"></span>` : nothing}
			</div>
		`;
	}

	private renderBefore(papers: readonly Certificate[]): TemplateResult {
		return html`
			<details class="folded">
				<summary>${icon("chevron")}<span>${tell("ui_num_papers_before")}</span><span class="count">${papers.length}</span></summary>
				<ul>${papers.map((paper) => html`<li><a href=${fileOf(paper)} target="_blank" rel="noopener">${paper.paper_number}</a> <span class="muted tiny">${tell(states[paper.state])} · ${formatInstant(paper.issued_at)}</span></li>`)}</ul>
			</details>
		`;
	}
}
