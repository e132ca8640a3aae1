package election

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// AccusationCode says why an accusation proves nothing. The codes are stable.
type AccusationCode string

// Why an accusation proves nothing, in the order in which it is looked for.
const (
	OtherElection    AccusationCode = "other_election"    // it is about another election
	BadCheckpoint    AccusationCode = "checkpoint"        // a checkpoint lacks signatures that the manifest demands
	WrongProof       AccusationCode = "fork_proof"        // the proof is not one of the checkpoint's tree, or older is the larger one
	OneHistory       AccusationCode = "one_history"       // the two checkpoints are of one history
	UnsignedReceipt  AccusationCode = "receipt_signature" // the collector has not signed the receipt for this election
	OtherIndex       AccusationCode = "receipt_index"     // the entry shown is not at the receipt's index
	NotIncluded      AccusationCode = "inclusion"         // an entry shown is not in the checkpoint's tree
	ReceiptKept      AccusationCode = "receipt_kept"      // the entry is what the receipt promises
	NothingDisorders AccusationCode = "in_order"          // a board in good order can have these entries
)

// AccusationError says why an accusation proves nothing.
type AccusationError struct {
	Code AccusationCode
	Err  error
}

func (e *AccusationError) Error() string { return fmt.Sprintf("%s: %v", e.Code, e.Err) }

// Unwrap gives the reason.
func (e *AccusationError) Unwrap() error { return e.Err }

func provesNothing(code AccusationCode, format string, args ...any) error {
	return &AccusationError{code, fmt.Errorf(format, args...)}
}

// Verify judges an accusation under the manifest alone, which must be the one that
// the reader trusts. It returns in words what is proved; the error is an
// *[AccusationError] that says why nothing is.
//
// It implements Accusation.Verify of docs/protocol/monitor.md.
func (a *Accusation) Verify(m *Manifest) (string, error) {
	if a.Election != m.Fingerprint() {
		return "", provesNothing(OtherElection, "it is about election %s, the manifest is of %s", a.Election, m.Fingerprint())
	}
	c, err := m.Policy().Open([]byte(a.Checkpoint))
	if err != nil {
		return "", &AccusationError{BadCheckpoint, err}
	}
	switch a.Kind {
	case AccuseFork:
		return a.verifyFork(m, c)
	case AccuseReceipt:
		return a.verifyReceipt(m, c)
	}
	return a.verifyOrder(m, c)
}

func (a *Accusation) verifyFork(m *Manifest, newer *board.Checkpoint) (string, error) {
	older, err := m.Policy().Open([]byte(a.Older))
	if err != nil {
		return "", &AccusationError{BadCheckpoint, fmt.Errorf("older: %w", err)}
	}
	err = board.VerifyFork(older, newer, tlog.Hash(*a.Prefix), treeHashes(a.Proof))
	if errors.Is(err, board.ErrNoFork) {
		return "", &AccusationError{OneHistory, err}
	}
	if err != nil {
		return "", &AccusationError{WrongProof, err}
	}
	return fmt.Sprintf("The board was signed with two histories: one of %d entries with root %v, and one of %d entries of which the first %d have root %v. Signed by %s",
		older.Size, older.Root, newer.Size, older.Size, tlog.Hash(*a.Prefix), signers(older, newer)), nil
}

// signers names who has signed both.
func signers(one, other *board.Checkpoint) string {
	var both []string
	for _, w := range one.Cosignatures {
		if slices.ContainsFunc(other.Cosignatures, func(o board.Cosignature) bool { return o.Witness == w.Witness }) {
			both = append(both, w.Witness)
		}
	}
	if len(both) == 0 {
		return "the holder of the board's key."
	}
	return "the holder of the board's key, and both by the witnesses " + strings.Join(both, ", ") + "."
}

func (a *Accusation) verifyReceipt(m *Manifest, c *board.Checkpoint) (string, error) {
	r, e := a.Receipt, a.Entries[0]
	if err := r.VerifySignature(m); err != nil {
		return "", &AccusationError{UnsignedReceipt, err}
	}
	if e.Index != r.Index {
		return "", provesNothing(OtherIndex, "the receipt is for index %d, the entry shown is at %d", r.Index, e.Index)
	}
	if err := e.verify(c); err != nil {
		return "", err
	}
	if string(e.Entry) == string(r.entry().Bytes()) {
		return "", provesNothing(ReceiptKept, "entry %d is the ballot that the receipt promises", r.Index)
	}
	return fmt.Sprintf("The collector promised the ballot %s at index %d, and the board of %d entries has another entry there: %.400q.",
		r.Ballot, r.Index, c.Size, e.Entry), nil
}

func (a *Accusation) verifyOrder(m *Manifest, c *board.Checkpoint) (string, error) {
	for _, e := range a.Entries {
		if err := e.verify(c); err != nil {
			return "", err
		}
	}
	known := standings(a.Entries)
	if err := CheckDisorder(known, m); err != nil {
		return "", &AccusationError{NothingDisorders, err}
	}
	said := make([]string, len(known))
	for i, k := range known {
		said[i] = fmt.Sprintf("entry %d is %s", k.Index, k.what(m))
	}
	return fmt.Sprintf("The board of %d entries is not in order: %s. No board of this election may have that.", c.Size, strings.Join(said, ", ")), nil
}

func (k Standing) what(m *Manifest) string {
	switch {
	case k.Entry == nil:
		return "no entry at all"
	case k.Entry.Election != m.Fingerprint():
		return "of another election"
	}
	return string(k.Entry.Kind)
}

func (e *Exhibit) verify(c *board.Checkpoint) error {
	if err := board.VerifyInclusion(treeHashes(e.Path), c.Size, c.Root, e.Index, board.LeafHash(e.Entry)); err != nil {
		return &AccusationError{NotIncluded, err}
	}
	return nil
}

// standings reads exhibits as far as they are entries.
func standings(all []Exhibit) []Standing {
	known := make([]Standing, len(all))
	for i, e := range all {
		known[i].Index = e.Index
		if entry, err := ParseEntry(e.Entry); err == nil {
			known[i].Entry = entry
		}
	}
	return known
}
