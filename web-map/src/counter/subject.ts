/*
 * subject: what lies on the desk for house numbers, as the address of the page says it: "file/12".
 */

const PLAIN = ["queue", "schemes", "intake"] as const;
/** file: a case file; lot: a parcel without one; number: an address; way: a street to be numbered; scheme: one that was made. */
const NUMBERED = ["file", "lot", "number", "way", "scheme"] as const;

export type Subject =
	| { readonly kind: (typeof PLAIN)[number] }
	| { readonly kind: (typeof NUMBERED)[number]; readonly id: number };

/** Beside them nothing lies open. */
export const LISTS: readonly Subject["kind"][] = ["queue", "schemes"];

export function writeSubject(subject: Subject): string {
	return "id" in subject ? `${subject.kind}/${subject.id}` : subject.kind;
}

/** What nobody can read is the queue. */
export function readSubject(text: string): Subject {
	const [word, id] = text.split("/");
	const plain = PLAIN.find((kind) => kind === word);
	const numbered = NUMBERED.find((kind) => kind === word);
	if (plain && id === undefined) return { kind: plain };
	return numbered && Number(id) > 0 ? { kind: numbered, id: Number(id) } : { kind: "queue" };
}

export function isSame(a: Subject, b: Subject): boolean {
	return writeSubject(a) === writeSubject(b);
}
