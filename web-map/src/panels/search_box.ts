/*
 * search_box: the one box: parcels, streets, units, sites and codes by what people call them, and
 * coordinates in any notation.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { language, t } from "../i18n/language";
import { formatDate } from "../i18n/number";
import { printDegrees, printGrid } from "../place_text";
import { markWords, type PlaceReading, type Search, Searcher, type SearchResult } from "../search";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface SearchActions {
	goTo(reading: PlaceReading): void;
	show(result: SearchResult): void;
	typed(text: string): void;
}

type Choice = { readonly reading: PlaceReading } | { readonly result: SearchResult };

@customElement("dothi-search")
export class SearchBox extends Panel {
	@property({ attribute: false }) actions!: SearchActions;
	/** What stands in the box when the page is opened. */
	@property() text = "";
	@state() private search: Search | undefined;
	@state() private open = false;
	@state() private active = 0;
	private readonly searcher = new Searcher();
	/** Enter was pressed before the answer was there. */
	private wanted = false;

	override connectedCallback(): void {
		super.connectedCallback();
		this.searcher.search.listen((search) => this.onSearch(search));
		/* Titles are in the language of before. */
		language.listen(() => this.text && void this.searcher.ask(this.text));
		if (this.text) void this.searcher.ask(this.text);
	}

	focusBox(): void {
		const input = this.querySelector("input");
		input?.focus();
		input?.select();
	}

	protected override updated(changed: PropertyValues): void {
		if (changed.has("active" as keyof this))
			this.querySelector('[role="option"][aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
	}

	protected override render(): TemplateResult {
		const choices = this.choices();
		const shown = this.open && this.search !== undefined;
		const listed = shown && choices.length > 0;

		return html`
			<search class="panel search">
				<label class="search-box">
					${icon("search")}
					<span class="unseen">${t("ui_search")}</span>
					<input type="text" inputmode="text" autocomplete="off" spellcheck="false" enterkeyhint="search" maxlength="200"
						role="combobox" aria-autocomplete="list" aria-expanded=${listed} aria-controls="search-list"
						aria-activedescendant=${listed ? `choice-${this.active}` : nothing}
						placeholder=${t("ui_search_hint")} .value=${this.text}
						@input=${this.onInput} @keydown=${this.onKey}
						@focus=${() => (this.open = true)} @blur=${() => (this.open = false)} />
				</label>
				${this.text
					? html`<button class="quiet square" aria-label=${t("ui_clear")} @click=${this.clear}>${icon("close")}</button>`
					: nothing}
				<div id="search-list" class="search-list" role="listbox" aria-label=${t("ui_search_results")} ?hidden=${!listed}>
					${listed ? this.renderChoices() : nothing}
				</div>
				${shown && !choices.length ? this.renderNothing() : nothing}
				<div class="unseen" role="status">${listed ? t("ui_search_count", { count: choices.length }) : nothing}</div>
			</search>
		`;
	}

	private renderChoices(): TemplateResult {
		const readings = this.search?.answer?.readings ?? [];
		let i = 0;

		return html`
			${readings.length
				? html`<div role="group" aria-labelledby="group-places">
						<div id="group-places" class="heading" role="presentation">${t("ui_search_places")}</div>
						${readings.map((reading) => this.renderReading(reading, i++))}
					</div>`
				: nothing}
			${this.search?.answer?.groups.map(
				({ layer, title, results, more }) => html`
					<div role="group" aria-labelledby="group-${layer}">
						<div id="group-${layer}" class="heading" role="presentation">${title}</div>
						${results.map((result) => this.renderResult(result, i++))}
						${more ? html`<p class="more" role="presentation">${t("ui_search_more")}</p>` : nothing}
					</div>
				`,
			)}
		`;
	}

	private renderOption(i: number, sign: TemplateResult, body: TemplateResult): TemplateResult {
		return html`
			<div id="choice-${i}" class="choice" role="option" aria-selected=${i === this.active}
				@pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.choose(i)}>
				${sign}<span class="words">${body}</span>
			</div>
		`;
	}

	private renderReading(reading: PlaceReading, i: number): TemplateResult {
		const [lat, lon] = printDegrees([reading.lon, reading.lat], "decimal", language.value);
		const [north, east] = printGrid({ north: reading.north ?? NaN, east: reading.east ?? NaN }, language.value);
		const degrees = `${lat} ${lon}`;
		const metres = `X ${north} Y ${east}`;
		const isGrid = reading.kind === "grid";

		return this.renderOption(
			i,
			icon("pin"),
			html`<span class="strong">${isGrid ? metres : degrees}</span>
				<span class="muted">${reading.crs} · ${isGrid ? degrees : metres}</span>`,
		);
	}

	private renderResult(result: SearchResult, i: number): TemplateResult {
		const { former, matched } = result;
		const mark = (text: string): (TemplateResult | string)[] =>
			markWords(text, this.search?.answer?.query ?? "").map(({ text: piece, marked }) =>
				marked ? html`<mark>${piece}</mark>` : piece,
			);
		const beside = former
			? t("ui_search_former", { name: former.name, date: formatDate(former.until) })
			: (matched ?? "");

		return this.renderOption(
			i,
			icon(former ? "clock" : "target"),
			html`<span class="strong">${mark(result.title)}</span>
				${beside ? html`<span class="former">${former && former.name === result.title ? t("ui_search_ended", { date: formatDate(former.until) }) : mark(beside)}</span>` : nothing}
				${result.detail ? html`<span class="muted">${result.detail}</span>` : nothing}`,
		);
	}

	private renderNothing(): TemplateResult {
		const { search } = this;
		if (search?.state === "failed") return html`<div class="search-list unread">${failure(search.error)}</div>`;
		if (search?.state === "asking") return html`<p class="search-list unread">${t("ui_search_asking")}</p>`;
		return html`<p class="search-list unread" role="status">${t("ui_search_nothing")}</p>`;
	}

	private choices(): Choice[] {
		const { readings = [], groups = [] } = this.search?.answer ?? {};
		return [
			...readings.map((reading) => ({ reading })),
			...groups.flatMap(({ results }) => results.map((result) => ({ result }))),
		];
	}

	private onSearch(search: Search | undefined): void {
		this.search = search;
		if (search?.state !== "found") return;
		this.active = 0;
		if (this.wanted) this.choose(0);
		this.wanted = false;
	}

	private onInput(event: InputEvent): void {
		this.text = (event.target as HTMLInputElement).value;
		this.open = true;
		this.wanted = false;
		this.actions.typed(this.text);
		void this.searcher.ask(this.text);
	}

	private onKey(event: KeyboardEvent): void {
		const count = this.choices().length;
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;

		/* What stands in the list may be the answer to fewer letters. */
		if (event.key === "Enter" && !event.isComposing) {
			if (this.search?.state === "found" && this.search.text === this.text) this.choose(this.active);
			else this.wanted = this.text !== "";
		}
		if (event.key === "Escape" && (this.text || this.open)) {
			this.clear();
			event.stopPropagation();
		}
		if (!step) return;
		event.preventDefault();
		this.open = true;
		if (count) this.active = (this.active + step + count) % count;
	}

	private choose(i: number): void {
		const choice = this.choices()[i];
		if (!choice) return;
		this.open = false;
		if ("reading" in choice) this.actions.goTo(choice.reading);
		else this.actions.show(choice.result);
	}

	private clear(): void {
		this.text = "";
		this.actions.typed("");
		void this.searcher.ask("");
		this.querySelector("input")?.focus();
	}
}
