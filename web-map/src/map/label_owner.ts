/*
 * label_owner: of the pieces that tiles cut an area into, the one that bears its label.
 *
 * It is the largest piece there is at that zoom; without this a ward is named once in each tile.
 */
import type { FeatureLike } from "ol/Feature";
import { getArea } from "ol/extent";

/* More tiles than a person visits; then it begins anew. */
const TILES_MAX = 5000;

interface Piece {
	readonly feature: FeatureLike;
	readonly size: number;
}

export class LabelOwner {
	/** By area and zoom: its pieces by tile. */
	private readonly areas = new Map<string, Map<string, Piece>>();
	private readonly keysOfTile = new Map<string, readonly string[]>();
	private readonly keys = new WeakMap<FeatureLike, string>();

	/**
	 * Takes the pieces of a tile in place of those that it had; true if another piece, which may be
	 * drawn already, bears the label from now on, or no longer.
	 */
	add(features: readonly FeatureLike[], tile: string, zoom: number): boolean {
		const before = new Map<string, FeatureLike | undefined>();
		if (this.keysOfTile.size > TILES_MAX) this.clear();
		for (const key of this.keysOfTile.get(tile) ?? []) {
			before.set(key, this.ownerOf(key));
			const pieces = this.areas.get(key);
			pieces?.delete(tile);
			if (pieces?.size === 0) this.areas.delete(key);
		}
		const keys: string[] = [];
		for (const feature of features) {
			const geometry = feature.getGeometry();
			const id = feature.getId();
			if (!geometry || id === undefined) continue;
			const key = `${zoom}/${id}`;
			if (!before.has(key)) before.set(key, this.ownerOf(key));
			const pieces = this.areas.get(key) ?? new Map<string, Piece>();
			pieces.set(tile, { feature, size: getArea(geometry.getExtent()) });
			this.areas.set(key, pieces);
			this.keys.set(feature, key);
			keys.push(key);
		}
		this.keysOfTile.set(tile, keys);
		return [...before].some(([key, owner]) => owner !== undefined && this.ownerOf(key) !== owner);
	}

	/** The pieces of before are gone. */
	clear(): void {
		this.areas.clear();
		this.keysOfTile.clear();
	}

	bears(feature: FeatureLike): boolean {
		const key = this.keys.get(feature);
		return key !== undefined && this.ownerOf(key) === feature;
	}

	private ownerOf(key: string): FeatureLike | undefined {
		let owner: Piece | undefined;
		for (const piece of this.areas.get(key)?.values() ?? []) if (!owner || piece.size >= owner.size) owner = piece;
		return owner?.feature;
	}
}
