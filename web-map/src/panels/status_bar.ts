/*
 * status_bar: where the pointer is, in the working system and in degrees, and how near one looks.
 */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { language, t } from "../i18n/language";
import { formatFixed, formatInteger, formatReal } from "../i18n/number";
import type { MapView } from "../map/city_map";
import type { LonLat, WorkingGrid } from "../place";
import { copyDegrees, copyGrid, type DegreeForm, printDegrees, printGrid } from "../place_text";
import { Panel } from "./panel";

/* A bar is at least 0.4 times so long: room for its label. */
const BAR_MAX_PX = 110;
const M_PER_KM = 1000;

export interface StatusActions {
	copy(text: string): void;
	switchDegrees(): void;
}

/** The longest round length, 1, 2 or 5 of a power of ten, that fits into so many pixels. */
export function barLength(groundM: number, maxPx: number): number {
	const longestM = groundM * maxPx;
	const power = 10 ** Math.floor(Math.log10(longestM));
	const step = [5, 2, 1].find((one) => one * power <= longestM) ?? 1;
	return step * power;
}

@customElement("dothi-status")
export class StatusBar extends Panel {
	@property({ attribute: false }) view: MapView | undefined;
	/** Undefined: the pointer is elsewhere; the middle of the map is told. */
	@property({ attribute: false }) pointed: LonLat | undefined;
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) degrees: DegreeForm = "decimal";
	@property({ attribute: false }) actions!: StatusActions;

	protected override render(): TemplateResult {
		const { view } = this;
		if (!view) return html``;
		const place = this.pointed ?? view.centre;
		const grid = this.grid.toGrid(place);
		const [north, east] = printGrid(grid, language.value);
		const [lat, lon] = printDegrees(place, this.degrees, language.value);

		return html`
			<footer class="status" aria-label=${t("ui_status")}>
				${this.renderScale(view)}
				<span class="spacer"></span>
				<span class="whose muted">${this.pointed ? t("ui_at_pointer") : t("ui_at_middle")}</span>
				<button class="coordinates grid" title="${this.grid.name} · ${t("ui_copy")}" @click=${() => this.actions.copy(copyGrid(grid))}>
					<b>${this.grid.shortName}</b><span>X ${north}</span><span>Y ${east}</span>
				</button>
				<button class="coordinates degrees" title="WGS 84 · ${t("ui_copy")}" @click=${() => this.actions.copy(copyDegrees(place))}>
					<b>WGS 84</b><span>${lat}</span><span>${lon}</span>
				</button>
				<button class="coordinates form" title=${t("ui_degree_form")} @click=${() => this.actions.switchDegrees()}>
					${this.degrees === "dms" ? "0,0°" : "0°0′0″"}<span class="unseen">: ${t("ui_degree_form")}</span>
				</button>
			</footer>
		`;
	}

	private renderScale(view: MapView): TemplateResult {
		const lengthM = barLength(view.groundM, BAR_MAX_PX);
		const label =
			lengthM >= M_PER_KM
				? `${formatReal(lengthM / M_PER_KM, 0, language.value)} km`
				: `${formatReal(lengthM, 2, language.value)} m`;

		return html`
			<span class="scale-bar" style="width:${(lengthM / view.groundM).toFixed(1)}px">${label}</span>
			<span class="scale" title=${t("ui_scale")}>1:${formatInteger(roundScale(view.scale), language.value)}</span>
			<span class="zoom-level" title=${t("ui_zoom_level")}>z ${formatFixed(view.zoom, 1, language.value)}</span>
		`;
	}
}

/* Three digits are meant, the rest is chance. */
function roundScale(scale: number): number {
	const unit = 10 ** Math.max(0, Math.floor(Math.log10(scale)) - 2);
	return Math.round(scale / unit) * unit;
}
