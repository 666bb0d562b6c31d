/*
 * switches: which layers are on: what the address says, else what this device remembers, else what
 * the city proposes.
 */
import type { Layer } from "./city";
import { Observed } from "./observed";
import { keep, remember } from "./remembered";

export class Switches {
	readonly on: Observed<ReadonlySet<string>>;

	constructor(layers: readonly Layer[], linked: readonly string[] | undefined) {
		const remembered = remember().switches;
		const isOn = (layer: Layer): boolean =>
			linked ? linked.includes(layer.id) : (remembered[layer.id] ?? layer.visible);
		this.on = new Observed<ReadonlySet<string>>(new Set(layers.filter(isOn).map((layer) => layer.id)));
	}

	/** A switch is remembered; what a link switched is not. */
	switch(id: string, on: boolean): void {
		const next = new Set(this.on.value);
		if (on) next.add(id);
		else next.delete(id);
		keep({ switches: { ...remember().switches, [id]: on } });
		this.on.value = next;
	}
}
