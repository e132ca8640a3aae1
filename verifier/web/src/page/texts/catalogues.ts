// The languages of the page.

import { en } from "./en.ts";
import { et } from "./et.ts";
import { ru } from "./ru.ts";
import type { Texts } from "./texts.ts";
import { vi } from "./vi.ts";

export const catalogues: Record<string, Texts> = { en, et, ru, vi };

/** The first language that both the reader and the page have. */
export function languageOf(wanted: readonly string[]): string {
  return wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "").find((tag) => tag in catalogues) ?? "en";
}

/** A text of a manifest in a language, or in the manifest's first. */
export function inLanguage(text: Map<string, string>, language: string, first: string | undefined): string {
  return text.get(language) ?? text.get(first ?? "") ?? "";
}
