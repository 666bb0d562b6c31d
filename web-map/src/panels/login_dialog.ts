/*
 * login_dialog: asks for login and password. enter() resolves when somebody is in, or gave up.
 */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ApiError } from "../api";
import { t } from "../i18n/language";
import { interrupted, logIn } from "../session";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

const SECOND_MS = 1000;
const TOO_MANY = 429;

@customElement("dothi-login")
export class LoginDialog extends Panel {
	@state() private error: ApiError | undefined;
	@state() private busy = false;
	@state() private shown = false;
	/** Seconds to wait after too many attempts. */
	@state() private waitS = 0;
	private settle: ((entered: boolean) => void) | undefined;
	private asked: Promise<boolean> | undefined;
	private timer: ReturnType<typeof setInterval> | undefined;

	/** True when somebody has logged in. Who asks while it is open gets the same answer. */
	enter(): Promise<boolean> {
		this.asked ??= new Promise((settle) => {
			this.settle = settle;
			this.error = undefined;
			this.shown = false;
			this.requestUpdate();
			void this.updateComplete.then(() => this.show());
		});
		return this.asked;
	}

	private show(): void {
		this.querySelector("dialog")?.showModal();
		const empty = interrupted.value ? "[name=password]" : "[name=login]";
		this.querySelector<HTMLInputElement>(empty)?.focus();
	}

	private end(entered: boolean): void {
		const { settle } = this;
		this.settle = undefined;
		this.asked = undefined;
		this.querySelector("form")?.reset();
		settle?.(entered);
	}

	protected override render(): TemplateResult {
		return html`
			<dialog class="panel dialog" aria-labelledby="login-title" @close=${() => this.end(false)}>
				<header class="panel-head">
					<h2 id="login-title">${t("ui_log_in")}</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${this.close}>${icon("close")}</button>
				</header>
				<form class="pad inputs" method="post" @submit=${this.submit}>
					<p class="muted">${t(interrupted.value ? "ui_login_again" : "ui_login_hint")}</p>
					<label class="field">
						<span>${t("ui_login_name")}</span>
						<input name="login" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required
							.defaultValue=${interrupted.value ?? ""} />
					</label>
					<label class="field">
						<span>${t("ui_password")}</span>
						<input name="password" type=${this.shown ? "text" : "password"} autocomplete="current-password" required />
					</label>
					<label class="check">
						<input type="checkbox" .checked=${this.shown} @change=${() => (this.shown = !this.shown)} />
						<span>${t("ui_show_password")}</span>
					</label>
					${failure(this.error)}
					<div class="form-end">
						<button class="button" type="submit" ?disabled=${this.busy || this.waitS > 0}>
							${this.waitS > 0 ? t("ui_wait_seconds", { seconds: this.waitS }) : t("ui_log_in")}
						</button>
						${this.busy ? html`<span class="busy" aria-hidden="true"></span>` : nothing}
					</div>
				</form>
			</dialog>
		`;
	}

	private close(): void {
		this.querySelector("dialog")?.close();
	}

	private async submit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const content = new FormData(event.target as HTMLFormElement);
		if (this.busy || this.waitS > 0) return;
		this.busy = true;
		this.error = undefined;
		try {
			await logIn(String(content.get("login")).trim(), String(content.get("password")));
			this.end(true);
			this.close();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
			if (cause.status === TOO_MANY) this.countDown(cause.retryAfterS);
			this.querySelector<HTMLInputElement>("[name=password]")?.select();
		} finally {
			this.busy = false;
		}
	}

	private countDown(seconds: number): void {
		this.waitS = Math.ceil(seconds);
		clearInterval(this.timer);
		this.timer = setInterval(() => {
			this.waitS--;
			if (this.waitS > 0) return;
			clearInterval(this.timer);
			this.error = undefined;
		}, SECOND_MS);
	}
}
