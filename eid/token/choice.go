package token

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"valik/eid"
)

// Choice says which key of which token is wanted. Empty fields leave it open: then
// exactly one certificate must fit.
type Choice struct {
	Usage eid.Usage

	Label, Manufacturer, Model, Serial string // of the token
	Slot                               *uint  // number of the slot, as the module counts
	Object                             string // label of the certificate
	ID                                 []byte // identifier of the certificate, CKA_ID

	// PSS asks for RSA signatures by PS256. Without it a key signs by RS256 if the
	// token can, else by PS256.
	PSS bool
	// PIN asks the person. It must not use the module.
	PIN Ask
}

// found is a certificate on a token.
type found struct {
	token Token
	label string
	id    []byte
	cert  *x509.Certificate
}

// Key chooses a key by its certificate, and asks for no PIN yet. Errors: a
// *ChoiceError, ErrMechanism, of a key that package eid does not accept its
// "certificate_key_type", ErrRemoved, ErrClosed, a *DriverError, or the context's.
func (m *Module) Key(ctx context.Context, c Choice) (*Key, error) {
	o, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer o.end()
	f, err := o.choose(c)
	if err != nil {
		return nil, err
	}
	a, err := o.algorithm(c, f)
	if err != nil {
		return nil, err
	}
	return &Key{module: m, choice: c, found: *f, algorithm: a}, nil
}

// choose finds the one certificate that fits.
func (o *operation) choose(c Choice) (*found, error) {
	tokens, err := o.tokens()
	if err != nil {
		return nil, err
	}
	failure := &ChoiceError{Usage: c.Usage.String()}
	var fits []found
	var refused error
	for _, t := range tokens {
		if !c.wantsToken(t) {
			failure.Have = append(failure.Have, "token "+shown(t.Label)+" serial "+shown(t.Serial))
			continue
		}
		certificates, err := o.certificates(t)
		if err != nil {
			return nil, err
		}
		failure.Have = append(failure.Have, describe(t, certificates))
		for _, f := range certificates {
			if !c.wants(f) {
				continue
			}
			if _, err := eid.AlgorithmsOf(f.cert.PublicKey); err != nil {
				refused = err
				continue
			}
			fits = append(fits, f)
		}
	}
	switch failure.Fits = len(fits); {
	case len(fits) == 1:
		return &fits[0], nil
	case len(fits) == 0 && refused != nil:
		return nil, refused
	}
	return nil, failure
}

func (c Choice) wantsToken(t Token) bool {
	for _, pair := range [...][2]string{
		{c.Label, t.Label},
		{c.Manufacturer, t.Manufacturer},
		{c.Model, t.Model},
		{c.Serial, t.Serial},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return c.Slot == nil || *c.Slot == t.Slot
}

func (c Choice) wants(f found) bool {
	return c.Usage.Fits(f.cert) && (c.Object == "" || c.Object == f.label) && (c.ID == nil || bytes.Equal(c.ID, f.id))
}

// describe lists a token and its certificates for an error.
func describe(t Token, certificates []found) string {
	text := "token " + shown(t.Label) + " serial " + shown(t.Serial) + " with "
	if len(certificates) == 0 {
		return text + "no certificate"
	}
	for i, f := range certificates {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("certificate %s id %x for %s", shown(f.label), f.id, usages(f.cert))
	}
	return text
}

func usages(cert *x509.Certificate) string {
	var list string
	for _, u := range []eid.Usage{eid.Signing, eid.Authentication} {
		if u.Fits(cert) {
			if list != "" {
				list += " and "
			}
			list += u.String()
		}
	}
	if list == "" {
		return "nothing here"
	}
	return list
}

// certificates lists what can be read without a PIN. An object that is no X.509
// certificate is passed over: cards keep their authorities' and other things too.
func (o *operation) certificates(t Token) ([]found, error) {
	session, err := o.openSession(t.Slot)
	if err != nil {
		return nil, err
	}
	defer o.closeSession(session)
	return o.certificatesOf(t, session)
}

func (o *operation) certificatesOf(t Token, session uint) ([]found, error) {
	objects, err := o.find(session, classCertificate, nil)
	if err != nil {
		return nil, err
	}
	var list []found
	for _, object := range objects {
		f := found{token: t}
		der, err := o.attribute(session, object, attributeValue)
		if err != nil {
			return nil, err
		}
		if f.cert, err = x509.ParseCertificate(der); err != nil {
			continue
		}
		if f.id, err = o.attribute(session, object, attributeID); err != nil {
			return nil, err
		}
		label, err := o.attribute(session, object, attributeLabel)
		if err != nil {
			return nil, err
		}
		f.label = string(label)
		list = append(list, f)
	}
	return list, nil
}

// algorithm chooses how the key signs, of what the key allows, the token can, and
// the caller wants.
func (o *operation) algorithm(c Choice, f *found) (eid.Algorithm, error) {
	allowed, err := eid.AlgorithmsOf(f.cert.PublicKey)
	if err != nil {
		return 0, err
	}
	have, err := call(o, "C_GetMechanismList", func() ([]uint, error) { return o.driver.Mechanisms(f.token.Slot) })
	if err != nil {
		return 0, err
	}
	for _, a := range allowed {
		if slices.Contains(have, mechanismOf(a)) && !(c.PSS && a == eid.RS256) {
			return a, nil
		}
	}
	return 0, ErrMechanism
}

func isRemoved(err error) bool { return errors.Is(err, ErrRemoved) }
