package voter_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	voter "valik/voter-app"
)

func TestInvitationByFingerprint(t *testing.T) {
	w := newWorld(t, 1)
	file := voter.NewInvitation(w.Manifest.Collector.URL, w.Fingerprint()).Bytes()
	i, err := voter.ParseInvitation(file)
	require.NoError(t, err)
	e, err := i.Accept(ctx, nil, w.http)
	require.NoError(t, err)
	require.Equal(t, w.Fingerprint(), e.Manifest.Fingerprint())

	i, err = voter.ParseInvitation(voter.NewInvitation(w.Manifest.Collector.URL, election.HashOf(nil)).Bytes())
	require.NoError(t, err)
	_, err = i.Accept(ctx, nil, w.http)
	require.ErrorIs(t, err, voter.ErrOtherElection)
}

// Officials are pinned by the voter's file; a collector that shows a manifest by officials
// of its own making is found out.
func TestInvitationByOfficials(t *testing.T) {
	w := newWorld(t, 1)
	invite := func(officials ...[]byte) *voter.Invitation {
		i := &voter.Invitation{Type: "valik/invitation", Version: 1, Collector: w.Manifest.Collector.URL, Authority: &election.Authority{Officials: officials, Signatures: 1}}
		parsed, err := voter.ParseInvitation(i.Bytes())
		require.NoError(t, err)
		return parsed
	}
	e, err := invite(w.Official.Certificate().Raw).Accept(ctx, nil, w.http)
	require.NoError(t, err)
	require.Equal(t, w.Fingerprint(), e.Manifest.Fingerprint())

	stranger, err := w.Issuer.Official("Electoral Office") // the same name
	require.NoError(t, err)
	_, err = invite(stranger.Certificate().Raw).Accept(ctx, nil, w.http)
	require.ErrorIs(t, err, voter.ErrOfficials)
	require.Equal(t, "officials", voter.CodeOf(err))

	w.Lies(func(out http.ResponseWriter, r *http.Request, honest http.Handler) {
		if strings.HasPrefix(r.URL.Path, "/v1/manifest/signatures/") {
			r.URL.Path = "/v1/ceremony" // something that is no signature
		}
		honest.ServeHTTP(out, r)
	})
	_, err = invite(w.Official.Certificate().Raw).Accept(ctx, nil, w.http)
	require.ErrorIs(t, err, voter.ErrOfficials)
}

func TestParseInvitationRefuses(t *testing.T) {
	good := string(voter.NewInvitation("https://vote.example.ee", election.HashOf(nil)).Bytes())
	_, err := voter.ParseInvitation([]byte(good))
	require.NoError(t, err)
	der := base64.StdEncoding.EncodeToString([]byte("certificate"))
	fingerprint := election.HashOf(nil).String()
	for name, file := range map[string]string{
		"nothing":             "",
		"another document":    strings.Replace(good, "invitation", "receipt", 1),
		"another version":     strings.Replace(good, `"version":1`, `"version":2`, 1),
		"no pin":              strings.Replace(good, `"fingerprint":"`+fingerprint+`",`, "", 1),
		"two pins":            strings.Replace(good, `{`, `{"authority":{"officials":["`+der+`"],"signatures":1},`, 1),
		"too many signatures": strings.Replace(good, `"fingerprint":"`+fingerprint+`"`, `"authority":{"officials":["`+der+`"],"signatures":2}`, 1),
		"an unknown key":      strings.Replace(good, `{`, `{"a":1,`, 1),
		"a space":             strings.Replace(good, `,`, `, `, 1),
		"in the clear":        strings.Replace(good, "https", "http", 1),
		"too long":            good + strings.Repeat(" ", 64<<10),
	} {
		_, err := voter.ParseInvitation([]byte(file))
		require.ErrorIs(t, err, voter.ErrInvitation, name)
	}
}

func FuzzParseInvitation(f *testing.F) {
	f.Add(voter.NewInvitation("https://vote.example.ee", election.HashOf(nil)).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if i, err := voter.ParseInvitation(b); err == nil {
			require.Equal(t, string(b), string(i.Bytes()))
		}
	})
}
