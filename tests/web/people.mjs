/*
 * people: accounts for tests, and a browser in which one of them is logged in.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { dothi } from "./harness.mjs";

export const PASSWORD = "một câu dài dễ nhớ";

/** Makes an account; returns the one-time link by which its password is set. */
export function addPerson(city, login, role) {
	const made = execFileSync(dothi, ["user", "add", path.join(city.folder, "city"), login, "--role", role, "--json"], { encoding: "utf8" });
	return JSON.parse(made).link.split("once=")[1];
}

/** What a person sends, with the session's cookie and token. */
export class Person {
	constructor(city, cookie, csrf) {
		Object.assign(this, { city, cookie, csrf });
	}

	async send(method, address, content, headers = {}) {
		return fetch(this.city.url + address, {
			method,
			headers: { Cookie: this.cookie, "X-CSRF-Token": this.csrf, "Content-Type": "application/json", ...headers },
			...(content === undefined ? {} : { body: JSON.stringify(content) }),
		});
	}

	/** Changes fields of a record as it stands now. */
	async change(layer, id, properties) {
		const address = `/ogc/collections/${layer}/items/${id}`;
		const { properties: now } = await this.city.ask(address);
		const answer = await this.send("PATCH", address, { properties }, {
			"Content-Type": "application/merge-patch+json",
			"If-Match": `"v${now.version}"`,
		});
		if (answer.status !== 204) throw new Error(`${answer.status} ${await answer.text()}`);
	}
}

/** Makes an account, sets its password and logs in. */
export async function enter(city, login, role) {
	const link = addPerson(city, login, role);
	const answer = await fetch(`${city.url}/api/session/link`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ link, password: PASSWORD }),
	});
	if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
	const { csrf } = await answer.json();
	return new Person(city, answer.headers.get("set-cookie").split(";")[0], csrf);
}

/** The cookies of a person for a browser's context. */
export function cookiesOf(person) {
	const [name, value] = person.cookie.split("=");
	return [{ name, value, url: person.city.url, httpOnly: true, sameSite: "Lax" }];
}
