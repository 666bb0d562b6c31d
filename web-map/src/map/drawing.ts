/*
 * drawing: the layers of the city on the map, drawn by the server far out and here near by.
 *
 * Far out a tile holds tens of thousands of parcels: the server draws them (raster tiles, all layers
 * that are on in one picture). Near by the browser draws them from vector tiles, sharp at any zoom.
 */
import type BaseLayer from "ol/layer/Base";
import type ImageTile from "ol/ImageTile";
import TileLayer from "ol/layer/Tile";
import XYZ from "ol/source/XYZ";
import TileState from "ol/TileState";
import { createXYZ } from "ol/tilegrid";
import { ApiError, ask } from "../api";
import { type CityDescription, type Layer, firstZoom } from "../city";
import type { ZoomOf } from "./look_style";
import { TileStore } from "./tile_store";
import { type Places, Touched } from "./touched";
import { firstViewZoom, type TileSidePx, VECTOR_MARGIN, VectorLayer } from "./vector_layer";

/** From this zoom on the browser draws. */
export const VECTOR_FROM_ZOOM = 17;

/* Zooms of OpenLayers' layers are open below and closed above. */
const ZOOM_GAP = 0.01;
const CLASS_NAME = "ol-layer city-layer";
const RASTER_TILE_PX = 256;
/* Names on a picture may belong to what lies so many sides beside it. */
const RASTER_MARGIN = 2;
const STRETCH_ZOOMS = 0.7;

/*
 * Raster tiles have two pixels for one of the screen: they are stretched by up to 1.6 before those of
 * the next zoom, four times as many, are asked for.
 */
function stretch(resolution: number, _higher: number, lower: number): number {
	return resolution > lower * 2 ** (1 - STRETCH_ZOOMS) ? 1 : -1;
}

/*
 * Larger tiles are fewer requests and fewer labels cut at edges; they hold the data of the zoom
 * before. Layers that begin only where vectors are drawn use small ones, and begin on time.
 */
function tileSide(layer: Layer): TileSidePx {
	return firstZoom(layer.look) < VECTOR_FROM_ZOOM ? 512 : 256;
}

export class Drawing {
	/** From the ground up. */
	readonly mapLayers: readonly BaseLayer[];
	private readonly layers: readonly Layer[];
	private readonly vectors = new Map<string, VectorLayer>();
	private readonly stores = new Map<TileSidePx, TileStore>();
	private readonly raster = new TileLayer<XYZ>({ className: CLASS_NAME });
	private on: ReadonlySet<string> = new Set();
	/** Layers that hold something: of the others no tile is asked for. */
	private readonly filled: Set<string>;
	private isNear = true;
	private readonly touched = new Touched(RASTER_MARGIN);
	/** As of when; "" today. */
	private date = "";

	constructor(
		description: CityDescription,
		latitude: number,
		zoomOf: ZoomOf,
		private readonly onFailure: (error: ApiError) => void,
	) {
		this.layers = description.layers;
		this.filled = new Set(description.layers.filter((layer) => layer.records > 0).map((layer) => layer.id));
		for (const layer of this.layers) {
			const sidePx = tileSide(layer);
			const vector = new VectorLayer({
				layer,
				sidePx,
				store: this.storeOf(sidePx),
				latitude,
				zoomOf,
				className: CLASS_NAME,
				aboveZoom: VECTOR_FROM_ZOOM - ZOOM_GAP,
			});
			this.vectors.set(layer.id, vector);
		}
		const vectors = [...this.vectors.values()];
		this.mapLayers = [
			this.raster,
			...vectors.map((vector) => vector.shapes),
			...vectors.flatMap((vector) => vector.labels ?? []),
		];
		this.settle();
	}

	/** Draws these layers and no others. */
	show(ids: ReadonlySet<string>): void {
		this.on = ids;
		for (const [id, vector] of this.vectors) vector.show(this.isDrawn(id));
		this.showRaster();
	}

	private isDrawn(id: string): boolean {
		return this.on.has(id) && this.filled.has(id);
	}

	/**
	 * The view is at that zoom. True if it came to where vectors are drawn: until settle() the
	 * picture of before stays under them, so that the map never blinks.
	 */
	follow(zoom: number): boolean {
		const wasNear = this.isNear;
		this.isNear = zoom > VECTOR_FROM_ZOOM - ZOOM_GAP;
		if (wasNear || !this.isNear) return false;
		this.raster.setMaxZoom(Infinity);
		return true;
	}

	settle(): void {
		this.raster.setMaxZoom(VECTOR_FROM_ZOOM - ZOOM_GAP);
	}

	/** Asks again for what could not be had. */
	retry(): void {
		for (const store of this.stores.values()) store.clear();
		for (const vector of this.vectors.values()) vector.refresh();
		this.raster.getSource()?.refresh();
	}

	/** Draws what was in force on that day; "" today. */
	showDate(date: string): void {
		if (date === this.date) return;
		this.date = date;
		/* What is empty today may not have been so then. */
		this.refresh(date ? new Set(this.vectors.keys()) : this.on);
	}

	private query(): string {
		return this.date && `?date=${this.date}`;
	}

	/** These layers have changed. What is on the screen stays until the new tiles are there. */
	refresh(ids: ReadonlySet<string>): void {
		for (const id of ids) this.filled.add(id);
		for (const store of this.stores.values()) store.forget(ids);
		for (const [id, vector] of this.vectors) if (ids.has(id)) vector.refresh();
		this.touched.all();
		this.show(this.on);
	}

	/** The same where they have changed alone. */
	refreshAt(places: readonly Places[]): void {
		for (const place of places) {
			this.filled.add(place.layer);
			for (const store of this.stores.values()) store.forgetAt(place, VECTOR_MARGIN);
			this.vectors.get(place.layer)?.refreshAt(place.boxes);
			this.touched.at(place.boxes);
		}
		this.show(this.on);
	}

	private storeOf(sidePx: TileSidePx): TileStore {
		const found = this.stores.get(sidePx);
		if (found) return found;
		const viewZoom = sidePx === 512 ? 1 : 0;
		const store = new TileStore(
			(zoom) =>
				this.layers
					.filter((layer) => this.isDrawn(layer.id) && tileSide(layer) === sidePx)
					.filter((layer) => firstViewZoom(layer, sidePx) <= zoom + viewZoom)
					.map((layer) => layer.id),
			() => this.query(),
			this.onFailure,
		);
		this.stores.set(sidePx, store);
		return store;
	}

	private showRaster(): void {
		const ids = this.layers.filter((layer) => this.isDrawn(layer.id)).map((layer) => layer.id);
		const layers = ids.join(",");
		const query = this.query();
		const generationOf = this.touched.generations();
		const source = this.raster.getSource() ?? this.makeRasterSource();

		this.raster.setVisible(ids.length > 0);
		/* The fragment stays here: it tells the pictures before a change from those after it. */
		if (ids.length)
			source.setTileUrlFunction(
				([zoom = 0, x = 0, y = 0]) => `/tiles/${layers}/${zoom}/${x}/${y}@2x.png${query}#${generationOf(zoom, x, y)}`,
				`${layers}${query}#${this.touched.latest}`,
			);
		this.raster.setSource(source);
	}

	private makeRasterSource(): XYZ {
		return new XYZ({
			tileGrid: createXYZ({ tileSize: RASTER_TILE_PX, maxZoom: VECTOR_FROM_ZOOM }),
			tilePixelRatio: 2,
			zDirection: stretch,
			tileLoadFunction: (tile, url) => void this.loadPicture(tile as ImageTile, url),
		});
	}

	/* An <img> alone would not tell why it has failed. */
	private async loadPicture(tile: ImageTile, url: string): Promise<void> {
		try {
			const response = await ask(url.replace(/#.*/, ""), "image/png");
			const picture = URL.createObjectURL(await response.blob());
			const image = tile.getImage() as HTMLImageElement;
			image.addEventListener("load", () => URL.revokeObjectURL(picture), { once: true });
			image.src = picture;
		} catch (cause) {
			tile.setState(TileState.ERROR);
			if (cause instanceof ApiError) this.onFailure(cause);
		}
	}
}
