/*
 * clipboard: copies a text; true if it went well.
 */

/* Without https the browser offers no clipboard to pages; a selected text it still copies. */
function copySelected(text: string): boolean {
	const field = document.createElement("textarea");
	field.value = text;
	field.style.cssText = "position:fixed;opacity:0";
	document.body.append(field);
	field.select();
	const done = document.execCommand("copy");
	field.remove();
	return done;
}

export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}
