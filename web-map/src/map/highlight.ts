/*
 * highlight: the record that is looked at, and the place that was pointed at.
 */
import Feature from "ol/Feature";
import { LineString, MultiLineString, Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { LonLat } from "../place";
import type { Shape } from "../record";
import { toGeometry } from "./shape";

const ACCENT = "#1d4ed8";
const CASING = "rgba(255, 255, 255, 0.9)";

/* A line is shown at least so wide. */
const LINE_LEAST_PX = 4;

const casing = new Style({
	stroke: new Stroke({ color: CASING, width: 6, lineJoin: "round" }),
	image: new Circle({ radius: 10, stroke: new Stroke({ color: CASING, width: 6 }) }),
	zIndex: 0,
});

const outline = new Style({
	fill: new Fill({ color: "rgba(29, 78, 216, 0.14)" }),
	stroke: new Stroke({ color: ACCENT, width: 3, lineJoin: "round" }),
	image: new Circle({
		radius: 10,
		fill: new Fill({ color: "rgba(29, 78, 216, 0.15)" }),
		stroke: new Stroke({ color: ACCENT, width: 3 }),
	}),
	zIndex: 1,
});

/* The surface of a street, so that its name stays to be read. */
function surface(widthPx: number): Style[] {
	const stroke = (color: string, width: number): Stroke => new Stroke({ color, width, lineJoin: "round", lineCap: "round" });
	return [
		new Style({ stroke: stroke("rgba(255, 255, 255, 0.5)", widthPx + 5), zIndex: 0 }),
		new Style({ stroke: stroke("rgba(29, 78, 216, 0.45)", widthPx), zIndex: 1 }),
	];
}

const pin = new Style({
	image: new Circle({
		radius: 4,
		fill: new Fill({ color: ACCENT }),
		stroke: new Stroke({ color: "#ffffff", width: 1.5 }),
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
		this.pin.setStyle(pin);
		this.source.addFeatures([this.shape, this.pin]);
	}

	/** `widthM` is the true width of a line in metres of the map; 0 when it has none. */
	showShape(shape: Shape | null, widthM: number): void {
		const geometry = toGeometry(shape);
		const isLine = geometry instanceof LineString || geometry instanceof MultiLineString;

		this.shape.setStyle(
			isLine
				? (_feature, resolution) => surface(Math.max(LINE_LEAST_PX, widthM / resolution))
				: [casing, outline],
		);
		this.shape.setGeometry(geometry);
	}

	showPin(place: LonLat | null): void {
		this.pin.setGeometry(place ? new Point(fromLonLat([...place])) : undefined);
	}
}
