package processing

import (
	"crypto/x509"
	"slices"
	"sync"

	"valik/eid"
	"valik/election"
)

// maxLists is how many revocation lists are held: ballots that are judged at about the same
// time refer to the newest of each issuer. One of megabytes takes as much memory when read.
const maxLists = 16

// lists holds the revocation lists that were met last, so that one that stands for many
// ballots is read once. The zero lists is empty.
type lists struct {
	mu    sync.Mutex
	kept  map[election.Hash]func() (*eid.RevocationList, error)
	order []election.Hash // of kept, the oldest first
}

// read gives a list of the issuer, good or not: both are found out once.
func (l *lists) read(crl []byte, issuer *x509.Certificate) (*eid.RevocationList, error) {
	return l.reader(election.HashOf(slices.Concat(issuer.Raw, crl)), func() (*eid.RevocationList, error) {
		return eid.ParseRevocationList(crl, issuer)
	})()
}

func (l *lists) reader(key election.Hash, parse func() (*eid.RevocationList, error)) func() (*eid.RevocationList, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.kept[key]; ok {
		return known
	}
	if len(l.order) == maxLists {
		delete(l.kept, l.order[0])
		l.order = l.order[1:]
	}
	if l.kept == nil {
		l.kept = map[election.Hash]func() (*eid.RevocationList, error){}
	}
	l.kept[key] = sync.OnceValues(parse) // read outside of the lock
	l.order = append(l.order, key)
	return l.kept[key]
}
