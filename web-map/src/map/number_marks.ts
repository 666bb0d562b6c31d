/*
 * number_marks: house numbers written large on the map, odd and even ones in their colours, and the line
 * from a door to the middle of its street.
 */
import Feature from "ol/Feature";
import { type Geometry, Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import type { Shape } from "../record";
import { pathsOf } from "./paths";
import { toGeometry } from "./shape";

/** other: of another street. */
export type MarkKind = "odd" | "even" | "wanted" | "doubt" | "other";

export interface NumberMark {
	readonly shape: Shape | null;
	readonly plate: string;
	readonly kind: MarkKind;
	/** A word below it: "before". */
	readonly word?: string | undefined;
	/** Only reserved. */
	readonly pale?: boolean;
}

/* The colours stand in style/counter.css too, beside the words. */
const colours: { readonly [kind in MarkKind]: string } = {
	odd: "#1d4ed8",
	even: "#b45309",
	wanted: "#166534",
	doubt: "#b91c1c",
	other: "#5b626b",
};
const order: readonly MarkKind[] = ["other", "odd", "even", "doubt", "wanted"];
const halo = new Stroke({ color: "#ffffff", width: 4 });
const font = (px: number, weight: number): string => `${weight} ${px}px Inter, system-ui, sans-serif`;

interface Size {
	readonly radius: number;
	readonly font: string;
	readonly above: number;
}
const usual: Size = { radius: 3.5, font: font(16, 700), above: 14 };
const sizes: { readonly [kind in MarkKind]: Size } = {
	odd: usual,
	even: usual,
	doubt: usual,
	wanted: { radius: 6, font: font(22, 700), above: 22 },
	other: { radius: 2, font: font(11, 500), above: 10 },
};

/* Where a number stands seen from its point: above it, or behind a door, away from its street. */
type Way = readonly [number, number];
const UP: Way = [0, -1];

function behindDoor(line: Geometry | undefined): Way {
	const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = pathsOf(line)[0]?.points ?? [];
	const length = Math.hypot(x2 - x1, y2 - y1);
	/* Pixels count down, metres up. */
	return length ? [(x1 - x2) / length, (y2 - y1) / length] : UP;
}

function stylesOf({ plate, kind, word, pale }: NumberMark, [dx, dy]: Way): Style[] {
	const { radius, font: typeface, above } = sizes[kind];
	const colour = colours[kind];
	const fill = new Fill({ color: colour });
	const zIndex = order.indexOf(kind);
	const ring = new Circle({ radius, fill: pale ? new Fill({ color: "#ffffff" }) : fill, stroke: new Stroke({ color: pale ? colour : "#ffffff", width: 1.5 }) });
	const text = new Text({ text: plate, font: typeface, fill, stroke: halo, offsetX: dx * above, offsetY: dy * above, overflow: true });
	const styles = [new Style({ image: ring, text, zIndex })];
	if (word) styles.push(new Style({ text: new Text({ text: word, font: font(11, 600), fill, stroke: halo, offsetY: 13, overflow: true }), zIndex }));
	return styles;
}

const foot = [
	new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 5 }), zIndex: -1 }),
	new Style({ stroke: new Stroke({ color: colours.wanted, width: 2.5, lineDash: [5, 4] }), zIndex: -1 }),
];
const lot = [
	new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 6 }), zIndex: -3 }),
	new Style({ stroke: new Stroke({ color: colours.wanted, width: 3 }), fill: new Fill({ color: "rgba(22, 101, 52, 0.12)" }), zIndex: -2 }),
];
const way = [new Style({ stroke: new Stroke({ color: "rgba(29, 78, 216, 0.35)", width: 7, lineCap: "round" }), zIndex: -4 })];

export interface Marks {
	readonly numbers: readonly NumberMark[];
	readonly foot?: Shape | null | undefined;
	/** The parcel that it is about. */
	readonly lot?: Shape | null | undefined;
	/** The street. */
	readonly way?: Shape | null | undefined;
}

export class NumberMarks {
	readonly mapLayer: VectorLayer;
	private readonly source = new VectorSource();

	constructor() {
		this.mapLayer = new VectorLayer({ source: this.source, className: "ol-layer highlight-layer" });
	}

	show({ numbers, foot: line, lot: area, way: street }: Marks): void {
		this.source.clear();
		for (const [shape, style] of [[street, way], [area, lot], [line, foot]] as const) {
			const geometry = toGeometry(shape ?? null);
			if (!geometry) continue;
			const feature = new Feature(geometry);
			feature.setStyle([...style]);
			this.source.addFeature(feature);
		}
		const away = behindDoor(toGeometry(line ?? null));
		for (const mark of numbers) {
			const geometry = toGeometry(mark.shape);
			if (!(geometry instanceof Point)) continue;
			const feature = new Feature(geometry);
			feature.setStyle(stylesOf(mark, mark.kind === "wanted" ? away : UP));
			this.source.addFeature(feature);
		}
	}
}
