package verifier

import (
	"fmt"
	"slices"
	"sort"

	"valik/crypto/group"
	"valik/crypto/threshold"
	"valik/election"
)

// decryptionPlaintexts checks that the plaintexts are what the shares of the t
// lowest trustees give together.
//
// It implements Decryption.Plaintexts of docs/protocol/verify.md.
var decryptionPlaintexts = check{
	id:    "decryption.plaintexts",
	title: "the plaintexts are what the shares give together",
	stage: Finished,
	needs: []string{"decryption.shares"},
	run: func(s *State) (int, error) {
		used := s.Used()
		if err := s.checkUsed(used); err != nil {
			return 0, err
		}
		var f faults
		n := 0
		for k := range s.Result.Lists {
			points, err := s.verifyPlaintexts(k, used)
			if err != nil {
				f.add("list %s: %w", s.Result.Lists[k].ID(), err)
			}
			n += points
			s.progress("decryption.plaintexts", k+1, len(s.Result.Lists))
		}
		return n, f.err()
	},
}

// Used returns the decryptions of the t lowest trustees: those that the result
// is computed from. There are fewer if fewer trustees have decrypted.
func (s *State) Used() []*election.Decryption {
	used := slices.Clone(s.Decryptions)
	sort.Slice(used, func(i, k int) bool { return used[i].Trustee < used[k].Trustee })
	return used[:min(len(used), s.Manifest.Trustees.Threshold)]
}

// checkUsed checks that the result names what it was computed from.
func (s *State) checkUsed(used []*election.Decryption) error {
	ids := s.Manifest.ListIDs()
	if !slices.EqualFunc(s.Result.Lists, ids, func(l election.ResultList, id election.ListID) bool { return l.ID() == id }) {
		return fmt.Errorf("%s has not the lists of the manifest in their order", election.ResultFile)
	}
	if last, _ := s.artefact(election.KindMix, len(s.Mixes)-1); s.Result.Mix != last {
		return fmt.Errorf("%s is of another mix than the last", election.ResultFile)
	}
	var hashes []election.Hash
	for _, d := range used {
		hashes = append(hashes, election.HashOf(d.Bytes()))
	}
	if !slices.Equal(hashes, s.Result.Decryptions) {
		return fmt.Errorf("%s names other decryptions than those of the lowest trustees", election.ResultFile)
	}
	return nil
}

func (s *State) verifyPlaintexts(k int, used []*election.Decryption) (int, error) {
	l := &s.Result.Lists[k]
	rows, err := s.Last(l.ID())
	if err != nil {
		return 0, err
	}
	points, err := s.plaintexts(l, rows.Len()*rows.Width())
	if err != nil {
		return 0, err
	}
	shares, err := s.Shares(k, used)
	if err != nil {
		return 0, err
	}
	return len(points), threshold.VerifyCombination(s.Keys, rows, shares, points, s.weights("plaintexts"))
}

// Shares reads the shares of the k-th list of some decryptions, by trustee.
func (s *State) Shares(k int, used []*election.Decryption) (map[int]*threshold.DecryptionShare, error) {
	shares := map[int]*threshold.DecryptionShare{}
	for _, d := range used {
		share, err := s.share(d.Trustee, &d.Lists[k])
		if err != nil {
			return nil, fmt.Errorf("trustee %d: %w", d.Trustee, err)
		}
		shares[d.Trustee] = share
	}
	return shares, nil
}

// plaintexts reads the n points of a list.
func (s *State) plaintexts(l *election.ResultList, n int) ([]group.Element, error) {
	path := election.PlaintextsBin(l.ID())
	raw, err := readBulk(s.in.Record, path, l.Plaintexts, int64(n)*group.ElementSize)
	if err != nil {
		return nil, err
	}
	points, err := group.DecodeAll(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return points, nil
}
