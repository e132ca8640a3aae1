package group_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

func TestSelect(t *testing.T) {
	p, q := group.NewGenerator(), group.HashToElement("test select")
	require.True(t, group.NewElement().Select(p, q, 1).Equal(p))
	require.True(t, group.NewElement().Select(p, q, 0).Equal(q))

	// The receiver may be one of the two.
	e := group.NewElement().Set(p)
	require.True(t, e.Select(q, e, 0).Equal(p))
	require.True(t, e.Select(q, e, 1).Equal(q))
}
