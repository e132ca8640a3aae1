package tally

import (
	"fmt"
	"os"
	"path/filepath"

	"valik/board"
	"valik/crypto/group"
	"valik/crypto/threshold"
	"valik/election"
	"valik/election/vis3"
	"valik/verifier"
)

// Tally puts the decryption shares together, counts the plaintexts and ends the
// election.
//
// It implements Step.Tally of docs/protocol/steps.md.
func (f *Folder) Tally(key *board.Key) (*election.Result, error) {
	s, err := f.verify(verifier.Decrypted)
	if err != nil {
		return nil, err
	}
	if len(election.Where(s.Entries, election.KindResult)) > 0 {
		return nil, ErrDone
	}
	used := s.Used()
	if len(used) < s.Manifest.Trustees.Threshold {
		return nil, fmt.Errorf("%w: %d trustees have decrypted, %d are needed", ErrTooEarly, len(used), s.Manifest.Trustees.Threshold)
	}
	result, err := f.count(s, used)
	if err != nil {
		return nil, err
	}
	if err := write(f.Record(), election.ResultFile, result.Bytes(), public); err != nil {
		return nil, err
	}
	entry := election.NewEntry(election.KindResult, s.Manifest.Fingerprint(), election.HashOf(result.Bytes()))
	return result, f.enter(s.Manifest, key, entry)
}

func (f *Folder) count(s *verifier.State, used []*election.Decryption) (*election.Result, error) {
	plaintexts := map[election.ListID][]group.Element{}
	for k, id := range s.Manifest.ListIDs() {
		points, err := combine(s, k, id, used)
		if err != nil {
			return nil, fmt.Errorf("tally: list %s: %w", id, err)
		}
		if err := write(f.Record(), election.PlaintextsBin(id), group.EncodeAll(points), public); err != nil {
			return nil, err
		}
		plaintexts[id] = points
		f.progress("count", k+1, len(s.Manifest.ListIDs()))
	}
	lists, totals, err := election.Tally(s.Manifest, plaintexts)
	if err != nil {
		return nil, err
	}
	hashes := make([]election.Hash, len(used))
	for i, d := range used {
		hashes[i] = election.HashOf(d.Bytes())
	}
	return election.NewResult(s.Manifest, s.NewestHash(), hashes, lists, totals), nil
}

func combine(s *verifier.State, k int, id election.ListID, used []*election.Decryption) ([]group.Element, error) {
	rows, err := s.Last(id)
	if err != nil {
		return nil, err
	}
	shares, err := s.Shares(k, used)
	if err != nil {
		return nil, err
	}
	return threshold.Combine(s.Keys, rows, shares)
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
