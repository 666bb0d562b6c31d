/*
 * paths: the lines that a geometry is made of, whatever its kind: rings, lines, single points.
 */
import type { Coordinate } from "ol/coordinate";
import { type Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon } from "ol/geom";
import type { GridPlace } from "../place";
import { pathLength, ringArea } from "./measure_tool";

export interface Path {
	/** Of a ring without the repeated first point. */
	readonly points: Coordinate[];
	readonly least: number;
	readonly isRing: boolean;
	/** Inside a ring that came before. */
	readonly isHole: boolean;
}

function ring(points: Coordinate[], i: number): Path {
	return { points: points.slice(0, -1), least: 3, isRing: true, isHole: i > 0 };
}

function line(points: Coordinate[], least: number): Path {
	return { points: [...points], least, isRing: false, isHole: false };
}

export function pathsOf(geometry: Geometry | undefined): Path[] {
	if (geometry instanceof Polygon) return geometry.getCoordinates().map(ring);
	if (geometry instanceof MultiPolygon) return geometry.getCoordinates().flatMap((rings) => rings.map(ring));
	if (geometry instanceof LineString) return [line(geometry.getCoordinates(), 2)];
	if (geometry instanceof MultiLineString) return geometry.getCoordinates().map((path) => line(path, 2));
	if (geometry instanceof Point) return [line([geometry.getCoordinates()], 1)];
	if (geometry instanceof MultiPoint) return geometry.getCoordinates().map((point) => line([point], 1));
	return [];
}

function closed(path: Path): Coordinate[] {
	const first = path.points[0];
	return path.isRing && first ? [...path.points, [...first]] : path.points;
}

/** Puts the paths of pathsOf(), with points moved, added or taken away, into the geometry. */
export function setPaths(geometry: Geometry, paths: readonly Path[]): void {
	const all = paths.map(closed);
	if (geometry instanceof Polygon || geometry instanceof MultiLineString) geometry.setCoordinates(all);
	else if (geometry instanceof LineString) geometry.setCoordinates(all[0] ?? []);
	else if (geometry instanceof Point) geometry.setCoordinates(all[0]?.[0] ?? []);
	else if (geometry instanceof MultiPoint) geometry.setCoordinates(all.flat());
	else if (geometry instanceof MultiPolygon) {
		const polygons: Coordinate[][][] = [];
		all.forEach((path, i) => {
			if (paths[i]?.isHole) polygons[polygons.length - 1]?.push(path);
			else polygons.push([path]);
		});
		geometry.setCoordinates(polygons);
	}
}

/** Length of lines, circumference and area of areas, in the working system. */
export function measure(paths: readonly Path[], toGrid: (point: Coordinate) => GridPlace): { lengthM: number; areaM2: number } {
	let lengthM = 0;
	let areaM2 = 0;
	for (const path of paths) {
		const places = path.points.map(toGrid);
		const first = places[0];
		lengthM += pathLength(path.isRing && first ? [...places, first] : places);
		if (path.isRing) areaM2 += (path.isHole ? -1 : 1) * ringArea(places);
	}
	return { lengthM, areaM2 };
}
