package election

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Hash is the SHA-256 of an artefact's stored bytes, written as 64 lower-case
// hex digits.
type Hash [32]byte

// HashOf returns the hash of an artefact.
func HashOf(artefact []byte) Hash { return sha256.Sum256(artefact) }

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	err := h.UnmarshalText([]byte(s))
	return h, err
}

// String returns the 64 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns the 64 hex digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (h *Hash) UnmarshalText(b []byte) error { return unhex(h[:], b) }

// Key is a public Ed25519 key, written as 64 hex digits.
type Key [32]byte

// String returns the 64 hex digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText returns the 64 hex digits.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (k *Key) UnmarshalText(b []byte) error { return unhex(k[:], b) }

// Salt makes the hash of a file that could be guessed (a roll, revocations) tell
// nothing. It is as secret as its file.
type Salt [32]byte

// MarshalText returns the 64 hex digits.
func (s Salt) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(s[:])), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (s *Salt) UnmarshalText(b []byte) error { return unhex(s[:], b) }

// Pseudonym stands for a voter in one election: 16 random bytes, written as 32
// hex digits. Only the roll says whose it is.
type Pseudonym [16]byte

// String returns the 32 hex digits.
func (p Pseudonym) String() string { return hex.EncodeToString(p[:]) }

// MarshalText returns the 32 hex digits.
func (p Pseudonym) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads 32 lower-case hex digits.
func (p *Pseudonym) UnmarshalText(b []byte) error { return unhex(p[:], b) }

// Time is a moment in whole seconds since 1970 UTC, written as RFC 3339 in UTC,
// such as 2023-03-01T09:00:00Z. Times compare with < and ==.
type Time int64

// At returns t without its fraction of a second.
func At(t time.Time) Time { return Time(t.Unix()) }

// Time returns the moment in UTC.
func (t Time) Time() time.Time { return time.Unix(int64(t), 0).UTC() }

// String returns the RFC 3339 form.
func (t Time) String() string { return t.Time().Format(timeForm) }

const timeForm = "2006-01-02T15:04:05Z"

// MarshalText returns the RFC 3339 form. It refuses years outside of 0 to 9999.
func (t Time) MarshalText() ([]byte, error) {
	if y := t.Time().Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("election: the year %d has no RFC 3339 form", y)
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads exactly the form of MarshalText.
func (t *Time) UnmarshalText(b []byte) error {
	at, err := time.Parse(timeForm, string(b))
	if err != nil || At(at).String() != string(b) {
		return &valueError{string(b), "a time such as 2023-03-01T09:00:00Z"}
	}
	*t = At(at)
	return nil
}

// valueError is a text that is not the value it should be.
type valueError struct{ text, expected string }

func (e *valueError) Error() string {
	return fmt.Sprintf("election: %.80q is not %s", e.text, e.expected)
}

// unhex fills dst from exactly twice as many lower-case hex digits.
func unhex(dst, src []byte) error {
	decoded := make([]byte, hex.DecodedLen(len(src)))
	if len(decoded) == len(dst) {
		if _, err := hex.Decode(decoded, src); err == nil && hex.EncodeToString(decoded) == string(src) {
			copy(dst, decoded)
			return nil
		}
	}
	return &valueError{string(src), fmt.Sprintf("%d lower-case hex digits", 2*len(dst))}
}
