/*
 * queue_list: what waits: case files, the oldest deadline first, and numbering schemes; and the box that
 * finds a file, a parcel, a house number or a street.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askJson } from "../api";
import { rolesOf } from "../city";
import { askQueue, type FileHead } from "../dossier";
import { language, say, t } from "../i18n/language";
import { formatDate, formatInstant, formatReal } from "../i18n/number";
import { filesMoved } from "../live";
import { askSchemes, type SchemeHead } from "../numbering";
import { failure } from "../panels/failure";
import { icon } from "../panels/icon";
import type { SearchAnswer, SearchResult } from "../search";
import { CounterPanel } from "./counter_panel";
import { isSame, LISTS, type Subject } from "./subject";
import { tell } from "./words";

/* Hours of work that are left melt while nobody does anything. */
const RELOAD_MS = 60_000;
/* Two days of work. */
const SOON_H = 16;
/* "07/12/2026" */
const DAY_LETTERS = 10;
/* What waits for a decision first; those replaced are history. */
const ORDER: { readonly [state in SchemeHead["state"]]?: number } = { submitted: 0, draft: 1, rejected: 2, approved: 3 };
const FILE_NUMBER = /^\s*[a-z]{2}-\d/i;

const schemeStates = {
	draft: "ui_num_draft",
	submitted: "ui_num_submitted",
	approved: "ui_num_approved",
	rejected: "ui_num_rejected",
	replaced: "ui_num_replaced",
} as const;

export function schemeState({ state }: SchemeHead): string {
	return tell(schemeStates[state]);
}

/** How long a file may still take, in words and a class. */
export function timeLeft({ hours_left: hours, overdue, paused_at, open }: FileHead): { readonly text: string; readonly look: string } {
	if (!open || hours === null) return { text: tell("ui_num_decided"), look: "" };
	const print = (value: number): string => formatReal(value, 1, language.value);
	if (paused_at) return { text: tell("ui_num_clock_stands", { hours: print(hours) }), look: "paused" };
	if (overdue || hours <= 0) return { text: tell("ui_num_late", { hours: print(-hours) }), look: "late" };
	return hours <= SOON_H ? { text: tell("ui_num_soon", { hours: print(hours) }), look: "soon" } : { text: tell("ui_num_left", { hours: print(hours) }), look: "" };
}

@customElement("dothi-queue")
export class QueueList extends CounterPanel {
	@property({ attribute: false }) subject: Subject = { kind: "queue" };
	@state() private files: readonly FileHead[] = [];
	@state() private next: string | null = null;
	@state() private schemes: readonly SchemeHead[] = [];
	@state() private isRead = false;
	@state() private found: readonly SearchResult[] | undefined;
	private stop: (() => void) | undefined;
	private timer: ReturnType<typeof setInterval> | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.stop = filesMoved.listen(() => void this.reload());
		this.timer = setInterval(() => !document.hidden && void this.reload(), RELOAD_MS);
		void this.reload();
	}

	override disconnectedCallback(): void {
		this.stop?.();
		clearInterval(this.timer);
		super.disconnectedCallback();
	}

	async reload(): Promise<void> {
		const answer = await this.ask(async () => ({ queue: await askQueue(), schemes: await askSchemes() }));
		if (!answer) return;
		this.files = answer.queue.dossiers;
		this.next = answer.queue.next;
		const shown = answer.schemes.filter(({ state }) => state in ORDER);
		this.schemes = [...shown].sort((a, b) => (ORDER[a.state] ?? 0) - (ORDER[b.state] ?? 0));
		this.isRead = true;
	}

	private async showMore(): Promise<void> {
		const { next } = this;
		if (!next) return;
		const more = await this.attempt(() => askQueue({ after: next }));
		if (!more) return;
		this.files = [...this.files, ...more.dossiers];
		this.next = more.next;
	}

	/** The keyboard goes to the next line, or the one before. */
	step(by: 1 | -1): void {
		const lines = [...this.querySelectorAll<HTMLElement>(".queue-line")];
		const at = lines.findIndex((line) => line === document.activeElement || line.getAttribute("aria-current") === "true");
		lines[Math.min(lines.length - 1, Math.max(0, at < 0 ? 0 : at + by))]?.focus();
	}

	focusBox(): void {
		this.querySelector<HTMLInputElement>("input")?.focus();
		this.querySelector<HTMLInputElement>("input")?.select();
	}

	private async find(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const text = String(new FormData(event.target as HTMLFormElement).get("q")).trim();
		this.found = undefined;
		if (!text) return;
		if (FILE_NUMBER.test(text)) return this.findFile(text);
		const answer = await this.attempt(() => askJson<SearchAnswer>(`/api/search?${new URLSearchParams({ q: text.normalize("NFC") })}`));
		const results = answer?.groups.flatMap(({ results }) => results).filter((result) => this.subjectOf(result) && !result.datetime) ?? [];
		this.found = results;
		const [only] = results;
		if (only && results.length === 1) this.openFound(only);
	}

	private async findFile(number: string): Promise<void> {
		const answer = await this.attempt(() => askQueue({ q: number }));
		const [file] = answer?.dossiers ?? [];
		if (file) this.actions.open({ kind: "file", id: file.id });
		else if (answer) this.found = [];
	}

	private subjectOf({ layer, id }: SearchResult): Subject | undefined {
		const { land, address, network } = rolesOf(this.layers.values());
		if (layer === land?.id) return { kind: "lot", id };
		if (layer === address?.id) return { kind: "number", id };
		return layer === network?.id ? { kind: "way", id } : undefined;
	}

	private openFound(result: SearchResult): void {
		const subject = this.subjectOf(result);
		this.found = undefined;
		if (subject) this.actions.open(subject);
	}

	protected override render(): TemplateResult {
		const isSchemes = ["schemes", "scheme", "way"].includes(this.subject.kind);
		return html`
			<form class="counter-search" role="search" @submit=${this.find}>
				<label>${icon("search")}<span class="unseen">${tell("ui_num_find")}</span>
					<input name="q" type="text" autocomplete="off" spellcheck="false" enterkeyhint="search" maxlength="200" placeholder=${tell("ui_num_find_hint")} /></label>
			</form>
			${failure(this.error)}
			${this.found ? this.renderFound(this.found) : this.renderWaiting(isSchemes)}
		`;
	}

	private renderFound(found: readonly SearchResult[]): TemplateResult {
		return html`
			<div class="counter-tabs"><h3>${tell("ui_num_found")}</h3>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => (this.found = undefined)}>${icon("close")}</button></div>
			${found.length ? nothing : html`<p class="muted pad" role="status">${t("ui_search_nothing")}</p>`}
			<ul class="queue scroll">
				${found.map(
					(result) => html`<li><button class="queue-line" @click=${() => this.openFound(result)}>
						<span class="queue-top"><span class="strong">${result.title}</span></span>
						${result.former ? html`<span class="former">${t("ui_search_former", { name: result.former.name, date: formatDate(result.former.until) })}</span>` : nothing}
						<span class="muted tiny">${[this.layers.get(result.layer) && say(this.layers.get(result.layer)!.title), result.detail].filter(Boolean).join(" · ")}</span>
					</button></li>`,
				)}
			</ul>
		`;
	}

	private renderWaiting(isSchemes: boolean): TemplateResult {
		const count = this.schemes.filter(({ state }) => state === "submitted").length;
		return html`
			<div class="counter-tabs" role="group" aria-label=${tell("ui_num_lists")}>
				<button class="chip" aria-pressed=${!isSchemes} @click=${() => this.actions.open({ kind: "queue" })}>${tell("ui_num_files")}<span class="count">${this.files.length}${this.next ? "+" : ""}</span></button>
				<button class="chip" aria-pressed=${isSchemes} @click=${() => this.actions.open({ kind: "schemes" })}>${tell("ui_num_schemes")}${count ? html`<span class="count">${tell("ui_num_waiting", { count })}</span>` : nothing}</button>
				<button class="chip strong" @click=${() => this.actions.open({ kind: "intake" })} aria-keyshortcuts="N">${icon("plus")}${tell("ui_num_receive")}</button>
			</div>
			${isSchemes ? this.renderSchemes() : this.renderFiles()}
			${LISTS.includes(this.subject.kind) ? html`<p class="counter-hint pad muted tiny">${tell(isSchemes ? "ui_num_hint_schemes" : "ui_num_hint_queue")}</p>` : nothing}
		`;
	}

	private renderFiles(): TemplateResult {
		return html`
			${this.isRead && !this.files.length ? html`<p class="muted pad">${tell("ui_num_queue_empty")}</p>` : nothing}
			<ul class="queue scroll" aria-label=${tell("ui_num_files")}>
				${this.files.map((file) => this.renderFile(file))}
				${this.next ? html`<li class="pad"><button class="chip" @click=${() => void this.showMore()}>${tell("ui_num_more")}</button></li>` : nothing}
			</ul>
		`;
	}

	private renderFile(file: FileHead): TemplateResult {
		const subject: Subject = { kind: "file", id: file.id };
		const left = timeLeft(file);
		const lot = file.parcel?.label;
		return html`
			<li><button class="queue-line ${left.look}" aria-current=${isSame(subject, this.subject)} @click=${() => this.actions.open(subject)}>
				<span class="queue-top"><span class="strong">${lot ? tell("ui_num_parcel", { number: lot }) : file.file_no}</span><span class="time">${left.text}</span></span>
				<span class="queue-top"><span>${file.applicant?.name ?? "–"}</span><span class="tiny">${file.training ? html`<b class="warm">${tell("ui_num_training")}</b> ` : nothing}${say(file.state_title)}</span></span>
				<span class="muted tiny">${file.file_no} · ${tell("ui_num_due", { at: formatInstant(file.due_at).slice(-DAY_LETTERS) })}</span>
			</button></li>
		`;
	}

	private renderSchemes(): TemplateResult {
		return html`
			<ul class="queue scroll" aria-label=${tell("ui_num_schemes")}>
				${this.schemes.map((scheme) => {
					const subject: Subject = { kind: "scheme", id: scheme.id ?? 0 };
					return html`<li><button class="queue-line ${scheme.state === "submitted" ? "soon" : ""}" aria-current=${isSame(subject, this.subject)} @click=${() => this.actions.open(subject)}>
						<span class="queue-top"><span class="strong">${scheme.street_name}</span><span class="time">${schemeState(scheme)}</span></span>
						<span class="muted tiny">${[scheme.document, formatInstant(scheme.decided_at ?? scheme.submitted_at ?? scheme.made_at ?? "")].filter(Boolean).join(" · ")}</span>
					</button></li>`;
				})}
			</ul>
		`;
	}
}
