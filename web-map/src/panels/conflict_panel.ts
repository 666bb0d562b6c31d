/*
 * conflict_panel: two changes of one record side by side; of each field one is chosen.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import type { Layer } from "../city";
import { askConflict, type Conflict, type Decision, decide, type Difference, differencesOf, mergePatch, SHAPE_ID, type Side } from "../conflict";
import { t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import type { Outline } from "../map/outlines";
import { headingOf, type Shape, tellValue } from "../record";
import { nameAuthor } from "./author";
import { failure } from "./failure";
import { icon } from "./icon";
import { Panel } from "./panel";

export interface ConflictActions {
	/** Closed; it stays open in the list. */
	close(): void;
	/** Decided, one way or the other. */
	decided(conflict: Conflict, wasKept: boolean): void;
	compare(outlines: readonly Outline[]): void;
	fit(shape: Shape): void;
	/** Asks to log in again; true when somebody has come in. */
	enter(): Promise<boolean>;
}

const UNAUTHORISED = 401;

@customElement("dothi-conflict")
export class ConflictPanel extends Panel {
	/** 0 none. */
	@property({ attribute: false }) conflictId = 0;
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) actions!: ConflictActions;
	@state() private conflict: Conflict | undefined;
	@state() private differences: readonly Difference[] = [];
	@state() private choices: ReadonlyMap<string, Side> = new Map();
	@state() private error: ApiError | undefined;
	@state() private busy = false;
	@state() private dropping = false;

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("conflictId")) void this.load();
	}

	private async load(): Promise<void> {
		const id = this.conflictId;
		this.conflict = this.error = undefined;
		this.dropping = false;
		if (!id) return;
		try {
			const conflict = await askConflict(id);
			if (id === this.conflictId) this.take(conflict);
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			if (id === this.conflictId) this.error = cause;
		}
	}

	private take(conflict: Conflict): void {
		const layer = this.layers.get(conflict.layer);
		this.conflict = conflict;
		this.differences = layer ? differencesOf(conflict, layer) : [];
		this.choices = new Map(this.differences.flatMap(({ id, proposal }) => (proposal ? [[id, proposal] as const] : [])));
		this.actions.compare([
			{ kind: "now", shape: conflict.current?.geometry ?? null },
			{ kind: "mine", shape: conflict.proposed?.geometry ?? null },
			{ kind: "before", shape: conflict.base?.geometry ?? null },
		]);
		const shape = conflict.proposed?.geometry ?? conflict.base?.geometry;
		if (shape) this.actions.fit(shape);
		void this.updateComplete.then(() => this.querySelector<HTMLElement>("h2")?.focus());
	}

	protected override render(): TemplateResult {
		if (!this.conflictId) return html``;
		const { conflict } = this;
		const layer = conflict && this.layers.get(conflict.layer);
		const record = conflict?.current ?? conflict?.base;
		return html`
			<section class="panel card conflict" aria-labelledby="conflict-title" aria-busy=${!conflict && !this.error}>
				<header class="panel-head">
					<h2 id="conflict-title" tabindex="-1">
						<span class="record-layer">${t("ui_conflict")}</span>
						${record && layer ? headingOf(record, layer) : ""}
					</h2>
					<button class="quiet square" aria-label=${t("ui_close")} @click=${() => this.actions.close()}>${icon("close")}</button>
				</header>
				<div class="scroll">
					${conflict && layer ? this.renderConflict(conflict, layer) : nothing}
				</div>
				${conflict ? this.renderFoot(conflict) : html`<div class="pad">${failure(this.error)}</div>`}
			</section>
		`;
	}

	private renderConflict(conflict: Conflict, layer: Layer): TemplateResult {
		const wanted = t("ui_conflict_told", {
			author: nameAuthor(conflict),
			at: formatInstant(conflict.created_at),
			base: conflict.base_version,
			current: conflict.current_version,
		});
		if (conflict.kind === "delete" || !conflict.proposed)
			return html`<p class="pad">${wanted}</p><p class="pad strong">${t("ui_conflict_end")}</p>`;
		return html`
			<p class="pad muted">${wanted}</p>
			${conflict.current ? nothing : html`<p class="pad strong">${t("ui_conflict_gone")}</p>`}
			${this.differences.length || !conflict.current
				? html`
						<table class="sides">
							<thead>
								<tr>
									<th scope="col">${t("ui_field")}</th>
									<th scope="col" class="before">${t("ui_side_before")}</th>
									<th scope="col" class="now">${t("ui_side_now")}</th>
									<th scope="col" class="mine">${t("ui_side_mine")}</th>
								</tr>
							</thead>
							<tbody>${this.differences.map((one) => this.renderDifference(one, layer))}</tbody>
						</table>
					`
				: html`<p class="pad strong">${t("ui_conflict_same")}</p>`}
		`;
	}

	private renderDifference(one: Difference, layer: Layer): TemplateResult {
		const tell = (value: unknown): string => tellValue(value, one.id, layer) || t("ui_nothing_said");
		const shape = (was: unknown, is: unknown): string =>
			t(JSON.stringify(was) === JSON.stringify(is) ? "ui_shape_unmoved" : "ui_shape_moved");
		const isShape = one.id === SHAPE_ID;
		const words = {
			now: isShape ? shape(one.before, one.now) : tell(one.now),
			mine: isShape ? shape(one.before, one.mine) : tell(one.mine),
		};
		return html`
			<tr class=${one.proposal || this.choices.has(one.id) ? "" : "open"}>
				<th scope="row">${one.title}${one.proposal ? nothing : html`<span class="both">${t("ui_both_changed")}</span>`}</th>
				<td class="before">${isShape ? "–" : tell(one.before)}</td>
				${(["now", "mine"] as const).map((side) => this.renderChoice(one, side, words[side]))}
			</tr>
		`;
	}

	private renderChoice(one: Difference, side: Side, words: string): TemplateResult {
		const chosen = this.choices.get(one.id) === side;
		const column = t(side === "now" ? "ui_side_now" : "ui_side_mine");
		return html`
			<td class="${side} ${chosen ? "chosen" : ""}">
				<label>
					<input type="radio" name="choice-${one.id}" value=${side} .checked=${chosen}
						@change=${() => (this.choices = new Map(this.choices).set(one.id, side))} />
					<span><span class="unseen">${one.title}, ${column}: </span>${words}</span>
				</label>
			</td>
		`;
	}

	private renderFoot(conflict: Conflict): TemplateResult {
		const open = this.differences.filter(({ id }) => !this.choices.has(id)).length;
		const isEnd = conflict.kind === "delete" || !conflict.proposed;
		const anyMine = [...this.choices.values()].includes("mine");
		if (this.dropping)
			return html`
				<div class="edit-foot" role="alertdialog" aria-label=${t("ui_drop_question")}>
					<p class="strong">${t("ui_drop_question")}</p>
					<div class="form-end">
						<button class="button danger" ?disabled=${this.busy} @click=${() => this.send({ action: "drop" })}>${t("ui_drop")}</button>
						<button class="button second" @click=${() => (this.dropping = false)}>${t("ui_cancel")}</button>
					</div>
				</div>
			`;
		return html`
			<footer class="edit-foot">
				${failure(this.error)}
				${open ? html`<p class="tiny warm">${t("ui_choices_left", { count: open })}</p>` : nothing}
				<div class="form-end">
					${isEnd
						? html`<button class="button" ?disabled=${this.busy} @click=${() => this.send({ action: "take" })}>${t("ui_end_record")}</button>`
						: html`<button class="button" ?disabled=${this.busy || open > 0 || !anyMine || !conflict.current}
								@click=${() => this.send({ action: "merge", feature: mergePatch(this.differences, this.choices) })}>${t("ui_merge")}</button>`}
					${isEnd || !this.differences.length ? nothing : html`<button class="button second" @click=${this.chooseMine}>${t("ui_choose_mine")}</button>`}
					<span class="spacer"></span>
					<button class="quiet danger" ?disabled=${this.busy} @click=${() => (this.dropping = true)}>${t("ui_drop")}</button>
				</div>
			</footer>
		`;
	}

	private chooseMine(): void {
		this.choices = new Map(this.differences.map(({ id }) => [id, "mine"]));
	}

	private async send(decision: Decision): Promise<void> {
		const { conflict } = this;
		if (!conflict || this.busy) return;
		this.busy = true;
		this.error = undefined;
		try {
			await decide(conflict.id, decision, conflict.reason);
			this.actions.decided(conflict, decision.action !== "drop");
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.busy = false;
			if (cause.status === UNAUTHORISED && (await this.actions.enter())) return this.send(decision);
			this.error = cause;
		} finally {
			this.busy = false;
		}
	}
}
