// Package verifier says whether the record of an election proves its result.
// It reads bytes and nothing else: no network, no clock. It is one named check
// a file; the names are those of docs/protocol/verify.md, of the report and of
// the negative vectors.
//
// It takes nothing on trust from the record but the manifest, whose fingerprint
// the caller pins from a source of their own: keys, generators, the numbers of
// trustees and mixers all follow from it.
package verifier
