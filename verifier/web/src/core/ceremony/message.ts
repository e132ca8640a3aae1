// Messages of the four rounds (docs/protocol/ceremony.md).

import type { Bytes } from "../bytes.ts";
import { FileReader } from "./reader.ts";

export const rounds = { commit: 1, deal: 2, confirm: 3, drill: 4 } as const;
export type Round = (typeof rounds)[keyof typeof rounds];

const signatureSize = 64;

export interface Message {
  sender: number;
  /** h_0, the hash of the parameters. */
  ceremony: Bytes;
  /** The hash of the rounds before, as the sender has seen them. */
  view: Bytes;
  body: Bytes;
  /** Everything before the signature. */
  before: Bytes;
  signature: Bytes;
  raw: Bytes;
}

/** Reads a message of a round; its body is for who needs it. Refusal: `ceremony_form`. */
export function parseMessage(round: Round, bytes: Bytes): Message {
  const r = new FileReader(bytes, round);
  const sender = r.count("sender", 1, 64);
  const ceremony = r.take(32);
  const view = r.take(32);
  const body = r.rest(signatureSize);
  const before = r.before();
  return { sender, ceremony, view, body, before, signature: r.take(signatureSize), raw: bytes };
}
