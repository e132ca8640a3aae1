package load

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"valik/election"
	"valik/internal/office"
)

const (
	electionID = "LOAD"
	district   = "0000.1"
	parish     = "0001"
)

// setUp makes an election of so many voters and choices, whose polls are open, for a
// collector at an address that is a program of its own.
func setUp(ctx context.Context, dir string, voters, choices int, address string, step func(part string, done, total int)) (*office.Office, error) {
	plan := office.Plan{ID: electionID, Name: "Load", Address: address, Voters: make([]office.Voter, voters), Step: step}
	for i := range plan.Voters {
		plan.Voters[i] = office.Voter{Given: "LOAD", Surname: fmt.Sprint("VOTER", i), District: district, Parish: parish}
	}
	plan.Complete = func(m *election.Manifest) {
		m.Contests = []election.Contest{{ID: electionID, Title: m.Title, Slots: 1}}
		m.Districts = []election.District{{ID: district, Name: "Everywhere", Parishes: []string{parish}}}
		m.Lists = []election.ChoiceList{{Contest: electionID, District: district, Lists: []election.Slate{slate(choices)}}}
	}
	o, err := office.New(ctx, dir, plan)
	if err != nil {
		return nil, err
	}
	return o, o.WriteKeys()
}

func slate(choices int) election.Slate {
	s := election.Slate{Name: "List"}
	for i := range choices {
		s.Choices = append(s.Choices, election.Choice{Code: choice(i), Name: fmt.Sprint("Candidate ", i+1)})
	}
	return s
}

func choice(i int) string { return fmt.Sprintf("0000.%d", 101+i) }

// inParallel runs f for 0 … n−1 on all cores.
func inParallel(n int, f func(i int) error, step func(done int)) error {
	const part = 64
	var g errgroup.Group
	g.SetLimit(cores())
	for first := 0; first < n; first += part {
		g.Go(func() error {
			for i := first; i < min(n, first+part); i++ {
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
		step(first)
	}
	return g.Wait()
}
