package collector

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"valik/election"
)

// sessionTime is how long a voter's program may ask again after one sign-on. Nothing can be
// cast by a session: a ballot is signed itself.
const sessionTime = 15 * time.Minute

// A session's token is the voter's pseudonym, 8 bytes of Unix time at which it expires, and
// 32 bytes of HMAC over both. So no collector has to remember it, and every collector of
// the election recognises it.
const (
	tokenTime = len(election.Pseudonym{})
	tokenBody = tokenTime + 8
	tokenSize = tokenBody + sha256.Size
)

func (c *Collector) token(voter election.Pseudonym, expires election.Time) []byte {
	b := binary.BigEndian.AppendUint64(voter[:], uint64(expires))
	return append(b, c.authenticateToken(b)...)
}

func (c *Collector) authenticateToken(body []byte) []byte {
	h := hmac.New(sha256.New, c.secrets.session)
	h.Write(body)
	return h.Sum(nil)
}

// Session tells a voter's program anew what Login told it, while the session lasts: it
// does not get longer by that. Errors: *Refusal with the codes session and not_on_roll, and
// those of the database.
//
// It implements Collector.Session of docs/protocol/casting.md.
func (c *Collector) Session(ctx context.Context, token []byte) (*election.Eligibility, error) {
	if len(token) != tokenSize || !hmac.Equal(c.authenticateToken(token[:tokenBody]), token[tokenBody:]) {
		return nil, &Refusal{code: codeSession, err: errors.New("not one of this election's collectors")}
	}
	expires := election.Time(binary.BigEndian.Uint64(token[tokenTime:tokenBody]))
	if c.now() >= expires {
		return nil, &Refusal{code: codeSession, err: fmt.Errorf("it expired at %s", expires)}
	}
	voter, ok := c.bench.Load().roll().ByPseudonym(election.Pseudonym(token[:tokenTime]))
	if !ok {
		return nil, notOnRoll()
	}
	return c.eligibility(ctx, voter, election.Session{Token: token, Expires: expires})
}
