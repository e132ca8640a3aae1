package desktop

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"valik/eid/keyring"
	"valik/election"
)

// The kinds of State.Means.
const (
	meansCard     = "card"
	meansFile     = "file"
	meansPractice = "practice"
)

const pkcs12Scheme = "pkcs12:" // begins the line of a file

// glance is how often the program looks by itself whether a card was put in.
const glance = 3 * time.Second

// watch looks for cards while the voter is to identify.
func (a *App) watch() {
	for {
		select {
		case <-time.After(glance):
		case <-a.ctx.Done():
			return
		}
		if a.looks() {
			found := a.find(a.ctx)
			a.mu.Lock()
			if a.free([]Step{StepIdentify}) == nil && a.voting.practice == nil && !maps.EqualFunc(found, a.voting.found, same) {
				a.show(found)
			}
			a.mu.Unlock()
		}
	}
}

// looks says whether a card would be of use now.
func (a *App) looks() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.free([]Step{StepIdentify}) == nil && a.voting.practice == nil
}

func same(a, b keyring.Found) bool { return a == b }

// Look looks for cards and files anew.
func (a *App) Look() error {
	return a.begin(Looking, func(ctx context.Context) error {
		a.look(ctx)
		return nil
	}, StepIdentify)
}

func (a *App) look(ctx context.Context) {
	found := map[string]keyring.Found{}
	if p := a.voting.practice; p != nil {
		found[practiceID] = keyring.Found{Label: p.Card.Name}
	} else {
		found = a.find(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.show(found)
}

// find gives what is there, by ids of this machine. Modules that do not load are those of cards
// that this voter does not have.
func (a *App) find(ctx context.Context) map[string]keyring.Found {
	list, _ := keyring.Find(ctx, a.config.Modules, a.config.Places)
	found := map[string]keyring.Found{}
	for _, f := range list {
		found[election.HashOf([]byte(f.Spec)).String()[:16]] = f
	}
	return found
}

// show puts what was found into the state: cards first, by their labels.
func (a *App) show(found map[string]keyring.Found) {
	means := []Means{}
	for id, f := range found {
		m := Means{ID: id, Kind: meansCard, Label: f.Label, Locked: f.PIN.Locked, Low: f.PIN.Low, Final: f.PIN.Final}
		switch {
		case id == practiceID:
			m.Kind = meansPractice
		case strings.HasPrefix(f.Spec, pkcs12Scheme):
			m.Kind = meansFile
		}
		means = append(means, m)
	}
	slices.SortFunc(means, func(a, b Means) int { return strings.Compare(a.Kind+a.Label+a.ID, b.Kind+b.Label+b.ID) })
	a.voting.found = found
	a.updateLocked(func(s *State) { s.Means = means })
}

// openMeans opens what was found.
func (a *App) openMeans(ctx context.Context, id string) (*keyring.Ring, error) {
	if id == practiceID {
		return keyring.OpenContents(ctx, []keyring.Content{a.voting.practice.Card}, a.asks())
	}
	return a.voting.found[id].Open(ctx, a.asks())
}
