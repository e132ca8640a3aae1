package eid_test

import (
	"crypto/elliptic"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

func TestVerifyDigest(t *testing.T) {
	authority, err := testpki.NewAuthority("Test", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, err)
	ec, err := authority.Issue(testpki.PersonalCode(1), "Mari", "Tamm", elliptic.P256())
	require.NoError(t, err)
	rsa, err := authority.IssueRSA(testpki.PersonalCode(2), "Mari", "Tamm", 2048)
	require.NoError(t, err)
	for _, key := range []*testpki.Key{ec.Signing, rsa.Signing, rsa.Signing.PSS()} {
		a := key.Algorithm()
		t.Run(a.String(), func(t *testing.T) {
			digest := sha256.Sum256([]byte("a message"))
			signature, err := key.SignDigest(t.Context(), digest[:])
			require.NoError(t, err)
			require.NoError(t, a.VerifyDigest(key.Certificate(), digest[:], signature))

			invalid := func(digest, signature []byte) {
				require.Equal(t, eid.CodeSignatureInvalid, eid.CodeOf(a.VerifyDigest(key.Certificate(), digest, signature)))
			}
			other := sha256.Sum256([]byte("another"))
			invalid(other[:], signature)
			invalid(digest[:31], signature)
			invalid(append(digest[:], 0), signature) // of which ecdsa.Verify would take the first 32 bytes
			invalid(digest[:], signature[1:])
			invalid(digest[:], nil)
			for _, wrong := range []eid.Algorithm{0, eid.ES384, 9} {
				err := wrong.VerifyDigest(key.Certificate(), digest[:], signature)
				require.Equal(t, eid.CodeSignatureAlgorithm, eid.CodeOf(err))
			}
		})
	}
}
