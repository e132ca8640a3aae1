// Opening a ballot with its seed: what the second device is for (docs/protocol/ballot.md).

import { type Bytes, fromHex, toHex, uint64, utf8 } from "../bytes.ts";
import { type Ciphertext, encrypt, parseCiphertext, seedScalar } from "../elgamal.ts";
import { blame, must, under } from "../errors.ts";
import { type Element, type Scalar, identity } from "../group.ts";
import { membershipSize, verifyMembership } from "../membership.ts";
import { Transcript } from "../transcript.ts";
import type { Ballot, BallotContest } from "./ballot.ts";
import { type Choice, type Contest, blank, choicePoint, choicesOf, fingerprintBytes, style } from "./choices.ts";
import type { Manifest } from "./manifest.ts";

/** What a ballot says in one contest: a choice for every slot, the most wanted first. */
export interface Selection {
  contest: Contest;
  choices: Choice[];
}

/** Ballot.Check: everything that needs no cryptography. Refusals: `wrong_election`, `wrong_district`, `wrong_style`. */
export function checkBallot(m: Manifest, ballot: Ballot): void {
  must(ballot.election === m.fingerprint, "wrong_election", "the ballot is of another election");
  must(m.districts.some((d) => d.id === ballot.district), "wrong_district", "the ballot is of a district that there is not");
  const contests = style(m, ballot.district);
  const same = contests.length === ballot.contests.length && contests.every((c, i) => c.id === ballot.contests[i]?.contest);
  must(same, "wrong_style", "the ballot has not the contests of its district");
  contests.forEach((contest, i) => {
    const slots = ballot.contests[i]?.slots ?? [];
    must(slots.length === contest.slots, "wrong_style", `${slots.length} slots, not ${contest.slots}`, contest.id);
    const size = membershipSize(choicesOf(m, contest, ballot.district).length);
    must(slots.every((slot) => slot.proof.length === size), "wrong_style", `a proof that has not ${size} bytes`, contest.id);
  });
}

/** Ballot.Open: the choices, given the seed. Refusals: those of checkBallot, `seed`, `choice_twice`, and what is wrong with a ciphertext. */
export function openBallot(m: Manifest, Y: Element, seed: Bytes, ballot: Ballot): Selection[] {
  checkBallot(m, ballot);
  return style(m, ballot.district).map((contest, i) => {
    const list = choicesOf(m, contest, ballot.district);
    const points = list.map((choice) => choicePoint(m, contest.id, choice.code));
    const byPoint = new Map(points.map((point, index) => [toHex(point.toBytes()), list[index] as Choice]));
    const { slots } = ballot.contests[i] as BallotContest;
    const choices = slots.map((slot, k) => blame(`${contest.id}, slot ${k}`, () => {
      const c = parseCiphertext(slot.ciphertext);
      const choice = byPoint.get(toHex(plaintext(c, Y, randomness(m, seed, contest.id, k)).toBytes()));
      must(choice !== undefined, "seed", "with this seed the ciphertext holds no choice of the list");
      return choice;
    }));
    choices.forEach((choice, k) => blame(`${contest.id}, slot ${k}`, () => {
      must(choice.code === blank || choices.indexOf(choice) === k, "choice_twice", "the choice stands in an earlier slot too, so this one does not count");
    }));
    return { contest, choices };
  });
}

/** The randomness of a slot: Seed.Scalar(seed; "valik/1 ballot", fingerprint, contest, k). */
export function randomness(m: Manifest, seed: Bytes, contest: string, k: number): Scalar {
  return seedScalar(seed, utf8("valik/1 ballot"), fingerprintBytes(m), utf8(contest), uint64(k));
}

/** M = B − r·Y, if A = r·G. */
function plaintext(c: Ciphertext, Y: Element, r: Scalar): Element {
  const mask = encrypt(Y, identity, r);
  must(mask.A.equals(c.A), "seed", "the ciphertext was not made with this seed");
  return c.B.subtract(mask.B);
}

/** Ballot.VerifyProofs: without its proofs the ballot would not count. Refusal: `bad_proof`. */
export function verifyProofs(m: Manifest, Y: Element, ballot: Ballot): void {
  style(m, ballot.district).forEach((contest, i) => {
    const points = choicesOf(m, contest, ballot.district).map((choice) => choicePoint(m, contest.id, choice.code));
    ballot.contests[i]?.slots.forEach((slot, k) => {
      const at = `${contest.id}, slot ${k}`;
      const context = slotTranscript(m, ballot, contest.id, k);
      blame(at, () => under("bad_proof", () => verifyMembership(context, Y, points, parseCiphertext(slot.ciphertext), slot.proof)));
    });
  });
}

/** Ballot.Context */
export function slotTranscript(m: Manifest, ballot: Ballot, contest: string, k: number): Transcript {
  return new Transcript("valik/1 ballot slot")
    .bytes("election", fingerprintBytes(m)).string("contest", contest).string("district", ballot.district).uint64("slot", k)
    .bytes("pseudonym", ballot.pseudonym).uint64("anchor size", ballot.anchor.size).bytes("anchor root", fromHex(ballot.anchor.root) as Bytes);
}
