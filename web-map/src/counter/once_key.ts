/*
 * once_key: the key under which something is sent, so that what is sent again is done once.
 */
import { randomKey } from "../draft";

export class OnceKey {
	private content = "";
	private key = "";

	/** The same while the content is. */
	of(content: unknown): string {
		const text = JSON.stringify(content);
		if (!this.key || text !== this.content) this.key = randomKey();
		this.content = text;
		return this.key;
	}

	/** It was done: the next one is another, with the same content too. */
	done(): void {
		this.key = "";
	}
}
