package keyring

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"valik/eid"
	"valik/eid/token"
)

// halves are the tokens of one card: OpenSC shows one for each PIN, alike but for the
// label.
type halves []token.Token

// sight is a card that a module shows.
type sight struct {
	uri    URI
	tokens halves
	certs  []*x509.Certificate // that fit: for authentication, for signing, or both
}

func findCards(ctx context.Context, modules []string) ([]Found, []error) {
	var seen []sight
	var failures []error
	for _, path := range distinct(modules) {
		cards, errs := look(ctx, path)
		for _, err := range errs {
			failures = append(failures, fmt.Errorf("%s: %w", path, err))
		}
		seen = merge(seen, cards)
	}
	return foundCards(seen), failures
}

// foundCards adds its number to a label that several cards have: it is printed on many
// cards, and a PIN for another's card would use up an attempt there.
func foundCards(seen []sight) []Found {
	count := map[string]int{}
	for _, c := range seen {
		count[c.tokens.label()]++
	}
	var list []Found
	for _, c := range seen {
		label := c.tokens.label()
		if count[label] > 1 {
			label = strings.TrimSpace(label + " " + token.Shown(c.uri.Serial))
		}
		list = append(list, Found{Spec: c.uri.String(), Label: label, PIN: c.tokens.pin()})
	}
	return list
}

// look lists the cards behind one module.
func look(ctx context.Context, path string) (list []sight, failures []error) {
	m, err := token.Open(path)
	if err != nil {
		return nil, []error{err}
	}
	defer func() {
		if err := m.Close(); err != nil {
			failures = append(failures, err)
		}
	}()
	tokens, err := m.Tokens(ctx)
	if err != nil {
		return nil, []error{err}
	}
	for _, h := range group(tokens) {
		cards, err := see(ctx, m, path, h)
		if err != nil {
			failures = append(failures, err)
		}
		list = append(list, cards...)
	}
	return list, failures
}

// group joins the tokens of one card. Without a serial number nothing says that two are
// of one.
func group(tokens []token.Token) []halves {
	var list []halves
	for _, t := range tokens {
		i := slices.IndexFunc(list, func(h halves) bool {
			return t.Serial != "" && t.Serial == h[0].Serial && t.Manufacturer == h[0].Manufacturer && t.Model == h[0].Model
		})
		if i < 0 {
			list = append(list, halves{t})
			continue
		}
		list[i] = append(list[i], t)
	}
	return list
}

// see reads the certificates of tokens. If more than one fits for a use, the tokens are
// different cards whose maker gives all the same number: each is seen by itself.
func see(ctx context.Context, m *token.Module, path string, h halves) ([]sight, error) {
	u := h.uri(path)
	certs, err := reach(ctx, m, u)
	var choice *token.ChoiceError
	if errors.As(err, &choice) && len(h) > 1 {
		return seeApart(ctx, m, u, h)
	}
	if err != nil || len(certs) == 0 {
		return nil, err
	}
	return []sight{{u, h, certs}}, nil
}

func seeApart(ctx context.Context, m *token.Module, u URI, h halves) ([]sight, error) {
	var list []sight
	var failures []error
	for _, t := range h {
		u.Slot = &t.Slot // with the same number the labels may be the same, too
		certs, err := reach(ctx, m, u)
		failures = append(failures, err)
		if len(certs) > 0 {
			list = append(list, sight{u, halves{t}, certs})
		}
	}
	return list, errors.Join(failures...)
}

// reach gives the certificates that a program with this URI will use. None is no error;
// several for one use are a *token.ChoiceError.
func reach(ctx context.Context, m *token.Module, u URI) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for _, usage := range []eid.Usage{eid.Authentication, eid.Signing} {
		choice := u.choice()
		choice.Usage = usage
		k, err := m.Key(ctx, choice)
		var none *token.ChoiceError
		if errors.As(err, &none) && none.Fits == 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, k.Certificate())
	}
	return list, nil
}

// merge adds the cards that another module shows. The same card, known by a
// certificate, stays as it was first seen, unless the other module reaches more of it.
func merge(seen, more []sight) []sight {
	for _, c := range more {
		i := slices.IndexFunc(seen, c.same)
		switch {
		case i < 0:
			seen = append(seen, c)
		case len(c.certs) > len(seen[i].certs):
			seen[i] = c
		}
	}
	return seen
}

func (c sight) same(other sight) bool {
	return c.uri.Module != other.uri.Module && slices.ContainsFunc(c.certs, func(cert *x509.Certificate) bool {
		return slices.ContainsFunc(other.certs, cert.Equal)
	})
}

// uri chooses the card by its number, or else by the label. What a URI cannot say is
// left out.
func (h halves) uri(module string) URI {
	t := h[0]
	u := URI{Module: module, Manufacturer: t.Manufacturer, Model: t.Model, Serial: t.Serial}
	if u.Serial == "" {
		u.Token = t.Label
	}
	for _, field := range []*string{&u.Token, &u.Manufacturer, &u.Model, &u.Serial} {
		if !printable(*field) {
			*field = ""
		}
	}
	return u
}

// half is what tells the tokens of one card apart, at the end of their labels.
var half = regexp.MustCompile(`(?i) *\([^()]*\bPIN[^()]*\)$`)

// label is the card's, as a person sees it.
func (h halves) label() string {
	whole := token.Shown(h[0].Label)
	if name := half.ReplaceAllString(whole, ""); name != "" {
		return name
	}
	return whole
}

// pin is the worst state of the card's PINs.
func (h halves) pin() token.PINState {
	var worst token.PINState
	for _, t := range h {
		worst.Missing = worst.Missing || t.PIN.Missing
		worst.Low = worst.Low || t.PIN.Low
		worst.Final = worst.Final || t.PIN.Final
		worst.Locked = worst.Locked || t.PIN.Locked
	}
	return worst
}
