package verifier

import (
	"errors"
	"fmt"

	"valik/election"
)

// openDocument checks what was in force when the polls opened.
//
// It implements Open.Document of docs/protocol/verify.md.
var openDocument = check{
	id:    "open.document",
	title: "the polls opened with this manifest, ceremony and roll",
	stage: Closed,
	needs: []string{"board.entries", "record.files"},
	run: func(s *State) (int, error) {
		raw, err := s.document(election.OpenFile, election.KindOpen)
		if err != nil {
			return 0, err
		}
		open, err := election.ParseOpen(raw)
		if err != nil {
			return 1, err
		}
		return 1, s.checkOpen(open)
	},
}

func (s *State) checkOpen(open *election.Open) error {
	ceremony, _ := s.artefact(election.KindCeremony, 0)
	switch {
	case open.Election != s.Manifest.Fingerprint():
		return errors.New("it is of another election")
	case open.Ceremony != ceremony:
		return errors.New("it names another ceremony than the board")
	case open.Roll != s.rollAtOpening():
		return errors.New("it names another roll than the last one before it on the board")
	case open.Opens != s.Manifest.Opens:
		return fmt.Errorf("the polls opened at %s, the manifest says %s", open.Opens, s.Manifest.Opens)
	}
	return nil
}

func (s *State) rollAtOpening() election.Hash {
	var last election.Hash
	for _, e := range s.Entries {
		switch e.Kind {
		case election.KindRoll:
			last = e.Artefact
		case election.KindOpen:
			return last
		}
	}
	return last
}
