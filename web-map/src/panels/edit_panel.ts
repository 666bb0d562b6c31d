/*
 * edit_panel: the form of a record that is being made or changed, with the tools for its shape.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Field } from "../city";
import { type Edit, type EditState, TIME_FIELDS, type TimeField } from "../edit";
import { readValue } from "../field_text";
import { language, say, t } from "../i18n/language";
import { formatReal, unitSign } from "../i18n/number";
import { today } from "../i18n/today";
import type { ShapeState } from "../map/shape_editor";
import type { WorkingGrid } from "../place";
import { headingOf } from "../record";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";
import type { ShapeToolsActions } from "./shape_tools";
import "./shape_tools";

export interface EditActions extends ShapeToolsActions {
	save(): void;
	end(day: string): void;
	/** Ends the editing; the draft goes or stays. */
	leave(keepDraft: boolean): void;
	showHistory(): void;
}

const REAL_DECIMALS = 6;

@customElement("dothi-edit")
export class EditPanel extends Panel {
	@property({ attribute: false }) edit: Edit | undefined;
	@property({ attribute: false }) editing: EditState | undefined;
	@property({ attribute: false }) shape: ShapeState | undefined;
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) actions!: EditActions;
	@property({ type: Boolean, reflect: true }) tall = false;
	/** What is asked before it is done. */
	@state() private question: "none" | "leave" | "end" = "none";

	/** Asks first if something would be lost. */
	leave(): void {
		if (this.editing?.isChanged) this.question = "leave";
		else this.actions.leave(false);
	}

	focusTitle(): void {
		this.querySelector<HTMLElement>("#edit-title")?.focus();
	}

	/** To the first field at fault. */
	focusFault(): void {
		const fault = this.querySelector<HTMLElement>("[aria-invalid=true]");
		(fault?.closest(".field") ?? this.querySelector(".shape-tools .fault, .failure"))?.scrollIntoView({ block: "center" });
		fault?.focus({ preventScroll: true });
	}

	protected override willUpdate(): void {
		if (!this.edit) this.question = "none";
	}

	protected override updated(changed: PropertyValues): void {
		/* Who goes by keyboard is led to the question. */
		if (changed.has("question") && this.question !== "none")
			this.querySelector<HTMLElement>(".edit-foot input, .edit-foot button")?.focus();
	}

	protected override render(): TemplateResult {
		const { edit, editing } = this;
		if (!edit || !editing) return html``;
		const { base } = editing.draft;
		const title = say(edit.layer.title);

		return html`
			<section class="panel card edit ${this.shape?.drawing ? "drawing" : ""}" aria-labelledby="edit-title">
				<button class="handle" aria-expanded=${this.tall} aria-label=${t("ui_card_size")}
					@click=${() => (this.tall = !this.tall)}></button>
				<header class="panel-head">
					<h2 id="edit-title" tabindex="-1">
						<span class="record-layer">${t(base ? "ui_edit_of" : "ui_new_of", { layer: title })}</span>
						${base ? headingOf(base, edit.layer) : t("ui_new_record")}
					</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.leave()}>${icon("close")}</button>
				</header>
				<form class="scroll inputs" @submit=${this.submit} novalidate>
					${editing.overtakenBy ? this.renderOvertaken(editing.overtakenBy) : nothing}
					<dothi-shape-tools .shape=${this.shape} .grid=${this.grid} .isNew=${!base}
						.fault=${editing.faults.geometry ?? ""} .actions=${this.actions}></dothi-shape-tools>
					<fieldset class="fields pad">
						<legend class="unseen">${t("ui_attributes")}</legend>
						${edit.fields.map((field) => this.renderField(edit, editing, field))}
						${this.renderTimes(edit, editing)}
						<label class="field">
							<span>${t("ui_reason")}</span>
							<input type="text" name="reason" autocomplete="off" maxlength="500" placeholder=${t("ui_reason_hint")}
								.value=${editing.draft.reason}
								@input=${(event: InputEvent) => edit.setReason((event.target as HTMLInputElement).value)} />
						</label>
					</fieldset>
					${base ? this.renderComputed(edit) : nothing}
					<button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button>
				</form>
				${this.renderFoot(editing)}
			</section>
		`;
	}

	private renderOvertaken(version: number): TemplateResult {
		return html`
			<div class="failure pad warn" role="alert">
				<p class="strong">${t("ui_overtaken", { version })}</p>
				<p>${t("ui_overtaken_try")}</p>
				<button type="button" class="chip" @click=${() => this.actions.showHistory()}>${icon("clock")}${t("ui_history")}</button>
			</div>
		`;
	}

	/* --- fields ------------------------------------------------------------------------------- */

	private renderField(edit: Edit, editing: EditState, field: Field): TemplateResult {
		const text = edit.textOf(field);
		const fault = editing.faults[field.id];
		const hint = fault ?? this.hintOf(edit, field, text);
		const isTouched = field.id in editing.draft.texts;

		return html`
			<div class="field ${fault ? "at-fault" : ""}">
				<label for="field-${field.id}">
					${say(field.title)}${field.unit ? html` <span class="unit">(${unitSign(field.unit)})</span>` : nothing}
					${isTouched ? html`<span class="touched" title=${t("ui_changed")}><span class="unseen">${t("ui_changed")}</span></span>` : nothing}
				</label>
				${this.renderInput(edit, field, text, fault !== undefined)}
				<span class="hint ${fault ? "fault" : ""}" id="hint-${field.id}" role=${fault ? "alert" : nothing}>${hint}</span>
			</div>
		`;
	}

	private renderInput(edit: Edit, field: Field, text: string, isAtFault: boolean): TemplateResult {
		const id = `field-${field.id}`;
		const take = (event: Event): void => edit.setText(field.id, (event.target as HTMLInputElement).value);
		if (field.type === "bool")
			return html`
				<select id=${id} aria-describedby="hint-${field.id}" @change=${take}>
					${[["", "–"], ["true", t("ui_yes")], ["false", t("ui_no")]].map(
						([value, word]) => html`<option value=${value} ?selected=${text === value}>${word}</option>`,
					)}
				</select>
			`;
		const values = edit.layer.look.class_field === field.id ? edit.layer.look.classes.filter((one) => one.value) : [];
		const isNumber = field.type === "int" || field.type === "real";
		return html`
			<input id=${id} type=${field.type === "date" ? "date" : "text"} autocomplete="off"
				inputmode=${isNumber ? (field.type === "int" ? "numeric" : "decimal") : nothing}
				class=${isNumber ? "number" : ""} list=${values.length ? `list-${field.id}` : nothing}
				aria-invalid=${isAtFault} aria-describedby="hint-${field.id}" .value=${text} @input=${take} />
			${values.length
				? html`<datalist id="list-${field.id}">
						${values.map((one) => html`<option value=${one.value ?? ""}>${say(one.title)}</option>`)}
					</datalist>`
				: nothing}
		`;
	}

	/* What a code means, and how a number with signs in it was understood. */
	private hintOf(edit: Edit, field: Field, text: string): string {
		if (edit.layer.look.class_field === field.id) {
			const one = edit.layer.look.classes.find((look) => look.value !== null && look.value === text.trim());
			return one ? say(one.title) : "";
		}
		if (field.type !== "real" && field.type !== "int") return "";
		if (!/[.,\s]/.test(text.trim()) || !(field.id in edit.draft.texts)) return "";
		const reading = readValue(text, field, language.value);
		if (!("value" in reading) || typeof reading.value !== "number") return "";
		const number = formatReal(reading.value, REAL_DECIMALS, language.value);
		return t("ui_understood", { value: field.unit ? `${number} ${unitSign(field.unit)}` : number });
	}

	private renderTimes(edit: Edit, editing: EditState): TemplateResult {
		const titles: { readonly [id in TimeField]: string } = { valid_from: t("ui_valid_from"), valid_to: t("ui_valid_to") };
		const was = String(editing.draft.base?.properties.valid_from ?? "");
		const is = edit.timeText("valid_from");
		const how = !was || is === was ? "ui_valid_same" : is > was ? "ui_valid_later" : "ui_valid_other";
		return html`
			<div class="times">
				${TIME_FIELDS.map(
					(id) => html`
						<label class="field ${editing.faults[id] ? "at-fault" : ""}">
							<span>${titles[id]}</span>
							<input type="date" .value=${edit.timeText(id)} aria-invalid=${id in editing.faults}
								@input=${(event: InputEvent) => edit.setText(id, (event.target as HTMLInputElement).value)} />
							${editing.faults[id] ? html`<span class="hint fault" role="alert">${editing.faults[id]}</span>` : nothing}
						</label>
					`,
				)}
			</div>
			${was ? html`<p class="hint times-hint">${t(how)}</p>` : nothing}
		`;
	}

	private renderComputed(edit: Edit): TemplateResult | typeof nothing {
		const base = edit.draft.base;
		const fields = edit.layer.fields.filter((field) => field.computed && base?.properties[field.id] != null);
		if (!fields.length || !base) return nothing;
		return html`
			<details class="folded pad">
				<summary>${icon("chevron")}<span>${t("ui_computed_fields")}</span><span class="count">${fields.length}</span></summary>
				<dl class="rows">
					${fields.map((field) => html`<div><dt>${say(field.title)}</dt><dd>${this.printComputed(field, base.properties[field.id])}</dd></div>`)}
				</dl>
			</details>
		`;
	}

	private printComputed(field: Field, value: unknown): string {
		if (typeof value !== "number" || field.type === "int") return String(value);
		return `${formatReal(value, 3, language.value)} ${field.unit ? unitSign(field.unit) : ""}`;
	}

	/* --- what is done with it ----------------------------------------------------------------- */

	private renderFoot(editing: EditState): TemplateResult {
		if (this.question === "leave") return this.renderLeaving();
		if (this.question === "end") return this.renderEnding();
		const busy = editing.phase === "sending";
		const faults = Object.keys(editing.faults).length;
		return html`
			<footer class="edit-foot">
				${editing.phase === "unsent"
					? html`<div class="failure warn" role="alert"><p class="strong">${editing.error?.message}</p><p>${t("ui_unsent")}</p></div>`
					: failure(editing.error)}
				${faults && !editing.error ? html`<p class="fault tiny">${t("ui_fault_fields")}</p>` : nothing}
				<div class="form-end">
					<button class="button" ?disabled=${busy || (!editing.isChanged && editing.phase !== "unsent")} @click=${() => this.actions.save()}>
						${t(busy ? "ui_saving" : editing.phase === "unsent" ? "ui_send_again" : "ui_save")}
					</button>
					<button class="button second" ?disabled=${busy} @click=${() => this.leave()}>${t("ui_cancel")}</button>
					<span class="spacer"></span>
					${editing.draft.base
						? html`<button class="quiet danger" ?disabled=${busy} @click=${() => (this.question = "end")}>${t("ui_end_record")}</button>`
						: nothing}
				</div>
			</footer>
		`;
	}

	private renderLeaving(): TemplateResult {
		return html`
			<div class="edit-foot" role="alertdialog" aria-labelledby="leave-question">
				<p class="strong" id="leave-question">${t("ui_leave_question")}</p>
				<div class="form-end">
					<button class="button" @click=${() => (this.question = "none")}>${t("ui_go_on")}</button>
					<button class="button second" @click=${() => this.actions.leave(true)}>${t("ui_keep_draft")}</button>
					<span class="spacer"></span>
					<button class="quiet danger" @click=${() => this.actions.leave(false)}>${t("ui_discard")}</button>
				</div>
			</div>
		`;
	}

	private renderEnding(): TemplateResult {
		const end = (event: SubmitEvent): void => {
			event.preventDefault();
			const day = String(new FormData(event.target as HTMLFormElement).get("day"));
			this.question = "none";
			this.actions.end(day);
		};
		return html`
			<form class="edit-foot" @submit=${end}>
				<label class="field">
					<span>${t("ui_end_from")}</span>
					<input type="date" name="day" required .defaultValue=${today()} />
				</label>
				<p class="hint">${t("ui_end_hint")}</p>
				<div class="form-end">
					<button class="button danger" type="submit">${t("ui_end_record")}</button>
					<button class="button second" type="button" @click=${() => (this.question = "none")}>${t("ui_cancel")}</button>
				</div>
			</form>
		`;
	}

	private submit(event: SubmitEvent): void {
		event.preventDefault();
		if (this.editing?.isChanged) this.actions.save();
	}
}
