/*
 * record_card: what lies at a place. Each record is a line; the chosen one is unfolded.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { recordPath } from "../api";
import { type City, classOf, type Layer } from "../city";
import type { Subject } from "../counter/subject";
import { language, say, t } from "../i18n/language";
import { type Finding, keyOf, sameRecord } from "../inquiry";
import type { RecordKey } from "../permalink";
import type { GridPlace, LonLat, WorkingGrid } from "../place";
import { copyDegrees, copyGrid, type DegreeForm, printDegrees, printGrid } from "../place_text";
import type { Deed } from "../land";
import { type CityRecord, headingOf, nativeSystemOf, type Row, rowsOf, sourceRowsOf } from "../record";
import { icon } from "./icon";
import type { FactsActions } from "./land_facts";
import { Panel } from "./panel";
import type { HistoryActions } from "./record_history";
import "./land_facts";
import "./record_history";
import "./unit_name";
import { swatch } from "./swatch";

export interface CardActions extends HistoryActions, FactsActions {
	close(): void;
	select(key: RecordKey | undefined): void;
	openRecord(key: RecordKey): void;
	zoomTo(record: CityRecord): void;
	copy(text: string): void;
	copyLink(): void;
	again(): void;
	edit(key: RecordKey): void;
	/** The desk for house numbers, with this on it. */
	houseNumber(subject: Subject): void;
	/** A parcel becomes others, or one with others. */
	changeLand(deed: Deed, record: CityRecord): void;
}

@customElement("dothi-card")
export class RecordCard extends Panel {
	@property({ attribute: false }) finding: Finding | undefined;
	@property({ attribute: false }) city!: City;
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) degrees: DegreeForm = "decimal";
	/** Layers of which something may be changed. */
	@property({ attribute: false }) writes: readonly string[] = [];
	/** House numbers may be issued. */
	@property({ attribute: false }) mayNumber = false;
	/** The day that the map shows; "" today. */
	@property({ attribute: false }) date = "";
	@property({ attribute: false }) actions!: CardActions;
	@property({ type: Boolean, reflect: true }) tall = false;
	/** The record whose history is shown instead of what it says. */
	@state() private history: RecordKey | undefined;

	protected override render(): TemplateResult {
		const { finding } = this;
		if (!finding) return html``;
		const count = finding.records.length;

		return html`
			<section class="panel card" aria-labelledby="card-title" aria-busy=${finding.state === "asking"}>
				<button class="handle" aria-expanded=${this.tall} aria-label=${t("ui_card_size")}
					@click=${() => (this.tall = !this.tall)}></button>
				<header class="panel-head">
					<h2 id="card-title" tabindex="-1">
						${finding.place ? t("ui_here") : t("ui_record")}
						${finding.state === "found" && count > 1 ? html`<span class="count">${count}</span>` : nothing}
					</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.close()}>${icon("close")}</button>
				</header>
				<div class="scroll">
					${this.renderBody(finding)}
					${finding.place ? this.renderPlace(finding.place, finding.at) : nothing}
				</div>
			</section>
		`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		const before = changed.get("finding");
		if (changed.has("finding") && !this.finding) this.tall = false;
		/* A new answer begins at its top. */
		if (changed.has("finding") && before && before.records !== this.finding?.records)
			this.querySelector(".scroll")?.scrollTo(0, 0);
	}

	/** Shows the versions of a record when it is the chosen one. */
	showHistory(key: RecordKey | undefined): void {
		this.history = key;
	}

	/** Where the keyboard goes when the card opens. */
	focusTitle(): void {
		this.querySelector<HTMLElement>("#card-title")?.focus();
	}

	private renderBody(finding: Finding): TemplateResult {
		if (finding.state === "asking")
			return html`<div class="skeleton" role="status" aria-label=${t("ui_looking")}><i></i><i></i><i></i></div>`;
		if (finding.error)
			return html`
				<div class="pad" role="alert">
					<p class="strong">${finding.error.message}</p>
					${finding.error.advice ? html`<p class="muted">${finding.error.advice}</p>` : nothing}
					${finding.error.code ? html`<p class="muted tiny">${finding.error.code}</p>` : nothing}
					<button class="button" @click=${() => this.actions.again()}>${t("ui_retry")}</button>
				</div>
			`;
		return html`
			${finding.records.length ? nothing : html`<p class="muted pad">${t("ui_nothing_here")}</p>`}
			<ul class="records">${finding.records.map((record) => this.renderRecord(record))}</ul>
			${finding.hidden.length
				? html`
						<details class="also">
							<summary>${icon("chevron")}<span>${t("ui_also_hidden")}</span><span class="count">${finding.hidden.length}</span></summary>
							<ul class="records">${finding.hidden.map((record) => this.renderRecord(record))}</ul>
						</details>
					`
				: nothing}
		`;
	}

	private renderRecord(record: CityRecord): TemplateResult {
		const layer = this.layers.get(record.layer);
		if (!layer) return html``;
		const key = keyOf(record);
		const selected = sameRecord(key, this.finding?.selected);
		const field = layer.look.class_field;
		const one = classOf(layer.look, field ? record.properties[field] : undefined);

		return html`
			<li class="record ${selected ? "selected" : ""}">
				<button class="record-head" aria-expanded=${selected}
					@click=${() => this.actions.select(selected ? undefined : key)}>
					${one ? swatch(layer.geometry, layer.look, one) : nothing}
					<span class="record-name">
						<span class="record-layer">${say(layer.title)}</span>
						<span class="record-heading">${headingOf(record, layer)}</span>
					</span>
					${icon("chevron")}
				</button>
				${selected ? this.renderDetails(record, layer) : nothing}
			</li>
		`;
	}

	private renderDetails(record: CityRecord, layer: Layer): TemplateResult {
		const rows = rowsOf(record, layer, [...this.layers.values()]);
		const told = rows.filter((row) => row.text);
		const untold = rows.filter((row) => !row.text);
		const source = sourceRowsOf(record);
		const native = nativeSystemOf(record, this.city);
		const key = keyOf(record);
		const isHistory = sameRecord(this.history, key) && this.history !== undefined;
		const mayWrite = this.writes.includes(record.layer);

		return html`
			<div class="details">
				<div class="tools">
					${mayWrite
						? html`<button class="chip strong" @click=${() => this.actions.edit(key)}>${icon("pencil")}${t("ui_edit")}</button>`
						: nothing}
					${mayWrite && layer.land
						? html`
								<button class="chip" @click=${() => this.actions.changeLand("split", record)}>${icon("split")}${t("ui_split")}</button>
								<button class="chip" @click=${() => this.actions.changeLand("merge", record)}>${icon("join")}${t("ui_merge_parcels")}</button>
							`
						: nothing}
					${this.mayNumber ? this.renderNumber(record, layer) : nothing}
					<button class="chip" @click=${() => this.actions.zoomTo(record)}>${icon("target")}${t("ui_zoom_to")}</button>
					<button class="chip" aria-pressed=${isHistory} @click=${() => this.showHistory(isHistory ? undefined : key)}>${icon("clock")}${t("ui_history")}</button>
					<button class="chip" @click=${() => this.actions.copyLink()}>${icon("link")}${t("ui_copy_link")}</button>
					<a class="chip" href=${recordPath(record.layer, record.id)} target="_blank" rel="noopener">${icon("data")}${t("ui_data")}</a>
				</div>
				${isHistory
					? html`<dothi-history .record=${record} .layer=${layer} .mayWrite=${mayWrite} .actions=${this.actions}></dothi-history>`
					: html`${this.renderRows(told, layer)}
							${layer.land ? html`<dothi-land-facts .record=${record} .layer=${layer} .layers=${this.layers} .mayWrite=${mayWrite} .date=${this.date} .actions=${this.actions}></dothi-land-facts>` : nothing}`}
				${isHistory ? nothing : this.renderRest(record, layer, source, untold, native)}
			</div>
		`;
	}

	/* What the desk for house numbers does with it. */
	private renderNumber({ id }: CityRecord, layer: Layer): TemplateResult | typeof nothing {
		const chip = (subject: Subject, label: string): TemplateResult =>
			html`<button class="chip" @click=${() => this.actions.houseNumber(subject)}>${icon("plate")}${label}</button>`;
		if (layer.land) return chip({ kind: "lot", id }, t("ui_number_lot"));
		if (layer.address) return chip({ kind: "number", id }, t("ui_number_manage"));
		return layer.network ? chip({ kind: "way", id }, t("ui_number_street")) : nothing;
	}

	private renderRest(
		record: CityRecord,
		layer: Layer,
		source: readonly Row[],
		untold: readonly Row[],
		native: number | undefined,
	): TemplateResult {
		return html`
				${source.length ? this.renderFolded(t("ui_source_fields"), source, layer) : nothing}
				${untold.length ? this.renderUntold(untold) : nothing}
				<p class="muted tiny">
					${t("ui_record_number", { layer: say(layer.title), id: record.id })} ·
					${t("ui_version", { version: Number(record.properties.version ?? 1) })}
					${native ? html`· ${t("ui_native_system", { epsg: native })}` : nothing}
				</p>
		`;
	}

	private renderRows(rows: readonly Row[], layer: Layer): TemplateResult {
		return html`
			<dl class="rows">
				${rows.map(
					(row) => html`
						<div>
							<dt>${row.title}</dt>
							<dd>
								${row.look ? swatch(layer.geometry, layer.look, row.look) : nothing}
								${row.unit ? html`<dothi-unit .unit=${row.unit}></dothi-unit>` : row.link ? this.renderLink(row.text, row.link) : row.text}
							</dd>
						</div>
					`,
				)}
			</dl>
		`;
	}

	private renderLink(text: string, link: RecordKey): TemplateResult {
		return html`<button class="inline" @click=${() => this.actions.openRecord(link)}>${text}</button>`;
	}

	private renderFolded(title: string, rows: readonly Row[], layer: Layer): TemplateResult {
		return html`
			<details class="folded">
				<summary>${icon("chevron")}<span>${title}</span><span class="count">${rows.length}</span></summary>
				${this.renderRows(rows, layer)}
			</details>
		`;
	}

	private renderUntold(rows: readonly Row[]): TemplateResult {
		return html`
			<details class="folded">
				<summary>${icon("chevron")}<span>${t("ui_empty_fields")}</span><span class="count">${rows.length}</span></summary>
				<p class="muted">${rows.map((row) => row.title).join(" · ")}</p>
			</details>
		`;
	}

	private renderPlace(place: LonLat, at: GridPlace | undefined): TemplateResult {
		const grid = at ?? this.grid.toGrid(place);
		const [north, east] = printGrid(grid, language.value);
		const [lat, lon] = printDegrees(place, this.degrees, language.value);

		return html`
			<footer class="place">
				<button class="coordinates" title=${t("ui_copy")} @click=${() => this.actions.copy(copyGrid(grid))}>
					<b>${this.grid.shortName}</b><span>X ${north}</span><span>Y ${east}</span>${icon("copy")}
				</button>
				<button class="coordinates" title=${t("ui_copy")} @click=${() => this.actions.copy(copyDegrees(place))}>
					<b>WGS 84</b><span>${lat}</span><span>${lon}</span>${icon("copy")}
				</button>
			</footer>
		`;
	}
}
