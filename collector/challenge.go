package collector

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"valik/eid"
	"valik/election"
)

// challengeTime is how long a voter has to answer: time to find the card's PIN.
const challengeTime = 3 * time.Minute

// A challenge is 8 random bytes, 8 bytes of Unix time at which it expires, and 16 bytes of
// HMAC over both: any collector of the election recognises it, and none has to remember it
// before it is answered. So asking for challenges costs an attacker more than us.
const (
	challengeRandom = 8
	challengeBody   = 16
)

// secrets authenticate what the collector gives out and wants to know again.
type secrets struct{ challenge, session, notice []byte }

// newSecrets derives them from the key that all collectors of the election share.
func newSecrets(key ed25519.PrivateKey, fingerprint election.Hash) (secrets, error) {
	challenge, err := hkdf.Key(sha256.New, key.Seed(), fingerprint[:], "valik/1 login challenge", sha256.Size)
	if err != nil {
		return secrets{}, err
	}
	session, err := hkdf.Key(sha256.New, key.Seed(), fingerprint[:], "valik/1 session", sha256.Size)
	if err != nil {
		return secrets{}, err
	}
	notice, err := hkdf.Key(sha256.New, key.Seed(), fingerprint[:], "valik/1 notice", sha256.Size)
	return secrets{challenge, session, notice}, err
}

// Challenge makes a challenge.
//
// It implements Collector.Challenge of docs/protocol/casting.md.
func (c *Collector) Challenge() *election.Challenge {
	var x eid.Challenge
	rand.Read(x[:challengeRandom])
	expires := c.now() + election.Time(challengeTime/time.Second)
	binary.BigEndian.PutUint64(x[challengeRandom:], uint64(expires))
	copy(x[challengeBody:], c.authenticate(x))
	return election.NewChallenge(c.manifest.Fingerprint(), election.Hash(x), expires)
}

func (c *Collector) authenticate(x eid.Challenge) []byte {
	h := hmac.New(sha256.New, c.secrets.challenge)
	h.Write(x[:challengeBody])
	return h.Sum(nil)[:len(x)-challengeBody]
}

// expiry gives when a challenge expires, if it is ours and has not.
func (c *Collector) expiry(x eid.Challenge) (election.Time, error) {
	if !hmac.Equal(c.authenticate(x), x[challengeBody:]) {
		return 0, &Refusal{code: codeChallenge, err: fmt.Errorf("not one of this election's collectors")}
	}
	expires := election.Time(binary.BigEndian.Uint64(x[challengeRandom:challengeBody]))
	if c.now() >= expires {
		return 0, &Refusal{code: codeChallenge, err: fmt.Errorf("it expired at %s", expires)}
	}
	return expires, nil
}
