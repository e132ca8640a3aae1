package election

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gowebpki/jcs"
)

// FormatCode says in which way bytes are not a document. The codes are stable:
// refusals, logs and negative vectors carry them.
type FormatCode string

// The ways in which bytes are not a document, in the order in which they are
// looked for.
const (
	TooLarge     FormatCode = "too_large"     // longer than the document may be
	Truncated    FormatCode = "truncated"     // the end came too early
	NotJSON      FormatCode = "not_json"      // not JSON in UTF-8, or nested too deep
	DuplicateKey FormatCode = "duplicate_key" // an object has a key twice
	WrongType    FormatCode = "wrong_type"    // another document than asked for
	WrongVersion FormatCode = "wrong_version" // a version that this program does not know
	NotCanonical FormatCode = "not_canonical" // the right content in other bytes
	UnknownField FormatCode = "unknown_field" // a field that the document does not have
	BadField     FormatCode = "bad_field"     // a field is missing or its value is not allowed
)

// FormatError is the refusal of bytes that are not the document they should be.
type FormatError struct {
	Document string // the kind, such as "ballot", or "roll line 3"
	Code     FormatCode
	Field    string // path of the field, such as "contests[0].slots", if one is to blame
	Detail   string
}

func (e *FormatError) Error() string {
	at := ""
	if e.Field != "" {
		at = " " + e.Field + ":"
	}
	return fmt.Sprintf("election: %s: %s:%s %s", e.Document, e.Code, at, e.Detail)
}

// badField returns the refusal of one field of a document.
func badField(kind, field, format string, args ...any) error {
	return &FormatError{Document: kind, Code: BadField, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// relabel says of which document a refusal is.
func relabel(err error, kind string) error {
	var f *FormatError
	if errors.As(err, &f) {
		named := *f
		named.Document = kind
		return &named
	}
	return err
}

// isLine tells the kinds "roll line 3" from the kinds of whole documents.
func isLine(kind string) bool { return strings.Contains(kind, " ") }

// diagnose says why unmarshal did not accept b as kind. It never returns nil.
func diagnose(kind string, b []byte, v any) error {
	refuse := func(code FormatCode, field, detail string) error {
		return &FormatError{Document: kind, Code: code, Field: field, Detail: detail}
	}
	if code, detail := notJSON(b); code != "" {
		return refuse(code, "", detail)
	}
	canonical, err := jcs.Transform(b)
	if err != nil {
		code := NotJSON
		if strings.HasPrefix(err.Error(), "Duplicate key") {
			code = DuplicateKey
		}
		return refuse(code, "", err.Error())
	}
	if code, detail := wrongHeader(kind, canonical); code != "" {
		return refuse(code, "", detail)
	}
	if string(canonical) != string(b) {
		return refuse(NotCanonical, "", "RFC 8785 gives other bytes for this content")
	}
	if err := decode(canonical, v); err != nil {
		code, field, detail := wrongContent(canonical, err)
		return refuse(code, field, detail)
	}
	field, detail := firstDifference(canonical, marshal(v))
	return refuse(BadField, field, detail)
}

// notJSON finds what is wrong below the level of documents.
func notJSON(b []byte) (FormatCode, string) {
	var raw json.RawMessage
	err := json.Unmarshal(b, &raw)
	if err == nil && depth(b) > maxDepth {
		return NotJSON, fmt.Sprintf("nested deeper than %d", maxDepth)
	}
	if err == nil {
		return "", ""
	}
	if strings.Contains(err.Error(), "unexpected end") {
		return Truncated, "the end came too early"
	}
	return NotJSON, err.Error()
}

// maxDepth is more than any document needs. What recurses here stays shallow.
const maxDepth = 16

// depth returns how deep lists and objects of valid JSON are nested.
func depth(b []byte) int {
	deepest, now := 0, 0
	for len(b) > 0 {
		switch b[0] {
		case '[', '{':
			now++
			deepest = max(deepest, now)
		case ']', '}':
			now--
		}
		b = b[tokenLength(b):]
	}
	return deepest
}

func wrongHeader(kind string, b []byte) (FormatCode, string) {
	if isLine(kind) {
		return "", ""
	}
	var d struct {
		Type    any `json:"type"`
		Version any `json:"version"`
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return WrongType, "not an object"
	}
	want := header(kind)
	if d.Type != want.Type {
		return WrongType, fmt.Sprintf("type %.40q where %q is expected", fmt.Sprint(d.Type), want.Type)
	}
	if d.Version != float64(want.Version) {
		return WrongVersion, fmt.Sprintf("version %.40v where %d is expected", d.Version, want.Version)
	}
	return "", ""
}

// wrongContent turns an error of encoding/json into code, field and detail.
func wrongContent(b []byte, err error) (FormatCode, string, string) {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return UnknownField, strings.Trim(name, `"`), "this document has no such field"
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return BadField, mismatch.Field, "a " + mismatch.Value + " where another type is expected"
	}
	var value *valueError
	if errors.As(err, &value) {
		return BadField, pathOf(b, value.text), "expected " + value.expected
	}
	return BadField, "", err.Error()
}
