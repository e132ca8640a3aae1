// The proof that a ciphertext holds one of a list of points (docs/protocol/membership.md).

import type { Bytes } from "./bytes.ts";
import { type Ciphertext, ciphertextBytes } from "./elgamal.ts";
import { must } from "./errors.ts";
import {
  type Element, G, type Scalar, decodeElement, decodeElements, decodeScalar, generator, mod, sumOfProducts,
} from "./group.ts";
import type { Transcript } from "./transcript.ts";
import { tupleHashXof } from "./tuplehash.ts";

const base = 4;
const label = "valik/1 membership";

/** m: the number of digits of an index below N to the base 4, at least one. */
export function digits(N: number): number {
  let m = 1;
  while (base ** m < N) m++;
  return m;
}

/** The length of a proof for N choices in bytes. */
export function membershipSize(N: number): number {
  return 32 * (5 * digits(N) + 7);
}

interface Proof {
  A: Element;
  B: Element;
  C: Element;
  D: Element;
  /** G_0.A, G_0.B, G_1.A … */
  G: Element[];
  /** f_{j,1}, f_{j,2}, f_{j,3} for j = 0 … m-1. */
  f: Scalar[];
  zA: Scalar;
  zC: Scalar;
  z: Scalar;
}

function parse(bytes: Bytes, m: number): Proof {
  must(bytes.length === 32 * (5 * m + 7), "membership", `a proof of ${bytes.length} bytes has another number of digits`);
  const at = (i: number): Bytes => bytes.subarray(32 * i, 32 * i + 32);
  const firstScalar = 4 + 2 * m;
  const scalars = Array.from({ length: 3 * m + 3 }, (_, i) => decodeScalar(at(firstScalar + i)));
  const [zA, zC, z] = scalars.slice(3 * m) as [Scalar, Scalar, Scalar];
  return {
    A: decodeElement(at(0)), B: decodeElement(at(1)), C: decodeElement(at(2)), D: decodeElement(at(3)),
    G: decodeElements(bytes.subarray(32 * 4, 32 * firstScalar)), f: scalars.slice(0, 3 * m), zA, zC, z,
  };
}

/** Membership.Verify: c encrypts one of M under Y. Refusals: `membership`, `element`, `scalar`. */
export function verifyMembership(transcript: Transcript, Y: Element, M: Element[], c: Ciphertext, proof: Bytes): void {
  const m = digits(M.length);
  must(!c.A.is0(), "membership", "component A of the ciphertext is the identity");
  const p = parse(proof, m);
  const x = challenge(transcript, Y, M, c, p);
  const f = allDigits(p.f, x, m);
  checkCommitments(p, f, x);
  checkComponents(p, f, x, Y, M, c, m);
}

function challenge(transcript: Transcript, Y: Element, M: Element[], c: Ciphertext, p: Proof): Scalar {
  return transcript
    .string("proof", label).element("Y", Y).string("generators", label)
    .uint64("4m", base * digits(M.length)).uint64("N", M.length)
    .bytes("choices", tupleHashXof("valik/1 choices", M.map((point) => point.toBytes()), 64))
    .bytes("ciphertext", ciphertextBytes(c))
    .element("A", p.A).element("B", p.B).element("C", p.C).element("D", p.D).elements("G", p.G)
    .challenge("x");
}

/** f_{j,0} … f_{j,3} for every j, with f_{j,0} = x - f_{j,1} - f_{j,2} - f_{j,3}. */
function allDigits(sent: Scalar[], x: Scalar, m: number): Scalar[][] {
  return Array.from({ length: m }, (_, j) => {
    const rest = sent.slice(3 * j, 3 * j + 3);
    return [mod(x - rest.reduce((sum, s) => sum + s, 0n)), ...rest];
  });
}

/** Com(v; r) = r·G + Σ_{j,i} v_{j,i}·H_{j,i} */
function commit(v: Scalar[], r: Scalar): Element {
  return sumOfProducts([r, ...v], [G, ...v.map((_, i) => generator(label, i + 1))]);
}

function checkCommitments(p: Proof, f: Scalar[][], x: Scalar): void {
  const flat = f.flat();
  // A + x·B - Com(f; z_A) = 0
  must(p.A.add(p.B.multiplyUnsafe(x)).equals(commit(flat, p.zA)), "membership", "the equation of the digits does not hold");
  // D + x·C - Com(f·(x - f); z_C) = 0
  const products = flat.map((s) => mod(s * (x - s)));
  must(p.D.add(p.C.multiplyUnsafe(x)).equals(commit(products, p.zC)), "membership", "the equation of zero or one does not hold");
}

function checkComponents(p: Proof, f: Scalar[][], x: Scalar, Y: Element, M: Element[], c: Ciphertext, m: number): void {
  const powers = [1n];
  for (let k = 0; k < m; k++) powers.push(mod((powers[k] as Scalar) * x));
  const xm = powers.pop() as Scalar;
  const GA = p.G.filter((_, i) => i % 2 === 0);
  const GB = p.G.filter((_, i) => i % 2 === 1);
  // Σ_k x^k·G_k.A + z·G - x^m·c.A = 0
  const a = sumOfProducts([...powers, p.z, mod(-xm)], [...GA, G, c.A]);
  must(a.is0(), "membership", "the equation of component A does not hold");
  // Σ_k x^k·G_k.B + z·Y + Σ p_i·M_i - x^m·c.B = 0
  const b = sumOfProducts([...powers, p.z, ...weights(f, M.length, xm), mod(-xm)], [...GB, Y, ...M, c.B]);
  must(b.is0(), "membership", "the equation of component B does not hold");
}

/** p_i = Π_j f_{j,i_j} for i < N - 1; what is left of x^m falls on the last, of which the padding are copies. */
function weights(f: Scalar[][], N: number, xm: Scalar): Scalar[] {
  const p = Array.from({ length: N - 1 }, (_, i) =>
    f.reduce((product, row, j) => mod(product * (row[Math.floor(i / base ** j) % base] as Scalar)), 1n));
  return [...p, mod(xm - p.reduce((sum, s) => sum + s, 0n))];
}
