/*
 * number: numbers, measures and dates as a language writes them: 1.234,5 or 1,234.5.
 */
import type { Language } from "./language";

/* Units of the register are UCUM; those that print differently. */
const UNIT_SIGNS: Readonly<Record<string, string>> = { m2: "m²", m3: "m³", deg: "°", Cel: "°C" };

const M2_PER_HA = 10_000;
/* From here on square metres alone are hard to read. */
const HECTARES_FROM_M2 = 1000;

function print(value: number, least: number, most: number, language: Language): string {
	return new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", {
		minimumFractionDigits: least,
		maximumFractionDigits: most,
	}).format(value);
}

export function formatInteger(value: number, language: Language): string {
	return print(value, 0, 0, language);
}

/** At most so many decimals. */
export function formatReal(value: number, decimals: number, language: Language): string {
	return print(value, 0, decimals, language);
}

/** Exactly so many decimals. */
export function formatFixed(value: number, decimals: number, language: Language): string {
	return print(value, decimals, decimals, language);
}

export function formatBytes(bytes: number, language: Language): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let value = bytes;
	let unit = 0;

	while (Math.abs(value) >= 1000 && unit + 1 < units.length) {
		value /= 1000;
		unit++;
	}
	return `${formatReal(value, unit && Math.abs(value) < 100 ? 1 : 0, language)} ${units[unit] ?? ""}`;
}

export function unitSign(unit: string): string {
	return UNIT_SIGNS[unit] ?? unit;
}

export function formatLength(lengthM: number, language: Language): string {
	return `${formatFixed(lengthM, 2, language)} m`;
}

export function formatArea(areaM2: number, language: Language): string {
	return `${formatFixed(areaM2, 1, language)} m²`;
}

/** The same area in hectares; empty where square metres say it well. */
export function formatHectares(areaM2: number, language: Language): string {
	return areaM2 < HECTARES_FROM_M2 ? "" : `${formatFixed(areaM2 / M2_PER_HA, 4, language)} ha`;
}

/** "2026-03-09" as 09/03/2026; what is no date stays as it is. */
export function formatDate(date: string): string {
	const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(date);
	return match ? `${match[3]}/${match[2]}/${match[1]}` : date;
}

const DAY_MS = 86_400_000;

/** The last day of what ended on "2025-07-01": "2025-06-30". */
export function dayBefore(day: string): string {
	return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
}

/** An instant of the register as a clock in Vietnam shows it: 14:05 09/03/2026. */
export function formatInstant(instant: string): string {
	const part = (options: Intl.DateTimeFormatOptions): string =>
		new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", ...options }).format(new Date(instant));
	return `${part({ hour: "2-digit", minute: "2-digit" })} ${part({ day: "2-digit", month: "2-digit", year: "numeric" })}`;
}
