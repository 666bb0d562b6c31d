/*
 * layers_panel: the layers of the city with switches, legends and counts.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Layer, firstZoom } from "../city";
import { language, say, t } from "../i18n/language";
import { formatInteger } from "../i18n/number";
import { keep, remember } from "../remembered";
import { icon } from "./icon";
import { Panel } from "./panel";
import { swatch } from "./swatch";

export interface LayersActions {
	/** Shows the map as of that day; "" today. */
	showDate(date: string): void;
	switchLayer(id: string, on: boolean): void;
	showBounds(layer: Layer): void;
	/** Opens the dialog that makes a file of a layer. */
	exportLayer(): void;
	close(): void;
}

/* Letters without their marks and case: "duong" finds "Đường". */
function fold(text: string): string {
	return text
		.toLowerCase()
		.normalize("NFD")
		.replace(/\p{M}/gu, "")
		.replace(/đ/g, "d");
}

@customElement("dothi-layers")
export class LayersPanel extends Panel {
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) on: ReadonlySet<string> = new Set();
	/** Of the view. */
	@property({ attribute: false }) zoom = 0;
	/** The day that is shown; "" today. */
	@property({ attribute: false }) date = "";
	/** Who is logged in may have files. */
	@property({ attribute: false }) mayExport = false;
	@property({ attribute: false }) actions!: LayersActions;
	@state() private filter = "";
	@state() private legends = remember().legends;

	protected override render(): TemplateResult {
		const sought = fold(this.filter.trim());
		/* As on a printed legend: what lies on top stands on top. */
		const found = [...this.layers]
			.reverse()
			.filter((layer) => fold(`${layer.title.vi} ${layer.title.en}`).includes(sought));
		const surfaces = found.filter((layer) => layer.records > 0 && layer.geometry !== "point");
		const points = found.filter((layer) => layer.records > 0 && layer.geometry === "point");
		const empty = found.filter((layer) => layer.records === 0);

		return html`
			<section class="panel layers" aria-labelledby="layers-title">
				<header class="panel-head">
					<h2 id="layers-title">${t("ui_layers")}</h2>
					${this.mayExport
						? html`<button class="quiet square" aria-label=${t("ui_export")} title=${t("ui_export")} @click=${() => this.actions.exportLayer()}>${icon("download")}</button>`
						: nothing}
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.close()}>${icon("close")}</button>
				</header>
				<label class="filter">
					${icon("search")}
					<span class="unseen">${t("ui_filter_layers")}</span>
					<input type="search" autocomplete="off" placeholder=${t("ui_filter_layers")} .value=${this.filter}
						@input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value)} />
				</label>
				<div class="scroll">
					${found.length ? nothing : html`<p class="muted pad">${t("ui_no_layer_found")}</p>`}
					${this.renderGroup(t("ui_layers_surfaces"), surfaces)} ${this.renderGroup(t("ui_layers_points"), points)}
					${empty.length ? this.renderEmpty(empty, sought !== "") : nothing}
				</div>
				<label class="layers-date">
					${icon("clock")}<span>${t("ui_as_of")}</span>
					<input type="date" .value=${this.date} @change=${(event: Event) => this.actions.showDate((event.target as HTMLInputElement).value)} />
				</label>
			</section>
		`;
	}

	private renderGroup(title: string, layers: readonly Layer[]): TemplateResult {
		if (!layers.length) return html``;
		return html`
			<h3 class="group">${title}</h3>
			<ul>${layers.map((layer) => this.renderLayer(layer))}</ul>
		`;
	}

	private renderLayer(layer: Layer): TemplateResult {
		const on = this.on.has(layer.id);
		const classes = layer.look.classes;
		const first = classes[0];
		const single = classes.length === 1;
		const unfolded = on && !single && (this.legends[layer.id] ?? true);

		return html`
			<li class="layer ${on ? "on" : ""}">
				<div class="layer-row">
					<label class="switch">
						<input type="checkbox" role="switch" .checked=${on}
							@change=${(event: Event) => this.actions.switchLayer(layer.id, (event.target as HTMLInputElement).checked)} />
						<span class="track"></span>
						<span class="layer-title">${say(layer.title)}</span>
					</label>
					${single && first ? swatch(layer.geometry, layer.look, first) : nothing}
					${this.renderCount(layer, on)}
					${this.renderTools(layer, on, single, unfolded)}
				</div>
				${unfolded ? this.renderLegend(layer) : nothing}
			</li>
		`;
	}

	/* How many, or, where nothing of it is drawn yet, from which zoom on it is. */
	private renderCount(layer: Layer, on: boolean): TemplateResult {
		const zoom = firstZoom(layer.look);
		const records = t("ui_records", { count: layer.records });

		if (on && this.zoom < zoom)
			return html`<span class="count later" title="${t("ui_shown_from_zoom", { zoom })} · ${records}">${t("ui_from_zoom", { zoom })}</span>`;
		return html`<span class="count" title=${records}>${formatInteger(layer.records, language.value)}</span>`;
	}

	private renderTools(layer: Layer, on: boolean, single: boolean, unfolded: boolean): TemplateResult {
		return html`
			<button class="quiet square small reveal" aria-label=${t("ui_zoom_to_layer", { layer: say(layer.title) })}
				@click=${() => this.actions.showBounds(layer)}>${icon("home")}</button>
			${single
				? html`<span class="square small"></span>`
				: html`<button class="quiet square small fold" aria-expanded=${unfolded} ?disabled=${!on}
						aria-label=${t("ui_legend_of", { layer: say(layer.title) })}
						@click=${() => this.foldLegend(layer.id, !unfolded)}>${icon("chevron")}</button>`}
		`;
	}

	private renderLegend(layer: Layer): TemplateResult {
		return html`
			<ul class="legend">
				${layer.look.classes.map(
					(one) => html`<li>${swatch(layer.geometry, layer.look, one)}<span>${say(one.title)}</span></li>`,
				)}
			</ul>
		`;
	}

	private renderEmpty(layers: readonly Layer[], open: boolean): TemplateResult {
		return html`
			<details class="empty-layers" ?open=${open}>
				<summary>${icon("chevron")}<span>${t("ui_layers_empty")}</span><span class="count">${layers.length}</span></summary>
				<ul>${layers.map((layer) => html`<li>${say(layer.title)}</li>`)}</ul>
			</details>
		`;
	}

	private foldLegend(id: string, unfolded: boolean): void {
		this.legends = { ...this.legends, [id]: unfolded };
		keep({ legends: this.legends });
	}
}
