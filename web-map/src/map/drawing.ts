/*
 * drawing: the layers of the city on the map, drawn by the server far out and here near by.
 *
 * Far out a tile holds tens of thousands of parcels: the server draws them (raster tiles, all layers
 * that are on in one picture). Near by the browser draws them from vector tiles, sharp at any zoom.
 */
import type BaseLayer from "ol/layer/Base";
import TileLayer from "ol/layer/Tile";
import XYZ from "ol/source/XYZ";
import { createXYZ } from "ol/tilegrid";
import { ApiError } from "../api";
import { type CityDescription, type Layer, firstZoom } from "../city";
import { t } from "../i18n/language";
import { TileStore } from "./tile_store";
import type { ZoomOf } from "./look_style";
import { firstViewZoom, type TileSidePx, VectorLayer } from "./vector_layer";

/** From this zoom on the browser draws. 0: everywhere. */
export const VECTOR_FROM_ZOOM = 0;

/* Zooms of OpenLayers' layers are open below and closed above. */
const ZOOM_GAP = 0.01;
const CLASS_NAME = "ol-layer city-layer";

/*
 * Larger tiles are fewer requests and fewer labels cut at edges; they hold the data of the zoom
 * before. Layers that begin only where vectors are drawn use small ones, and begin on time.
 */
function tileSide(layer: Layer): TileSidePx {
	return VECTOR_FROM_ZOOM === 0 || firstZoom(layer.look) < VECTOR_FROM_ZOOM ? 512 : 256;
}

export class Drawing {
	readonly mapLayers: readonly BaseLayer[];
	private readonly vectors = new Map<string, VectorLayer>();
	private readonly stores = new Map<TileSidePx, TileStore>();
	private readonly raster = new TileLayer<XYZ>({ className: CLASS_NAME, visible: false });
	private readonly layers: readonly Layer[];
	private on: ReadonlySet<string> = new Set();

	constructor(
		description: CityDescription,
		latitude: number,
		zoomOf: ZoomOf,
		private readonly onFailure: (error: ApiError) => void,
	) {
		this.layers = description.layers.filter((layer) => layer.records > 0);
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
		if (VECTOR_FROM_ZOOM > 0) this.raster.setMaxZoom(VECTOR_FROM_ZOOM - ZOOM_GAP);
		const vectors = [...this.vectors.values()];
		this.mapLayers = [
			this.raster,
			...vectors.map((vector) => vector.shapes),
			...vectors.flatMap((vector) => vector.labels ?? []),
		];
	}

	/** Draws these layers and no others. */
	show(ids: ReadonlySet<string>): void {
		this.on = ids;
		for (const [id, vector] of this.vectors) vector.show(ids.has(id));
		this.showRaster();
	}

	/** Asks again for what could not be had. */
	retry(): void {
		for (const store of this.stores.values()) store.clear();
		for (const vector of this.vectors.values()) vector.refresh();
		this.raster.getSource()?.refresh();
	}

	private idsOn(): string[] {
		return this.layers.filter((layer) => this.on.has(layer.id)).map((layer) => layer.id);
	}

	private storeOf(sidePx: TileSidePx): TileStore {
		const found = this.stores.get(sidePx);
		if (found) return found;
		const offset = sidePx === 512 ? 1 : 0;
		const store = new TileStore(
			(zoom) =>
				this.layers
					.filter((layer) => this.on.has(layer.id) && tileSide(layer) === sidePx)
					.filter((layer) => firstViewZoom(layer, sidePx) <= zoom + offset)
					.map((layer) => layer.id),
			this.onFailure,
		);
		this.stores.set(sidePx, store);
		return store;
	}

	private showRaster(): void {
		const ids = this.idsOn();
		this.raster.setVisible(VECTOR_FROM_ZOOM > 0 && ids.length > 0);
		if (!this.raster.getVisible()) return;
		const url = `/tiles/${ids.join(",")}/{z}/{x}/{y}@2x.png`;
		const source = this.raster.getSource();
		if (source) {
			source.setUrl(url);
			return;
		}
		const fresh = new XYZ({ url, tileGrid: createXYZ({ tileSize: 256, maxZoom: VECTOR_FROM_ZOOM }), tilePixelRatio: 2 });
		fresh.on("tileloaderror", () => this.onFailure(new ApiError("away", t("ui_tiles_failed"), "")));
		this.raster.setSource(fresh);
	}
}
