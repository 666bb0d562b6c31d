/*
 * shape_tools: the buttons for the shape in edit, what it measures, and the chosen corner in figures.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { language, t } from "../i18n/language";
import { formatArea, formatHectares, formatLength } from "../i18n/number";
import type { Corner, ShapeState } from "../map/shape_editor";
import type { LonLat, WorkingGrid } from "../place";
import { readPlaces } from "../place_text";
import { icon, type IconName } from "./icon";
import { Panel } from "./panel";

export interface ShapeToolsActions {
	undo(): void;
	redo(): void;
	drawAnew(): void;
	finishDrawing(): void;
	removeCorner(): void;
	chooseCorner(step: number): void;
	moveCorner(place: LonLat): void;
}

@customElement("dothi-shape-tools")
export class ShapeTools extends Panel {
	@property({ attribute: false }) shape: ShapeState | undefined;
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) isNew = false;
	/** What the server found wrong with the shape; "" nothing. */
	@property({ attribute: false }) fault = "";
	@property({ attribute: false }) actions!: ShapeToolsActions;

	protected override render(): TemplateResult {
		const { shape, actions } = this;
		if (!shape) return html``;

		return html`
			<section class="shape-tools" aria-label=${t("ui_shape")}>
				<div class="shape-bar">
					${this.button("undo", t("ui_undo"), shape.canUndo, actions.undo)}
					${this.button("redo", t("ui_redo"), shape.canRedo, actions.redo)}
					<output class="shape-measure">${this.renderMeasure(shape)}</output>
					${shape.drawing
						? html`<button type="button" class="chip" @click=${actions.finishDrawing}>${icon("check")}${t("ui_finish")}</button>`
						: html`<button type="button" class="chip" @click=${actions.drawAnew}>${icon("pencil")}${t("ui_draw_anew")}</button>`}
				</div>
				<p class="hint">${this.hintOf(shape)}</p>
				${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
				${shape.drawing ? nothing : this.renderCorners(shape)}
			</section>
		`;
	}

	private button(sign: IconName, label: string, enabled: boolean, act: () => void): TemplateResult {
		return html`<button type="button" class="quiet square" aria-label=${label} title=${label} ?disabled=${!enabled} @click=${act}>${icon(sign)}</button>`;
	}

	private hintOf({ kind, drawing, points }: ShapeState): string {
		if (!drawing) return t(kind === "point" ? "ui_shape_move_point" : "ui_shape_move");
		if (kind === "point") return t("ui_shape_place_point");
		return t(points ? "ui_measure_go_on" : kind === "area" ? "ui_shape_begin_area" : "ui_shape_begin_line");
	}

	private renderMeasure({ kind, lengthM, areaM2 }: ShapeState): TemplateResult | typeof nothing {
		const length = formatLength(lengthM, language.value);
		if (kind === "point" || !lengthM) return nothing;
		if (kind === "line") return html`<b>${length}</b>`;
		const hectares = formatHectares(areaM2, language.value);
		return html`<b>${formatArea(areaM2, language.value)}</b>${hectares ? html` <span>${hectares}</span>` : nothing}
			<span class="muted">${t("ui_perimeter", { length })}</span>`;
	}

	private renderCorners(shape: ShapeState): TemplateResult {
		const { corner } = shape;
		const what = shape.kind === "point" ? t("ui_point") : t("ui_corners", { count: shape.points });
		return html`
			<div class="corner-bar">
				${this.button("previous", t("ui_corner_before"), true, () => this.actions.chooseCorner(-1))}
				<span>${corner ? t("ui_corner", { number: corner.index + 1, count: corner.count }) : what}</span>
				${this.button("chevron", t("ui_corner_next"), true, () => this.actions.chooseCorner(1))}
				<span class="spacer"></span>
				${corner && shape.kind !== "point"
					? html`<button type="button" class="chip" ?disabled=${!corner.removable} @click=${this.actions.removeCorner}>${icon("trash")}${t("ui_remove_corner")}</button>`
					: nothing}
			</div>
			${corner ? this.renderCoordinates(corner) : nothing}
		`;
	}

	/* As surveyors write them, X to the north; taken over when one leaves the box or presses Enter. */
	private renderCoordinates(corner: Corner): TemplateResult {
		const { north, east } = this.grid.toGrid(corner.place);
		const take = (): void => {
			const [x, y] = [...this.querySelectorAll<HTMLInputElement>(".corner-place input")].map((input) => input.value);
			const [reading] = readPlaces(`${x}; ${y}`, this.grid, corner.place);
			if (reading) this.actions.moveCorner(reading.place);
		};
		const keys = (event: KeyboardEvent): void => {
			if (event.key !== "Enter") return;
			event.preventDefault();
			take();
		};
		const box = (name: string, metres: number): TemplateResult => html`
			<label><span>${name}</span><input type="text" inputmode="decimal" autocomplete="off"
				aria-label=${t("ui_corner_coordinate", { axis: name })} .value=${this.print(metres)} @change=${take} @keydown=${keys} /></label>
		`;
		return html`<div class="corner-place">${box("X", north)} ${box("Y", east)}</div>`;
	}

	private print(metres: number): string {
		const text = metres.toFixed(3);
		return language.value === "vi" ? text.replace(".", ",") : text;
	}
}
