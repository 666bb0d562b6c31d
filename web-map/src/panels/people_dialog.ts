/*
 * people_dialog: accounts for the administrator; and for everybody the tokens of the own account.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Account, type AccountState, addAccount, askAccounts, askUnits, changeAccount, makeLink, type Role, type Unit } from "../accounts";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { say, t } from "../i18n/language";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";
import { toldOnce } from "./told_once";
import "./scopes_form";
import "./tokens_list";

const STATES: { readonly [state in AccountState]: "ui_state_active" | "ui_state_locked" | "ui_state_closed" } = {
	active: "ui_state_active",
	locked: "ui_state_locked",
	closed: "ui_state_closed",
};

@customElement("dothi-people")
export class PeopleDialog extends Panel {
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) copy!: (text: string) => void;
	@property({ attribute: false }) toast!: (text: string) => void;
	/** All accounts, or the own tokens alone. */
	@state() private what: "none" | "accounts" | "tokens" = "none";
	@state() private accounts: readonly Account[] = [];
	@state() private roles: readonly Role[] = [];
	@state() private units: readonly Unit[] = [];
	@state() private chosen = 0;
	@state() private closing = 0;
	@state() private error: ApiError | undefined;
	@state() private link: { readonly login: string; readonly url: string } | undefined;

	async open(what: "accounts" | "tokens"): Promise<void> {
		this.what = what;
		this.chosen = this.closing = 0;
		this.link = this.error = undefined;
		await this.updateComplete;
		this.querySelector("dialog")?.showModal();
		if (what === "tokens") return;
		await this.attempt(() => Promise.resolve());
		this.units = await askUnits(this.layers).catch(() => []);
	}

	/* Does it, and shows how the accounts stand then. */
	private async attempt(work: () => Promise<unknown>): Promise<boolean> {
		this.error = undefined;
		this.closing = 0;
		try {
			await work();
			const { accounts, roles } = await askAccounts();
			this.accounts = accounts;
			this.roles = roles;
			return true;
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
			return false;
		}
	}

	protected override render(): TemplateResult {
		if (this.what === "none") return html``;
		const title = t(this.what === "accounts" ? "ui_accounts" : "ui_my_tokens");
		return html`
			<dialog class="panel dialog wide" aria-labelledby="people-title" @close=${() => (this.what = "none")}>
				<header class="panel-head">
					<h2 id="people-title">${title}</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.querySelector("dialog")?.close()}>${icon("close")}</button>
				</header>
				<div class="pad inputs">
					${this.what === "tokens"
						? html`<dothi-tokens .layers=${this.layers} .copy=${this.copy}></dothi-tokens>`
						: this.renderAccounts()}
				</div>
			</dialog>
		`;
	}

	private renderAccounts(): TemplateResult {
		return html`
			<form class="line-form" @submit=${this.add}>
				<label class="field"><span>${t("ui_login_name")}</span><input name="login" type="text" required autocomplete="off" autocapitalize="none" spellcheck="false" /></label>
				<label class="field"><span>${t("ui_role")}</span>
					<select name="role">${this.roles.map((role) => html`<option value=${role.id}>${say(role.title)}</option>`)}</select>
				</label>
				<button class="button" type="submit">${t("ui_add_account")}</button>
			</form>
			${this.link ? toldOnce(t("ui_link_made", { login: this.link.login }), this.link.url, this.copy) : nothing}
			${failure(this.error)}
			<ul class="accounts">${this.accounts.map((account) => this.renderAccount(account))}</ul>
		`;
	}

	private renderAccount(account: Account): TemplateResult {
		const isChosen = this.chosen === account.id;
		return html`
			<li class=${account.state}>
				<button class="account-head" aria-expanded=${isChosen} @click=${() => (this.chosen = isChosen ? 0 : account.id)}>
					${icon("chevron")}
					<b>${account.is_public ? t("ui_visitors") : account.login}</b>
					<span class="muted">${say(account.role_title)}</span>
					<span class="spacer"></span>
					${account.state === "active" ? (account.has_password || account.is_public ? nothing : html`<span class="tiny warm">${t("ui_no_password")}</span>`) : html`<span class="tiny warm">${t(STATES[account.state])}</span>`}
				</button>
				${isChosen ? this.renderDetails(account) : nothing}
			</li>
		`;
	}

	private renderDetails(account: Account): TemplateResult {
		const isClosed = account.state === "closed";
		return html`
			<div class="account-body">
				${account.is_public || isClosed ? nothing : this.renderState(account)}
				${isClosed
					? html`<p class="hint">${t("ui_closed_hint")}</p>`
					: html`
							<h3>${t("ui_scopes")}</h3>
							<dothi-scopes .account=${account.id} .layers=${this.layers} .units=${this.units}
								.saved=${() => this.toast(t("ui_scope_saved"))}></dothi-scopes>
						`}
				${account.is_public || isClosed
					? nothing
					: html`<h3>${t("ui_tokens")}</h3><dothi-tokens .account=${account.id} .layers=${this.layers} .copy=${this.copy}></dothi-tokens>`}
			</div>
		`;
	}

	private renderState(account: Account): TemplateResult {
		const set = (state: AccountState): void => void this.attempt(() => changeAccount(account.id, { state }));
		const changeRole = (event: Event): void => {
			const select = event.target as HTMLSelectElement;
			void this.attempt(() => changeAccount(account.id, { role: select.value })).then((done) => {
				if (!done) select.value = account.role;
			});
		};
		return html`
			<div class="form-end">
				<label class="field inline-field"><span>${t("ui_role")}</span>
					<select @change=${changeRole}>${this.roles.map((role) => html`<option value=${role.id} ?selected=${role.id === account.role}>${say(role.title)}</option>`)}</select>
				</label>
				<button class="chip" @click=${() => this.relink(account)} ?disabled=${account.state !== "active"}>${icon("key")}${t("ui_new_link")}</button>
				${account.state === "active"
					? html`<button class="chip" @click=${() => set("locked")}>${t("ui_lock")}</button>`
					: html`<button class="chip" @click=${() => set("active")}>${t("ui_unlock")}</button>`}
				${this.closing === account.id
					? html`<span class="strong">${t("ui_close_question", { login: account.login })}</span>
							<button class="button danger" @click=${() => set("closed")}>${t("ui_close_account")}</button>
							<button class="button second" @click=${() => (this.closing = 0)}>${t("ui_cancel")}</button>`
					: html`<button class="quiet danger" @click=${() => (this.closing = account.id)}>${t("ui_close_account")}</button>`}
			</div>
		`;
	}

	private relink(account: Account): void {
		void this.attempt(async () => (this.link = await makeLink(account.id))).then(() => this.showLink());
	}

	private add(event: SubmitEvent): void {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const content = new FormData(form);
		void this.attempt(async () => {
			this.link = await addAccount(String(content.get("login")).trim(), String(content.get("role")));
			form.reset();
		}).then(() => this.showLink());
	}

	private showLink(): void {
		void this.updateComplete.then(() => this.querySelector(".told-once")?.scrollIntoView({ block: "nearest" }));
	}
}
