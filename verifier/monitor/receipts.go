package monitor

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"valik/board"
	"valik/election"
)

// checkReceipts holds the board against what its collector has promised to voters.
//
// It implements Monitor.Receipts of docs/protocol/monitor.md.
func (r *round) checkReceipts(files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		hash := election.HashOf(files[name])
		if r.kept[hash] {
			continue
		}
		receipt, err := election.ParseReceipt(files[name])
		if err == nil {
			err = receipt.VerifySignature(r.manifest)
		}
		if err != nil {
			r.Notes = append(r.Notes, fmt.Sprintf("%s is no receipt of this election: %v", name, err))
			continue
		}
		before := len(r.Alarms)
		if r.checkPromise(name, receipt) && len(r.Alarms) == before {
			r.kept[hash] = true
		}
	}
}

// checkPromise checks one signed receipt. It reports whether all could be read.
func (r *round) checkPromise(name string, receipt *election.Receipt) bool {
	newest := r.follower.Seen()
	promised, err := receipt.Verify(r.manifest, receipt.Ballot, receipt.Envelope)
	if err != nil {
		r.alarm(Alarm{Kind: Receipt, What: fmt.Sprintf("The collector has signed a receipt, %s, that shows nothing: %v. The file itself is the evidence.", name, err)})
	} else if promised.Size <= newest.Size && !r.sameBoard(promised) {
		return false
	}
	if receipt.Index >= newest.Size || promised != nil && promised.Size > newest.Size {
		a := Alarm{Kind: Rollback, What: fmt.Sprintf("The board shows %d entries; the receipt %s is for entry %d.", newest.Size, name, receipt.Index), Seen: []*board.Checkpoint{newest}}
		if promised != nil {
			a.What = fmt.Sprintf("The board shows %d entries; the receipt %s has a signed checkpoint of %d.", newest.Size, name, promised.Size)
			a.Seen = append(a.Seen, promised)
		}
		r.alarm(a)
	}
	if receipt.Index < newest.Size {
		return r.checkBallot(name, receipt, newest)
	}
	return true
}

// sameBoard checks that a receipt's checkpoint is of the history that was seen. It
// reports whether that could be read.
func (r *round) sameBoard(promised *board.Checkpoint) bool {
	err := r.follower.Accept(promised, r.fetch)
	if err != nil {
		r.blame(err)
	}
	return err == nil || errors.Is(err, board.ErrFork)
}

// checkBallot checks that the promised entry stands at its index.
func (r *round) checkBallot(name string, receipt *election.Receipt, newest *board.Checkpoint) bool {
	proof, err := election.AccuseOfBrokenReceipt(r.manifest, newest, receipt, r.fetch)
	var innocent *election.AccusationError
	switch {
	case err == nil:
		r.alarm(Alarm{
			Kind: Receipt, Proof: proof,
			What: fmt.Sprintf("The ballot of the receipt %s is not on the board: another entry stands at its index %d.", name, receipt.Index),
		})
	case errors.As(err, &innocent) && innocent.Code == election.ReceiptKept:
	default:
		r.blame(err)
		return false
	}
	return true
}
