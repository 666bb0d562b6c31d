/*
 * label_owner: of the pieces that tiles cut an area into, the one that bears its label.
 *
 * It is the largest piece seen so far at that zoom; without this a ward is named once in each tile.
 */
import type { FeatureLike } from "ol/Feature";
import { getArea } from "ol/extent";

/* More areas than a person visits; then it begins anew. */
const OWNERS_MAX = 100_000;

export class LabelOwner {
	private readonly owners = new Map<string, { feature: FeatureLike; size: number }>();

	/** Takes the pieces of a tile; true if one took over from a piece that may be drawn already. */
	add(features: readonly FeatureLike[], zoom: number): boolean {
		let tookOver = false;

		if (this.owners.size > OWNERS_MAX) this.owners.clear();
		for (const feature of features) {
			const geometry = feature.getGeometry();
			const id = feature.getId();
			if (!geometry || id === undefined) continue;
			const key = `${zoom}/${id}`;
			const size = getArea(geometry.getExtent());
			const owner = this.owners.get(key);
			if (owner && owner.size > size) continue;
			tookOver ||= owner !== undefined && owner.size < size;
			this.owners.set(key, { feature, size });
			this.pieces.set(feature, key);
		}
		return tookOver;
	}

	/** The pieces of before are gone: an area may be smaller now. */
	clear(): void {
		this.owners.clear();
	}

	bears(feature: FeatureLike): boolean {
		const key = this.pieces.get(feature);
		return key !== undefined && this.owners.get(key)?.feature === feature;
	}

	private readonly pieces = new WeakMap<FeatureLike, string>();
}
