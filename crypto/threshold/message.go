package threshold

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
)

const (
	// headerSize: version, round, sender, hash of the parameters, view.
	headerSize = 3 + 32 + 32
	// frameSize is a message without its body.
	frameSize = headerSize + ed25519.SignatureSize
)

// Message is a message of one of the four rounds: a [Commitment], [Deal],
// [Confirmation] or [Drill].
type Message interface {
	Sender() int
	Round() Round
	Bytes() []byte
	frame() *envelope
}

// envelope is what all messages have in common. It does not change.
type envelope struct {
	round     Round
	sender    int
	ceremony  digest // hash of the parameters
	view      digest // hash of the rounds before, as the sender has seen them
	body      []byte
	signature []byte
	raw       []byte
}

// Sender returns the number of the trustee who signed the message, 1 to n.
func (e *envelope) Sender() int { return e.sender }

// Round returns the round of the message.
func (e *envelope) Round() Round { return e.round }

// Bytes returns the encoding of the message.
func (e *envelope) Bytes() []byte { return bytes.Clone(e.raw) }

func (e *envelope) frame() *envelope { return e }

// parseEnvelope reads everything but the contents of the body.
func parseEnvelope(round Round, b []byte) (*envelope, error) {
	r := newReader(round.String(), byte(round), b)
	e := &envelope{round: round, raw: bytes.Clone(b)}
	e.sender = r.int("sender", 1, MaxTrustees)
	e.ceremony, e.view = r.digest(), r.digest()
	e.body = r.take(max(0, len(b)-frameSize))
	e.signature = r.take(ed25519.SignatureSize)
	if err := r.end(); err != nil {
		return nil, err
	}
	return e, nil
}

// ParseMessage decodes a message of any round.
func ParseMessage(b []byte) (Message, error) {
	if len(b) < 2 {
		return nil, fmt.Errorf("%w: a message of %d bytes", ErrFormat, len(b))
	}
	switch Round(b[1]) {
	case RoundCommit:
		return asMessage(ParseCommitment(b))
	case RoundDeal:
		return asMessage(ParseDeal(b))
	case RoundConfirm:
		return asMessage(ParseConfirmation(b))
	case RoundDrill:
		return asMessage(ParseDrill(b))
	}
	return nil, fmt.Errorf("%w: tag %#02x is not a round", ErrFormat, b[1])
}

// asMessage keeps a nil pointer from becoming an interface that is not nil.
func asMessage[M Message](m M, err error) (Message, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

// seal makes the signed message of a trustee. view is the hash of the rounds before.
func (s *stage) seal(round Round, view digest, body []byte) envelope {
	e := envelope{round: round, sender: s.index, ceremony: s.setting.hash, view: view, body: body}
	b := []byte{version, byte(round), byte(s.index)}
	b = append(b, e.ceremony[:]...)
	b = append(b, view[:]...)
	b = append(b, body...)
	e.signature = ed25519.Sign(s.identity.signing, toSign("message", b))
	e.raw = append(b, e.signature...)
	return e
}

// authenticate checks that the message belongs to this ceremony and was signed
// by the trustee it names.
func (s *setting) authenticate(e *envelope) error {
	if e.ceremony != s.hash {
		return e.fault(FaultOtherCeremony)
	}
	if e.sender > s.n {
		return &FaultError{Trustee: e.sender, Round: e.round, Fault: FaultBadSignature, Err: fmt.Errorf("there are %d trustees", s.n)}
	}
	signed := toSign("message", e.raw[:len(e.raw)-ed25519.SignatureSize])
	if !ed25519.Verify(s.card(e.sender).signing, signed, e.signature) {
		return e.fault(FaultBadSignature)
	}
	return nil
}

func (e *envelope) fault(f Fault) *FaultError {
	return &FaultError{Trustee: e.sender, Round: e.round, Fault: f}
}

// pointer is a pointer to a message: a missing one is nil.
type pointer[T any] interface {
	*T
	Message
}

// collect puts the messages of one round, in whatever order their files came,
// into the order of the trustees. It wants one authentic message of each, all made
// under the same view of the rounds before. A copy of a file does no harm; two
// different messages of one trustee are an equivocation.
//
// It implements Ceremony.Collect of docs/protocol/ceremony.md.
func collect[T any, M pointer[T]](s *setting, round Round, view digest, messages []M) ([]M, error) {
	byTrustee := make([]M, s.n)
	for _, m := range messages {
		if m == nil {
			continue
		}
		e := m.frame()
		if err := s.authenticate(e); err != nil {
			return nil, err
		}
		first := byTrustee[e.sender-1]
		if first != nil && !bytes.Equal(first.frame().raw, e.raw) {
			return nil, equivocation(first, m)
		}
		byTrustee[e.sender-1] = m
	}
	for i, m := range byTrustee {
		if m == nil {
			return nil, &FaultError{Trustee: i + 1, Round: round, Fault: FaultMissing}
		}
	}
	for _, m := range byTrustee {
		if m.frame().view != view {
			return nil, m.frame().fault(FaultOtherView)
		}
	}
	return byTrustee, nil
}

func equivocation(first, second Message) *FaultError {
	err := second.frame().fault(FaultEquivocation)
	err.evidence = &evidence{messages: []Message{first, second}}
	return err
}

// inOrder is collect for a finished ceremony, where message i is of trustee i and
// there is no other.
func inOrder[T any, M pointer[T]](s *setting, round Round, view digest, messages []M) error {
	for i, m := range messages {
		if m == nil {
			return &FaultError{Trustee: i + 1, Round: round, Fault: FaultMissing}
		}
		if sender := m.Sender(); sender != i+1 {
			return &FaultError{Trustee: sender, Round: round, Fault: FaultMisplaced, Err: fmt.Errorf("it is at place %d", i+1)}
		}
	}
	_, err := collect(s, round, view, messages)
	return err
}

// viewAfter hashes the complete messages of a round onto the view before it. It
// wants them in the order of the trustees.
//
// It implements Ceremony.View of docs/protocol/ceremony.md.
func viewAfter[T any, M pointer[T]](round Round, view digest, messages []M) digest {
	parts := [][]byte{{byte(round)}, view[:]}
	for _, m := range messages {
		parts = append(parts, m.frame().raw)
	}
	return hash("view", parts...)
}
