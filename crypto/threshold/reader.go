package threshold

import (
	"bytes"
	"errors"
	"fmt"

	"valik/crypto/group"
)

// ErrFormat refuses bytes that are not the one encoding of what they should be.
var ErrFormat = errors.New("threshold: not in the one valid form")

// version is the first byte of every file of the ceremony.
const version = 1

// The second byte says what the file is. Rounds 1 to 4 are messages; from 0x80
// on, files are secrets.
const (
	tagCard      = 0x10
	tagComplaint = 0x11
	tagIdentity  = 0x81
	tagCommitted = 0x82
	tagDealt     = 0x83
	tagConfirmed = 0x84
	tagKeyShare  = 0x85
)

// reader takes fields of fixed sizes from the front of a file. After the first
// failure it gives zeros and keeps the error.
type reader struct {
	what string
	rest []byte
	err  error
}

// newReader copies b, since what is parsed is kept, and reads version and tag.
func newReader(what string, tag byte, b []byte) *reader {
	r := &reader{what: what, rest: bytes.Clone(b)}
	if head := r.take(2); head[0] != version || head[1] != tag {
		r.fail("version %d, tag %#02x", head[0], head[1])
	}
	return r
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s: %s", ErrFormat, r.what, fmt.Sprintf(format, args...))
	}
}

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if r.err != nil || len(r.rest) < n {
		r.fail("too short")
		return make([]byte, n)
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

// int returns the next byte, which must be between low and high.
func (r *reader) int(name string, low, high int) int {
	v := int(r.take(1)[0])
	if v < low || v > high {
		r.fail("%s is %d", name, v)
		return low
	}
	return v
}

func (r *reader) digest() digest { return digest(r.take(32)) }

// element reads a canonical encoding into e.
func (r *reader) element(name string, e *group.Element) {
	b := r.take(32)
	if _, err := e.SetBytes(b); err != nil {
		r.fail("%s: %v", name, err)
		e.Set(group.NewElement())
	}
}

// scalar reads a canonical encoding into s.
func (r *reader) scalar(name string, s *group.Scalar) {
	b := r.take(32)
	if _, err := s.SetBytes(b); err != nil {
		r.fail("%s: %v", name, err)
	}
}

// nonZero reads a canonical encoding of a scalar other than 0 into s.
func (r *reader) nonZero(name string, s *group.Scalar) {
	r.scalar(name, s)
	if s.IsZero() {
		r.fail("%s is zero", name)
	}
}

// parsed takes n bytes and gives them to the parser of another package.
func parsed[T any](r *reader, name string, n int, parse func([]byte) (*T, error)) *T {
	b := r.take(n)
	if r.err != nil {
		return nil
	}
	v, err := parse(b)
	if err != nil {
		r.fail("%s: %v", name, err)
	}
	return v
}

// end returns the first error; bytes left over are one.
func (r *reader) end() error {
	if len(r.rest) > 0 {
		r.fail("%d bytes too many", len(r.rest))
	}
	return r.err
}
