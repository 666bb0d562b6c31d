/*
 * catalogue: the texts of the web map, out of THE catalogue base/messages.txt.
 *
 * Its codes UI-* belong to the web map. They become generated/texts.ts, whose type knows every name
 * and its arguments: a text that is missing, or lacks an argument, does not compile. Those of the desk
 * for house numbers, UI-NUM*, come with the desk: generated/counter_texts.ts.
 */

const ARGUMENT_TYPES = { text: "string", int: "number", id: "number", real: "number", bytes: "number" };

/** The UI-* messages of the catalogue: [{code, name, arguments: [{name, type}], vi, en}]. */
export function readCatalogue(source) {
	const messages = [];
	let message;

	source.split("\n").forEach((line, index) => {
		const fail = (why) => {
			throw new Error(`messages.txt:${index + 1}: ${why}`);
		};
		if (/^#|^\s*$/.test(line)) return;
		const text = /^(vi|en) (.*)$/.exec(line);
		if (text && message) {
			if (message[text[1]] !== undefined) fail(`a second ${text[1]}`);
			message[text[1]] = text[2];
		} else if (/^[A-Z]/.test(line)) {
			const [code, name, kind, ...args] = line.trim().split(/\s+/);
			message = undefined;
			if (!code.startsWith("UI-")) return;
			if (kind !== "text") fail(`${code} must be of the kind text`);
			message = { code, name, arguments: args.map((arg) => readArgument(arg, fail)) };
			messages.push(message);
		}
	});
	messages.forEach(checkMessage);
	return messages;
}

export function isOfCounter({ code }) {
	return code.startsWith("UI-NUM");
}

function readArgument(word, fail) {
	const [name, type] = word.split(":");
	if (!(type in ARGUMENT_TYPES)) fail(`unknown type in ${word}`);
	return { name, type };
}

function checkMessage(message) {
	for (const language of ["vi", "en"]) {
		if (message[language] === undefined)
			throw new Error(`messages.txt: ${message.code} lacks ${language}`);
		for (const [, name] of message[language].matchAll(/\{([a-z_0-9]+)\}/g))
			if (!message.arguments.some((arg) => arg.name === name))
				throw new Error(`messages.txt: ${message.code} has no argument {${name}}`);
	}
}

/** The module generated/texts.ts. */
export function printTexts(messages) {
	const lines = ["// Made from base/messages.txt; do not edit.", "", "export const texts = {"];
	for (const message of messages) {
		const types = message.arguments.map((arg) => `${arg.name}: ${JSON.stringify(arg.type)}`);
		lines.push(
			`\t${message.name}: {`,
			`\t\tvi: ${JSON.stringify(message.vi)},`,
			`\t\ten: ${JSON.stringify(message.en)},`,
			`\t\ttypes: {${types.join(", ")}},`,
			"\t},",
		);
	}
	lines.push("} as const;", "", "export interface TextArguments {");
	for (const message of messages) {
		const types = message.arguments.map((arg) => `${arg.name}: ${ARGUMENT_TYPES[arg.type]}`);
		lines.push(`\t${message.name}: {${types.join("; ")}};`);
	}
	lines.push("}", "");
	return lines.join("\n");
}
