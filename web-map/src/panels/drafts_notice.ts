/*
 * drafts_notice: what was not saved last time, offered once when its author is back.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Layer } from "../city";
import type { Draft } from "../draft";
import { say, t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import { headingOf } from "../record";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface DraftActions {
	openDraft(draft: Draft): void;
	discardDraft(draft: Draft): void;
	/** All of them. */
	showDrafts(): void;
}

/** What a draft is called in a list. */
export function nameDraft({ layer: id, base }: Draft, layers: ReadonlyMap<string, Layer>): string {
	const layer = layers.get(id);
	if (!layer) return id;
	return base ? `${say(layer.title)}: ${headingOf(base, layer)}` : t("ui_new_of", { layer: say(layer.title) });
}

@customElement("dothi-drafts-notice")
export class DraftsNotice extends Panel {
	@property({ attribute: false }) drafts: readonly Draft[] = [];
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) actions!: DraftActions;
	@state() private isClosed = false;

	protected override render(): TemplateResult | typeof nothing {
		const [draft, ...more] = this.drafts;
		if (!draft || this.isClosed) return nothing;
		const close = (): void => void (this.isClosed = true);
		return html`
			<section class="panel notice drafts" role="status">
				${icon("pencil")}
				<div>
					<p class="strong">${more.length ? t("ui_drafts_left", { count: more.length + 1 }) : t("ui_draft_left", { what: nameDraft(draft, this.layers) })}</p>
					<p class="muted tiny">${formatInstant(new Date(draft.changedAt).toISOString())}</p>
				</div>
				<button class="button" @click=${() => (close(), more.length ? this.actions.showDrafts() : this.actions.openDraft(draft))}>
					${t(more.length ? "ui_show_drafts" : "ui_go_on")}
				</button>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${close}>${icon("close")}</button>
			</section>
		`;
	}
}
