// The last round: every trustee decrypts one test ciphertext.

import { type Bytes, concat, utf8 } from "../bytes.ts";
import { blame, must, under } from "../errors.ts";
import { type Element, decodeElement, hashToElement, mod, order, type Scalar, sumOfProducts } from "../group.ts";
import { verifyBatchEquality } from "../sigma.ts";
import { Transcript } from "../transcript.ts";
import type { Message } from "./message.ts";

/** Drill.Verify: every share verifies against its key, and they fit together. Refusals begin with `drill`. */
export function verifyDrills(h0: Bytes, h3: Bytes, drills: Message[], keys: Element[], t: number): void {
  const A = hashToElement("valik/1 drill", h3, utf8("A"));
  const B = hashToElement("valik/1 drill", h3, utf8("B"));
  const shares = drills.map((drill, i) => {
    const context = new Transcript("valik/1 drill").bytes("ceremony", h0).bytes("view", h3);
    return blame(`trustee ${i + 1}`, () => under("drill", () => shareOf(context, drill, keys[i] as Element, A, B)));
  });
  shares.slice(t).forEach((share, i) => {
    const combined = sumOfProducts(lagrange(t, t + 1 + i), shares.slice(0, t));
    must(combined.equals(share), "drill", `the share of trustee ${t + 1 + i} does not fit those of the first ${t}`);
  });
}

function shareOf(context: Transcript, drill: Message, key: Element, A: Element, B: Element): Element {
  must(drill.body.length === 32 + 96, "ceremony_form", `a share of ${drill.body.length} bytes`);
  const D = decodeElement(drill.body.subarray(0, 32));
  context.string("decryption", "valik/1 decryption share").uint64("trustee", drill.sender).uint64("width", 1)
    .bytes("rows", concat(A.toBytes(), B.toBytes()));
  verifyBatchEquality(context, key, [A], [D], drill.body.subarray(32));
  return D;
}

/** λ_i(j) = Π_(m ≤ t, m ≠ i) (j − m)/(i − m) for i = 1 … t. */
function lagrange(t: number, j: number): Scalar[] {
  return Array.from({ length: t }, (_, index) => {
    let above = 1n;
    let below = 1n;
    for (let m = 1; m <= t; m++) {
      if (m === index + 1) continue;
      above = mod(above * BigInt(j - m));
      below = mod(below * BigInt(index + 1 - m));
    }
    return mod(above * inverse(below));
  });
}

/** 1/s modulo ℓ, by Fermat: s^(ℓ-2). */
function inverse(s: Scalar): Scalar {
  let result = 1n;
  for (let e = order - 2n, power = s; e > 0n; e >>= 1n, power = mod(power * power)) {
    if (e & 1n) result = mod(result * power);
  }
  return result;
}
