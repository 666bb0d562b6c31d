/*
 * session: who is logged in in this browser, and what they may do.
 *
 * The session itself is a cookie that no script reads; here stands what the server says of it.
 */
import { ApiError, askJson, send, sessionsEnded, useCsrf } from "./api";
import type { Title } from "./i18n/language";
import { Observed } from "./observed";

export interface Session {
	/** Null: a visitor. */
	readonly login: string | null;
	readonly role: string;
	readonly role_title: Title;
	readonly csrf: string | null;
	/** Ids of the layers of which something may be changed. */
	readonly writes: readonly string[];
	readonly administers: boolean;
	/** Equal for those who see the same. */
	readonly scope: string;
}

/** Undefined until the server has said. */
export const session = new Observed<Session | undefined>(undefined);

/** The login of a session that ended by itself; who logs in again goes on where it was. */
export const interrupted = new Observed<string | undefined>(undefined);

function take(told: Session): void {
	useCsrf(told.csrf ?? "");
	session.value = told;
}

/** What the server says now. */
export async function renewSession(): Promise<void> {
	take(await askJson<Session>("/api/session"));
}

async function enter(path: string, content: unknown): Promise<void> {
	await send(path, { method: "POST", body: content });
	await renewSession();
	interrupted.value = undefined;
}

export function logIn(login: string, password: string): Promise<void> {
	return enter("/api/session", { login, password });
}

/** Sets the password of the account that the one-time link was made for, and logs in. */
export function redeemLink(link: string, password: string): Promise<void> {
	return enter("/api/session/link", { link, password });
}

export async function logOut(): Promise<void> {
	await send("/api/session", { method: "DELETE" });
	await renewSession();
}

/** From here on a session that ends is noticed; asks who is here. */
export async function startSession(): Promise<void> {
	sessionsEnded.listen(() => {
		if (!session.value?.login) return;
		interrupted.value = session.value.login;
		take({ ...session.value, login: null, csrf: null, writes: [], administers: false });
	});
	try {
		await renewSession();
	} catch (cause) {
		if (!(cause instanceof ApiError)) throw cause;
		/* The answer took the cookie of a session that is over; the next one is the public's. */
		if (cause.status === 401) await renewSession();
	}
}

