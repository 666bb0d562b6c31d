/*
 * app: the page. It holds what is shown, wires map and panels, and keeps the address up to date.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { ApiError, askCity } from "../api";
import { type Bounds, type CityDescription, type Layer, rolesOf } from "../city";
import { copyText } from "../clipboard";
import type { Counter, CounterHost } from "../counter/counter";
import { type Subject, writeSubject } from "../counter/subject";
import type { Draft } from "../draft";
import { language, say, t } from "../i18n/language";
import { formatLength } from "../i18n/number";
import { askLocks, type Deed } from "../land";
import { type Finding, Inquiry, keyOf } from "../inquiry";
import { type Change, Live } from "../live";
import { CityMap, type MapView, type Padding } from "../map/city_map";
import type { Outline } from "../map/outlines";
import type { Measurement } from "../map/measure_tool";
import type { Places } from "../map/touched";
import { type Permalink, writePermalink } from "../permalink";
import { type LonLat, WorkingGrid } from "../place";
import type { DegreeForm } from "../place_text";
import { type CityRecord, headingOf, widthOf } from "../record";
import { keep, remember } from "../remembered";
import { isNarrow } from "../screen";
import { interrupted, type Session, session, startSession } from "../session";
import type { SearchResult } from "../search";
import { Switches } from "../switches";
import { isDark, switchTheme, theme } from "../theme";
import type { Desk, DeskActions, Waiting } from "./desk";
import type { ExportDialog } from "./export_dialog";
import type { HelpDialog } from "./help_dialog";
import { icon, type IconName } from "./icon";
import { dateNotice, emptyNotice, failureNotice, problemNotice } from "./notices";
import { Panel } from "./panel";
import type { PeopleDialog } from "./people_dialog";
import type { RecordCard } from "./record_card";
import type { SearchActions, SearchBox } from "./search_box";
import "./account_menu";
import "./desk";
import "./drafts_notice";
import "./export_dialog";
import "./help_dialog";
import "./layers_panel";
import "./measure_panel";
import "./password_dialog";
import "./people_dialog";
import "./record_card";
import "./search_box";
import "./status_bar";

const TOAST_MS = 2500;
const HELD_EVERY_MS = 60_000;
/* How far the panels at the sides reach into the map; see style/layout.css. */
const LEFT_PANEL_PX = 344;
const RIGHT_PANEL_PX = 392;
/* With its list, and where there is no room for that without; see style/counter.css. */
const COUNTER_PX = 768;
const COUNTER_NARROW_PX = 436;
const COUNTER_WIDE_FROM_PX = 1180;

@customElement("dothi-app")
export class App extends Panel {
	/** What the address said when the page was opened. */
	link: Permalink = {};

	@state() private description: CityDescription | undefined;
	@state() private failure: ApiError | undefined;
	@state() private on: ReadonlySet<string> = new Set();
	@state() private view: MapView | undefined;
	@state() private pointed: LonLat | undefined;
	@state() private finding: Finding | undefined;
	@state() private measurement: Measurement | undefined;
	@state() private panelOpen = !isNarrow() && remember().panel;
	@state() private degrees: DegreeForm = remember().degrees;
	@state() private loading = false;
	@state() private problem: ApiError | undefined;
	@state() private toast = "";
	@state() private who: Session | undefined;
	/** So many pixels wide the desk lies over the card; 0 not. */
	@state() private occupied = 0;
	/** The day that the map shows; "" today. */
	@state() private date = "";
	@state() private waiting: Waiting = { conflicts: [], drafts: [] };
	/** Drafts that were there when their author came. */
	private offered: ReadonlySet<string> | undefined;
	@state() private menu: "none" | "account" | "add" = "none";
	/** What lies on the desk for house numbers; "" it is closed. */
	@state() private counterAt = "";
	@query(".map") private mapElement!: HTMLElement;
	@query(".toast") private toastElement!: HTMLElement;
	@query("dothi-card") private card!: RecordCard;
	@query("dothi-search") private searchBox!: SearchBox;
	@query("dothi-help") private help!: HelpDialog;
	@query("dothi-desk") private desk!: Desk;
	@query("dothi-counter") private counter!: Counter | null;
	@query("dothi-people") private people!: PeopleDialog;
	@query("dothi-export") private exporter!: ExportDialog;

	private layers: ReadonlyMap<string, Layer> = new Map();
	private grid!: WorkingGrid;
	private map: CityMap | undefined;
	private switches!: Switches;
	private inquiry!: Inquiry;
	private toastTimer: ReturnType<typeof setTimeout> | undefined;
	private retryTimer: ReturnType<typeof setTimeout> | undefined;
	private chosenByKey = false;
	/** What stands in the search box. */
	private searched = "";
	private readonly live = new Live((changes, places) => this.onChanges(changes, places));

	override connectedCallback(): void {
		super.connectedCallback();
		language.listen(() => this.onLanguage());
		theme.listen(() => this.requestUpdate());
		addEventListener("online", () => this.retry());
		addEventListener("keydown", (event) => this.onKey(event));
		session.listen((who) => {
			const isOther = this.who !== undefined && this.who.login !== who?.login;
			this.who = who;
			if (this.counterAt && !who?.login && !interrupted.value) this.closeCounter();
			void this.showHeld();
			if (isOther) {
				this.offered = undefined;
				this.live.restart();
			}
		});
		void this.begin();
	}

	/* Who asks is known first: a session that is over would have all else refused. */
	private async begin(): Promise<void> {
		try {
			await startSession();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
		}
		await this.loadCity();
	}

	private async loadCity(): Promise<void> {
		this.failure = undefined;
		try {
			const description = await askCity();
			this.layers = new Map(description.layers.map((layer) => [layer.id, layer]));
			this.grid = new WorkingGrid(description.city.crs);
			this.switches = new Switches(description.layers, this.link.layers);
			this.inquiry = new Inquiry(this.layers, (id) => this.switches.on.value.has(id), () => this.date);
			this.date = this.link.date ?? "";
			this.searched = this.link.query ?? "";
			this.on = this.switches.on.value;
			this.description = description;
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			this.failure = cause;
			if (cause.failure === "busy") setTimeout(() => void this.loadCity(), cause.retryAfterS * 1000);
		}
	}

	protected override updated(changed: PropertyValues): void {
		if (this.description && !this.map) this.startMap(this.description);
		if (changed.has("finding") && this.finding?.state === "found" && this.chosenByKey) this.card.focusTitle();
	}

	private startMap(description: CityDescription): void {
		const map = new CityMap(
			this.mapElement,
			description,
			this.grid,
			{
				moved: (view) => {
					this.view = view;
					this.writeAddress();
				},
				moving: (view) => (this.view = view),
				pointed: (place) => (this.pointed = place),
				chosen: (place, reachM, byKey) => {
					if (this.counterAt) this.counter?.pick(place);
					else if (!this.desk.pick(place)) this.inquire(place, reachM, byKey);
				},
				unchosen: () => this.closeCard(),
				loading: (isLoading) => (this.loading = isLoading),
				failed: (error) => this.onFailure(error),
			},
			(lengthM) => formatLength(lengthM, language.value),
		);
		this.map = map;
		if (this.link.centre) map.lookAt(this.link.centre, this.link.zoom ?? 17);
		else map.fit(undefined, this.padding(), false);
		map.showDate(this.date);
		map.show(this.on);
		this.switches.on.listen((on) => {
			this.on = on;
			map.show(on);
			this.writeAddress();
		});
		this.inquiry.finding.listen((finding) => this.onFinding(finding));
		map.measure.measurement.listen((measurement) => (this.measurement = measurement));
		if (this.link.record && this.layers.has(this.link.record.layer)) void this.inquiry.record(this.link.record);
		/* Labels are set in the page's typeface, which may come after the first tiles. */
		void document.fonts.load("500 11px Inter").then(() => map.redraw());
		this.view = map.getView();
		this.setTitle();
		this.live.start();
		void this.showHeld();
		if (this.link.desk && this.mayNumber) void this.openCounter(this.link.desk);
		setInterval(() => !document.hidden && void this.showHeld(), HELD_EVERY_MS);
	}

	/* Who may change land sees which of it is held. */
	private async showHeld(): Promise<void> {
		const land = this.description?.layers.find((layer) => layer.land);
		const may = land && this.who?.writes.includes(land.id);
		const locks = may ? await askLocks().catch(() => []) : [];
		this.map?.showHeld(locks.map(({ geometry }) => geometry));
	}

	private onChanges(changes: readonly Change[], places: readonly Places[]): void {
		this.map?.refreshAt(places);
		this.desk.noticeChanges(changes);
		const shown = this.inquiry.selectedRecord();
		/* Several may have come together: the last one says what stands now. */
		const change = changes.filter(({ layer, id }) => layer === shown?.layer && id === shown.id).pop();
		if (shown && change && change.version !== shown.properties.version) void this.inquiry.renew(keyOf(shown));
	}

	private onFinding(finding: Finding | undefined): void {
		const record = this.inquiry.selectedRecord();
		const layer = record && this.layers.get(record.layer);
		const opened = finding && !this.finding;

		this.finding = finding;
		this.map?.showShape((!this.occupied && record?.geometry) || null, record && layer ? widthOf(record, layer) : 0);
		this.map?.showPin((!this.occupied && finding?.place) || null);
		if (finding && isNarrow()) this.panelOpen = false;
		if (opened && finding.place) this.map?.reveal(finding.place, this.padding());
		this.setTitle();
		this.writeAddress();
	}

	private onFailure(error: ApiError): void {
		/* A session that has ended: what is asked next is asked as a visitor. */
		if (error.status === 401) return this.retry();
		this.problem = error;
		if (error.failure !== "busy") return;
		clearTimeout(this.retryTimer);
		this.retryTimer = setTimeout(() => this.retry(), error.retryAfterS * 1000);
	}

	private retry(): void {
		this.problem = undefined;
		this.map?.retry();
	}

	private onLanguage(): void {
		this.map?.redraw();
		this.setTitle();
		this.writeAddress();
		/* The server's words are in the language of before. */
		if (this.finding?.error) void this.inquiry.again();
	}

	private setTitle(): void {
		const record = this.description && this.inquiry.selectedRecord();
		const layer = record && this.layers.get(record.layer);
		const parts = [
			layer && record ? `${say(layer.title)}: ${headingOf(record, layer)}` : "",
			this.description?.city.name ?? "",
			t("ui_map"),
		];
		document.documentElement.lang = language.value;
		document.title = parts.filter(Boolean).join(" – ");
	}

	private writeAddress(): void {
		const view = this.map?.getView();
		if (!view || !this.description) return;
		const address = writePermalink({
			zoom: view.zoom,
			centre: view.centre,
			layers: this.description.layers
				.filter((layer) => layer.records > 0 && this.on.has(layer.id))
				.map((layer) => layer.id),
			query: this.searched,
			record: this.counterAt ? undefined : this.finding?.selected,
			desk: this.counterAt,
			date: this.date,
			language: language.value,
		});
		if (address !== location.search) history.replaceState(null, "", address);
	}

	/* Room that panels take from the map. */
	private padding(): Padding {
		if (this.counterAt) {
			const wide = innerWidth >= COUNTER_WIDE_FROM_PX ? COUNTER_PX : COUNTER_NARROW_PX;
			return [0, 0, 56, isNarrow() ? 0 : wide];
		}
		const covered = this.occupied || (this.finding ? RIGHT_PANEL_PX : 0);
		if (isNarrow()) return [56, 0, covered ? innerHeight * 0.5 : 56, 0];
		return [0, covered, 32, this.panelOpen ? LEFT_PANEL_PX : 0];
	}

	private inquire(place: LonLat, reachM: number, byKey: boolean, zoom = this.view?.zoom ?? 0): void {
		this.chosenByKey = byKey;
		void this.inquiry.at(place, reachM, zoom);
	}

	private closeCard(): void {
		const inside = this.card.contains(document.activeElement);
		this.inquiry.close();
		if (inside) this.mapElement.focus();
	}

	private async copy(text: string): Promise<void> {
		this.showToast((await copyText(text)) ? t("ui_copied", { text }) : t("ui_not_copied"));
	}

	/* What is told once is not told to who looks over one's shoulder. */
	private async copySecret(secret: string): Promise<void> {
		this.showToast(t((await copyText(secret)) ? "ui_secret_copied" : "ui_not_copied"));
	}

	private showToast(text: string): void {
		clearTimeout(this.toastTimer);
		this.toast = text;
		/* Above a dialog, too: what is shown last lies on top. */
		this.toastElement.hidePopover();
		this.toastElement.showPopover();
		this.toastTimer = setTimeout(() => (this.toast = ""), TOAST_MS);
	}

	private copyLink(): void {
		this.writeAddress();
		void copyText(location.href).then((done) => this.showToast(t(done ? "ui_link_copied" : "ui_not_copied")));
	}

	/* What lies over the map gives way to tools of the map. */
	private togglePanel(open = this.counterAt !== "" || !this.panelOpen): void {
		if (this.counterAt) this.closeCounter();
		this.panelOpen = open;
		if (!isNarrow()) keep({ panel: open });
		else if (open) this.inquiry.close();
	}

	private toggleMeasure(): void {
		if (this.counterAt) this.closeCounter();
		if (this.measurement) this.map?.measure.clear();
		else this.map?.measure.start("distance");
	}

	private switchLanguage(): void {
		language.value = language.value === "vi" ? "en" : "vi";
		keep({ language: language.value });
	}

	/* --- the desk for house numbers --------------------------------------------------------------- */

	private get mayNumber(): boolean {
		const { address } = rolesOf(this.layers.values());
		return address !== undefined && !this.date && (this.who?.writes.includes(address.id) ?? false);
	}

	/** It is loaded when it is wanted first. */
	private async openCounter(at: string): Promise<void> {
		try {
			await import("../counter/counter");
		} catch {
			return this.showToast(t("ui_counter_away"));
		}
		this.menu = "none";
		this.map?.measure.clear();
		this.inquiry.close();
		if (!this.switchedForCounter) this.switchForCounter();
		this.counterAt = at;
		this.writeAddress();
	}

	/* Who numbers houses sees parcels and streets. */
	private switchedForCounter = false;
	private switchForCounter(): void {
		const { land, network } = rolesOf(this.layers.values());
		for (const layer of [land, network]) if (layer && !this.switches.on.value.has(layer.id)) this.switches.switch(layer.id, true);
		this.switchedForCounter = true;
	}

	/* Without house numbers where they are written large. */
	private showLayers(isMarked = false): void {
		const { address } = rolesOf(this.layers.values());
		this.map?.show(new Set([...this.on].filter((id) => !isMarked || id !== address?.id)));
	}

	private closeCounter(): void {
		this.counterAt = "";
		this.showLayers();
		this.writeAddress();
	}

	private toggleCounter(): void {
		if (this.counterAt) this.closeCounter();
		else void this.openCounter("queue");
	}

	private readonly counterHost: CounterHost = {
		close: () => {
			this.closeCounter();
			void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-counter]")?.focus());
		},
		toast: (text) => this.showToast(text),
		fit: (shape) => this.map?.fitShape(shape, this.padding()),
		enter: () => this.desk.enter(),
		refresh: (ids) => this.map?.refresh(ids),
		moved: (at) => {
			this.counterAt = at;
			this.writeAddress();
		},
		marked: (isMarked) => this.showLayers(isMarked),
	};

	private onKey(event: KeyboardEvent): void {
		/* The desk has keys of its own. */
		if (this.counterAt) return;
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this.map) return;
		if (event.key === "Escape") this.escape();
		/* Single letters are keys on the map alone: elsewhere they are letters. */
		else if (document.activeElement === this.mapElement) this.onMapKey(event);
	}

	private escape(): void {
		/* What lies over the card has its own way out. */
		if (this.occupied || document.querySelector("dialog[open]")) return;
		if (this.menu !== "none") this.menu = "none";
		else if (this.measurement?.active) this.map?.measure.finish();
		else if (this.finding) this.closeCard();
		else if (this.panelOpen && isNarrow()) this.togglePanel(false);
	}

	private onMapKey(event: KeyboardEvent): void {
		const acts: { readonly [key: string]: () => void } = {
			Enter: () => this.map?.chooseMiddle(),
			Backspace: () => this.map?.measure.undo(),
			e: () => this.finding?.selected && this.edit(this.finding.selected),
			"/": () => this.searchBox.focusBox(),
			"?": () => this.help.open(),
			l: () => this.togglePanel(),
			m: () => this.toggleMeasure(),
		};
		const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
		if (!act) return;
		event.preventDefault();
		act();
	}

	protected override render(): TemplateResult {
		if (this.failure) return failureNotice(this.failure, () => void this.loadCity());
		if (!this.description) return html`<div class="starting" role="status">${t("ui_starting")}</div>`;
		const { city, layers } = this.description;
		const empty = layers.every((layer) => layer.records === 0);

		return html`
			${this.renderRail()}
			<main class=${this.counterAt ? "with-counter" : this.finding || this.occupied ? "with-card" : ""}>
				<div class="map" tabindex="0" role="application" aria-label=${t("ui_map_of", { city: city.name })}
					aria-describedby="map-keys"></div>
				<p id="map-keys" class="unseen">${t("ui_map_keys")}</p>
				<div class="crosshair" aria-hidden="true"></div>
				<div class="progress ${this.loading ? "on" : ""}" aria-hidden="true"></div>
				<h1 class="unseen">${city.name} – ${t("ui_map")}</h1>
				<div class="left">
					<dothi-search .text=${this.link.query ?? ""} .actions=${this.searchActions}></dothi-search>
					${this.panelOpen
						? html`<dothi-layers .layers=${layers} .on=${this.on} .zoom=${this.view?.zoom ?? 0} .date=${this.date}
								.mayExport=${Boolean(this.who?.login)} .actions=${this.layersActions}></dothi-layers>`
						: nothing}
				</div>
				<dothi-measure .measurement=${this.measurement} .grid=${this.grid} .actions=${this.measureActions}></dothi-measure>
				<dothi-card .finding=${this.occupied ? undefined : this.finding} .city=${city} .grid=${this.grid} .layers=${this.layers}
					.degrees=${this.degrees} .writes=${this.date ? [] : (this.who?.writes ?? [])} .mayNumber=${this.mayNumber} .date=${this.date} .actions=${this.cardActions}></dothi-card>
				<dothi-desk .layers=${this.layers} .grid=${this.grid} .map=${this.map} .actions=${this.deskActions}></dothi-desk>
				<dothi-account .who=${this.who} .layers=${layers} .menu=${this.menu} .waiting=${this.waiting} .actions=${this.accountActions}></dothi-account>
				${this.counterAt ? html`<dothi-counter .at=${this.counterAt} .layers=${this.layers} .map=${this.map} .host=${this.counterHost}></dothi-counter>` : nothing}
				${this.renderZoom()}
				${this.date ? dateNotice(this.date, () => this.showDate("")) : nothing}
				${empty ? emptyNotice() : nothing}
				${this.occupied
					? nothing
					: html`<dothi-drafts-notice .drafts=${this.waiting.drafts.filter(({ key }) => this.offered?.has(key))} .layers=${this.layers} .actions=${this.accountActions}></dothi-drafts-notice>`}
				${this.problem ? problemNotice(this.problem, () => this.retry()) : nothing}
			</main>
			<dothi-status .view=${this.view} .pointed=${this.pointed} .grid=${this.grid} .degrees=${this.degrees}
				.actions=${this.statusActions}></dothi-status>
			<dothi-help .city=${city}></dothi-help>
			<dothi-people .layers=${layers} .copy=${(secret: string) => void this.copySecret(secret)} .toast=${(text: string) => this.showToast(text)}></dothi-people>
			<dothi-export .layers=${layers} .city=${city} .date=${this.date} .places=${this.exportPlaces} .toast=${(text: string) => this.showToast(text)}></dothi-export>
			${this.link.once
				? html`<dothi-password .link=${this.link.once} .done=${() => location.replace("/")}></dothi-password>`
				: nothing}
			<div class="toast ${this.toast ? "on" : ""}" popover="manual" aria-hidden="true">${this.toast}</div>
			<div class="unseen" role="status" aria-live="polite">${this.toast || this.spoken()}</div>
		`;
	}

	/* What a screen reader says of the answer. */
	private spoken(): string {
		const { finding } = this;
		if (finding?.state !== "found") return "";
		const record = this.inquiry.selectedRecord();
		const layer = record && this.layers.get(record.layer);
		if (!record || !layer) return t("ui_nothing_here");
		const first = `${say(layer.title)}: ${headingOf(record, layer)}`;
		return t("ui_found", { count: finding.records.length, first });
	}

	private railButton(sign: IconName, label: string, act: () => void, pressed?: boolean): TemplateResult {
		return html`<button class="rail-button" aria-label=${label} data-tip=${label}
			aria-pressed=${pressed ?? nothing} @click=${act}>${icon(sign)}</button>`;
	}

	private renderRail(): TemplateResult {
		const short = language.value === "vi" ? "EN" : "VI";
		const other = t("ui_other_language");
		return html`
			<nav class="rail" aria-label=${t("ui_tools")}>
				<img class="mark" src="/icon.svg" alt="Dothi" width="32" height="32" />
				${this.railButton("layers", t("ui_layers"), () => this.togglePanel(), this.panelOpen)}
				${this.railButton("ruler", t("ui_measure"), () => this.toggleMeasure(), this.measurement !== undefined)}
				${this.railButton("link", t("ui_copy_link"), () => this.copyLink())}
				${this.who?.writes.length && !this.date
					? this.railButton("draw", t("ui_add"), () => this.toggleMenu("add"), this.menu === "add")
					: nothing}
				${this.mayNumber
					? html`<button class="rail-button" data-counter aria-label=${t("ui_counter")} data-tip=${t("ui_counter")} aria-pressed=${this.counterAt !== ""} @click=${() => this.toggleCounter()}>${icon("plate")}</button>`
					: nothing}
				<span class="spacer"></span>
				${this.renderAccountButton()}
				<button class="rail-button word" aria-label="${short}: ${other}" data-tip=${other} lang=${short.toLowerCase()}
					@click=${() => this.switchLanguage()}>${short}</button>
				${this.railButton(isDark() ? "sun" : "moon", t(isDark() ? "ui_light" : "ui_dark"), switchTheme)}
				${this.railButton("help", t("ui_help"), () => this.help.open())}
			</nav>
		`;
	}

	private renderAccountButton(): TemplateResult {
		const login = this.who?.login;
		const count = login ? this.waiting.conflicts.length + this.waiting.drafts.length : 0;
		const name = login && (count ? t("ui_logged_in_waiting", { login, count }) : t("ui_logged_in", { login }));
		const label = name || t("ui_log_in");
		const act = (): void => (login ? this.toggleMenu("account") : void this.desk.enter());
		return html`<button class="rail-button ${login ? "inside" : ""}" aria-label=${label} data-tip=${label}
			aria-expanded=${login ? this.menu === "account" : nothing} @click=${act}>
			${icon("person")}${count ? html`<span class="badge">${count}</span>` : nothing}</button>`;
	}

	/** The whole map as of a day; "" today. */
	private showDate(date: string): void {
		this.date = date;
		this.map?.showDate(date);
		if (this.finding) void this.inquiry.again();
		this.writeAddress();
	}

	private toggleMenu(menu: "account" | "add"): void {
		this.menu = this.menu === menu ? "none" : menu;
		if (menu === "add" && this.counterAt) this.closeCounter();
	}

	private edit(key: NonNullable<Finding["selected"]>): void {
		if (!this.date && this.who?.writes.includes(key.layer)) void this.desk.change(key);
	}

	private renderZoom(): TemplateResult {
		return html`
			<div class="panel zoom" role="group" aria-label=${t("ui_zoom")}>
				<button class="quiet" aria-label=${t("ui_zoom_in")} @click=${() => this.map?.zoomBy(1)}>${icon("plus")}</button>
				<button class="quiet" aria-label=${t("ui_zoom_out")} @click=${() => this.map?.zoomBy(-1)}>${icon("minus")}</button>
				<button class="quiet" aria-label=${t("ui_whole_city")} @click=${() => this.map?.fit(undefined, this.padding(), true)}>${icon("home")}</button>
			</div>
		`;
	}

	private readonly searchActions: SearchActions = {
		goTo: ({ lon, lat }) => this.inquire([lon, lat], 1, false, this.map?.flyTo([lon, lat])),
		show: (result) => void this.showResult(result),
		typed: (text) => {
			this.searched = text;
			this.writeAddress();
		},
	};

	/* A record that has ended is shown as it was on its last day. */
	private async showResult(result: SearchResult): Promise<void> {
		const date = result.datetime ?? (this.date && "");
		if (date !== this.date) {
			this.inquiry.close();
			this.showDate(date);
		}
		if (!this.switches.on.value.has(result.layer)) this.switches.switch(result.layer, true);
		this.chosenByKey = false;
		await this.inquiry.record({ layer: result.layer, id: result.id });
		if (this.finding && result.box) this.map?.fit(result.box, this.padding(), true);
	}

	private readonly layersActions = {
		switchLayer: (id: string, on: boolean): void => this.switches.switch(id, on),
		showDate: (date: string): void => this.showDate(date),
		showBounds: (layer: Layer): void => this.map?.fit(layer.bounds, this.padding(), true),
		exportLayer: (): void => void this.exporter.open(),
		close: (): void => this.togglePanel(false),
	};

	private readonly exportPlaces = {
		view: (): Bounds | undefined => this.map?.viewBounds(),
		measured: (): readonly LonLat[] | undefined => this.map?.measure.outline(),
	};

	private readonly measureActions = {
		start: (kind: Measurement["kind"]): void => this.map?.measure.start(kind),
		undo: (): void => this.map?.measure.undo(),
		finish: (): void => this.map?.measure.finish(),
		clear: (): void => this.map?.measure.clear(),
	};

	private readonly cardActions = {
		close: (): void => this.closeCard(),
		select: (key: Finding["selected"]): void => this.inquiry.select(key),
		openRecord: (key: NonNullable<Finding["selected"]>): void => void this.inquiry.record(key),
		zoomTo: (record: Finding["records"][number]): void => {
			if (record.geometry) this.map?.fitShape(record.geometry, this.padding());
		},
		copy: (text: string): void => void this.copy(text),
		copyLink: (): void => this.copyLink(),
		again: (): void => void this.inquiry.again(),
		edit: (key: NonNullable<Finding["selected"]>): void => this.edit(key),
		houseNumber: (subject: Subject): void => void this.openCounter(writeSubject(subject)),
		changeLand: (deed: Deed, record: CityRecord): void => void this.desk.changeLand(deed, record),
		heldChanged: (): void => void this.showHeld(),
		openAt: (key: NonNullable<Finding["selected"]>, date: string): void => {
			this.showDate(date);
			void this.inquiry.record(key);
		},
		compare: (outlines: readonly Outline[]): void => this.map?.compare(outlines),
		conflict: (id: number): void => void this.desk.openConflict(id),
		broughtBack: (key: NonNullable<Finding["selected"]>, version: number): void => {
			this.showToast(t("ui_brought_back", { version }));
			this.map?.refresh(new Set([key.layer]));
			void this.inquiry.record(key);
		},
	};

	private readonly accountActions = {
		close: (): void => void (this.menu = "none"),
		add: (layer: string): void => {
			this.menu = "none";
			void this.desk.create(layer);
		},
		openConflict: (id: number): void => {
			this.menu = "none";
			void this.desk.openConflict(id);
		},
		people: (what: "accounts" | "tokens"): void => {
			this.menu = "none";
			void this.people.open(what);
		},
		openDraft: (draft: Draft): void => {
			this.menu = "none";
			void this.desk.openDraft(draft);
		},
		discardDraft: (draft: Draft): void => void this.desk.discardDraft(draft),
		showDrafts: (): void => void (this.menu = "account"),
		logOut: (): void => {
			this.menu = "none";
			void this.desk.leaveSession();
		},
	};

	private readonly deskActions: DeskActions = {
		show: (key) => void this.inquiry.record(key),
		close: () => this.closeCard(),
		toast: (text) => this.showToast(text),
		refresh: (ids) => {
			this.map?.refresh(ids);
			void this.showHeld();
		},
		showHistory: (key) => this.card.showHistory(key),
		fit: (shape) => this.map?.fitShape(shape, this.padding()),
		reveal: (shape) => this.map?.revealShape(shape, this.padding()),
		waiting: (waiting) => {
			if (this.who?.login) this.offered ??= new Set(waiting.drafts.map(({ key }) => key));
			this.waiting = waiting;
		},
		occupied: (widthPx) => {
			this.occupied = widthPx;
			if (widthPx && isNarrow()) this.panelOpen = false;
			if (this.finding) this.onFinding(this.finding);
		},
		reload: () => location.reload(),
	};

	private readonly statusActions = {
		copy: (text: string): void => void this.copy(text),
		switchDegrees: (): void => {
			this.degrees = this.degrees === "dms" ? "decimal" : "dms";
			keep({ degrees: this.degrees });
		},
	};
}
