//go:build cgo

package keyring

import (
	"crypto/elliptic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
	"valik/eid/token"
	"valik/eid/token/tokentest"
)

// TestSeeApart: tokens that nothing but their slots tells apart are two cards if both
// have a key for one use, and one card if each has another.
func TestSeeApart(t *testing.T) {
	from := time.Date(2029, time.March, 1, 0, 0, 0, 0, time.UTC)
	authority, err := testpki.NewAuthority("Valik test", from, from.AddDate(0, 1, 0))
	require.NoError(t, err)
	card, err := authority.Issue(testpki.PersonalCode(41), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	first := tokentest.New(t)
	second := first.Another(t, "second", tokentest.PIN)
	first.Import(t, card.Authentication, "authentication", "01", false)
	second.Import(t, card.Signing, "signature", "02", true)

	m, err := token.Open(first.Module)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	tokens := func() (h halves) {
		list, err := m.Tokens(t.Context())
		require.NoError(t, err)
		for _, t := range list {
			if t.PIN.Missing {
				continue // the free slot of SoftHSM
			}
			t.Label, t.Serial = "", ""
			h = append(h, t)
		}
		return h
	}
	seen, err := see(t.Context(), m, first.Module, tokens())
	require.NoError(t, err)
	require.Len(t, seen, 1)
	require.Nil(t, seen[0].uri.Slot)
	require.Len(t, seen[0].certs, 2)

	first.Import(t, card.Signing, "signature", "02", true)
	seen, err = see(t.Context(), m, first.Module, tokens())
	require.NoError(t, err)
	require.Len(t, seen, 2)
	require.NotEqual(t, *seen[0].uri.Slot, *seen[1].uri.Slot)
	require.ElementsMatch(t, []int{2, 1}, []int{len(seen[0].certs), len(seen[1].certs)})
}
