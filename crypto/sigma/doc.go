// Package sigma proves statements about discrete logarithms without showing
// them: knowledge of one, equality of two or of many, and that a ciphertext
// encrypts one of a list of points.
//
// Every proof is non-interactive. The caller makes a transcript, absorbs the
// context (which election, who, where) and hands it to one Prove or Verify, which
// absorbs the type of the proof, the complete statement and the commitments. A
// proof verifies only under a transcript with the same context.
//
// Proofs travel as commitments and responses, 32 bytes each, so that a verifier
// can check many of them by one multi-scalar multiplication. Provers are constant
// time in their secrets; verifiers work on public data and are not.
//
// See docs/protocol/proofs.md and docs/protocol/membership.md.
package sigma
