package election

// Input is the document of the mix input: which ciphertexts go into the first
// mix. In an election with profile guarded the files that it names are sealed.
type Input struct {
	Type     string      `json:"type"`
	Version  int         `json:"version"`
	Election Hash        `json:"election"`
	Lists    []InputList `json:"lists"`
	Revoked  int         `json:"revoked"` // ballots that only revocations took out
	Refused  int         `json:"refused"` // ballots on the board that the collector had to refuse
}

// InputList is one list of the mix input. A row is a ballot that counts, rows
// are in the order of the board.
type InputList struct {
	Contest     string `json:"contest"`
	District    string `json:"district"`
	Rows        int    `json:"rows"`
	Width       int    `json:"width"`       // ciphertexts of a row
	Ciphertexts Hash   `json:"ciphertexts"` // of the file of rows
}

// ID returns which list it is.
func (l *InputList) ID() ListID { return ListID{l.Contest, l.District} }

const inputKind = "input"

// NewInput returns the document; lists are in the order of [Manifest.ListIDs].
func NewInput(m *Manifest, lists []InputList, revoked, refused int) *Input {
	d := header(inputKind)
	return &Input{d.Type, d.Version, m.Fingerprint(), lists, revoked, refused}
}

// ParseInput reads the document. Errors: *[FormatError].
//
// It implements Input.Parse of docs/protocol/record.md.
func ParseInput(b []byte) (*Input, error) {
	in := new(Input)
	if err := unmarshal(inputKind, documentLimit, b, in); err != nil {
		return nil, err
	}
	if in.Revoked < 0 || in.Revoked > maxInteger {
		return nil, badField(inputKind, "revoked", "%d is out of range", in.Revoked)
	}
	if in.Refused < 0 || in.Refused > maxInteger {
		return nil, badField(inputKind, "refused", "%d is out of range", in.Refused)
	}
	for i, l := range in.Lists {
		if err := checkList(inputKind, i, l.ID(), l.Rows, l.Width); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// Bytes returns the stored form.
func (in *Input) Bytes() []byte { return marshal(in) }

// Check checks that the document has exactly the election's lists, in order.
// Errors: *[FormatError].
func (in *Input) Check(m *Manifest) error {
	return checkLists(m, inputKind, in.Election, in.shapes())
}

func (in *Input) shapes() []listShape {
	shapes := make([]listShape, len(in.Lists))
	for i, l := range in.Lists {
		shapes[i] = listShape{l.ID(), l.Rows, l.Width}
	}
	return shapes
}

// listShape is what the documents of the count have in common about a list.
type listShape struct {
	id          ListID
	rows, width int
}

// checkList bounds what one list claims about itself.
func checkList(kind string, i int, id ListID, rows, width int) error {
	check := &validator{}
	at := indexed("lists", i)
	check.match(at+".contest", id.Contest, contestID)
	check.match(at+".district", id.District, districtID)
	check.check(rows >= 0 && rows <= maxRows, at+".rows", "%d is out of range", rows)
	check.check(width >= 1 && width <= maxSlots, at+".width", "%d is out of range", width)
	return relabel(check.err, kind)
}

// maxRows keeps the sizes of files, 64 bytes a ciphertext, far from overflow.
const maxRows = 1 << 32

// checkLists checks a document against the election: its fingerprint, and that
// every list is there, once, in order, with its width.
func checkLists(m *Manifest, kind string, election Hash, shapes []listShape) error {
	if election != m.Fingerprint() {
		return badField(kind, "election", "it is another election")
	}
	ids := m.ListIDs()
	if len(shapes) != len(ids) {
		return badField(kind, "lists", "%d lists where the manifest has %d", len(shapes), len(ids))
	}
	for i, s := range shapes {
		if s.id != ids[i] {
			return badField(kind, indexed("lists", i), "%s where the manifest has %s", s.id, ids[i])
		}
		if s.width != m.Width(s.id) {
			return badField(kind, indexed("lists", i)+".width", "%d where the manifest has %d", s.width, m.Width(s.id))
		}
	}
	return nil
}
