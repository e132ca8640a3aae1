// Proofs about discrete logarithms (docs/protocol/proofs.md). A transcript comes with the
// proof's context in it.

import type { Bytes } from "./bytes.ts";
import { must } from "./errors.ts";
import { type Element, G, type Scalar, decodeElement, decodeScalar, sumOfProducts, times } from "./group.ts";
import type { Transcript } from "./transcript.ts";

/** A proof of knowledge: commitment and response. */
export interface Knowledge {
  T: Element;
  s: Scalar;
}

/** Reads 64 bytes. Refusals: `knowledge`, `element`, `scalar`. */
export function parseKnowledge(bytes: Bytes): Knowledge {
  must(bytes.length === 64, "knowledge", `${bytes.length} bytes, the proof has 64`);
  return { T: decodeElement(bytes.subarray(0, 32)), s: decodeScalar(bytes.subarray(32)) };
}

/** Knowledge.Verify: whoever made X = x·P knows x. Refusal: `knowledge`. */
export function verifyKnowledge(transcript: Transcript, P: Element, X: Element, { T, s }: Knowledge): void {
  must(!P.is0() && !X.is0(), "knowledge", "the identity is no key");
  const c = transcript.string("proof", "valik/1 knowledge").element("P", P).element("X", X).element("T", T).challenge("c");
  // s·P = T + c·X
  must(times(s, P).equals(T.add(times(c, X))), "knowledge", "the equation does not hold");
}

/** BatchEquality.Verify of 96 bytes: X = x·G, and D_i = x·A_i for all i. Refusals: `batch_equality`, `element`, `scalar`. */
export function verifyBatchEquality(transcript: Transcript, X: Element, A: Element[], D: Element[], proof: Bytes): void {
  must(proof.length === 96, "batch_equality", `${proof.length} bytes, the proof has 96`);
  const T1 = decodeElement(proof.subarray(0, 32));
  const T2 = decodeElement(proof.subarray(32, 64));
  const s = decodeScalar(proof.subarray(64));
  must(A.length === D.length, "batch_equality", "the lists have different lengths");
  must(!X.is0(), "batch_equality", "the identity is no key");
  const rho = transcript
    .string("proof", "valik/1 batch equality").element("X", X).uint64("n", A.length).elements("A", A).elements("D", D)
    .challenges("rho", A.length);
  const c = transcript.element("T1", T1).element("T2", T2).challenge("c");
  // Ā = Σ ρ_i·A_i, D̄ = Σ ρ_i·D_i
  const meanA = sumOfProducts(rho, A);
  const meanD = sumOfProducts(rho, D);
  // s·G = T1 + c·X, s·Ā = T2 + c·D̄
  must(times(s, G).equals(T1.add(times(c, X))), "batch_equality", "the equation of the key does not hold");
  must(times(s, meanA).equals(T2.add(times(c, meanD))), "batch_equality", "the equation of the list does not hold");
}
