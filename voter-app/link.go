package voter

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"valik/crypto/elgamal"
	"valik/election"
)

// CheckLink is what the voter carries to a second device to check their own
// vote. The seed stays in the fragment, which no browser sends to a server.
type CheckLink struct {
	Collector string
	Index     uint64
	Ballot    election.Hash
	seed      *elgamal.Seed
}

// ErrLink says that a text is no check link.
var ErrLink = errors.New("voter: this is not the link of a ballot")

const (
	linkVersion = "valik1" // begins the fragment
	linkLimit   = 4 << 10  // bytes; a QR code holds less
	indexBits   = 53       // of an integer that every language reads
)

// Link returns the check link of a ballot that was cast, nil for one whose cast was resumed.
func (e *Election) Link(s *Sealed, r *election.Receipt) *CheckLink {
	if s.seed == nil {
		return nil
	}
	return &CheckLink{e.Manifest.Collector.URL, r.Index, r.Ballot, s.seed}
}

// Reveal returns the link with its secret: to be shown as a QR code to the voter
// alone, never logged.
//
// It implements Link.Encode of docs/protocol/voting.md.
func (l *CheckLink) Reveal() string {
	fields := []string{linkVersion, strconv.FormatUint(l.Index, 10), l.Ballot.String(), base64.RawURLEncoding.EncodeToString(l.seed.SecretBytes())}
	return strings.TrimSuffix(l.Collector, "/") + "/check#" + strings.Join(fields, ".")
}

// Format prints "[redacted]" for every verb.
func (l CheckLink) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// String hides the secret.
func (l CheckLink) String() string { return redacted }

// GoString hides the secret.
func (l CheckLink) GoString() string { return redacted }

// LogValue hides the secret.
func (l CheckLink) LogValue() slog.Value { return slog.StringValue(redacted) }

// ParseCheckLink reads what Reveal writes, and nothing else. Errors wrap
// [ErrLink].
//
// It implements Link.Parse of docs/protocol/voting.md.
func ParseCheckLink(text string) (*CheckLink, error) {
	address, fragment, found := strings.Cut(text, "/check#")
	fields := strings.Split(fragment, ".")
	if !found || len(text) > linkLimit || len(fields) != 4 || fields[0] != linkVersion {
		return nil, fmt.Errorf("%w: it has not the form of one", ErrLink)
	}
	l := &CheckLink{Collector: address}
	var err error
	if _, err = newClient(address, http.DefaultClient); err == nil {
		l.Index, err = strconv.ParseUint(fields[1], 10, indexBits)
	}
	if err == nil {
		l.Ballot, err = election.ParseHash(fields[2])
	}
	if err == nil {
		l.seed, err = parseSeed(fields[3])
	}
	if err != nil {
		// The text holds a secret, so the error does not repeat it.
		return nil, fmt.Errorf("%w: a field of it is broken", ErrLink)
	}
	if l.Reveal() != text {
		return nil, fmt.Errorf("%w: it is not in its one form", ErrLink)
	}
	return l, nil
}

func parseSeed(s string) (*elgamal.Seed, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, err
	}
	return elgamal.ParseSeed(b)
}

// Seed is the secret of the ballot's randomness.
func (l *CheckLink) Seed() *elgamal.Seed { return l.seed }
