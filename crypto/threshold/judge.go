package threshold

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
)

// Judge returns the number of the trustee who is at fault: the accused if the
// evidence proves the complaint, and otherwise the accuser. It returns an error,
// and no culprit, for a complaint that is not of this ceremony or that its accuser
// has not signed.
//
// It implements Complaint.Judge of docs/protocol/ceremony.md.
func (c *Complaint) Judge(p *Params) (culprit int, err error) {
	s, err := p.setting()
	if err != nil {
		return 0, err
	}
	if c.ceremony != s.hash {
		return 0, fmt.Errorf("%w: the complaint of trustee %d", ErrOtherCeremony, c.accuser)
	}
	if c.accuser > s.n || c.accused > s.n {
		return 0, fmt.Errorf("%w: a complaint of trustee %d about trustee %d of %d", ErrFormat, c.accuser, c.accused, s.n)
	}
	signed := toSign("complaint", c.raw[:len(c.raw)-ed25519.SignatureSize])
	if !ed25519.Verify(s.card(c.accuser).signing, signed, c.signature) {
		return 0, fmt.Errorf("threshold: the complaint of trustee %d: %w", c.accuser, FaultBadSignature)
	}
	if c.proves(s) {
		return c.accused, nil
	}
	return c.accuser, nil
}

// proves reports whether the accused did what the complaint says.
func (c *Complaint) proves(s *setting) bool {
	for _, m := range c.evidence.messages {
		// Only what the accused has signed in this ceremony counts against it.
		if m.Sender() != c.accused || s.authenticate(m.frame()) != nil {
			return false
		}
	}
	first, last := c.evidence.messages[0], c.evidence.messages[len(c.evidence.messages)-1]
	if c.fault == FaultEquivocation {
		return first.Round() == last.Round() && !bytes.Equal(first.frame().raw, last.frame().raw)
	}
	deal := last.(*Deal) // as ParseComplaint has checked
	switch c.fault {
	case FaultNotOpened:
		return !deal.opens(first.(*Commitment))
	case FaultWrongDegree:
		return len(deal.coefficients) != s.t
	case FaultWrongShares:
		return len(deal.shares) != s.n
	case FaultBadProof:
		return deal.checkProofs() != nil
	default:
		return c.provesShare(s, deal)
	}
}

// provesShare reports whether the share that was opened does not decrypt, or does
// not fit, whichever the complaint says.
func (c *Complaint) provesShare(s *setting, d *Deal) bool {
	if len(d.shares) < c.accuser {
		return false // then the complaint is about the number of shares
	}
	o := c.evidence.opening
	bases, images := openingStatement(s, d, c.accuser, &o.k)
	if o.proof.Verify(openingTranscript(s.hash, d.sender, c.accuser), bases, images) != nil {
		return false
	}
	share, err := d.path(s, d.sender, c.accuser).open(&o.k, d.shares[c.accuser-1])
	if err != nil {
		return c.fault == FaultUndecryptable
	}
	return c.fault == FaultBadShare && !d.fits(c.accuser, share)
}
