// The whole ceremony, which gives the election's public key (Ceremony.Verify of docs/protocol/ceremony.md).

import { type Bytes, concat, equal, toHex } from "../bytes.ts";
import { blame, must } from "../errors.ts";
import { type Element, identity, mod, sumOfProducts } from "../group.ts";
import { type Card, parseCard, verifyCard } from "./card.ts";
import { type Deal, checkDeal } from "./deal.ts";
import { verifyDrills } from "./drill.ts";
import { ceremonyHash, ceremonySigned, u8 } from "./hash.ts";
import { type Message, type Round, parseMessage, rounds } from "./message.ts";

/** What must be known from elsewhere: t of the cards' holders decrypt. */
export interface Parameters {
  context: Bytes;
  threshold: number;
  cards: Bytes[];
}

/** The messages of the four rounds, each in the order of the trustees. */
export interface Ceremony {
  commitments: Bytes[];
  deals: Bytes[];
  confirmations: Bytes[];
  drills: Bytes[];
}

/** Y, and Y_1 … Y_n. */
export interface Keys {
  public: Element;
  trustees: Element[];
}

/** Ceremony.Verify. Refusals name the trustee at fault, "trustee 2", where one is. */
export function verifyCeremony(p: Parameters, c: Ceremony): Keys {
  const cards = checkCards(p);
  const n = cards.length;
  const h0 = ceremonyHash("parameters", p.context, concat(u8(p.threshold), u8(n)), ...p.cards);
  const commitments = collect(rounds.commit, c.commitments, cards, h0, h0);
  const h1 = view(rounds.commit, h0, commitments);
  const deals = collect(rounds.deal, c.deals, cards, h0, h1);
  // Before the later rounds, which have other views if a deal is another: so the culprit is named.
  const checked = deals.map((deal, i) =>
    byTrustee(i, () => checkDeal(h0, commitments[i] as Message, deal, p.threshold, n)));
  const h2 = view(rounds.deal, h1, deals);
  const confirmations = collect(rounds.confirm, c.confirmations, cards, h0, h2);
  const h3 = view(rounds.confirm, h2, confirmations);
  const drills = collect(rounds.drill, c.drills, cards, h0, h3);
  const keys = combine(checked, n);
  verifyDrills(h0, h3, drills, keys.trustees, p.threshold);
  return keys;
}

/** Ceremony.Parameters */
function checkCards(p: Parameters): Card[] {
  const n = p.cards.length;
  must(n >= 1 && n <= 64 && p.threshold >= 1 && p.threshold <= n, "ceremony_form", `${p.threshold} of ${n} trustees`);
  const cards = p.cards.map((bytes, i) => byTrustee(i, () => parseCard(bytes)));
  cards.forEach((card, i) => byTrustee(i, () => verifyCard(card)));
  const keys = cards.flatMap((card) => [toHex(card.signing), `${toHex(card.encryption.toBytes())} for shares`]);
  must(new Set(keys).size === keys.length, "card", "a key stands on two cards");
  return cards;
}

/** Ceremony.Collect, for messages that stand in the order of the trustees. */
function collect(round: Round, encoded: Bytes[], cards: Card[], h0: Bytes, h: Bytes): Message[] {
  must(encoded.length === cards.length, "ceremony_missing", `${encoded.length} messages of ${cards.length} trustees in round ${round}`);
  return encoded.map((bytes, i) => byTrustee(i, () => {
    const m = parseMessage(round, bytes);
    must(m.sender === i + 1, "ceremony_form", `the message at place ${i + 1} of round ${round} is of trustee ${m.sender}`);
    must(equal(m.ceremony, h0), "ceremony_other", "it is of another ceremony");
    const card = cards[i] as Card;
    must(ceremonySigned(card.signing, "message", m.before, m.signature), "ceremony_signature", `the signature of round ${round} does not verify`);
    must(equal(m.view, h), "ceremony_view", `the trustee saw other messages before round ${round}`);
    return checkBody(round, m);
  }));
}

function checkBody(round: Round, m: Message): Message {
  if (round === rounds.commit) must(m.body.length === 32, "ceremony_form", `a commitment of ${m.body.length} bytes`);
  if (round === rounds.confirm) must(m.body.length === 0, "ceremony_form", "a confirmation has no body");
  return m;
}

/** Ceremony.View */
function view(round: Round, before: Bytes, messages: Message[]): Bytes {
  return ceremonyHash("view", u8(round), before, ...messages.map((m) => m.raw));
}

/** Ceremony.Keys: Y = Σ_i A_i0, Y_j = Σ_i Σ_k j^k·A_ik */
function combine(deals: Deal[], n: number): Keys {
  const t = deals[0]?.coefficients.length ?? 0;
  const sums = Array.from({ length: t }, (_, k) =>
    deals.reduce((sum, deal) => sum.add(deal.coefficients[k] as Element), identity));
  const trustees = Array.from({ length: n }, (_, j) =>
    sumOfProducts(sums.map((_, k) => mod(BigInt(j + 1) ** BigInt(k))), sums));
  const Y = sums[0] ?? identity;
  must(![Y, ...trustees].some((key) => key.is0()), "ceremony_keys", "a key is the identity");
  return { public: Y, trustees };
}

function byTrustee<T>(i: number, step: () => T): T {
  return blame(`trustee ${i + 1}`, step);
}
