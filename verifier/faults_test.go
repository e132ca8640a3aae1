package verifier_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/recordtest"
	"valik/verifier"
)

// input is what somebody has who verifies a record.
func input(r *recordtest.Record, sealed bool) verifier.Input {
	in := verifier.Input{Record: r.Public.FS(), Fingerprint: &r.Fingerprint, Checkpoint: r.Seen}
	if sealed {
		in.Sealed = r.Sealed.FS()
	}
	return in
}

func verify(t *testing.T, in verifier.Input) *verifier.Report {
	t.Helper()
	report, err := verifier.Verify(in)
	require.NoError(t, err)
	return report
}

// TestEveryFaultFailsItsCheck is the contract of the checks: a record that is
// wrong in one way fails the one check that is there for it, and would pass
// without that check.
func TestEveryFaultFailsItsCheck(t *testing.T) {
	t.Parallel()
	for _, f := range recordtest.Faults() {
		t.Run(f.Check+" "+f.Name, func(t *testing.T) {
			t.Parallel()
			r, err := f.Make()
			require.NoError(t, err)
			in := input(r, !f.Unsealed)
			report := verify(t, in)
			require.Equal(t, []string{f.Check}, report.Failed(), report.Text())
			require.False(t, report.Verified)
			requireRest(t, report, f.Check)
			if !f.Held {
				without := verifier.VerifyWithout(in, f.Check)
				require.True(t, without.Verified, without.Text())
			}
		})
	}
}

// requireRest checks that what rests on a failed check was not made, and all
// else was: a failure hides nothing.
func requireRest(t *testing.T, report *verifier.Report, failed string) {
	t.Helper()
	lost := map[string]bool{failed: true}
	status := map[string]verifier.CheckResult{}
	for _, c := range report.Checks {
		status[c.ID] = c
	}
	for _, c := range verifier.Checks() {
		for _, id := range c.Needs {
			if lost[id] {
				lost[c.ID] = true
			}
		}
		switch got := status[c.ID]; {
		case c.ID == failed:
			require.NotEmpty(t, got.Failures)
		case lost[c.ID]:
			require.Equal(t, verifier.NotPossible, got.Status, c.ID)
		case got.Status != verifier.Pass:
			require.Contains(t, got.Detail, "the sealed part", c.ID)
		}
	}
}

func TestEveryCheckHasAFault(t *testing.T) {
	faults := map[string]bool{}
	for _, f := range recordtest.Faults() {
		faults[f.Check] = true
	}
	for _, c := range verifier.Checks() {
		require.True(t, faults[c.ID], "no record shows that %s can fail", c.ID)
		delete(faults, c.ID)
	}
	require.Empty(t, faults)
}

// TestChecksStandAfterWhatTheyNeed holds the order of the list: what a check
// needs was made before it, at every stage at which it is made.
func TestChecksStandAfterWhatTheyNeed(t *testing.T) {
	stages := map[string]verifier.Stage{}
	for _, c := range verifier.Checks() {
		require.NotContains(t, stages, c.ID)
		for _, id := range c.Needs {
			require.Contains(t, stages, id, c.ID)
			require.LessOrEqual(t, stages[id], c.Stage, "%s needs %s, which is made later", c.ID, id)
		}
		stages[c.ID] = c.Stage
	}
}
