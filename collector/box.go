package collector

import (
	"context"
	"fmt"
	"iter"

	"valik/collector/store"
	"valik/election"
)

// boxPage is how many entries are read at a time.
const boxPage = 4096

// checkBox makes sure that what lies beside the log is what the log says: every ballot
// with its container, evidence and time, none more, and the documents. The audit of the
// database is about the log alone.
func checkBox(ctx context.Context, s *store.Store) error {
	size, _, err := s.Head(ctx)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(s.Box(ctx))
	defer stop()
	for first := uint64(0); first < size; first += boxPage {
		leaves, err := s.Tree(ctx).ReadEntries(first, int(min(boxPage, size-first)))
		if err != nil {
			return err
		}
		entries, err := election.ParseEntries(leaves)
		if err != nil {
			return fmt.Errorf("%w: from entry %d: %w", store.ErrCorrupt, first, err)
		}
		for i := range entries {
			if err := checkEntry(ctx, s, first+uint64(i), &entries[i], next); err != nil {
				return err
			}
		}
	}
	if b, err, more := next(); more {
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: ballot %d is not in the log", store.ErrCorrupt, b.Index)
	}
	return nil
}

// documentOf says where the document of an entry lies in the database.
var documentOf = map[election.Kind]string{
	election.KindOpen: election.OpenFile, election.KindClose: election.CloseFile, election.KindSettlement: election.SettlementFile,
}

func checkEntry(ctx context.Context, s *store.Store, index uint64, e *election.Entry, next func() (*store.Ballot, error, bool)) error {
	if e.Kind == election.KindBallot {
		b, err, ok := next()
		if err != nil {
			return err
		}
		if !ok || !isBallotOf(b, index, e) {
			return fmt.Errorf("%w: the box does not hold the ballot of entry %d", store.ErrCorrupt, index)
		}
		return nil
	}
	name, ok := documentOf[e.Kind]
	if !ok {
		return nil
	}
	doc, err := s.Document(ctx, name)
	if err != nil {
		return fmt.Errorf("entry %d: %s: %w", index, name, err)
	}
	if election.HashOf(doc) != e.Artefact {
		return fmt.Errorf("%w: %s is not the document of entry %d", store.ErrCorrupt, name, index)
	}
	return nil
}

// isBallotOf says whether a ballot is that of an entry. Evidence that came after the ballot
// is not in its leaf.
func isBallotOf(b *store.Ballot, index uint64, e *election.Entry) bool {
	bound := election.Hash(b.Bound)
	return b.Index == index && election.HashOf(b.Container) == election.Hash(b.Envelope) &&
		election.BallotLeaf(b.Inner, b.Envelope, bound, election.At(b.Time)) == e.Artefact &&
		(bound == election.Hash{} || election.EvidenceHash(b.Evidence) == bound)
}
