/*
 * measure_panel: what the measuring says, and its buttons.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { language, t } from "../i18n/language";
import { formatArea, formatHectares, formatLength } from "../i18n/number";
import type { Measurement, MeasureKind } from "../map/measure_tool";
import type { WorkingGrid } from "../place";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface MeasureActions {
	start(kind: MeasureKind): void;
	undo(): void;
	finish(): void;
	clear(): void;
}

@customElement("dothi-measure")
export class MeasurePanel extends Panel {
	@property({ attribute: false }) measurement: Measurement | undefined;
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) actions!: MeasureActions;

	protected override render(): TemplateResult {
		const { measurement } = this;
		if (!measurement) return html``;
		const { kind, active, points } = measurement;

		return html`
			<section class="panel measure" aria-label=${t("ui_measure")}>
				<div class="segments" role="group" aria-label=${t("ui_measure")}>
					${this.renderKind("distance", kind)} ${this.renderKind("area", kind)}
				</div>
				<output class="result" aria-live="off">${points > 1 ? this.renderResult(measurement) : nothing}</output>
				<p class="muted tiny">
					${active
						? t(points ? "ui_measure_go_on" : kind === "area" ? "ui_measure_area_begin" : "ui_measure_begin")
						: t("ui_measure_in", { system: this.grid.name })}
				</p>
				<div class="tools">
					${active
						? html`
								<button class="chip" ?disabled=${!points} @click=${() => this.actions.undo()}>${icon("undo")}${t("ui_undo_point")}</button>
								<button class="chip" @click=${() => this.actions.finish()}>${icon("check")}${t("ui_finish")}</button>
							`
						: nothing}
					<button class="chip" @click=${() => this.actions.clear()}>${icon(active ? "close" : "trash")}${t(active ? "ui_cancel" : "ui_clear")}</button>
				</div>
			</section>
		`;
	}

	private renderKind(kind: MeasureKind, current: MeasureKind): TemplateResult {
		return html`
			<button aria-pressed=${kind === current} @click=${() => this.actions.start(kind)}>
				${icon(kind === "area" ? "area" : "ruler")}${t(kind === "area" ? "ui_area" : "ui_distance")}
			</button>
		`;
	}

	private renderResult({ kind, lengthM, areaM2 }: Measurement): TemplateResult {
		const length = formatLength(lengthM, language.value);
		if (kind === "distance") return html`<b>${length}</b>`;
		const hectares = formatHectares(areaM2, language.value);
		return html`
			<b>${formatArea(areaM2, language.value)}</b>
			${hectares ? html`<span>${hectares}</span>` : nothing}
			<span class="muted">${t("ui_perimeter", { length })}</span>
		`;
	}
}
