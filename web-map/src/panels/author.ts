/*
 * author: who did something in the register, in words.
 */
import { t } from "../i18n/language";

export function nameAuthor({ author, author_login: login }: { author: string; author_login?: string }): string {
	if (login) return login;
	const id = /^user:(\d+)$/.exec(author)?.[1];
	return id ? t("ui_account_number", { id: Number(id) }) : author;
}
