/*
 * theme: light, dark, or as the system has it.
 */
import { Observed } from "./observed";
import { keep, remember, type Remembered } from "./remembered";

export type ThemeChoice = Remembered["theme"];

export const theme = new Observed<ThemeChoice>("system");

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
	return theme.value === "dark" || (theme.value === "system" && systemIsDark.matches);
}

/** The other one than is shown. */
export function switchTheme(): void {
	theme.value = isDark() ? "light" : "dark";
	keep({ theme: theme.value });
}

export function startTheme(): void {
	const apply = (): void => {
		document.documentElement.dataset.theme = isDark() ? "dark" : "light";
	};
	theme.value = remember().theme;
	theme.listen(apply);
	systemIsDark.addEventListener("change", apply);
	apply();
}
