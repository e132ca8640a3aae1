package election

// Revocations takes the online ballots of persons out of the count, mostly since
// they voted on paper, or takes them back in. It is sealed and signed by the
// authority.
type Revocations struct {
	Type     string   `json:"type"`
	Version  int      `json:"version"`
	Election Hash     `json:"election"`
	Number   int      `json:"number"` // 1, 2, …: the order in which they apply
	Action   string   `json:"action"` // Revoke or Restore
	Salt     Salt     `json:"salt"`
	Persons  []string `json:"persons"` // personal codes
}

// The actions of revocations.
const (
	Revoke  = "revoke"
	Restore = "restore"
)

const (
	revocationsKind  = "revocations"
	revocationsLimit = 64 << 20
)

// NewRevocations returns the document. Errors: *[FormatError], as from
// [ParseRevocations].
func NewRevocations(fingerprint Hash, number int, action string, salt Salt, persons []string) (*Revocations, error) {
	d := header(revocationsKind)
	return ParseRevocations(marshal(&Revocations{d.Type, d.Version, fingerprint, number, action, salt, persons}))
}

// ParseRevocations reads a revocation document. Errors: *[FormatError].
//
// It implements Revocations.Parse of docs/protocol/processing.md.
func ParseRevocations(b []byte) (*Revocations, error) {
	r := new(Revocations)
	if err := unmarshal(revocationsKind, revocationsLimit, b, r); err != nil {
		return nil, err
	}
	if r.Number < 1 || r.Number > maxInteger {
		return nil, badField(revocationsKind, "number", "%d is out of range", r.Number)
	}
	if r.Action != Revoke && r.Action != Restore {
		return nil, badField(revocationsKind, "action", "%.40q is neither revoke nor restore", r.Action)
	}
	seen := make(map[string]bool, len(r.Persons))
	for i, p := range r.Persons {
		if !personCode.MatchString(p) {
			return nil, badField(revocationsKind, indexed("persons", i), "it has not the form %s", personCode)
		}
		if seen[p] {
			return nil, badField(revocationsKind, indexed("persons", i), "the person is there twice")
		}
		seen[p] = true
	}
	return r, nil
}

// Bytes returns the stored form, which the authority signs.
func (r *Revocations) Bytes() []byte { return marshal(r) }

// Hash returns the hash of the stored form.
func (r *Revocations) Hash() Hash { return HashOf(r.Bytes()) }
