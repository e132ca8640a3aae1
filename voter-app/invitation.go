package voter

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gowebpki/jcs"

	"valik/election"
)

// Invitation is the file by which a voter's program knows an election: the address of its
// collector, and either its fingerprint or the officials who sign its manifest. It comes
// from a source that the voter trusts, such as the authority's own page, never from the
// collector.
type Invitation struct {
	Type        string              `json:"type"`
	Version     int                 `json:"version"`
	Collector   string              `json:"collector"`
	Fingerprint *election.Hash      `json:"fingerprint,omitempty"`
	Authority   *election.Authority `json:"authority,omitempty"`
}

const (
	invitationType  = "valik/invitation"
	invitationLimit = 64 << 10
)

// ErrInvitation says that a file is no invitation.
var ErrInvitation = errors.New("voter: this is not the file of an election")

// ErrOfficials says that a manifest is not signed by the officials of the invitation.
var ErrOfficials = errors.New("voter: the election is not signed by the authority that was named")

// NewInvitation invites to an election by its fingerprint.
func NewInvitation(collector string, fingerprint election.Hash) *Invitation {
	return &Invitation{Type: invitationType, Version: 1, Collector: collector, Fingerprint: &fingerprint}
}

// Bytes returns the stored form.
func (i *Invitation) Bytes() []byte {
	b, err := json.Marshal(i)
	if err == nil {
		b, err = jcs.Transform(b)
	}
	if err != nil {
		panic("voter: " + err.Error()) // it is made of strings
	}
	return b
}

// ParseInvitation reads an invitation. Errors wrap [ErrInvitation].
//
// It implements Invitation.Parse of docs/protocol/voting.md.
func ParseInvitation(b []byte) (*Invitation, error) {
	if len(b) > invitationLimit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrInvitation, invitationLimit)
	}
	i := new(Invitation)
	if err := json.Unmarshal(b, i); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvitation, err)
	}
	if i.Type != invitationType || i.Version != 1 {
		return nil, fmt.Errorf("%w: it is a %.40q of version %d", ErrInvitation, i.Type, i.Version)
	}
	if (i.Fingerprint == nil) == (i.Authority == nil) {
		return nil, fmt.Errorf("%w: it names either a fingerprint or an authority", ErrInvitation)
	}
	if a := i.Authority; a != nil && (a.Signatures < 1 || a.Signatures > len(a.Officials)) {
		return nil, fmt.Errorf("%w: %d signatures of %d officials", ErrInvitation, a.Signatures, len(a.Officials))
	}
	// The one form: a key that this program does not know might have meant something.
	if string(i.Bytes()) != string(b) {
		return nil, fmt.Errorf("%w: it is not in its one form", ErrInvitation)
	}
	if _, err := newClient(i.Collector, http.DefaultClient); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvitation, err)
	}
	return i, nil
}

// Accept opens the election of an invitation as [Open] does. Where it names officials, the
// manifest is the one that the collector has, if it is signed by as many of them as the
// invitation asks for. seen gives the newest checkpoint that was accepted earlier of the
// election with a fingerprint, nil for none; it may be nil itself. Errors: those of Open, of seen, and [ErrOfficials].
//
// It implements Invitation.Accept of docs/protocol/voting.md.
func (i *Invitation) Accept(ctx context.Context, seen func(election.Hash) ([]byte, error), h *http.Client) (*Election, error) {
	if i.Fingerprint != nil {
		return i.open(ctx, *i.Fingerprint, seen, h)
	}
	c, err := newClient(i.Collector, h)
	if err != nil {
		return nil, err
	}
	raw, err := c.get(ctx, manifestPath, documentLimit)
	if err != nil {
		return nil, err
	}
	if err := i.checkOfficials(ctx, c, raw); err != nil {
		return nil, err
	}
	return i.open(ctx, election.HashOf(raw), seen, h)
}

func (i *Invitation) open(ctx context.Context, fingerprint election.Hash, seen func(election.Hash) ([]byte, error), h *http.Client) (*Election, error) {
	var checkpoint []byte
	if seen != nil {
		var err error
		if checkpoint, err = seen(fingerprint); err != nil {
			return nil, err
		}
	}
	return Open(ctx, i.Collector, fingerprint, checkpoint, h)
}

// checkOfficials verifies the manifest's signatures by the officials of the invitation: what
// the manifest itself says of its officials is the word of who has made it.
func (i *Invitation) checkOfficials(ctx context.Context, c *client, raw []byte) error {
	manifest, err := election.ParseManifest(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrManifest, err)
	}
	named := func(official *x509.Certificate) bool {
		return slices.ContainsFunc(i.Authority.Officials, func(der []byte) bool { return string(der) == string(official.Raw) })
	}
	signers := map[string]bool{}
	for k := range manifest.Authority.Signatures {
		signature, err := c.get(ctx, manifestPath+"/signatures/"+strconv.Itoa(k+1), answerLimit)
		if err != nil {
			return err
		}
		signer, err := manifest.VerifyOfficial(raw, signature)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOfficials, err)
		}
		if named(signer) {
			signers[string(signer.Raw)] = true
		}
	}
	if len(signers) < i.Authority.Signatures {
		return fmt.Errorf("%w: by %d of the %d who must sign", ErrOfficials, len(signers), i.Authority.Signatures)
	}
	return nil
}
