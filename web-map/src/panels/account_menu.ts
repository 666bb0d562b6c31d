/*
 * account_menu: small menus of the rail for who is logged in: the account, and what can be added.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { classOf, type Layer } from "../city";
import { say, t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import type { Session } from "../session";
import type { Waiting } from "./desk";
import { type DraftActions, nameDraft } from "./drafts_notice";
import { icon } from "./icon";
import { Panel } from "./panel";
import { swatch } from "./swatch";

export interface AccountActions extends DraftActions {
	close(): void;
	add(layer: string): void;
	openConflict(id: number): void;
	/** The accounts of all, or one's own tokens. */
	people(what: "accounts" | "tokens"): void;
	logOut(): void;
}

@customElement("dothi-account")
export class AccountMenu extends Panel {
	@property({ attribute: false }) who: Session | undefined;
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) menu: "none" | "account" | "add" = "none";
	@property({ attribute: false }) waiting: Waiting = { conflicts: [], drafts: [] };
	@property({ attribute: false }) actions!: AccountActions;

	protected override updated(): void {
		if (this.menu !== "none") this.querySelector<HTMLElement>("h2")?.focus();
	}

	protected override render(): TemplateResult {
		if (this.menu === "none" || !this.who?.login) return html``;
		return this.menu === "add" ? this.renderAdd(this.who) : this.renderAccount(this.who);
	}

	private frame(title: string, body: TemplateResult): TemplateResult {
		return html`
			<section class="panel menu" aria-labelledby="menu-title">
				<header class="panel-head">
					<h2 id="menu-title" tabindex="-1">${title}</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.close()}>${icon("close")}</button>
				</header>
				${body}
			</section>
		`;
	}

	private renderAdd(who: Session): TemplateResult {
		const layers = this.layers.filter((layer) => who.writes.includes(layer.id)).reverse();
		return this.frame(
			t("ui_add"),
			html`
				<ul class="menu-list scroll">
					${layers.map((layer) => {
						const look = classOf(layer.look, null) ?? layer.look.classes[0];
						return html`<li><button class="menu-item" @click=${() => this.actions.add(layer.id)}>
							${look ? swatch(layer.geometry, layer.look, look) : icon("draw")}<span>${say(layer.title)}</span>
						</button></li>`;
					})}
				</ul>
			`,
		);
	}

	private renderAccount(who: Session): TemplateResult {
		return this.frame(
			who.login ?? "",
			html`
				<p class="muted menu-role">${say(who.role_title)}</p>
				<div class="scroll">
				${this.renderConflicts()} ${this.renderDrafts()}
				<ul class="menu-list">
					${who.administers
						? html`<li><button class="menu-item" @click=${() => this.actions.people("accounts")}>${icon("people")}<span>${t("ui_accounts")}</span></button></li>`
						: nothing}
					<li><button class="menu-item" @click=${() => this.actions.people("tokens")}>${icon("key")}<span>${t("ui_my_tokens")}</span></button></li>
					<li><button class="menu-item" @click=${() => this.actions.logOut()}>${icon("leave")}<span>${t("ui_log_out")}</span></button></li>
				</ul>
				</div>
			`,
		);
	}

	private titleOf(layer: string): string {
		const found = this.layers.find((one) => one.id === layer);
		return found ? say(found.title) : layer;
	}

	private renderConflicts(): TemplateResult | typeof nothing {
		const { conflicts } = this.waiting;
		if (!conflicts.length) return nothing;
		return html`
			<h3 class="menu-title">${t("ui_open_conflicts")}<span class="count">${conflicts.length}</span></h3>
			<ul class="menu-list">
				${conflicts.map(
					(one) => html`<li><button class="menu-item" @click=${() => this.actions.openConflict(one.id)}>
						${icon("compare")}<span>${t("ui_record_number", { layer: this.titleOf(one.layer), id: one.feature_id })}
						<span class="muted tiny">${formatInstant(one.created_at)}</span></span>
					</button></li>`,
				)}
			</ul>
		`;
	}

	private renderDrafts(): TemplateResult | typeof nothing {
		const { drafts } = this.waiting;
		const layers = new Map(this.layers.map((layer) => [layer.id, layer]));
		if (!drafts.length) return nothing;
		return html`
			<h3 class="menu-title">${t("ui_drafts")}<span class="count">${drafts.length}</span></h3>
			<ul class="menu-list">
				${drafts.map(
					(draft) => html`<li class="menu-pair">
						<button class="menu-item" @click=${() => this.actions.openDraft(draft)}>
							${icon("pencil")}<span>${nameDraft(draft, layers)}
							<span class="muted tiny">${formatInstant(new Date(draft.changedAt).toISOString())}</span></span>
						</button>
						<button class="quiet square" aria-label="${t("ui_discard_draft")}: ${nameDraft(draft, layers)}" title=${t("ui_discard_draft")}
							@click=${() => this.actions.discardDraft(draft)}>${icon("trash")}</button>
					</li>`,
				)}
			</ul>
		`;
	}
}
