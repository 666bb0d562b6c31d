/*
 * told_once: a secret that is shown this one time, with a button to copy it.
 */
import { html, type TemplateResult } from "lit";
import { t } from "../i18n/language";
import { icon } from "./icon";

export function toldOnce(words: string, secret: string, copy: (text: string) => void): TemplateResult {
	const select = (event: Event): void => (event.target as HTMLInputElement).select();
	return html`
		<div class="told-once" role="status">
			<p class="strong">${words}</p>
			<div class="told-line">
				<input type="text" readonly .value=${secret} aria-label=${words} @focus=${select} />
				<button type="button" class="button" @click=${() => copy(secret)}>${icon("copy")}${t("ui_copy")}</button>
			</div>
		</div>
	`;
}
