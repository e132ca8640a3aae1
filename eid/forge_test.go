package eid_test

import (
	"errors"
	"testing"
	"time"

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
			err := judge(t, issuers, v.Bytes, v.LongTerm, v.At)
			require.Equal(t, v.Code, eid.CodeOf(err), "%s: %v", v.Fault, err)
			if v.Code != "" {
				requireTyped(t, err)
			}
		})
	}
}

// judge reads and verifies a container of either level.
func judge(t *testing.T, issuers *eid.Issuers, b []byte, longTerm bool, at time.Time) error {
	t.Helper()
	if !longTerm {
		c, err := eid.ParseContainer(b)
		if err != nil {
			return err
		}
		require.Equal(t, b, c.Bytes())
		_, err = c.Verify(issuers, at)
		return err
	}
	l, err := eid.ParseLongTerm(b)
	if err != nil {
		return err
	}
	require.Equal(t, b, l.Bytes())
	_, err = l.Container().Verify(issuers, at)
	return err
}

// requireTyped: whatever is refused is an *eid.Error that unwraps to its cause.
func requireTyped(t *testing.T, err error) {
	t.Helper()
	var refusal *eid.Error
	require.ErrorAs(t, err, &refusal)
	require.NotNil(t, errors.Unwrap(refusal))
	require.Contains(t, err.Error(), refusal.Code())
}
