/*
 * author: who did something in the register, in words. Visitors are not told.
 */
import { t } from "../i18n/language";

interface Authored {
	readonly author: string | null;
	readonly author_login?: string | null;
}

export function nameAuthor({ author, author_login: login }: Authored): string {
	if (login) return login;
	const id = /^user:(\d+)$/.exec(author ?? "")?.[1];
	return id ? t("ui_account_number", { id: Number(id) }) : (author ?? "");
}
