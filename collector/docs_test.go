package collector

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/processing"
)

// The table of codes in the specification is the one of the program.
func TestCodesAreThoseOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile("../docs/protocol/casting.md")
	require.NoError(t, err)
	specified := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([0-9]{3}) \\|").FindAllStringSubmatch(string(text), -1) {
		specified[row[1]], err = strconv.Atoi(row[2])
		require.NoError(t, err)
	}
	have := map[string]int{}
	for code, m := range meanings {
		have[code] = m.status
		require.NotEmpty(t, m.message, code)
	}
	require.Equal(t, specified, have)
}

// Every reason for which a ballot is refused at the door has a status.
func TestEveryReasonHasAStatus(t *testing.T) {
	for _, code := range processing.Codes() {
		require.NotZero(t, statusOf(processing.Refuse(code, nil)), code)
	}
	for _, reason := range election.Reasons() {
		switch reason {
		case election.Counted, election.Superseded, election.Revoked:
			require.NotContains(t, statuses, reason, "it is no refusal")
		default:
			require.Contains(t, statuses, reason)
		}
	}
}
