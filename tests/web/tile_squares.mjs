/*
 * tile_squares: places in the units of tiles (4096 a side, from the north-west corner of the world), and
 * which tiles a geometry touches. Our own reckoning of WebMercatorQuad, beside the server's.
 */
export const EXTENT = 4096;
export const BUFFER = 64;

/** A place in degrees in the units of a zoom. */
export function unitsOf([lon, lat], zoom) {
	const y = (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2;
	return [((lon + 180) / 360) * EXTENT * 2 ** zoom, y * EXTENT * 2 ** zoom];
}

/** The tiles of a zoom under a box of degrees: [[x, y]]. */
export function tilesUnder([west, south, east, north], zoom) {
	const [left, top] = unitsOf([west, north], zoom).map((unit) => Math.floor(unit / EXTENT));
	const [right, bottom] = unitsOf([east, south], zoom).map((unit) => Math.floor(unit / EXTENT));
	const tiles = [];
	for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) tiles.push([x, y]);
	return tiles;
}

function linesIn(type, coordinates) {
	if (typeof coordinates[0] === "number") return [[coordinates]];
	if (typeof coordinates[0][0] === "number") return type === "MultiPoint" ? coordinates.map((place) => [place]) : [coordinates];
	return coordinates.flatMap((part) => linesIn(type, part));
}

/** The lines and rings of a geometry in the units of a zoom; a point is a line of one. */
export function pathsOf({ type, coordinates }, zoom) {
	const lines = linesIn(type, coordinates).map((line) => line.map((place) => unitsOf(place, zoom)));
	return { isArea: type.endsWith("Polygon"), lines };
}

/** Whether a stretch has a part in a box: [min x, min y, max x, max y]. */
function stretchTouches([ax, ay], [bx, by], [minX, minY, maxX, maxY]) {
	let from = 0;
	let to = 1;
	for (const [at, step, min, max] of [[ax, bx - ax, minX, maxX], [ay, by - ay, minY, maxY]]) {
		if (step === 0) {
			if (at < min || at > max) return false;
			continue;
		}
		const [near, far] = [(min - at) / step, (max - at) / step].sort((a, b) => a - b);
		from = Math.max(from, near);
		to = Math.min(to, far);
	}
	return from <= to;
}

/** Whether a place is in what an odd number of rings surrounds. */
export function holdsPlace(rings, x, y) {
	let isIn = false;
	for (const ring of rings)
		for (let i = 1; i < ring.length; i++) {
			const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]];
			if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
		}
	return isIn;
}

/** Whether paths have a part in a box. */
export function touches({ isArea, lines }, box) {
	for (const line of lines)
		for (let i = 0; i < line.length; i++) if (stretchTouches(line[Math.max(0, i - 1)], line[i], box)) return true;
	return isArea && holdsPlace(lines, box[0], box[1]);
}

/** The box of a tile with so many units around it. */
export function squareOf(x, y, margin) {
	return [x * EXTENT - margin, y * EXTENT - margin, (x + 1) * EXTENT + margin, (y + 1) * EXTENT + margin];
}

/** Visits the tiles whose square, with a margin, paths touch. */
export function eachTouched(paths, margin, visit) {
	const all = paths.lines.flat();
	const [left, top] = [0, 1].map((axis) => Math.floor((Math.min(...all.map((place) => place[axis])) - margin) / EXTENT));
	const [right, bottom] = [0, 1].map((axis) => Math.floor((Math.max(...all.map((place) => place[axis])) + margin) / EXTENT));
	for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) if (touches(paths, squareOf(x, y, margin))) visit(x, y);
}
