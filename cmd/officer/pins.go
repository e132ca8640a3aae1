package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"valik/election"
	"valik/tally"
)

// pins are what those who take a step know from a source of their own: mixers
// and trustees above all, who otherwise believe whoever hands them the folder.
type pins struct{ election, checkpoint string }

func (p *pins) declare(c *cobra.Command) {
	c.Flags().StringVar(&p.election, "election", "", "the fingerprint that the election ought to have, from a source of your own")
	c.Flags().StringVar(&p.checkpoint, "checkpoint", "", "a file with a checkpoint of the board that you have from elsewhere")
}

func (p *pins) apply(f *tally.Folder) error {
	if p.election != "" {
		fingerprint, err := election.ParseHash(p.election)
		if err != nil {
			return fmt.Errorf("--election: %w", err)
		}
		f.Fingerprint = &fingerprint
	}
	if p.checkpoint != "" {
		raw, err := os.ReadFile(p.checkpoint)
		if err != nil {
			return fmt.Errorf("--checkpoint: %w", err)
		}
		f.Checkpoint = raw
	}
	return nil
}
