/*
 * field_text: values of fields as people type them.
 *
 * Numbers are taken as they are written here and abroad: 1.234,5 and 1,234.5. Where a lone sign could
 * be either, the language that is spoken decides, and the form shows how it was understood.
 */
import type { Field } from "./city";
import type { Language } from "./i18n/language";

/** JSON of a property; null unknown. */
export type FieldValue = string | number | boolean | null;

export type Reading = { readonly value: FieldValue } | { readonly fault: "number" | "whole" | "date" };

/** As it stands in an input before anybody typed. */
export function writeValue(value: unknown, field: Field, language: Language): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "number" && field.type === "real" && language === "vi") return String(value).replace(".", ",");
	return String(value);
}

/* The sign that parts the decimals of a number; "" none. */
function decimalSign(text: string, language: Language): string {
	const comma = text.lastIndexOf(",");
	const dot = text.lastIndexOf(".");
	if (comma >= 0 && dot >= 0) return comma > dot ? "," : ".";
	const sign = comma >= 0 ? "," : dot >= 0 ? "." : "";
	if (!sign) return "";
	const parts = text.split(sign);
	const groups = parts.length > 1 && parts.slice(1).every((part) => /^\d{3}$/.test(part));
	const groupingSign = language === "vi" ? "." : ",";
	if (parts.length > 2) return groups ? "" : sign;
	return groups && sign === groupingSign && !/^-?0?$/.test(parts[0] ?? "") ? "" : sign;
}

function readNumber(text: string, language: Language): number {
	const bare = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
	const sign = decimalSign(bare, language);
	const grouping = sign === "," ? /\./g : sign === "." ? /,/g : /[.,]/g;
	const plain = bare.replace(grouping, "").replace(",", ".");
	return /^-?\d*\.?\d+$|^-?\d+\.$/.test(plain) ? Number(plain) : NaN;
}

/** What the text means; an empty one is null. */
export function readValue(text: string, field: Field, language: Language): Reading {
	if (text.trim() === "") return { value: null };
	if (field.type === "bool") return { value: text === "true" };
	if (field.type === "date")
		return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? { value: text.trim() } : { fault: "date" };
	if (field.type === "text") return { value: text.trim().normalize("NFC") };
	const value = readNumber(text, language);
	if (!Number.isFinite(value)) return { fault: "number" };
	return field.type === "int" && !Number.isInteger(value) ? { fault: "whole" } : { value };
}
