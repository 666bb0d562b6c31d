/*
 * counter: the desk for house numbers, for who may issue them: what waits · what lies open · the map. On a
 * telephone they come one after the other. It comes when it is opened first.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { askAt } from "../api";
import { type Layer, rolesOf } from "../city";
import { t } from "../i18n/language";
import type { CityMap } from "../map/city_map";
import { NumberMarks } from "../map/number_marks";
import { icon } from "../panels/icon";
import { Panel } from "../panels/panel";
import type { LonLat } from "../place";
import type { Shape } from "../record";
import type { CounterActions } from "./counter_panel";
import type { QueueList } from "./queue_list";
import { isSame, LISTS, readSubject, type Subject, writeSubject } from "./subject";
import { tell } from "./words";
import "./file_pane";
import "./intake_form";
import "./lot_pane";
import "./number_pane";
import "./queue_list";
import "./scheme_pane";

export interface CounterHost {
	close(): void;
	toast(text: string): void;
	fit(shape: Shape): void;
	enter(): Promise<boolean>;
	/** House numbers are others now. */
	refresh(layers: ReadonlySet<string>): void;
	/** Something else lies on it. */
	moved(at: string): void;
	/** House numbers are written large: those of the map itself are not needed. */
	marked(isMarked: boolean): void;
}

/* What the keys of one letter do; they are keys here alone, and where nothing is typed. */
interface Deeds {
	issue?(): unknown;
	sign?(): unknown;
	askPapers?(): unknown;
}

const keys = [
	["J / K", "ui_num_key_next"],
	["Enter", "ui_num_key_open"],
	["N", "ui_num_key_receive"],
	["C", "ui_num_key_issue"],
	["P", "ui_num_key_sign"],
	["B", "ui_num_key_papers"],
	["/", "ui_num_key_find"],
	["Esc", "ui_num_key_leave"],
] as const;

@customElement("dothi-counter")
export class Counter extends Panel {
	/** What is to lie open; see subject.ts. */
	@property() at = "queue";
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) map: CityMap | undefined;
	@property({ attribute: false }) host!: CounterHost;
	@state() private subject: Subject = { kind: "queue" };
	/** On a telephone: the map is seen. */
	@state() private isMapSeen = false;
	@state() private picking: ((place: LonLat) => void) | undefined;
	@query("dothi-queue") private queue!: QueueList;
	@query(".counter-subject") private pane!: HTMLElement;
	private readonly marks = new NumberMarks();
	private laid: CityMap | undefined;
	/** The keyboard was there before it opened. */
	private origin: Element | null = null;
	private readonly listener = (event: KeyboardEvent): void => this.onKey(event);

	override connectedCallback(): void {
		super.connectedCallback();
		this.origin = document.activeElement;
		addEventListener("keydown", this.listener);
	}

	override disconnectedCallback(): void {
		removeEventListener("keydown", this.listener);
		this.laid?.lay(this.marks.mapLayer, false);
		this.laid = undefined;
		super.disconnectedCallback();
		if (this.origin instanceof HTMLElement && this.origin.isConnected) this.origin.focus();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("at")) this.subject = readSubject(this.at);
		if (!this.laid && this.map) {
			this.laid = this.map;
			this.map.lay(this.marks.mapLayer, true);
		}
	}

	protected override firstUpdated(): void {
		this.querySelector<HTMLElement>("h2")?.focus();
	}

	/** A place on the map was pointed at: a door; else what lies there, if nothing would be lost. */
	pick(place: LonLat): void {
		const { picking } = this;
		if (picking) {
			this.actions.pickPlace(undefined);
			return picking(place);
		}
		if (this.subject.kind !== "file" && this.subject.kind !== "intake" && this.subject.kind !== "way") void this.openAt(place);
	}

	private async openAt(place: LonLat): Promise<void> {
		const { land, address } = rolesOf(this.layers.values());
		const answer = await askAt(place, 3, "").catch(() => undefined);
		const found = (layer: Layer | undefined): number | undefined => answer?.features.find((record) => record.layer === layer?.id)?.id;
		const [house, lot] = [found(address), found(land)];
		if (house) this.actions.open({ kind: "number", id: house });
		else if (lot) this.actions.open({ kind: "lot", id: lot });
	}

	private readonly actions: CounterActions = {
		open: (subject) => {
			if (!isSame(subject, this.subject)) this.actions.mark({ numbers: [] });
			this.subject = subject;
			this.isMapSeen = false;
			this.actions.pickPlace(undefined);
			this.host.moved(writeSubject(subject));
		},
		leave: () => {
			const { kind } = this.subject;
			this.actions.open({ kind: kind === "scheme" || kind === "way" ? "schemes" : "queue" });
			void this.updateComplete.then(() => this.queue.focusBox());
		},
		toast: (text) => this.host.toast(text),
		mark: (marks) => {
			this.marks.show(marks);
			this.host.marked(marks.numbers.length > 0);
		},
		fit: (shape) => this.host.fit(shape),
		enter: () => this.host.enter(),
		changed: () => {
			const { address } = rolesOf(this.layers.values());
			if (address) this.host.refresh(new Set([address.id]));
			void this.queue.reload();
		},
		pickPlace: (take) => {
			this.picking = take;
			this.isMapSeen = take !== undefined;
		},
	};

	private onKey(event: KeyboardEvent): void {
		const { target } = event;
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
		const isTyping = target instanceof HTMLInputElement && target.type !== "checkbox";
		if (event.key === "Escape") this.escape(isTyping ? target : undefined);
		else if (isTyping || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement || !this.act(event.key.toLowerCase())) return;
		event.preventDefault();
	}

	private act(key: string): boolean {
		const open = this.pane?.firstElementChild as Deeds | null;
		const acts: { readonly [key: string]: () => unknown } = {
			j: () => this.queue.step(1),
			k: () => this.queue.step(-1),
			n: () => this.receive(),
			c: () => open?.issue?.(),
			p: () => open?.sign?.(),
			b: () => open?.askPapers?.(),
			"/": () => this.queue.focusBox(),
			"?": () => this.querySelector("dialog")?.showModal(),
		};
		const act = acts[key];
		if (act) void act();
		return act !== undefined;
	}

	private receive(): void {
		const form = this.querySelector("dothi-intake");
		if (form) form.begin();
		else this.actions.open({ kind: "intake" });
	}

	private escape(typing: HTMLInputElement | undefined): void {
		if (typing) typing.blur();
		else if (this.picking) this.actions.pickPlace(undefined);
		else if (LISTS.includes(this.subject.kind)) this.host.close();
		else this.actions.leave();
	}

	protected override render(): TemplateResult {
		const isList = LISTS.includes(this.subject.kind);
		const step = this.isMapSeen ? "at-map" : isList ? "at-list" : "at-subject";
		return html`
			<section class="counter ${step}" aria-labelledby="counter-title">
				<div class="panel counter-list">
					<header class="panel-head">
						<h2 id="counter-title" tabindex="-1">${t("ui_counter")}</h2>
						<span>
							<button class="quiet square" aria-label=${tell("ui_num_keys")} aria-keyshortcuts="?" @click=${() => this.act("?")}>${icon("help")}</button>
							<button class="quiet square" aria-label=${tell("ui_num_leave")} @click=${() => this.host.close()}>${icon("close")}</button>
						</span>
					</header>
					<dothi-queue .subject=${this.subject} .layers=${this.layers} .actions=${this.actions}></dothi-queue>
				</div>
				<div class="panel counter-subject">${this.renderSubject()}</div>
				<div class="counter-legend panel" role="note">
					<span class="odd">${tell("ui_num_odd")}</span><span class="even">${tell("ui_num_even")}</span><span class="wanted">${tell("ui_num_wanted")}</span><span class="doubt">${tell("ui_num_doubt")}</span>
				</div>
				${isList
					? nothing
					: html`<button class="button counter-switch" @click=${() => (this.isMapSeen = !this.isMapSeen)}>${tell(this.isMapSeen ? "ui_num_to_file" : "ui_num_to_map")}</button>`}
				${this.picking ? html`<p class="panel counter-pick" role="status">${tell("ui_num_place_door_now")}</p>` : nothing}
				${this.renderKeys()}
			</section>
		`;
	}

	private renderSubject(): TemplateResult | typeof nothing {
		const { subject, layers, actions } = this;
		switch (subject.kind) {
			case "file":
				return html`<dothi-file .fileId=${subject.id} .layers=${layers} .actions=${actions}></dothi-file>`;
			case "lot":
				return html`<dothi-lot .lot=${subject.id} .layers=${layers} .actions=${actions}></dothi-lot>`;
			case "number":
				return html`<dothi-number .house=${subject.id} .layers=${layers} .actions=${actions}></dothi-number>`;
			case "way":
				return html`<dothi-scheme .way=${subject.id} .schemeId=${0} .layers=${layers} .actions=${actions}></dothi-scheme>`;
			case "scheme":
				return html`<dothi-scheme .way=${0} .schemeId=${subject.id} .layers=${layers} .actions=${actions}></dothi-scheme>`;
			case "intake":
				return html`<dothi-intake .layers=${layers} .actions=${actions}></dothi-intake>`;
			default:
				return nothing;
		}
	}

	private renderKeys(): TemplateResult {
		return html`
			<dialog class="panel help counter-keys" aria-labelledby="counter-keys-title">
				<header class="panel-head">
					<h2 id="counter-keys-title">${tell("ui_num_keys")}</h2>
					<form method="dialog"><button class="quiet square" aria-label=${t("ui_close")}>${icon("close")}</button></form>
				</header>
				<dl class="keys pad">${keys.map(([key, name]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${tell(name)}</dd></div>`)}</dl>
			</dialog>
		`;
	}
}

declare global {
	interface HTMLElementTagNameMap {
		"dothi-counter": Counter;
		"dothi-intake": import("./intake_form").IntakeForm;
		"dothi-certificate": import("./certificate_view").CertificateView;
	}
}
