package mobileid_test

import (
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
	"valik/eid/internal/rest/resttest"
	"valik/eid/mobileid"
	"valik/eid/mobileid/mobileidtest"
)

const phone = "+37200000766"

// world is for all tests.
var world = sync.OnceValue(func() *resttest.World { return resttest.NewWorld("P-256", "P-384", "RSA") })

// config is of a person with a kind of key, at a server.
func config(t *testing.T, server *mobileidtest.Server, kind string) mobileid.Config {
	t.Helper()
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	card := world().Cards[kind]
	server.Person(phone, card)
	return mobileid.Config{
		URL: listening.URL, RelyingPartyUUID: mobileidtest.UUID, RelyingPartyName: mobileidtest.Name,
		Country: "EE", Code: resttest.PersonalCode(card), Phone: phone, Language: mobileid.Estonian, Text: "Hääletamine",
		Show: func(string) {},
		Wait: mobileid.Wait{Poll: time.Second, Pause: time.Millisecond, Limit: 30 * time.Second},
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
	server := mobileidtest.New(world().Authority)
	return server, newClient(t, config(t, server, "P-256"))
}

func TestLoginAndContainer(t *testing.T) {
	for kind, algorithm := range map[string]eid.Algorithm{"P-256": eid.ES256, "RSA": eid.RS256} {
		t.Run(kind, func(t *testing.T) {
			c := newClient(t, config(t, mobileidtest.New(world().Authority), kind))
			resttest.CheckLoginAndContainer(t, world(), c, kind, algorithm)
		})
	}
}

func TestAServiceThatAddsTheRelyingParty(t *testing.T) {
	cfg := config(t, mobileidtest.NewForwarding(world().Authority), "P-256")
	with := newClient(t, cfg)
	cfg.RelyingPartyUUID, cfg.RelyingPartyName = "", ""
	resttest.CheckForwarding(t, with, newClient(t, cfg))
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
	server := mobileidtest.New(world().Authority)
	cfg := config(t, server, "P-256")
	open := func(show func(string)) *mobileid.Client {
		cfg.Show = show
		return newClient(t, cfg)
	}
	resttest.CheckControlCodes(t, &server.Sessions, open, mobileid.ControlCode, 0, 1)
}

func TestASlowPerson(t *testing.T) {
	server, c := newWorking(t)
	resttest.CheckSlowPerson(t, &server.Sessions, c)
}

func TestThePersonIsNotWaitedForLonger(t *testing.T) {
	server, c := newWorking(t)
	resttest.CheckInterrupted(t, &server.Sessions, c)
}

// A P-384 key wants a hash of SHA-384, which is not asked for: Mobile-ID has none.
func TestOtherKeysAreRefused(t *testing.T) {
	c := newClient(t, config(t, mobileidtest.New(world().Authority), "P-384"))
	resttest.CheckOtherKeys(t, c)
}

func TestOnlyDigestsOfSHA256(t *testing.T) {
	_, c := newWorking(t)
	resttest.CheckDigests(t, c)
}

func TestConfig(t *testing.T) {
	good := config(t, mobileidtest.New(world().Authority), "P-256")
	resttest.CheckConfigs(t, mobileid.New, good, map[string]func(*mobileid.Config){
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
	})
}

func TestTextsThatPhonesShow(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("a", 40), strings.Repeat("ä", 40), strings.Repeat("õ", 20), "Голосование"} {
		cfg := config(t, mobileidtest.New(world().Authority), "P-256")
		cfg.Text = text
		_, err := newClient(t, cfg).Authenticate(t.Context(), []byte("a"))
		require.NoError(t, err, text)
	}
}
