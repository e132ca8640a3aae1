package threshold

import "fmt"

// A trustee's machine is switched off between rounds. What it must remember is
// the file of its state, which the caller encrypts, and deletes as soon as the
// next state is saved: a state that lives on after its use can be used again.

// SecretBytes returns the state after round 1, or nil once it was used.
func (c *Committed) SecretBytes() []byte {
	if c.unused() != nil {
		return nil
	}
	return append(c.header(tagCommitted), c.body...)
}

// ParseCommitted decodes what [Committed.SecretBytes] returned, for the same
// parameters and identity; for others it returns [ErrOtherCeremony].
func ParseCommitted(p *Params, id *Identity, b []byte) (*Committed, error) {
	c := &Committed{}
	if err := c.init(p, id); err != nil {
		return nil, err
	}
	r := newReader("state committed", tagCommitted, b)
	c.stage.read(r)
	c.body = r.rest
	var d dealBody
	d.read(r)
	if r.err == nil && (len(d.coefficients) != c.setting.t || len(d.shares) != c.setting.n) {
		r.fail("a deal of %d coefficients and %d shares", len(d.coefficients), len(d.shares))
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return c, nil
}

// SecretBytes returns the state after round 2, or nil once it was used.
func (d *Dealt) SecretBytes() []byte {
	if d.unused() != nil {
		return nil
	}
	b := d.header(tagDealt)
	for _, c := range d.commitments {
		b = append(b, c.raw...)
	}
	return b
}

// ParseDealt decodes what [Dealt.SecretBytes] returned, for the same parameters
// and identity; for others it returns [ErrOtherCeremony].
func ParseDealt(p *Params, id *Identity, b []byte) (*Dealt, error) {
	d := &Dealt{}
	if err := d.init(p, id); err != nil {
		return nil, err
	}
	r := newReader("state dealt", tagDealt, b)
	d.stage.read(r)
	for i := range d.setting.n {
		c := parsed(r, fmt.Sprintf("commitment %d", i+1), commitmentSize, ParseCommitment)
		d.commitments = append(d.commitments, c)
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if err := inOrder(d.setting, RoundCommit, d.setting.hash, d.commitments); err != nil {
		return nil, err
	}
	return d, nil
}

// SecretBytes returns the state after round 3, or nil once it was used.
func (c *Confirmed) SecretBytes() []byte {
	if c.unused() != nil {
		return nil
	}
	return c.share.AppendBytes(append(c.header(tagConfirmed), c.view[:]...))
}

// ParseConfirmed decodes what [Confirmed.SecretBytes] returned, for the same
// parameters and identity; for others it returns [ErrOtherCeremony].
func ParseConfirmed(p *Params, id *Identity, b []byte) (*Confirmed, error) {
	c := &Confirmed{}
	if err := c.init(p, id); err != nil {
		return nil, err
	}
	r := newReader("state confirmed", tagConfirmed, b)
	c.stage.read(r)
	c.view = r.digest()
	r.nonZero("share", &c.share)
	if err := r.end(); err != nil {
		return nil, err
	}
	return c, nil
}
