package election

// Evidence is what the collector keeps with a ballot about its signer's
// certificate at the time of the cast: the issuer's word that it was good, and
// perhaps a time-stamp of the signature. It is sealed, like the envelope.
type Evidence struct {
	Type    string `json:"type"`
	Version int    `json:"version"`
	OCSP    []byte `json:"ocsp,omitempty"` // OCSPResponse, DER
	CRL     *Hash  `json:"crl,omitempty"`  // of the issuer's revocation list, which many ballots share
	Time    []byte `json:"time,omitempty"` // TimeStampToken, DER
}

const (
	evidenceKind = "evidence"
	// EvidenceLimit is the most bytes that the stored form may have.
	EvidenceLimit = 256 << 10
)

// NewEvidence returns the document of what was found; crl is the hash of a
// revocation list or nil.
func NewEvidence(ocsp []byte, crl *Hash, timeStamp []byte) *Evidence {
	d := header(evidenceKind)
	return &Evidence{d.Type, d.Version, ocsp, crl, timeStamp}
}

// ParseEvidence reads it. Whether it proves anything is for package processing.
// Errors: *[FormatError].
//
// It implements Evidence.Parse of docs/protocol/entries.md.
func ParseEvidence(b []byte) (*Evidence, error) {
	e := new(Evidence)
	if err := unmarshal(evidenceKind, EvidenceLimit, b, e); err != nil {
		return nil, err
	}
	return e, nil
}

// Bytes returns the stored form, whose hash is in the ballot's leaf or in the
// settlement.
func (e *Evidence) Bytes() []byte { return marshal(e) }

// EvidenceHash returns what stands for stored evidence in a leaf: its hash, or zero
// for none.
func EvidenceHash(stored []byte) Hash {
	if len(stored) == 0 {
		return Hash{}
	}
	return HashOf(stored)
}
