/*
 * tokens_list: the tokens by which programs (QGIS, scripts) enter: made, told once, revoked.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askTokens, makeToken, revokeToken, type Token } from "../accounts";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { say, t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import { failure } from "./failure";
import { Panel } from "./panel";
import { toldOnce } from "./told_once";

const DAYS = [30, 90, 365];
const DAYS_AT_FIRST = 365;

@customElement("dothi-tokens")
export class TokensList extends Panel {
	/** Undefined: one's own. */
	@property({ attribute: false }) account: number | undefined;
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) copy!: (text: string) => void;
	@state() private tokens: readonly Token[] | undefined;
	@state() private made = "";
	@state() private error: ApiError | undefined;

	protected override firstUpdated(): void {
		void this.attempt(() => Promise.resolve());
	}

	protected override updated(changed: PropertyValues<this>): void {
		if (changed.has("account") && changed.get("account") !== undefined) {
			this.made = "";
			void this.attempt(() => Promise.resolve());
		}
	}

	/* Does it, and shows how the list is then. */
	private async attempt(work: () => Promise<unknown>): Promise<void> {
		this.error = undefined;
		try {
			await work();
			this.tokens = await askTokens(this.account);
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		}
	}

	protected override render(): TemplateResult {
		const inForce = this.tokens?.filter((token) => !token.revoked_at) ?? [];
		return html`
			<p class="hint">${t("ui_tokens_hint")}</p>
			${this.made ? toldOnce(t("ui_token_made"), this.made, this.copy) : nothing}
			<ul class="tokens">${inForce.map((token) => this.renderToken(token))}</ul>
			${failure(this.error)}
			<form class="line-form" @submit=${this.make}>
				<label class="field"><span>${t("ui_token_name")}</span><input name="name" type="text" required autocomplete="off" maxlength="100" placeholder=${t("ui_token_name_hint")} /></label>
				<label class="field"><span>${t("ui_layer")}</span>
					<select name="layer"><option value="">${t("ui_all_layers")}</option>${this.layers.map((layer) => html`<option value=${layer.id}>${say(layer.title)}</option>`)}</select>
				</label>
				<label class="field"><span>${t("ui_token_days")}</span>
					<select name="days">
						${DAYS.map((days) => html`<option value=${days} ?selected=${days === DAYS_AT_FIRST}>${t("ui_days", { count: days })}</option>`)}
						<option value="">${t("ui_for_ever")}</option>
					</select>
				</label>
				<label class="check"><input name="write" type="checkbox" /><span>${t("ui_may_write")}</span></label>
				<button class="button second" type="submit">${t("ui_make_token")}</button>
			</form>
		`;
	}

	private renderToken(token: Token): TemplateResult {
		const layers = token.layers?.map((id) => say(this.layers.find((layer) => layer.id === id)?.title ?? { vi: id, en: id }));
		const parts = [
			t(token.may_write ? "ui_may_write" : "ui_read_only"),
			layers?.join(", ") ?? t("ui_all_layers"),
			token.expires_at ? t("ui_until", { at: formatInstant(token.expires_at) }) : t("ui_for_ever"),
			token.last_used_at ? t("ui_last_used", { at: formatInstant(token.last_used_at) }) : t("ui_never_used"),
		];
		return html`
			<li>
				<span><b>${token.name}</b><span class="muted tiny">${parts.join(" · ")}</span></span>
				<button type="button" class="quiet danger" aria-label="${t("ui_revoke")}: ${token.name}"
					@click=${() => this.attempt(() => revokeToken(token.id))}>${t("ui_revoke")}</button>
			</li>
		`;
	}

	private make(event: SubmitEvent): void {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const content = new FormData(form);
		const layer = String(content.get("layer"));
		const days = String(content.get("days"));
		void this.attempt(async () => {
			this.made = await makeToken(this.account, {
				name: String(content.get("name")),
				may_write: content.has("write"),
				layers: layer ? [layer] : null,
				days: days ? Number(days) : null,
			});
			form.reset();
		});
	}
}
