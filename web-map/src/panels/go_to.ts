/*
 * go_to: the box that takes coordinates in any notation and shows how they are understood.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { language, t } from "../i18n/language";
import type { LonLat, WorkingGrid } from "../place";
import { printDegrees, printGrid, type Reading, readPlaces } from "../place_text";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface GoToActions {
	goTo(place: LonLat): void;
}

@customElement("dothi-go-to")
export class GoTo extends Panel {
	@property({ attribute: false }) grid!: WorkingGrid;
	/** Readings near it come first. */
	@property({ attribute: false }) near: LonLat | undefined;
	@property({ attribute: false }) actions!: GoToActions;
	@state() private text = "";
	@state() private open = false;
	@state() private active = 0;

	focusBox(): void {
		this.querySelector("input")?.focus();
	}

	protected override render(): TemplateResult {
		const readings = this.readings();
		const shown = this.open && this.text.trim() !== "";

		return html`
			<search class="panel go-to">
				<label class="go-to-box">
					${icon("search")}
					<span class="unseen">${t("ui_go_to")}</span>
					<input type="text" inputmode="text" autocomplete="off" spellcheck="false" enterkeyhint="go"
						role="combobox" aria-autocomplete="list" aria-expanded=${shown && readings.length > 0} aria-controls="readings"
						aria-activedescendant=${shown && readings.length ? `reading-${this.active}` : nothing}
						placeholder=${t("ui_go_to_hint")} .value=${this.text}
						@input=${this.onInput} @keydown=${this.onKey}
						@focus=${() => (this.open = true)} @blur=${() => (this.open = false)} />
				</label>
				${this.text
					? html`<button class="quiet square" aria-label=${t("ui_clear")} @click=${this.clear}>${icon("close")}</button>`
					: nothing}
				<ul id="readings" role="listbox" aria-label=${t("ui_readings")} ?hidden=${!shown || !readings.length}>
					${readings.map((reading, i) => this.renderReading(reading, i))}
				</ul>
				${shown && !readings.length ? html`<p class="unread" role="status">${t("ui_go_to_unread")}</p>` : nothing}
			</search>
		`;
	}

	private renderReading({ kind, place }: Reading, i: number): TemplateResult {
		const [lat, lon] = printDegrees(place, "decimal", language.value);
		const [north, east] = printGrid(this.grid.toGrid(place), language.value);
		const degrees = `${lat} ${lon}`;
		const metres = `X ${north} Y ${east}`;

		return html`
			<li id="reading-${i}" role="option" aria-selected=${i === this.active}
				@pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.choose(i)}>
				${icon("pin")}
				<span><b>${kind === "grid" ? this.grid.shortName : "WGS 84"}</b> ${kind === "grid" ? metres : degrees}
				<span class="muted">${kind === "grid" ? degrees : metres}</span></span>
			</li>
		`;
	}

	private readings(): Reading[] {
		return readPlaces(this.text, this.grid, this.near);
	}

	private onInput(event: InputEvent): void {
		this.text = (event.target as HTMLInputElement).value;
		this.active = 0;
		this.open = true;
	}

	private onKey(event: KeyboardEvent): void {
		const count = this.readings().length;
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;

		if (event.key === "Enter" && count) this.choose(this.active);
		if (event.key === "Escape" && this.text) {
			this.clear();
			event.stopPropagation();
		}
		if (!step || !count) return;
		this.active = (this.active + step + count) % count;
		event.preventDefault();
	}

	private choose(i: number): void {
		const reading = this.readings()[i];
		if (!reading) return;
		this.open = false;
		this.actions.goTo(reading.place);
	}

	private clear(): void {
		this.text = "";
		this.focusBox();
	}
}
