// Package secret holds what a person knows: PINs and passphrases in memory, and
// files that only their owner may read.
package secret

import "log/slog"

const redacted = "[redacted]"

// Text is a PIN or a passphrase. It prints as [redacted] everywhere, and Wipe
// overwrites it. Go may have moved the bytes before, and a library that wants a
// string has its own copy: wiping shortens how long a secret lies in memory, it
// promises no more.
type Text struct{ b *[]byte }

// New takes over b: the caller must not use it again.
func New(b []byte) Text { return Text{&b} }

// Empty says that there is nothing, also after Wipe and for a zero Text.
func (t Text) Empty() bool { return len(t.Reveal()) == 0 }

// Reveal gives the secret itself, which Wipe overwrites.
func (t Text) Reveal() []byte {
	if t.b == nil {
		return nil
	}
	return *t.b
}

// Wipe overwrites the secret; all copies of the Text are empty afterwards.
func (t Text) Wipe() {
	if t.b == nil {
		return
	}
	clear(*t.b)
	*t.b = nil
}

// String hides the secret.
func (Text) String() string { return redacted }

// GoString hides the secret.
func (Text) GoString() string { return redacted }

// LogValue hides the secret.
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the secret from encoders.
func (Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }
