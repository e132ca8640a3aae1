package threshold

import (
	"valik/crypto/group"
	"valik/crypto/sigma"
)

const commitmentSize = frameSize + 32

// Commitment is the message of round 1: a hash of the deal to come.
type Commitment struct {
	envelope
	deal digest
}

// ParseCommitment decodes a commitment.
func ParseCommitment(b []byte) (*Commitment, error) {
	e, err := parseEnvelope(RoundCommit, b)
	if err != nil {
		return nil, err
	}
	r := &reader{what: "commit", rest: e.body}
	c := &Commitment{envelope: *e, deal: r.digest()}
	if err := r.end(); err != nil {
		return nil, err
	}
	return c, nil
}

// dealHash is what a trustee commits to: its whole deal, under its own number, so
// that nobody can commit to another's deal by copying the hash.
func dealHash(ceremony digest, sender int, body []byte) digest {
	return hash("deal", ceremony[:], []byte{byte(sender)}, body)
}

// Committed is the state of a trustee after round 1. The deal in it is secret
// until all have committed: whoever knew it before could choose its own to match.
type Committed struct {
	stage
	body []byte
}

// Begin draws the trustee's polynomial, makes its deal, and returns the
// commitment to it. Neither the polynomial nor the ephemeral key is kept: the deal
// has what is needed of them. The errors wrap [ErrParams].
//
// It implements Ceremony.Begin of docs/protocol/ceremony.md.
func Begin(p *Params, id *Identity) (*Committed, *Commitment, error) {
	c := &Committed{}
	if err := c.init(p, id); err != nil {
		return nil, nil, err
	}
	c.body = c.newDeal(group.RandomScalars(c.setting.t), group.RandomScalar()).encode()
	return c, c.commitment(), nil
}

// commitment is the message that belongs to the state; it is always the same.
func (c *Committed) commitment() *Commitment {
	d := dealHash(c.setting.hash, c.index, c.body)
	return &Commitment{envelope: c.seal(RoundCommit, c.setting.hash, d[:]), deal: d}
}

// newDeal computes the contents of the deal from polynomial f and ephemeral
// secret e.
func (s *stage) newDeal(f polynomial, e *group.Scalar) *dealBody {
	d := &dealBody{coefficients: f.commit()}
	d.ephemeral.ScalarBaseMult(e)
	d.secretProof = s.prove(d, secretUse, &f[0], &d.coefficients[0])
	d.ephemeralProof = s.prove(d, ephemeralUse, e, &d.ephemeral)
	for j := 1; j <= s.setting.n; j++ {
		path := d.path(s.setting, s.index, j)
		// K_ij = e·PK_j
		k := group.NewElement().ScalarMult(e, path.key)
		d.shares = append(d.shares, path.seal(k, f.at(j)))
	}
	return d
}

// prove proves knowledge of x with image = x·G, for one of the two uses.
func (s *stage) prove(d *dealBody, use string, x *group.Scalar, image *group.Element) *sigma.Knowledge {
	return sigma.ProveKnowledge(d.transcript(s.setting.hash, s.index, use), x, group.NewGenerator(), image)
}
