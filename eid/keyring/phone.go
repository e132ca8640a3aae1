package keyring

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"valik/eid"
	"valik/eid/mobileid"
	"valik/eid/secret"
	"valik/eid/smartid"
)

// phoneSettings is the settings file of Mobile-ID and Smart-ID, TOML in which unknown keys are
// refused. docs/remote-signing.md says what the fields mean.
// Nothing of it is printed.
type phoneSettings struct {
	URL      string `toml:"url"`      // of the service
	UUID     string `toml:"uuid"`     // of the relying party; empty where a service between adds it
	Name     string `toml:"name"`     // of the relying party; as uuid
	TLS      string `toml:"tls"`      // PEM file of the certificates by which the service's own is accepted; the machine's if empty
	Country  string `toml:"country"`  // of the personal code, such as EE
	Code     string `toml:"code"`     // personal code
	Phone    string `toml:"phone"`    // Mobile-ID alone: with the country's prefix
	Language string `toml:"language"` // Mobile-ID alone: EST, ENG, RUS, LIT
	Text     string `toml:"text"`     // what the phone shows
}

// phoneFileLimit is the most bytes of a settings file.
const phoneFileLimit = 64 << 10

// phone is a person's phone.
type phone struct {
	eid.Authenticator
	sign func(ctx context.Context) (eid.Signer, error)
}

func openMobileID(_ context.Context, spec string, asks Asks) (means, error) {
	s, h, err := readPhone(strings.TrimPrefix(spec, mobileIDScheme))
	if err != nil {
		return nil, err
	}
	c, err := mobileid.New(mobileid.Config{
		URL: s.URL, RelyingPartyUUID: s.UUID, RelyingPartyName: s.Name, Country: s.Country, Code: s.Code, Phone: s.Phone,
		Language: mobileid.Language(s.Language), Text: s.Text, Show: asks.Show, HTTP: h,
	})
	if err != nil {
		return nil, err
	}
	return phone{c, func(ctx context.Context) (eid.Signer, error) { return signerOf(c.Signer(ctx)) }}, nil
}

func openSmartID(_ context.Context, spec string, asks Asks) (means, error) {
	s, h, err := readPhone(strings.TrimPrefix(spec, smartIDScheme))
	if err != nil {
		return nil, err
	}
	if s.Phone != "" || s.Language != "" {
		return nil, errors.New("smart-id: phone and language are Mobile-ID's")
	}
	c, err := smartid.New(smartid.Config{
		URL: s.URL, RelyingPartyUUID: s.UUID, RelyingPartyName: s.Name, Country: s.Country, Code: s.Code,
		Text: s.Text, Show: asks.Show, HTTP: h,
	})
	if err != nil {
		return nil, err
	}
	return phone{c, func(ctx context.Context) (eid.Signer, error) { return signerOf(c.Signer(ctx)) }}, nil
}

// signerOf keeps a nil pointer from becoming a signer.
func signerOf[S eid.Signer](s S, err error) (eid.Signer, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func readPhone(path string) (*phoneSettings, *http.Client, error) {
	raw, err := secret.ReadFile(path, phoneFileLimit)
	if err != nil {
		return nil, nil, err
	}
	s := new(phoneSettings)
	meta, err := toml.Decode(string(raw), s)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: it is no settings file of a phone", path) // the decoder would repeat what stands there
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, nil, fmt.Errorf("%s: there is no setting %s", path, unknown[0])
	}
	h, err := s.client(filepath.Dir(path))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, h, nil
}

// client is the way to the service, nil for Go's own.
func (s *phoneSettings) client(folder string) (*http.Client, error) {
	if s.TLS == "" {
		return nil, nil
	}
	file := s.TLS
	if !filepath.IsAbs(file) {
		file = filepath.Join(folder, file)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("tls: %s has no certificate", s.TLS)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}, nil
}

func (p phone) signer(ctx context.Context, usage eid.Usage, _ bool) (eid.Signer, error) {
	if usage != eid.Signing {
		return nil, fmt.Errorf("%w: a phone answers challenges, and shows its certificate only then", ErrUsage)
	}
	return p.sign(ctx)
}

func (p phone) authenticator() (eid.Authenticator, error) { return p.Authenticator, nil }

func (phone) close() error { return nil }
