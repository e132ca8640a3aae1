package election

// Open is the document that opens the polls: it names what was in force then.
type Open struct {
	Type       string `json:"type"`
	Version    int    `json:"version"`
	Election   Hash   `json:"election"`
	Signatures []Hash `json:"signatures"` // of the manifest: the files of the officials' signatures, in order
	Ceremony   Hash   `json:"ceremony"`
	Roll       Hash   `json:"roll"` // the last version before the opening
	Opens      Time   `json:"opens"`
}

// Close is the document that closes the polls. After its entry no ballot may be
// appended.
type Close struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Election Hash   `json:"election"`
	Ballots  int    `json:"ballots"` // entries of ballots before it
	Closes   Time   `json:"closes"`
}

const (
	openKind      = "open"
	closeKind     = "close"
	documentLimit = 16 << 20
)

// NewOpen returns the opening of the polls at the time of the manifest.
func NewOpen(m *Manifest, signatures []Hash, ceremony, roll Hash) *Open {
	d := header(openKind)
	return &Open{d.Type, d.Version, m.Fingerprint(), signatures, ceremony, roll, m.Opens}
}

// ParseOpen reads the opening document. Errors: *[FormatError].
//
// It implements Open.Parse of docs/protocol/entries.md.
func ParseOpen(b []byte) (*Open, error) {
	o := new(Open)
	if err := unmarshal(openKind, documentLimit, b, o); err != nil {
		return nil, err
	}
	return o, nil
}

// Bytes returns the stored form.
func (o *Open) Bytes() []byte { return marshal(o) }

// NewClose returns the close of the polls after so many ballots.
func NewClose(m *Manifest, ballots int) *Close {
	d := header(closeKind)
	return &Close{d.Type, d.Version, m.Fingerprint(), ballots, m.Closes}
}

// ParseClose reads the closing document. Errors: *[FormatError].
//
// It implements Close.Parse of docs/protocol/entries.md.
func ParseClose(b []byte) (*Close, error) {
	c := new(Close)
	if err := unmarshal(closeKind, documentLimit, b, c); err != nil {
		return nil, err
	}
	if c.Ballots < 0 || c.Ballots > maxInteger {
		return nil, badField(closeKind, "ballots", "%d is out of range", c.Ballots)
	}
	return c, nil
}

// Bytes returns the stored form.
func (c *Close) Bytes() []byte { return marshal(c) }
