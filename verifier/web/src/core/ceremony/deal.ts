// A trustee's deal: the public image of its polynomial, and encrypted shares.

import { type Bytes, concat, equal } from "../bytes.ts";
import { must, under } from "../errors.ts";
import { type Element, G, decodeElement, decodeElements } from "../group.ts";
import { type Knowledge, parseKnowledge, verifyKnowledge } from "../sigma.ts";
import { Transcript } from "../transcript.ts";
import { ceremonyHash, u8 } from "./hash.ts";
import type { Message } from "./message.ts";
import { FileReader } from "./reader.ts";

/** The body of a deal, without the shares, which only their recipients can read. */
export interface Deal {
  /** A_0 … A_(t-1) */
  coefficients: Element[];
  secretProof: Knowledge;
  ephemeral: Element;
  ephemeralProof: Knowledge;
  shares: number;
}

/** Refusals: `ceremony_form`, `element`, `scalar`. */
export function parseDeal(body: Bytes): Deal {
  // The reader wants a version and a tag: a body has none of its own.
  const r = new FileReader(concat(u8(1), u8(0), body), 0);
  const coefficients = decodeElements(r.take(32 * r.count("number of coefficients", 1, 64)));
  const secretProof = parseKnowledge(r.take(64));
  const ephemeral = decodeElement(r.take(32));
  const ephemeralProof = parseKnowledge(r.take(64));
  const shares = r.count("number of shares", 1, 64);
  r.take(64 * shares);
  r.end();
  return { coefficients, secretProof, ephemeral, ephemeralProof, shares };
}

/** Deal.Check, for t of n trustees. Refusals begin with `deal`. */
export function checkDeal(h0: Bytes, commitment: Message, message: Message, t: number, n: number): Deal {
  const opening = ceremonyHash("deal", h0, u8(message.sender), message.body);
  must(equal(opening, commitment.body), "deal_not_opened", "the deal does not open the commitment");
  const deal = parseDeal(message.body);
  must(deal.coefficients.length === t, "deal_degree", `${deal.coefficients.length} coefficients, not ${t}`);
  must(deal.shares === n, "deal_shares", `${deal.shares} shares, not ${n}`);
  const context = (use: string): Transcript => new Transcript(use)
    .bytes("ceremony", h0).uint64("trustee", message.sender)
    .elements("coefficients", deal.coefficients).element("ephemeral key", deal.ephemeral);
  under("deal_proof", () => {
    verifyKnowledge(context("valik/1 deal secret"), G, deal.coefficients[0] as Element, deal.secretProof);
    verifyKnowledge(context("valik/1 deal ephemeral key"), G, deal.ephemeral, deal.ephemeralProof);
  });
  return deal;
}
