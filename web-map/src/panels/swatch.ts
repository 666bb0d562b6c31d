/*
 * swatch: a class as it looks on the map: a piece of area, a line over its casing, a disc.
 */
import { html, svg, type TemplateResult } from "lit";
import type { GeometryKind, Look, LookClass } from "../city";

const WIDTH_PX = 22;
const HEIGHT_PX = 16;
/* A line or disc fills the swatch no more than this. */
const LINE_MAX_PX = 7;
const DISC_MAX_PX = 6;

function shapeOf(kind: GeometryKind, look: Look, one: LookClass): TemplateResult {
	const fill = one.fill ?? "none";
	const stroke = one.stroke ?? "none";
	const strokePx = one.stroke ? Math.min(look.stroke_px, 2) : 0;

	if (kind === "area")
		return svg`<rect x="1" y="1" width=${WIDTH_PX - 2} height=${HEIGHT_PX - 2} rx="3"
			fill=${fill} stroke=${stroke} stroke-width=${Math.max(strokePx, 1)} />`;
	if (kind === "line") {
		const linePx = Math.min(Math.max(one.width_px, 1.5) * 1.6, LINE_MAX_PX);
		const path = `M2 ${HEIGHT_PX - 4} C8 ${HEIGHT_PX - 4} ${WIDTH_PX - 9} 4 ${WIDTH_PX - 2} 4`;
		return svg`<path d=${path} fill="none" stroke-linecap="round" stroke=${stroke} stroke-width=${linePx + 2 * strokePx} />
			<path d=${path} fill="none" stroke-linecap="round" stroke=${fill} stroke-width=${linePx} />`;
	}
	return svg`<circle cx=${WIDTH_PX / 2} cy=${HEIGHT_PX / 2} r=${Math.min(one.width_px + 1, DISC_MAX_PX)}
		fill=${fill} stroke=${stroke} stroke-width=${strokePx} />`;
}

export function swatch(kind: GeometryKind, look: Look, one: LookClass): TemplateResult {
	return html`<svg class="swatch" viewBox="0 0 ${WIDTH_PX} ${HEIGHT_PX}" aria-hidden="true">${shapeOf(kind, look, one)}</svg>`;
}
