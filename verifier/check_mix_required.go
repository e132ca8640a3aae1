package verifier

import (
	"fmt"

	"valik/election"
)

// mixRequired checks that as many mixers of the manifest as it requires have
// mixed, all different, each the output of the one before.
//
// It implements Mix.Required of docs/protocol/verify.md.
var mixRequired = check{
	id:    "mix.required",
	title: "the required number of different mixers have mixed, one after the other",
	stage: Mixed,
	needs: []string{"input.lists"},
	run: func(s *State) (int, error) {
		if want := s.Manifest.Mixers.Required; s.stage > Mixed && len(s.Mixes) != want {
			return len(s.Mixes), fmt.Errorf("%d mixes, but %d are required", len(s.Mixes), want)
		}
		previous, _ := s.artefact(election.KindInput, 0)
		mixers := map[string]int{}
		for i, mix := range s.Mixes {
			if err := s.checkMix(i, mix, previous); err != nil {
				return i, fmt.Errorf("%s: %w", election.MixFile(i+1), err)
			}
			if before, twice := mixers[mix.Mixer]; twice {
				return i, fmt.Errorf("%s: %s has mixed before, as number %d", election.MixFile(i+1), mix.Mixer, before)
			}
			mixers[mix.Mixer] = i + 1
			previous, _ = s.artefact(election.KindMix, i)
		}
		return len(s.Mixes), nil
	},
}

func (s *State) checkMix(i int, mix *election.Mix, previous election.Hash) error {
	if err := mix.Check(s.Manifest); err != nil {
		return err
	}
	if mix.Number != i+1 {
		return fmt.Errorf("it is number %d, but stands on the board as number %d", mix.Number, i+1)
	}
	if mix.Previous != previous {
		return fmt.Errorf("it has mixed %s, not what stands before it on the board", mix.Previous)
	}
	for k, l := range mix.Lists {
		if in := s.Input.Lists[k]; l.ID() != in.ID() || l.Rows != in.Rows || l.Width != in.Width {
			return fmt.Errorf("list %s has %d rows, the input %d", l.ID(), l.Rows, in.Rows)
		}
	}
	return nil
}
