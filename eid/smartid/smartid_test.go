package smartid_test

import (
	"crypto/sha256"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/internal/rest/resttest"
	"valik/eid/smartid"
	"valik/eid/smartid/smartidtest"
)

// world is for all tests.
var world = sync.OnceValue(func() *resttest.World { return resttest.NewWorld("RSA", "P-384") })

// config is of a person with a kind of key, at a server.
func config(t *testing.T, server *smartidtest.Server, kind string) smartid.Config {
	t.Helper()
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	card := world().Cards[kind]
	server.Person(card)
	return smartid.Config{
		URL: listening.URL, RelyingPartyUUID: smartidtest.UUID, RelyingPartyName: smartidtest.Name,
		Country: "EE", Code: resttest.PersonalCode(card), Text: "Hääletamine",
		Show: func(string) {},
		Wait: smartid.Wait{Poll: time.Second, Pause: time.Millisecond, Limit: 30 * time.Second},
	}
}

func newClient(t *testing.T, cfg smartid.Config) *smartid.Client {
	t.Helper()
	c, err := smartid.New(cfg)
	require.NoError(t, err)
	return c
}

// newWorking gives a server and a client of the person with an RSA key.
func newWorking(t *testing.T) (*smartidtest.Server, *smartid.Client) {
	t.Helper()
	server := smartidtest.New(world().Authority)
	return server, newClient(t, config(t, server, "RSA"))
}

func TestLoginAndContainer(t *testing.T) {
	c := newClient(t, config(t, smartidtest.New(world().Authority), "RSA"))
	resttest.CheckLoginAndContainer(t, world(), c, "RSA", eid.RS256)
}

func TestAServiceThatAddsTheRelyingParty(t *testing.T) {
	cfg := config(t, smartidtest.NewForwarding(world().Authority), "RSA")
	with := newClient(t, cfg)
	cfg.RelyingPartyUUID, cfg.RelyingPartyName = "", ""
	resttest.CheckForwarding(t, with, newClient(t, cfg))
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
	server := smartidtest.New(world().Authority)
	cfg := config(t, server, "RSA")
	open := func(show func(string)) *smartid.Client {
		cfg.Show = show
		return newClient(t, cfg)
	}
	// The second time is after the login and the choice, which has no code.
	resttest.CheckControlCodes(t, &server.Sessions, open, smartid.ControlCode, 0, 2)
}

func TestASlowPerson(t *testing.T) {
	server, c := newWorking(t)
	resttest.CheckSlowPerson(t, &server.Sessions, c)
}

func TestThePersonIsNotWaitedForLonger(t *testing.T) {
	server, c := newWorking(t)
	resttest.CheckInterrupted(t, &server.Sessions, c)
}

// A P-384 key wants a hash of SHA-384, which is not asked for: Smart-ID has none.
func TestOtherKeysAreRefused(t *testing.T) {
	c := newClient(t, config(t, smartidtest.New(world().Authority), "P-384"))
	resttest.CheckOtherKeys(t, c)
}

func TestOnlyDigestsOfSHA256(t *testing.T) {
	_, c := newWorking(t)
	resttest.CheckDigests(t, c)
}

func TestConfig(t *testing.T) {
	good := config(t, smartidtest.New(world().Authority), "RSA")
	resttest.CheckConfigs(t, smartid.New, good, map[string]func(*smartid.Config){
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
	})
}

func TestTextsThatTheAppShows(t *testing.T) {
	for _, text := range []string{"a", strings.Repeat("õ", 60), "Голосование"} {
		cfg := config(t, smartidtest.New(world().Authority), "RSA")
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
	server := smartidtest.New(world().Authority)
	server.Behave(smartidtest.Behaviour{Lie: "low_level"})
	cfg := config(t, server, "RSA")
	cfg.Level = smartid.Advanced
	_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
}
