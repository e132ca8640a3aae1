package election

import (
	"cmp"
	"fmt"

	"valik/crypto/threshold"
)

// Ceremony is the document of the key ceremony: all public messages of the
// trustees, in each list in the order of the trustees.
type Ceremony struct {
	Type          string   `json:"type"`
	Version       int      `json:"version"`
	Election      Hash     `json:"election"`
	Attempt       int      `json:"attempt"` // from 1, see [CeremonyParams]
	Commitments   [][]byte `json:"commitments"`
	Deals         [][]byte `json:"deals"`
	Confirmations [][]byte `json:"confirmations"`
	Drills        [][]byte `json:"drills"`
}

const ceremonyKind = "ceremony"

// NewCeremony returns the document of a finished ceremony.
func NewCeremony(m *Manifest, attempt int, c *threshold.Ceremony) *Ceremony {
	d := header(ceremonyKind)
	return &Ceremony{
		Type: d.Type, Version: d.Version, Election: m.Fingerprint(), Attempt: attempt,
		Commitments:   encodeAll(c.Commitments),
		Deals:         encodeAll(c.Deals),
		Confirmations: encodeAll(c.Confirmations),
		Drills:        encodeAll(c.Drills),
	}
}

// ParseCeremony reads the document; the messages in it are for
// [Ceremony.Verify]. Errors: *[FormatError].
//
// It implements Ceremony.Parse of docs/protocol/entries.md.
func ParseCeremony(b []byte) (*Ceremony, error) {
	c := new(Ceremony)
	if err := unmarshal(ceremonyKind, documentLimit, b, c); err != nil {
		return nil, err
	}
	if c.Attempt < 1 || c.Attempt > maxInteger {
		return nil, badField(ceremonyKind, "attempt", "%d is out of range", c.Attempt)
	}
	return c, nil
}

// Bytes returns the stored form.
func (c *Ceremony) Bytes() []byte { return marshal(c) }

// Verify checks the whole ceremony against the manifest and returns the
// election's keys. Errors: *[FormatError] for a message that does not parse, and
// those of threshold.Verify.
func (c *Ceremony) Verify(m *Manifest) (*threshold.Keys, error) {
	if c.Election != m.Fingerprint() {
		return nil, badField(ceremonyKind, "election", "it is another election")
	}
	params, err := CeremonyParams(m, c.Attempt)
	if err != nil {
		return nil, err
	}
	messages, err := c.messages()
	if err != nil {
		return nil, err
	}
	return threshold.Verify(params, messages)
}

func (c *Ceremony) messages() (*threshold.Ceremony, error) {
	all := new(threshold.Ceremony)
	err := cmp.Or(
		decodeAll("commitments", c.Commitments, threshold.ParseCommitment, &all.Commitments),
		decodeAll("deals", c.Deals, threshold.ParseDeal, &all.Deals),
		decodeAll("confirmations", c.Confirmations, threshold.ParseConfirmation, &all.Confirmations),
		decodeAll("drills", c.Drills, threshold.ParseDrill, &all.Drills),
	)
	if err != nil {
		return nil, err
	}
	return all, nil
}

func encodeAll[M threshold.Message](messages []M) [][]byte {
	encoded := make([][]byte, len(messages))
	for i, m := range messages {
		encoded[i] = m.Bytes()
	}
	return encoded
}

func decodeAll[M any](field string, encoded [][]byte, parse func([]byte) (M, error), messages *[]M) error {
	for i, b := range encoded {
		m, err := parse(b)
		if err != nil {
			return fmt.Errorf("%w: %w", badField(ceremonyKind, indexed(field, i), "no message of this round"), err)
		}
		*messages = append(*messages, m)
	}
	return nil
}
