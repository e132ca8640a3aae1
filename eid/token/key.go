package token

import (
	"bytes"
	"context"
	"crypto/x509"
	"log/slog"

	"valik/eid"
	"valik/eid/secret"
)

// Key is a private key on a token: an eid.Signer. Only the certificate is read at
// first; the first signature opens a session, asks for the PIN and finds the key.
// After an error the session is closed and the next signature begins anew, so that
// a card which was taken out may be put back. The token stays logged in until Close.
type Key struct {
	module    *Module
	choice    Choice
	found     found
	algorithm eid.Algorithm

	// The rest is guarded by the module's turn.
	session *session
	again   bool // the last PIN was wrong
}

// session is an open session that is logged in.
type session struct {
	handle     uint
	epoch      int // of the module: a restarted one gives the same numbers again
	token      Token
	object     uint // the certificate
	key        uint
	alwaysAuth bool // CKA_ALWAYS_AUTHENTICATE
}

// Certificate is the key's certificate.
func (k *Key) Certificate() *x509.Certificate { return k.found.cert }

// Algorithm is how SignDigest signs.
func (k *Key) Algorithm() eid.Algorithm { return k.algorithm }

// Token is the token of the key, as it was when the key was chosen.
func (k *Key) Token() Token { return k.found.token }

// SignDigest signs a digest, and asks for the PIN where the token wants a login. A
// *PINError says that it was wrong: nothing is tried again. Other errors: ErrRemoved,
// ErrOtherToken, ErrCancelled, ErrPINMissing, ErrNoKey, ErrClosed, a *DriverError,
// the context's, or what Ask returned.
func (k *Key) SignDigest(ctx context.Context, digest []byte) ([]byte, error) {
	if len(digest) != k.algorithm.Hash().Size() {
		return nil, eid.ErrOtherAlgorithm
	}
	o, err := k.module.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer o.end()
	signature, err := o.sign(k, digest)
	if err != nil {
		o.drop(k)
		return nil, err
	}
	k.again = false
	return output(k.found.cert, signature)
}

// Close closes the key's session. The token logs out with its last one.
func (k *Key) Close() error {
	o, err := k.module.begin(context.Background())
	if err != nil {
		return nil // a closed module has no sessions
	}
	defer o.end()
	o.drop(k)
	return nil
}

// drop closes the key's session: a failed operation leaves it in no known state.
func (o *operation) drop(k *Key) {
	if k.session != nil && k.session.epoch == o.lib.epoch {
		o.closeSession(k.session.handle)
	}
	k.session = nil
}

func (o *operation) sign(k *Key, digest []byte) ([]byte, error) {
	pin, err := o.ready(k)
	defer pin.Wipe()
	if err != nil {
		return nil, err
	}
	s := k.session
	if s.alwaysAuth && pin.Empty() {
		// Before C_SignInit, so that nothing is begun while a person looks for the PIN.
		pin, err = o.askPIN(k, s.token)
		defer pin.Wipe()
		if err != nil {
			return nil, err
		}
	}
	if _, err := call(o, "C_SignInit", func() (any, error) {
		return nil, o.driver.SignInit(s.handle, mechanismOf(k.algorithm), s.key)
	}); err != nil {
		return nil, err
	}
	if s.alwaysAuth {
		if err := o.login(k, s.handle, s.token, userContextSpecific, pin); err != nil {
			return nil, err
		}
	}
	signature, err := call(o, "C_Sign", func() ([]byte, error) { return o.driver.Sign(s.handle, input(k.algorithm, digest)) })
	if err != nil {
		return nil, err
	}
	return signature, o.checkSame(k)
}

// checkSame: the card that has signed is the one that was chosen.
func (o *operation) checkSame(k *Key) error {
	now, err := o.token(k.session.token.Slot)
	if err != nil {
		return err
	}
	der, err := o.attribute(k.session.handle, k.session.object, attributeValue)
	if err != nil {
		return err
	}
	if !now.same(k.found.token) || !bytes.Equal(der, k.found.cert.Raw) {
		return ErrOtherToken
	}
	return nil
}

// ready opens the key's session if there is none. The PIN that it asked for, if it
// did, is still good for the login of this one signature, so that nobody has to type
// it twice; the caller wipes it.
func (o *operation) ready(k *Key) (secret.Text, error) {
	if k.session != nil && k.session.epoch == o.lib.epoch {
		return secret.Text{}, nil
	}
	t, err := o.again(k)
	if err != nil {
		return secret.Text{}, err
	}
	handle, err := o.openSession(t.Slot)
	if err != nil {
		return secret.Text{}, err
	}
	k.session = &session{handle: handle, epoch: o.lib.epoch, token: t} // the caller drops it after an error
	if k.session.object, err = o.findCertificate(k); err != nil {
		return secret.Text{}, err
	}
	pin, err := o.loginFirst(k)
	if err != nil {
		return pin, err
	}
	return pin, o.findKey(k)
}

// again finds the token that was chosen, in whatever slot it is now.
func (o *operation) again(k *Key) (Token, error) {
	tokens, err := o.tokens()
	if err != nil {
		return Token{}, err
	}
	other := false
	for _, t := range tokens {
		if t.same(k.found.token) && (k.choice.Slot == nil || *k.choice.Slot == t.Slot) {
			return t, nil
		}
		other = other || t.Slot == k.found.token.Slot
	}
	if other {
		return Token{}, ErrOtherToken
	}
	return Token{}, ErrRemoved
}

const redacted = "[redacted]"

// String hides what the key holds.
func (k *Key) String() string { return redacted }

// GoString hides what the key holds.
func (k *Key) GoString() string { return redacted }

// LogValue hides what the key holds.
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }
