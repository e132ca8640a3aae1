package loopback

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFree(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		address, err := Free()
		require.NoError(t, err)
		require.False(t, seen[address], "it was given before")
		seen[address] = true
		host, port, err := net.SplitHostPort(address)
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1", host)
		number, err := strconv.Atoi(port)
		require.NoError(t, err)
		require.Less(t, number, 32768, "the kernel gives it to connections")
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
}
