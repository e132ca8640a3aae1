package threshold

import (
	"fmt"
	"sync/atomic"
)

// stage is what every secret state of a trustee has: the ceremony, the trustee,
// and whether it was used. The identity is not part of the state's file.
type stage struct {
	redacted
	setting  *setting
	identity *Identity
	index    int
	used     atomic.Bool
}

// init finds the trustee among the cards.
func (s *stage) init(p *Params, id *Identity) (err error) {
	s.identity = id
	if s.setting, err = p.setting(); err != nil {
		return err
	}
	s.index, err = s.setting.indexOf(id.card)
	return err
}

// succeed makes s the stage after t.
func (s *stage) succeed(t *stage) {
	s.setting, s.identity, s.index = t.setting, t.identity, t.index
}

// Index returns the trustee's number, 1 to n.
func (s *stage) Index() int { return s.index }

// unused returns ErrUsed for a state that was consumed.
func (s *stage) unused() error {
	if s.used.Load() {
		return ErrUsed
	}
	return nil
}

// consume marks the state as used; of two calls, however close, one fails.
func (s *stage) consume() error {
	if !s.used.CompareAndSwap(false, true) {
		return ErrUsed
	}
	return nil
}

// header begins the file of a secret state.
func (s *stage) header(tag byte) []byte {
	return append([]byte{version, tag, byte(s.index)}, s.setting.hash[:]...)
}

// read checks that the header of a file is of this trustee and this ceremony.
func (s *stage) read(r *reader) {
	index, ceremony := r.int("trustee", 1, MaxTrustees), r.digest()
	if r.err == nil && (index != s.index || ceremony != s.setting.hash) {
		r.err = fmt.Errorf("%w: %s of trustee %d", ErrOtherCeremony, r.what, index)
	}
}
