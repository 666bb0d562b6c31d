/*
 * account_menu: small menus of the rail for who is logged in: the account, and what can be added.
 */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { classOf, type Layer } from "../city";
import { say, t } from "../i18n/language";
import type { Session } from "../session";
import { icon } from "./icon";
import { Panel } from "./panel";
import { swatch } from "./swatch";

export interface AccountActions {
	close(): void;
	add(layer: string): void;
	logOut(): void;
}

@customElement("dothi-account")
export class AccountMenu extends Panel {
	@property({ attribute: false }) who: Session | undefined;
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) menu: "none" | "account" | "add" = "none";
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
				<ul class="menu-list scroll">
					<li><button class="menu-item" @click=${() => this.actions.logOut()}>${icon("leave")}<span>${t("ui_log_out")}</span></button></li>
				</ul>
			`,
		);
	}
}
