// Package voter is the whole logic of a voter's program, without a face: open an
// election, say who one is, prepare a ballot, sign it, cast it, and check the
// receipt. It trusts two things from outside, the election's fingerprint and the
// voter's own card; everything that the collector says is checked against them.
//
// A ballot is cast when [Election.Cast] has returned a receipt, and not before.
package voter
