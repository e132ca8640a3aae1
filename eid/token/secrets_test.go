//go:build cgo

package token

import (
	"bytes"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/token/tokentest"
)

// collector keeps everything that could be printed or logged of a value.
type collector struct{ bytes.Buffer }

func (c *collector) say(values ...any) {
	for _, handler := range []slog.Handler{
		slog.NewTextHandler(&c.Buffer, &slog.HandlerOptions{Level: slog.LevelDebug}),
		slog.NewJSONHandler(&c.Buffer, &slog.HandlerOptions{Level: slog.LevelDebug}),
	} {
		slog.New(handler).Debug("value", "values", values, "first", values[0])
	}
	for _, v := range values {
		fmt.Fprintf(c, "%v %+v %#v %s\n", v, v, v, v)
		if b, err := json.Marshal(v); err == nil {
			c.Write(b)
		}
	}
}

// TestNoSecretIsSaid plants a PIN, lets good and bad things happen, and looks for
// it, and for a wrong one, in everything that the package gives.
func TestNoSecretIsSaid(t *testing.T) {
	const planted, wrong = "plantedKq7ZtR4vXw9mBn2LpD8sYc3H", "wrongplantedFj6GhT1uQe5oAi0WkVz"
	w, store := newWorld(t), tokentest.New(t)
	k := store.Another(t, "planted", planted)
	card := w.card(t, elliptic.P256())
	insert(t, k, card)
	m := openModule(t)
	i := inject(t, m)
	said := new(collector)
	p := knows(wrong, planted, planted, wrong, planted)

	key := openKey(t, m, eid.Signing, p)
	said.say(key, m, key.choice, key.Token(), key.Certificate().Subject.CommonName)
	for range 2 {
		err := sign(t, key)
		said.say(key, p.asked, fmt.Sprint(err), err)
	}
	w.requireSigns(t, key)
	for _, code := range []rv{ckrDeviceRemoved, ckrPINLocked, 0x5} {
		i.fail["C_Sign"] = code
		err := sign(t, key)
		require.Error(t, err)
		said.say(key, err, fmt.Sprint(err))
	}
	clear(i.fail)
	i.login = func(uint, []byte) (rv, []byte) { return ckrPINLocked, nil }
	require.NoError(t, key.Close())
	said.say(sign(t, key))
	_, err := m.Key(t.Context(), Choice{Usage: eid.Signing, Label: "none"})
	said.say(err)
	for _, e := range []error{ErrNoCgo, ErrModule, ErrClosed, ErrMechanism, ErrNoKey, ErrRemoved, ErrOtherToken, ErrCancelled, ErrPINMissing} {
		said.say(e)
	}
	tokens, err := m.Tokens(t.Context())
	require.NoError(t, err)
	said.say(tokens)

	require.Contains(t, said.String(), CodePINWrong)
	for _, secret := range []string{planted, wrong} {
		require.NotContains(t, said.String(), secret)
		require.NotContains(t, said.String(), fmt.Sprintf("%x", secret))
		require.NotContains(t, said.String(), fmt.Sprint([]byte(secret)))
	}
}

// TestEveryPINIsWiped: also one that is not sent, for whatever the key asked it.
func TestEveryPINIsWiped(t *testing.T) {
	w, k := newWorld(t), tokentest.New(t)
	insert(t, k, w.card(t, elliptic.P256()))
	m := openModule(t)
	p := knows("1", tokentest.PIN, "1", tokentest.PIN)
	key := openKey(t, m, eid.Signing, p)
	require.Error(t, sign(t, key))
	require.NoError(t, sign(t, key))
	require.Error(t, sign(t, key))
	require.NoError(t, sign(t, key))
	require.Greater(t, len(p.given), 3)
	for i, pin := range p.given {
		require.True(t, pin.Empty(), "PIN %d", i)
	}
}
