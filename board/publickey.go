package board

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Signature types of signed-note and tlog-cosignature that are in use here.
const (
	algEd25519    = 1 // a log's own signature over the note text
	algCosigEd    = 4 // a witness: cosignature/v1, Ed25519
	algCosigMLDSA = 6 // a witness: cosignature, ML-DSA-44
)

// maxName keeps a name in the one length byte that ML-DSA cosignatures have for it.
const maxName = 255

// PublicKey is a signer's name and public key, with its short key hash.
type PublicKey struct {
	vkey     string
	alg      byte
	material string // the public key's own bytes, without name and type
	verifier note.Verifier
}

// ParsePublicKey reads a signed-note verifier key (vkey) of a log (type 1) or of
// a witness (types 4 and 6). Any other spelling of the same key, and a wrong key
// hash, is refused with ErrKey.
// It implements Key.Parse of docs/protocol/board.md.
func ParsePublicKey(vkey string) (*PublicKey, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	_, b64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(raw) < 1 {
		return nil, fmt.Errorf("%w: %q is not name+hash+base64", ErrKey, vkey)
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	v, err := newVerifier(raw[0], vkey)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrKey, vkey, err)
	}
	// formats computes a cosigner's key hash and ignores the one that was
	// written, and base64 has many spellings: rebuild and compare.
	rebuilt := fmt.Sprintf("%s+%08x+%s", name, v.KeyHash(), base64.StdEncoding.EncodeToString(raw))
	if rebuilt != vkey {
		return nil, fmt.Errorf("%w: %q should be %q", ErrKey, vkey, rebuilt)
	}
	return &PublicKey{vkey: vkey, alg: raw[0], material: string(raw[1:]), verifier: v}, nil
}

func newVerifier(alg byte, vkey string) (note.Verifier, error) {
	switch alg {
	case algEd25519:
		return note.NewVerifier(vkey)
	case algCosigEd, algCosigMLDSA:
		return fnote.NewVerifierForCosignatureV1(vkey)
	}
	return nil, fmt.Errorf("signature type %d is not in use here", alg)
}

// String is the vkey.
func (k *PublicKey) String() string { return k.vkey }

// Name is the signer's name: a log's origin or a witness's name.
func (k *PublicKey) Name() string { return k.verifier.Name() }

// Witness tells whether this is the key of a witness, not of a log.
func (k *PublicKey) Witness() bool { return k.alg != algEd25519 }

// checkName refuses names that a note line cannot carry, and invisible
// characters, with which two names could look alike.
func checkName(name string) error {
	odd := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || !unicode.IsGraphic(r) }
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("%w: %q cannot be a name: 1 to %d bytes, no space, no plus, visible", ErrKey, name, maxName)
	}
	return nil
}
