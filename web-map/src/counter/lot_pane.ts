/*
 * lot_pane: a parcel and its number, without a file; the files that wait for it are named.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { askRecord } from "../api";
import { rolesOf } from "../city";
import { askFilesOf, type FileHead } from "../dossier";
import { t } from "../i18n/language";
import { icon } from "../panels/icon";
import { CounterPanel } from "./counter_panel";
import type { ProposalView } from "./proposal_view";
import { tell } from "./words";
import "./proposal_view";

@customElement("dothi-lot")
export class LotPane extends CounterPanel {
	@property({ attribute: false }) lot = 0;
	@state() private name = "";
	@state() private files: readonly FileHead[] = [];
	@query("dothi-proposal") private proposal!: ProposalView | null;

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (!changed.has("lot")) return;
		this.name = "";
		this.files = [];
		void this.load();
	}

	private async load(): Promise<void> {
		const layer = rolesOf(this.layers.values()).land;
		const answer = await this.ask(async (signal) => {
			const record = layer && (await askRecord(layer.id, this.lot, "", signal));
			return { record, files: await askFilesOf(this.lot) };
		});
		if (!answer?.record || !layer?.land) return;
		const { properties } = answer.record;
		this.name = [properties[layer.land.sheet], properties[layer.land.number]].filter(Boolean).join("/");
		this.files = answer.files;
		await this.updateComplete;
		this.focusTitle();
	}

	/** Key C. */
	async issue(): Promise<void> {
		await this.proposal?.issue();
	}

	/** Key P. */
	async sign(): Promise<void> {
		await this.proposal?.sign();
	}

	protected override render(): TemplateResult {
		return html`
			<header class="panel-head">
				<h2 tabindex="-1"><span class="record-layer">${tell("ui_num_without_file")}</span>${tell("ui_num_parcel", { number: this.name || `#${this.lot}` })}</h2>
				<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.leave()}>${icon("close")}</button>
			</header>
			<div class="scroll pad inputs">
				${this.files.length
					? html`<p class="failure warn">${tell("ui_num_has_files")}
							${this.files.map((file) => html` <button class="text-link" @click=${() => this.actions.open({ kind: "file", id: file.id })}>${file.file_no}</button>`)}</p>`
					: nothing}
				<dothi-proposal .lot=${this.lot} .layers=${this.layers} .actions=${this.actions}></dothi-proposal>
			</div>
		`;
	}
}
