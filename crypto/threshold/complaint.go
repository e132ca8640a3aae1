package threshold

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"

	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// ErrNoFault says that there is nothing to complain about.
var ErrNoFault = errors.New("threshold: the messages are no evidence of a fault")

// Complaint is a signed accusation with its evidence. Anyone can [Complaint.Judge]
// it from the parameters alone.
type Complaint struct {
	accuser, accused int
	ceremony         digest
	fault            Fault
	evidence         evidence
	signature        []byte
	raw              []byte
}

// evidence is signed messages of the accused and, where an encrypted share is
// wrong, what opens it.
type evidence struct {
	opening  *opening // for FaultUndecryptable and FaultBadShare, else nil
	messages []Message
}

// opening is the common point K = sk·E of one encrypted share, with the proof
// that it is: log_G PK = log_E K. K opens this share and no other.
type opening struct {
	k     group.Element
	proof *sigma.Equality
}

// Accuser returns the trustee who complains, 1 to n.
func (c *Complaint) Accuser() int { return c.accuser }

// Accused returns the trustee who is complained about, 1 to n.
func (c *Complaint) Accused() int { return c.accused }

// Fault returns what the accused is said to have done.
func (c *Complaint) Fault() Fault { return c.fault }

// Bytes returns the encoding of the complaint.
func (c *Complaint) Bytes() []byte { return bytes.Clone(c.raw) }

// accuse adds a signed complaint to an error that has evidence.
func (s *stage) accuse(err error) error {
	var fault *FaultError
	if errors.As(err, &fault) && fault.evidence != nil && fault.Trustee != s.index {
		fault.Complaint = s.complain(fault)
	}
	return err
}

func (s *stage) complain(fault *FaultError) *Complaint {
	c := &Complaint{
		accuser: s.index, accused: fault.Trustee, ceremony: s.setting.hash,
		fault: fault.Fault, evidence: *fault.evidence,
	}
	b := c.unsigned()
	c.signature = ed25519.Sign(s.identity.signing, toSign("complaint", b))
	c.raw = append(b, c.signature...)
	return c
}

// Accuse returns the complaint that the same trustee signed two different
// messages for one round. The rounds find that out by themselves when they are given
// both; Accuse is for what trustees find when they compare their files later. It
// returns [ErrNoFault] if the messages do not prove it.
//
// It implements Complaint.Accuse of docs/protocol/ceremony.md.
func Accuse(p *Params, id *Identity, first, second Message) (*Complaint, error) {
	s := &stage{}
	if err := s.init(p, id); err != nil {
		return nil, err
	}
	fault := equivocation(first, second)
	c := s.complain(fault)
	if culprit, err := c.Judge(p); err != nil || culprit != fault.Trustee || culprit == s.index {
		return nil, errors.Join(ErrNoFault, err)
	}
	return c, nil
}

// reveal opens the share in a deal for this trustee to everybody.
//
// It implements Complaint.Reveal of docs/protocol/ceremony.md.
func (s *stage) reveal(d *Deal, k *group.Element) *opening {
	bases, images := openingStatement(s.setting, d, s.index, k)
	t := openingTranscript(s.setting.hash, d.sender, s.index)
	return &opening{*k, sigma.ProveEquality(t, &s.identity.encryption, bases, images)}
}

// openingStatement is log_G PK = log_E K.
func openingStatement(s *setting, d *Deal, recipient int, k *group.Element) (bases, images *[2]group.Element) {
	return &[2]group.Element{*group.NewGenerator(), d.ephemeral}, &[2]group.Element{s.card(recipient).encryption, *k}
}

func openingTranscript(ceremony digest, dealer, recipient int) *transcript.Transcript {
	t := transcript.New("valik/1 complaint")
	t.Bytes("ceremony", ceremony[:])
	t.Uint64("dealer", uint64(dealer))
	t.Uint64("recipient", uint64(recipient))
	return t
}

func (c *Complaint) unsigned() []byte {
	b := append([]byte{version, tagComplaint, byte(c.accuser), byte(c.accused), byte(c.fault)}, c.ceremony[:]...)
	if o := c.evidence.opening; o != nil {
		b = append(o.k.AppendBytes(b), o.proof.Bytes()...)
	}
	for _, m := range c.evidence.messages {
		raw := m.frame().raw
		b = binary.BigEndian.AppendUint32(b, uint32(len(raw)))
		b = append(b, raw...)
	}
	return b
}

// ParseComplaint decodes a complaint. It checks that the evidence is of the kind
// that the fault needs, but not that it proves anything: see [Complaint.Judge].
func ParseComplaint(b []byte) (*Complaint, error) {
	r := newReader("complaint", tagComplaint, b)
	c := &Complaint{raw: bytes.Clone(b)}
	c.accuser, c.accused = r.int("accuser", 1, MaxTrustees), r.int("accused", 1, MaxTrustees)
	c.fault = Fault(r.int("fault", int(FaultNotOpened), int(FaultEquivocation)))
	c.ceremony = r.digest()
	c.evidence.read(r, c.fault)
	c.signature = r.take(ed25519.SignatureSize)
	if c.accuser == c.accused {
		r.fail("trustee %d accuses itself", c.accuser)
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return c, nil
}

// read takes the evidence that belongs to the fault, and no other.
func (e *evidence) read(r *reader, f Fault) {
	switch f {
	case FaultNotOpened:
		e.readMessage(r, RoundCommit)
		e.readMessage(r, RoundDeal)
	case FaultUndecryptable, FaultBadShare:
		e.opening = &opening{}
		r.element("K", &e.opening.k)
		e.opening.proof = parsed(r, "proof", sigma.EqualitySize, sigma.ParseEquality)
		e.readMessage(r, RoundDeal)
	case FaultEquivocation:
		e.readMessage(r, 0)
		e.readMessage(r, 0)
	default:
		e.readMessage(r, RoundDeal)
	}
}

// readMessage takes a message of a round; 0 stands for any.
func (e *evidence) readMessage(r *reader, round Round) {
	size := binary.BigEndian.Uint32(r.take(4))
	if uint64(size) > uint64(len(r.rest)) {
		r.fail("a message of %d bytes", size)
	}
	if r.err != nil {
		return
	}
	m, err := ParseMessage(r.take(int(size)))
	if err != nil {
		r.fail("evidence: %v", err)
		return
	}
	if round != 0 && m.Round() != round {
		r.fail("evidence of the round %v", m.Round())
	}
	e.messages = append(e.messages, m)
}

// String says who complains about what.
func (c *Complaint) String() string {
	return fmt.Sprintf("trustee %d says of trustee %d: %v", c.accuser, c.accused, c.fault)
}
