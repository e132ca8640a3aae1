// Keys of a log and of its witnesses, as vkeys (Key.Parse of docs/protocol/board.md).

import { type Bytes, concat, fromBase64, toBase64, toHex, utf8 } from "../bytes.ts";
import { Refusal, must } from "../errors.ts";
import { sha256 } from "../hash.ts";

export const keyTypes = { log: 1, witness: 4, witnessMlDsa: 6 } as const;

const keyLengths: Record<number, number> = { 1: 32, 4: 32, 6: 1312 };

export interface PublicKey {
  name: string;
  type: number;
  /** 8 hex digits. */
  keyHash: string;
  /** The key's own bytes. */
  material: Bytes;
}

/** Key.Parse: one key has one spelling. Refusal: `vkey`. */
export function parseKey(vkey: string): PublicKey {
  const [, name, base64] = /^([^+]+)\+[^+]*\+(.+)$/s.exec(vkey) ?? [];
  const raw = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || raw === undefined || raw.length === 0) throw new Refusal("vkey", "it is not name+hash+base64");
  checkName(name);
  const type = raw[0] as number;
  must(raw.length - 1 === keyLengths[type], "vkey", `type ${type} with ${raw.length - 1} bytes is no key that is in use here`);
  const key = { name, type, keyHash: toHex(sha256(utf8(`${name}\n`), raw).subarray(0, 4)), material: raw.subarray(1) };
  must(spell(key) === vkey, "vkey", `it should be ${spell(key)}`);
  return key;
}

function spell(key: PublicKey): string {
  return `${key.name}+${key.keyHash}+${toBase64(concat(Uint8Array.of(key.type), key.material))}`;
}

function checkName(name: string): void {
  const length = utf8(name).length;
  must(length <= 255 && /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(name) && !name.includes("+"), "vkey", "a name has 1 to 255 bytes of visible characters");
}
