package election

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// Accusation is what shows to anybody, offline, that a board was tampered with:
// signed objects that contradict each other. Who reads it needs only the manifest,
// and trusts nothing that it says before [Accusation.Verify].
type Accusation struct {
	Type       string    `json:"type"`
	Version    int       `json:"version"`
	Election   Hash      `json:"election"`          // fingerprint
	Kind       string    `json:"kind"`              // AccuseFork, AccuseReceipt or AccuseOrder
	Checkpoint string    `json:"checkpoint"`        // signed note of the tree that the proofs below are of
	Older      string    `json:"older,omitempty"`   // fork: another one, of not more entries
	Prefix     *Hash     `json:"prefix,omitempty"`  // fork: root of the tree's first entries, as many as older has
	Proof      []Hash    `json:"proof,omitempty"`   // fork: consistency proof of prefix
	Receipt    *Receipt  `json:"receipt,omitempty"` // receipt: the broken promise
	Entries    []Exhibit `json:"entries,omitempty"` // receipt: what stands there; order: what cannot stand so
}

// Exhibit is an entry of the tree with the proof that it is.
type Exhibit struct {
	Index uint64 `json:"index"`
	Entry []byte `json:"entry"` // data of the leaf
	Path  []Hash `json:"path"`  // audit path, from the leaf's sibling upwards
}

// The kinds of accusations.
const (
	AccuseFork    = "fork"    // two checkpoints of which the one's tree does not begin with the other's
	AccuseReceipt = "receipt" // another entry stands where a receipt promised a ballot
	AccuseOrder   = "order"   // entries that no board in good order has, such as a ballot after the close
)

const (
	accusationKind  = "accusation"
	accusationLimit = 8 << 20
	// maxExhibits is more than an accusation needs: [CheckDisorder] fills the gaps.
	maxExhibits = 128
	maxPath     = 64
)

// ParseAccusation reads an accusation. Errors: *[FormatError].
//
// It implements Accusation.Parse of docs/protocol/monitor.md.
func ParseAccusation(b []byte) (*Accusation, error) {
	a := new(Accusation)
	if err := unmarshal(accusationKind, accusationLimit, b, a); err != nil {
		return nil, err
	}
	if err := a.checkParts(); err != nil {
		return nil, err
	}
	return a, a.checkExhibits()
}

// Bytes returns the stored form.
func (a *Accusation) Bytes() []byte { return marshal(a) }

// checkParts requires exactly the parts that the kind has.
func (a *Accusation) checkParts() error {
	fork, receipt, order := a.Kind == AccuseFork, a.Kind == AccuseReceipt, a.Kind == AccuseOrder
	if !fork && !receipt && !order {
		return badField(accusationKind, "kind", "%.40q is not known", a.Kind)
	}
	for _, part := range []struct {
		name        string
		there, want bool
	}{
		{"older", a.Older != "", fork},
		{"prefix", a.Prefix != nil, fork},
		{"receipt", a.Receipt != nil, receipt},
		{"entries", len(a.Entries) > 0, receipt || order},
	} {
		if part.there != part.want {
			return badField(accusationKind, part.name, "an accusation of kind %s has it: %t", a.Kind, part.want)
		}
	}
	if len(a.Proof) > maxPath || len(a.Proof) > 0 && !fork {
		return badField(accusationKind, "proof", "%d hashes in an accusation of kind %s", len(a.Proof), a.Kind)
	}
	if receipt {
		if _, err := ParseReceipt(a.Receipt.Bytes()); err != nil {
			return badField(accusationKind, "receipt", "%v", err)
		}
	}
	return nil
}

func (a *Accusation) checkExhibits() error {
	if a.Kind == AccuseReceipt && len(a.Entries) != 1 || len(a.Entries) > maxExhibits || !ascending(a.Entries) {
		return badField(accusationKind, "entries", "%d entries: one for a receipt, else at most %d in ascending order", len(a.Entries), maxExhibits)
	}
	for _, e := range a.Entries {
		if e.Index > maxInteger || len(e.Entry) > board.MaxEntry || len(e.Path) > maxPath {
			return badField(accusationKind, "entries", "an index, entry or path is too large")
		}
	}
	return nil
}

// AccuseOfFork makes the accusation that two acceptable checkpoints are of two
// histories. fetch reads the tree of the larger one and is not asked if both have
// one size. Errors: those of board.ProveFork.
//
// It implements Accusation.Fork of docs/protocol/monitor.md.
func AccuseOfFork(m *Manifest, one, other *board.Checkpoint, fetch board.Fetch) (*Accusation, error) {
	older, newer := one, other
	if older.Size > newer.Size {
		older, newer = newer, older
	}
	prefix, proof, err := board.ProveFork(older, newer, board.NewTileReader(newer, fetch))
	if err != nil {
		return nil, err
	}
	a := newAccusation(m, AccuseFork, newer)
	root := Hash(prefix)
	a.Older, a.Prefix, a.Proof = string(older.Raw), &root, hashes(proof)
	return a, nil
}

// AccuseOfBrokenReceipt makes the accusation that another entry stands where a
// receipt promised a ballot. fetch reads the tree of the checkpoint. Errors: those of
// board.TileReader and of [Accusation.Verify].
//
// It implements Accusation.Receipt of docs/protocol/monitor.md.
func AccuseOfBrokenReceipt(m *Manifest, c *board.Checkpoint, r *Receipt, fetch board.Fetch) (*Accusation, error) {
	a := newAccusation(m, AccuseReceipt, c)
	a.Receipt = r
	e, err := exhibit(c, r.Index, fetch)
	if err != nil {
		return nil, err
	}
	a.Entries = []Exhibit{*e}
	_, err = a.Verify(m)
	return a, err
}

// AccuseOfDisorder makes the accusation that no board in good order has the entries
// at these indexes, which ascend, and leaves out those that it does not need. fetch
// reads the tree of the checkpoint. Errors: those of board.TileReader, and
// [ErrInOrder] in an *[AccusationError].
//
// It implements Accusation.Order of docs/protocol/monitor.md.
func AccuseOfDisorder(m *Manifest, c *board.Checkpoint, indexes []uint64, fetch board.Fetch) (*Accusation, error) {
	a := newAccusation(m, AccuseOrder, c)
	for _, index := range indexes {
		e, err := exhibit(c, index, fetch)
		if err != nil {
			return nil, err
		}
		a.Entries = append(a.Entries, *e)
	}
	a.Entries = needed(a.Entries, m)
	_, err := a.Verify(m)
	return a, err
}

// needed drops what the disorder does not need, from the front.
func needed(all []Exhibit, m *Manifest) []Exhibit {
	for i := 0; i < len(all); {
		without := slices.Delete(slices.Clone(all), i, i+1)
		if len(without) == 0 || CheckDisorder(standings(without), m) != nil {
			i++
			continue
		}
		all = without
	}
	return all
}

func exhibit(c *board.Checkpoint, index uint64, fetch board.Fetch) (*Exhibit, error) {
	r := board.NewTileReader(c, fetch)
	entry, err := r.ReadEntries(index, 1)
	if err != nil {
		return nil, err
	}
	path, err := board.ProveInclusion(c.Size, index, r)
	if err != nil {
		return nil, err
	}
	return &Exhibit{Index: index, Entry: append([]byte{}, entry[0]...), Path: hashes(path)}, nil
}

func newAccusation(m *Manifest, kind string, c *board.Checkpoint) *Accusation {
	d := header(accusationKind)
	return &Accusation{Type: d.Type, Version: d.Version, Election: m.Fingerprint(), Kind: kind, Checkpoint: string(c.Raw)}
}

func hashes(from []tlog.Hash) []Hash {
	to := make([]Hash, len(from))
	for i, h := range from {
		to[i] = Hash(h)
	}
	return to
}

func treeHashes(from []Hash) []tlog.Hash {
	to := make([]tlog.Hash, len(from))
	for i, h := range from {
		to[i] = tlog.Hash(h)
	}
	return to
}
