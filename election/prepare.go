package election

import (
	"fmt"
	"slices"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
)

// SelectionError says which selection makes no ballot.
type SelectionError struct {
	Contest string
	Detail  string
}

func (e *SelectionError) Error() string {
	return fmt.Sprintf("election: selection in contest %s: %s", e.Contest, e.Detail)
}

// Prepare encrypts a voter's selections and proves that they are choices.
// selections has for every contest of the district a code for every slot, [Blank]
// where nothing is chosen; where order matters the first is the most wanted. Only
// [Blank] may stand twice in a contest. All randomness of the ciphertexts follows
// from seed, which serves one ballot. Errors: *[SelectionError], and what wraps
// [ErrWrongDistrict].
//
// Which point is taken from the table depends on the choice, as what the voter's
// screen shows does; with the randomness, which would betray the choice to
// others, all computation is constant time.
//
// It implements Ballot.Prepare of docs/protocol/ballot.md.
func Prepare(m *Manifest, pk *elgamal.PublicKey, seed *elgamal.Seed, district string, pseudonym Pseudonym, anchor Anchor, selections map[string][]string) (*Ballot, error) {
	if err := CheckSelections(m, district, selections); err != nil {
		return nil, err
	}
	d := header(ballotKind)
	b := &Ballot{
		Type: d.Type, Version: d.Version, Election: m.Fingerprint(),
		District: district, Pseudonym: pseudonym, Anchor: anchor,
	}
	for _, contest := range m.Style(district) {
		c := BallotContest{Contest: contest}
		for k, code := range selections[contest] {
			slot, err := b.encrypt(m, pk, seed, contest, k, code)
			if err != nil {
				return nil, err
			}
			c.Slots = append(c.Slots, *slot)
		}
		b.Contests = append(b.Contests, c)
	}
	return b, nil
}

// encrypt makes slot k of a contest: (A, B) = (r·G, M_code + r·Y) and its proof.
func (b *Ballot) encrypt(m *Manifest, pk *elgamal.PublicKey, seed *elgamal.Seed, contest string, k int, code string) (*Slot, error) {
	id := ListID{contest, b.District}
	book, err := m.codebook(id)
	if err != nil {
		return nil, err
	}
	index := slices.Index(m.facts().lists[id].codes, code)
	r := randomness(seed, b.Election, contest, k)
	c := pk.Encrypt(&book.list[index], r)
	p, err := sigma.ProveMembership(slotTranscript(b, contest, k), pk, book.proof, c, index, r)
	if err != nil {
		return nil, fmt.Errorf("election: ballot: slot %d of contest %s: %w", k, contest, err)
	}
	return &Slot{Ciphertext: c.Bytes(), Proof: p.Bytes()}, nil
}

// CheckSelections checks that selections make a ballot of the district. Errors
// are those of [Prepare].
func CheckSelections(m *Manifest, district string, selections map[string][]string) error {
	style := m.Style(district)
	if len(style) == 0 {
		return fmt.Errorf("%w: %.40q", ErrWrongDistrict, district)
	}
	for _, contest := range style {
		if err := checkSelection(m, ListID{contest, district}, selections[contest]); err != nil {
			return err
		}
	}
	for contest := range selections {
		if !slices.Contains(style, contest) {
			return &SelectionError{contest, "the district does not vote in it"}
		}
	}
	return nil
}

func checkSelection(m *Manifest, id ListID, codes []string) error {
	if len(codes) != m.Width(id) {
		return &SelectionError{id.Contest, fmt.Sprintf("%d codes for %d slots", len(codes), m.Width(id))}
	}
	for k, code := range codes {
		if !slices.Contains(m.facts().lists[id].codes, code) {
			return &SelectionError{id.Contest, fmt.Sprintf("slot %d holds no choice of the district", k)}
		}
		if code != Blank && slices.Contains(codes[:k], code) {
			return &SelectionError{id.Contest, fmt.Sprintf("slot %d repeats a choice", k)}
		}
	}
	return nil
}

// Open returns the selections of a ballot, given its seed: what the second device
// shows. For every slot A must be r·G, and M = B − r·Y a choice of the list.
// Errors: those of [Ballot.Check]; *[SlotError], with [ErrSeed] where the seed is
// not this ballot's and [ErrTwice] where a slot repeats a choice.
//
// It implements Ballot.Open of docs/protocol/ballot.md.
func (b *Ballot) Open(m *Manifest, pk *elgamal.PublicKey, seed *elgamal.Seed) (map[string][]string, error) {
	if err := b.Check(m); err != nil {
		return nil, err
	}
	selections := map[string][]string{}
	for _, c := range b.Contests {
		for k := range c.Slots {
			code, err := b.openSlot(m, pk, seed, c, k)
			if err != nil {
				return nil, &SlotError{c.Contest, k, err}
			}
			if code != Blank && slices.Contains(selections[c.Contest], code) {
				return nil, &SlotError{c.Contest, k, ErrTwice}
			}
			selections[c.Contest] = append(selections[c.Contest], code)
		}
	}
	return selections, nil
}

func (b *Ballot) openSlot(m *Manifest, pk *elgamal.PublicKey, seed *elgamal.Seed, c BallotContest, k int) (string, error) {
	id := ListID{c.Contest, b.District}
	book, err := m.codebook(id)
	if err != nil {
		return "", err
	}
	ct, err := elgamal.ParseCiphertext(c.Slots[k].Ciphertext)
	if err != nil {
		return "", err
	}
	// (r·G, r·Y)
	mask := pk.Encrypt(group.NewElement(), randomness(seed, b.Election, c.Contest, k))
	point := group.NewElement().Subtract(&ct.B, &mask.B)
	i, ok := book.index[[32]byte(point.Bytes())]
	if !ok || !mask.A.Equal(&ct.A) {
		return "", ErrSeed
	}
	return m.facts().lists[id].codes[i], nil
}
