package election

// Mix is the document of one mix: every list, shuffled and re-encrypted.
type Mix struct {
	Type     string    `json:"type"`
	Version  int       `json:"version"`
	Election Hash      `json:"election"`
	Number   int       `json:"number"`   // 1, 2, …
	Mixer    string    `json:"mixer"`    // an operator of the manifest
	Previous Hash      `json:"previous"` // of input.json, or of the document of the mix before
	Lists    []MixList `json:"lists"`
}

// MixList is one list of a mix.
type MixList struct {
	Contest     string `json:"contest"`
	District    string `json:"district"`
	Rows        int    `json:"rows"`
	Width       int    `json:"width"`
	Ciphertexts Hash   `json:"ciphertexts"` // of the file of the output's rows
	Proof       Hash   `json:"proof"`       // of the file of the shuffle proof
}

// ID returns which list it is.
func (l *MixList) ID() ListID { return ListID{l.Contest, l.District} }

const mixKind = "mix"

// NewMix returns the document; lists are in the order of [Manifest.ListIDs].
func NewMix(m *Manifest, number int, mixer string, previous Hash, lists []MixList) *Mix {
	d := header(mixKind)
	return &Mix{d.Type, d.Version, m.Fingerprint(), number, mixer, previous, lists}
}

// ParseMix reads the document. Errors: *[FormatError].
//
// It implements Mix.Parse of docs/protocol/record.md.
func ParseMix(b []byte) (*Mix, error) {
	x := new(Mix)
	if err := unmarshal(mixKind, documentLimit, b, x); err != nil {
		return nil, err
	}
	if x.Number < 1 || x.Number > maxMixers {
		return nil, badField(mixKind, "number", "%d is out of range", x.Number)
	}
	for i, l := range x.Lists {
		if err := checkList(mixKind, i, l.ID(), l.Rows, l.Width); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// Bytes returns the stored form.
func (x *Mix) Bytes() []byte { return marshal(x) }

// Check checks that the document has exactly the election's lists, in order, and
// an operator of the manifest as its mixer. Errors: *[FormatError].
func (x *Mix) Check(m *Manifest) error {
	if _, ok := m.Operator(x.Mixer); !ok {
		return badField(mixKind, "mixer", "%.80q is no operator of the manifest", x.Mixer)
	}
	shapes := make([]listShape, len(x.Lists))
	for i, l := range x.Lists {
		shapes[i] = listShape{l.ID(), l.Rows, l.Width}
	}
	return checkLists(m, mixKind, x.Election, shapes)
}

// Operator returns the mixer's operator with this name.
func (m *Manifest) Operator(name string) (*Operator, bool) {
	for i := range m.Mixers.Operators {
		if m.Mixers.Operators[i].Name == name {
			return &m.Mixers.Operators[i], true
		}
	}
	return nil, false
}
