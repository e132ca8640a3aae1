package main

import (
	"errors"
	"fmt"

	voter "valik/voter-app"
)

// keepEvidence writes what shows that the collector is wrong to a file beside the
// state, and names it.
func (s *settings) keepEvidence(err error) error {
	evidence := voter.Evidence(err)
	if evidence == nil || s.state == "" {
		return err
	}
	name := s.state + ".evidence"
	if writeErr := voter.WriteFile(name, evidence); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	return fmt.Errorf("%w; keep the file %s: it shows what the collector did", err, name)
}
