package office

import (
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"valik/eid/testpki"
	"valik/election"
)

// makeRoll gives every voter a personal code, a line and an eID.
func (o *Office) makeRoll(ctx context.Context, p *Plan) (err error) {
	persons := make([]person, len(p.Voters))
	for i, v := range p.Voters {
		persons[i] = person{testpki.PersonalCode(i), v}
	}
	slices.SortFunc(persons, func(a, b person) int { return strings.Compare(a.code, b.code) })
	if err := o.issueCards(ctx, persons, p.Step); err != nil {
		return err
	}
	lines := make([]election.Voter, len(persons))
	for i, v := range persons {
		lines[i] = v.line()
	}
	var salt election.Salt
	rand.Read(salt[:])
	o.Roll, err = election.NewRoll(o.Manifest.Fingerprint(), 0, salt, o.Manifest.Opens, o.Manifest.Closes, lines)
	return err
}

// person is a voter with their personal code, in whose order rolls are.
type person struct {
	code string
	Voter
}

// line is the person's line of the roll, under a new pseudonym.
func (p person) line() election.Voter {
	v := election.Voter{Code: p.code, Name: p.Given + " " + p.Surname, District: p.District, Parish: p.Parish}
	rand.Read(v.Pseudonym[:])
	return v
}

// issueCards makes the cards on all cores.
func (o *Office) issueCards(ctx context.Context, persons []person, step func(string, int, int)) error {
	o.Cards = make([]*testpki.Card, len(persons))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range persons {
		g.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			o.Cards[i], err = o.issuer.Issue(p.code, p.Given, p.Surname, elliptic.P256())
			return err
		})
		if step != nil {
			step("cards", i, len(persons))
		}
	}
	return g.Wait()
}
