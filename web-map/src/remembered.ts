/*
 * remembered: what this device keeps between visits: switches, theme, language and folds.
 *
 * Kept in the browser alone. Where it may not be kept, nothing is remembered and all works.
 */

export interface Remembered {
	/** Layers that are switched against what the city proposes. */
	switches: { [layer: string]: boolean };
	theme: "system" | "light" | "dark";
	language: "vi" | "en" | "";
	degrees: "decimal" | "dms";
	/** Legends that are folded or unfolded against the rule. */
	legends: { [layer: string]: boolean };
	panel: boolean;
	/** Who signed certificates last. */
	signer: { name: string; title: string };
}

const KEY = "dothi";

const nothing: Remembered = {
	switches: {},
	theme: "system",
	language: "",
	degrees: "decimal",
	legends: {},
	panel: true,
	signer: { name: "", title: "" },
};

export function remember(): Remembered {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
		return { ...nothing, ...(typeof kept === "object" ? kept : {}) };
	} catch {
		return { ...nothing };
	}
}

export function keep(changed: Partial<Remembered>): void {
	try {
		localStorage.setItem(KEY, JSON.stringify({ ...remember(), ...changed }));
	} catch {
		/* A browser that keeps nothing still shows the map. */
	}
}
