// Times, numbers and hashes as people read them.

/** English as most of the world writes it: the day before the month, and 24 hours. */
const tagOf = (language: string): string => (language === "en" ? "en-GB" : language);

/** A moment of RFC 3339 to the second, with its time zone: that of the reader unless it is given. */
export const moment = (language: string, time: string, timeZone?: string): string => written(language, time, { second: "2-digit", timeZone });

/** The same to the minute, with the day of the week: for hours that were fixed before. */
export const hour = (language: string, time: string, timeZone?: string): string => written(language, time, { weekday: "long", timeZone });

function written(language: string, time: string, more: Intl.DateTimeFormatOptions): string {
  const to: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  return new Intl.DateTimeFormat(tagOf(language), { ...to, ...more }).format(new Date(time));
}

export const number = (language: string, n: number): string => new Intl.NumberFormat(tagOf(language)).format(n);

export function minutes(language: string, n: number): string {
  return new Intl.NumberFormat(tagOf(language), { style: "unit", unit: "minute", unitDisplay: "long" }).format(n);
}

/** Names one after another, as the language lists them. */
export const list = (language: string, names: string[]): string => new Intl.ListFormat(tagOf(language)).format(names);

/** A hash in groups that people can compare. */
export const grouped = (hash: string): string => (hash.match(/.{1,4}/g) ?? []).join(" ");

/** A fingerprint as a voter types it, with any spaces; undefined if it is none. */
export function typedFingerprint(text: string): string | undefined {
  const digits = text.replace(/\s/g, "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

/** Bytes in base64. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** An SVG as an address for an <img>, where nothing in it runs. */
export const imageOf = (svg: string): string => `data:image/svg+xml;base64,${base64(new TextEncoder().encode(svg))}`;
