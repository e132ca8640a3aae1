// Package election holds the nouns of an election, each with its one encoding:
// manifest, roll, ballot, the entries of the board, receipts and refusals, and
// the documents of the count. It also fixes what the proofs of an election are
// bound to.
//
// Every document is canonical JSON (RFC 8785) that parses only from the bytes
// that it encodes to. Long lists are JSON Lines, bulk data is fixed-layout
// binary named by hash. See docs/protocol/encoding.md and the document of each
// noun beside it.
package election
