// Package collector is the server that takes ballots: it accepts, checks, sequences and
// publishes.
//
// A ballot is accepted as bytes, checked in the order of docs/protocol/casting.md, cheapest
// first, and sequenced: one transaction puts it into the box and its leaf into the log and
// signs the checkpoint. Only then is the voter answered, by a receipt that can be verified
// without trusting the collector, or by a signed refusal with a stable code. The log is
// published as C2SP tiles while it grows.
//
// The collector sees who votes and when, never what. It can refuse ballots, which the
// refusal proves, but it cannot change, drop or add one after its receipt without the board
// showing it.
package collector
