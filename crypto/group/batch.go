package group

import (
	"fmt"
	"sync/atomic"
)

// DecodeError says which item of a list of encodings is wrong.
type DecodeError struct {
	Index int   // counted from 0
	Err   error // wraps ErrElement
}

// Error names the item.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("element %d: %v", e.Index, e.Err)
}

// Unwrap returns the reason.
func (e *DecodeError) Unwrap() error { return e.Err }

// errTruncated says that a list of encodings ends within an item.
var errTruncated = fmt.Errorf("%w: the list ends within it", ErrElement)

// EncodeAll returns the encodings of all elements, one after the other, 32
// bytes each. It runs on all cores.
func EncodeAll(p []Element) []byte {
	out := make([]byte, ElementSize*len(p))
	parallel(len(p), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p[i].AppendBytes(out[ElementSize*i : ElementSize*i])
		}
	})
	return out
}

// DecodeAll returns the elements of a list of canonical encodings, 32 bytes
// each. If any is refused, the error is a *DecodeError with the first such
// index, and no element is returned. It runs on all cores.
func DecodeAll(b []byte) ([]Element, error) {
	n := len(b) / ElementSize
	if len(b)%ElementSize != 0 {
		return nil, &DecodeError{Index: n, Err: errTruncated}
	}
	out := make([]Element, n)
	var bad atomic.Int64 // the lowest wrong index so far
	bad.Store(int64(n))
	parallel(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if _, err := out[i].SetBytes(b[ElementSize*i : ElementSize*(i+1)]); err != nil {
				storeMin(&bad, int64(i))
				return
			}
		}
	})
	if i := int(bad.Load()); i < n {
		return nil, &DecodeError{Index: i, Err: ErrElement}
	}
	return out, nil
}

// storeMin sets v to the smaller of v and x.
func storeMin(v *atomic.Int64, x int64) {
	for old := v.Load(); x < old && !v.CompareAndSwap(old, x); old = v.Load() {
	}
}
