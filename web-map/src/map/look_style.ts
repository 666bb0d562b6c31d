/*
 * look_style: the looks of /api/layers as styles of OpenLayers.
 *
 * What the server draws into raster tiles is drawn here in the same way: areas with outlines from
 * stroke_zoom on; lines over their casing, as wide as they are in the city where that is wider than
 * the look says; points as discs; labels that give way to each other.
 */
import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import type { StyleFunction } from "ol/style/Style";
import type { Layer, Look, LookClass, LookLabel } from "../city";
import { classOf } from "../city";

const FONT = "Inter, sans-serif";
const LABEL_WEIGHT = 500;
const HALO_PX = 3;
/* Widths of lines are kept apart by a quarter of a pixel: finer is not seen. */
const WIDTH_STEPS_PER_PX = 4;
/* Between two labels of one line. */
const LABEL_REPEAT_PX = 320;
/* An edge in the colour of its area closes the hairline that antialiasing leaves between neighbours. */
const SEAM_PX = 0.6;

/*
 * Outlines and discs of a look are as it says at this zoom; they grow gently, so that many small
 * things do not cover each other and few large ones are not lost.
 */
const PEN_ZOOM = 18;
const PEN_GROWTH = 1.25;
const PEN_LEAST = 0.7;
const PEN_MOST = 1.6;

function penSize(zoom: number): number {
	return Math.min(PEN_MOST, Math.max(PEN_LEAST, PEN_GROWTH ** (zoom - PEN_ZOOM)));
}

/* All fills of a layer, then all outlines: none hides half of its neighbour's edge. */
const FILL_Z = 0;
const OUTLINE_Z = 1;

/* Casings below all lines of the layer, important lines above others, labels on top. */
const CASING_Z = 0;
const LINE_Z = 1;

interface Brush {
	readonly look: Look;
	/** True ground metres of a pixel divided by the map's resolution: the cosine of the latitude. */
	readonly groundScale: number;
	readonly styles: Map<string, Style[]>;
}

function isOpaque(colour: string): boolean {
	return colour.toLowerCase().endsWith("ff");
}

function kept(brush: Brush, key: string, make: () => Style[]): Style[] {
	const found = brush.styles.get(key);
	if (found) return found;
	const made = make();
	brush.styles.set(key, made);
	return made;
}

function areaStyles(brush: Brush, one: LookClass, zoom: number): Style[] {
	const outlined = zoom >= brush.look.stroke_zoom && brush.look.stroke_px > 0 && one.stroke !== null;
	const strokePx = brush.look.stroke_px * penSize(zoom);

	return kept(brush, `${one.value ?? ""}|${outlined}|${strokePx}`, () => {
		const styles: Style[] = [];
		if (one.fill) {
			const fill = new Style({ fill: new Fill({ color: one.fill }), zIndex: FILL_Z });
			if (!outlined && isOpaque(one.fill)) fill.setStroke(new Stroke({ color: one.fill, width: SEAM_PX }));
			styles.push(fill);
		}
		if (outlined && one.stroke)
			styles.push(
				new Style({
					stroke: new Stroke({ color: one.stroke, width: strokePx, lineJoin: "round" }),
					zIndex: OUTLINE_Z,
				}),
			);
		return styles;
	});
}

function lineStroke(color: string, width: number): Stroke {
	return new Stroke({ color, width, lineCap: "round", lineJoin: "round" });
}

function lineStyles(brush: Brush, one: LookClass, feature: FeatureLike, resolution: number, zoom: number): Style[] {
	const { look } = brush;
	const widthM: unknown = look.width_field ? feature.get(look.width_field) : undefined;
	const realPx = typeof widthM === "number" ? widthM / (resolution * brush.groundScale) : 0;
	const steps = Math.round(Math.max(one.width_px, realPx) * WIDTH_STEPS_PER_PX);
	const cased = zoom >= look.stroke_zoom && look.stroke_px > 0 && one.stroke !== null;
	const casingPx = look.stroke_px * penSize(zoom);

	return kept(brush, `${one.value ?? ""}|${steps}|${cased}|${casingPx}`, () => {
		const widthPx = steps / WIDTH_STEPS_PER_PX;
		const styles: Style[] = [];
		if (cased && one.stroke)
			styles.push(
				new Style({ stroke: lineStroke(one.stroke, widthPx + 2 * casingPx), zIndex: CASING_Z }),
			);
		if (one.fill)
			styles.push(
				new Style({
					stroke: lineStroke(one.fill, widthPx),
					zIndex: LINE_Z + look.classes.length - look.classes.indexOf(one),
				}),
			);
		return styles;
	});
}

function pointStyles(brush: Brush, one: LookClass, zoom: number): Style[] {
	const outlined = zoom >= brush.look.stroke_zoom && brush.look.stroke_px > 0;

	const pen = penSize(zoom);
	const strokePx = brush.look.stroke_px * pen;

	return kept(brush, `${one.value ?? ""}|${outlined}|${pen}`, () => {
		const image = new Circle({
			radius: one.width_px * pen + (outlined ? strokePx / 2 : 0),
			...(one.fill ? { fill: new Fill({ color: one.fill }) } : {}),
			...(outlined && one.stroke
				? { stroke: new Stroke({ color: one.stroke, width: strokePx }) }
				: {}),
		});
		return [new Style({ image })];
	});
}

function labelStyle(layer: Layer, label: LookLabel): Style {
	const radiusPx = Math.max(...layer.look.classes.map((one) => one.width_px));
	const text = new Text({
		font: `${LABEL_WEIGHT} ${label.size_px}px ${FONT}`,
		...(label.colour ? { fill: new Fill({ color: label.colour }) } : {}),
		...(label.halo ? { stroke: new Stroke({ color: label.halo, width: HALO_PX, lineJoin: "round" }) } : {}),
		padding: [2, 3, 2, 3],
		overflow: label.may_overhang,
	});

	if (layer.geometry === "line") {
		text.setPlacement("line");
		text.setRepeat(LABEL_REPEAT_PX);
	} else if (layer.geometry === "point") {
		text.setTextBaseline("top");
		text.setOffsetY(radiusPx + 4);
	}
	return new Style({ text });
}

/** Whether a feature is the one of its record that bears the label. */
export type LabelChoice = (feature: FeatureLike) => boolean;

/** The zoom at a resolution of the map. */
export type ZoomOf = (resolution: number) => number;

/* A little below a whole zoom is that zoom. */
function wholeZoom(zoom: number): number {
	return Math.floor(zoom + 0.01);
}

/** Shapes of a layer in a city at that latitude. */
export function shapeStyle({ look, geometry }: Layer, latitude: number, zoomOf: ZoomOf): StyleFunction {
	const brush: Brush = { look, groundScale: Math.cos((latitude * Math.PI) / 180), styles: new Map() };

	return (feature, resolution) => {
		const one = classOf(look, look.class_field ? feature.get(look.class_field) : undefined);
		const zoom = wholeZoom(zoomOf(resolution));
		if (!one || zoom < one.min_zoom) return [];
		if (geometry === "area") return areaStyles(brush, one, zoom);
		if (geometry === "line") return lineStyles(brush, one, feature, resolution, zoom);
		return pointStyles(brush, one, zoom);
	};
}

/** Labels of a layer; undefined where it has none. */
export function lettering(layer: Layer, zoomOf: ZoomOf, bearsLabel: LabelChoice): StyleFunction | undefined {
	const { label } = layer.look;
	if (!label) return undefined;
	const style = labelStyle(layer, label);

	return (feature, resolution) => {
		const zoom = wholeZoom(zoomOf(resolution));
		const name: unknown = zoom >= label.min_zoom ? feature.get(label.field) : undefined;
		if (name === undefined || name === null || name === "" || !bearsLabel(feature)) return [];
		style.getText()?.setText(String(name));
		return [style];
	};
}
