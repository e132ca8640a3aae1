package eid_test

import (
	"context"
	"crypto/elliptic"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
)

// What is not of the form is said with its place.
func TestOtherBytesAreSaidWithTheirPlace(t *testing.T) {
	authority, _ := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, elliptic.P256()).Signing, now)
	require.NoError(t, err)
	good := c.Bytes()
	const flags = 6 // of the first local header
	for text, b := range map[string][]byte{
		"it has 3 bytes more after its end": append(append([]byte{}, good...), 1, 2, 3),
		"and others from byte 6 on":         changed(good, flags),
	} {
		_, err := eid.ParseContainer(b)
		require.Equal(t, eid.CodeContainerForm, eid.CodeOf(err), "%v", err)
		require.ErrorContains(t, err, text)
	}
}

func changed(b []byte, at int) []byte {
	b = append([]byte{}, b...)
	b[at] ^= 0x08
	return b
}
