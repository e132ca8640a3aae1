package election

import (
	"errors"
	"io"
	"iter"
)

// WritePublicBallots writes the list of n inner ballots, a line at a time: the
// ballots of a nation do not fit into memory.
func WritePublicBallots(out io.Writer, fingerprint Hash, n int, ballots iter.Seq2[*PublicBallot, error]) error {
	d := header(publicBallotsKind)
	if err := writeTo(out, PublicBallotsHeader{d.Type, d.Version, fingerprint, n}); err != nil {
		return err
	}
	written := 0
	for b, err := range ballots {
		if err == nil {
			err = writeTo(out, b)
		}
		if err != nil {
			return err
		}
		written++
	}
	if written != n {
		return errors.New("election: the list has another number of ballots than announced")
	}
	return nil
}
