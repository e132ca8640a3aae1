package election

import "crypto/x509"

// Text is a text in every language of the manifest: language code to words.
type Text map[string]string

// In returns the text in a language, or else in the first of fallbacks that it
// has.
func (t Text) In(language string, fallbacks ...string) string {
	for _, l := range append([]string{language}, fallbacks...) {
		if s, ok := t[l]; ok {
			return s
		}
	}
	return ""
}

// Manifest fixes everything that decides an election. Its hash is the election
// fingerprint, to which every proof and signature is bound. It is made by
// [NewManifest] or [ParseManifest] and does not change afterwards.
type Manifest struct {
	Type      string       `json:"type"`
	Version   int          `json:"version"`
	ID        string       `json:"id"`        // such as RK2023
	Title     Text         `json:"title"`     // name of the election
	Languages []string     `json:"languages"` // of all texts, the first is the default
	Opens     Time         `json:"opens"`     // ballots are accepted from this second
	Closes    Time         `json:"closes"`    // up to the second before this one
	Profile   string       `json:"profile"`   // what is published: ProfileOpen or ProfileGuarded
	Authority Authority    `json:"authority"` // who signs manifest, rolls, revocations and result
	Board     Board        `json:"board"`
	Collector Collector    `json:"collector"`
	EID       EID          `json:"eid"`
	Trustees  Trustees     `json:"trustees"`
	Mixers    Mixers       `json:"mixers"`
	Contests  []Contest    `json:"contests"`
	Districts []District   `json:"districts"`
	Lists     []ChoiceList `json:"lists"` // contests in their order, in each districts in their order
	Rules     Rules        `json:"rules"`
	Check     Check        `json:"check"`
	// Rehearsal is true in an election that decides nothing. It is absent from a real one.
	Rehearsal bool `json:"rehearsal,omitempty"`
	// Registry is the public key (DER, SubjectPublicKeyInfo) of the election information
	// system, which signs voter lists and revocations. Absent: they come without signatures.
	Registry []byte `json:"registry,omitempty"`

	derived *derived
}

// What is published, see docs/protocol/record.md.
const (
	ProfileOpen    = "open"    // the inner ballots and the mix input too
	ProfileGuarded = "guarded" // from the output of the first mix on
)

// Board says which log is the election's board and whose cosignatures make a
// checkpoint acceptable.
type Board struct {
	Origin    string   `json:"origin"`
	Key       string   `json:"key"`       // vkey of the log
	Witnesses []string `json:"witnesses"` // vkeys
	Quorum    int      `json:"quorum"`
}

// Authority is the officials who sign for the electoral authority: so many
// different ones of them sign every document.
type Authority struct {
	Officials  [][]byte `json:"officials"`  // DER certificates
	Signatures int      `json:"signatures"` // how many of them sign a document
}

// Collector says where ballots go, which key signs receipts and refusals, and how
// voters sign on.
type Collector struct {
	URL     string `json:"url"`
	Key     Key    `json:"key"`
	Channel bool   `json:"channel"`         // an answer to a challenge is bound to the TLS channel, which the collector ends itself
	Cards   string `json:"cards,omitempty"` // address for signing on by a TLS client certificate instead
}

// Trustees says who decrypts and how many of them are needed.
type Trustees struct {
	Threshold int      `json:"threshold"`
	Cards     [][]byte `json:"cards"` // threshold.Card of trustees 1 … n
}

// Mixers says who mixes and how many mixes there must be.
type Mixers struct {
	Required  int        `json:"required"`
	Operators []Operator `json:"operators"`
}

// Operator is who runs a mixer, with the Ed25519 key that signs its mixes.
type Operator struct {
	Name string `json:"name"`
	Key  Key    `json:"key"`
}

// Contest is one question: every ballot has the same number of slots for it.
type Contest struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	Slots int    `json:"slots"` // choices on one ballot; where their order matters the first is the most wanted
	Blank bool   `json:"blank"` // a slot may be left blank
}

// District is a part of the electorate that has the same choices.
type District struct {
	ID       string   `json:"id"` // EHAK.n, such as 0000.1
	Name     string   `json:"name"`
	Parishes []string `json:"parishes"` // EHAK codes, or FOREIGN
}

// ChoiceList is what a district may choose from in a contest.
type ChoiceList struct {
	Contest  string  `json:"contest"`
	District string  `json:"district"`
	Lists    []Slate `json:"lists"`
}

// Slate is a list of candidates or answers that stand under one name.
type Slate struct {
	Name    string   `json:"name"`
	Choices []Choice `json:"choices"`
}

// Choice is a candidate or an answer.
type Choice struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Rules fixes what the law leaves open.
type Rules struct {
	Invalid string `json:"invalid"` // InvalidReported
	Ties    string `json:"ties"`    // TiesByLot
}

// The rules that this version knows.
const (
	InvalidReported = "reported" // an invalid selection is counted as that and published
	TiesByLot       = "lot"      // equal votes are decided by lot, outside of this system
)

// Check limits the check with a second device, so that it is a check and not a
// receipt to sell.
type Check struct {
	Limit   int `json:"limit"`   // checks a ballot
	Minutes int `json:"minutes"` // after the ballot was cast
}

const (
	manifestKind  = "manifest"
	manifestLimit = 16 << 20
)

// NewManifest completes m with type and version, validates it and returns the
// manifest that its bytes give.
func NewManifest(m Manifest) (*Manifest, error) {
	d := header(manifestKind)
	m.Type, m.Version, m.derived = d.Type, d.Version, nil
	return ParseManifest(marshal(&m))
}

// ParseManifest reads and validates a manifest. Errors: *[FormatError], with the
// field's path where a rule of [Manifest.Validate] is broken.
//
// It implements Manifest.Parse of docs/protocol/manifest.md.
func ParseManifest(b []byte) (*Manifest, error) {
	m := new(Manifest)
	if err := unmarshal(manifestKind, manifestLimit, b, m); err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	m.derived = derive(m, b)
	return m, nil
}

// Mark returns a word that every face shows beside an election that decides nothing:
// " (a rehearsal)", and "" for a real one.
func (m *Manifest) Mark() string {
	if m.Rehearsal {
		return " (a rehearsal)"
	}
	return ""
}

// Bytes returns the stored form, whose hash is the fingerprint.
func (m *Manifest) Bytes() []byte {
	return append([]byte(nil), m.facts().bytes...)
}

// Fingerprint returns the election fingerprint: the hash of the manifest.
func (m *Manifest) Fingerprint() Hash { return m.facts().fingerprint }

// Officials returns the certificates of who signs for the electoral authority.
func (m *Manifest) Officials() []*x509.Certificate { return m.facts().officials }
