package mobileid_test

import (
	"context"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/mobileid"
	"valik/eid/mobileid/mobileidtest"
	"valik/eid/testpki"
)

const phone = "+37200000766"

var now = time.Date(2029, 3, 4, 12, 0, 0, 0, time.UTC)

// world is one test issuer and one person a kind of key, for all tests: RSA keys take long.
var world = sync.OnceValue(func() (w struct {
	authority *testpki.Authority
	cards     map[string]*testpki.Card
},
) {
	var err error
	if w.authority, err = testpki.NewAuthority("Test", now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)); err != nil {
		panic(err)
	}
	w.cards = map[string]*testpki.Card{}
	for i, kind := range []string{"P-256", "P-384", "RSA"} {
		code := testpki.PersonalCode(766 + i)
		switch kind {
		case "P-256":
			w.cards[kind], err = w.authority.Issue(code, "Mari", "Tamm", elliptic.P256())
		case "P-384":
			w.cards[kind], err = w.authority.Issue(code, "Mari", "Tamm", elliptic.P384())
		default:
			w.cards[kind], err = w.authority.IssueRSA(code, "Mari", "Tamm", 2048)
		}
		if err != nil {
			panic(err)
		}
	}
	return w
})

func codeOf(card *testpki.Card) string {
	return strings.TrimPrefix(card.Signing.Certificate().Subject.SerialNumber, "PNOEE-")
}

// config is of a person with a kind of key, at a server.
func config(t *testing.T, server *mobileidtest.Server, kind string) mobileid.Config {
	t.Helper()
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	card := world().cards[kind]
	server.Person(phone, card)
	return mobileid.Config{
		URL: listening.URL, RelyingPartyUUID: mobileidtest.UUID, RelyingPartyName: mobileidtest.Name,
		Country: "EE", Code: codeOf(card), Phone: phone, Language: mobileid.Estonian, Text: "Hääletamine",
		Show: func(string) {},
		Wait: mobileid.Wait{Poll: time.Second, Pause: time.Millisecond, Limit: 5 * time.Second},
	}
}

func newClient(t *testing.T, cfg mobileid.Config) *mobileid.Client {
	t.Helper()
	c, err := mobileid.New(cfg)
	require.NoError(t, err)
	return c
}

// newWorking gives a server and a client of the person with a P-256 key.
func newWorking(t *testing.T) (*mobileidtest.Server, *mobileid.Client) {
	t.Helper()
	server := mobileidtest.New(world().authority)
	return server, newClient(t, config(t, server, "P-256"))
}

func issuers(t *testing.T) *eid.Issuers {
	t.Helper()
	is, err := eid.NewIssuers(testpki.Rules(), world().authority.Certificates())
	require.NoError(t, err)
	return is
}

func TestLoginAndContainer(t *testing.T) {
	for kind, algorithm := range map[string]eid.Algorithm{"P-256": eid.ES256, "RSA": eid.RS256} {
		t.Run(kind, func(t *testing.T) {
			c := newClient(t, config(t, mobileidtest.New(world().authority), kind))
			question := &eid.Question{Origin: "https://vote.example.ee", Purpose: "vote in EP2029", Challenge: eid.NewChallenge()}
			login, err := question.Sign(t.Context(), c)
			require.NoError(t, err)
			require.Equal(t, algorithm, login.Algorithm)
			identity, err := login.Verify(issuers(t), question, now)
			require.NoError(t, err)
			require.Equal(t, codeOf(world().cards[kind]), identity.Code)

			signer, err := c.Signer(t.Context())
			require.NoError(t, err)
			require.Equal(t, algorithm, signer.Algorithm())
			sealed, err := eid.Seal(t.Context(), "ballot.bin", []byte("a ballot"), signer, now)
			require.NoError(t, err)
			container, err := eid.ParseContainer(sealed.Bytes())
			require.NoError(t, err)
			identity, err = container.Verify(issuers(t), now)
			require.NoError(t, err)
			require.Equal(t, codeOf(world().cards[kind]), identity.Code)
		})
	}
}

func TestAServiceThatAddsTheRelyingParty(t *testing.T) {
	cfg := config(t, mobileidtest.NewForwarding(world().authority), "P-256")
	_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "request_refused", codeOfError(t, err), "the secret is not for it")
	cfg.RelyingPartyUUID, cfg.RelyingPartyName = "", ""
	c := newClient(t, cfg)
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	_, err = c.Signer(t.Context())
	require.NoError(t, err)
}

// The first example is of section 2.4.1, the others are of the Java client's tests.
func TestControlCode(t *testing.T) {
	documented, err := hex.DecodeString("2f665f6a6999e0ef0752e00ec9f453adf59d8cb6")
	require.NoError(t, err)
	require.Equal(t, "1462", mobileid.ControlCode(documented))
	s256, s384, s512 := sha256.Sum256([]byte("HACKERMAN_SHA256")), sha512.Sum384([]byte("HACKERMAN_SHA384")), sha512.Sum512([]byte("HACKERMAN_SHA512"))
	require.Equal(t, "6008", mobileid.ControlCode(s256[:]))
	require.Equal(t, "7230", mobileid.ControlCode(s384[:]))
	require.Equal(t, "3843", mobileid.ControlCode(s512[:]))
	require.Equal(t, "0041", mobileid.ControlCode([]byte{0x03, 0xa9}))
	require.Equal(t, "8191", mobileid.ControlCode([]byte{0xff, 0xff}))
	require.Equal(t, "0000", mobileid.ControlCode(make([]byte, 32)))
}

func TestTheControlCodeIsShownBeforeTheServiceIsAsked(t *testing.T) {
	server := mobileidtest.New(world().authority)
	cfg := config(t, server, "P-256")
	var shown []string
	cfg.Show = func(code string) { shown = append(shown, code); require.Equal(t, len(shown)-1, server.Questions()) }
	c := newClient(t, cfg)
	message := []byte("a message")
	_, err := c.Authenticate(t.Context(), message)
	require.NoError(t, err)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	digest := sha256.Sum256([]byte("another"))
	_, err = signer.SignDigest(t.Context(), digest[:])
	require.NoError(t, err)
	asked := sha256.Sum256(message)
	require.Equal(t, []string{mobileid.ControlCode(asked[:]), mobileid.ControlCode(digest[:])}, shown)
}

func TestASlowPerson(t *testing.T) {
	server, c := newWorking(t)
	server.Behave(mobileidtest.Behaviour{Delay: 1200 * time.Millisecond})
	_, err := c.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	require.Equal(t, 2, server.Questions())
}

func TestThePersonIsNotWaitedForLonger(t *testing.T) {
	server, c := newWorking(t)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	server.Behave(mobileidtest.Behaviour{Lie: "never_ends"})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err = signer.SignDigest(ctx, make([]byte, 32))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "interrupted", codeOfError(t, err))
}

// A P-384 key wants a hash of SHA-384, which is not asked for: Mobile-ID has none.
func TestOtherKeysAreRefused(t *testing.T) {
	c := newClient(t, config(t, mobileidtest.New(world().authority), "P-384"))
	_, err := c.Signer(t.Context())
	require.Equal(t, "algorithm", codeOfError(t, err))
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "algorithm", codeOfError(t, err))
}

func TestOnlyDigestsOfSHA256(t *testing.T) {
	_, c := newWorking(t)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	for _, n := range []int{0, 20, 31, 33, 48} {
		_, err := signer.SignDigest(t.Context(), make([]byte, n))
		require.Equal(t, "config", codeOfError(t, err))
	}
}

func TestConfig(t *testing.T) {
	good := config(t, mobileidtest.New(world().authority), "P-256")
	for name, change := range map[string]func(*mobileid.Config){
		"no address":          func(c *mobileid.Config) { c.URL = "" },
		"not https":           func(c *mobileid.Config) { c.URL = "http://mid.example.ee" },
		"a UUID alone":        func(c *mobileid.Config) { c.RelyingPartyName = "" },
		"a name alone":        func(c *mobileid.Config) { c.RelyingPartyUUID = "" },
		"no UUID":             func(c *mobileid.Config) { c.RelyingPartyUUID = "5ec7e7" },
		"a long name":         func(c *mobileid.Config) { c.RelyingPartyName = strings.Repeat("a", 33) },
		"country":             func(c *mobileid.Config) { c.Country = "ee" },
		"no code":             func(c *mobileid.Config) { c.Code = "" },
		"a path":              func(c *mobileid.Config) { c.Code = "../1" },
		"phone":               func(c *mobileid.Config) { c.Phone = "37200000766" },
		"phone with spaces":   func(c *mobileid.Config) { c.Phone = "+372 0000 0766" },
		"language":            func(c *mobileid.Config) { c.Language = "est" },
		"41 characters":       func(c *mobileid.Config) { c.Text = strings.Repeat("a", 41) },
		"21 other characters": func(c *mobileid.Config) { c.Text = strings.Repeat("õ", 21) },
		"control character":   func(c *mobileid.Config) { c.Text = "a\nb" },
		"beyond UCS-2":        func(c *mobileid.Config) { c.Text = "🗳" },
		"no UTF-8":            func(c *mobileid.Config) { c.Text = "\xff" },
		"nothing shows":       func(c *mobileid.Config) { c.Show = nil },
		"short poll":          func(c *mobileid.Config) { c.Wait.Poll = time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			change(&bad)
			_, err := mobileid.New(bad)
			require.Equal(t, "config", codeOfError(t, err))
		})
	}
}

func TestTextsThatPhonesShow(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("a", 40), strings.Repeat("ä", 40), strings.Repeat("õ", 20), "Голосование"} {
		cfg := config(t, mobileidtest.New(world().authority), "P-256")
		cfg.Text = text
		_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
		require.NoError(t, err, text)
	}
}
