package threshold

import "valik/crypto/group"

// Confirmation is the message of round 3. Its view is the hash of all
// commitments and deals, and its signature says that the sender has checked them.
type Confirmation struct {
	envelope
}

// ParseConfirmation decodes a confirmation.
func ParseConfirmation(b []byte) (*Confirmation, error) {
	e, err := parseEnvelope(RoundConfirm, b)
	if err != nil {
		return nil, err
	}
	r := &reader{what: "confirm", rest: e.body}
	if err := r.end(); err != nil {
		return nil, err
	}
	return &Confirmation{*e}, nil
}

// Transcript returns the hash of all commitments and deals, for people to read
// out to each other.
func (c *Confirmation) Transcript() [32]byte { return c.view }

// Confirmed is the state of a trustee after round 3: its share of the key, not
// yet tried.
type Confirmed struct {
	stage
	view  digest // of the rounds commit and deal
	share group.Scalar
}

// Confirm takes the deals of all trustees, in any order, checks every opening,
// degree and proof and the trustee's own shares, and signs the hash of everything
// so far. It consumes the state. A [*FaultError] with a Complaint ends the
// ceremony: the complaint is published instead of the confirmation.
//
// It implements Ceremony.Confirm of docs/protocol/ceremony.md.
func (d *Dealt) Confirm(deals []*Deal) (*Confirmed, *Confirmation, error) {
	if err := d.unused(); err != nil {
		return nil, nil, err
	}
	view := viewAfter(RoundCommit, d.setting.hash, d.commitments)
	all, err := collect(d.setting, RoundDeal, view, deals)
	if err != nil {
		return nil, nil, d.accuse(err)
	}
	next := &Confirmed{view: viewAfter(RoundDeal, view, all)}
	// x_j = Σ_i f_i(j)
	for i, deal := range all {
		share, err := d.receive(d.commitments[i], deal)
		if err != nil {
			return nil, nil, d.accuse(err)
		}
		next.share.Add(&next.share, share)
	}
	if next.share.IsZero() {
		return nil, nil, ErrDegenerateKey
	}
	if err := d.consume(); err != nil {
		return nil, nil, err
	}
	next.succeed(&d.stage)
	return next, &Confirmation{next.seal(RoundConfirm, next.view, nil)}, nil
}

// receive checks a deal and returns the share in it for this trustee.
func (d *Dealt) receive(c *Commitment, deal *Deal) (*group.Scalar, error) {
	if err := deal.check(d.setting, c); err != nil {
		return nil, err
	}
	// K_ij = sk_j·E_i
	k := group.NewElement().ScalarMult(&d.identity.encryption, &deal.ephemeral)
	share, err := deal.path(d.setting, deal.sender, d.index).open(k, deal.shares[d.index-1])
	if err != nil {
		fault := deal.proven(FaultUndecryptable, err, deal)
		fault.evidence.opening = d.reveal(deal, k)
		return nil, fault
	}
	if !deal.fits(d.index, share) {
		fault := deal.proven(FaultBadShare, nil, deal)
		fault.evidence.opening = d.reveal(deal, k)
		return nil, fault
	}
	return share, nil
}
