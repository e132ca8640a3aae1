package voter

import (
	"context"
	"errors"
	"fmt"

	"valik/election"
)

// ErrReceipt says that the collector's receipt shows nothing. The ballot must be
// taken as not cast; keep the answer, it is signed or it is worthless.
var ErrReceipt = errors.New("voter: the receipt is wrong, so the vote is not cast")

// Cast hands the ballot in and returns the receipt, checked: the collector's
// signature, the ballot's place on the board under a checkpoint with all the
// signatures that the manifest demands, and that this board is the one seen
// before. On any error the vote is not cast, as far as this program can know,
// and the same Sealed may be cast again. Errors: *[RefusedError],
// [ErrUnreachable], [ErrReceipt], [ErrBoard].
//
// It implements Voter.Cast of docs/protocol/voting.md.
func (e *Election) Cast(ctx context.Context, s *Sealed) (*election.Receipt, error) {
	inner := s.Ballot.Hash()
	answer, err := e.client.post(ctx, "v1/ballots", containerType, s.Container)
	if err != nil {
		return nil, refused(err, e.Manifest, inner)
	}
	receipt, err := election.ParseReceipt(answer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	checkpoint, err := receipt.Verify(e.Manifest, inner, election.HashOf(s.Container))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if receipt.Index < s.Ballot.Anchor.Size {
		// An entry that was there before the ballot was made cannot be this ballot.
		return nil, fmt.Errorf("%w: its index lies before the ballot's anchor", ErrReceipt)
	}
	return receipt, e.accept(ctx, checkpoint)
}
