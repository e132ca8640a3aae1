package eid

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// Challenge is a receiver's fresh random question. The receiver gives each one
// to one session, takes one answer to it and forgets it after a short time:
// whether it is still good is the receiver's to know, not this package's.
type Challenge [32]byte

// NewChallenge makes a challenge.
func NewChallenge() Challenge {
	var c Challenge
	rand.Read(c[:])
	return c
}

// ParseChallenge reads what String writes, and nothing else. The error's code is
// "login_form".
func ParseChallenge(s string) (Challenge, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(Challenge{}) || hex.EncodeToString(b) != s {
		return Challenge{}, refuse(CodeLoginForm, "a challenge is %d lower-case hex digits", 2*len(Challenge{}))
	}
	return Challenge(b), nil
}

// String gives 64 lower-case hex digits.
func (c Challenge) String() string { return hex.EncodeToString(c[:]) }

// Question is all that the answer to a challenge is bound to.
type Question struct {
	// Origin is the receiver as the card holder's own program knows it, such as
	// "https://vote.example.ee", never what the other side says that it is: so an
	// answer given to a false site is worth nothing at the true one. 1 to 255 bytes.
	Origin string
	// Purpose says what is being entered, such as "vote in EP2029". 1 to 255 bytes.
	Purpose string
	// Channel is the binding of the TLS channel over which the answer is sent
	// ([ChannelBinding]), or nil where the receiver does not end the channel itself.
	// With it an answer cannot be relayed over another channel.
	Channel   []byte
	Challenge Challenge
}

// Login is an answer to a challenge: the authentication certificate, and the
// signature by its key.
type Login struct {
	Answer
}

// Sign answers a question with an authentication key.
//
// It implements Login.Sign of docs/protocol/eid.md.
func (q *Question) Sign(ctx context.Context, a Authenticator) (*Login, error) {
	message, err := q.message()
	if err != nil {
		return nil, err
	}
	answer, err := a.Authenticate(ctx, message)
	if err != nil {
		return nil, err
	}
	return &Login{*answer}, nil
}

// Verify says who answered the question, judged at the time `at`.
//
// It implements Login.Verify of docs/protocol/eid.md.
func (l *Login) Verify(is *Issuers, q *Question, at time.Time) (*Identity, error) {
	if err := is.Verify(l.Certificate, Authentication, at); err != nil {
		return nil, err
	}
	message, err := q.message()
	if err != nil {
		return nil, err
	}
	if err := l.Algorithm.verify(l.Certificate, message, l.Signature); err != nil {
		return nil, err
	}
	return is.rules.IdentityOf(l.Certificate)
}

// Bytes gives the number of the algorithm in one byte, the certificate's length in
// two, big endian, the certificate in DER, and the signature.
func (l *Login) Bytes() []byte {
	b := binary.BigEndian.AppendUint16([]byte{byte(l.Algorithm)}, uint16(len(l.Certificate.Raw)))
	return append(append(b, l.Certificate.Raw...), l.Signature...)
}

// loginHead is the bytes of a login before the certificate.
const loginHead = 3

// ParseLogin reads what Bytes writes. The errors' codes are "login_form",
// "certificate_form", "certificate_key_type" and "signature_algorithm".
func ParseLogin(b []byte) (*Login, error) {
	if len(b) < loginHead || len(b)-loginHead < int(binary.BigEndian.Uint16(b[1:])) {
		return nil, refuse(CodeLoginForm, "it ends within the certificate")
	}
	n := loginHead + int(binary.BigEndian.Uint16(b[1:]))
	cert, err := x509.ParseCertificate(b[loginHead:n:n])
	if err != nil {
		return nil, refuse(CodeCertificateForm, "%w", err)
	}
	a := Algorithm(b[0])
	if err := a.checkAllowed(cert); err != nil {
		return nil, err
	}
	if size := a.size(cert); len(b)-n != size {
		return nil, refuse(CodeLoginForm, "the signature has %d bytes, not %d", len(b)-n, size)
	}
	return &Login{Answer{cert, a, append([]byte(nil), b[n:]...)}}, nil
}

// loginDomain begins every message that an authentication key signs for us, so
// that no answer is a signature of anything else, nor the other way round.
const loginDomain = "valik/1 login\n"

// message = domain ‖ len(origin) ‖ origin ‖ len(purpose) ‖ purpose ‖ len(channel) ‖
// channel ‖ challenge, each length one byte.
func (q *Question) message() ([]byte, error) {
	b := []byte(loginDomain)
	for _, s := range [...]string{q.Origin, q.Purpose} {
		if len(s) == 0 || len(s) > 255 {
			return nil, refuse(CodeLoginForm, "origin and purpose have 1 to 255 bytes, not %d", len(s))
		}
		b = append(append(b, byte(len(s))), s...)
	}
	if n := len(q.Channel); n != 0 && n != channelSize {
		return nil, refuse(CodeLoginForm, "a channel's binding has %d bytes, not %d", n, channelSize)
	}
	b = append(append(b, byte(len(q.Channel))), q.Channel...)
	return append(b, q.Challenge[:]...), nil
}
