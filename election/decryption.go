package election

// Decryption is the document of one trustee's decryption shares.
type Decryption struct {
	Type     string           `json:"type"`
	Version  int              `json:"version"`
	Election Hash             `json:"election"`
	Trustee  int              `json:"trustee"` // 1 … n
	Input    Hash             `json:"input"`   // of the document of the last mix
	Lists    []DecryptionList `json:"lists"`
}

// DecryptionList is one list of decryption shares.
type DecryptionList struct {
	Contest  string `json:"contest"`
	District string `json:"district"`
	Rows     int    `json:"rows"`
	Width    int    `json:"width"`
	Shares   Hash   `json:"shares"` // of the file of a threshold.DecryptionShare
}

// ID returns which list it is.
func (l *DecryptionList) ID() ListID { return ListID{l.Contest, l.District} }

const decryptionKind = "decryption"

// NewDecryption returns the document; lists are in the order of
// [Manifest.ListIDs].
func NewDecryption(m *Manifest, trustee int, input Hash, lists []DecryptionList) *Decryption {
	d := header(decryptionKind)
	return &Decryption{d.Type, d.Version, m.Fingerprint(), trustee, input, lists}
}

// ParseDecryption reads the document. Errors: *[FormatError].
//
// It implements Decryption.Parse of docs/protocol/record.md.
func ParseDecryption(b []byte) (*Decryption, error) {
	d := new(Decryption)
	if err := unmarshal(decryptionKind, documentLimit, b, d); err != nil {
		return nil, err
	}
	if d.Trustee < 1 || d.Trustee > 64 {
		return nil, badField(decryptionKind, "trustee", "%d is out of range", d.Trustee)
	}
	for i, l := range d.Lists {
		if err := checkList(decryptionKind, i, l.ID(), l.Rows, l.Width); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Bytes returns the stored form.
func (d *Decryption) Bytes() []byte { return marshal(d) }

// Check checks that the document has exactly the election's lists, in order, and
// one of its trustees. Errors: *[FormatError].
func (d *Decryption) Check(m *Manifest) error {
	if d.Trustee > len(m.Trustees.Cards) {
		return badField(decryptionKind, "trustee", "%d of %d", d.Trustee, len(m.Trustees.Cards))
	}
	shapes := make([]listShape, len(d.Lists))
	for i, l := range d.Lists {
		shapes[i] = listShape{l.ID(), l.Rows, l.Width}
	}
	return checkLists(m, decryptionKind, d.Election, shapes)
}
