package tally

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"valik/board"
	"valik/crypto/group"
	"valik/crypto/threshold"
	"valik/election"
	"valik/election/vis3"
	"valik/verifier"
)

var stepTally = step{after: election.KindDecryption, until: election.KindResult, stage: verifier.Decrypted}

// Tally puts the decryption shares together, counts the plaintexts, lets the
// authority sign the result, and ends the election.
//
// It implements Step.Tally of docs/protocol/steps.md.
func (f *Folder) Tally(authority *Authority, key *board.Key) (result *election.Result, err error) {
	w, err := f.begin(key, stepTally)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	used := w.Used()
	if n, want := len(used), w.Manifest.Trustees.Threshold; n < want {
		return nil, fmt.Errorf("%w: %d trustees have decrypted, %d are needed", ErrTooEarly, n, want)
	}
	if result, err = w.count(used); err != nil {
		return nil, err
	}
	if err := authority.write(f.resultFile(), result.Bytes(), w.Manifest); err != nil {
		return nil, err
	}
	return result, w.enter(election.KindResult, election.HashOf(result.Bytes()))
}

func (w *work) count(used []*election.Decryption) (*election.Result, error) {
	plaintexts := map[election.ListID][]group.Element{}
	ids := w.Manifest.ListIDs()
	for k, id := range ids {
		points, err := w.combine(k, id, used)
		if err != nil {
			return nil, fmt.Errorf("tally: list %s: %w", id, err)
		}
		if err := write(w.folder.Record(), election.PlaintextsBin(id), group.EncodeAll(points), public); err != nil {
			return nil, err
		}
		plaintexts[id] = points
		w.folder.progress("count", k+1, len(ids))
	}
	lists, totals, err := election.Tally(w.Manifest, plaintexts)
	if err != nil {
		return nil, err
	}
	hashes := make([]election.Hash, len(used))
	for i, d := range used {
		hashes[i] = election.HashOf(d.Bytes())
	}
	return election.NewResult(w.Manifest, w.NewestHash(), hashes, lists, totals), nil
}

func (w *work) combine(k int, id election.ListID, used []*election.Decryption) ([]group.Element, error) {
	rows, err := w.Last(id)
	if err != nil {
		return nil, err
	}
	shares, err := w.Shares(k, used)
	if err != nil {
		return nil, err
	}
	return threshold.Combine(w.Keys, rows, shares)
}

// ExportResult gives the result of a contest in the VIS3 form. It is for after
// the verification of the whole record, which it does not repeat.
//
// It implements Step.Export of docs/protocol/steps.md.
func (f *Folder) ExportResult(contest string) ([]byte, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(f.Record(), election.ResultFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no result yet", ErrTooEarly)
	}
	if err != nil {
		return nil, err
	}
	result, err := election.ParseResult(raw)
	if err != nil {
		return nil, err
	}
	if result.Election != m.Fingerprint() {
		return nil, fmt.Errorf("tally: %s is of another election", election.ResultFile)
	}
	return vis3.ExportResult(m, result, contest)
}
