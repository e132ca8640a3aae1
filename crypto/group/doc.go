// Package group is the one group of the protocol: ristretto255 of RFC 9496, a
// group of the prime order
//
//	ℓ = 2^252 + 27742317777372353535851937790883648493
//
// in which no encoding has two readings and no element has a small order. It
// stands on the field and scalar arithmetic of filippo.io/edwards25519 and adds
// what makes an election fast: multi-scalar multiplication over many points,
// tables of fixed bases, and encoding and decoding on all cores.
//
// Elements and scalars follow the style of math/big: a method computes into its
// receiver and returns it, and arguments may alias the receiver.
//
// Every function runs in a time that does not depend on the values it is given,
// unless its name contains VarTime or its comment says so. Secrets (keys,
// voters' randomness, permutations) must only meet the functions without VarTime.
package group
