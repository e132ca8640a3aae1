package board

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const secretPrefix = "PRIVATE+KEY+"

// Key is the Ed25519 key with which a log signs its checkpoints. The key's name
// is the log's origin. It is a secret: printing and logging show only that one
// was there.
type Key struct {
	name, public string
	signer       note.Signer
	secret       func() string // a closure, so that no printing verb reaches the bytes
}

// NewKey makes a key for the log with this origin. The error is ErrKey for a
// name that a note cannot carry.
// It implements Key.Generate of docs/protocol/board.md.
func NewKey(origin string) (*Key, error) { return newKey(rand.Reader, origin) }

func newKey(r io.Reader, origin string) (*Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(r, seed); err != nil {
		return nil, fmt.Errorf("board: randomness for a key: %w", err)
	}
	return keyFromSeed(origin, seed)
}

func keyFromSeed(name string, seed []byte) (*Key, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	pub := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(name, pub)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	id := strings.Split(vkey, "+")[1]
	skey := secretPrefix + name + "+" + id + "+" + base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, seed...))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return &Key{name: name, public: vkey, signer: signer, secret: func() string { return skey }}, nil
}

// ParseKey reads what Secret wrote. Any other spelling of the same key is
// refused with ErrKey; the error never shows the bytes.
// It implements Key.Generate of docs/protocol/board.md.
func ParseKey(skey string) (*Key, error) {
	rest, ok := strings.CutPrefix(skey, secretPrefix)
	name, rest, _ := strings.Cut(rest, "+")
	_, b64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if !ok || err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algEd25519 {
		return nil, fmt.Errorf("%w: not a private Ed25519 note key", ErrKey)
	}
	k, err := keyFromSeed(name, raw[1:])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(k.Secret()), []byte(skey)) != 1 {
		return nil, fmt.Errorf("%w: private key is not in canonical form or its key hash is wrong", ErrKey)
	}
	return k, nil
}

// Secret is the key in the private form of the note package. Whoever has it can
// sign checkpoints of this log: store it encrypted or with mode 0600.
func (k *Key) Secret() string { return k.secret() }

// Public is the key in the public form of signed-note (vkey).
func (k *Key) Public() string { return k.public }

// Origin is the name of the log that this key signs for.
func (k *Key) Origin() string { return k.name }

const redacted = "[redacted]"

// String hides the key.
func (k *Key) String() string { return redacted }

// GoString hides the key.
func (k *Key) GoString() string { return redacted }

// Format hides the key from every verb.
func (k *Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue hides the key.
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }
