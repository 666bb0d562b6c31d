/*
 * touched: which tiles of a layer a change has touched, so that these alone are asked for anew.
 *
 * Each tile has a generation: it grows when a place in it, or so near that it reaches into it, has
 * changed. The server keeps tiles by the same rule.
 */

/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

/** Where tiles of a layer have changed; null: wherever they are. */
export interface Places {
	readonly layer: string;
	readonly boxes: readonly Box[] | null;
}

/** A box in shares of the world: left, top, right, bottom. */
interface Square {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/* More than these are one step for all tiles. */
const PLACES_MAX = 200;

function down(latitude: number): number {
	return (1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2;
}

export function squareOf([west, south, east, north]: Box): Square {
	return { left: (west + 180) / 360, top: down(north), right: (east + 180) / 360, bottom: down(south) };
}

/** Whether a tile, with a margin of so many of its sides, meets a square. */
export function tileMeets(square: Square, zoom: number, x: number, y: number, margin: number): boolean {
	const side = 2 ** -zoom;
	const reach = margin * side;
	const meetsAcross = square.left <= (x + 1) * side + reach && square.right >= x * side - reach;
	return meetsAcross && square.top <= (y + 1) * side + reach && square.bottom >= y * side - reach;
}

export class Touched {
	private generation = 0;
	/** The generation of tiles that no place has touched. */
	private base = 0;
	private places: readonly { readonly square: Square; readonly generation: number }[] = [];

	/** `margin`: how far what is in a tile may lie beside it, in its sides. */
	constructor(private readonly margin: number) {}

	/** All tiles are others now. */
	all(): void {
		this.base = ++this.generation;
		this.places = [];
	}

	at(boxes: readonly Box[] | null): void {
		if (!boxes || this.places.length + boxes.length > PLACES_MAX) return this.all();
		const generation = ++this.generation;
		this.places = [...this.places, ...boxes.map((box) => ({ square: squareOf(box), generation }))];
	}

	/** What tells states of all tiles from one another. */
	get latest(): number {
		return this.generation;
	}

	/** The generation of a tile as things are now, whatever is touched later. */
	generations(): (zoom: number, x: number, y: number) => number {
		const { base, places, margin } = this;
		return (zoom, x, y) =>
			places.reduce((latest, place) => (tileMeets(place.square, zoom, x, y, margin) ? place.generation : latest), base);
	}
}
