/*
 * accounts: who may enter, how far, and the tokens of programs, as the administrator manages them.
 */
import { askJson, send, sendJson } from "./api";
import type { Layer } from "./city";
import type { Title } from "./i18n/language";
import { type CityRecord, headingOf } from "./record";

export type AccountState = "active" | "locked" | "closed";

export interface Account {
	readonly id: number;
	readonly login: string;
	/** Stands for all visitors; nobody logs in by it. */
	readonly is_public: boolean;
	readonly role: string;
	readonly role_title: Title;
	readonly state: AccountState;
	readonly has_password: boolean;
	readonly created_at: string;
}

export interface Role {
	readonly id: string;
	readonly title: Title;
}

/** A row of what an account may do; null means all. */
export interface Scope {
	readonly layer: string | null;
	readonly unit_id: number | null;
	readonly field: string | null;
	readonly may_write: boolean;
}

export interface Token {
	readonly id: number;
	readonly name: string;
	readonly may_write: boolean;
	readonly layers: readonly string[] | null;
	readonly created_at: string;
	readonly expires_at: string | null;
	readonly last_used_at: string | null;
	readonly revoked_at: string | null;
}

/** A link that lets its bearer set the password, shown once. */
export interface LinkMade extends Account {
	readonly url: string;
}

export interface TokenPlan {
	readonly name: string;
	readonly may_write: boolean;
	readonly layers: readonly string[] | null;
	/** Null: for ever. */
	readonly days: number | null;
}

export function askAccounts(): Promise<{ accounts: Account[]; roles: Role[] }> {
	return askJson("/api/accounts");
}

export async function askScopes(id: number): Promise<Scope[]> {
	return (await askJson<{ scopes: Scope[] }>(`/api/accounts/${id}`)).scopes;
}

export function addAccount(login: string, role: string): Promise<LinkMade> {
	return sendJson("/api/accounts", { method: "POST", body: { login, role } });
}

export async function changeAccount(id: number, changed: { role?: string; state?: AccountState }): Promise<void> {
	await send(`/api/accounts/${id}`, { method: "PATCH", body: changed });
}

export async function setScopes(id: number, scopes: readonly Scope[]): Promise<void> {
	await send(`/api/accounts/${id}/scopes`, { method: "PUT", body: scopes });
}

export function makeLink(id: number): Promise<LinkMade> {
	return sendJson(`/api/accounts/${id}/link`, { method: "POST" });
}

/** Of an account, or one's own. */
function tokensPath(account: number | undefined): string {
	return account === undefined ? "/api/tokens" : `/api/accounts/${account}/tokens`;
}

export async function askTokens(account: number | undefined): Promise<Token[]> {
	return (await askJson<{ tokens: Token[] }>(tokensPath(account))).tokens;
}

/** The text of the token, told once. */
export async function makeToken(account: number | undefined, plan: TokenPlan): Promise<string> {
	return (await sendJson<{ token: string }>(tokensPath(account), { method: "POST", body: plan })).token;
}

export async function revokeToken(id: number): Promise<void> {
	await send(`/api/tokens/${id}`, { method: "DELETE" });
}

export interface Unit {
	readonly id: number;
	readonly name: string;
}

const UNITS_MAX = 1000;

/** The administrative units: the records that computed fields of other layers refer to. */
export async function askUnits(layers: readonly Layer[]): Promise<Unit[]> {
	const layer = layers.find(({ id }) =>
		layers.some(({ fields }) => fields.some((field) => field.computed && field.id === `${id}_id`)),
	);
	if (!layer) return [];
	const path = `/ogc/collections/${encodeURIComponent(layer.id)}/items?f=json&limit=${UNITS_MAX}`;
	const { features } = await askJson<{ features: CityRecord[] }>(path);
	return features
		.map((record) => ({ id: record.id, name: headingOf({ ...record, layer: layer.id }, layer) }))
		.sort((a, b) => a.name.localeCompare(b.name, "vi"));
}
