/*
 * failure: what went wrong, in the server's words, where it went wrong.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { ApiError } from "../api";

export function failure(error: ApiError | undefined): TemplateResult | typeof nothing {
	if (!error) return nothing;
	return html`
		<div class="failure" role="alert">
			<p class="strong">${error.message}</p>
			${error.advice ? html`<p>${error.advice}</p>` : nothing}
			${error.code ? html`<p class="tiny">${error.code}</p>` : nothing}
		</div>
	`;
}
