package board_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func TestKeyReadsWhatItWrote(t *testing.T) {
	k, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	again, err := board.ParseKey(k.Secret())
	require.NoError(t, err)
	require.Equal(t, k.Secret(), again.Secret())
	require.Equal(t, k.Public(), again.Public())
	require.Equal(t, testOrigin, again.Origin())
	p, err := board.ParsePublicKey(k.Public())
	require.NoError(t, err)
	require.Equal(t, testOrigin, p.Name())
	require.False(t, p.Witness())
}

func TestTwoKeysDiffer(t *testing.T) {
	a, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	b, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	require.NotEqual(t, a.Public(), b.Public())
}

func TestKeyIsNeverPrinted(t *testing.T) {
	k := testKey(t, testOrigin)
	material := strings.SplitN(k.Secret(), "+", 5)[4]
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("key", "key", k)
	printed := []string{logged.String(), k.String(), k.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, k), fmt.Sprintf(verb, *k), fmt.Sprintf(verb, struct{ k *board.Key }{k}))
	}
	for _, s := range printed {
		require.NotContains(t, s, material)
		require.NotContains(t, s, fmt.Sprintf("%x", testSeed(testOrigin)))
	}
	require.Equal(t, "[redacted]", fmt.Sprintf("%+v", k))
	require.Contains(t, logged.String(), `"key":"[redacted]"`)
}

func TestParseKeyRefuses(t *testing.T) {
	skey := testKey(t, testOrigin).Secret()
	tests := map[string]string{
		"empty":           "",
		"public key":      testKey(t, testOrigin).Public(),
		"without prefix":  strings.TrimPrefix(skey, "PRIVATE+KEY+"),
		"cut":             skey[:len(skey)-4],
		"with newline":    skey + "\n",
		"newline within":  skey[:len(skey)-3] + "\n" + skey[len(skey)-3:],
		"other name":      strings.Replace(skey, testOrigin, "log.example/other", 1),
		"name with space": strings.Replace(skey, testOrigin, "log example", 1),
		"other key hash":  flipHash(skey),
		"upper case hash": upperHash(skey),
		"witness's key":   testWitness(t, testOrigin).skey,
	}
	for name, s := range tests {
		_, err := board.ParseKey(s)
		require.ErrorIs(t, err, board.ErrKey, name)
	}
}

// flipHash changes the key hash of a private or public key.
func flipHash(key string) string {
	return replaceHash(key, func(h string) string {
		last := "0"
		if strings.HasSuffix(h, "0") {
			last = "1"
		}
		return h[:len(h)-1] + last
	})
}

// upperHash spells the key hash in capitals.
func upperHash(key string) string { return replaceHash(key, strings.ToUpper) }

// replaceHash spells the eight digits of the key hash otherwise.
func replaceHash(key string, f func(string) string) string {
	at := regexp.MustCompile(`\+[0-9a-f]{8}\+`).FindStringIndex(key)
	return key[:at[0]+1] + f(key[at[0]+1:at[1]-1]) + key[at[1]-1:]
}

// looseBase64 sets the unused bits before the padding, which a lenient decoder
// ignores.
func looseBase64(t testing.TB, s string) string {
	t.Helper()
	body := strings.TrimRight(s, "=\n")
	require.NotEqual(t, s, body, "no padding in %q", s)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	i := strings.IndexByte(alphabet, body[len(body)-1])
	return body[:len(body)-1] + alphabet[i^1:i^1+1] + s[len(body):]
}

func TestParsePublicKeyRefuses(t *testing.T) {
	vkey, wkey := testKey(t, testOrigin).Public(), testWitness(t, "witness.example/a").vkey
	pq, err := newMLDSA("witness.example/m")
	require.NoError(t, err)
	_, err = board.ParsePublicKey(pq.vkey)
	require.NoError(t, err)
	tests := map[string]string{
		"empty":                  "",
		"name alone":             testOrigin,
		"no key":                 testOrigin + "+00000000+",
		"private key":            testKey(t, testOrigin).Secret(),
		"other name":             strings.Replace(vkey, "log", "lag", 1),
		"other key hash":         flipHash(vkey),
		"witness other key hash": flipHash(wkey),
		"witness upper case":     upperHash(wkey),
		"newline":                vkey + "\n",
		"newline within":         wkey[:len(wkey)-3] + "\n" + wkey[len(wkey)-3:],
		"loose base64":           looseBase64(t, pq.vkey),
		"invisible character":    strings.Replace(wkey, "witness", "wit\u200bness", 1),
		"unknown type":           testOrigin + "+00000000+Av8=",
		"short key":              testOrigin + "+00000000+AQID",
		"long name":              strings.Repeat("x", 256) + strings.TrimPrefix(vkey, testOrigin),
	}
	for name, s := range tests {
		_, err := board.ParsePublicKey(s)
		require.ErrorIs(t, err, board.ErrKey, name)
	}
}

func TestNewKeyRefusesNames(t *testing.T) {
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\x00b", "a\xffb", strings.Repeat("x", 256)} {
		_, err := board.NewKey(name)
		require.ErrorIs(t, err, board.ErrKey, "%q", name)
	}
}
