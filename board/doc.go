// Package board is the public log: an append-only Merkle tree of opaque
// entries, its signed and witnessed checkpoints, and the proofs about them.
//
// All formats are those of C2SP: tlog-tiles, tlog-checkpoint, signed-note,
// tlog-cosignature and tlog-proof. The tree is that of RFC 6962 over SHA-256.
// The mathematics comes from golang.org/x/mod/sumdb, the signatures and proofs
// from github.com/transparency-dev/formats; this package adds the policy of who
// must have signed, strict decoding, stores and the folder layout.
//
// What an entry means is not known here.
package board
