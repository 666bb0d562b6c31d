/*
 * place: a point on the ground, in degrees (WGS 84) and in the city's working coordinate system.
 *
 * The working system comes from the server with its datum shift, so both agree within a millimetre.
 * Surveyors in Vietnam call the northing X and the easting Y; in code it is north and east.
 */
import proj4 from "proj4";
import type { City } from "./city";

/** Longitude, latitude in degrees. */
export type LonLat = readonly [number, number];

export interface GridPlace {
	readonly north: number;
	readonly east: number;
}

const EARTH_RADIUS_M = 6_371_008.8;
const DEGREE = Math.PI / 180;

/** On the sphere; to compare and to choose, not to measure. */
export function distanceM([lonA, latA]: LonLat, [lonB, latB]: LonLat): number {
	const half = (a: number, b: number): number => Math.sin(((b - a) * DEGREE) / 2) ** 2;
	const chord = half(latA, latB) + Math.cos(latA * DEGREE) * Math.cos(latB * DEGREE) * half(lonA, lonB);
	return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}

export class WorkingGrid {
	/** As people call it: "VN-2000", the zone in the long name. */
	readonly shortName: string;
	readonly name: string;
	private readonly converter: proj4.Converter;

	constructor(crs: City["crs"]) {
		this.name = crs.name;
		this.shortName = crs.name.split(" / ")[0] ?? crs.name;
		this.converter = proj4("+proj=longlat +datum=WGS84 +no_defs", crs.proj4);
	}

	toGrid([lon, lat]: LonLat): GridPlace {
		const [east, north] = this.converter.forward([lon, lat]) as [number, number];
		return { north, east };
	}

	/** Undefined where the system has no such place. */
	toLonLat({ north, east }: GridPlace): LonLat | undefined {
		if (!Number.isFinite(north) || !Number.isFinite(east)) return undefined;
		const [lon, lat] = this.converter.inverse([east, north]) as [number, number];
		const sound = Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
		return sound ? [lon, lat] : undefined;
	}
}
