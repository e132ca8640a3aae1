package election_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
	"valik/election"
)

func TestRollIsSortedAndDistinct(t *testing.T) {
	e := smallElection(t)
	make := func(change func(v []election.Voter)) error {
		voters := slices.Clone(e.Roll.List)
		change(voters)
		_, err := election.NewRoll(e.Manifest.Fingerprint(), 0, election.Salt{}, 0, 1, voters)
		return err
	}
	require.NoError(t, make(func([]election.Voter) {}))
	requireField(t, make(func(v []election.Voter) { v[0], v[1] = v[1], v[0] }), "roll line 3", "code")
	requireField(t, make(func(v []election.Voter) { v[1].Code = v[0].Code }), "roll line 3", "code")
	requireField(t, make(func(v []election.Voter) { v[2].Pseudonym = v[0].Pseudonym }), "roll line 4", "pseudonym")
	requireField(t, make(func(v []election.Voter) { v[2].Code = strings.Repeat("4", 33) }), "roll line 4", "code")
	requireField(t, make(func(v []election.Voter) { v[2].Code = "4 4" }), "roll line 4", "code")
	requireField(t, make(func(v []election.Voter) { v[2].Name = "a\nb" }), "roll line 4", "name")
	requireField(t, make(func(v []election.Voter) { v[5].District = "1" }), "roll line 7", "district")
}

func TestRollLookups(t *testing.T) {
	e := smallElection(t)
	require.NoError(t, e.Roll.Check(e.Manifest))
	for _, v := range e.Roll.List {
		found, ok := e.Roll.ByCode(v.Code)
		require.True(t, ok)
		require.Equal(t, v, *found)
		found, ok = e.Roll.ByPseudonym(v.Pseudonym)
		require.True(t, ok)
		require.Equal(t, v, *found)
	}
	_, ok := e.Roll.ByCode("1")
	require.False(t, ok)
	_, ok = e.Roll.ByPseudonym(election.Pseudonym{})
	require.False(t, ok)
	strange := *e.Roll
	strange.List = slices.Clone(e.Roll.List)
	strange.List[1].Parish = "0339"
	requireField(t, strange.Check(e.Manifest), "roll line 3", "parish")
	strange.List[1].District = "0176.3"
	requireField(t, strange.Check(e.Manifest), "roll line 3", "district")
	strange.Election = election.Hash{}
	requireField(t, strange.Check(e.Manifest), "roll", "election")
}

// A code belongs to one person, whether they have it now or had it before.
func TestFormerCodesAreDistinct(t *testing.T) {
	e := smallElection(t)
	own, other := formerCode(0), formerCode(1)
	make := func(change func(v []election.Voter)) error {
		voters := slices.Clone(e.Roll.List)
		change(voters)
		_, err := election.NewRoll(e.Manifest.Fingerprint(), 0, election.Salt{}, 0, 1, voters)
		return err
	}
	require.NoError(t, make(func(v []election.Voter) { v[1].Former, v[3].Former = []string{own, "old"}, []string{other} }))
	for name, test := range map[string]struct {
		field  string
		line   int
		change func(v []election.Voter)
	}{
		"one's own code":                {"former[0]", 3, func(v []election.Voter) { v[1].Former = []string{v[1].Code} }},
		"the same twice":                {"former[1]", 3, func(v []election.Voter) { v[1].Former = []string{own, own} }},
		"a code of somebody before":     {"former[0]", 3, func(v []election.Voter) { v[1].Former = []string{v[0].Code} }},
		"a code of somebody after":      {"code", 6, func(v []election.Voter) { v[1].Former = []string{v[4].Code} }},
		"a former code of another":      {"former[0]", 5, func(v []election.Voter) { v[1].Former, v[3].Former = []string{own}, []string{own} }},
		"a code that is no code at all": {"former[1]", 3, func(v []election.Voter) { v[1].Former = []string{own, "a b"} }},
	} {
		t.Run(name, func(t *testing.T) {
			requireField(t, make(test.change), fmt.Sprintf("roll line %d", test.line), test.field)
		})
	}
}

func TestVotersAreFoundByFormerCodes(t *testing.T) {
	e := smallElection(t)
	voters := slices.Clone(e.Roll.List)
	voters[2].Former = []string{formerCode(0), formerCode(1)}
	roll, err := election.NewRoll(e.Manifest.Fingerprint(), 0, election.Salt{}, 0, 1, voters)
	require.NoError(t, err)
	require.Contains(t, string(roll.Bytes()), `"former":["`+formerCode(0)+`","`+formerCode(1)+`"]`)
	require.Equal(t, 1, strings.Count(string(roll.Bytes()), "former"), "who has no former code has no field for it")
	for _, code := range voters[2].Codes() {
		found, ok := roll.ByCode(code)
		require.True(t, ok)
		require.Equal(t, voters[2], *found)
		require.True(t, found.Is(code))
	}
	require.False(t, voters[2].Is(voters[1].Code))
	require.NoError(t, roll.Check(e.Manifest))

	strange := *roll
	strange.List = slices.Clone(roll.List)
	strange.List[2].Former = []string{formerCode(0), "12345678901"}
	requireField(t, strange.Check(e.Manifest), "roll line 4", "code")
	require.NotContains(t, strange.Check(e.Manifest).Error(), "12345678901", "an error names nobody")
}

// formerCode is a code that nobody on the roll has.
func formerCode(i int) string { return testpki.PersonalCode(100 + i) }
