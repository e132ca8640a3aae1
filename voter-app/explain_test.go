package voter_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	voter "valik/voter-app"
)

// Every error of the package has words of its own for a voter: what happened,
// whether the vote counts, what to do.
func TestExplain(t *testing.T) {
	all := []error{
		voter.ErrAddress, voter.ErrOtherElection, voter.ErrManifest, voter.ErrCeremony, voter.ErrSeen, voter.ErrBoard,
		voter.ErrUnreachable, voter.ErrRedirect, voter.ErrCutOff, voter.ErrTooLong, voter.ErrUnsigned, voter.ErrReceipt,
		board.ErrRollback, board.ErrFork, board.ErrQuorum,
	}
	known := map[string]error{}
	for _, err := range all {
		text := voter.Explain(fmt.Errorf("somewhere: %w", err))
		require.NotContains(t, text, err.Error(), "it is a text for programmers")
		require.Contains(t, text, ". No vote was cast. ")
		require.NotContains(t, known, text, "%v and %v are explained alike", err, known[text])
		known[text] = err
	}
	require.Equal(t, "something. No vote was cast.", voter.Explain(errors.New("something")))
}

func TestExplainOutcomes(t *testing.T) {
	for _, tt := range []struct {
		err  *voter.CastError
		want string
	}{
		{
			&voter.CastError{Outcome: voter.NotCast, Err: voter.ErrUnreachable},
			"The collector cannot be reached, or gives no proper answer. Your vote is NOT cast. Check your connection to the internet and try again.",
		},
		{
			&voter.CastError{Outcome: voter.Unknown, Err: voter.ErrCutOff},
			"The collector's answer broke off. It is not certain whether your vote is cast. Check your connection to the internet and try again. You may cast it again: it counts only once.",
		},
		{
			&voter.CastError{Outcome: voter.Unknown, Answer: []byte("{}"), Err: voter.ErrReceipt},
			"The collector answered with a receipt that does not prove that your vote is on the public board. It is not certain whether your vote is cast. " +
				"Do not try again yet. Show this message to the help line of the election, and do what they say.",
		},
	} {
		require.Equal(t, tt.want, voter.Explain(fmt.Errorf("somewhere: %w", tt.err)))
	}
	require.Equal(t, "voter: not cast: x", (&voter.CastError{Outcome: voter.NotCast, Err: errors.New("x")}).Error())
	require.Equal(t, "voter: not known whether cast: x", (&voter.CastError{Outcome: voter.Unknown, Err: errors.New("x")}).Error())
}
