package vis3

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
	"valik/election"
)

// changes is a file of code changes: pairs of numbers of personal codes, old and new.
func changes(pairs ...[2]int) *CodeChanges {
	var lines []string
	for _, p := range pairs {
		lines = append(lines, fmt.Sprintf("%q: %q", testpki.PersonalCode(p[0]), testpki.PersonalCode(p[1])))
	}
	c, err := ParseCodeChanges([]byte(`{"election": "E1", "changed": {`+strings.Join(lines, ", ")+"}}"), estonia)
	if err != nil {
		panic(err)
	}
	return c
}

func TestCodeChangesFile(t *testing.T) {
	read := changes([2]int{1, 2}, [2]int{3, 4})
	require.Equal(t, "E1", read.Election)
	require.Equal(t, []CodeChange{{testpki.PersonalCode(1), testpki.PersonalCode(2)}, {testpki.PersonalCode(3), testpki.PersonalCode(4)}}, read.Changes)
	good := fmt.Sprintf("{\"election\": \"E1\",\n\"changed\": {%q: %q}}", testpki.PersonalCode(1), testpki.PersonalCode(2))
	for _, test := range []struct {
		name, old, changed string
		line               int
		detail             string
	}{
		{"election", `"E1"`, `"E 1"`, 1, "form"},
		{"no election", "\"election\": \"E1\",\n", "", 1, "missing"},
		{"unknown key", "changed", "change", 2, "not known"},
		{"old code", `"` + testpki.PersonalCode(1), `"12345678901`, 2, "personal_code"},
		{"new code", `"` + testpki.PersonalCode(2), `"12345678901`, 2, "personal_code"},
		{"old code twice", `"}}`, `", "` + testpki.PersonalCode(1) + `": "` + testpki.PersonalCode(3) + `"}}`, 2, "twice"},
		{"a number", `"` + testpki.PersonalCode(2) + `"`, "1", 2, "a text"},
		{"more", "}}", "}}{}", 2, "after the end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, good, test.old)
			_, err := ParseCodeChanges([]byte(strings.Replace(good, test.old, test.changed, 1)), estonia)
			requireFault(t, err, "code changes", test.line, test.detail)
			require.NotContains(t, err.Error(), testpki.PersonalCode(1), "an error names nobody")
		})
	}
}

// newRegister has the voters with these numbers.
func newRegister(t *testing.T, voters ...int) *Register {
	t.Helper()
	d, err := ParseDistricts([]byte(goodDistricts))
	require.NoError(t, err)
	r := NewRegister("E1", d.List)
	var lines []string
	for _, i := range voters {
		lines = append(lines, addition(i))
	}
	require.NoError(t, r.Apply(changeset(0, lines...)))
	return r
}

// A person whose code changes is removed under the old one and added under the new.
// The link makes one voter of the two.
func TestLinkedVotersKeepTheirPseudonyms(t *testing.T) {
	r := newRegister(t, 1, 2)
	first, err := r.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	require.NoError(t, r.Apply(changeset(1, removal(1), addition(3))))
	require.NoError(t, r.Link(changes([2]int{1, 3})))
	second, err := r.Roll(election.Hash{1}, first)
	require.NoError(t, err)
	require.NoError(t, r.Apply(changeset(2, removal(3), addition(4))))
	require.NoError(t, r.Link(changes([2]int{3, 4})))
	third, err := r.Roll(election.Hash{1}, second)
	require.NoError(t, err)

	before, ok := first.ByCode(testpki.PersonalCode(1))
	require.True(t, ok)
	for _, roll := range []*election.Roll{second, third} {
		require.Len(t, roll.List, 2)
		now, ok := roll.ByCode(testpki.PersonalCode(1))
		require.True(t, ok)
		require.Equal(t, before.Pseudonym, now.Pseudonym)
	}
	v, ok := third.ByCode(testpki.PersonalCode(4))
	require.True(t, ok)
	require.Equal(t, []string{testpki.PersonalCode(3), testpki.PersonalCode(1)}, v.Former)
	unchanged, ok := third.ByCode(testpki.PersonalCode(2))
	require.True(t, ok)
	require.Empty(t, unchanged.Former)
}

// Without the link the new code is a new voter: that is what the file is for.
func TestAnUnlinkedCodeIsANewVoter(t *testing.T) {
	r := newRegister(t, 1)
	first, err := r.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	require.NoError(t, r.Apply(changeset(1, removal(1), addition(3))))
	second, err := r.Roll(election.Hash{1}, first)
	require.NoError(t, err)
	require.NotEqual(t, first.List[0].Pseudonym, second.List[0].Pseudonym)
}

func TestLinkRefuses(t *testing.T) {
	other := changes([2]int{1, 3})
	other.Election = "E2"
	for name, test := range map[string]struct {
		changes *CodeChanges
		want    string
	}{
		"another election":          {other, "code changes of E2 in the election E1"},
		"unknown new code":          {changes([2]int{1, 9}), "change 1: the new code was never on the voter list"},
		"old code on the list":      {changes([2]int{2, 3}), "change 1: the old code is still on the voter list"},
		"a code to itself":          {changes([2]int{3, 3}), "change 1: the old code is still on the voter list"},
		"one of two":                {changes([2]int{1, 3}, [2]int{2, 3}), "change 2: the old code is still on the voter list"},
		"an old code of two people": {&CodeChanges{Election: "E1", Changes: []CodeChange{{testpki.PersonalCode(1), testpki.PersonalCode(3)}, {testpki.PersonalCode(1), testpki.PersonalCode(2)}}}, "change 2: the old code was changed before"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(t, 1, 2)
			require.NoError(t, r.Apply(changeset(1, removal(1), addition(3))))
			err := r.Link(test.changes)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), testpki.PersonalCode(1))
			roll, err := r.Roll(election.Hash{1}, nil)
			require.NoError(t, err)
			for _, v := range roll.List {
				require.Empty(t, v.Former, "after an error the register is as before")
			}
		})
	}
	r := newRegister(t, 1, 2)
	require.NoError(t, r.Apply(changeset(1, removal(1), addition(3))))
	require.NoError(t, r.Link(changes([2]int{1, 3})))
	require.ErrorContains(t, r.Link(changes([2]int{1, 3})), "was changed before", "a file twice")
}

// The officer gives all lists and then all changes so far: a code may have changed
// again, or its voter be gone, by then.
func TestChangesAreAppliedAfterAllLists(t *testing.T) {
	r := newRegister(t, 1, 2, 6)
	require.NoError(t, r.Apply(changeset(1, removal(1), addition(3), removal(6), addition(7))))
	require.NoError(t, r.Apply(changeset(2, removal(3), addition(4), removal(7))))
	require.NoError(t, r.Link(changes([2]int{1, 3}, [2]int{6, 7})))
	require.NoError(t, r.Link(changes([2]int{3, 4})))
	roll, err := r.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	require.Len(t, roll.List, 2)
	v, ok := roll.ByCode(testpki.PersonalCode(1))
	require.True(t, ok)
	require.Equal(t, testpki.PersonalCode(4), v.Code)
	require.Equal(t, []string{testpki.PersonalCode(3), testpki.PersonalCode(1)}, v.Former)
	_, ok = roll.ByCode(testpki.PersonalCode(6))
	require.False(t, ok)

	other := newRegister(t, 1)
	require.NoError(t, other.Apply(changeset(1, removal(1), addition(3))))
	require.NoError(t, other.Apply(changeset(2, removal(3), addition(4))))
	require.NoError(t, other.Link(changes([2]int{3, 4})))
	require.ErrorContains(t, other.Link(changes([2]int{1, 3})), "the new code was changed before", "the order matters")
}

// Both of two old codes may lead to one new one: a person who was registered twice.
func TestTwoCodesBecomeOne(t *testing.T) {
	r := newRegister(t, 1, 2, 3)
	require.NoError(t, r.Apply(changeset(1, removal(1), removal(2))))
	require.NoError(t, r.Link(changes([2]int{1, 3}, [2]int{2, 3})))
	roll, err := r.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{testpki.PersonalCode(1), testpki.PersonalCode(2)}, roll.List[0].Former)

	before := newRegister(t, 1, 2, 3)
	first, err := before.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	_, err = r.Roll(election.Hash{1}, first)
	require.ErrorIs(t, err, errTwoVoters, "on the version before they are three voters, who may have voted")
}

func FuzzParseCodeChanges(f *testing.F) {
	f.Add([]byte(`{"election":"E1","changed":{}}`))
	f.Add(fmt.Appendf(nil, `{"election":"E1","changed":{%q:%q}}`, testpki.PersonalCode(1), testpki.PersonalCode(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCodeChanges(b, estonia)
		if err != nil {
			return
		}
		for _, change := range c.Changes {
			for _, code := range []string{change.From, change.To} {
				_, err := estonia.ParseCode(code)
				require.NoError(t, err)
			}
		}
	})
}
