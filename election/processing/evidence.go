package processing

import (
	"time"

	"valik/election"
)

// Evidence is what stands with a ballot about its signer's certificate.
type Evidence struct {
	OCSP      []byte // OCSPResponse, DER
	CRL       []byte // the issuer's revocation list, DER
	TimeStamp []byte // TimeStampToken, DER
}

type evidenceRules struct{}

func newEvidenceRules(*election.Manifest) (*evidenceRules, error) { return nil, nil }

// Evidence checks.
func (j *Judge) Evidence(c *Candidate, e *Evidence, at time.Time) *Refusal { return nil }
