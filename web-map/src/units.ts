/*
 * units: the administrative units of today and before, by their ids.
 */
import { askJson } from "./api";
import type { Unit } from "./land";

let asked: Promise<ReadonlyMap<number, Unit>> | undefined;

/** They change by decisions alone: asked once a page. */
export function askUnits(): Promise<ReadonlyMap<number, Unit>> {
	asked ??= askJson<{ units: readonly Unit[] }>("/api/units?all_dates=1").then(({ units }) => new Map(units.map((unit) => [unit.id, unit])));
	return asked.catch((cause: unknown) => {
		asked = undefined;
		throw cause;
	});
}
