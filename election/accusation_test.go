package election_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/election"
	"valik/election/electiontest"
	"valik/internal/boardtest"
)

// accusations holds what vectors/monitor is made of: everything follows from the
// manifest that is given there and from keys that everybody knows.
const accusations = "../vectors/monitor"

const polls = "manifest ceremony roll open ballot ballot ballot ballot ballot"

type accused struct {
	t *testing.T
	m *election.Manifest
	// honest is a board, forked one that differs from entry 6 on.
	honest, forked *boardtest.Log
}

func newAccused(t *testing.T) *accused {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(accusations, election.ManifestFile))
	require.NoError(t, err)
	m, err := election.ParseManifest(b)
	require.NoError(t, err)
	a := &accused{t: t, m: m, honest: boardtest.New(m, polls)}
	a.forked = a.honest.Fork(6, a.entry("ballot", 60), a.entry("ballot", 61), a.entry("ballot", 62), a.entry("ballot", 63))
	return a
}

func (a *accused) entry(kind string, n int) []byte { return boardtest.Entry(a.m, kind, n) }

func (a *accused) open(l *boardtest.Log, size int) *board.Checkpoint {
	a.t.Helper()
	c, err := a.m.Policy().Open(l.Checkpoint(size))
	require.NoError(a.t, err)
	return c
}

func (a *accused) fork(older int, l *boardtest.Log) *election.Accusation {
	a.t.Helper()
	x, err := election.AccuseOfFork(a.m, a.open(l, len(l.Entries)), a.open(a.honest, older), l.Fetch)
	require.NoError(a.t, err)
	return x
}

func (a *accused) receipt(n int, l *boardtest.Log) *election.Accusation {
	a.t.Helper()
	x, err := election.AccuseOfBrokenReceipt(a.m, a.open(l, len(l.Entries)), a.honest.Receipt(a.m, n), l.Fetch)
	require.NoError(a.t, err)
	return x
}

func (a *accused) order(l *boardtest.Log) *election.Accusation {
	a.t.Helper()
	x, err := election.AccuseOfDisorder(a.m, a.open(l, len(l.Entries)), upTo(len(l.Entries)), l.Fetch)
	require.NoError(a.t, err)
	return x
}

func upTo(n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i)
	}
	return all
}

// shown is an accusation of disorder with these entries, whether or not it proves anything.
func (a *accused) shown(l *boardtest.Log, indexes ...int) *election.Accusation {
	a.t.Helper()
	x := copyOf(a.t, a.order(a.honest.Fork(9, a.entry("open", 9))))
	x.Checkpoint, x.Entries = string(l.Checkpoint(len(l.Entries))), nil
	for _, i := range indexes {
		path, err := board.ProveInclusion(uint64(len(l.Entries)), uint64(i), l)
		require.NoError(a.t, err)
		e := election.Exhibit{Index: uint64(i), Entry: l.Entries[i]}
		for _, h := range path {
			e.Path = append(e.Path, election.Hash(h))
		}
		x.Entries = append(x.Entries, e)
	}
	return x
}

// copyOf is an accusation that may be changed.
func copyOf(t *testing.T, x *election.Accusation) *election.Accusation {
	t.Helper()
	y, err := election.ParseAccusation(x.Bytes())
	require.NoError(t, err)
	return y
}

// proved are accusations that convince.
func (a *accused) proved() map[string]*election.Accusation {
	late := boardtest.New(a.m, polls+" close ballot")
	return map[string]*election.Accusation{
		"fork-of-one-size":         a.fork(7, a.forked.Fork(7)),
		"fork":                     a.fork(7, a.forked),
		"fork-at-a-power-of-two":   a.fork(8, a.forked),
		"receipt-dropped":          a.receipt(6, a.honest.Fork(6, a.entry("ballot", 7), a.entry("ballot", 8))),
		"order-ballot-after-close": a.order(late),
		"order-roll-after-close":   a.order(boardtest.New(a.m, polls+" close roll")),
		"order-ballot-before-open": a.order(boardtest.New(a.m, "manifest ceremony roll ballot open")),
		"order-two-closes":         a.order(boardtest.New(a.m, polls+" close close")),
		"order-mix-too-many":       a.order(boardtest.New(a.m, polls+" close input mix mix mix")),
		"order-decryption-early":   a.order(boardtest.New(a.m, polls+" close input mix decryption")),
		"order-no-entry":           a.order(a.honest.Fork(9, []byte("noise"))),
		"order-other-election":     a.order(a.honest.Fork(9, election.NewEntry(election.KindClose, election.Hash{}, election.Hash{}).Bytes())),
	}
}

// false accusations, each wrong in one way, by the code of the refusal.
func (a *accused) refused() map[string]refused {
	all := map[string]refused{}
	wrong := func(name string, code election.AccusationCode, x *election.Accusation, change func(x *election.Accusation)) {
		y := copyOf(a.t, x)
		change(y)
		all[name] = refused{code, y}
	}
	a.falseForks(wrong)
	a.falseReceipts(wrong)
	a.falseOrders(wrong)
	return all
}

type refused struct {
	code election.AccusationCode
	x    *election.Accusation
}

type wrong func(name string, code election.AccusationCode, x *election.Accusation, change func(x *election.Accusation))

func (a *accused) falseForks(wrong wrong) {
	fork, same := a.fork(7, a.forked), a.fork(7, a.forked.Fork(7))
	cosigned := func(l *boardtest.Log, by ...*boardtest.Witness) string {
		cut := *l
		cut.Witnesses = by
		return string(cut.Checkpoint(len(l.Entries)))
	}
	one := boardtest.NewWitness(boardtest.Names[0], boardtest.Names[0])
	wrong("fork-of-another-election", election.OtherElection, fork, func(x *election.Accusation) { x.Election[0] ^= 1 })
	wrong("fork-with-one-witness", election.BadCheckpoint, fork, func(x *election.Accusation) { x.Checkpoint = cosigned(a.forked, one) })
	wrong("fork-with-a-witness-twice", election.BadCheckpoint, fork, func(x *election.Accusation) { x.Checkpoint = cosigned(a.forked, one, one) })
	wrong("fork-with-a-witness-under-two-names", election.BadCheckpoint, fork, func(x *election.Accusation) {
		x.Checkpoint = cosigned(a.forked, one, boardtest.NewWitness(boardtest.Names[1], boardtest.Names[0]))
	})
	wrong("fork-with-a-strange-witness", election.BadCheckpoint, fork, func(x *election.Accusation) {
		x.Checkpoint = cosigned(a.forked, one, boardtest.NewWitness("witness.example/x", "x"))
	})
	wrong("fork-older-with-one-witness", election.BadCheckpoint, fork, func(x *election.Accusation) { x.Older = cosigned(a.honest.Fork(7), one) })
	wrong("fork-older-altered", election.BadCheckpoint, fork, func(x *election.Accusation) { x.Older = "x" + x.Older })
	wrong("fork-prefix-altered", election.WrongProof, fork, func(x *election.Accusation) { x.Prefix[5] ^= 1 })
	wrong("fork-proof-altered", election.WrongProof, fork, func(x *election.Accusation) { x.Proof[1][3] ^= 1 })
	wrong("fork-proof-short", election.WrongProof, fork, func(x *election.Accusation) { x.Proof = x.Proof[1:] })
	wrong("fork-proof-long", election.WrongProof, same, func(x *election.Accusation) { x.Proof = append(x.Proof, election.Hash{}) })
	wrong("fork-older-is-larger", election.WrongProof, fork, func(x *election.Accusation) { x.Older, x.Checkpoint = x.Checkpoint, x.Older })
	wrong("fork-of-one-checkpoint", election.OneHistory, same, func(x *election.Accusation) { x.Older = x.Checkpoint })
	wrong("fork-that-is-growth", election.OneHistory, fork, func(x *election.Accusation) {
		x.Older = string(a.forked.Checkpoint(7))
	})
	wrong("fork-from-nothing", election.WrongProof, fork, func(x *election.Accusation) { x.Older = string(a.honest.Checkpoint(0)) })
}

func (a *accused) falseReceipts(wrong wrong) {
	receipt := a.receipt(6, a.forked)
	wrong("receipt-signature-altered", election.UnsignedReceipt, receipt, func(x *election.Accusation) { x.Receipt.Signature[0] ^= 1 })
	wrong("receipt-ballot-altered", election.UnsignedReceipt, receipt, func(x *election.Accusation) { x.Receipt.Ballot[0] ^= 1 })
	wrong("receipt-index-altered", election.UnsignedReceipt, receipt, func(x *election.Accusation) { x.Receipt.Index++ })
	wrong("receipt-of-another-collector", election.UnsignedReceipt, receipt, func(x *election.Accusation) {
		r, key := x.Receipt, ed25519.NewKeyFromSeed(make([]byte, 32))
		x.Receipt = election.NewReceipt(key, r.Election, r.Ballot, r.Envelope, r.Evidence, r.Index, r.Time, []byte(r.Proof))
	})
	wrong("receipt-of-another-election", election.UnsignedReceipt, receipt, func(x *election.Accusation) {
		r := x.Receipt
		x.Receipt = election.NewReceipt(boardtest.Collector(), election.Hash{}, r.Ballot, r.Envelope, r.Evidence, r.Index, r.Time, []byte(r.Proof))
	})
	wrong("receipt-entry-elsewhere", election.OtherIndex, receipt, func(x *election.Accusation) { x.Entries[0].Index = 5 })
	wrong("receipt-entry-altered", election.NotIncluded, receipt, func(x *election.Accusation) { x.Entries[0].Entry[9] ^= 1 })
	wrong("receipt-path-altered", election.NotIncluded, receipt, func(x *election.Accusation) { x.Entries[0].Path[0][0] ^= 1 })
	wrong("receipt-beyond-the-board", election.NotIncluded, receipt, func(x *election.Accusation) { x.Checkpoint = string(a.honest.Checkpoint(6)) })
	wrong("receipt-kept", election.ReceiptKept, receipt, func(x *election.Accusation) {
		x.Checkpoint, x.Entries = string(a.honest.Checkpoint(9)), a.shown(a.honest, 6).Entries
	})
}

func (a *accused) falseOrders(wrong wrong) {
	whole := boardtest.New(a.m, polls+" close input mix mix decryption decryption result")
	order := a.order(boardtest.New(a.m, polls+" close ballot"))
	keep := func(*election.Accusation) {}
	wrong("order-entry-altered", election.NotIncluded, order, func(x *election.Accusation) { x.Entries[1].Entry[9] ^= 1 })
	wrong("order-index-altered", election.NotIncluded, order, func(x *election.Accusation) { x.Entries[0].Index-- })
	wrong("order-entry-of-another-board", election.NotIncluded, order, func(x *election.Accusation) { x.Entries[0] = a.shown(whole, 9).Entries[0] })
	wrong("order-close-alone", election.NothingDisorders, order, func(x *election.Accusation) { x.Entries = x.Entries[:1] })
	wrong("order-ballot-alone", election.NothingDisorders, order, func(x *election.Accusation) { x.Entries = x.Entries[1:] })
	wrong("order-ballot-before-close", election.NothingDisorders, a.shown(whole, 8, 9), keep)
	wrong("order-as-many-mixes-as-required", election.NothingDisorders, a.shown(whole, 11, 12), keep)
	wrong("order-of-a-whole-board", election.NothingDisorders, a.shown(whole, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), keep)
}

func TestAccusationsThatConvince(t *testing.T) {
	a := newAccused(t)
	for name, x := range a.proved() {
		t.Run(name, func(t *testing.T) {
			found, err := copyOf(t, x).Verify(a.m)
			require.NoError(t, err)
			require.NotEmpty(t, found)
		})
	}
	found, err := a.proved()["order-ballot-after-close"].Verify(a.m)
	require.NoError(t, err)
	require.Contains(t, found, "entry 9 is close, entry 10 is ballot")
	require.Len(t, a.proved()["order-ballot-after-close"].Entries, 2, "no more than is needed")
	found, err = a.proved()["fork"].Verify(a.m)
	require.NoError(t, err)
	require.Contains(t, found, "both by the witnesses witness.example/a, witness.example/b")
}

func TestFalseAccusations(t *testing.T) {
	a := newAccused(t)
	codes := map[election.AccusationCode]bool{}
	for name, r := range a.refused() {
		t.Run(name, func(t *testing.T) {
			found, err := copyOf(t, r.x).Verify(a.m)
			var e *election.AccusationError
			require.ErrorAs(t, err, &e)
			require.Equal(t, r.code, e.Code, "%v", err)
			require.Empty(t, found)
		})
		codes[r.code] = true
	}
	require.Len(t, codes, 9, "every code has a vector")
}

// Nothing false can be made by the functions that accuse, either.
func TestNoAccusationOfTheInnocent(t *testing.T) {
	a := newAccused(t)
	var e *election.AccusationError
	whole := a.open(a.honest, 9)
	_, err := election.AccuseOfFork(a.m, a.open(a.honest, 5), whole, a.honest.Fetch)
	require.ErrorIs(t, err, board.ErrNoFork)
	_, err = election.AccuseOfBrokenReceipt(a.m, whole, a.honest.Receipt(a.m, 6), a.honest.Fetch)
	require.ErrorAs(t, err, &e)
	require.Equal(t, election.ReceiptKept, e.Code)
	_, err = election.AccuseOfDisorder(a.m, whole, upTo(9), a.honest.Fetch)
	require.ErrorIs(t, err, election.ErrInOrder)
	_, err = election.AccuseOfFork(a.m, a.open(a.honest, 9), a.open(a.forked, 10), a.honest.Fork(9, a.entry("ballot", 9)).Fetch)
	require.ErrorIs(t, err, board.ErrContent, "the tiles of another board")
}

func TestAccusationsThatAreNone(t *testing.T) {
	a := newAccused(t)
	fork, receipt, order := a.fork(7, a.forked), a.receipt(6, a.forked), a.order(boardtest.New(a.m, polls+" close ballot"))
	for name, test := range map[string]struct {
		x      *election.Accusation
		field  string
		change func(x *election.Accusation)
	}{
		"unknown kind":          {fork, "kind", func(x *election.Accusation) { x.Kind = "rollback" }},
		"another kind":          {fork, "older", func(x *election.Accusation) { x.Kind = election.AccuseOrder }},
		"fork without older":    {fork, "older", func(x *election.Accusation) { x.Older = "" }},
		"fork without prefix":   {fork, "prefix", func(x *election.Accusation) { x.Prefix = nil }},
		"fork with receipt":     {fork, "receipt", func(x *election.Accusation) { x.Receipt = receipt.Receipt }},
		"fork with entries":     {fork, "entries", func(x *election.Accusation) { x.Entries = order.Entries }},
		"proof without end":     {fork, "proof", func(x *election.Accusation) { x.Proof = make([]election.Hash, 65) }},
		"order with proof":      {order, "proof", func(x *election.Accusation) { x.Proof = fork.Proof }},
		"order of nothing":      {order, "entries", func(x *election.Accusation) { x.Entries = nil }},
		"order backwards":       {order, "entries", func(x *election.Accusation) { slices.Reverse(x.Entries) }},
		"an entry twice":        {order, "entries", func(x *election.Accusation) { x.Entries[1] = x.Entries[0] }},
		"index out of range":    {order, "entries", func(x *election.Accusation) { x.Entries[1].Index = 1 << 53 }},
		"path without end":      {order, "entries", func(x *election.Accusation) { x.Entries[1].Path = make([]election.Hash, 65) }},
		"entry too large":       {order, "entries", func(x *election.Accusation) { x.Entries[1].Entry = make([]byte, board.MaxEntry+1) }},
		"two entries":           {receipt, "entries", func(x *election.Accusation) { x.Entries = order.Entries }},
		"no receipt":            {receipt, "receipt", func(x *election.Accusation) { x.Receipt = nil }},
		"receipt of no type":    {receipt, "receipt", func(x *election.Accusation) { x.Receipt.Type = "valik/refusal" }},
		"receipt half signed":   {receipt, "receipt", func(x *election.Accusation) { x.Receipt.Signature = x.Receipt.Signature[:63] }},
		"too many entries":      {order, "entries", func(x *election.Accusation) { x.Entries = manyExhibits(129) }},
		"receipt without entry": {receipt, "entries", func(x *election.Accusation) { x.Entries = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			x := copyOf(t, test.x)
			test.change(x)
			_, err := election.ParseAccusation(x.Bytes())
			requireField(t, err, "accusation", test.field)
		})
	}
}

func manyExhibits(n int) []election.Exhibit {
	all := make([]election.Exhibit, n)
	for i := range all {
		all[i] = election.Exhibit{Index: uint64(i), Entry: []byte{}}
	}
	return all
}

type accusationVector struct {
	File string                  `json:"file"`
	Code election.AccusationCode `json:"code,omitempty"` // absent if it is proved
}

// TestAccusationVectors compares vectors/monitor with what the code makes, and reads
// it as another implementation would.
func TestAccusationVectors(t *testing.T) {
	if *update {
		e, err := electiontest.New(0, boardtest.Watched)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(accusations, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(accusations, election.ManifestFile), e.Manifest.Bytes(), 0o644))
	}
	a := newAccused(t)
	files, all := map[string][]byte{}, []accusationVector{}
	for name, x := range a.proved() {
		files["proved/"+name+".json"] = x.Bytes()
		all = append(all, accusationVector{File: "proved/" + name + ".json"})
	}
	for name, r := range a.refused() {
		files["refused/"+name+".json"] = r.x.Bytes()
		all = append(all, accusationVector{"refused/" + name + ".json", r.code})
	}
	slices.SortFunc(all, func(x, y accusationVector) int { return bytes.Compare([]byte(x.File), []byte(y.File)) })
	files["vectors.json"] = indent(t, all)
	for name, b := range files {
		path := filepath.Join(accusations, name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, b, 0o644))
		}
		committed, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(committed), string(b), name)
	}
	var listed []accusationVector
	require.NoError(t, json.Unmarshal(files["vectors.json"], &listed))
	there, err := filepath.Glob(filepath.Join(accusations, "*", "*.json"))
	require.NoError(t, err)
	require.Len(t, there, len(listed), "a vector that nobody makes")
}

func FuzzParseAccusation(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(accusations, "*", "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
	}
	b, err := os.ReadFile(filepath.Join(accusations, "manifest.json"))
	require.NoError(f, err)
	m, err := election.ParseManifest(b)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := election.ParseAccusation(b)
		if err != nil {
			return
		}
		require.Equal(t, string(b), string(x.Bytes()))
		if _, err := x.Verify(m); err != nil {
			require.ErrorAs(t, err, new(*election.AccusationError))
		}
	})
}
