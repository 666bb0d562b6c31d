/*
 * city_map: the map itself: view, layers, pointing, measuring. It knows nothing of panels.
 */
import OlMap from "ol/Map";
import View from "ol/View";
import { getCenter } from "ol/extent";
import { defaults } from "ol/interaction/defaults";
import type BaseLayer from "ol/layer/Base";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj";
import type { ApiError } from "../api";
import type { Bounds, CityDescription } from "../city";
import type { LonLat, WorkingGrid } from "../place";
import type { Shape } from "../record";
import { Drawing } from "./drawing";
import { Highlight } from "./highlight";
import { LineTool } from "./line_tool";
import { MeasureTool } from "./measure_tool";
import { type Outline, Outlines } from "./outlines";
import { toGeometry } from "./shape";
import { ShapeEditor } from "./shape_editor";
import { TILE_ZOOM_MAX } from "./vector_layer";
import type { Places } from "./touched";

const ZOOM_MIN = 5;
/* Where a place that was asked for is looked at. */
const PLACE_ZOOM = 18;
const FIT_PADDING_PX = 48;
/* A place is shown when it is so far from what covers the map. */
const REVEAL_PX = 40;
const FLIGHT_MS = 350;
/* More at once than OpenLayers' 16: layers share their tiles, so most of them wait for one answer. */
const TILES_LOADING_MAX = 96;
/* Where there is no city yet: Vietnam. */
const COUNTRY: Bounds = [102.1, 8.2, 109.6, 23.4];

/* A CSS pixel is 1/96 inch. */
const PIXEL_M = 0.0254 / 96;

export interface MapView {
	readonly centre: LonLat;
	readonly zoom: number;
	/** True ground metres of a pixel in the middle of the map. */
	readonly groundM: number;
	/** 1:n on a screen of 96 pixels an inch. */
	readonly scale: number;
}

export interface MapListeners {
	/** The view has come to rest. */
	moved(view: MapView): void;
	/** While it moves, and before the first rest. */
	moving(view: MapView): void;
	/** The pointer is over a place; undefined when it left the map. */
	pointed(place: LonLat | undefined): void;
	/** A place was chosen; `reachM` is how near is meant to be on it. */
	chosen(place: LonLat, reachM: number, byKey: boolean): void;
	/** The choice was the first click of a double click. */
	unchosen(): void;
	loading(isLoading: boolean): void;
	failed(error: ApiError): void;
}

/** Room at the sides of the map that panels cover, in pixels: top, right, bottom, left. */
export type Padding = readonly [number, number, number, number];

/* A finger is broader than a pointer. */
const REACH_PX = { mouse: 7, touch: 16 };

function extentOf(bounds: Bounds): number[] {
	return transformExtent([...bounds], "EPSG:4326", "EPSG:3857");
}

export class CityMap {
	readonly measure: MeasureTool;
	readonly shapes: ShapeEditor;
	readonly line: LineTool;
	private readonly map: OlMap;
	private readonly view: View;
	private readonly drawing: Drawing;
	private readonly highlight = new Highlight();
	private readonly outlines = new Outlines();
	private readonly held = new Outlines();

	constructor(
		target: HTMLElement,
		private readonly description: CityDescription,
		grid: WorkingGrid,
		private readonly listeners: MapListeners,
		printLength: (lengthM: number) => string,
	) {
		const bounds = description.city.bounds ?? COUNTRY;
		this.view = new View({
			minZoom: ZOOM_MIN,
			maxZoom: TILE_ZOOM_MAX,
			enableRotation: false,
			center: getCenter(extentOf(bounds)),
			zoom: PLACE_ZOOM,
		});
		this.drawing = new Drawing(
			description,
			(bounds[1] + bounds[3]) / 2,
			(resolution) => this.view.getZoomForResolution(resolution) ?? 0,
			(error) => listeners.failed(error),
		);
		this.map = new OlMap({
			target,
			view: this.view,
			layers: [...this.drawing.mapLayers, this.held.mapLayer, this.highlight.mapLayer, this.outlines.mapLayer],
			controls: [],
			interactions: defaults({ altShiftDragRotate: false, pinchRotate: false }),
			maxTilesLoading: TILES_LOADING_MAX,
		});
		this.measure = new MeasureTool(this.map, grid, printLength);
		this.shapes = new ShapeEditor(this.map, grid, printLength);
		this.line = new LineTool(this.map);
		this.listen(target);
	}

	show(ids: ReadonlySet<string>): void {
		this.drawing.show(ids);
	}

	retry(): void {
		this.drawing.retry();
	}

	/** Draws what was in force on that day; "" today. */
	showDate(date: string): void {
		this.drawing.showDate(date);
	}

	/** Tiles have changed at these places. */
	refreshAt(places: readonly Places[]): void {
		this.drawing.refreshAt(places);
	}

	/** Something of these layers has changed. */
	refresh(ids: ReadonlySet<string>): void {
		this.drawing.refresh(ids);
	}

	/** Shapes beside each other, to compare them; none ends it. */
	compare(shapes: readonly Outline[]): void {
		this.outlines.show(shapes);
	}

	/** Parcels that are held for a file. */
	showHeld(shapes: readonly (Shape | null)[]): void {
		this.held.show(shapes.map((shape): Outline => ({ kind: "held", shape })));
	}

	/** Lays something over the map, or takes it away. */
	lay(layer: BaseLayer, isOn: boolean): void {
		if (isOn) this.map.addLayer(layer);
		else this.map.removeLayer(layer);
	}

	/** Texts on the map are written anew: the language or the typeface came. */
	redraw(): void {
		for (const layer of this.map.getAllLayers()) layer.changed();
	}

	getView(): MapView {
		const [lon = 0, lat = 0] = toLonLat(this.view.getCenter() ?? [0, 0]);
		const groundM = (this.view.getResolution() ?? 1) * Math.cos((lat * Math.PI) / 180);
		return { centre: [lon, lat], zoom: this.view.getZoom() ?? 0, groundM, scale: groundM / PIXEL_M };
	}

	/** What is shown, in degrees. */
	viewBounds(): Bounds | undefined {
		const size = this.map.getSize();
		if (!size) return undefined;
		const [west = 0, south = 0, east = 0, north = 0] = transformExtent(this.view.calculateExtent(size), "EPSG:3857", "EPSG:4326");
		return [west, south, east, north];
	}

	lookAt(centre: LonLat, zoom: number): void {
		this.view.setCenter(fromLonLat([...centre]));
		this.view.setZoom(zoom);
	}

	/** Flies to a place, near enough to see it; to the zoom that it returns. */
	flyTo(place: LonLat): number {
		const zoom = Math.max(this.view.getZoom() ?? 0, PLACE_ZOOM);
		this.view.animate({ center: fromLonLat([...place]), zoom, duration: this.duration() });
		return zoom;
	}

	/** Fits the bounds, or the whole city. */
	fit(bounds: Bounds | undefined, padding: Padding, animated: boolean): void {
		this.fitExtent(extentOf(bounds ?? this.description.city.bounds ?? COUNTRY), padding, animated);
	}

	fitShape(shape: Shape, padding: Padding): void {
		const geometry = toGeometry(shape);
		if (geometry) this.fitExtent(geometry.getExtent(), padding, true);
	}

	/** Moves the map, if it must, until no panel covers the place. */
	reveal(place: LonLat, [top, right, bottom, left]: Padding): void {
		const [x = 0, y = 0] = this.map.getPixelFromCoordinate(fromLonLat([...place])) ?? [];
		const [width = 0, height = 0] = this.map.getSize() ?? [];
		const centre = this.view.getCenter() ?? [0, 0];
		const metres = this.view.getResolution() ?? 1;
		/* How far it must go to come into the free part. */
		const into = (at: number, least: number, most: number): number => Math.max(least - at, 0) - Math.max(at - most, 0);
		const dx = into(x, left + REVEAL_PX, width - right - REVEAL_PX);
		const dy = into(y, top + REVEAL_PX, height - bottom - REVEAL_PX);

		if (!dx && !dy) return;
		const target = [(centre[0] ?? 0) - dx * metres, (centre[1] ?? 0) + dy * metres];
		this.view.animate({ center: target, duration: this.duration() });
	}

	/** The same for a shape: its middle is shown. */
	revealShape(shape: Shape, padding: Padding): void {
		const [lon = 0, lat = 0] = toLonLat(getCenter(toGeometry(shape)?.getExtent() ?? [0, 0, 0, 0]));
		this.reveal([lon, lat], padding);
	}

	zoomBy(steps: number): void {
		this.view.animate({ zoom: (this.view.getZoom() ?? 0) + steps, duration: this.duration() / 2 });
	}

	/** Shows the record that is looked at; `widthM` is the width of a street on the ground. */
	showShape(shape: Shape | null, widthM: number): void {
		const { groundM } = this.getView();
		this.highlight.showShape(shape, (widthM * (this.view.getResolution() ?? 1)) / groundM);
	}

	showPin(place: LonLat | null): void {
		this.highlight.showPin(place);
	}

	/** Chooses the middle of the map, as a click there would; while measuring it is a point. */
	chooseMiddle(): void {
		const middle = this.view.getCenter();
		if (!middle) return;
		if (this.measure.measurement.value?.active) this.measure.addPoint(middle);
		else if (this.shapes.active) this.shapes.addPoint(middle);
		else if (this.line.active) this.line.addPoint(middle);
		else this.choose(middle, REACH_PX.mouse, true);
	}

	private fitExtent(extent: number[], padding: Padding, animated: boolean): void {
		this.view.fit(extent, {
			padding: padding.map((side) => side + FIT_PADDING_PX),
			maxZoom: PLACE_ZOOM + 2,
			duration: animated ? this.duration() : 0,
		});
	}

	private duration(): number {
		return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FLIGHT_MS;
	}

	private choose(coordinate: number[], reachPx: number, byKey = false): void {
		const [lon = 0, lat = 0] = toLonLat(coordinate);
		this.listeners.chosen([lon, lat], reachPx * this.getView().groundM, byKey);
	}

	private listen(target: HTMLElement): void {
		const { listeners } = this;
		this.map.on("moveend", () => listeners.moved(this.getView()));
		this.view.on("change", () => listeners.moving(this.getView()));
		this.view.on("change:resolution", () => {
			if (this.drawing.follow(this.view.getZoom() ?? 0)) this.map.once("rendercomplete", () => this.drawing.settle());
		});
		this.map.on("loadstart", () => listeners.loading(true));
		this.map.on("loadend", () => listeners.loading(false));
		this.map.on("pointermove", (event: MapBrowserEvent) => {
			const [lon = 0, lat = 0] = toLonLat(event.coordinate);
			if (!event.dragging) listeners.pointed([lon, lat]);
		});
		target.addEventListener("pointerleave", () => listeners.pointed(undefined));
		this.map.on("click", (event: MapBrowserEvent) => {
			if (this.measure.measurement.value?.active || this.shapes.active || this.line.active) return;
			const { originalEvent } = event;
			const touched = originalEvent instanceof PointerEvent && originalEvent.pointerType === "touch";
			this.choose(event.coordinate, touched ? REACH_PX.touch : REACH_PX.mouse);
		});
		this.map.on("dblclick", () => !this.shapes.active && !this.line.active && listeners.unchosen());
	}
}
