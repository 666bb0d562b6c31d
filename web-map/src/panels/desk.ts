/*
 * desk: where those who keep the register work: logging in, editing, drafts, conflicts.
 *
 * The page hands it the map; what it opens lies over the page's own card.
 */
import { html, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ApiError, askAt, askRecord, askShapes } from "../api";
import type { Layer } from "../city";
import { askConflicts, type ConflictHead } from "../conflict";
import { type Draft, DraftStore } from "../draft";
import { Edit, type EditState, type Outcome, startDraft } from "../edit";
import { t } from "../i18n/language";
import { formatInstant } from "../i18n/number";
import { today } from "../i18n/today";
import type { Change } from "../live";
import type { CityMap } from "../map/city_map";
import type { ShapeState } from "../map/shape_editor";
import type { RecordKey } from "../permalink";
import type { LonLat, WorkingGrid } from "../place";
import type { CityRecord, Shape } from "../record";
import { interrupted, logOut, renewSession, session } from "../session";
import type { ConflictActions } from "./conflict_panel";
import type { EditActions, EditPanel } from "./edit_panel";
import type { Deed } from "../land";
import type { LandActions, LandPanel } from "./land_panel";
import type { LoginDialog } from "./login_dialog";
import { Panel } from "./panel";
import "./conflict_panel";
import "./edit_panel";
import "./land_panel";
import "./login_dialog";

const UNAUTHORISED = 401;
/* How far the panels reach into the map; see style/edit.css. */
const EDIT_PX = 392;
const CONFLICT_PX = 612;

export interface DeskActions {
	/** Shows a record that was saved, or is asked for. */
	show(key: RecordKey): void;
	/** The card of the page, once more. */
	close(): void;
	toast(text: string): void;
	/** Shows the versions of a record. */
	showHistory(key: RecordKey): void;
	fit(shape: Shape): void;
	/** Moves the map, if it must, until no panel covers the shape. */
	reveal(shape: Shape): void;
	/** What waits to be decided or sent is another. */
	waiting(waiting: Waiting): void;
	/** Something of the layers has changed. */
	refresh(layers: ReadonlySet<string>): void;
	/** So wide a panel lies over the page's card; 0 none. */
	occupied(widthPx: number): void;
	/** What the asker sees is another: the page begins anew. */
	reload(): void;
}

/** What waits for who is logged in. */
export interface Waiting {
	readonly conflicts: readonly ConflictHead[];
	readonly drafts: readonly Draft[];
}

@customElement("dothi-desk")
export class Desk extends Panel {
	@property({ attribute: false }) layers: ReadonlyMap<string, Layer> = new Map();
	@property({ attribute: false }) grid!: WorkingGrid;
	@property({ attribute: false }) map: CityMap | undefined;
	@property({ attribute: false }) actions!: DeskActions;
	@state() private edit: Edit | undefined;
	@state() private editing: EditState | undefined;
	@state() private shape: ShapeState | undefined;
	/** The conflict that is shown; 0 none. */
	@state() private conflict = 0;
	@query("dothi-login") private login!: LoginDialog;
	@query("dothi-edit") private panel!: EditPanel;
	@query("dothi-land") private land!: LandPanel;

	private readonly drafts = new DraftStore();
	private unlisten: (() => void)[] = [];

	override connectedCallback(): void {
		super.connectedCallback();
		interrupted.listen((login) => login && void this.enter());
		session.listen(() => void this.lookForWaiting());
		void this.lookForWaiting();
		addEventListener("online", () => this.editing?.phase === "unsent" && void this.save());
		addEventListener("keydown", (event) => this.onKey(event));
		addEventListener("beforeunload", () => void this.drafts.flush());
	}

	/** Tells what waits: conflicts of layers that may be changed, and drafts on this device. */
	async lookForWaiting(): Promise<void> {
		const who = session.value;
		if (!who?.login) return this.actions.waiting({ conflicts: [], drafts: [] });
		const conflicts = who.writes.length ? await askConflicts().catch(() => []) : [];
		const drafts = await this.drafts.list(who.login);
		this.actions.waiting({ conflicts, drafts });
	}

	/** Somebody changed these; the record in edit may be among them. */
	noticeChanges(changes: readonly Change[]): void {
		const { edit } = this;
		if (!edit || this.editing?.phase === "sending") return;
		for (const { layer, id, version } of changes) {
			if (layer !== edit.layer.id || id !== edit.draft.id || version <= edit.version) continue;
			/* Where nothing was typed yet, one begins with what stands now. */
			if (this.editing?.isChanged) edit.overtake(version);
			else return void this.change({ layer, id });
		}
	}

	/** Goes on with what was left. */
	async openDraft(draft: Draft): Promise<void> {
		if (!(await this.isFree())) return;
		this.open(draft);
		if (draft.shape) this.actions.fit(draft.shape);
		this.actions.toast(t("ui_draft_opened", { at: formatInstant(new Date(draft.changedAt).toISOString()) }));
		if (draft.id === undefined) return;
		const now = await askRecord(draft.layer, draft.id).catch(() => undefined);
		if (now && this.edit?.draft.key === draft.key) this.edit.overtake(Number(now.properties.version));
	}

	async discardDraft(draft: Draft): Promise<void> {
		await this.drafts.remove(draft.key);
		await this.lookForWaiting();
	}

	/* --- conflicts ---------------------------------------------------------------------------- */

	/** Shows two changes side by side. */
	async openConflict(id: number): Promise<void> {
		if (await this.isFree()) this.showConflict(id);
	}

	private showConflict(id: number): void {
		this.conflict = id;
		if (!id) this.map?.compare([]);
		this.actions.occupied(id ? CONFLICT_PX : this.edit ? EDIT_PX : 0);
	}

	private readonly conflictActions: ConflictActions = {
		close: () => this.showConflict(0),
		decided: (conflict) => {
			this.showConflict(0);
			this.actions.toast(t("ui_conflict_decided"));
			this.actions.refresh(new Set([conflict.layer]));
			this.actions.show({ layer: conflict.layer, id: conflict.feature_id });
			void this.lookForWaiting();
		},
		compare: (outlines) => this.map?.compare(outlines),
		fit: (shape) => this.actions.fit(shape),
		enter: () => this.enter(),
	};

	/* --- who is here -------------------------------------------------------------------------- */

	/** Asks for login and password; true when somebody has come in. */
	async enter(): Promise<boolean> {
		const before = session.value?.scope;
		if (!(await this.login.enter())) return false;
		this.actions.toast(t("ui_logged_in", { login: session.value?.login ?? "" }));
		/* What is seen is another now; an edit that is open would be lost by a new page. */
		if (session.value?.scope !== before && !this.edit) this.actions.reload();
		return true;
	}

	async leaveSession(): Promise<void> {
		const before = session.value?.scope;
		await this.drafts.flush();
		try {
			await logOut();
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			if (cause.status !== UNAUTHORISED) return this.actions.toast(cause.message);
			await renewSession();
		}
		this.closeEdit();
		this.actions.toast(t("ui_logged_out"));
		if (session.value?.scope !== before) this.actions.reload();
	}

	/* --- editing ------------------------------------------------------------------------------ */

	/** Begins to change a record, from how it stands now or from the draft that was left of it. */
	async change(key: RecordKey): Promise<void> {
		const login = session.value?.login;
		if (!login || !(await this.isFree())) return;
		const left = (await this.drafts.list(login)).find((draft) => draft.layer === key.layer && draft.id === key.id);
		if (left) return this.openDraft(left);
		try {
			this.open(startDraft(login, key.layer, await askRecord(key.layer, key.id)));
		} catch (cause) {
			this.tell(cause);
		}
	}

	/** Begins a new record. */
	async create(layer: string): Promise<void> {
		const login = session.value?.login;
		if (login && (await this.isFree())) this.open(startDraft(login, layer, undefined));
	}

	/* --- land ----------------------------------------------------------------------------------- */

	/** Begins to split a parcel, or to join it with others. */
	async changeLand(deed: Deed, record: CityRecord): Promise<void> {
		if (!(await this.isFree())) return;
		this.map?.measure.clear();
		this.actions.occupied(EDIT_PX);
		this.land.open(deed, record);
	}

	/** Whether what is pointed at is a parcel to be joined; then it is. */
	pick(place: LonLat): boolean {
		if (!this.land.picks) return false;
		void askAt(place, 0, "").then(({ features }) => {
			const record = features.find(({ layer }) => this.layers.get(layer)?.land);
			if (record && this.land.picks) this.land.toggle(record);
		}, (cause: unknown) => this.tell(cause));
		return true;
	}

	private closeLand(): void {
		if (!this.land.isOpen) return;
		this.land.close();
		this.actions.occupied(0);
	}

	private readonly landActions: LandActions = {
		close: () => this.closeLand(),
		done: ({ parcels }) => {
			const land = [...this.layers.values()].find((layer) => layer.land);
			const [first] = parcels;
			this.closeLand();
			if (!land || !first) return;
			this.actions.refresh(new Set([land.id]));
			this.actions.toast(t("ui_land_done", { count: parcels.length }));
			this.actions.show({ layer: land.id, id: first.id });
		},
		reveal: (shape) => this.actions.reveal(shape),
		enter: () => this.enter(),
	};

	/* An edit that is open is kept as a draft. */
	private async isFree(): Promise<boolean> {
		await this.drafts.flush();
		if (this.editing?.phase === "sending") return false;
		this.closeEdit();
		this.closeLand();
		this.showConflict(0);
		return true;
	}

	private open(draft: Draft): void {
		const layer = this.layers.get(draft.layer);
		const { map } = this;
		if (!layer || !map) return;
		const edit = new Edit(draft, layer, this.drafts);

		map.measure.clear();
		this.edit = edit;
		this.editing = edit.state.value;
		this.unlisten = [
			edit.state.listen((editing) => this.onEdit(editing)),
			map.shapes.state.listen((shape) => this.onShape(shape)),
		];
		map.shapes.start({
			kind: layer.geometry,
			shape: draft.shape,
			before: draft.base?.geometry ?? null,
			neighbours: (box, signal) => askShapes(layer.id, box, draft.id, signal),
		});
		this.actions.occupied(EDIT_PX);
		if (draft.shape) this.actions.reveal(draft.shape);
		void this.updateComplete.then(() => this.panel.focusTitle());
	}

	private closeEdit(): void {
		if (!this.edit) return;
		for (const stop of this.unlisten) stop();
		this.unlisten = [];
		this.map?.shapes.stop();
		this.edit = this.editing = this.shape = undefined;
		this.actions.occupied(0);
	}

	private onEdit(editing: EditState): void {
		this.editing = editing;
		this.map?.shapes.showFault(editing.faultAt && this.grid.toLonLat(editing.faultAt));
	}

	private onShape(shape: ShapeState | undefined): void {
		this.shape = shape;
		if (shape) this.edit?.setShape(shape.shape);
	}

	private async save(work: (edit: Edit) => Promise<Outcome> = (edit) => edit.save()): Promise<void> {
		const { edit } = this;
		if (!edit || this.editing?.phase === "sending") return;
		try {
			this.finish(edit, await work(edit));
		} catch (cause) {
			if (!(cause instanceof ApiError)) throw cause;
			if (cause.status === UNAUTHORISED && (await this.enter())) return this.save(work);
			void this.panel.updateComplete.then(() => this.panel.focusFault());
		}
	}

	/* A record that has ended today is no longer there to be shown. */
	private async endRecord(day: string): Promise<void> {
		await this.save(async (edit) => {
			const outcome = await edit.end(day);
			if (outcome.kind === "conflict" || day > today()) return outcome;
			this.closeEdit();
			this.actions.refresh(new Set([edit.layer.id]));
			this.actions.toast(t("ui_ended"));
			this.actions.close();
			return outcome;
		});
	}

	private finish(edit: Edit, outcome: Outcome): void {
		if (this.edit !== edit) return;
		const layer = edit.layer.id;
		this.closeEdit();
		this.actions.refresh(new Set([layer]));
		void this.lookForWaiting();
		if (outcome.kind === "conflict") return this.showConflict(outcome.id);
		this.actions.toast(t("ui_saved", { version: outcome.version }));
		this.actions.show({ layer, id: outcome.id });
	}

	private tell(cause: unknown): void {
		if (!(cause instanceof ApiError)) throw cause;
		this.actions.toast(cause.message);
	}

	/* Undo and redo work on the shape; a text that is being typed has its own. */
	private onKey(event: KeyboardEvent): void {
		const { map } = this;
		if (this.conflict && event.key === "Escape" && !document.querySelector("dialog[open]")) {
			event.preventDefault();
			this.showConflict(0);
		}
		if (this.land.isOpen && event.key === "Escape" && !document.querySelector("dialog[open]")) {
			event.preventDefault();
			this.closeLand();
		}
		if (!this.edit || !map || document.querySelector("dialog[open]")) return;
		const isText = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
		const key = event.key.toLowerCase();
		const control = event.ctrlKey || event.metaKey;

		if (control && key === "s") void this.save();
		else if (event.key === "Escape") this.escape();
		else if (isText) return;
		else if (control && (key === "y" || (key === "z" && event.shiftKey))) map.shapes.redo();
		else if (control && key === "z") map.shapes.undo();
		else if (event.key === "Delete" || event.key === "Backspace") this.removePoint();
		else return;
		event.preventDefault();
	}

	private escape(): void {
		if (this.shape?.drawing && this.shape.points > 0) this.map?.shapes.finishDrawing();
		else this.panel.leave();
	}

	private removePoint(): void {
		if (this.shape?.drawing) this.map?.shapes.undo();
		else this.map?.shapes.removeCorner();
	}

	protected override render(): TemplateResult {
		return html`
			<dothi-edit .edit=${this.edit} .editing=${this.editing} .shape=${this.shape} .grid=${this.grid}
				.actions=${this.editActions}></dothi-edit>
			<dothi-land .map=${this.map} .layers=${this.layers} .actions=${this.landActions}></dothi-land>
			<dothi-conflict .conflictId=${this.conflict} .layers=${this.layers} .actions=${this.conflictActions}></dothi-conflict>
			<dothi-login></dothi-login>
		`;
	}

	private readonly editActions: EditActions = {
		save: () => void this.save(),
		end: (day) => void this.endRecord(day),
		leave: (keepDraft) => void this.leaveEdit(keepDraft),
		showHistory: () => this.showHistory(),
		undo: () => this.map?.shapes.undo(),
		redo: () => this.map?.shapes.redo(),
		drawAnew: () => this.map?.shapes.drawAnew(),
		finishDrawing: () => this.map?.shapes.finishDrawing(),
		removeCorner: () => this.map?.shapes.removeCorner(),
		chooseCorner: (step) => this.map?.shapes.chooseBy(step),
		moveCorner: (place: LonLat) => this.map?.shapes.moveCorner(place),
	};

	private async leaveEdit(keepDraft: boolean): Promise<void> {
		const { edit } = this;
		if (keepDraft) await this.drafts.flush();
		else await edit?.discard();
		if (keepDraft) this.actions.toast(t("ui_draft_kept"));
		this.closeEdit();
		void this.lookForWaiting();
	}

	private showHistory(): void {
		const { edit } = this;
		if (!edit?.draft.base) return;
		const key = { layer: edit.layer.id, id: edit.draft.base.id };
		this.closeEdit();
		this.actions.show(key);
		this.actions.showHistory(key);
	}
}
