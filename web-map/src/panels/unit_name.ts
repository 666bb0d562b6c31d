/*
 * unit_name: what an administrative unit is called; of one that has ended, until when it was.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api";
import { t } from "../i18n/language";
import { dayBefore, formatDate } from "../i18n/number";
import type { Unit } from "../land";
import { askUnits } from "../units";
import { Panel } from "./panel";

@customElement("dothi-unit")
export class UnitName extends Panel {
	@property({ attribute: false }) unit = 0;
	@state() private known: Unit | undefined;

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("unit")) void this.load();
	}

	private async load(): Promise<void> {
		const { unit } = this;
		try {
			const known = (await askUnits()).get(unit);
			if (unit === this.unit) this.known = known;
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
		}
	}

	protected override render(): TemplateResult {
		const { known } = this;
		if (!known?.name) return html`${t("ui_record_id", { id: this.unit })}`;
		return html`${known.name} ${known.valid_to ? html`<span class="muted tiny">${t("ui_unit_until", { date: formatDate(dayBefore(known.valid_to)) })}</span>` : nothing}`;
	}
}
