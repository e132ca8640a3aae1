// Signed notes (c2sp.org/signed-note): a text and signature lines.

import { type Bytes, fromBase64, textOf, toHex } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";

/** A signature line: `— name base64(keyhash ‖ signature)`. */
export interface Line {
  name: string;
  /** 8 hex digits. */
  keyHash: string;
  signature: Bytes;
}

export interface Note {
  /** With its last line end. */
  text: string;
  lines: Line[];
}

const maxLines = 100;

/** Splits a note at its last empty line. Refusal: `note_form`. */
export function parseNote(bytes: Bytes): Note {
  const all = textOf(bytes);
  // A second form of one text would be a second note: nothing but the line end is a control character.
  must(all !== undefined && !/[\0-\x09\x0b-\x1f]/.test(all), "note_form", "a note is UTF-8 without control characters");
  const cut = all.lastIndexOf("\n\n");
  must(cut >= 0 && all.endsWith("\n"), "note_form", "a note has a text, an empty line and signature lines");
  const lines = all.slice(cut + 2, -1).split("\n");
  must(lines.length <= maxLines && cut + 2 < all.length, "note_form", `${lines.length} signature lines`);
  return { text: all.slice(0, cut + 1), lines: lines.map(parseLine) };
}

function parseLine(line: string): Line {
  const [, name, base64] = /^— ([^\s+]+) ([^\s]+)$/u.exec(line) ?? [];
  const raw = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || raw === undefined || raw.length < 5) throw new Refusal("note_form", "a signature line is not of its form");
  return { name, keyHash: toHex(raw.subarray(0, 4)), signature: raw.subarray(4) };
}
