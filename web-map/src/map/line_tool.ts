/*
 * line_tool: one line drawn across a shape, whose corners it snaps to.
 *
 * start(shape), then points by click or addPoint(); a double click, Enter or finish() ends the drawing
 * and tells the line, which stays to be seen until clear() or the next start().
 */
import Feature from "ol/Feature";
import { LineString } from "ol/geom";
import { Draw, Snap } from "ol/interaction";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { Shape } from "../record";
import { toGeometry } from "./shape";

const ACCENT = "#c2410c";
const SNAP_PX = 9;

const styles = [
	new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 6 }) }),
	new Style({
		stroke: new Stroke({ color: ACCENT, width: 3, lineDash: [9, 6] }),
		image: new Circle({ radius: 5, fill: new Fill({ color: ACCENT }), stroke: new Stroke({ color: "#ffffff", width: 1.5 }) }),
	}),
];

export class LineTool {
	private readonly source = new VectorSource();
	private readonly corners = new VectorSource();
	private draw: Draw | undefined;
	private snap: Snap | undefined;

	constructor(private readonly map: OlMap) {
		map.addLayer(new VectorLayer({ source: this.source, className: "ol-layer highlight-layer", style: styles }));
	}

	get active(): boolean {
		return this.draw !== undefined;
	}

	/** `done` is told the line in degrees. */
	start(shape: Shape | null, done: (line: number[][]) => void): void {
		this.clear();
		this.corners.addFeature(new Feature(toGeometry(shape)));
		this.draw = new Draw({ source: this.source, type: "LineString", stopClick: true, style: styles });
		this.snap = new Snap({ source: this.corners, pixelTolerance: SNAP_PX });
		this.draw.on("drawend", ({ feature }) => {
			const geometry = feature.getGeometry();
			const path = geometry instanceof LineString ? geometry.getCoordinates() : [];
			this.stop();
			done(path.map((place) => toLonLat(place)));
		});
		this.map.addInteraction(this.draw);
		this.map.addInteraction(this.snap);
	}

	/** Adds a point by keyboard; one at the place of the last ends the line. */
	addPoint(coordinate: number[]): void {
		const sketch = this.draw?.getOverlay().getSource()?.getFeatures()[0]?.getGeometry();
		const path = sketch instanceof LineString ? sketch.getCoordinates() : [];
		const last = path[path.length - 2] ?? path[path.length - 1];
		if (path.length > 1 && last && last[0] === coordinate[0] && last[1] === coordinate[1]) this.draw?.finishDrawing();
		else this.draw?.appendCoordinates([coordinate]);
	}

	undo(): void {
		this.draw?.removeLastPoint();
	}

	finish(): void {
		this.draw?.finishDrawing();
	}

	clear(): void {
		this.stop();
		this.source.clear();
		this.corners.clear();
	}

	private stop(): void {
		if (this.draw) this.map.removeInteraction(this.draw);
		if (this.snap) this.map.removeInteraction(this.snap);
		this.draw = this.snap = undefined;
	}
}
