//go:build !cgo

package token

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoCgo(t *testing.T) {
	_, err := Open("/bin/sh")
	require.ErrorIs(t, err, ErrNoCgo)
	require.Equal(t, CodeNoCgo, ErrNoCgo.Code())
}
