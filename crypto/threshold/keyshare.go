package threshold

import (
	"fmt"

	"valik/crypto/group"
)

// KeyShare is a trustee's share x_j of the election key. T of them decrypt every
// ballot. It prints as [redacted].
type KeyShare struct {
	redacted
	index    int
	ceremony digest
	x        group.Scalar
	public   group.Element // x·G
}

func newKeyShare(index int, ceremony digest, x *group.Scalar) *KeyShare {
	s := &KeyShare{index: index, ceremony: ceremony, x: *x}
	s.public.ScalarBaseMult(x)
	return s
}

// Index returns the trustee's number, 1 to n.
func (s *KeyShare) Index() int { return s.index }

// Check checks that this is a share of the keys, so that a trustee with the
// wrong file learns it before it decrypts. The error is [ErrOtherCeremony].
func (s *KeyShare) Check(keys *Keys) error {
	if s.ceremony != keys.ceremony || s.index > keys.n || !keys.trustees[s.index-1].Equal(&s.public) {
		return fmt.Errorf("%w: share of trustee %d", ErrOtherCeremony, s.index)
	}
	return nil
}

// SecretBytes returns the share, for a file that the caller encrypts.
func (s *KeyShare) SecretBytes() []byte {
	b := append([]byte{version, tagKeyShare, byte(s.index)}, s.ceremony[:]...)
	return s.x.AppendBytes(b)
}

// ParseKeyShare decodes what [KeyShare.SecretBytes] returned.
func ParseKeyShare(b []byte) (*KeyShare, error) {
	r := newReader("key share", tagKeyShare, b)
	index, ceremony := r.int("trustee", 1, MaxTrustees), r.digest()
	var x group.Scalar
	r.nonZero("share", &x)
	if err := r.end(); err != nil {
		return nil, err
	}
	return newKeyShare(index, ceremony, &x), nil
}
