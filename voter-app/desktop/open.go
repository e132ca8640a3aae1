package desktop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"valik/election"
	voter "valik/voter-app"
)

// practiceID is the built-in election's.
const practiceID = "practice"

// idOf names an election among those that the program knows.
func idOf(i *voter.Invitation) string { return election.HashOf(i.Bytes()).String()[:16] }

// elections lists what can be opened: what the program was started with, what was open before,
// and the built-in one. An error is of what the folder does not give.
func (a *App) elections() ([]Known, error) {
	list := []Known{}
	before, err := a.folder.elections()
	for _, i := range a.config.Invitations {
		k := Known{ID: idOf(i.Invitation), Name: i.Name, Collector: i.Collector}
		if r := before[k.ID]; r != nil {
			k.Name = r.Name
		}
		delete(before, k.ID)
		list = append(list, k)
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		list = append(list, Known{ID: id, Name: before[id].Name, Collector: before[id].invitation.Collector})
	}
	if a.config.Practice != nil {
		list = append(list, Known{ID: practiceID})
	}
	if err != nil {
		return list, &folderError{err}
	}
	return list, nil
}

// invitation finds a known election.
func (a *App) invitation(id string) (*voter.Invitation, error) {
	for _, i := range a.config.Invitations {
		if idOf(i.Invitation) == id {
			return i.Invitation, nil
		}
	}
	before, err := a.folder.elections()
	if r := before[id]; r != nil {
		return r.invitation, nil
	}
	return nil, errors.Join(ErrRequest, err)
}

// OpenKnown opens an election of State.Elections. Errors: [ErrRequest], and as of begin.
func (a *App) OpenKnown(id string) error {
	if id == practiceID && a.config.Practice != nil {
		return a.begin(Preparing, a.openPractice, StepStart)
	}
	i, err := a.invitation(id)
	if err != nil {
		return err
	}
	return a.Open(i)
}

// OpenFile opens the election of an invitation's file.
func (a *App) OpenFile(content string) error {
	return a.begin(Opening, func(ctx context.Context) error {
		i, err := voter.ParseInvitation([]byte(strings.TrimRight(content, "\r\n")))
		if err != nil {
			return err
		}
		return a.open(ctx, i)
	}, StepStart)
}

// OpenTyped opens the election with a fingerprint at an address.
func (a *App) OpenTyped(collector, fingerprint string) error {
	return a.begin(Opening, func(ctx context.Context) error {
		hash, err := election.ParseHash(strings.ToLower(strings.Join(strings.Fields(fingerprint), "")))
		if err != nil {
			return errors.Join(voter.ErrInvitation, err)
		}
		return a.open(ctx, voter.NewInvitation(strings.TrimSpace(collector), hash))
	}, StepStart)
}

// Open opens the election of an invitation.
func (a *App) Open(i *voter.Invitation) error {
	return a.begin(Opening, func(ctx context.Context) error { return a.open(ctx, i) }, StepStart)
}

func (a *App) openPractice(ctx context.Context) error {
	p, err := a.config.Practice(ctx)
	if err != nil {
		return &practiceError{err}
	}
	a.voting.practice = p
	a.doing(Opening)
	if err := a.open(ctx, p.Invitation); err != nil {
		return errors.Join(err, a.voting.close())
	}
	return nil
}

func (a *App) open(ctx context.Context, i *voter.Invitation) error {
	e, err := i.Accept(ctx, a.seen, a.config.HTTP)
	if err != nil {
		return err
	}
	a.voting.election = e
	if err := a.keepSeen(); err != nil {
		return &folderError{err}
	}
	err = a.takeUp()
	a.doing(Looking)
	a.look(ctx)
	replaced, failed := a.keeps().remember(idOf(i), i, e.Manifest) // last: it is told once alone
	if failed != nil {
		return &folderError{failed}
	}
	a.then(func(s *State) {
		s.Step, s.Election, s.Practice = StepIdentify, a.view(e), a.voting.practice != nil
	})
	switch {
	case replaced && err != nil:
		return fmt.Errorf("%w; %v", errReplaced, err) // the voter is told what weighs more
	case replaced:
		return errReplaced
	}
	return err
}

// seen gives what the board of an election has shown earlier.
func (a *App) seen(fingerprint election.Hash) ([]byte, error) {
	a.voting.fingerprint = fingerprint
	path, err := a.keeps().of(fingerprint, seenFile)
	if err != nil {
		return nil, &folderError{err}
	}
	raw, err := voter.ReadSeen(path)
	if err != nil {
		return nil, &folderError{err}
	}
	return raw, nil
}

// keeps is where this election is kept: a practice election nowhere.
func (a *App) keeps() folder {
	if a.voting.practice != nil {
		return folder{}
	}
	return a.folder
}

// keepSeen keeps what the board has shown.
func (a *App) keepSeen() error {
	path, err := a.keeps().of(a.voting.fingerprint, seenFile)
	if err != nil {
		return err
	}
	return a.voting.election.KeepSeen(path)
}

func (a *App) view(e *voter.Election) *Election {
	m, now := e.Manifest, election.At(a.config.Now())
	view := &Election{
		ID: m.ID, Title: m.Title, Languages: m.Languages, Opens: m.Opens, Closes: m.Closes,
		Open: m.Opens <= now && now < m.Closes, Over: m.Closes <= now,
		Rehearsal: m.Rehearsal, Collector: m.Collector.URL, Fingerprint: m.Fingerprint(),
		CheckLimit: m.Check.Limit, CheckMinutes: m.Check.Minutes, Officials: []string{}, Witnesses: []string{},
	}
	for _, official := range m.Officials() {
		view.Officials = append(view.Officials, official.Subject.CommonName)
	}
	for _, w := range m.Board.Witnesses {
		name, _, _ := strings.Cut(w, "+") // a vkey begins with it
		view.Witnesses = append(view.Witnesses, name)
	}
	return view
}

// Leave forgets the voter and the election.
func (a *App) Leave() error {
	elections, err := a.elections()
	return a.turn(func(s *State) error {
		*s = State{Version: s.Version, Step: StepStart, Language: s.Language, Elections: elections, Means: []Means{}}
		s.Problem = a.problem(errors.Join(a.voting.close(), err))
		return nil
	}, StepStart, StepIdentify, StepBallot, StepReview, StepDone)
}
