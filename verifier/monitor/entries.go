package monitor

import (
	"fmt"
	"maps"
	"slices"

	"valik/board"
	"valik/election"
)

// The entries around one that is out of order that may be needed to prove it.
const window = 64

// readEntries reads what is new, bundle by bundle, and checks its order. It reports
// whether all of it could be read; what was read counts in any case.
func (r *round) readEntries() bool {
	c := r.follower.Seen()
	tiles := board.NewTileReader(c, r.fetch)
	for from := r.state.read(); from < c.Size; {
		n := min(board.TileWidth-from%board.TileWidth, c.Size-from)
		entries, err := tiles.ReadEntries(from, int(n))
		if err != nil {
			r.blame(err)
			return false
		}
		for i, b := range entries {
			r.readEntry(c, from+uint64(i), b)
		}
		from += n
		r.New += int(n)
	}
	return true
}

func (r *round) readEntry(c *board.Checkpoint, index uint64, b []byte) {
	e, err := election.ParseEntry(b)
	if err != nil {
		e = &election.Entry{Kind: unknown}
	} else {
		var next election.Position
		if next, err = r.state.Position.Next(*e, r.manifest); err == nil {
			r.state.Position = next
		}
	}
	if r.state.Counts[e.Kind]++; r.state.Counts[e.Kind] == 1 {
		r.state.First[e.Kind] = index
	}
	if err != nil && r.state.Disorder == "" {
		r.disorder(c, index, err)
	}
}

// disorder is the first entry that may not stand where it stands. What comes after
// it is counted and not judged.
func (r *round) disorder(c *board.Checkpoint, index uint64, why error) {
	r.state.Disorder = fmt.Sprintf("Entry %d of the board may not stand there: %v.", index, why)
	a := Alarm{Kind: Order, What: r.state.Disorder, Seen: []*board.Checkpoint{c}}
	if proof, err := election.AccuseOfDisorder(r.manifest, c, r.witnesses(index), r.fetch); err == nil {
		a.Proof = proof
	}
	r.alarm(a)
}

// witnesses are the entries that decide about the one at index: the first of each
// kind, and those directly before it.
func (r *round) witnesses(index uint64) []uint64 {
	all := slices.Collect(maps.Values(r.state.First))
	for i := index - min(index, window); i <= index; i++ {
		all = append(all, i)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
