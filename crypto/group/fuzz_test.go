package group_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/gtank/ristretto255"

	"valik/crypto/group"
)

func addSeed(f *testing.F, s string) {
	b, err := hex.DecodeString(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
}

// FuzzElementSetBytes: what is accepted encodes to the same bytes, what is
// refused leaves the receiver alone, and the oracle agrees on which is which.
func FuzzElementSetBytes(f *testing.F) {
	for _, s := range smallMultiples {
		addSeed(f, s)
	}
	for _, v := range append(invalidEncodings, moreInvalidEncodings()...) {
		for _, s := range v.Encodings {
			addSeed(f, s)
		}
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e := group.NewGenerator()
		_, err := e.SetBytes(b)
		_, oracleErr := ristretto255.NewIdentityElement().SetCanonicalBytes(b)
		switch {
		case (err == nil) != (oracleErr == nil):
			t.Fatalf("we say %v, the oracle %v", err, oracleErr)
		case err == nil && !bytes.Equal(e.Bytes(), b):
			t.Fatal("encodes to other bytes")
		case err != nil && !e.Equal(group.NewGenerator()):
			t.Fatal("the receiver changed")
		}
	})
}

// FuzzScalarSetBytes: as FuzzElementSetBytes, for scalars.
func FuzzScalarSetBytes(f *testing.F) {
	for i := range edges {
		f.Add(edges[i].Bytes())
	}
	f.Add(littleEndian(order, 32))
	f.Add(bytes.Repeat([]byte{255}, 32))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := group.NewScalar(7)
		_, err := s.SetBytes(b)
		_, oracleErr := ristretto255.NewScalar().SetCanonicalBytes(b)
		switch {
		case (err == nil) != (oracleErr == nil):
			t.Fatalf("we say %v, the oracle %v", err, oracleErr)
		case err == nil && !bytes.Equal(s.Bytes(), b):
			t.Fatal("encodes to other bytes")
		case err != nil && !s.Equal(group.NewScalar(7)):
			t.Fatal("the receiver changed")
		}
	})
}

// FuzzElementSetUniformBytes: every 64 bytes give an element, the oracle's.
func FuzzElementSetUniformBytes(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add(bytes.Repeat([]byte{255}, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := new(group.Element).SetUniformBytes(b)
		o, oracleErr := ristretto255.NewIdentityElement().SetUniformBytes(b)
		if (err == nil) != (oracleErr == nil) {
			t.Fatalf("we say %v, the oracle %v", err, oracleErr)
		}
		if err == nil && !bytes.Equal(e.Bytes(), o.Bytes()) {
			t.Fatal("another element")
		}
	})
}
