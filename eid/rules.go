package eid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"regexp"
	"slices"
)

// Bounds of a profile: it comes with a manifest, which is read before it is trusted.
const (
	maxForms   = 8
	maxPattern = 200
	maxCode    = 32
	maxWeight  = 1000
)

var identifierPrefix = regexp.MustCompile(`^[A-Z]{3}[A-Z]{2}-$`)

// Rules is a profile ready for use. It does not change and may be used by many
// goroutines.
type Rules struct {
	prefix   string
	forms    []codeForm
	keys     []string
	purposes map[Usage]purpose
}

type codeForm struct {
	pattern  *regexp.Regexp
	checksum *Checksum
}

// purpose is a KeyProfile whose object identifiers were read.
type purpose struct {
	policies []x509.OID
	extended []x509.OID
}

// NewRules reads a profile. The error's code is "profile" and its text names what
// is wrong.
//
// It implements Eid.Profile of docs/protocol/eid.md.
func NewRules(p *Profile) (*Rules, error) {
	r := &Rules{prefix: p.Identifier.Prefix, keys: p.Keys, purposes: map[Usage]purpose{}}
	if p.Name == "" || len(p.Name) > maxPattern {
		return nil, refuse(CodeProfile, "name: it has 1 to %d bytes", maxPattern)
	}
	if !identifierPrefix.MatchString(r.prefix) {
		return nil, refuse(CodeProfile, "identifier.prefix: %q is not a kind, a country and a dash such as PNOEE-", r.prefix)
	}
	if n := len(p.Identifier.Forms); n < 1 || n > maxForms {
		return nil, refuse(CodeProfile, "identifier.forms: %d forms, not 1 to %d", n, maxForms)
	}
	for i, f := range p.Identifier.Forms {
		form, err := newCodeForm(f)
		if err != nil {
			return nil, refuse(CodeProfile, "identifier.forms[%d]: %w", i, err)
		}
		r.forms = append(r.forms, form)
	}
	for i, k := range p.Keys {
		if k != KeyP256 && k != KeyP384 && k != KeyRSA2048 || slices.Contains(p.Keys[:i], k) {
			return nil, refuse(CodeProfile, "keys[%d]: %q is there twice, or none of %s, %s, %s", i, k, KeyP256, KeyP384, KeyRSA2048)
		}
	}
	if len(p.Keys) == 0 {
		return nil, refuse(CodeProfile, "keys: none is accepted")
	}
	for usage, k := range map[Usage]KeyProfile{Signing: p.Signing, Authentication: p.Authentication} {
		read, err := newPurpose(k)
		if err != nil {
			return nil, refuse(CodeProfile, "%s: %w", usage, err)
		}
		r.purposes[usage] = read
	}
	return r, nil
}

func newCodeForm(f CodeForm) (codeForm, error) {
	if f.Pattern == "" || len(f.Pattern) > maxPattern {
		return codeForm{}, fmt.Errorf("a pattern has 1 to %d bytes", maxPattern)
	}
	// By itself first: one that closes the group below would not be of the whole code.
	if _, err := regexp.Compile(f.Pattern); err != nil {
		return codeForm{}, err
	}
	pattern, err := regexp.Compile(`^(?:` + f.Pattern + `)$`)
	if err != nil {
		return codeForm{}, err
	}
	if f.Checksum != nil {
		if err := f.Checksum.validate(); err != nil {
			return codeForm{}, err
		}
	}
	return codeForm{pattern, f.Checksum}, nil
}

func newPurpose(k KeyProfile) (purpose, error) {
	var p purpose
	for _, list := range []struct {
		texts []string
		oids  *[]x509.OID
	}{{k.Policies, &p.policies}, {k.Extended, &p.extended}} {
		for _, text := range list.texts {
			oid, err := x509.ParseOID(text)
			if err != nil {
				return p, fmt.Errorf("%q is no object identifier", text)
			}
			*list.oids = append(*list.oids, oid)
		}
	}
	return p, nil
}

// checkKey refuses a key of a kind that the profile does not accept.
func (r *Rules) checkKey(key crypto.PublicKey) error {
	if _, err := AlgorithmsOf(key); err != nil {
		return err
	}
	kind := KeyRSA2048
	if k, ok := key.(*ecdsa.PublicKey); ok {
		kind = k.Params().Name // AlgorithmsOf has seen that it is P-256 or P-384
	}
	if !slices.Contains(r.keys, kind) {
		return refuse(CodeCertificateKeyType, "a key of kind %s is not accepted", kind)
	}
	return nil
}

// checkExtended refuses a certificate whose extended key usages, if it has any, are
// none of the profile's for a use.
func (r *Rules) checkExtended(cert *x509.Certificate, usage Usage) error {
	accepted := r.purposes[usage].extended
	has := extendedOf(cert)
	if len(accepted) == 0 || len(has) == 0 {
		return nil
	}
	for _, oid := range accepted {
		if slices.ContainsFunc(has, oid.Equal) {
			return nil
		}
	}
	return refuse(CodeCertificateKeyUsage, "extended key usage: it has none that the profile has for %s", usage)
}

// extendedOf lists all extended key usages of a certificate. Those that
// crypto/x509 knows by name and those that it does not are of one extension.
func extendedOf(cert *x509.Certificate) []x509.OID {
	var list []x509.OID
	for _, usage := range cert.ExtKeyUsage {
		list = append(list, usage.OID())
	}
	for _, unknown := range cert.UnknownExtKeyUsage {
		if oid, err := x509.ParseOID(unknown.String()); err == nil {
			list = append(list, oid)
		}
	}
	return list
}

// ParseCode checks that s is a personal code of the country: one of its forms,
// with the checksum right. The birth date that some codes hold is not judged: the
// issuer of certificates and the voter roll are the authorities on who exists. The
// error's code is "personal_code" and its text does not repeat the input, for logs.
//
// It implements Eid.Code of docs/protocol/eid.md.
func (r *Rules) ParseCode(s string) (string, error) {
	if len(s) > maxCode {
		return "", refuse(CodePersonalCode, "it has %d characters, more than %d", len(s), maxCode)
	}
	for _, form := range r.forms {
		if form.pattern.MatchString(s) {
			return s, form.checksum.check(s)
		}
	}
	return "", refuse(CodePersonalCode, "its %d characters have not the form of a personal code", len(s))
}

// check compares the last digit of a code. A nil checksum is always right.
func (c *Checksum) check(code string) error {
	if c == nil {
		return nil
	}
	digits := digitsOf(code)
	last := len(digits) - 1
	if last != len(c.Rounds[0].Weights) {
		return refuse(CodePersonalCode, "it has %d digits, not %d", len(digits), len(c.Rounds[0].Weights)+1)
	}
	if digits[last] != c.digit(digits[:last]) {
		return refuse(CodePersonalCode, "the checksum is wrong")
	}
	return nil
}

// CompleteCode appends the digit that makes a code of the country out of all
// characters before it: for tests, which need persons. The error's code is
// "personal_code".
func (r *Rules) CompleteCode(s string) (string, error) {
	for _, form := range r.forms {
		if !form.pattern.MatchString(s+"0") || form.checksum == nil {
			continue
		}
		digits := digitsOf(s)
		if len(digits) != len(form.checksum.Rounds[0].Weights) {
			continue
		}
		return s + string(byte('0'+form.checksum.digit(digits))), nil
	}
	return "", refuse(CodePersonalCode, "no form of the profile has these beginnings and a checksum")
}

func digitsOf(s string) []int {
	var digits []int
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			digits = append(digits, int(c-'0'))
		}
	}
	return digits
}
