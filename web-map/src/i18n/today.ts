/*
 * today: the day that it is in Vietnam, where validity is reckoned, wherever the browser is.
 */

/** YYYY-MM-DD. */
export function today(): string {
	return new Intl.DateTimeFormat("en-CA", {
		timeZone: "Asia/Ho_Chi_Minh",
		year: "numeric",
		month: "2-digit",
		day: "2-digit",
	}).format(new Date());
}
