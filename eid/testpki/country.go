package testpki

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"time"

	"valik/eid"
)

// country is whose persons an authority issues to.
type country struct {
	rules   *eid.Rules
	prefix  string // of the serial number, such as PNOEE-
	letters string // the two letters of the country
}

func newCountry(p *eid.Profile) (*country, error) {
	rules, err := eid.NewRules(p)
	if err != nil {
		return nil, err
	}
	prefix := p.Identifier.Prefix
	return &country{rules, prefix, prefix[len("PNO") : len(prefix)-1]}, nil
}

var (
	estonia = mustCountry(eid.Estonia())
	latvia  = mustCountry(eid.Latvia())
)

func mustCountry(p *eid.Profile) *country {
	c, err := newCountry(p)
	if err != nil {
		panic(err)
	}
	return c
}

// Rules are the rules of the profile that cards follow if no other is asked for,
// eid.Estonia.
func Rules() *eid.Rules { return estonia.rules }

// subject is the name in the form of the Baltic states' certificates.
func (c *country) subject(code, given, surname string) pkix.Name {
	common := strings.ToUpper(surname + "," + given + "," + code)
	var names []pkix.AttributeTypeAndValue
	for _, attribute := range []struct {
		last  int // of the object identifier 2.5.4.last
		value string
	}{{6, c.letters}, {3, common}, {4, surname}, {42, given}, {5, c.prefix + code}} {
		names = append(names, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, attribute.last}, Value: attribute.value})
	}
	return pkix.Name{ExtraNames: names}
}

// The codes of PersonalCode: a thousand a day for days from 2100 on.
const (
	codesPerDay  = 1000
	daysOfCodes  = 36500
	lastCode     = codesPerDay*daysOfCodes - 1
	girlsCentury = 8 // the first digit: 7 for boys and 8 for girls born in 2100–2199
)

// PersonalCode gives the i-th Estonian personal code, a different one for every i
// from 0 to 36,499,999, always the same. It panics for others.
func PersonalCode(i int) string {
	if i < 0 || i > lastCode {
		panic(fmt.Sprintf("testpki: there is no personal code %d", i))
	}
	born := time.Date(2100, time.January, 1+i/codesPerDay, 0, 0, 0, 0, time.UTC)
	return estonia.complete(fmt.Sprintf("%d%s%03d", girlsCentury-i%2, born.Format("060102"), i%codesPerDay))
}

// The codes of LatvianCode: a thousand a day for the days of 2099, the last year
// that their old form can write.
const lastLatvianCode = 365*codesPerDay - 1

// LatvianCode gives the i-th Latvian personal code, a different one for every i
// from 0 to 364,999, always the same. It panics for others.
func LatvianCode(i int) string {
	if i < 0 || i > lastLatvianCode {
		panic(fmt.Sprintf("testpki: there is no Latvian personal code %d", i))
	}
	born := time.Date(2099, time.January, 1+i/codesPerDay, 0, 0, 0, 0, time.UTC)
	return latvia.complete(fmt.Sprintf("%s-2%03d", born.Format("020106"), i%codesPerDay))
}

// complete appends the last digit of a code.
func (c *country) complete(beginning string) string {
	code, err := c.rules.CompleteCode(beginning)
	if err != nil {
		panic(err) // ours are beginnings of codes
	}
	return code
}
