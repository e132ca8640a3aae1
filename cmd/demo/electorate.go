package main

import (
	"bytes"
	"crypto/elliptic"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"valik/data"
	"valik/eid/testpki"
)

// scale is how many real votes stand behind one of the demo's.
const scale = 300

// In a hundred voters, how many vote twice, vote on paper as well, and do not
// vote at all.
const (
	revoting   = 5
	onPaper    = 2
	abstaining = 3
)

// fewest is how many voters the story needs: one who changes their mind, and one
// who does not.
const fewest = 2

// person is a voter of the demo.
type person struct {
	code, district string
	curve          elliptic.Curve
	ballots        []string // choices in the order of casting: the last one counts
	paper          bool     // votes on paper too: the ballot is revoked
	restored       bool     // the revocation was a mistake and is undone
	day            int
	card           *testpki.Card
}

// electorate is everybody who may vote, and what the real voters chose.
type electorate struct {
	persons           []*person
	choices           map[string][]string // district to its choices
	victim, fraudster *person             // neighbours
}

// tallies counts votes by district and choice.
type tallies map[string]map[string]int

// newElectorate takes 1 in scale of every candidate's official votes, or about n
// in all, and gives every such vote to a person. No run is like another.
func newElectorate(n int) (*electorate, error) {
	official, err := readVotes()
	if err != nil {
		return nil, err
	}
	total, cumulative := 0, 0
	for _, v := range official {
		total += v.votes
	}
	if n == 0 {
		n = total / scale
	}
	e := &electorate{choices: map[string][]string{}}
	for _, v := range official {
		e.choices[v.district] = append(e.choices[v.district], v.candidate)
		// Rounding carries over from candidate to candidate, so that the sum is n.
		cumulative += v.votes
		for len(e.persons) < cumulative*n/total {
			e.add(v.district, v.candidate)
		}
	}
	e.embroider(n)
	return e, nil
}

// official is a line of the official result.
type official struct {
	district, candidate string
	votes               int
}

func readVotes() ([]official, error) {
	rows, err := csv.NewReader(bytes.NewReader(data.RK2023Votes)).ReadAll()
	if err != nil {
		return nil, err
	}
	list := make([]official, len(rows)-1)
	for i, row := range rows[1:] {
		votes, err := strconv.Atoi(row[2])
		if err != nil {
			return nil, fmt.Errorf("votes.csv: line %d: %w", i+2, err)
		}
		list[i] = official{row[0], row[1], votes}
	}
	return list, nil
}

func (e *electorate) add(district string, ballots ...string) *person {
	i := len(e.persons)
	p := &person{code: testpki.PersonalCode(i), district: district, curve: elliptic.P256(), ballots: ballots}
	if i%10 == 9 {
		p.curve = elliptic.P384()
	}
	p.day = rand.IntN(days)
	e.persons = append(e.persons, p)
	return p
}

// embroider lets some of the voters change their mind, and adds some who vote on
// paper too or not at all. However few they are, there is a victim for the frauds,
// who votes once and whose neighbour does not vote, somebody who changes their
// mind, and somebody whose revocation is undone.
func (e *electorate) embroider(n int) {
	victim, fickle := e.persons[0], e.persons[1]
	for _, p := range e.persons {
		if p == fickle || (p != victim && rand.IntN(100) < revoting) {
			p.ballots = append([]string{e.anyChoice(p.district)}, p.ballots...)
		}
	}
	for i := range max(2, n*onPaper/100) {
		district := e.anyDistrict()
		p := e.add(district, e.anyChoice(district))
		p.paper, p.restored = true, i == 0
	}
	e.victim, e.fraudster = victim, e.add(victim.district)
	for range n * abstaining / 100 {
		e.add(e.anyDistrict())
	}
}

func (e *electorate) anyDistrict() string {
	districts := make([]string, 0, len(e.choices))
	for d := range e.choices {
		districts = append(districts, d)
	}
	slices.Sort(districts)
	return districts[rand.IntN(len(districts))]
}

func (e *electorate) anyChoice(district string) string {
	choices := e.choices[district]
	return choices[rand.IntN(len(choices))]
}

// voting lists those who vote on a day.
func (e *electorate) voting(day int) []*person {
	var list []*person
	for _, p := range e.persons {
		if p.day == day && len(p.ballots) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// expected is what must come out: what was cast last and not revoked.
func (e *electorate) expected() tallies {
	t := tallies{}
	for _, p := range e.persons {
		if len(p.ballots) == 0 || (p.paper && !p.restored) {
			continue
		}
		if t[p.district] == nil {
			t[p.district] = map[string]int{}
		}
		t[p.district][p.ballots[len(p.ballots)-1]]++
	}
	return t
}
