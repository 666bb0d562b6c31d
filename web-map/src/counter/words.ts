/*
 * words: the texts of the desk for house numbers; they come with it.
 */
import { type TextArguments, texts } from "../../generated/counter_texts";
import { tellerOf } from "../i18n/language";

export const tell = tellerOf<TextArguments>(texts);
