// The languages of the face.

import en from "../texts/en.json" with { type: "json" };
import et from "../texts/et.json" with { type: "json" };
import ru from "../texts/ru.json" with { type: "json" };
import vi from "../texts/vi.json" with { type: "json" };
import type { Text } from "./state.ts";

/** All that the face says, in one language. */
export type Texts = typeof en;

export const catalogues: Record<string, Texts> = { en, et, ru, vi };

export const textsOf = (language: string): Texts => catalogues[language] ?? en;

/** The first language that both the reader and the face have. */
export function languageOf(wanted: readonly string[]): string {
  return wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "").find((tag) => Object.hasOwn(catalogues, tag)) ?? "en";
}

/** A text with values in the place of {names}. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

/** A text of an election in a language, or in the election's first; with the language that it is in. */
export function inLanguage(text: Text, language: string, languages: string[]): { text: string; lang: string } {
  const lang = [language, ...languages].find((l) => text[l] !== undefined) ?? language;
  return { text: text[lang] ?? "", lang };
}
