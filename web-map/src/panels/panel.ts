/*
 * panel: what all parts of the page have in common. They draw into the page itself, so that one
 * style sheet serves all, and draw anew when the language changes.
 */
import { LitElement } from "lit";
import { language } from "../i18n/language";

export abstract class Panel extends LitElement {
	private stopListening: (() => void) | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.stopListening = language.listen(() => this.requestUpdate());
	}

	override disconnectedCallback(): void {
		this.stopListening?.();
		super.disconnectedCallback();
	}

	protected override createRenderRoot(): HTMLElement {
		return this;
	}
}
