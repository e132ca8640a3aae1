// Package loopback gives addresses to programs that must know before they listen where they
// will, or that listen there again after they were killed.
package loopback

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports that are given. They lie below those that the kernel gives to connections, by
// default from 32768: one of these could be taken by any connection of this machine meanwhile.
const (
	first = 10_000
	ports = 22_000
	tries = 1000
)

var errNone = errors.New("loopback: no port is free")

// given are the addresses that this process was given.
var given sync.Map

// Free gives an address on loopback that nobody listens on. It is never given again in this
// process.
func Free() (string, error) {
	for range tries {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(ports)))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			return "", err
		}
		if _, known := given.LoadOrStore(address, true); !known {
			return address, nil
		}
	}
	return "", errNone
}
