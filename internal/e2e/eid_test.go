package e2e

import (
	"crypto/elliptic"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/mobileid/mobileidtest"
	"valik/eid/smartid/smartidtest"
	"valik/eid/testpki"
	"valik/eid/token/tokentest"
	"valik/internal/loopback"
)

// Secrets of TestEID, which no program may tell.
const (
	voterPIN       = "604817259304"
	officialPIN    = "918273640518"
	phoneNumber    = "+37260048172"
	filePassphrase = "sesame-50231948"
)

// pki is what the real world has around an election: issuers, their services, cards.
type pki struct {
	t         *testing.T
	authority *testpki.Authority
	services  string // address of the issuer's services
	folder    string // what officials and voters have in files
}

// TestEID lets people vote with every means to sign: a token over PKCS #11, Mobile-ID,
// Smart-ID, and a test card; the officials sign with a token and a PKCS #12 file; the
// issuer is asked about every certificate, and every signature is time-stamped. The
// record, with the sealed part, is verified.
func TestEID(t *testing.T) {
	p := newPKI(t)
	var phones, apps http.Handler
	p.card("80001010009", "card.pem", p.ec)
	token := tokentest.New(t).Another(t, "Voter", voterPIN)
	p.onToken(token, p.card("70001010019", "", p.ec))
	phones = p.phone(p.card("70001010030", "", p.sim))
	apps = p.app(p.card("70001010052", "", p.rsa))
	p.officials(token.Another(t, "Official", officialPIN))

	runScript(t, "eid.txtar", append(token.Environment(),
		"PKI="+p.folder, "SERVICES="+p.services, "P12="+filePassphrase,
		"TOKEN="+token.URI()+"&pin-source=file:"+p.write("pin", voterPIN+"\n"),
		"OFFICIAL=pkcs11:token=Official?module-path="+token.Module+"&pin-source=file:"+p.write("official-pin", officialPIN+"\n"),
		"PHONES="+p.serve(phones), "APPS="+p.serve(apps), "PHONE="+phoneNumber,
		"UUID="+mobileidtest.UUID, "PARTY="+mobileidtest.Name, "APPUUID="+smartidtest.UUID, "APPPARTY="+smartidtest.Name,
		plantedVariable+"="+filePassphrase+" "+voterPIN+" "+officialPIN+" "+phoneNumber+" "+mobileidtest.UUID+" "+smartidtest.UUID)...)
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	now := time.Now()
	a, err := testpki.NewAuthority("Valik e2e eID", now.Add(-time.Hour), now.Add(24*time.Hour))
	require.NoError(t, err)
	p := &pki{t: t, authority: a, folder: t.TempDir()}
	p.services, err = loopback.Free()
	require.NoError(t, err)
	require.NoError(t, a.Save(filepath.Join(p.folder, "issuer.key")))
	p.write("issuers.pem", string(testpki.EncodeCertificates(a.Certificates()...)))
	p.authority = a.Online("http://" + p.services)
	return p
}

func (p *pki) write(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.folder, name)
	require.NoError(p.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (p *pki) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	p.t.Cleanup(s.Close)
	return s.URL
}

func (p *pki) ec(code string) (*testpki.Card, error) {
	return p.authority.Issue(code, "TEST", "VOTER", elliptic.P384())
}

// sim issues what is on SIM cards.
func (p *pki) sim(code string) (*testpki.Card, error) {
	return p.authority.Issue(code, "TEST", "VOTER", elliptic.P256())
}

func (p *pki) rsa(code string) (*testpki.Card, error) {
	return p.authority.IssueRSA(code, "TEST", "VOTER", 2048)
}

// card issues a card, and keeps it in a file if that has a name.
func (p *pki) card(code, file string, issue func(string) (*testpki.Card, error)) *testpki.Card {
	p.t.Helper()
	card, err := issue(code)
	require.NoError(p.t, err)
	if file != "" {
		require.NoError(p.t, card.Save(filepath.Join(p.folder, file)))
	}
	return card
}

// onToken puts a card's keys on a token. As on real cards, the signing key wants the PIN
// before every signature.
func (p *pki) onToken(k *tokentest.Token, card *testpki.Card) {
	k.Import(p.t, card.Authentication, "authentication", "01", false)
	k.Import(p.t, card.Signing, "signature", "02", true)
}

func (p *pki) phone(card *testpki.Card) http.Handler {
	s := mobileidtest.New(p.authority)
	s.Person(phoneNumber, card)
	return s
}

func (p *pki) app(card *testpki.Card) http.Handler {
	s := smartidtest.New(p.authority)
	s.Person(card)
	return s
}

// officials makes two: one on a token, one in a file that the script makes a PKCS #12 of.
func (p *pki) officials(k *tokentest.Token) {
	p.t.Helper()
	var certs []byte
	for _, name := range []string{"Head of the election", "Deputy head"} {
		key, err := p.authority.Official(name)
		require.NoError(p.t, err)
		certs = append(certs, testpki.EncodeCertificates(key.Certificate())...)
		if k != nil {
			k.Import(p.t, key, "official", "01", true)
			k = nil
			continue
		}
		require.NoError(p.t, key.Save(filepath.Join(p.folder, "deputy.pem")))
	}
	p.write("officials.pem", string(certs))
}
