/*
 * api: the server's answers, typed; every failure is an ApiError with a sentence to show.
 */
import type { Bounds, CityDescription } from "./city";
import { language, t } from "./i18n/language";
import { Observed } from "./observed";
import type { LonLat } from "./place";
import type { CityRecord, Shape } from "./record";

interface Problem {
	readonly detail?: string;
	readonly try?: string;
	readonly code?: string;
	readonly where?: string;
	readonly request?: string;
}

/** away: no answer; busy: come again; refused: the server says no. */
export type ApiFailure = "away" | "busy" | "refused";

/* Without a Retry-After, and as long as a person waits gladly. */
const RETRY_AFTER_S = 2;

export class ApiError extends Error {
	constructor(
		readonly failure: ApiFailure,
		detail: string,
		readonly advice: string,
		readonly status = 0,
		readonly code = "",
		readonly request = "",
		readonly retryAfterS = RETRY_AFTER_S,
		/** Which part of what was sent is at fault: "/properties/name", "/geometry (E 1, N 2)". */
		readonly where = "",
		/** Where the answer says to look: a conflict. */
		readonly location = "",
	) {
		super(detail);
	}
}

async function errorOf(response: Response): Promise<ApiError> {
	const problem: Problem = await response
		.json()
		.then((body: unknown) => (typeof body === "object" && body !== null ? body : {}))
		.catch(() => ({}));
	const retryAfter = Number(response.headers.get("Retry-After"));

	return new ApiError(
		response.status === 503 ? "busy" : "refused",
		problem.detail ?? t("ui_server_refused", { status: response.status }),
		problem.try ?? "",
		response.status,
		problem.code ?? "",
		problem.request ?? "",
		retryAfter > 0 ? retryAfter : RETRY_AFTER_S,
		problem.where ?? "",
		response.headers.get("Location") ?? "",
	);
}

/** Counts sessions that ended while the page was open; who listens asks to log in again. */
export const sessionsEnded = new Observed(0);

const SESSION_OVER = 401;
/* Of the session, so that only our own pages change something. */
let csrfToken = "";

export function useCsrf(token: string): void {
	csrfToken = token;
}

/** What changes something: its method, and what is sent with it. */
export interface Sending {
	readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
	readonly body?: unknown;
	/** Of the body. */
	readonly type?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

function initOf({ method, body, type, headers }: Sending): RequestInit {
	return {
		method,
		headers: {
			...(body === undefined ? {} : { "Content-Type": type ?? "application/json" }),
			...(csrfToken ? { "X-CSRF-Token": csrfToken } : {}),
			...headers,
		},
		...(body === undefined ? {} : { body: typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body) }),
	};
}

async function reach(path: string, accept: string, init: RequestInit): Promise<Response> {
	let response: Response;

	try {
		response = await fetch(path, {
			...init,
			headers: { Accept: accept, "Accept-Language": language.value, ...init.headers },
		});
	} catch (cause) {
		if (init.signal?.aborted) throw cause;
		throw new ApiError("away", t("ui_server_away"), t("ui_server_away_try"));
	}
	if (response.ok) return response;
	const error = await errorOf(response);
	if (error.status === SESSION_OVER && error.code.startsWith("SES-")) sessionsEnded.value++;
	throw error;
}

/** Asks the server; anything but a good answer is thrown as ApiError. An abort stays an abort. */
export function ask(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
	return reach(path, accept, signal ? { signal } : {});
}

/** Has the server change something; fails as ask(). */
export function send(path: string, sending: Sending): Promise<Response> {
	return reach(path, "application/json", initOf(sending));
}

export async function sendJson<T>(path: string, sending: Sending): Promise<T> {
	return (await (await send(path, sending)).json()) as T;
}

export async function askJson<T>(path: string, signal?: AbortSignal): Promise<T> {
	const response = await ask(path, "application/json, application/geo+json", signal);
	return (await response.json()) as T;
}

export function askCity(): Promise<CityDescription> {
	return askJson<CityDescription>("/api/layers");
}

/** What lies at a place, and the place in the working coordinate system as the server computes it. */
export interface AtAnswer {
	readonly place: {
		readonly lon: number;
		readonly lat: number;
		readonly east: number;
		readonly north: number;
		readonly epsg: number;
	};
	readonly features: readonly CityRecord[];
}

/** `date`: as of that day; "" today. */
export function askAt(place: LonLat, radiusM: number, date: string, signal?: AbortSignal): Promise<AtAnswer> {
	const [lon, lat] = place.map((degrees) => degrees.toFixed(9));
	const when = date && `&date=${date}`;
	return askJson<AtAnswer>(`/api/at?lon=${lon}&lat=${lat}&radius_m=${radiusM.toFixed(2)}${when}`, signal);
}

export function recordPath(layer: string, id: number): string {
	return `/ogc/collections/${encodeURIComponent(layer)}/items/${id}`;
}

/** `date`: as of that day; "" today. */
export async function askRecord(layer: string, id: number, date = "", signal?: AbortSignal): Promise<CityRecord> {
	const path = recordPath(layer, id) + (date && `?datetime=${date}`);
	const record = await askJson<Omit<CityRecord, "layer" | "distance_m">>(path, signal);
	return { ...record, layer, distance_m: 0 };
}

/** At most so many neighbours: more corners than one can point at. */
const SHAPES_MAX = 1000;

/** The records of a layer in a box. */
export async function askRecordsIn(layer: string, box: Bounds, signal: AbortSignal): Promise<CityRecord[]> {
	const bbox = box.map((degrees) => degrees.toFixed(7)).join(",");
	const path = `/ogc/collections/${encodeURIComponent(layer)}/items?bbox=${bbox}&limit=${SHAPES_MAX}`;
	const { features } = await askJson<{ features: CityRecord[] }>(path, signal);
	return features.map((record) => ({ ...record, layer, distance_m: 0 }));
}

/** The shapes of a layer in a box, without those of one record. */
export async function askShapes(
	layer: string,
	box: Bounds,
	without: number | undefined,
	signal: AbortSignal,
): Promise<Shape[]> {
	const records = await askRecordsIn(layer, box, signal);
	return records.flatMap((record) => (record.id !== without && record.geometry ? [record.geometry] : []));
}
