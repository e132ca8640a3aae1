//go:build cgo

package token

import (
	"context"
	"crypto/elliptic"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/secret"
	"valik/eid/token/tokentest"
)

// TestTokenIsTakenOut removes SoftHSM's token between two signatures and puts it
// back: the person is asked for the PIN again, and goes on.
func TestTokenIsTakenOut(t *testing.T) {
	w, k, m := newCard(t)
	p := knows(tokentest.PIN)
	key := openKey(t, m, eid.Authentication, p)
	w.requireAuthenticates(t, key)
	k.Remove(t)
	for range 2 {
		require.ErrorIs(t, sign(t, key), ErrRemoved)
	}
	k.Insert(t)
	restart(t, m) // SoftHSM looks for tokens only when it begins
	require.ErrorIs(t, sign(t, key), ErrRemoved)
	w.requireAuthenticates(t, key)
	require.Len(t, p.asked, 2)
}

// restart finalises the module behind our back: what comes next finds it gone, and
// begins it again.
func restart(t *testing.T, m *Module) {
	t.Helper()
	require.NoError(t, m.lib.driver.Finalize())
}

// TestModuleIsFinalised: some other part of the process has ended the module.
func TestModuleIsFinalised(t *testing.T) {
	w, _, m := newCard(t)
	p := knows(tokentest.PIN)
	key := openKey(t, m, eid.Authentication, p)
	w.requireAuthenticates(t, key)
	restart(t, m)
	require.ErrorIs(t, sign(t, key), ErrRemoved)
	w.requireAuthenticates(t, key)
	require.Len(t, p.asked, 2)
}

// TestOldSessions: a restarted module gives the numbers of old sessions to new ones.
// A key that has an old one does not use it, or it would sign with another's.
func TestOldSessions(t *testing.T) {
	w, _, m := newCard(t)
	p := knows(tokentest.PIN)
	authentication, signing := openKey(t, m, eid.Authentication, p), openKey(t, m, eid.Signing, p)
	w.requireAuthenticates(t, authentication)
	w.requireSigns(t, signing)
	restart(t, m)
	require.ErrorIs(t, sign(t, signing), ErrRemoved)
	w.requireSigns(t, signing)
	w.requireAuthenticates(t, authentication)
	require.NoError(t, authentication.Close())
	w.requireSigns(t, signing)
}

// TestRemovalCodes injects the codes by which modules of cards tell a removal in the
// middle of a signature; SoftHSM has no reader. After each the key signs again.
func TestRemovalCodes(t *testing.T) {
	w, _, m := newCard(t)
	i, p := inject(t, m), knows(tokentest.PIN)
	key := openKey(t, m, eid.Signing, p)
	for _, code := range []rv{
		ckrDeviceRemoved, ckrTokenNotPresent, ckrTokenNotRecognized, ckrDeviceError, ckrSlotInvalid,
		ckrSessionInvalid, ckrSessionClosed, ckrObjectHandleInvalid, ckrKeyHandleInvalid,
	} {
		for _, at := range []string{"C_OpenSession", "C_SignInit", "C_Sign"} {
			i.fail = map[string]rv{at: code}
			require.ErrorIs(t, sign(t, key), ErrRemoved, "%s %s", at, code)
			i.fail = nil
		}
	}
	w.requireSigns(t, key)
}

// TestOtherFailures: a code that means no removal is shown as it is.
func TestOtherFailures(t *testing.T) {
	w, _, m := newCard(t)
	i := inject(t, m)
	key := openKey(t, m, eid.Signing, knows(tokentest.PIN))
	i.fail["C_Sign"] = 0x5
	var failed *DriverError
	require.ErrorAs(t, sign(t, key), &failed)
	require.Equal(t, &DriverError{"C_Sign", "CKR 0x5"}, failed)
	i.fail = nil
	w.requireSigns(t, key)
}

// TestOtherCard injects another card in the same reader: found before a login, and
// found after a signature.
func TestOtherCard(t *testing.T) {
	_, _, m := newCard(t)
	other := func(info tokenInfo) tokenInfo {
		info.serial = "another"
		return info
	}
	t.Run("before", func(t *testing.T) {
		i, p := inject(t, m), knows(tokentest.PIN)
		key := openKey(t, m, eid.Signing, p)
		i.token = other
		require.ErrorIs(t, sign(t, key), ErrOtherToken)
		require.Empty(t, p.asked)
	})
	t.Run("after", func(t *testing.T) {
		i := inject(t, m)
		key := openKey(t, m, eid.Signing, knows(tokentest.PIN))
		i.sign = func(signature []byte) []byte {
			i.token = other
			return signature
		}
		require.ErrorIs(t, sign(t, key), ErrOtherToken)
	})
	t.Run("certificate before", func(t *testing.T) {
		i, p := inject(t, m), knows(tokentest.PIN)
		key := openKey(t, m, eid.Signing, p)
		i.value = otherCertificate
		require.ErrorIs(t, sign(t, key), ErrOtherToken)
		require.Empty(t, p.asked)
	})
	t.Run("certificate after", func(t *testing.T) {
		i := inject(t, m)
		key := openKey(t, m, eid.Signing, knows(tokentest.PIN))
		i.sign = func(signature []byte) []byte {
			i.value = otherCertificate
			return signature
		}
		require.ErrorIs(t, sign(t, key), ErrOtherToken)
	})
}

func otherCertificate(attribute uint, value []byte) []byte {
	if attribute == attributeValue {
		return []byte("another")
	}
	return value
}

// TestWrongSignatures injects a broken card: package eid notices before anything
// goes out.
func TestWrongSignatures(t *testing.T) {
	_, _, m := newCard(t)
	i := inject(t, m)
	key := openKey(t, m, eid.Signing, knows(tokentest.PIN))
	for name, c := range map[string]struct {
		sign func([]byte) []byte
		code string
	}{
		"flipped": {func(b []byte) []byte { b[0] ^= 1; return b }, eid.CodeSignatureInvalid},
		"short":   {func(b []byte) []byte { return b[:63] }, eid.CodeSignatureForm},
		"empty":   {func([]byte) []byte { return nil }, eid.CodeSignatureForm},
	} {
		i.sign = c.sign
		require.Equal(t, c.code, eid.CodeOf(sign(t, key)), name)
	}
}

// TestSignaturesInASN1 injects a module that gives ECDSA signatures as ASN.1.
func TestSignaturesInASN1(t *testing.T) {
	w, _, m := newCard(t)
	inject(t, m).sign = inASN1
	w.requireSigns(t, openKey(t, m, eid.Signing, knows(tokentest.PIN)))
}

func TestContext(t *testing.T) {
	w, _, m := newCard(t)
	i, p := inject(t, m), knows(tokentest.PIN)
	key := openKey(t, m, eid.Signing, p)

	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Tokens(over)
	require.ErrorIs(t, err, context.Canceled)
	_, err = m.Key(over, Choice{Usage: eid.Signing})
	require.ErrorIs(t, err, context.Canceled)
	_, err = key.SignDigest(over, make([]byte, 32))
	require.ErrorIs(t, err, context.Canceled)

	// While another operation has the module.
	o, err := m.begin(t.Context())
	require.NoError(t, err)
	late, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	_, err = key.SignDigest(late, make([]byte, 32))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	o.end()

	// Between two calls: the PIN that a person gave meanwhile is not sent.
	middle, halt := context.WithCancel(t.Context())
	key.choice.PIN = func(context.Context, Prompt) (secret.Text, error) { halt(); return p.ask(middle, Prompt{}) }
	_, err = key.SignDigest(middle, make([]byte, 32))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, i.users)

	key.choice.PIN = p.ask
	w.requireSigns(t, key)
}

// TestClose: keys of a closed module are dead; a second Module of the same file
// keeps it open.
func TestClose(t *testing.T) {
	w := newWorld(t)
	insert(t, tokentest.New(t), w.card(t, elliptic.P256()))
	first, err := Open(tokentest.Module(t))
	require.NoError(t, err)
	second, err := Open(tokentest.Module(t))
	require.NoError(t, err)
	gone, stays := openKey(t, first, eid.Signing, knows(tokentest.PIN)), openKey(t, second, eid.Signing, knows(tokentest.PIN))
	w.requireSigns(t, gone)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close())
	require.ErrorIs(t, sign(t, gone), ErrClosed)
	_, err = first.Tokens(t.Context())
	require.ErrorIs(t, err, ErrClosed)
	w.requireSigns(t, stays)
	require.NoError(t, second.Close())
	require.ErrorIs(t, sign(t, stays), ErrClosed)
}

// inASN1 writes r ‖ s as the SEQUENCE of two INTEGERs.
func inASN1(signature []byte) []byte {
	half := len(signature) / 2
	r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		panic(err) // two numbers can be written
	}
	return b
}
