package eid

import (
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

// Login is an answer to a challenge: the authentication certificate, and the
// signature r ‖ s by its key.
type Login struct {
	Certificate *x509.Certificate
	Signature   []byte
}

// SignChallenge answers a challenge with a card's authentication key. origin is
// the receiver as the card holder's own program knows it, e.g.
// "https://vote.example.ee", never what the other side says that it is: so an
// answer given to a false site is worth nothing at the true one. purpose says
// what is being entered, e.g. "vote in EP2029". Both are at most 255 bytes.
//
// It implements Login.Sign of docs/protocol/eid.md.
func SignChallenge(s Signer, origin, purpose string, c Challenge) (*Login, error) {
	message, err := loginMessage(origin, purpose, c)
	if err != nil {
		return nil, err
	}
	suite, err := suiteOf(s.Certificate())
	if err != nil {
		return nil, err
	}
	if err := checkUsage(s.Certificate(), Authentication); err != nil {
		return nil, err
	}
	signature, err := suite.sign(s, message)
	if err != nil {
		return nil, err
	}
	return &Login{s.Certificate(), signature}, nil
}

// Verify says who answered the challenge c, at the receiver `origin` for
// `purpose`, judged at the time `at`.
//
// It implements Login.Verify of docs/protocol/eid.md.
func (l *Login) Verify(is *Issuers, origin, purpose string, c Challenge, at time.Time) (*Identity, error) {
	if err := is.Verify(l.Certificate, Authentication, at); err != nil {
		return nil, err
	}
	message, err := loginMessage(origin, purpose, c)
	if err != nil {
		return nil, err
	}
	suite, err := suiteOf(l.Certificate)
	if err != nil {
		return nil, err
	}
	if err := suite.verify(l.Certificate, message, l.Signature); err != nil {
		return nil, err
	}
	return IdentityOf(l.Certificate)
}

// Bytes gives the certificate's length in two bytes, big endian, the certificate
// in DER, and the signature.
func (l *Login) Bytes() []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(l.Certificate.Raw)))
	return append(append(b, l.Certificate.Raw...), l.Signature...)
}

// ParseLogin reads what Bytes writes. The errors' codes are "login_form",
// "certificate_form" and "certificate_key_type".
func ParseLogin(b []byte) (*Login, error) {
	if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
		return nil, refuse(CodeLoginForm, "it ends within the certificate")
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	cert, err := x509.ParseCertificate(b[2:n:n])
	if err != nil {
		return nil, refuse(CodeCertificateForm, "%w", err)
	}
	suite, err := suiteOf(cert)
	if err != nil {
		return nil, err
	}
	if len(b)-n != 2*suite.half {
		return nil, refuse(CodeLoginForm, "the signature has %d bytes, not %d", len(b)-n, 2*suite.half)
	}
	return &Login{cert, append([]byte(nil), b[n:]...)}, nil
}

// loginDomain begins every message that an authentication key signs for us, so
// that no answer is a signature of anything else, nor the other way round.
const loginDomain = "valik/1 login\n"

// loginMessage = domain ‖ len(origin) ‖ origin ‖ len(purpose) ‖ purpose ‖ challenge,
// each length one byte.
func loginMessage(origin, purpose string, c Challenge) ([]byte, error) {
	b := []byte(loginDomain)
	for _, s := range [...]string{origin, purpose} {
		if len(s) == 0 || len(s) > 255 {
			return nil, refuse(CodeLoginForm, "origin and purpose have 1 to 255 bytes, not %d", len(s))
		}
		b = append(append(b, byte(len(s))), s...)
	}
	return append(b, c[:]...), nil
}
