package eid_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// TestForged gives every forged container its own verdict: a refusal with the
// right code, or a person and the same bytes again.
func TestForged(t *testing.T) {
	certs, vectors := forge.Vectors()
	issuers, err := eid.NewIssuers(testpki.Rules(), certs)
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, v := range vectors {
		require.False(t, names[v.Name], v.Name)
		names[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			container, err := eid.ParseContainer(v.Bytes)
			if err == nil {
				require.Equal(t, v.Bytes, container.Bytes())
				_, err = container.Verify(issuers, v.At)
			}
			require.Equal(t, v.Code, eid.CodeOf(err), "%s: %v", v.Fault, err)
			if v.Code != "" {
				requireTyped(t, err)
			}
		})
	}
}

// requireTyped: whatever is refused is an *eid.Error that unwraps to its cause.
func requireTyped(t *testing.T, err error) {
	t.Helper()
	var refusal *eid.Error
	require.ErrorAs(t, err, &refusal)
	require.NotNil(t, errors.Unwrap(refusal))
	require.Contains(t, err.Error(), refusal.Code())
}
