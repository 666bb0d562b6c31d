/*
 * scopes_form: how far an account reaches: layers, wards, fields, and where it may write.
 */
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { askScopes, type Scope, setScopes, type Unit } from "../accounts";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { say, t } from "../i18n/language";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

@customElement("dothi-scopes")
export class ScopesForm extends Panel {
	@property({ attribute: false }) account = 0;
	@property({ attribute: false }) layers: readonly Layer[] = [];
	@property({ attribute: false }) units: readonly Unit[] = [];
	@property({ attribute: false }) saved!: () => void;
	@state() private rows: readonly Scope[] = [];
	@state() private kept = "[]";
	@state() private error: ApiError | undefined;

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("account")) void this.load();
	}

	private async load(): Promise<void> {
		try {
			this.rows = await askScopes(this.account);
			this.kept = JSON.stringify(this.rows);
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		}
	}

	protected override render(): TemplateResult {
		return html`
			<p class="hint">${t(this.rows.length ? "ui_scope_hint" : "ui_scope_none")}</p>
			<ul class="scopes">${this.rows.map((row, i) => this.renderRow(row, i))}</ul>
			${failure(this.error)}
			<div class="form-end">
				<button type="button" class="chip" @click=${() => this.put([...this.rows, { layer: null, unit_id: null, field: null, may_write: false }])}>${icon("plus")}${t("ui_add_scope")}</button>
				<button type="button" class="button second" ?disabled=${JSON.stringify(this.rows) === this.kept} @click=${this.save}>${t("ui_save_scope")}</button>
			</div>
		`;
	}

	private put(rows: readonly Scope[]): void {
		this.rows = rows;
		this.error = undefined;
	}

	private change(i: number, changed: Partial<Scope>): void {
		this.put(this.rows.map((row, k) => (k === i ? { ...row, ...changed } : row)));
	}

	private select(label: string, all: string, value: string, options: readonly (readonly [string, string])[], take: (value: string) => void): TemplateResult {
		return html`
			<label class="field"><span>${label}</span>
				<select @change=${(event: Event) => take((event.target as HTMLSelectElement).value)}>
					<option value="" ?selected=${value === ""}>${all}</option>
					${options.map(([id, title]) => html`<option value=${id} ?selected=${value === id}>${title}</option>`)}
				</select>
			</label>
		`;
	}

	private renderRow(row: Scope, i: number): TemplateResult {
		const layer = this.layers.find(({ id }) => id === row.layer);
		return html`
			<li>
				${this.select(t("ui_layer"), t("ui_all_layers"), row.layer ?? "", this.layers.map(({ id, title }) => [id, say(title)]), (id) =>
					this.change(i, { layer: id || null, field: null }))}
				${this.select(t("ui_ward"), t("ui_all_wards"), String(row.unit_id ?? ""), this.units.map(({ id, name }) => [String(id), name]), (id) =>
					this.change(i, { unit_id: id ? Number(id) : null }))}
				${this.select(t("ui_field"), t("ui_all_fields"), row.field ?? "", (layer?.fields ?? []).map(({ id, title }) => [id, say(title)]), (id) =>
					this.change(i, { field: id || null }))}
				<label class="check"><input type="checkbox" .checked=${row.may_write}
					@change=${(event: Event) => this.change(i, { may_write: (event.target as HTMLInputElement).checked })} /><span>${t("ui_may_write")}</span></label>
				<button type="button" class="quiet square" aria-label=${t("ui_remove_scope", { number: i + 1 })} title=${t("ui_clear")}
					@click=${() => this.put(this.rows.filter((_row, k) => k !== i))}>${icon("trash")}</button>
			</li>
		`;
	}

	private async save(): Promise<void> {
		this.error = undefined;
		try {
			await setScopes(this.account, this.rows);
			this.kept = JSON.stringify(this.rows);
			this.saved();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.error = cause;
		}
	}
}
