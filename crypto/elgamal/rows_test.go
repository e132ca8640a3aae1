package elgamal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// newCiphertexts returns n different ciphertexts.
func newCiphertexts(t require.TestingT, n int) []elgamal.Ciphertext {
	_, pk := newKey(t)
	cts := make([]elgamal.Ciphertext, n)
	for i := range cts {
		cts[i] = *pk.Encrypt(group.NewGenerator(), group.NewScalar(uint64(i)))
	}
	return cts
}

func TestRows(t *testing.T) {
	const n, w = 5, 3
	cts := newCiphertexts(t, n*w)
	rows := elgamal.NewRows(w, cts)
	require.Equal(t, n, rows.Len())
	require.Equal(t, w, rows.Width())
	require.Len(t, rows.All(), n*w)
	require.Len(t, rows.Bytes(), 64*n*w)

	parsed, err := elgamal.ParseRows(rows.Bytes(), w)
	require.NoError(t, err)
	require.Equal(t, rows.Bytes(), parsed.Bytes())
	for i := range n {
		for k := range w {
			c := rows.At(i, k)
			require.True(t, c.Equal(&cts[i*w+k]))
			require.True(t, c.Equal(parsed.At(i, k)))
			require.Equal(t, c.Bytes(), rows.Bytes()[64*(i*w+k):][:64])
			require.Equal(t, c.A.Bytes(), rows.EncodedA()[32*(i*w+k):][:32])
		}
	}
	require.Panics(t, func() { rows.At(0, w) }, "a slot of the next row")
	require.Panics(t, func() { rows.At(n, 0) })
}

func TestNoRows(t *testing.T) {
	rows, err := elgamal.ParseRows(nil, 2)
	require.NoError(t, err)
	require.Zero(t, rows.Len())
	require.Empty(t, rows.EncodedA())
	require.Empty(t, elgamal.NewRows(2, nil).Bytes())
}

func TestParseRowsNamesTheRow(t *testing.T) {
	const w = 2
	good := elgamal.NewRows(w, newCiphertexts(t, 3*w)).Bytes()
	for row := range 3 {
		for slot := range w {
			for component := range 2 {
				bad := append([]byte(nil), good...)
				copy(bad[64*(row*w+slot)+32*component:], noElement)
				_, err := elgamal.ParseRows(bad, w)
				require.ErrorIs(t, err, group.ErrElement)
				require.ErrorContains(t, err, "row "+string(rune('0'+row))+", slot "+string(rune('0'+slot)))
			}
		}
	}
}

func TestRowsOfAWrongLength(t *testing.T) {
	good := elgamal.NewRows(2, newCiphertexts(t, 4)).Bytes()
	for _, n := range []int{1, 64, 127, 129, 192} {
		_, err := elgamal.ParseRows(good[:n], 2)
		require.ErrorIs(t, err, elgamal.ErrLength, "%d bytes", n)
	}
	require.Panics(t, func() { elgamal.NewRows(2, newCiphertexts(t, 3)) })
	require.Panics(t, func() { elgamal.NewRows(0, nil) })
	require.Panics(t, func() { _, _ = elgamal.ParseRows(nil, 0) })
}

func FuzzParseRows(f *testing.F) {
	good := elgamal.NewRows(2, newCiphertexts(f, 4)).Bytes()
	f.Add(good, uint8(2))
	f.Add(good, uint8(3))
	f.Add(good[:100], uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, width uint8) {
		w := int(width%8) + 1
		rows, err := elgamal.ParseRows(b, w)
		if err != nil {
			return
		}
		require.Equal(t, len(b), 64*w*rows.Len())
		if rows.Len() > 0 {
			require.Equal(t, b, elgamal.NewRows(w, rows.All()).Bytes())
		}
	})
}
