package tally

import (
	"errors"

	"valik/board"
	"valik/election"
	"valik/election/vis3"
	"valik/verifier"
)

var stepRevoke = step{after: election.KindClose, until: election.KindInput, stage: verifier.Closed}

// Revoke takes the ballots of persons out of the count, or back in: an order in
// the VIS3 form, which the authority signs. It is possible between the close and
// the processing, any number of times.
//
// It implements Step.Revoke of docs/protocol/steps.md.
func (f *Folder) Revoke(order *vis3.Revocations, authority *Authority, key *board.Key) (err error) {
	w, err := f.begin(key, stepRevoke)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	k := len(election.Where(w.Entries, election.KindRevocations)) + 1
	document, err := order.Document(w.Manifest, k)
	if err != nil {
		return err
	}
	if err := authority.write(f.revocationsFile(k), document.Bytes(), w.Manifest); err != nil {
		return err
	}
	return w.enter(election.KindRevocations, document.Hash())
}
