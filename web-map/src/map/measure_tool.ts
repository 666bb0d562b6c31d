/*
 * measure_tool: distances and areas drawn on the map, computed in the working coordinate system.
 *
 * Straight lines and plane areas of that system, as a cadastral sheet has them. start(), then points
 * by click or addPoint(); a double click, Enter twice at a place or finish() ends the drawing, whose
 * result stays until clear() or the next start().
 */
import type Feature from "ol/Feature";
import type { Coordinate } from "ol/coordinate";
import { type Geometry, LineString, MultiPoint, Point, Polygon } from "ol/geom";
import { Draw } from "ol/interaction";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import { Observed } from "../observed";
import type { GridPlace, LonLat, WorkingGrid } from "../place";

export type MeasureKind = "distance" | "area";

export interface Measurement {
	readonly kind: MeasureKind;
	/** Points are still being added. */
	readonly active: boolean;
	readonly points: number;
	readonly lengthM: number;
	/** Of the last leg. */
	readonly legM: number;
	/** 0 for a distance. */
	readonly areaM2: number;
}

/* A press so near to the last point, or to the first of an area, ends the drawing. */
const MOUSE_PX = 5;
const FINGER_PX = 12;

const ACCENT = "#c2410c";

const lineStyle = new Style({
	fill: new Fill({ color: "rgba(194, 65, 12, 0.12)" }),
	stroke: new Stroke({ color: ACCENT, width: 2.5, lineJoin: "round" }),
});
const casingStyle = new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.85)", width: 5.5 }) });
const vertexImage = new Circle({
	radius: 4.5,
	fill: new Fill({ color: "#ffffff" }),
	stroke: new Stroke({ color: ACCENT, width: 2.5 }),
});
const cursorStyle = new Style({
	image: new Circle({ radius: 4.5, fill: new Fill({ color: ACCENT }), stroke: new Stroke({ color: "#ffffff", width: 1.5 }) }),
});

export function pathLength(places: readonly GridPlace[]): number {
	return places.reduce((sum, place, i) => {
		const before = places[i - 1] ?? place;
		return sum + Math.hypot(place.north - before.north, place.east - before.east);
	}, 0);
}

/** Of a closed ring, whose last place need not repeat the first. */
export function ringArea(places: readonly GridPlace[]): number {
	const first = places[0];
	if (!first) return 0;
	/* Counted from the first place: the grid's millions would eat the decimals. */
	const twice = places.reduce((sum, place, i) => {
		const next = places[i + 1] ?? first;
		return (
			sum +
			(place.east - first.east) * (next.north - first.north) -
			(next.east - first.east) * (place.north - first.north)
		);
	}, 0);
	return Math.abs(twice) / 2;
}

function pathOf(geometry: Geometry | undefined): Coordinate[] {
	if (geometry instanceof LineString) return geometry.getCoordinates();
	if (geometry instanceof Polygon) return geometry.getCoordinates()[0] ?? [];
	return [];
}

export class MeasureTool {
	readonly measurement = new Observed<Measurement | undefined>(undefined);
	private readonly source = new VectorSource();
	private draw: Draw | undefined;
	private kind: MeasureKind = "distance";
	private sketch: Feature | undefined;

	/** `printLength` writes a leg on the map. */
	constructor(
		private readonly map: OlMap,
		private readonly grid: WorkingGrid,
		private readonly printLength: (lengthM: number) => string,
	) {
		const style = (feature: { getGeometry(): unknown }): Style[] => this.stylesOf(feature.getGeometry());
		map.addLayer(new VectorLayer({ source: this.source, className: "ol-layer highlight-layer", style }));
	}

	start(kind: MeasureKind): void {
		this.clear();
		this.kind = kind;
		this.draw = new Draw({
			source: this.source,
			type: kind === "area" ? "Polygon" : "LineString",
			stopClick: true,
			snapTolerance: matchMedia("(pointer: coarse)").matches ? FINGER_PX : MOUSE_PX,
			style: (feature) => this.stylesOf(feature.getGeometry()),
		});
		this.draw.on("drawstart", ({ feature }) => {
			this.source.clear();
			this.sketch = feature;
			feature.getGeometry()?.on("change", () => this.tell());
			this.tell();
		});
		this.draw.on("drawend", () => this.tell());
		this.map.addInteraction(this.draw);
		this.tell();
	}

	/** Adds a point by keyboard: the middle of the map. */
	addPoint(coordinate: Coordinate): void {
		this.draw?.appendCoordinates([coordinate]);
	}

	undo(): void {
		this.draw?.removeLastPoint();
		this.tell();
	}

	/** Ends the drawing; what was measured stays. */
	finish(): void {
		if (!this.draw) return;
		const enough = this.places().length >= (this.kind === "area" ? 3 : 2);
		if (enough && this.isDrawing()) this.draw.finishDrawing();
		this.map.removeInteraction(this.draw);
		this.draw = undefined;
		if (this.source.isEmpty()) this.clear();
		else this.tell();
	}

	clear(): void {
		if (this.draw) this.map.removeInteraction(this.draw);
		this.draw = undefined;
		this.sketch = undefined;
		this.source.clear();
		this.measurement.value = undefined;
	}

	private isDrawing(): boolean {
		return this.sketch !== undefined && !this.source.hasFeature(this.sketch);
	}

	private toGrid(coordinate: Coordinate): GridPlace {
		const [lon = 0, lat = 0] = toLonLat(coordinate);
		return this.grid.toGrid([lon, lat]);
	}

	/** The closed outline of an area that was drawn to its end, in degrees. */
	outline(): readonly LonLat[] | undefined {
		const path = pathOf(this.sketch?.getGeometry());
		if (this.kind !== "area" || this.draw !== undefined || path.length < 4) return undefined;
		return path.map((one): LonLat => {
			const [lon = 0, lat = 0] = toLonLat(one);
			return [lon, lat];
		});
	}

	/* Without the repeated last point: of a ring its first, of a sketch what the cursor shows. */
	private places(): GridPlace[] {
		const path = pathOf(this.sketch?.getGeometry());
		const places = (this.kind === "area" ? path.slice(0, -1) : path).map((one) => this.toGrid(one));
		return places.filter((place, i) => {
			const before = places[i - 1];
			return !before || before.north !== place.north || before.east !== place.east;
		});
	}

	private tell(): void {
		const places = this.places();
		const ring = this.kind === "area" && places[0] && places.length > 2 ? [...places, places[0]] : places;

		this.measurement.value = {
			kind: this.kind,
			active: this.draw !== undefined,
			points: places.length,
			lengthM: pathLength(ring),
			legM: pathLength(places.slice(-2)),
			areaM2: this.kind === "area" ? ringArea(places) : 0,
		};
	}

	private stylesOf(geometry: unknown): Style[] {
		if (geometry instanceof Point) return [cursorStyle];
		if (!(geometry instanceof LineString || geometry instanceof Polygon)) return [];
		const path = pathOf(geometry);
		const vertices = new Style({ image: vertexImage, geometry: new MultiPoint(path) });
		return [casingStyle, lineStyle, vertices, ...this.legLabels(path)];
	}

	private legLabels(path: readonly Coordinate[]): Style[] {
		return path.slice(1).map((end, i) => {
			const leg = new LineString([path[i] ?? end, end]);
			const lengthM = pathLength([this.toGrid(path[i] ?? end), this.toGrid(end)]);
			return new Style({
				geometry: leg,
				text: new Text({
					text: this.printLength(lengthM),
					placement: "line",
					textBaseline: "bottom",
					offsetY: -4,
					font: "600 12px Inter, sans-serif",
					fill: new Fill({ color: "#7c2d12" }),
					stroke: new Stroke({ color: "rgba(255, 255, 255, 0.95)", width: 4 }),
				}),
			});
		});
	}
}
