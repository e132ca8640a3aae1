package collector

import (
	"crypto/elliptic"
	"testing"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

// Who has no card of a person cannot find out whether that person is on the roll, nor
// under which pseudonym or in which district.
func TestTheRollIsToldToNobodyElse(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t))
	rogue, err := testpki.NewAuthority("Rogue", test.Opens.AddDate(-1, 0, 0), test.Opens.AddDate(1, 0, 0))
	require.NoError(t, err)
	for _, code := range []string{w.Voters[0].Code, w.Voters[1].Code, testpki.PersonalCode(999)} {
		card, err := rogue.Issue(code, "Nobody", "Known", elliptic.P256())
		require.NoError(t, err)
		for _, pseudonym := range []election.Pseudonym{{}, w.Voters[0].Pseudonym} {
			for _, district := range []string{test.District, test.Elsewhere} {
				asked := &test.Voter{Card: card, Voter: &election.Voter{District: district, Pseudonym: pseudonym}}
				s.requireRefused(w.Ballot(t, asked, s.anchor(), s.clock.now()), unprocessable, eid.CodeCertificateUntrusted)
			}
		}
	}
}
