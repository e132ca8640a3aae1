package vis3

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/data"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

func TestRK2023(t *testing.T) {
	d, err := ParseDistricts(data.RK2023Districts)
	require.NoError(t, err)
	require.Equal(t, "RK2023", d.Election)
	require.Len(t, d.List, 12)
	require.Equal(t, election.District{ID: "0000.10", Name: "Valimisringkond nr. 10", Parishes: []string{"9010"}}, d.List[9])
	require.Equal(t, "Tartu linn", d.Regions["9010"].Parish)

	c, err := ParseChoices(data.RK2023Choices)
	require.NoError(t, err)
	lists, err := ChoiceLists("rk", d, c)
	require.NoError(t, err)
	n := 0
	for _, l := range lists {
		for _, s := range l.Lists {
			n += len(s.Choices)
		}
	}
	require.Equal(t, 968, n)
	require.Equal(t, "Erakond Parempoolsed", lists[0].Lists[0].Name)
	require.Equal(t, election.Choice{Code: "0000.101", Name: "ILMAR RAAG"}, lists[0].Lists[0].Choices[0])
}

// estonia are the rules for personal codes in these tests.
var estonia = func() *eid.Rules {
	rules, err := eid.NewRules(eid.Estonia())
	if err != nil {
		panic(err)
	}
	return rules
}()

const (
	goodDistricts = `{"election":"E1","districts":{"0176.1":{"name":"One","parish":["0339"]}},
"regions":{"0339":{"state":"S","county":"C","parish":"P"}},
"counties":{"0037":["0339"]}}`
	goodChoices = `{"election":"E1",
"choices":{"0176.1":{"List":{"0176.101":"A","0176.102":"B"},
"Üksikkandidaadid":{"0176.103":"C"}}}}`
)

func TestBadDistricts(t *testing.T) {
	tests := []struct {
		name, old, changed string
		line               int
		detail             string
	}{
		{"identifier", `"E1"`, `"E 1"`, 1, "form"},
		{"missing part", `"election":"E1",`, ``, 3, "missing"},
		{"unknown key", `"counties"`, `"county"`, 3, "not known"},
		{"district", `0176.1`, `0176.123`, 1, "form"},
		{"district twice", `"districts":{`, `"districts":{"0176.1":{"name":"One","parish":["0339"]},`, 1, "twice"},
		{"parish that is nowhere", `["0339"]}}`, `["0340"]}}`, 3, "not among the regions"},
		{"parish twice", `["0339"]}}`, `["0339","0339"]}}`, 1, "twice"},
		{"no parish", `["0339"]}}`, `[]}}`, 1, "no parish"},
		{"name is a number", `"One"`, `1`, 1, "a text"},
		{"region without state", `"state":"S",`, ``, 2, "missing"},
		{"county of a strange parish", `"0037":["0339"]`, `"0037":["0340"]`, 3, "county 0037"},
		{"unfinished", `["0339"]}}` + ",", `["0339"`, 2, "invalid character"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, goodDistricts, test.old)
			_, err := ParseDistricts([]byte(strings.Replace(goodDistricts, test.old, test.changed, 1)))
			requireFault(t, err, "districts", test.line, test.detail)
		})
	}
	_, err := ParseDistricts([]byte(goodDistricts[:100]))
	requireFault(t, err, "districts", 2, "early")
	_, err = ParseDistricts([]byte(goodDistricts + "\n{}"))
	requireFault(t, err, "districts", 4, "after the end")
	_, err = ParseDistricts([]byte(goodDistricts[:80] + "\n\xff"))
	requireFault(t, err, "districts", 3, "UTF-8")
}

func TestBadChoices(t *testing.T) {
	tests := []struct {
		name, old, changed string
		line               int
		detail             string
	}{
		{"code", `0176.102`, `0176.12`, 2, "form"},
		{"code twice", `0176.102`, `0176.101`, 2, "twice"},
		{"code in two lists", `0176.103`, `0176.101`, 3, "two lists"},
		{"list twice", `Üksikkandidaadid`, `List`, 3, "twice"},
		{"empty list", `{"0176.103":"C"}`, `{}`, 3, "no choices"},
		{"district", `"0176.1"`, `"176.1"`, 2, "form"},
		{"word for a list", `{"0176.103":"C"}`, `"C"`, 3, "an object"},
		{"syntax", `"A",`, `"A";`, 2, "invalid character"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, goodChoices, test.old)
			_, err := ParseChoices([]byte(strings.Replace(goodChoices, test.old, test.changed, 1)))
			requireFault(t, err, "choices", test.line, test.detail)
		})
	}
}

func TestChoicesMustFitTheDistricts(t *testing.T) {
	d, err := ParseDistricts([]byte(goodDistricts))
	require.NoError(t, err)
	parse := func(old, changed string) *Choices {
		c, err := ParseChoices([]byte(strings.Replace(goodChoices, old, changed, 1)))
		require.NoError(t, err)
		return c
	}
	_, err = ChoiceLists("c", d, parse("E1", "E2"))
	require.ErrorContains(t, err, "choices of E2")
	_, err = ChoiceLists("c", d, parse(`"0176.1"`, `"0176.2"`))
	require.ErrorContains(t, err, "0176.1 has no choices")
	_, err = ChoiceLists("c", d, parse(`"choices":{`, `"choices":{"0176.2":{"L":{"0176.101":"A"}},`))
	require.ErrorContains(t, err, "0176.2, which does not exist")
}

const goodHeader = "2\nE1\n0\n2023-02-01T00:00:00+02:00\t2023-03-05T20:00:00+02:00\n"

func addition(i int) string {
	return fmt.Sprintf("lisamine\t%s\tVoter Nr %d\t0339\t1\n", testpki.PersonalCode(i), i)
}

func TestBadVoterLists(t *testing.T) {
	good := goodHeader + addition(1) + addition(2)
	l, err := ParseVoterList([]byte(good), estonia)
	require.NoError(t, err)
	require.Len(t, l.Changes, 2)
	require.Equal(t, good, string(l.Bytes()))
	code := testpki.PersonalCode(2)
	tests := []struct {
		name, old, changed string
		line               int
		detail             string
	}{
		{"version", "2\n", "1\n", 1, "version"},
		{"byte order mark", "2\n", "\ufeff2\n", 1, "version"},
		{"election", "E1", "E-1", 2, "identifier"},
		{"changeset", "\n0\n", "\n00\n", 3, "changeset"},
		{"times", "\t2023", " 2023", 4, "RFC 3339"},
		{"period", "2023-02-01", "2023-04-01", 4, "ends before"},
		{"code of ten digits", code, code[1:], 6, "personal_code"},
		{"checksum", code, code[:10] + string('0'+('9'-code[10])%10), 6, "personal_code"},
		{"no name", "Voter Nr 2", "", 6, "name"},
		{"long name", "Voter Nr 2", strings.Repeat("õ", 101), 6, "name"},
		{"carriage return", "Voter Nr 2\t0339\t1\n", "Voter Nr 2\t0339\t1\r\n", 6, "district number"},
		{"control character", "Voter Nr 2", "Voter\x00Nr 2", 6, "control"},
		{"parish", "2\t0339", "2\t339", 6, "EHAK"},
		{"word", "lisamine\t" + code, "lisada\t" + code, 6, "neither"},
		{"fields", "2\t0339", "2\t0339\t", 6, "6 fields"},
		{"empty line", "lisamine\t" + code, "\nlisamine\t" + code, 6, "neither"},
		{"not UTF-8", "Voter Nr 2", "Voter \xff", 6, "UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, good, test.old)
			_, err := ParseVoterList([]byte(strings.Replace(good, test.old, test.changed, 1)), estonia)
			requireFault(t, err, "voter list", test.line, test.detail)
		})
	}
	_, err = ParseVoterList([]byte(good[:len(good)-1]), estonia)
	requireFault(t, err, "voter list", 6, "no end")
	_, err = ParseVoterList([]byte("2\nE1\n"), estonia)
	requireFault(t, err, "voter list", 3, "early")
}

func changeset(n int, lines ...string) *VoterList {
	l, err := ParseVoterList([]byte(strings.Replace(goodHeader, "\n0\n", fmt.Sprintf("\n%d\n", n), 1)+strings.Join(lines, "")), estonia)
	if err != nil {
		panic(err)
	}
	return l
}

func removal(i int) string { return "kustutamine\t" + testpki.PersonalCode(i) + "\n" }

func TestChangesetsApplyInOrderWithoutGaps(t *testing.T) {
	d, err := ParseDistricts([]byte(goodDistricts))
	require.NoError(t, err)
	r := NewRegister("E1", d.List)
	requireFault(t, r.Apply(changeset(1, addition(1))), "voter list", 3, "where 0 is expected")
	requireFault(t, r.Apply(changeset(0, addition(1), removal(1))), "voter list", 6, "initial")
	require.Zero(t, r.Len(), "a refused list changes nothing")
	require.NoError(t, r.Apply(changeset(0, addition(1), addition(2))))
	requireFault(t, r.Apply(changeset(0)), "voter list", 3, "where 1 is expected")
	requireFault(t, r.Apply(changeset(2)), "voter list", 3, "where 1 is expected")
	requireFault(t, r.Apply(changeset(1, addition(3), addition(2))), "voter list", 6, "already")
	requireFault(t, r.Apply(changeset(1, removal(3))), "voter list", 5, "not on the list")
	requireFault(t, r.Apply(changeset(1, strings.Replace(addition(3), "\t1\n", "\t2\n", 1))), "voter list", 5, "0 districts")
	require.NoError(t, r.Apply(changeset(1, removal(2), addition(3), addition(2))), "a move is a removal and an addition")
	require.Equal(t, 3, r.Len())
	require.Error(t, r.Skip(&Skip{Election: r.election, Changeset: 3}))
	require.NoError(t, r.Skip(&Skip{Election: r.election, Changeset: 2}))
	require.NoError(t, r.Apply(changeset(3, removal(1))))
	require.Equal(t, 2, r.Len())
}

func TestVotersKeepTheirPseudonyms(t *testing.T) {
	d, err := ParseDistricts([]byte(goodDistricts))
	require.NoError(t, err)
	r := NewRegister("E1", d.List)
	_, err = r.Roll(election.Hash{1}, nil)
	require.ErrorContains(t, err, "initial")
	require.NoError(t, r.Apply(changeset(0, addition(1), addition(2))))
	first, err := r.Roll(election.Hash{1}, nil)
	require.NoError(t, err)
	require.NoError(t, r.Apply(changeset(1, removal(1), addition(3))))
	second, err := r.Roll(election.Hash{1}, first)
	require.NoError(t, err)
	require.Equal(t, 1, second.Changeset)
	require.NotEqual(t, first.Salt, second.Salt)
	require.Len(t, second.List, 2)
	for _, v := range second.List {
		old, ok := first.ByCode(v.Code)
		require.Equal(t, v.Code == testpki.PersonalCode(2), ok)
		if ok {
			require.Equal(t, old.Pseudonym, v.Pseudonym)
		}
	}
	_, err = estonia.ParseCode(second.List[0].Code)
	require.NoError(t, err)
}

func TestRevocationFiles(t *testing.T) {
	file := fmt.Sprintf(`{"election":"E1","type":"restore","persons":["%s"]}`, testpki.PersonalCode(1))
	r, err := ParseRevocations([]byte(file), estonia)
	require.NoError(t, err)
	require.Equal(t, &Revocations{"E1", election.Restore, []string{testpki.PersonalCode(1)}}, r)
	_, err = ParseRevocations([]byte(strings.Replace(file, "restore", "remove", 1)), estonia)
	requireFault(t, err, "revocations", 1, "form")
	_, err = ParseRevocations([]byte(strings.Replace(file, `["`, `["12345678901","`, 1)), estonia)
	requireFault(t, err, "revocations", 1, "person 1")
	_, err = ParseRevocations([]byte(strings.Replace(file, `["`, fmt.Sprintf(`["%s","`, testpki.PersonalCode(1)), 1)), estonia)
	requireFault(t, err, "revocations", 1, "twice")
	require.NotContains(t, err.Error(), testpki.PersonalCode(1))
}

func requireFault(t *testing.T, err error, file string, line int, detail string) {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, file, e.File, "%v", err)
	require.Equal(t, line, e.Line, "%v", err)
	require.Contains(t, e.Error(), detail)
}

func FuzzParseDistricts(f *testing.F) {
	f.Add([]byte(goodDistricts))
	f.Add(data.RK2023Districts)
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := ParseDistricts(b); err == nil {
			require.NotEmpty(t, d.List)
		}
	})
}

func FuzzParseChoices(f *testing.F) {
	f.Add([]byte(goodChoices))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseChoices(b); err == nil {
			require.NotEmpty(t, c.Election)
		}
	})
}

func FuzzParseVoterList(f *testing.F) {
	f.Add([]byte(goodHeader + addition(1)))
	f.Add([]byte(goodHeader + removal(1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseVoterList(b, estonia)
		if err != nil {
			return
		}
		again, err := ParseVoterList(l.Bytes(), estonia)
		require.NoError(t, err)
		require.Equal(t, l.Bytes(), again.Bytes())
		// times may be written with fractions or another sign of UTC; all else is kept
		require.Equal(t, bytes.SplitN(b, []byte("\n"), 5)[4], bytes.SplitN(l.Bytes(), []byte("\n"), 5)[4])
	})
}

func FuzzParseRevocations(f *testing.F) {
	f.Add([]byte(`{"election":"E1","type":"revoke","persons":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := ParseRevocations(b, estonia); err == nil {
			require.Contains(t, []string{election.Revoke, election.Restore}, r.Action)
		}
	})
}
