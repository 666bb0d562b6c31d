/*
 * observed: a value that tells its listeners when it changes.
 */

export class Observed<T> {
	private readonly listeners = new Set<(value: T) => void>();

	constructor(private current: T) {}

	get value(): T {
		return this.current;
	}

	set value(value: T) {
		if (value === this.current) return;
		this.current = value;
		for (const listener of [...this.listeners]) listener(value);
	}

	/** Returns what ends the listening. */
	listen(listener: (value: T) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}
}
