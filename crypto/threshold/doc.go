// Package threshold makes an election key that no single trustee holds, and
// decrypts with it.
//
// The key ceremony of n trustees has a card and four rounds: commit, deal,
// confirm, drill. [Begin] starts it; every round is a method of the state that
// the round before returned, and gives one message for everybody. [Verify]
// checks a finished ceremony from its public messages alone. Afterwards any t of
// the n trustees decrypt: [KeyShare.Decrypt], [DecryptionShare.Verify],
// [Combine]. See docs/protocol/ceremony.md and docs/protocol/decryption.md.
package threshold
