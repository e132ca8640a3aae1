package token

import (
	"bytes"
	"errors"

	"valik/eid/secret"
)

// loginFirst logs in if the token wants it and no other key of ours has done it.
func (o *operation) loginFirst(k *Key) (secret.Text, error) {
	s := k.session
	if !s.token.loginRequired {
		return secret.Text{}, nil
	}
	state, err := call(o, "C_GetSessionInfo", func() (uint, error) { return o.driver.SessionState(s.handle) })
	if err != nil || state == stateReadUser || state == stateWriteUser {
		return secret.Text{}, err
	}
	pin, err := o.askPIN(k, s.token)
	if err != nil {
		return pin, err
	}
	return pin, o.login(k, s.handle, s.token, userNormal, pin)
}

// askPIN asks the person for the PIN of a token.
func (o *operation) askPIN(k *Key, t Token) (secret.Text, error) {
	t, err := o.token(t.Slot) // its state may have changed since
	if err != nil {
		return secret.Text{}, err
	}
	if t.PIN.Missing {
		return secret.Text{}, ErrPINMissing
	}
	if t.PIN.Locked {
		return secret.Text{}, &PINError{PINState: t.PIN, Reason: "seen before it was asked for"}
	}
	if k.choice.PIN == nil {
		return secret.Text{}, ErrCancelled
	}
	if err := o.ctx.Err(); err != nil {
		return secret.Text{}, err
	}
	pin, err := k.choice.PIN(o.ctx, Prompt{
		Token: t.Label, Usage: k.choice.Usage,
		Low: t.PIN.Low, Final: t.PIN.Final, Again: k.again, PinPad: t.pinPad,
	})
	switch {
	case err != nil:
		return pin, err
	case t.pinPad:
		pin.Wipe()
		return secret.Text{}, nil
	case pin.Empty():
		return pin, ErrCancelled
	}
	return pin, t.checkLength(pin)
}

// login gives the PIN once. Without a PIN pad it never sends an empty one: a module
// would take that as "use the PIN pad", or count it as a wrong PIN.
func (o *operation) login(k *Key, session uint, t Token, user uint, pin secret.Text) error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	var b []byte
	if !t.pinPad {
		if pin.Empty() {
			return ErrCancelled
		}
		b = pin.Reveal()
	}
	err := o.driver.Login(session, user, b)
	switch codeOf(err) {
	case ckrPINIncorrect, ckrPINLocked, ckrPINInvalid, ckrPINLength, ckrPINExpired:
		return o.pinError(k, t, codeOf(err))
	case ckrAlreadyLoggedIn:
		if user == userNormal {
			return nil
		}
	}
	_, err = call(o, "C_Login", func() (any, error) { return nil, err })
	return err
}

// pinError asks the token how many attempts are left, as far as it tells.
func (o *operation) pinError(k *Key, t Token, code rv) error {
	e := &PINError{PINState: t.PIN, Reason: code.Error()}
	if now, err := o.token(t.Slot); err == nil {
		e.PINState = now.PIN
	}
	e.Locked = e.Locked || code == ckrPINLocked
	e.Rejected = code == ckrPINInvalid || code == ckrPINLength || code == ckrPINExpired
	k.again = !e.Rejected
	return e
}

// findCertificate finds the certificate that was chosen on the card that is there now.
func (o *operation) findCertificate(k *Key) (uint, error) {
	objects, err := o.find(k.session.handle, classCertificate, nil)
	if err != nil {
		return 0, err
	}
	for _, object := range objects {
		der, err := o.attribute(k.session.handle, object, attributeValue)
		if err != nil {
			return 0, err
		}
		if bytes.Equal(der, k.found.cert.Raw) {
			return object, nil
		}
	}
	return 0, ErrOtherToken
}

// findKey finds the certificate's private key: the one of the same CKA_ID, else the
// one of the CKA_ID of the public key that the certificate has.
func (o *operation) findKey(k *Key) error {
	s := k.session
	keys, err := o.keysOf(k, k.found.id)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if keys, err = o.keysByPublic(k); err != nil {
			return err
		}
	}
	if len(keys) != 1 {
		return ErrNoKey
	}
	s.key = keys[0]
	always, err := o.attribute(s.handle, s.key, attributeAlwaysAuth)
	s.alwaysAuth = len(always) > 0 && always[0] != 0
	return err
}

// keysOf lists private keys of an identifier. Those that show another modulus than
// the certificate's are not it.
func (o *operation) keysOf(k *Key, id []byte) ([]uint, error) {
	if len(id) == 0 {
		return nil, nil
	}
	keys, err := o.find(k.session.handle, classPrivateKey, id)
	if err != nil {
		return nil, err
	}
	return o.withPublic(k, keys, true)
}

// keysByPublic finds private keys by the certificate's public key.
func (o *operation) keysByPublic(k *Key) ([]uint, error) {
	private, err := o.find(k.session.handle, classPrivateKey, nil)
	if err != nil {
		return nil, err
	}
	// Private keys of RSA show the modulus; those of ECDSA do not have the point.
	if keys, err := o.withPublic(k, private, false); err != nil || len(keys) > 0 {
		return keys, err
	}
	public, err := o.find(k.session.handle, classPublicKey, nil)
	if err != nil {
		return nil, err
	}
	if public, err = o.withPublic(k, public, false); err != nil {
		return nil, err
	}
	var keys []uint
	for _, object := range public {
		id, err := o.attribute(k.session.handle, object, attributeID)
		if err != nil {
			return nil, err
		}
		some, err := o.keysOf(k, id)
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	return keys, nil
}

// withPublic keeps the objects with the certificate's public key, and, if unknown is
// true, those that do not show theirs.
func (o *operation) withPublic(k *Key, objects []uint, unknown bool) ([]uint, error) {
	attribute, values := publicPart(k.found.cert)
	var keep []uint
	for _, object := range objects {
		have, err := o.attribute(k.session.handle, object, attribute)
		var failed *DriverError
		if err != nil && !errors.As(err, &failed) {
			return nil, err
		}
		matches := len(have) == 0 && unknown
		for _, v := range values {
			matches = matches || len(have) > 0 && equalPart(attribute, have, v)
		}
		if matches {
			keep = append(keep, object)
		}
	}
	return keep, nil
}
