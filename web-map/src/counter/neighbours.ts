/*
 * neighbours: the house numbers around a place, as they are written on the map.
 */
import { askRecordsIn } from "../api";
import type { Bounds, Layer } from "../city";
import type { MarkKind, NumberMark } from "../map/number_marks";
import type { CityRecord, Position, Shape } from "../record";

/* About 90 m in the middle of Vietnam, and north of it. */
const AROUND_DEG = 0.0008;

function eachPosition(part: unknown, take: (position: Position) => void): void {
	if (!Array.isArray(part)) return;
	if (typeof part[0] === "number") take(part as Position);
	else for (const one of part) eachPosition(one, take);
}

export function boxAround(shape: Shape): Bounds {
	let [west, south, east, north] = [180, 90, -180, -90];
	eachPosition(shape.coordinates, ([lon = 0, lat = 0]) => {
		[west, east] = [Math.min(west, lon), Math.max(east, lon)];
		[south, north] = [Math.min(south, lat), Math.max(north, lat)];
	});
	return [west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG];
}

export function kindOf(number: unknown): MarkKind {
	return Number(number) % 2 ? "odd" : "even";
}

const RETIRED = "retired";
const RESERVED = "reserved";

/** Marks of the numbers around a place; those of other streets are smaller. */
export async function askNeighbours(layer: Layer, around: Shape, street: number | undefined, signal: AbortSignal): Promise<{ readonly id: number; readonly mark: NumberMark }[]> {
	const role = layer.address;
	if (!role) return [];
	const records = await askRecordsIn(layer.id, boxAround(around), signal);
	const isOther = ({ properties }: CityRecord): boolean => street !== undefined && properties[role.street] !== street;
	return records
		.filter(({ properties }) => properties[role.status] !== RETIRED)
		.map((record) => ({
			id: record.id,
			mark: {
				shape: record.geometry,
				plate: String(record.properties[role.plate] ?? ""),
				kind: isOther(record) ? "other" : kindOf(record.properties[role.number]),
				pale: record.properties[role.status] === RESERVED,
			},
		}));
}
