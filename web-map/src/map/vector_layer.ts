/*
 * vector_layer: one city layer on the map, drawn from vector tiles in its look.
 */
import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import type RenderFeature from "ol/render/Feature";
import VectorTileSource from "ol/source/VectorTile";
import TileState from "ol/TileState";
import type VectorTile from "ol/VectorTile";
import type Tile from "ol/Tile";
import { createXYZ } from "ol/tilegrid";
import { type Layer, firstZoom } from "../city";
import { LabelOwner } from "./label_owner";
import { lookStyle } from "./look_style";
import type { TileStore } from "./tile_store";

export const TILE_ZOOM_MAX = 22;
/* So long after the last takeover the labels of a layer are set anew. */
const RELABEL_DELAY_MS = 120;

/** Side of a tile on the screen: a tile of 512 px shows zoom z from a tile of zoom z - 1. */
export type TileSidePx = 256 | 512;

/** From this zoom of the view on the layer is drawn from tiles of that size. */
export function firstViewZoom(layer: Layer, sidePx: TileSidePx): number {
	return firstZoom(layer.look) + (sidePx === 512 ? 1 : 0);
}

function relabelLater(layer: VectorTileLayer<VectorTileSource>): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	return () => {
		clearTimeout(timer);
		timer = setTimeout(() => layer.changed(), RELABEL_DELAY_MS);
	};
}

export interface VectorLayerPlan {
	readonly layer: Layer;
	readonly sidePx: TileSidePx;
	readonly store: TileStore;
	/** Of the city, for true widths. */
	readonly latitude: number;
	readonly zoomOf: (resolution: number) => number;
	/** Canvases of this class are drawn light or dark together. */
	readonly className: string;
	/** Drawn above this zoom of the view. */
	readonly aboveZoom: number;
}

export function makeVectorLayer(plan: VectorLayerPlan): VectorTileLayer<VectorTileSource> {
	const { layer, store } = plan;
	const format = new MVT({ layers: [layer.id] });
	const owner = layer.geometry === "area" && layer.look.label ? new LabelOwner() : undefined;
	let relabel = (): void => undefined;

	const load = (tile: Tile): void => {
		const vectorTile = tile as VectorTile<RenderFeature>;
		vectorTile.setLoader((extent, _resolution, projection) => {
			const [zoom = 0, x = 0, y = 0] = tile.getTileCoord();
			store.get(layer.id, zoom, x, y).then(
				(bytes) => {
					const features = format.readFeatures(bytes, { extent, featureProjection: projection });
					if (owner?.add(features, zoom)) relabel();
					vectorTile.setFeatures(features);
				},
				() => vectorTile.setState(TileState.ERROR),
			);
		});
	};
	const source = new VectorTileSource<RenderFeature>({
		tileGrid: createXYZ({ tileSize: plan.sidePx, maxZoom: TILE_ZOOM_MAX }),
		/* The address stands in the tile's coordinate; OpenLayers wants a text all the same. */
		tileUrlFunction: ([zoom, x, y]) => `${layer.id}/${zoom}/${x}/${y}`,
		tileLoadFunction: load,
	});
	const drawn = new VectorTileLayer({
		source,
		className: plan.className,
		declutter: true,
		renderBuffer: 64,
		/* A zoom of OpenLayers is open below: "above 15.99" is "from 16 on". */
		minZoom: Math.max(plan.aboveZoom, firstViewZoom(layer, plan.sidePx) - 0.01),
		style: lookStyle(layer, plan.latitude, plan.zoomOf, (feature) => owner?.bears(feature) ?? true),
	});
	relabel = relabelLater(drawn);
	return drawn;
}
