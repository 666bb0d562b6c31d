/*
 * tile_store: vector tiles, fetched once for all layers that are switched on.
 *
 * Each city layer is a layer of its own on the map, so that it can be switched without a flash; but
 * a place is asked for once: the first layer that wants a tile brings the others with it.
 */
import { ApiError, ask } from "../api";
import { type Places, squareOf, tileMeets } from "./touched";

/* A screen is some 20 to 60 tiles; this is enough to come back to where one was. */
const TILES_KEPT = 400;

interface Entry {
	readonly layers: ReadonlySet<string>;
	readonly bytes: Promise<ArrayBuffer>;
}

export class TileStore {
	/** By address, the oldest first. */
	private readonly tiles = new Map<string, Entry[]>();

	/** `wanted` names the layers to bring at a zoom, in drawing order. */
	constructor(
		private readonly wanted: (zoom: number) => readonly string[],
		/** What is added to the address: as of when. */
		private readonly query: () => string,
		private readonly onFailure: (error: ApiError) => void,
	) {}

	/** The tile that holds the layer; other layers may stand in it too. */
	get(layer: string, zoom: number, x: number, y: number): Promise<ArrayBuffer> {
		const address = `${zoom}/${x}/${y}`;
		const entries = this.tiles.get(address) ?? [];
		const found = entries.find((entry) => entry.layers.has(layer));
		if (found) return found.bytes;

		const missing = this.wanted(zoom).filter((id) => !entries.some((entry) => entry.layers.has(id)));
		const layers = missing.includes(layer) ? missing : [layer];
		const entry = { layers: new Set(layers), bytes: this.fetch(layers, address) };
		this.tiles.delete(address);
		this.tiles.set(address, [...entries, entry]);
		this.forgetOldest();
		return entry.bytes;
	}

	clear(): void {
		this.tiles.clear();
	}

	/** What holds one of these layers is fetched anew. */
	forget(layers: ReadonlySet<string>): void {
		for (const [address, entries] of this.tiles) {
			const left = entries.filter((entry) => ![...entry.layers].some((id) => layers.has(id)));
			if (left.length) this.tiles.set(address, left);
			else this.tiles.delete(address);
		}
	}

	/** What holds one of these layers where it has changed is fetched anew. */
	forgetAt(places: Places, margin: number): void {
		const squares = places.boxes?.map(squareOf);
		for (const [address, entries] of this.tiles) {
			const [zoom = 0, x = 0, y = 0] = address.split("/").map(Number);
			if (squares && !squares.some((square) => tileMeets(square, zoom, x, y, margin))) continue;
			const left = entries.filter((entry) => !entry.layers.has(places.layer));
			if (left.length) this.tiles.set(address, left);
			else this.tiles.delete(address);
		}
	}

	private async fetch(layers: readonly string[], place: string): Promise<ArrayBuffer> {
		try {
			const response = await ask(`/tiles/${layers.join(",")}/${place}.mvt${this.query()}`, "*/*");
			return await response.arrayBuffer();
		} catch (cause) {
			this.tiles.delete(place);
			if (cause instanceof ApiError) this.onFailure(cause);
			throw cause;
		}
	}

	private forgetOldest(): void {
		for (const address of this.tiles.keys()) {
			if (this.tiles.size <= TILES_KEPT) return;
			this.tiles.delete(address);
		}
	}
}
