//go:build cgo

package token

import (
	"context"
	"crypto/elliptic"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/secret"
	"valik/eid/token/tokentest"
)

// newCard is a card of P-256 in an open module.
func newCard(t *testing.T) (*world, *tokentest.Token, *Module) {
	t.Helper()
	w, k := newWorld(t), tokentest.New(t)
	insert(t, k, w.card(t, elliptic.P256()))
	return w, k, openModule(t)
}

// TestWrongPIN: one wrong PIN is one attempt; the next prompt says that it was
// wrong, and the right one is taken.
func TestWrongPIN(t *testing.T) {
	w, k, m := newCard(t)
	i := inject(t, m)
	for _, usage := range []eid.Usage{eid.Authentication, eid.Signing} {
		i.users = nil
		p := knows("99999", tokentest.PIN)
		key := openKey(t, m, usage, p)
		var failed *PINError
		require.ErrorAs(t, sign(t, key), &failed)
		require.Equal(t, CodePINWrong, failed.Code())
		require.Equal(t, PINState{Low: true}, failed.PINState) // SoftHSM tells "low" after one
		require.Contains(t, failed.Error(), "few attempts are left")
		require.Equal(t, []uint{userNormal}, i.users)
		if usage == eid.Signing {
			w.requireSigns(t, key)
		} else {
			w.requireAuthenticates(t, key)
		}
		require.Equal(t, []Prompt{
			{Token: k.Label, Usage: usage},
			{Token: k.Label, Usage: usage, Low: true, Again: true},
		}, p.asked)
		require.NoError(t, key.Close())
	}
}

// TestWrongPINBeforeASignature: the PIN is right at first and wrong when the key
// asks for it again.
func TestWrongPINBeforeASignature(t *testing.T) {
	w, _, m := newCard(t)
	i := inject(t, m)
	key := openKey(t, m, eid.Signing, knows(tokentest.PIN, "99999", tokentest.PIN))
	w.requireSigns(t, key)
	var failed *PINError
	require.ErrorAs(t, sign(t, key), &failed)
	w.requireSigns(t, key)
	require.Equal(t, []uint{userNormal, userContextSpecific, userContextSpecific, userNormal, userContextSpecific}, i.users)
}

// TestNoPIN: an empty PIN, or nobody to ask, cancels, and nothing is sent.
func TestNoPIN(t *testing.T) {
	_, _, m := newCard(t)
	i := inject(t, m)
	require.ErrorIs(t, sign(t, openKey(t, m, eid.Signing, knows(""))), ErrCancelled)
	key, err := m.Key(t.Context(), Choice{Usage: eid.Signing})
	require.NoError(t, err)
	require.ErrorIs(t, sign(t, key), ErrCancelled)

	lost := errors.New("the terminal is gone")
	key, err = m.Key(t.Context(), Choice{Usage: eid.Signing, PIN: func(context.Context, Prompt) (secret.Text, error) {
		return secret.New([]byte(tokentest.PIN)), lost
	}})
	require.NoError(t, err)
	require.ErrorIs(t, sign(t, key), lost)
	require.Empty(t, i.users)
}

// TestPINLength: a PIN that the token would not even compare is not sent.
func TestPINLength(t *testing.T) {
	_, _, m := newCard(t)
	i := inject(t, m)
	var failed *PINError
	require.ErrorAs(t, sign(t, openKey(t, m, eid.Signing, knows("1"))), &failed) // SoftHSM wants 4 to 255
	require.Equal(t, CodePINRejected, failed.Code())
	require.Empty(t, i.users)
}

// TestPINOutcomes injects what SoftHSM never says: it counts no attempts and locks
// nothing.
func TestPINOutcomes(t *testing.T) {
	_, _, m := newCard(t)
	for _, c := range []struct {
		name  string
		code  rv
		flags uint
		want  string
		state PINState
		text  string
	}{
		{"few", ckrPINIncorrect, flagPINLow, CodePINWrong, PINState{Low: true}, "few attempts"},
		{"final", ckrPINIncorrect, flagPINLow | flagPINFinal, CodePINWrong, PINState{Low: true, Final: true}, "one attempt is left"},
		{"nothing told", ckrPINIncorrect, 0, CodePINWrong, PINState{}, "the PIN is wrong ("},
		{"locked by this", ckrPINIncorrect, flagPINLocked, CodePINLocked, PINState{Locked: true}, "PUK"},
		{"locked", ckrPINLocked, 0, CodePINLocked, PINState{Locked: true}, "PUK"},
		{"length", ckrPINLength, 0, CodePINRejected, PINState{}, "length"},
		{"characters", ckrPINInvalid, 0, CodePINRejected, PINState{}, "length"},
		{"expired", ckrPINExpired, 0, CodePINRejected, PINState{}, "set a new one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := inject(t, m)
			i.login = func(uint, []byte) (rv, []byte) {
				i.token = func(info tokenInfo) tokenInfo {
					info.flags = info.flags&^(flagPINLow|flagPINFinal|flagPINLocked) | c.flags
					return info
				}
				return c.code, nil
			}
			var failed *PINError
			require.ErrorAs(t, sign(t, openKey(t, m, eid.Signing, knows("99999"))), &failed)
			require.Equal(t, c.want, failed.Code())
			require.Equal(t, c.state, failed.PINState)
			require.Contains(t, failed.Error(), c.text)
			require.Contains(t, failed.Error(), c.code.Error())
			require.Len(t, i.users, 1)
		})
	}
}

// TestPINStates injects states in which nobody is asked for a PIN, and such that a
// person should know before.
func TestPINStates(t *testing.T) {
	_, k, m := newCard(t)
	state := func(t *testing.T, set, unset uint) (*injected, *person, error) {
		t.Helper()
		i, p := inject(t, m), knows("99999")
		i.token = func(info tokenInfo) tokenInfo {
			info.flags = info.flags&^unset | set
			return info
		}
		return i, p, sign(t, openKey(t, m, eid.Signing, p))
	}
	t.Run("locked", func(t *testing.T) {
		i, p, err := state(t, flagPINLocked, 0)
		var failed *PINError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, CodePINLocked, failed.Code())
		require.Empty(t, p.asked)
		require.Empty(t, i.users)
	})
	t.Run("missing", func(t *testing.T) {
		_, p, err := state(t, 0, flagPINSet)
		require.ErrorIs(t, err, ErrPINMissing)
		require.Empty(t, p.asked)
	})
	t.Run("final", func(t *testing.T) {
		_, p, err := state(t, flagPINLow|flagPINFinal, 0)
		require.Error(t, err)
		require.Equal(t, []Prompt{{Token: k.Label, Usage: eid.Signing, Low: true, Final: true}}, p.asked)
	})
}

// TestPINPad injects a reader with keys of its own: the module gets no PIN from us,
// for both logins, and the person is told so.
func TestPINPad(t *testing.T) {
	w, k, m := newCard(t)
	i := inject(t, m)
	i.token = func(info tokenInfo) tokenInfo {
		info.flags |= flagPinPad
		return info
	}
	i.login = func(_ uint, pin []byte) (rv, []byte) { return 0, []byte(tokentest.PIN) } // typed at the reader
	p := knows("ignored")
	w.requireSigns(t, openKey(t, m, eid.Signing, p))
	require.Equal(t, []Prompt{{Token: k.Label, Usage: eid.Signing, PinPad: true}, {Token: k.Label, Usage: eid.Signing, PinPad: true}}, p.asked)
	require.Equal(t, 2, i.pads)

	i.login = func(uint, []byte) (rv, []byte) { return ckrFunctionCanceled, nil } // the red key
	require.ErrorIs(t, sign(t, openKey(t, m, eid.Signing, p)), ErrCancelled)
}

// TestLoginState: a token is logged in for all its keys, until the last is closed.
func TestLoginState(t *testing.T) {
	w, _, m := newCard(t)
	p := knows(tokentest.PIN)
	first, second := openKey(t, m, eid.Authentication, p), openKey(t, m, eid.Authentication, p)
	w.requireAuthenticates(t, first)
	w.requireAuthenticates(t, second) // the token is logged in already
	require.Len(t, p.asked, 1)
	require.NoError(t, first.Close())
	require.NoError(t, second.Close())
	w.requireAuthenticates(t, first) // the last session has logged out
	require.Len(t, p.asked, 2)
}

// TestAlreadyLoggedIn: a login that comes too late is as good; here the session's
// state is injected, and SoftHSM's own answer is CKR_USER_ALREADY_LOGGED_IN.
func TestAlreadyLoggedIn(t *testing.T) {
	w, _, m := newCard(t)
	i, p := inject(t, m), knows(tokentest.PIN)
	w.requireAuthenticates(t, openKey(t, m, eid.Authentication, p))
	i.hideLogin = true
	w.requireSigns(t, openKey(t, m, eid.Signing, p))
	require.Equal(t, []uint{userNormal, userNormal, userContextSpecific}, i.users)
}

// TestPINIsWiped: what Ask gave is overwritten when the signature is there.
func TestPINIsWiped(t *testing.T) {
	w, _, m := newCard(t)
	for _, pin := range []string{tokentest.PIN, "99999"} {
		b := []byte(pin)
		k, err := m.Key(t.Context(), Choice{Usage: eid.Signing, PIN: func(context.Context, Prompt) (secret.Text, error) { return secret.New(b), nil }})
		require.NoError(t, err)
		if pin == tokentest.PIN {
			w.requireSigns(t, k)
		} else {
			require.Error(t, sign(t, k))
		}
		require.Equal(t, make([]byte, len(pin)), b)
		require.NoError(t, k.Close())
	}
}
