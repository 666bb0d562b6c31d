/*
 * api: the server's answers, typed; every failure is an ApiError with a sentence to show.
 */
import type { CityDescription } from "./city";
import { language, t } from "./i18n/language";
import type { LonLat } from "./place";
import type { CityRecord } from "./record";

interface Problem {
	readonly detail?: string;
	readonly try?: string;
	readonly code?: string;
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
	);
}

/** Asks the server; anything but a good answer is thrown as ApiError. An abort stays an abort. */
export async function ask(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
	let response: Response;

	try {
		response = await fetch(path, {
			headers: { Accept: accept, "Accept-Language": language.value },
			...(signal ? { signal } : {}),
		});
	} catch (cause) {
		if (signal?.aborted) throw cause;
		throw new ApiError("away", t("ui_server_away"), t("ui_server_away_try"));
	}
	if (!response.ok) throw await errorOf(response);
	return response;
}

async function askJson<T>(path: string, signal?: AbortSignal): Promise<T> {
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

export function askAt(place: LonLat, radiusM: number, signal?: AbortSignal): Promise<AtAnswer> {
	const [lon, lat] = place.map((degrees) => degrees.toFixed(9));
	return askJson<AtAnswer>(`/api/at?lon=${lon}&lat=${lat}&radius_m=${radiusM.toFixed(2)}`, signal);
}

export function recordPath(layer: string, id: number): string {
	return `/ogc/collections/${encodeURIComponent(layer)}/items/${id}`;
}

export async function askRecord(layer: string, id: number, signal?: AbortSignal): Promise<CityRecord> {
	const record = await askJson<Omit<CityRecord, "layer" | "distance_m">>(recordPath(layer, id), signal);
	return { ...record, layer, distance_m: 0 };
}
