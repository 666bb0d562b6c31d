/*
 * notices: what lies on the map when something is otherwise than usual.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { ApiError } from "../api";
import { t } from "../i18n/language";
import { formatDate } from "../i18n/number";
import { icon } from "./icon";

/** The map shows another day than today. */
export function dateNotice(date: string, showToday: () => void): TemplateResult {
	return html`
		<section class="panel as-of" role="status">
			${icon("clock")}<span>${t("ui_map_as_of", { date: formatDate(date) })}</span>
			<button class="chip" @click=${showToday}>${t("ui_today")}</button>
		</section>
	`;
}

/** The register holds nothing yet. */
export function emptyNotice(): TemplateResult {
	return html`
		<section class="panel notice centre" role="note">
			<h2>${t("ui_city_empty")}</h2>
			<p>${t("ui_city_empty_try")}</p>
			<pre><code>${t("ui_import_command")}</code></pre>
		</section>
	`;
}

/** Something of the map could not be had. */
export function problemNotice(problem: ApiError, retry: () => void): TemplateResult {
	return html`
		<section class="panel notice" role="alert">
			${icon("warning")}
			<div>
				<p class="strong">${problem.message}</p>
				${problem.advice ? html`<p class="muted">${problem.advice}</p>` : nothing}
			</div>
			<button class="button" @click=${retry}>${t("ui_retry")}</button>
		</section>
	`;
}

/** Nothing could be had: instead of the map. */
export function failureNotice(failure: ApiError, retry: () => void): TemplateResult {
	return html`
		<main>
			<section class="panel notice centre" role="alert">
				<h1>${failure.message}</h1>
				${failure.advice ? html`<p>${failure.advice}</p>` : nothing}
				${failure.code ? html`<p class="muted tiny">${failure.code} ${failure.request}</p>` : nothing}
				<button class="button" @click=${retry}>${t("ui_retry")}</button>
			</section>
		</main>
	`;
}
