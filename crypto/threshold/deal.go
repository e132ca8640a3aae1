package threshold

import (
	"bytes"
	"fmt"

	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// Deal is the message of round 2: commitments to the coefficients of the sender's
// polynomial, and for each trustee its encrypted share.
type Deal struct {
	envelope
	dealBody
}

// dealBody is the contents of a deal. The parser takes any number of
// coefficients and shares from 1 to 64, so that a wrong number is a fault with a
// culprit and not a file that nobody can read.
type dealBody struct {
	coefficients   []group.Element // A_k = a_k·G
	secretProof    *sigma.Knowledge
	ephemeral      group.Element // E = e·G
	ephemeralProof *sigma.Knowledge
	shares         [][]byte
}

// ParseDeal decodes a deal. Whether it is a right one, a round or [Verify] tells.
func ParseDeal(b []byte) (*Deal, error) {
	e, err := parseEnvelope(RoundDeal, b)
	if err != nil {
		return nil, err
	}
	d := &Deal{envelope: *e}
	r := &reader{what: "deal", rest: e.body}
	d.dealBody.read(r)
	if err := r.end(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *dealBody) read(r *reader) {
	d.coefficients = make([]group.Element, r.int("number of coefficients", 1, MaxTrustees))
	for k := range d.coefficients {
		r.element(fmt.Sprintf("coefficient %d", k), &d.coefficients[k])
	}
	d.secretProof = parsed(r, "proof of the secret", sigma.KnowledgeSize, sigma.ParseKnowledge)
	r.element("ephemeral key", &d.ephemeral)
	d.ephemeralProof = parsed(r, "proof of the ephemeral key", sigma.KnowledgeSize, sigma.ParseKnowledge)
	for range r.int("number of shares", 1, MaxTrustees) {
		d.shares = append(d.shares, r.take(sealedSize))
	}
}

func (d *dealBody) encode() []byte {
	b := append([]byte{byte(len(d.coefficients))}, group.EncodeAll(d.coefficients)...)
	b = append(b, d.secretProof.Bytes()...)
	b = d.ephemeral.AppendBytes(b)
	b = append(b, d.ephemeralProof.Bytes()...)
	b = append(b, byte(len(d.shares)))
	return append(b, bytes.Join(d.shares, nil)...)
}

const (
	secretUse    = "valik/1 deal secret"
	ephemeralUse = "valik/1 deal ephemeral key"
)

// transcript is the context of the proofs of knowledge. It binds them to the
// trustee and the ceremony, so that nobody can take over another's key as its own.
func (d *dealBody) transcript(ceremony digest, sender int, use string) *transcript.Transcript {
	t := transcript.New(use)
	t.Bytes("ceremony", ceremony[:])
	t.Uint64("trustee", uint64(sender))
	t.Elements("coefficients", d.coefficients)
	t.Element("ephemeral key", &d.ephemeral)
	return t
}

func (d *dealBody) path(s *setting, dealer, recipient int) *sharePath {
	return &sharePath{s.hash, dealer, recipient, &d.ephemeral, &s.card(recipient).encryption}
}

// Dealt is the state of a trustee after round 2.
type Dealt struct {
	stage
	commitments []*Commitment
}

// Deal takes the commitments of all trustees, in any order, and opens the
// trustee's own. It consumes the state; after an error, a [*FaultError] in most
// cases, the state is unused still and nothing has become public.
//
// It implements Ceremony.Deal of docs/protocol/ceremony.md.
func (c *Committed) Deal(commitments []*Commitment) (*Dealt, *Deal, error) {
	if err := c.unused(); err != nil {
		return nil, nil, err
	}
	s := c.setting
	all, err := collect(s, RoundCommit, s.hash, commitments)
	if err != nil {
		return nil, nil, c.accuse(err)
	}
	if own := all[c.index-1]; !bytes.Equal(own.raw, c.commitment().raw) {
		return nil, nil, own.fault(FaultReplaced)
	}
	// The body was made by this program or read by ParseCommitted.
	deal := &Deal{envelope: c.seal(RoundDeal, viewAfter(RoundCommit, s.hash, all), c.body)}
	r := &reader{what: "deal", rest: c.body}
	if deal.dealBody.read(r); r.end() != nil {
		return nil, nil, r.err
	}
	if err := c.consume(); err != nil {
		return nil, nil, err
	}
	next := &Dealt{commitments: all}
	next.succeed(&c.stage)
	return next, deal, nil
}

// check checks everything about a deal that everybody can see.
//
// It implements Deal.Check of docs/protocol/ceremony.md.
func (d *Deal) check(s *setting, c *Commitment) error {
	if !d.opens(c) {
		return d.proven(FaultNotOpened, nil, c, d)
	}
	if len(d.coefficients) != s.t {
		return d.proven(FaultWrongDegree, fmt.Errorf("%d instead of %d", len(d.coefficients), s.t), d)
	}
	if len(d.shares) != s.n {
		return d.proven(FaultWrongShares, fmt.Errorf("%d instead of %d", len(d.shares), s.n), d)
	}
	if err := d.checkProofs(); err != nil {
		return d.proven(FaultBadProof, err, d)
	}
	return nil
}

// opens reports whether the deal is the one that c commits to.
func (d *Deal) opens(c *Commitment) bool {
	return c.deal == dealHash(d.ceremony, d.sender, d.body)
}

// checkProofs checks that the sender knows a_0 and e. The first keeps it from
// choosing its part of the key as the negative of others'; the second from
// copying the ephemeral key of an old deal, whose share a complaint about the
// copy would open. Both refuse the identity.
func (d *Deal) checkProofs() error {
	g := group.NewGenerator()
	secret := d.transcript(d.ceremony, d.sender, secretUse)
	if err := d.secretProof.Verify(secret, g, &d.coefficients[0]); err != nil {
		return fmt.Errorf("of the secret: %w", err)
	}
	ephemeral := d.transcript(d.ceremony, d.sender, ephemeralUse)
	if err := d.ephemeralProof.Verify(ephemeral, g, &d.ephemeral); err != nil {
		return fmt.Errorf("of the ephemeral key: %w", err)
	}
	return nil
}

// fits reports whether share is f(j) of the polynomial that was committed to:
//
//	s_j·G = Σ_k j^k·A_k
func (d *Deal) fits(j int, share *group.Scalar) bool {
	return group.NewElement().ScalarBaseMult(share).Equal(evaluateVarTime(d.coefficients, j))
}

// proven is a fault of d with the messages that prove it.
func (d *Deal) proven(f Fault, reason error, messages ...Message) *FaultError {
	err := d.fault(f)
	err.Err = reason
	err.evidence = &evidence{messages: messages}
	return err
}
