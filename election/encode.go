package election

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gowebpki/jcs"
)

// document is what every document begins with. It is checked before the rest is
// looked at, so that a roll handed in as a ballot is told as that.
type document struct {
	Type    string `json:"type"`
	Version int    `json:"version"`
}

// version is the version of every document of this specification.
const version = 1

// maxInteger is the largest integer a document may hold: readers in other
// languages keep numbers as 64-bit floats, which are exact up to here.
const maxInteger = 1<<53 - 1

func header(kind string) document {
	return document{Type: "valik/" + kind, Version: version}
}

// marshal returns the one encoding of v: RFC 8785 over encoding/json, an empty
// list as [] and never as null. It panics on a value that JSON cannot hold,
// which none of our types is.
//
// It implements Document.Encode of docs/protocol/encoding.md.
func marshal(v any) []byte {
	plain, err := json.Marshal(v)
	if err != nil {
		panic("election: " + err.Error())
	}
	canonical, err := jcs.Transform(emptyForNull(plain))
	if err != nil {
		panic("election: " + err.Error())
	}
	return canonical
}

// unmarshal reads the document kind into v. It accepts exactly the bytes that
// marshal gives for the value read: what is hashed and signed has one form.
// Everything else is a *[FormatError].
//
// It implements Document.Decode of docs/protocol/encoding.md.
func unmarshal(kind string, limit int, b []byte, v any) error {
	if len(b) > limit {
		return tooLarge(kind, limit)
	}
	if strictly(b, v) && bytes.Equal(marshal(v), b) && typed(kind, b) {
		return nil
	}
	return diagnose(kind, b, v)
}

// strictly decodes one JSON value without unknown fields into v.
func strictly(b []byte, v any) bool {
	return decode(b, v) == nil
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// typed reports whether b claims to be a document kind of our version. Lines of
// a list, whose kind has a blank, carry no type.
func typed(kind string, b []byte) bool {
	if isLine(kind) {
		return true
	}
	var d document
	return json.Unmarshal(b, &d) == nil && d == header(kind)
}

// emptyForNull writes [] for every null outside of strings: encoding/json gives
// null for a list that was never filled, and the specification knows no null.
func emptyForNull(b []byte) []byte {
	if !bytes.Contains(b, []byte("null")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		n := tokenLength(b[i:])
		token := b[i : i+n]
		if string(token) == "null" {
			token = []byte("[]")
		}
		out = append(out, token...)
		i += n
	}
	return out
}

// tokenLength is the length of the string, or the word null, or the single
// other byte that valid JSON begins with.
func tokenLength(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("null")):
		return 4
	case b[0] != '"':
		return 1
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func tooLarge(kind string, limit int) error {
	return &FormatError{Document: kind, Code: TooLarge, Detail: fmt.Sprintf("more than %d bytes", limit)}
}
