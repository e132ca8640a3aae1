package eid_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

var allAlgorithms = []eid.Algorithm{eid.ES256, eid.ES384, eid.RS256, eid.PS256}

// TestKeySigner: a key in memory does all that a card does.
func TestKeySigner(t *testing.T) {
	authority, issuers := newAuthority(t)
	for _, a := range allAlgorithms {
		key := signerOf(t, authority, a)
		signer, err := eid.NewKeySigner(key.Certificate(), key.Private(), a)
		require.NoError(t, err)
		require.Equal(t, a, signer.Algorithm())
		require.Equal(t, key.Certificate(), signer.Certificate())
		c, err := eid.Seal(context.Background(), "a", []byte("ballot"), signer, now)
		require.NoError(t, err, a)
		parsed, err := eid.ParseContainer(c.Bytes())
		require.NoError(t, err)
		require.Equal(t, c, parsed)
		_, err = parsed.Verify(issuers, now)
		require.NoError(t, err)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.Equal(t, "[redacted]", fmt.Sprintf(verb, signer))
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", signer)
		require.Contains(t, log.String(), "[redacted]")
	}
}

func TestNewKeySignerRefuses(t *testing.T) {
	authority, _ := newAuthority(t)
	ec, other, long := signerOf(t, authority, eid.ES256), signerOf(t, authority, eid.ES256), signerOf(t, authority, eid.RS256)
	for _, test := range []struct {
		cert      *testpki.Key
		key       *testpki.Key
		algorithm eid.Algorithm
		code      string
	}{
		{ec, ec, eid.ES256, ""},
		{ec, ec, eid.ES384, eid.CodeSignatureAlgorithm},
		{ec, ec, eid.RS256, eid.CodeSignatureAlgorithm},
		{ec, ec, 0, eid.CodeSignatureAlgorithm},
		{long, long, eid.ES256, eid.CodeSignatureAlgorithm},
		{long, long, 5, eid.CodeSignatureAlgorithm},
		{ec, other, eid.ES256, eid.CodeCertificateKeyType},
		{ec, long, eid.ES256, eid.CodeCertificateKeyType},
		{long, ec, eid.PS256, eid.CodeCertificateKeyType},
	} {
		_, err := eid.NewKeySigner(test.cert.Certificate(), test.key.Private(), test.algorithm)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.algorithm, err)
	}
}

// TestCryptoSigner: the standard library verifies what it gives, and it signs
// nothing but what its key is for.
func TestCryptoSigner(t *testing.T) {
	authority, _ := newAuthority(t)
	pss := func(h crypto.Hash) crypto.SignerOpts {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	for _, a := range allAlgorithms {
		key := signerOf(t, authority, a)
		signer := eid.CryptoSigner(context.Background(), key)
		require.Equal(t, key.Certificate().PublicKey, signer.Public())
		digest, options := a.Digest([]byte("message")), crypto.SignerOpts(a.Hash())
		if a == eid.PS256 {
			options = pss(a.Hash())
		}
		signature, err := signer.Sign(rand.Reader, digest, options)
		require.NoError(t, err)
		switch public := signer.Public().(type) {
		case *ecdsa.PublicKey:
			require.True(t, ecdsa.VerifyASN1(public, digest, signature))
		case *rsa.PublicKey:
			if a == eid.PS256 {
				require.NoError(t, rsa.VerifyPSS(public, a.Hash(), digest, signature, nil))
			} else {
				require.NoError(t, rsa.VerifyPKCS1v15(public, a.Hash(), digest, signature))
			}
		}

		other := pss(a.Hash())
		if a == eid.PS256 {
			other = a.Hash()
		}
		for _, wrong := range []struct {
			digest  []byte
			options crypto.SignerOpts
		}{
			{digest, crypto.SHA512}, {digest, crypto.Hash(0)}, {digest[1:], options}, {nil, options}, {digest, other}, {digest, pss(crypto.SHA512)},
		} {
			_, err := signer.Sign(rand.Reader, wrong.digest, wrong.options)
			require.ErrorIs(t, err, eid.ErrOtherAlgorithm)
		}
	}
}

func TestCryptoSignerHandsErrorsOn(t *testing.T) {
	authority, _ := newAuthority(t)
	removed := errors.New("the card was removed")
	card := brokenCard{newCard(t, authority, elliptic.P256()).Signing, removed}
	_, err := eid.CryptoSigner(context.Background(), card).Sign(rand.Reader, make([]byte, 32), crypto.SHA256)
	require.ErrorIs(t, err, removed)
}

func TestDecodeECDSA(t *testing.T) {
	one := []byte{0x30, 6, 2, 1, 1, 2, 1, 2}
	raw, err := eid.DecodeECDSA(one, 2)
	require.NoError(t, err)
	require.Equal(t, []byte{0, 1, 0, 2}, raw)
	for name, bad := range map[string][]byte{
		"nothing":          nil,
		"no sequence":      {2, 1, 1},
		"one number":       {0x30, 3, 2, 1, 1},
		"three numbers":    {0x30, 9, 2, 1, 1, 2, 1, 2, 2, 1, 3},
		"a byte follows":   append(bytes.Clone(one), 0),
		"cut":              one[:7],
		"zero":             {0x30, 6, 2, 1, 0, 2, 1, 2},
		"negative":         {0x30, 6, 2, 1, 1, 2, 1, 0xff},
		"too long":         {0x30, 8, 2, 3, 1, 0, 0, 2, 1, 2},
		"a leading zero":   {0x30, 7, 2, 2, 0, 1, 2, 1, 2},
		"a long length":    {0x30, 0x81, 6, 2, 1, 1, 2, 1, 2},
		"indefinite":       {0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0},
		"r ‖ s not in DER": {0, 1, 0, 2},
	} {
		_, err := eid.DecodeECDSA(bad, 2)
		require.Equal(t, eid.CodeSignatureForm, eid.CodeOf(err), name)
	}
}

func FuzzDecodeECDSA(f *testing.F) {
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		raw, err := eid.DecodeECDSA(b, 32)
		if err != nil {
			require.Equal(t, eid.CodeSignatureForm, eid.CodeOf(err))
			return
		}
		require.Len(t, raw, 64)
	})
}

// TestRSALogin: an RSA card answers a challenge by either padding, and the answer
// is of that padding alone.
func TestRSALogin(t *testing.T) {
	authority, issuers := newAuthority(t)
	card, err := authority.IssueRSA(testpki.PersonalCode(43), "Mari", "Mets", 2048)
	require.NoError(t, err)
	for _, key := range []*testpki.Key{card.Authentication, card.Authentication.PSS()} {
		asked := question(eid.NewChallenge())
		login, err := asked.Sign(context.Background(), eid.AuthenticateWith(key))
		require.NoError(t, err)
		received, err := eid.ParseLogin(login.Bytes())
		require.NoError(t, err)
		require.Equal(t, login, received)
		_, err = received.Verify(issuers, asked, now)
		require.NoError(t, err)

		received.Algorithm = eid.RS256 + eid.PS256 - received.Algorithm
		_, err = received.Verify(issuers, asked, now)
		require.Equal(t, eid.CodeSignatureInvalid, eid.CodeOf(err))
		b := login.Bytes()
		b[0] = byte(eid.ES256)
		_, err = eid.ParseLogin(b)
		require.Equal(t, eid.CodeSignatureAlgorithm, eid.CodeOf(err))
		_, err = eid.ParseLogin(login.Bytes()[:len(b)-1])
		require.Equal(t, eid.CodeLoginForm, eid.CodeOf(err))
	}
}

func TestAlgorithmNames(t *testing.T) {
	var names []string
	for _, a := range append(allAlgorithms, 0, 9) {
		names = append(names, a.String())
	}
	require.Equal(t, []string{"ES256", "ES384", "RS256", "PS256", "unknown", "unknown"}, names)
}
