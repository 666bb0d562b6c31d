/*
 * highlight: the record that is looked at, and the place that was pointed at.
 */
import Feature from "ol/Feature";
import { Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { LonLat } from "../place";
import type { Shape } from "../record";
import { toGeometry } from "./shape";

const ACCENT = "#1d4ed8";
const CASING = "rgba(255, 255, 255, 0.9)";

const casing = new Style({
	stroke: new Stroke({ color: CASING, width: 6, lineJoin: "round" }),
	zIndex: 0,
});

const outline = new Style({
	fill: new Fill({ color: "rgba(29, 78, 216, 0.14)" }),
	stroke: new Stroke({ color: ACCENT, width: 3, lineJoin: "round" }),
	image: new Circle({
		radius: 9,
		fill: new Fill({ color: "rgba(29, 78, 216, 0.25)" }),
		stroke: new Stroke({ color: ACCENT, width: 3 }),
	}),
	zIndex: 1,
});

const pin = new Style({
	image: new Circle({
		radius: 5,
		fill: new Fill({ color: ACCENT }),
		stroke: new Stroke({ color: "#ffffff", width: 2 }),
	}),
	zIndex: 2,
});

export class Highlight {
	readonly mapLayer: VectorLayer;
	private readonly source = new VectorSource();
	private readonly shape = new Feature();
	private readonly pin = new Feature();

	constructor() {
		this.mapLayer = new VectorLayer({ source: this.source, className: "ol-layer highlight-layer" });
		this.shape.setStyle([casing, outline]);
		this.pin.setStyle(pin);
		this.source.addFeatures([this.shape, this.pin]);
	}

	showShape(shape: Shape | null): void {
		this.shape.setGeometry(toGeometry(shape));
	}

	showPin(place: LonLat | null): void {
		this.pin.setGeometry(place ? new Point(fromLonLat([...place])) : undefined);
	}
}
