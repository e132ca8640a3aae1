package sigma

import (
	"fmt"
	"io"

	"valik/crypto/group"
)

// fieldSize is the size of an element and of a scalar.
const fieldSize = 32

// fields reads an encoded proof field by field and keeps the first error.
type fields struct {
	proof string
	rest  []byte
	err   error
}

// newFields starts at b, which must have exactly n fields.
func newFields(proof string, b []byte, n int) *fields {
	f := &fields{proof: proof, rest: b}
	if len(b) != n*fieldSize {
		f.err = &Error{Proof: proof, Part: "encoding", Err: fmt.Errorf(
			"%w: %d bytes, expected %d", ErrLength, len(b), n*fieldSize)}
	}
	return f
}

// element reads e; format and index name the field.
func (f *fields) element(e *group.Element, format string, index ...any) {
	if f.err == nil {
		_, err := e.SetBytes(f.rest[:fieldSize])
		f.next(err, format, index)
	}
}

// scalar reads s; format and index name the field.
func (f *fields) scalar(s *group.Scalar, format string, index ...any) {
	if f.err == nil {
		_, err := s.SetBytes(f.rest[:fieldSize])
		f.next(err, format, index)
	}
}

func (f *fields) next(err error, format string, index []any) {
	if err != nil {
		f.err = &Error{Proof: f.proof, Part: fmt.Sprintf(format, index...), Err: err}
		return
	}
	f.rest = f.rest[fieldSize:]
}

// randomScalar is uniform and not zero.
func randomScalar(random io.Reader) *group.Scalar {
	s, err := group.ReadScalar(random)
	if err != nil {
		panic("sigma: no randomness: " + err.Error()) // crypto/rand does not fail
	}
	return s
}
