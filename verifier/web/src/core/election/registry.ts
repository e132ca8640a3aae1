// The key of the election information system, which signs voter lists (docs/protocol/manifest.md). The page
// uses it for nothing; a manifest whose key is none is no manifest.

import { p256, p384 } from "@noble/curves/nist.js";
import { type Bytes, equal, fromHex } from "../bytes.ts";
import { badField, base64, type Shape } from "../shape.ts";

/** What comes before the point in the one DER encoding of an uncompressed key (RFC 5480), and the curve. */
const forms = [
  { head: fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200") as Bytes, curve: p256 },
  { head: fromHex("3076301006072a8648ce3d020106052b81040022036200") as Bytes, curve: p384 },
];

/** SubjectPublicKeyInfo in DER of an ECDSA key on P-256 or P-384. */
export const registryKey: Shape<Bytes> = {
  read(value, path) {
    const der = base64().read(value, path);
    if (!forms.some(({ head, curve }) => equal(der.subarray(0, head.length), head) && isPoint(curve, der.subarray(head.length)))) {
      throw badField(path, "no ECDSA key on P-256 or P-384 as DER SubjectPublicKeyInfo");
    }
    return der;
  },
  known: () => {},
};

function isPoint(curve: typeof p256, bytes: Bytes): boolean {
  // Compressed points, of which the curve knows too, are another encoding of the same key.
  if (bytes[0] !== 0x04) return false;
  try {
    curve.Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}
