/*
 * vector_layer: one city layer on the map, drawn from vector tiles in its look.
 */
import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import type RenderFeature from "ol/render/Feature";
import VectorTileSource from "ol/source/VectorTile";
import TileState from "ol/TileState";
import type { StyleFunction } from "ol/style/Style";
import type { UrlFunction } from "ol/Tile";
import type VectorTile from "ol/VectorTile";
import { createXYZ } from "ol/tilegrid";
import { type Layer, firstZoom } from "../city";
import { LabelOwner } from "./label_owner";
import { lettering, shapeStyle, type ZoomOf } from "./look_style";
import type { TileStore } from "./tile_store";
import { type Box, Touched } from "./touched";

export const TILE_ZOOM_MAX = 22;
const ZOOM_GAP = 0.01;
/* Discs and labels reach so far over the edge of a tile. */
const RENDER_BUFFER_PX = 64;
/* What of a record stands in a tile beside it: the buffer of vector tiles, and what rounding moves. */
export const VECTOR_MARGIN = 1 / 32;
/* So long after the last takeover the labels of a layer are set anew. */
const RELABEL_DELAY_MS = 120;

/** Side of a tile on the screen: a tile of 512 px shows zoom z from a tile of zoom z - 1. */
export type TileSidePx = 256 | 512;

/** From this zoom of the view on the layer is drawn from tiles of that size. */
export function firstViewZoom(layer: Layer, sidePx: TileSidePx): number {
	return firstZoom(layer.look) + (sidePx === 512 ? 1 : 0);
}

export interface VectorLayerPlan {
	readonly layer: Layer;
	readonly sidePx: TileSidePx;
	readonly store: TileStore;
	/** Of the city, for true widths. */
	readonly latitude: number;
	readonly zoomOf: ZoomOf;
	/** Canvases of this class are drawn light or dark together. */
	readonly className: string;
	/** Drawn above this zoom of the view. */
	readonly aboveZoom: number;
}

type OlVectorLayer = VectorTileLayer<VectorTileSource>;

/** A city layer on the map: its shapes, and its labels above the shapes of all layers. */
export class VectorLayer {
	readonly shapes: OlVectorLayer;
	readonly labels: OlVectorLayer | undefined;
	private readonly owner: LabelOwner | undefined;
	private readonly source: VectorTileSource<RenderFeature>;
	private readonly touched = new Touched(VECTOR_MARGIN);
	private relabelTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly plan: VectorLayerPlan) {
		const { layer, sidePx, latitude, zoomOf } = plan;
		const format = new MVT<RenderFeature>({ layers: [layer.id] });
		const letters = lettering(layer, zoomOf, (feature) => this.owner?.bears(feature) ?? true);

		if (letters && layer.geometry === "area") this.owner = new LabelOwner();
		this.source = new VectorTileSource<RenderFeature>({
			tileGrid: createXYZ({ tileSize: sidePx, maxZoom: TILE_ZOOM_MAX }),
			tileUrlFunction: this.urlFunction(),
			tileLoadFunction: (tile) => this.load(tile as VectorTile<RenderFeature>, format),
		});
		this.shapes = this.makeLayer(shapeStyle(layer, latitude, zoomOf), false);
		this.labels = letters && this.makeLayer(letters, true);
	}

	show(visible: boolean): void {
		this.shapes.setVisible(visible);
		this.labels?.setVisible(visible);
	}

	/** Asks for all tiles anew. */
	refresh(): void {
		this.touched.all();
		this.owner?.clear();
		this.askAgain();
	}

	/** Asks anew for the tiles in which something has changed. */
	refreshAt(boxes: readonly Box[] | null): void {
		this.touched.at(boxes);
		this.askAgain();
	}

	private askAgain(): void {
		this.source.setTileUrlFunction(this.urlFunction(), String(this.touched.latest));
	}

	/*
	 * The address stands in the tile's coordinate, but OpenLayers keeps tiles, failed ones too, by
	 * a URL: those of a new generation have another.
	 */
	private urlFunction(): UrlFunction {
		const generationOf = this.touched.generations();
		return ([zoom = 0, x = 0, y = 0]) => `${generationOf(zoom, x, y)}/${zoom}/${x}/${y}`;
	}

	private makeLayer(style: StyleFunction, declutter: boolean): OlVectorLayer {
		const { layer, sidePx, className, aboveZoom } = this.plan;
		const labelZoom = declutter ? (layer.look.label?.min_zoom ?? 0) : 0;

		return new VectorTileLayer({
			source: this.source,
			className,
			declutter,
			style,
			renderBuffer: RENDER_BUFFER_PX,
			visible: false,
			/* Zooms of OpenLayers' layers are open below: "above 15.99" is "from 16 on". */
			minZoom: Math.max(aboveZoom, firstViewZoom(layer, sidePx) - ZOOM_GAP, labelZoom - ZOOM_GAP),
		});
	}

	private load(tile: VectorTile<RenderFeature>, format: MVT<RenderFeature>): void {
		tile.setLoader((extent, _resolution, projection) => {
			const [zoom = 0, x = 0, y = 0] = tile.getTileCoord();
			this.plan.store.get(this.plan.layer.id, zoom, x, y).then(
				(bytes) => {
					const features = format.readFeatures(bytes, { extent, featureProjection: projection });
					if (this.owner?.add(features, `${zoom}/${x}/${y}`, zoom)) this.relabelLater();
					tile.setFeatures(features);
				},
				() => tile.setState(TileState.ERROR),
			);
		});
	}

	private relabelLater(): void {
		clearTimeout(this.relabelTimer);
		this.relabelTimer = setTimeout(() => this.labels?.changed(), RELABEL_DELAY_MS);
	}
}
