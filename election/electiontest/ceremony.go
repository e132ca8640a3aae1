package electiontest

import (
	"valik/crypto/threshold"
	"valik/election"
)

// holdCeremony runs all rounds of the key ceremony in one process.
func (e *Election) holdCeremony() error {
	params, err := election.CeremonyParams(e.Manifest, 1)
	if err != nil {
		return err
	}
	c := new(threshold.Ceremony)
	committed := make([]*threshold.Committed, len(e.Trustees))
	for i, id := range e.Trustees {
		state, message, err := threshold.Begin(params, id)
		if err != nil {
			return err
		}
		committed[i], c.Commitments = state, append(c.Commitments, message)
	}
	dealt := make([]*threshold.Dealt, len(e.Trustees))
	for i, state := range committed {
		next, message, err := state.Deal(c.Commitments)
		if err != nil {
			return err
		}
		dealt[i], c.Deals = next, append(c.Deals, message)
	}
	confirmed := make([]*threshold.Confirmed, len(e.Trustees))
	for i, state := range dealt {
		next, message, err := state.Confirm(c.Deals)
		if err != nil {
			return err
		}
		confirmed[i], c.Confirmations = next, append(c.Confirmations, message)
	}
	for _, state := range confirmed {
		share, message, err := state.Drill(c.Confirmations)
		if err != nil {
			return err
		}
		e.Shares, c.Drills = append(e.Shares, share), append(c.Drills, message)
	}
	e.Ceremony = election.NewCeremony(e.Manifest, 1, c)
	e.Keys, err = e.Ceremony.Verify(e.Manifest)
	return err
}
