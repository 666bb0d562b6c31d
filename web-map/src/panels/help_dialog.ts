/*
 * help_dialog: the keys of the map, and where its data are found.
 */
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { City } from "../city";
import { t, type TextName } from "../i18n/language";
import { icon } from "./icon";
import { Panel } from "./panel";

/* What fits each key needs no arguments. */
type PlainName = Extract<TextName, `ui_key_${string}`>;

const keys: readonly (readonly [string, PlainName])[] = [
	["← ↑ ↓ →", "ui_key_pan"],
	["+ −", "ui_key_zoom"],
	["Enter", "ui_key_enter"],
	["/", "ui_key_search"],
	["L", "ui_key_layers"],
	["M", "ui_key_measure"],
	["Backspace", "ui_key_undo"],
	["Esc", "ui_key_escape"],
];

@customElement("dothi-help")
export class HelpDialog extends Panel {
	@property({ attribute: false }) city!: City;

	open(): void {
		this.querySelector("dialog")?.showModal();
	}

	protected override render(): TemplateResult {
		return html`
			<dialog class="panel help" aria-labelledby="help-title" @click=${this.closeOutside}>
				<header class="panel-head">
					<h2 id="help-title">${t("ui_help")}</h2>
					<form method="dialog"><button class="quiet square" aria-label=${t("ui_close")}>${icon("close")}</button></form>
				</header>
				<div class="pad">
					<p>${t("ui_help_click")}</p>
					<h3>${t("ui_keys")}</h3>
					<dl class="keys">
						${keys.map(([key, name]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(name)}</dd></div>`)}
					</dl>
					<h3>${t("ui_about_data")}</h3>
					<p>${t("ui_about_crs", { name: this.city.crs.name, epsg: this.city.crs.epsg, operation: this.city.crs.operation })}</p>
					<p class="links">
						<a href="/ogc" target="_blank" rel="noopener">OGC API</a>
						<a href="/licences.txt" target="_blank" rel="noopener">${t("ui_licences")}</a>
					</p>
				</div>
			</dialog>
		`;
	}

	/* A click on the backdrop has the dialog itself as its target. */
	private closeOutside(event: MouseEvent): void {
		if (event.target instanceof HTMLDialogElement) event.target.close();
	}
}
