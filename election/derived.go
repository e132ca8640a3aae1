package election

import (
	"crypto/x509"
	"sync"

	"valik/board"
	"valik/crypto/group"
	"valik/crypto/sigma"
)

// Blank is the code of the empty choice, which stands last in the lists of a
// contest that allows it.
const Blank = "blank"

// Invalid is what the result counts under when a plaintext is no choice of the
// list. No choice may have this code.
const Invalid = "invalid"

// derived is what follows from a valid manifest: computed once, read by many.
type derived struct {
	bytes       []byte
	fingerprint Hash
	officials   []*x509.Certificate
	realm       func() realm
	contests    map[string]*Contest
	districts   map[string]*District
	styles      map[string][]string // district to contests
	lists       map[ListID]*choices
	order       []ListID
}

// choices is one list of choices: the codes in order, and their points.
type choices struct {
	codes  []string
	points func() (*codebook, error)
}

// codebook is the points of a list of choices, ready for proofs and for reading
// plaintexts.
type codebook struct {
	proof *sigma.Choices
	list  []group.Element
	index map[[32]byte]int
}

// facts returns what follows from m. It panics for a manifest that was neither
// parsed nor made by NewManifest: nothing follows from one that is not valid.
func (m *Manifest) facts() *derived {
	if m.derived == nil {
		panic("election: a manifest comes from ParseManifest or NewManifest")
	}
	return m.derived
}

func derive(m *Manifest, b []byte) *derived {
	d := &derived{
		bytes: append([]byte(nil), b...), fingerprint: HashOf(b),
		contests: map[string]*Contest{}, districts: map[string]*District{},
		styles: map[string][]string{}, lists: map[ListID]*choices{},
	}
	d.officials, _ = parseCertificates(m.Authority.Officials) // Validate parsed them
	// Once: it checks the issuers' own signatures, and every sign-on asks for it.
	d.realm = sync.OnceValue(func() realm { return newRealm(&m.EID) })
	for i := range m.Contests {
		d.contests[m.Contests[i].ID] = &m.Contests[i]
	}
	for i := range m.Districts {
		d.districts[m.Districts[i].ID] = &m.Districts[i]
	}
	for i := range m.Lists {
		l := &m.Lists[i]
		id := ListID{l.Contest, l.District}
		d.order = append(d.order, id)
		d.styles[l.District] = append(d.styles[l.District], l.Contest)
		d.lists[id] = newChoices(d.fingerprint, l, d.contests[l.Contest].Blank)
	}
	return d
}

func newChoices(fingerprint Hash, l *ChoiceList, blank bool) *choices {
	c := &choices{codes: l.codes()}
	if blank {
		c.codes = append(c.codes, Blank)
	}
	c.points = sync.OnceValues(func() (*codebook, error) {
		return newCodebook(fingerprint, l.Contest, c.codes)
	})
	return c
}

// codes lists the codes of all slates in the order of the manifest.
func (l *ChoiceList) codes() []string {
	var codes []string
	for _, s := range l.Lists {
		for _, c := range s.Choices {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

func newCodebook(fingerprint Hash, contest string, codes []string) (*codebook, error) {
	book := &codebook{list: make([]group.Element, len(codes)), index: map[[32]byte]int{}}
	for i, code := range codes {
		book.list[i].Set(point(fingerprint, contest, code))
		book.index[[32]byte(book.list[i].Bytes())] = i
	}
	proof, err := sigma.NewChoices(book.list)
	book.proof = proof
	return book, err
}

// Policy returns whose signatures a checkpoint of this election's board needs.
func (m *Manifest) Policy() *board.Policy {
	return &board.Policy{Origin: m.Board.Origin, LogKey: m.Board.Key, Witnesses: m.Board.Witnesses, Quorum: m.Board.Quorum}
}
