package smartid_test

import (
	"context"
	"crypto/elliptic"
	"crypto/sha256"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/smartid"
	"valik/eid/smartid/smartidtest"
	"valik/eid/testpki"
)

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
	for i, kind := range []string{"RSA", "P-384"} {
		code := testpki.PersonalCode(766 + i)
		if kind == "RSA" {
			w.cards[kind], err = w.authority.IssueRSA(code, "Mari", "Tamm", 2048)
		} else {
			w.cards[kind], err = w.authority.Issue(code, "Mari", "Tamm", elliptic.P384())
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
func config(t *testing.T, server *smartidtest.Server, kind string) smartid.Config {
	t.Helper()
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	card := world().cards[kind]
	server.Person(card)
	return smartid.Config{
		URL: listening.URL, RelyingPartyUUID: smartidtest.UUID, RelyingPartyName: smartidtest.Name,
		Country: "EE", Code: codeOf(card), Text: "Hääletamine",
		Show: func(string) {},
		Wait: smartid.Wait{Poll: time.Second, Pause: time.Millisecond, Limit: 5 * time.Second},
	}
}

func newClient(t *testing.T, cfg smartid.Config) *smartid.Client {
	t.Helper()
	c, err := smartid.New(cfg)
	require.NoError(t, err)
	return c
}

// newWorking gives a server and a client of the person with a P-256 key.
func newWorking(t *testing.T) (*smartidtest.Server, *smartid.Client) {
	t.Helper()
	server := smartidtest.New(world().authority)
	return server, newClient(t, config(t, server, "RSA"))
}

func issuers(t *testing.T) *eid.Issuers {
	t.Helper()
	is, err := eid.NewIssuers(testpki.Rules(), world().authority.Certificates())
	require.NoError(t, err)
	return is
}

func TestLoginAndContainer(t *testing.T) {
	card := world().cards["RSA"]
	c := newClient(t, config(t, smartidtest.New(world().authority), "RSA"))
	question := &eid.Question{Origin: "https://vote.example.ee", Purpose: "vote in EP2029", Challenge: eid.NewChallenge()}
	login, err := question.Sign(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, eid.RS256, login.Algorithm)
	identity, err := login.Verify(issuers(t), question, now)
	require.NoError(t, err)
	require.Equal(t, codeOf(card), identity.Code)

	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	require.Equal(t, eid.RS256, signer.Algorithm())
	sealed, err := eid.Seal(t.Context(), "ballot.bin", []byte("a ballot"), signer, now)
	require.NoError(t, err)
	container, err := eid.ParseContainer(sealed.Bytes())
	require.NoError(t, err)
	identity, err = container.Verify(issuers(t), now)
	require.NoError(t, err)
	require.Equal(t, codeOf(card), identity.Code)
}

func TestAServiceThatAddsTheRelyingParty(t *testing.T) {
	cfg := config(t, smartidtest.NewForwarding(world().authority), "RSA")
	_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "request_refused", codeOfError(t, err), "the secret is not for it")
	cfg.RelyingPartyUUID, cfg.RelyingPartyName = "", ""
	c := newClient(t, cfg)
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	_, err = c.Signer(t.Context())
	require.NoError(t, err)
}

// Examples of the Java client's tests: the documentation gives the rule alone.
func TestControlCode(t *testing.T) {
	require.Equal(t, "4555", smartid.ControlCode([]byte{27, 0xbb}))
	for text, code := range map[string]string{
		"Hello World!": "7712",
		"Hedgehogs – why can't they just share the hedge?": "4612",
		"Go ahead, make my day.":                           "7782",
		"You're gonna need a bigger boat.":                 "1464",
		"Say 'hello' to my little friend!":                 "4240",
	} {
		hash := sha256.Sum256([]byte(text))
		require.Equal(t, code, smartid.ControlCode(hash[:]), text)
	}
}

func TestTheControlCodeIsShownBeforeTheServiceIsAsked(t *testing.T) {
	server := smartidtest.New(world().authority)
	cfg := config(t, server, "RSA")
	var shown []string
	var questions []int
	cfg.Show = func(code string) { shown, questions = append(shown, code), append(questions, server.Questions()) }
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
	require.Equal(t, []int{0, 2}, questions, "the second time after the login and the choice, which has no code")
	require.Equal(t, []string{smartid.ControlCode(asked[:]), smartid.ControlCode(digest[:])}, shown)
}

func TestASlowPerson(t *testing.T) {
	server, c := newWorking(t)
	server.Behave(smartidtest.Behaviour{Delay: 1200 * time.Millisecond})
	_, err := c.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	require.Equal(t, 2, server.Questions())
}

func TestThePersonIsNotWaitedForLonger(t *testing.T) {
	server, c := newWorking(t)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	server.Behave(smartidtest.Behaviour{Lie: "never_ends"})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err = signer.SignDigest(ctx, make([]byte, 32))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "interrupted", codeOfError(t, err))
}

// A P-384 key wants a hash of SHA-384, which is not asked for: Smart-ID has none.
func TestOtherKeysAreRefused(t *testing.T) {
	c := newClient(t, config(t, smartidtest.New(world().authority), "P-384"))
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
	good := config(t, smartidtest.New(world().authority), "RSA")
	for name, change := range map[string]func(*smartid.Config){
		"no address":        func(c *smartid.Config) { c.URL = "" },
		"not https":         func(c *smartid.Config) { c.URL = "http://mid.example.ee" },
		"a UUID alone":      func(c *smartid.Config) { c.RelyingPartyName = "" },
		"a name alone":      func(c *smartid.Config) { c.RelyingPartyUUID = "" },
		"no UUID":           func(c *smartid.Config) { c.RelyingPartyUUID = "5ec7e7" },
		"a long name":       func(c *smartid.Config) { c.RelyingPartyName = strings.Repeat("a", 33) },
		"country":           func(c *smartid.Config) { c.Country = "ee" },
		"no code":           func(c *smartid.Config) { c.Code = "" },
		"a path":            func(c *smartid.Config) { c.Code = "../1" },
		"no text":           func(c *smartid.Config) { c.Text = "" },
		"61 characters":     func(c *smartid.Config) { c.Text = strings.Repeat("õ", 61) },
		"level":             func(c *smartid.Config) { c.Level = "QSCD" },
		"control character": func(c *smartid.Config) { c.Text = "a\nb" },
		"no UTF-8":          func(c *smartid.Config) { c.Text = "\xff" },
		"nothing shows":     func(c *smartid.Config) { c.Show = nil },
		"short poll":        func(c *smartid.Config) { c.Wait.Poll = time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			change(&bad)
			_, err := smartid.New(bad)
			require.Equal(t, "config", codeOfError(t, err))
		})
	}
}

func TestTextsThatTheAppShows(t *testing.T) {
	for _, text := range []string{"a", strings.Repeat("õ", 60), "Голосование"} {
		cfg := config(t, smartidtest.New(world().authority), "RSA")
		cfg.Text = text
		_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
		require.NoError(t, err, text)
	}
}

// A person who said no and starts again at once is asked again: the nonce is another.
func TestEveryRequestIsANewOne(t *testing.T) {
	server, c := newWorking(t)
	server.Behave(smartidtest.Behaviour{Result: "USER_REFUSED"})
	_, err := c.Signer(t.Context())
	require.ErrorIs(t, err, smartid.ErrCancelled)
	server.Behave(smartidtest.Behaviour{})
	_, err = c.Signer(t.Context())
	require.NoError(t, err)
}

func TestALowerLevelWhereItIsAccepted(t *testing.T) {
	server := smartidtest.New(world().authority)
	server.Behave(smartidtest.Behaviour{Lie: "low_level"})
	cfg := config(t, server, "RSA")
	cfg.Level = smartid.Advanced
	_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
}
