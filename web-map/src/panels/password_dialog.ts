/*
 * password_dialog: where a one-time link leads: a new password, twice.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import { t } from "../i18n/language";
import { redeemLink } from "../session";
import { failure } from "./failure";
import { Panel } from "./panel";

/* The server has the last word; this one saves the way there. */
const LEAST_CHARACTERS = 8;

@customElement("dothi-password")
export class PasswordDialog extends Panel {
	/** The link, out of the address of the page. */
	@property({ attribute: false }) link = "";
	/** Called when the password is set and its owner is in. */
	@property({ attribute: false }) done!: () => void;
	@state() private error: ApiError | undefined;
	@state() private fault = "";
	@state() private shown = false;
	@state() private busy = false;

	protected override firstUpdated(): void {
		this.querySelector("dialog")?.showModal();
	}

	protected override render(): TemplateResult {
		const type = this.shown ? "text" : "password";
		return html`
			<dialog class="panel dialog" aria-labelledby="password-title" @cancel=${(event: Event) => event.preventDefault()}>
				<header class="panel-head"><h2 id="password-title">${t("ui_set_password")}</h2></header>
				<form class="pad inputs" method="post" @submit=${this.submit}>
					<p id="password-rules" class="muted">${t("ui_password_rules")}</p>
					<label class="field">
						<span>${t("ui_new_password")}</span>
						<input name="first" type=${type} autocomplete="new-password" required autofocus aria-describedby="password-rules" />
					</label>
					<label class="field">
						<span>${t("ui_new_password_again")}</span>
						<input name="second" type=${type} autocomplete="new-password" required />
					</label>
					<label class="check">
						<input type="checkbox" .checked=${this.shown} @change=${() => (this.shown = !this.shown)} />
						<span>${t("ui_show_password")}</span>
					</label>
					${this.fault ? html`<div class="failure" role="alert"><p>${this.fault}</p></div>` : nothing}
					${failure(this.error)}
					<div class="form-end">
						<button class="button" type="submit" ?disabled=${this.busy}>${t("ui_set_password")}</button>
						${this.busy ? html`<span class="busy" aria-hidden="true"></span>` : nothing}
					</div>
				</form>
			</dialog>
		`;
	}

	private faultOf(first: string, second: string): string {
		if ([...first].length < LEAST_CHARACTERS) return t("ui_password_too_short");
		return first === second ? "" : t("ui_passwords_differ");
	}

	private async submit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const content = new FormData(event.target as HTMLFormElement);
		const first = String(content.get("first"));
		this.error = undefined;
		this.fault = this.faultOf(first, String(content.get("second")));
		if (this.fault || this.busy) return;
		this.busy = true;
		try {
			await redeemLink(this.link, first);
			this.querySelector("dialog")?.close();
			this.done();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		} finally {
			this.busy = false;
		}
	}
}
