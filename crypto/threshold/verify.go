package threshold

// Ceremony is the public messages of a finished ceremony. In each list, message
// i−1 is of trustee i.
type Ceremony struct {
	Commitments   []*Commitment
	Deals         []*Deal
	Confirmations []*Confirmation
	Drills        []*Drill
}

// Verify checks everything of a ceremony that is public, and returns the keys:
// parameters and cards, all signatures, that every message was made in view of
// the same rounds before, openings, degrees, proofs of knowledge, and the drills of
// all n trustees. A wrong message gives a [*FaultError].
//
// Whether an encrypted share is right only its recipient sees; that it was is said
// by the recipient's confirmation and shown by its drill.
//
// It implements Ceremony.Verify of docs/protocol/ceremony.md.
func Verify(p *Params, c *Ceremony) (*Keys, error) {
	s, err := p.setting()
	if err != nil {
		return nil, err
	}
	if err := inOrder(s, RoundCommit, s.hash, c.Commitments); err != nil {
		return nil, err
	}
	view := viewAfter(RoundCommit, s.hash, c.Commitments)
	if err := inOrder(s, RoundDeal, view, c.Deals); err != nil {
		return nil, err
	}
	for i, d := range c.Deals {
		if err := d.check(s, c.Commitments[i]); err != nil {
			return nil, err
		}
	}
	keys, err := newKeys(s, c.Deals)
	if err != nil {
		return nil, err
	}
	if err := s.verifyEnd(c, keys, viewAfter(RoundDeal, view, c.Deals)); err != nil {
		return nil, err
	}
	return keys, nil
}

// verifyEnd checks the rounds confirm and drill, in view of the rounds before.
func (s *setting) verifyEnd(c *Ceremony, keys *Keys, view digest) error {
	if err := inOrder(s, RoundConfirm, view, c.Confirmations); err != nil {
		return err
	}
	view = viewAfter(RoundConfirm, view, c.Confirmations)
	if err := inOrder(s, RoundDrill, view, c.Drills); err != nil {
		return err
	}
	return checkDrills(s, keys, view, c.Drills)
}
