/*
 * counter_panel: what all parts of the desk for house numbers have in common: what they ask of it, and
 * that nothing typed is lost when the server refuses.
 */
import { property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { language } from "../i18n/language";
import type { Marks } from "../map/number_marks";
import { Panel } from "../panels/panel";
import type { LonLat } from "../place";
import type { Shape } from "../record";
import type { Subject } from "./subject";

export interface CounterActions {
	open(subject: Subject): void;
	/** Back to the list. */
	leave(): void;
	toast(text: string): void;
	/** Draws on the map. */
	mark(marks: Marks): void;
	fit(shape: Shape): void;
	/** Asks to log in again; true when somebody has come in. */
	enter(): Promise<boolean>;
	/** House numbers have changed. */
	changed(): void;
	/** The next place that is pointed at on the map; undefined: no longer. */
	pickPlace(take: ((place: LonLat) => void) | undefined): void;
}

const UNAUTHORISED = 401;

export abstract class CounterPanel extends Panel {
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) actions!: CounterActions;
	@state() protected error: ApiError | undefined;
	@state() protected busy = false;
	private question: AbortController | undefined;
	private unlisten: (() => void) | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.unlisten = language.listen(() => this.askAgain());
	}

	override disconnectedCallback(): void {
		this.unlisten?.();
		this.question?.abort();
		super.disconnectedCallback();
	}

	/** The server's words are in the language of before. */
	protected askAgain(): void {
		this.error = undefined;
	}

	/** Does what the server may refuse; then it is undefined, and the error says why. */
	protected async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
		if (this.busy) return undefined;
		this.busy = true;
		this.error = undefined;
		try {
			return await this.insist(work);
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
			return undefined;
		} finally {
			this.busy = false;
		}
	}

	private async insist<T>(work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} catch (cause) {
			const isOver = cause instanceof ApiError && cause.status === UNAUTHORISED;
			if (isOver && (await this.actions.enter())) return work();
			throw cause;
		}
	}

	/** Asks; a new question ends the one before it, whose answer is undefined. */
	protected async ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
		const question = new AbortController();
		this.question?.abort();
		this.question = question;
		try {
			const answer = await work(question.signal);
			return question.signal.aborted ? undefined : answer;
		} catch (cause) {
			if (question.signal.aborted) return undefined;
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
			return undefined;
		}
	}

	/** Where the keyboard goes when it opens. */
	focusTitle(): void {
		this.querySelector<HTMLElement>("h2")?.focus();
	}
}
