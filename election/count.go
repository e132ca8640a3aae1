package election

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"valik/crypto/group"
)

// CountError says why plaintexts have no result.
type CountError struct {
	List   ListID
	Detail string
}

func (e *CountError) Error() string {
	return fmt.Sprintf("election: count of %s: %s", e.List, e.Detail)
}

// Tally counts decrypted ballots: plaintexts holds every list's points, a row of
// as many as the contest has slots after the other. It is a pure function.
//
// A point that is no choice of its list is invalid; so is a choice that stands
// in its row already, from its second time on. Every slot is counted once, so
// the sums that [Result.CheckTotals] checks hold. Errors: *[CountError] if a
// list is missing or has no whole rows, or if the contests of a district have
// different numbers of ballots.
//
// It implements Result.Count of docs/protocol/result.md.
func Tally(m *Manifest, plaintexts map[ListID][]group.Element) ([]ResultList, Totals, error) {
	lists := make([]ResultList, 0, len(m.facts().order))
	for _, id := range m.ListIDs() {
		points, ok := plaintexts[id]
		if !ok {
			return nil, Totals{}, &CountError{id, "the plaintexts are missing"}
		}
		l, err := m.countList(id, points)
		if err != nil {
			return nil, Totals{}, err
		}
		lists = append(lists, *l)
	}
	totals, err := m.total(lists)
	return lists, totals, err
}

func (m *Manifest) countList(id ListID, points []group.Element) (*ResultList, error) {
	w := m.Width(id)
	if len(points)%w != 0 {
		return nil, &CountError{id, fmt.Sprintf("%d plaintexts are no rows of %d", len(points), w)}
	}
	book, err := m.codebook(id)
	if err != nil {
		return nil, err
	}
	encoded := group.EncodeAll(points)
	codes := m.facts().lists[id].codes
	votes, invalid := book.count(encoded, w, slices.Index(codes, Blank))
	l := &ResultList{
		Contest: id.Contest, District: id.District, Ballots: len(points) / w,
		Plaintexts: HashOf(encoded), Counts: []Count{}, Invalid: invalid,
	}
	for i, code := range codes {
		if code == Blank {
			l.Blank = &votes[i]
			continue
		}
		l.Counts = append(l.Counts, Count{code, votes[i]})
	}
	return l, nil
}

// count returns the number of slots of each choice, and of those with none.
func (b *codebook) count(encoded []byte, width, blank int) (votes []int, invalid int) {
	votes = make([]int, len(b.list))
	for row := range slices.Chunk(encoded, 32*width) {
		seen := make([]int, 0, width)
		for slot := range slices.Chunk(row, 32) {
			i, known := b.index[[32]byte(slot)]
			if !known || i != blank && slices.Contains(seen, i) {
				invalid++
				continue
			}
			votes[i]++
			seen = append(seen, i)
		}
	}
	return votes, invalid
}

// total adds up the lists. All contests of a district have the same ballots.
func (m *Manifest) total(lists []ResultList) (Totals, error) {
	var t Totals
	ballots := map[string]int{}
	for _, l := range lists {
		n, before := ballots[l.District]
		if before && n != l.Ballots {
			return Totals{}, &CountError{l.ID(), fmt.Sprintf("%d ballots, but another contest of the district has %d", l.Ballots, n)}
		}
		if !before {
			ballots[l.District] = l.Ballots
			t.Ballots += l.Ballots
		}
		t.Invalid += l.Invalid
		if l.Blank != nil {
			t.Blank += *l.Blank
		}
		for _, c := range l.Counts {
			t.Votes += c.Votes
		}
	}
	return t, nil
}

// CheckTotals checks that the result has the lists and choices of the manifest
// and that its numbers add up: in every list to ballots times slots, and over
// all lists to the totals. Errors: *[FormatError], *[CountError].
//
// It implements Result.CheckTotals of docs/protocol/result.md.
func (r *Result) CheckTotals(m *Manifest) error {
	shapes := make([]listShape, len(r.Lists))
	for i, l := range r.Lists {
		shapes[i] = listShape{l.ID(), l.Ballots, 0}
		if c, ok := m.Contest(l.Contest); ok {
			shapes[i].width = c.Slots // a result does not state it
		}
	}
	if err := checkLists(m, resultKind, r.Election, shapes); err != nil {
		return err
	}
	for i := range r.Lists {
		if err := r.Lists[i].checkSum(m); err != nil {
			return err
		}
	}
	want, err := m.total(r.Lists)
	if err != nil {
		return err
	}
	if r.Totals != want {
		return badField(resultKind, "totals", "%+v where the lists give %+v", r.Totals, want)
	}
	return nil
}

func (l *ResultList) checkSum(m *Manifest) error {
	var codes []string
	sum := l.Invalid
	for _, c := range l.Counts {
		codes = append(codes, c.Code)
		sum += c.Votes
	}
	if l.Blank != nil {
		codes = append(codes, Blank)
		sum += *l.Blank
	}
	if !slices.Equal(codes, m.Codes(l.Contest, l.District)) {
		return &CountError{l.ID(), "the choices are not those of the manifest in their order"}
	}
	if want := l.Ballots * m.Width(l.ID()); sum != want {
		return &CountError{l.ID(), fmt.Sprintf("the numbers add up to %d, not to %d", sum, want)}
	}
	return nil
}

// Warm computes the points of all lists on all cores, so that the first ballots
// do not wait for them.
func (m *Manifest) Warm() error {
	ids := m.ListIDs()
	errs := make([]error, len(ids))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, id := range ids {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			_, errs[i] = m.codebook(id)
			<-slots
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
