package election

import (
	"fmt"
	"slices"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

// ListID names the ballots of one district in one contest: what is mixed,
// decrypted and counted together.
type ListID struct {
	Contest, District string
}

// Stem is the name of the list's files without folder and ending.
func (id ListID) Stem() string { return id.Contest + "-" + id.District }

func (id ListID) String() string { return id.Stem() }

// ListIDs returns all lists in the one order of the count: contests in the order
// of the manifest, in each the districts in theirs.
func (m *Manifest) ListIDs() []ListID { return slices.Clone(m.facts().order) }

// Width returns the number of ciphertexts of a row of the list.
func (m *Manifest) Width(id ListID) int { return m.facts().contests[id.Contest].Slots }

// Contest returns the contest with this id.
func (m *Manifest) Contest(id string) (*Contest, bool) {
	c, ok := m.facts().contests[id]
	return c, ok
}

// District returns the district with this id.
func (m *Manifest) District(id string) (*District, bool) {
	d, ok := m.facts().districts[id]
	return d, ok
}

// Style returns the contests that a ballot of the district holds, in order. It
// is empty for a district that does not exist.
func (m *Manifest) Style(district string) []string {
	return slices.Clone(m.facts().styles[district])
}

// Slates returns the choices of a district in a contest as they are shown.
func (m *Manifest) Slates(contest, district string) []Slate {
	i := slices.IndexFunc(m.Lists, func(l ChoiceList) bool {
		return l.Contest == contest && l.District == district
	})
	if i < 0 {
		return nil
	}
	return m.Lists[i].Lists
}

// Codes returns the codes of a district in a contest in the order of the
// manifest, with [Blank] at the end where it is allowed.
func (m *Manifest) Codes(contest, district string) []string {
	if l, ok := m.facts().lists[ListID{contest, district}]; ok {
		return slices.Clone(l.codes)
	}
	return nil
}

// Choices returns the points that a slot of the list may encrypt, in the order
// of [Manifest.Codes]. It is computed once. The error says that there is no such
// list, or that two codes have one point, which nobody can bring about.
func (m *Manifest) Choices(contest, district string) (*sigma.Choices, error) {
	book, err := m.codebook(ListID{contest, district})
	if err != nil {
		return nil, err
	}
	return book.proof, nil
}

func (m *Manifest) codebook(id ListID) (*codebook, error) {
	l, ok := m.facts().lists[id]
	if !ok {
		return nil, fmt.Errorf("election: contest %q has no list of choices in district %q", id.Contest, id.District)
	}
	return l.points()
}

// Point returns the group element that stands for a choice.
//
// It implements Choice.Point of docs/protocol/ballot.md.
func (m *Manifest) Point(contest, code string) *group.Element {
	return point(m.Fingerprint(), contest, code)
}
