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

/** Texts of the catalogue, as catalogue.mjs prints them. */
type Texts = Readonly<Record<string, Title & { readonly types: Readonly<Record<string, string>> }>>;

/** Tells the text of a name; its {arguments} are written as the language writes them. */
type Teller<A> = <K extends keyof A & string>(name: K, ...args: keyof A[K] extends never ? [] : [A[K]]) => string;

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

/** Tells texts of a part of the catalogue; A: their arguments. */
export function tellerOf<A>(part: Texts): Teller<A> {
	return (name, ...args) => {
		const text = part[name];
		const values = (args[0] ?? {}) as Readonly<Record<string, string | number>>;

		return (text?.[language.value] ?? "").replace(/\{([a-z_0-9]+)\}/g, (whole, key: string) => {
			const value = values[key];
			return value === undefined ? whole : printArgument(text?.types[key] ?? "text", value);
		});
	};
}

export const t = tellerOf<TextArguments>(texts);

/** A title of the register in the language that is spoken. */
export function say(title: Title): string {
	return title[language.value];
}
