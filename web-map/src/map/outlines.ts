/*
 * outlines: shapes beside each other on the map: as a record was, as it stands, as somebody wants it.
 */
import Feature from "ol/Feature";
import { MultiPoint } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { Shape } from "../record";
import { pathsOf } from "./paths";
import { toGeometry } from "./shape";

export type OutlineKind = "before" | "now" | "mine" | "held";

export interface Outline {
	readonly kind: OutlineKind;
	readonly shape: Shape | null;
}

/* The colours stand in style/edit.css too, beside the words. */
const looks: { readonly [kind in OutlineKind]: { colour: string; fill: string; dash: number[] } } = {
	before: { colour: "#475569", fill: "rgba(71, 85, 105, 0)", dash: [6, 5] },
	now: { colour: "#1d4ed8", fill: "rgba(29, 78, 216, 0.12)", dash: [] },
	held: { colour: "#a16207", fill: "rgba(202, 138, 4, 0.18)", dash: [2, 5] },
	mine: { colour: "#c2410c", fill: "rgba(194, 65, 12, 0.14)", dash: [] },
};
const order: readonly OutlineKind[] = ["held", "now", "mine", "before"];

function stylesOf({ kind, shape }: Outline): Style[] {
	const { colour, fill, dash } = looks[kind];
	const points = pathsOf(toGeometry(shape)).flatMap((path) => path.points);
	const zIndex = order.indexOf(kind);
	const corner = new Circle({ radius: 3, fill: new Fill({ color: "#ffffff" }), stroke: new Stroke({ color: colour, width: 1.5 }) });
	return [
		new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.85)", width: 5.5 }), zIndex }),
		new Style({
			fill: new Fill({ color: fill }),
			stroke: new Stroke({ color: colour, width: 2.5, lineDash: dash }),
			image: new Circle({ radius: 8, fill: new Fill({ color: fill }), stroke: new Stroke({ color: colour, width: 3, lineDash: dash }) }),
			zIndex,
		}),
		new Style({ image: corner, geometry: new MultiPoint(points), zIndex }),
	];
}

export class Outlines {
	readonly mapLayer: VectorLayer;
	private readonly source = new VectorSource();

	constructor() {
		this.mapLayer = new VectorLayer({ source: this.source, className: "ol-layer highlight-layer" });
	}

	show(outlines: readonly Outline[]): void {
		this.source.clear();
		for (const outline of outlines) {
			const feature = new Feature(toGeometry(outline.shape));
			feature.setStyle(stylesOf(outline));
			this.source.addFeature(feature);
		}
	}
}
