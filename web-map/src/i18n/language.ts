/*
 * language: the language that is spoken, and the texts in it.
 *
 * Texts come from the catalogue of messages; their names and arguments are types, so a text that is
 * missing does not compile.
 */
import { Observed } from "../observed";
import { formatBytes, formatInteger, formatReal } from "./number";
import { texts, type TextArguments } from "../../generated/texts";

export type Language = "vi" | "en";

export type Title = Readonly<Record<Language, string>>;

export type TextName = keyof typeof texts;

type ArgumentsOf<K extends TextName> = keyof TextArguments[K] extends never ? [] : [TextArguments[K]];

export const language = new Observed<Language>("vi");

export function isLanguage(word: string | null | undefined): word is Language {
	return word === "vi" || word === "en";
}

/** The first of the browser's languages that is spoken here; Vietnamese without one. */
export function languageOfBrowser(): Language {
	const words = navigator.languages.map((tag) => tag.slice(0, 2));
	return words.find(isLanguage) ?? "vi";
}

function printArgument(type: string, value: string | number): string {
	if (typeof value === "string" || type === "id") return String(value);
	if (type === "int") return formatInteger(value, language.value);
	return type === "bytes" ? formatBytes(value, language.value) : formatReal(value, 3, language.value);
}

/** The text of that name; its {arguments} are written as the language writes them. */
export function t<K extends TextName>(name: K, ...args: ArgumentsOf<K>): string {
	const types: Readonly<Record<string, string>> = texts[name].types;
	const values: Readonly<Record<string, string | number>> = args[0] ?? {};

	return texts[name][language.value].replace(/\{([a-z_0-9]+)\}/g, (whole, key: string) => {
		const value = values[key];
		return value === undefined ? whole : printArgument(types[key] ?? "text", value);
	});
}

/** A title of the register in the language that is spoken. */
export function say(title: Title): string {
	return title[language.value];
}
