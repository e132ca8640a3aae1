package recordtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/recordtest"
	"valik/verifier"
)

func TestHonestRecordsVerify(t *testing.T) {
	for _, script := range []recordtest.Script{{}, {Guarded: true}, {Settles: true}} {
		r, err := recordtest.Make(&script)
		require.NoError(t, err)
		report, err := verifier.Verify(verifier.Input{
			Record: r.Public.FS(), Sealed: r.Sealed.FS(), Fingerprint: &r.Fingerprint, Checkpoint: r.Seen,
		})
		require.NoError(t, err)
		require.True(t, report.Verified, report.Text())
		t.Log(report.Text())
	}
}
