/*
 * main: starts the page in the language and view that the address or this device asks for.
 */
import { language, languageOfBrowser } from "./i18n/language";
import { App } from "./panels/app";
import { readPermalink } from "./permalink";
import { remember } from "./remembered";
import { startTheme } from "./theme";

const link = readPermalink(location.search);
const app = new App();

startTheme();
language.value = link.language ?? (remember().language || languageOfBrowser());
document.documentElement.lang = language.value;
app.link = link;
document.body.replaceChildren(app);
