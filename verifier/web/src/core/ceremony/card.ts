// A trustee's card: a name, a key that signs, and a key for shares.

import { type Bytes, textOf } from "../bytes.ts";
import { isSigningKey } from "../ed25519.ts";
import { must, under } from "../errors.ts";
import { type Element, G, decodeElement } from "../group.ts";
import { isPrintable } from "../printable.ts";
import { type Knowledge, parseKnowledge, verifyKnowledge } from "../sigma.ts";
import { Transcript } from "../transcript.ts";
import { ceremonySigned } from "./hash.ts";
import { FileReader } from "./reader.ts";

const cardTag = 0x10;

export interface Card {
  name: string;
  signing: Bytes;
  encryption: Element;
  proof: Knowledge;
  signature: Bytes;
  /** Everything before the signature. */
  before: Bytes;
  raw: Bytes;
}

/** Refusals: `ceremony_form`, `element`, `scalar`. */
export function parseCard(bytes: Bytes): Card {
  const r = new FileReader(bytes, cardTag);
  const name = textOf(r.take(r.count("length of the name", 1, 100)));
  must(name !== undefined && isPrintable(name), "ceremony_form", "the name of a card cannot be shown");
  const signing = r.take(32);
  must(isSigningKey(signing), "ceremony_form", "the signing key is not one of prime order");
  const encryption = decodeElement(r.take(32));
  const proof = parseKnowledge(r.take(64));
  const before = r.before();
  const signature = r.take(64);
  r.end();
  return { name, signing, encryption, proof, signature, before, raw: bytes };
}

/** Card.Verify. Refusal: `card` and what begins so. */
export function verifyCard(card: Card): void {
  const context = new Transcript("valik/1 card").string("name", card.name).bytes("signing key", card.signing);
  under("card", () => verifyKnowledge(context, G, card.encryption, card.proof));
  must(ceremonySigned(card.signing, "card", card.before, card.signature), "card", "its signature does not verify");
}
