/*
 * shape: a shape of the register, in degrees, as a geometry of the map.
 */
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import type { Shape } from "../record";

const format = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

export function toGeometry(shape: Shape | null): Geometry | undefined {
	return (shape && format.readGeometry(shape)) ?? undefined;
}
