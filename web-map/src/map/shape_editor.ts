/*
 * shape_editor: draws a shape and moves its corners, with undo, snapping to the records around.
 *
 * start(), then press and drag corners (a press on an edge makes a new one), or draw(); each step
 * can be undone. One corner is the chosen one: it can be removed, or put on typed coordinates. The
 * shape goes in and out in degrees; a corner that nobody moved keeps its nine decimals.
 */
import Feature from "ol/Feature";
import type { Coordinate } from "ol/coordinate";
import GeoJSON from "ol/format/GeoJSON";
import { type Geometry, LineString, MultiPoint, Point, Polygon } from "ol/geom";
import { Draw, Modify, Snap } from "ol/interaction";
import VectorLayer from "ol/layer/Vector";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import type { Bounds, GeometryKind } from "../city";
import { Observed } from "../observed";
import type { LonLat, WorkingGrid } from "../place";
import type { Shape } from "../record";
import { pathLength } from "./measure_tool";
import { measure, type Path, pathsOf, setPaths } from "./paths";
import { toGeometry } from "./shape";

export interface ShapeState {
	readonly kind: GeometryKind;
	/** Points are still being added. */
	readonly drawing: boolean;
	readonly shape: Shape | null;
	readonly points: number;
	readonly lengthM: number;
	readonly areaM2: number;
	readonly canUndo: boolean;
	readonly canRedo: boolean;
	/** The chosen corner. */
	readonly corner: Corner | undefined;
}

export interface Corner {
	/** From 0, of `count`. */
	readonly index: number;
	readonly count: number;
	readonly place: LonLat;
	readonly removable: boolean;
}

export interface ShapePlan {
	readonly kind: GeometryKind;
	/** What is edited; null begins with drawing. */
	readonly shape: Shape | null;
	/** What is shown under it: how the record stands. */
	readonly before: Shape | null;
	/** The records of the layer in a box, to snap to. */
	neighbours(box: Bounds, signal: AbortSignal): Promise<readonly Shape[]>;
}

const DECIMALS = 9;
const MOUSE_PX = 9;
const FINGER_PX = 20;
const UNDO_MAX = 200;
/* Farther out a corner is a pixel, and the records around are thousands. */
const SNAP_FROM_ZOOM = 16;

const INK = "#c2410c";
const CHOSEN = "#1d4ed8";
const CLASS_NAME = "ol-layer highlight-layer";
const format = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

const isCoarse = (): boolean => matchMedia("(pointer: coarse)").matches;

const casing = new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 6 }) });
const outline = new Style({
	fill: new Fill({ color: "rgba(194, 65, 12, 0.12)" }),
	stroke: new Stroke({ color: INK, width: 2.5 }),
	image: new Circle({ radius: 7, fill: new Fill({ color: INK }), stroke: new Stroke({ color: "#ffffff", width: 2 }) }),
});
const cornerImage = new Circle({
	radius: 5,
	fill: new Fill({ color: "#ffffff" }),
	stroke: new Stroke({ color: INK, width: 2.5 }),
});
const chosenImage = new Circle({
	radius: 7,
	fill: new Fill({ color: CHOSEN }),
	stroke: new Stroke({ color: "#ffffff", width: 2.5 }),
});
const faultImage = new RegularShape({
	points: 4,
	radius: 13,
	radius2: 0,
	angle: Math.PI / 4,
	stroke: new Stroke({ color: "#b91c1c", width: 3.5 }),
});
const before = new Style({ stroke: new Stroke({ color: "#475569", width: 2, lineDash: [6, 5] }) });
const cursor = new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: INK }), stroke: new Stroke({ color: "#ffffff", width: 1.5 }) }) });

export class ShapeEditor {
	readonly state = new Observed<ShapeState | undefined>(undefined);
	private readonly source = new VectorSource();
	private readonly around = new VectorSource();
	private readonly layer: VectorLayer;
	private readonly edited = new Feature();
	private readonly under = new Feature();
	private readonly fault = new Feature();
	private plan: ShapePlan | undefined;
	private draw: Draw | undefined;
	private modify: Modify | undefined;
	private snap: Snap | undefined;
	private sketch: Feature | undefined;
	/* Undefined: nothing is drawn yet. */
	private steps: (Geometry | undefined)[] = [];
	private step = 0;
	private chosen = -1;
	private question: AbortController | undefined;

	constructor(
		private readonly map: OlMap,
		private readonly grid: WorkingGrid,
		private readonly printLength: (lengthM: number) => string,
	) {
		this.layer = new VectorLayer({ source: this.source, className: CLASS_NAME });
		this.edited.setStyle((feature) => this.stylesOf(feature.getGeometry() as Geometry | undefined, true));
		this.under.setStyle(before);
		this.fault.setStyle(new Style({ image: faultImage, zIndex: 9 }));
		this.source.addFeatures([this.under, this.edited, this.fault]);
		map.addLayer(this.layer);
		map.on("moveend", () => void this.look());
		map.on("click", (event: MapBrowserEvent) => this.choose(event));
	}

	get active(): boolean {
		return this.plan !== undefined;
	}

	start(plan: ShapePlan): void {
		this.stop();
		this.plan = plan;
		this.edited.setGeometry(toGeometry(plan.shape));
		this.under.setGeometry(toGeometry(plan.before));
		this.steps = [this.edited.getGeometry()?.clone()];
		this.step = 0;
		this.chosen = -1;
		if (plan.shape) this.change();
		else this.drawAnew();
		void this.look();
	}

	stop(): void {
		this.question?.abort();
		this.removeTools();
		this.plan = undefined;
		for (const feature of [this.edited, this.under, this.fault]) feature.setGeometry(undefined);
		this.around.clear();
		this.state.value = undefined;
	}

	/** Draws the shape from the beginning; until it is ended the old one stays. */
	drawAnew(): void {
		if (!this.plan) return;
		const type = ({ area: "Polygon", line: "LineString", point: "Point" } as const)[this.plan.kind];
		this.removeTools();
		this.chosen = -1;
		this.draw = new Draw({
			type,
			stopClick: true,
			snapTolerance: isCoarse() ? FINGER_PX : MOUSE_PX,
			style: (feature) => this.stylesOf(feature.getGeometry() as Geometry | undefined, false),
		});
		this.draw.on("drawstart", ({ feature }) => {
			this.sketch = feature;
			feature.getGeometry()?.on("change", () => this.tell());
			this.tell();
		});
		this.draw.on("drawend", ({ feature }) => {
			this.edited.setGeometry(feature.getGeometry()?.clone());
			this.sketch = undefined;
			this.note();
			/* Within the event the interaction is still at work. */
			setTimeout(() => this.draw && this.change());
		});
		this.useTool(this.draw);
	}

	/** Ends the drawing: what is drawn so far is the shape, if it is enough; else the one of before. */
	finishDrawing(): void {
		if (!this.draw) return;
		const least = { point: 1, line: 2, area: 3 }[this.plan?.kind ?? "point"];
		if (this.sketch && this.drawn().length >= least) this.draw.finishDrawing();
		else if (this.edited.getGeometry()) this.change();
	}

	/** Adds a point by keyboard. */
	addPoint(coordinate: Coordinate): void {
		this.draw?.appendCoordinates([coordinate]);
	}

	undo(): void {
		if (this.draw && this.sketch) this.draw.removeLastPoint();
		else this.goTo(this.step - 1);
		this.tell();
	}

	redo(): void {
		this.goTo(this.step + 1);
	}

	/** Chooses the next corner, or the one before. */
	chooseBy(step: number): void {
		const count = this.corners().length;
		if (!count || this.draw) return;
		this.chosen = this.chosen < 0 ? (step > 0 ? 0 : count - 1) : (this.chosen + step + count) % count;
		this.edited.changed();
		this.tell();
	}

	moveCorner(place: LonLat): void {
		this.changeCorner((path, i) => path.points.splice(i, 1, [...fromLonLat([...place]), ...(path.points[i] ?? []).slice(2)]));
	}

	removeCorner(): void {
		if (!this.state.value?.corner?.removable) return;
		this.changeCorner((path, i) => path.points.splice(i, 1));
		this.chosen = -1;
		this.edited.changed();
		this.tell();
	}

	/** Marks a place at which the shape is at fault. */
	showFault(place: LonLat | undefined): void {
		this.fault.setGeometry(place && new Point(fromLonLat([...place])));
	}

	/* --- tools -------------------------------------------------------------------------------- */

	private change(): void {
		this.removeTools();
		this.modify = new Modify({
			source: this.editedAlone(),
			pixelTolerance: isCoarse() ? FINGER_PX : MOUSE_PX,
			style: cursor,
		});
		this.modify.on("modifyend", () => this.note());
		this.useTool(this.modify);
	}

	private editedAlone(): VectorSource {
		return new VectorSource({ features: [this.edited] });
	}

	private useTool(tool: Draw | Modify): void {
		this.map.addInteraction(tool);
		/* The last one sees an event first: it moves the pointer onto the neighbour. */
		this.snap = new Snap({ source: this.around, pixelTolerance: isCoarse() ? FINGER_PX : MOUSE_PX });
		this.map.addInteraction(this.snap);
		this.tell();
	}

	private removeTools(): void {
		for (const tool of [this.draw, this.modify, this.snap]) if (tool) this.map.removeInteraction(tool);
		this.draw = this.modify = this.snap = undefined;
		this.sketch = undefined;
	}

	/* --- steps -------------------------------------------------------------------------------- */

	private note(): void {
		this.steps = [...this.steps.slice(0, this.step + 1), this.edited.getGeometry()?.clone()].slice(-UNDO_MAX);
		this.step = this.steps.length - 1;
		this.fault.setGeometry(undefined);
		this.tell();
	}

	private goTo(step: number): void {
		if (step < 0 || step >= this.steps.length) return;
		this.step = step;
		this.chosen = -1;
		this.edited.setGeometry(this.steps[step]?.clone());
		if (this.edited.getGeometry()) this.change();
		else this.drawAnew();
	}

	/* --- corners ------------------------------------------------------------------------------ */

	private corners(): { path: Path; i: number; point: Coordinate }[] {
		return pathsOf(this.edited.getGeometry()).flatMap((path) => path.points.map((point, i) => ({ path, i, point })));
	}

	private changeCorner(change: (path: Path, i: number) => void): void {
		const geometry = this.edited.getGeometry();
		const paths = pathsOf(geometry);
		let index = this.chosen;
		for (const path of paths) {
			if (index >= 0 && index < path.points.length) change(path, index);
			index -= path.points.length;
			if (index < 0) break;
		}
		if (!geometry || this.chosen < 0) return;
		setPaths(geometry, paths);
		this.note();
		this.change();
	}

	private choose(event: MapBrowserEvent): void {
		if (!this.modify) return;
		const [x = 0, y = 0] = event.pixel;
		const reach = isCoarse() ? FINGER_PX : MOUSE_PX;
		const away = this.corners().map(({ point }) => {
			const [atX = 0, atY = 0] = this.map.getPixelFromCoordinate(point);
			return Math.hypot(atX - x, atY - y);
		});
		const least = Math.min(...away);
		this.chosen = least <= reach ? away.indexOf(least) : -1;
		this.edited.changed();
		this.tell();
	}

	private corner(): Corner | undefined {
		const corners = this.corners();
		const one = this.draw ? undefined : corners[this.chosen];
		if (!one) return undefined;
		const [lon = 0, lat = 0] = toLonLat(one.point);
		const removable = one.path.points.length > one.path.least;
		return { index: this.chosen, count: corners.length, place: [lon, lat], removable };
	}

	/* --- telling ------------------------------------------------------------------------------ */

	private toGrid = (coordinate: Coordinate): { north: number; east: number } => {
		const [lon = 0, lat = 0] = toLonLat(coordinate);
		return this.grid.toGrid([lon, lat]);
	};

	/* Of the sketch, without what only follows the pointer. */
	private drawn(): Coordinate[] {
		const geometry = this.sketch?.getGeometry();
		if (geometry instanceof Polygon) return (geometry.getCoordinates()[0] ?? []).slice(0, -2);
		return geometry instanceof LineString ? geometry.getCoordinates().slice(0, -1) : [];
	}

	private tell(): void {
		if (!this.plan) return;
		const geometry = this.edited.getGeometry();
		const paths = pathsOf(this.sketch?.getGeometry() ?? geometry);
		const shape = geometry ? (format.writeGeometryObject(geometry, { decimals: DECIMALS }) as Shape) : null;

		this.state.value = {
			kind: this.plan.kind,
			drawing: this.draw !== undefined,
			shape,
			points: this.sketch ? this.drawn().length : paths.reduce((sum, path) => sum + path.points.length, 0),
			...measure(paths, this.toGrid),
			canUndo: this.sketch ? this.drawn().length > 0 : this.step > 0,
			canRedo: !this.sketch && this.step + 1 < this.steps.length,
			corner: this.corner(),
		};
	}

	/* --- neighbours --------------------------------------------------------------------------- */

	private async look(): Promise<void> {
		if (!this.plan || (this.map.getView().getZoom() ?? 0) < SNAP_FROM_ZOOM) return;
		const extent = this.map.getView().calculateExtent(this.map.getSize());
		const [west = 0, south = 0, east = 0, north = 0] = transformExtent(extent, "EPSG:3857", "EPSG:4326");
		const question = new AbortController();

		this.question?.abort();
		this.question = question;
		try {
			const shapes = await this.plan.neighbours([west, south, east, north], question.signal);
			if (this.question !== question) return;
			this.around.clear(true);
			this.around.addFeatures(shapes.flatMap((shape) => new Feature(toGeometry(shape)) ?? []));
		} catch {
			/* Without neighbours one draws without snapping. */
		}
	}

	/* --- looks -------------------------------------------------------------------------------- */

	private stylesOf(geometry: Geometry | undefined, isEdited: boolean): Style[] {
		if (geometry instanceof Point) return isEdited ? [outline] : [cursor];
		const paths = pathsOf(geometry);
		const points = paths.flatMap((path) => path.points);
		const styles = [casing, outline, new Style({ image: cornerImage, geometry: new MultiPoint(points) })];
		const chosen = isEdited && !this.draw ? points[this.chosen] : undefined;

		if (chosen) styles.push(new Style({ image: chosenImage, geometry: new Point(chosen), zIndex: 3 }));
		return [...styles, ...this.lengths(paths)];
	}

	/* The lengths of the edges: what a surveyor looks for first. */
	private lengths(paths: readonly Path[]): Style[] {
		return paths.flatMap(({ points, isRing }) =>
			points.flatMap((start, i) => {
				const end = points[i + 1] ?? (isRing && points.length > 2 ? points[0] : undefined);
				if (!end) return [];
				const text = this.printLength(pathLength([this.toGrid(start), this.toGrid(end)]));
				return new Style({
					geometry: new LineString([start, end]),
					text: new Text({
						text,
						placement: "line",
						textBaseline: "bottom",
						offsetY: -4,
						font: "600 12px Inter, sans-serif",
						fill: new Fill({ color: "#7c2d12" }),
						stroke: new Stroke({ color: "rgba(255, 255, 255, 0.95)", width: 4 }),
					}),
				});
			}),
		);
	}
}
