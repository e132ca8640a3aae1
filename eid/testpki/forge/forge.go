// Package forge makes containers that are wrong in exactly one way, each with
// the code that a reader must refuse it with, and some that are unusual but
// right. The tests of package eid run them all, and vectors/eid has them as
// files for other implementations. For tests only, like testpki.
//
// It builds archives and signatures by its own means, so that it does not share
// a mistake with package eid: only the sound container that it starts from is
// made by eid.Seal.
package forge

import (
	"context"
	"crypto/elliptic"
	"crypto/x509"
	"slices"
	"sync"
	"time"

	"valik/eid"
	"valik/eid/testpki"
)

// Vector is one container and the verdict that it must get.
type Vector struct {
	// Name is unique and fit for a file name.
	Name string
	// Fault says in words what is wrong, or unusual, with it.
	Fault string
	// Code is the code of the refusal; "" if the container is right.
	Code string
	// At is when the container is judged.
	At time.Time
	// Bytes is the container.
	Bytes []byte
	// LongTerm says that it is for a reader of containers with evidence.
	LongTerm bool
}

// Level is the level of XAdES of a vector.
func (v *Vector) Level() string {
	if v.LongTerm {
		return "B-LT"
	}
	return "B-B"
}

// The times of the vectors: fixed, so that they do not grow old.
var (
	validFrom = time.Date(2028, time.January, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	signedAt  = time.Date(2029, time.March, 4, 10, 30, 0, 0, time.UTC)
	judgedAt  = signedAt.Add(7 * time.Second)
)

const fileName = "EP2029.ballot"

// data stands for an inner ballot: this package knows none.
var data = []byte("this is what was signed\n")

// world is the people of the vectors.
type world struct {
	authority, stranger *testpki.Authority
	voter, other        *testpki.Card // P-256
	strong              *testpki.Card // P-384
	rsa, long           *testpki.Key  // RSA of 2048 and of 3072 bits
}

func newWorld() *world {
	w := &world{
		authority: must(testpki.NewAuthority("Valik vectors", validFrom, validTo)),
		stranger:  must(testpki.NewAuthority("Valik vectors", validFrom, validTo)),
	}
	w.voter = must(w.authority.Issue(testpki.PersonalCode(1), "Mari-Liis", "Männik", elliptic.P256()))
	w.other = must(w.authority.Issue(testpki.PersonalCode(2), "Jüri", "Kask", elliptic.P256()))
	w.strong = must(w.authority.Issue(testpki.PersonalCode(3), "Õie", "Saar", elliptic.P384()))
	w.rsa, w.long = w.certifyRSA(newRSA(2048)), w.certifyRSA(newRSA(3072))
	return w
}

// Vectors makes all vectors, with fresh keys for each run of a program, and the
// issuers that they are judged by. Nobody changes what it gives.
var Vectors = sync.OnceValues(vectors)

func vectors() (issuers []*x509.Certificate, vectors []Vector) {
	w := newWorld()
	vectors = slices.Concat(w.sound(), w.archives(), w.packages(), w.documents(), w.markup(), w.fields(),
		w.signatures(), w.rsaSignatures(), w.certificates(), w.rsaKeys(), w.policies(), w.subjects(), w.longTerm())
	for i := range vectors {
		if vectors[i].At.IsZero() {
			vectors[i].At = judgedAt
		}
	}
	return w.authority.Certificates(), vectors
}

// seal is a sound container by a key.
func (w *world) seal(key *testpki.Key) *eid.Container {
	return must(eid.Seal(context.Background(), fileName, data, key, signedAt))
}

// sound are the containers that must be accepted.
func (w *world) sound() []Vector {
	p256, p384 := w.seal(w.voter.Signing), w.seal(w.strong.Signing)
	empty := must(eid.Seal(context.Background(), "e", nil, w.voter.Signing, signedAt))
	long := must(eid.Seal(context.Background(), "_0123456789.0123456789-0123456789_0123456789.0123456789-01234567", data, w.voter.Signing, signedAt))
	low, high := w.seal(w.voter.Signing), w.seal(w.voter.Signing)
	setS(low, false)
	setS(high, true)
	return []Vector{
		{Name: "good-p256", Fault: "a P-256 key", Bytes: p256.Bytes()},
		{Name: "good-p384", Fault: "a P-384 key", Bytes: p384.Bytes()},
		{Name: "good-rsa-2048", Fault: "an RSA key of 2048 bits, PKCS #1 v1.5", Bytes: w.seal(w.rsa).Bytes()},
		{Name: "good-rsa-pss", Fault: "an RSA key of 2048 bits, PSS", Bytes: w.seal(w.rsa.PSS()).Bytes()},
		{Name: "good-rsa-3072", Fault: "an RSA key of 3072 bits, PKCS #1 v1.5", Bytes: w.seal(w.long).Bytes()},
		{Name: "good-rsa-leading-zero", Fault: "an RSA signature whose first byte is 0", Bytes: w.sealUntil(hasLeadingZero).Bytes()},
		{Name: "good-empty", Fault: "a file of no bytes under a name of one", Bytes: empty.Bytes()},
		{Name: "good-long-name", Fault: "the longest file name", Bytes: long.Bytes()},
		{Name: "good-low-s", Fault: "s below half of the order", Bytes: low.Bytes()},
		{Name: "good-high-s", Fault: "s above half of the order", Bytes: high.Bytes()},
		{Name: "good-first-second", Fault: "judged in the first second of the validity", At: validFrom, Bytes: must(eid.Seal(context.Background(), fileName, data, w.voter.Signing, validFrom)).Bytes()},
		{Name: "good-last-second", Fault: "judged in the last second of the validity", At: validTo, Bytes: p256.Bytes()},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
