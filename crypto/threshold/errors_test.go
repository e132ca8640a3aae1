package threshold

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorsSayWhoAndWhat(t *testing.T) {
	reason := errors.New("the tag does not verify")
	err := error(&FaultError{Trustee: 3, Round: RoundDeal, Fault: FaultUndecryptable, Err: reason})
	require.EqualError(t, err, "threshold: trustee 3: deal: the share does not decrypt: the tag does not verify")
	require.ErrorIs(t, err, FaultUndecryptable)
	require.ErrorIs(t, err, reason)
	require.NotErrorIs(t, err, FaultBadShare)

	err = &FaultError{Trustee: 1, Round: RoundCommit, Fault: FaultMissing}
	require.EqualError(t, err, "threshold: trustee 1: commit: the message is missing")
	require.Equal(t, "round 9", Round(9).String())
	require.Equal(t, "round 0", Round(0).String())
	require.Equal(t, "fault 99", Fault(99).Error())
	for f := range faultTexts {
		require.NotContains(t, f.Error(), "fault 9")
	}
	require.EqualError(t, &DecryptionError{2, reason}, "threshold: decryption share of trustee 2: the tag does not verify")
}
