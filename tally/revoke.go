package tally

import (
	"valik/board"
	"valik/election"
	"valik/election/vis3"
	"valik/verifier"
)

// Revoke takes the ballots of persons out of the count, or back in: an order in
// the VIS3 form, which the authority signs. It is possible between the close and
// the processing.
//
// It implements Step.Revoke of docs/protocol/steps.md.
func (f *Folder) Revoke(order *vis3.Revocations, authority *Authority, key *board.Key) error {
	s, err := f.verify(verifier.Closed)
	if err != nil {
		return err
	}
	if len(election.Where(s.Entries, election.KindInput)) > 0 {
		return ErrDone
	}
	k := len(election.Where(s.Entries, election.KindRevocations)) + 1
	document, err := order.Document(s.Manifest, k)
	if err != nil {
		return err
	}
	err = f.writeSigned(f.Sealed(), election.RevocationsFile(k), election.RevocationsSignatureFile(k), document.Bytes(), s.Manifest, authority, private)
	if err != nil {
		return err
	}
	return f.enter(s.Manifest, key, election.NewEntry(election.KindRevocations, s.Manifest.Fingerprint(), document.Hash()))
}
