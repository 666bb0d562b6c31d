/*
 * export_dialog: a layer as a file: which one, in which format and system, of which part of the city.
 *
 * The job goes on while the dialog is shut; opened again, it shows how far that is.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askUnits, type Unit } from "../accounts";
import { ApiError } from "../api";
import type { Bounds, City, Layer } from "../city";
import { askExport, cancelExport, type ExportFormat, type ExportJob, type ExportOrder, type ExportResult, FORMATS, isOver, orderExport, printBounds } from "../exports";
import { language, say, t } from "../i18n/language";
import { formatBytes, formatDate, formatInteger } from "../i18n/number";
import type { LonLat } from "../place";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface ExportPlaces {
	/** What the map shows. */
	view(): Bounds | undefined;
	/** The corners of an area that was measured, if there is one. */
	measured(): readonly LonLat[] | undefined;
}

const ASK_MS = 700;

const FORMAT_NAMES = {
	gpkg: "ui_export_gpkg",
	shp: "ui_export_shp",
	geojson: "ui_export_geojson",
	fgb: "ui_export_fgb",
	csv: "ui_export_csv",
} as const;

@customElement("dothi-export")
export class ExportDialog extends Panel {
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) city!: City;
	/** The day that the map shows; "" today. */
	@property({ attribute: false }) date = "";
	@property({ attribute: false }) places!: ExportPlaces;
	@property({ attribute: false }) toast!: (text: string) => void;
	@state() private isOpen = false;
	@state() private units: readonly Unit[] = [];
	@state() private where = "all";
	@state() private format: ExportFormat = "gpkg";
	@state() private job: ExportJob | undefined;
	@state() private error: ApiError | undefined;

	async open(): Promise<void> {
		this.isOpen = true;
		this.where = "all";
		this.error = undefined;
		await this.updateComplete;
		this.querySelector("dialog")?.showModal();
		this.units = await askUnits(this.layers).catch(() => []);
	}

	protected override render(): TemplateResult {
		if (!this.isOpen) return html``;
		return html`
			<dialog class="panel dialog wide" aria-labelledby="export-title" @close=${() => (this.isOpen = false)}>
				<header class="panel-head">
					<h2 id="export-title">${t("ui_export")}</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.querySelector("dialog")?.close()}>${icon("close")}</button>
				</header>
				<div class="pad inputs">${this.job ? this.renderJob(this.job) : this.renderForm()} ${failure(this.error)}</div>
			</dialog>
		`;
	}

	private renderForm(): TemplateResult {
		const layers = this.layers.filter(({ records }) => records > 0);
		const measured = this.places.measured() !== undefined;
		return html`
			<form class="inputs" @submit=${this.order}>
				<label class="field"><span>${t("ui_export_layer")}</span>
					<select name="layer">${layers.map((layer) => html`<option value=${layer.id}>${say(layer.title)}</option>`)}</select>
				</label>
				<label class="field"><span>${t("ui_export_format")}</span>
					<select name="format" @change=${(event: Event) => (this.format = (event.target as HTMLSelectElement).value as ExportFormat)}>
						${FORMATS.map((format) => html`<option value=${format} ?selected=${format === this.format}>${t(FORMAT_NAMES[format])}</option>`)}
					</select>
				</label>
				<label class="field"><span>${t("ui_export_system")}</span>
					<select name="crs">
						<option value="working">${this.city.crs.name} (EPSG:${this.city.crs.epsg})</option>
						<option value="4326" ?selected=${this.format === "geojson"}>WGS 84 (EPSG:4326)</option>
						<option value="native">${t("ui_export_native")}</option>
					</select>
				</label>
				<label class="field"><span>${t("ui_export_where")}</span>
					<select name="where" @change=${(event: Event) => (this.where = (event.target as HTMLSelectElement).value)}>
						<option value="all">${t("ui_export_all")}</option>
						${this.units.length ? html`<option value="unit">${t("ui_export_unit")}</option>` : nothing}
						<option value="view">${t("ui_export_view")}</option>
						${measured ? html`<option value="measured">${t("ui_export_measured")}</option>` : nothing}
					</select>
				</label>
				${this.where === "unit"
					? html`<label class="field"><span>${t("ui_ward")}</span>
							<select name="unit">${this.units.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select>
						</label>`
					: nothing}
				${measured ? nothing : html`<p class="hint">${t("ui_export_draw_hint")}</p>`}
				<p class="hint">${this.date ? t("ui_export_as_of", { date: formatDate(this.date) }) : t("ui_export_today")}</p>
				<div class="form-end"><button class="button" type="submit">${t("ui_export_start")}</button></div>
			</form>
		`;
	}

	private renderJob(job: ExportJob): TemplateResult {
		if (job.state === "done" && job.result) return this.renderDone(job.result);
		if (isOver(job)) return this.renderEnded(job);
		const { done, total } = job;
		const count = formatInteger(done, language.value);
		const words = !done ? t("ui_export_waiting") : total ? t("ui_export_progress", { done, total }) : t("ui_export_progress_open", { count });
		return html`
			<div class="inputs" role="status">
				<progress class="export-progress" max="1" .value=${total ? Math.min(done / total, 1) : 0} aria-label=${t("ui_export")}></progress>
				<p>${words}</p>
			</div>
			<p class="hint">${t("ui_export_goes_on")}</p>
			<div class="form-end"><button class="button second" type="button" @click=${() => this.cancel(job)}>${t("ui_cancel")}</button></div>
		`;
	}

	private renderDone(result: ExportResult): TemplateResult {
		const size = formatBytes(result.bytes, language.value);
		return html`
			<div class="inputs" role="status">
				<p class="strong">${t("ui_export_ready", { file: result.file, rows: result.rows, size })}</p>
				${result.lost_values ? html`<p class="hint">${t("ui_export_lost", { count: result.lost_values })}</p>` : nothing}
				${result.left_out ? html`<p class="hint">${t("ui_export_left_out", { count: result.left_out })}</p>` : nothing}
				${result.too_long_for_excel ? html`<p class="hint">${t("ui_export_excel")}</p>` : nothing}
				<p class="hint">${t("ui_export_kept")}</p>
			</div>
			<div class="form-end">
				<button class="button second" type="button" @click=${() => this.again()}>${t("ui_export_another")}</button>
				<a class="button" href=${result.href} download=${result.file}>${t("ui_export_download")}</a>
			</div>
		`;
	}

	private renderEnded({ state: ended, result }: ExportJob): TemplateResult {
		const told = ended === "failed" ? result?.error : undefined;
		return html`
			${told
				? failure(new ApiError("refused", told.text[language.value], told.try?.[language.value] ?? "", 0, told.code))
				: html`<p role="status">${t("ui_export_cancelled")}</p>`}
			<div class="form-end"><button class="button second" type="button" @click=${() => this.again()}>${t("ui_export_another")}</button></div>
		`;
	}

	private again(): void {
		this.job = undefined;
		this.where = "all";
	}

	private orderOf(content: FormData): ExportOrder {
		const bounds = this.where === "view" ? this.places.view() : undefined;
		const corners = this.where === "measured" ? this.places.measured() : undefined;
		return {
			layer: String(content.get("layer")),
			format: this.format,
			crs: String(content.get("crs")),
			...(this.where === "unit" ? { unit: Number(content.get("unit")) } : {}),
			...(bounds ? { bbox: printBounds(bounds) } : {}),
			...(corners ? { area: { type: "Polygon", coordinates: [corners] } } : {}),
			...(this.date ? { datetime: this.date } : {}),
		};
	}

	private order(event: SubmitEvent): void {
		event.preventDefault();
		const order = this.orderOf(new FormData(event.target as HTMLFormElement));
		void this.attempt(async () => {
			this.job = await orderExport(order);
			void this.follow(this.job.id);
		});
	}

	private cancel(job: ExportJob): void {
		void this.attempt(() => cancelExport(job.id));
	}

	private async attempt(work: () => Promise<void>): Promise<boolean> {
		this.error = undefined;
		try {
			await work();
			return true;
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
			return false;
		}
	}

	/* Until it is over, whether or not somebody looks. A server that is away for a while is asked again. */
	private async follow(id: number): Promise<void> {
		while (this.job?.id === id && !isOver(this.job)) {
			await new Promise((resolve) => setTimeout(resolve, ASK_MS));
			const asked = await this.attempt(async () => void (this.job = await askExport(id)));
			if (!asked && this.error?.failure === "refused") this.job = undefined;
		}
		if (!this.isOpen && this.job?.state === "done" && this.job.result)
			this.toast(t("ui_export_ready_toast", { file: this.job.result.file }));
	}
}
