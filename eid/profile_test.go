package eid_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
)

func TestBuiltInProfiles(t *testing.T) {
	require.Equal(t, []string{"ee", "lv"}, eid.Profiles())
	for _, name := range eid.Profiles() {
		p, err := eid.BuiltInProfile(name)
		require.NoError(t, err)
		b, err := json.Marshal(p)
		require.NoError(t, err)
		again, err := eid.ParseProfile(b)
		require.NoError(t, err, "a profile travels in a manifest")
		require.Equal(t, p, again)
	}
	require.Equal(t, "Estonia", eid.Estonia().Name)
	require.Equal(t, "Latvia", eid.Latvia().Name)
	for _, name := range []string{"", "xx", "../profile/ee", "ee.json"} {
		_, err := eid.BuiltInProfile(name)
		require.Equal(t, eid.CodeProfile, eid.CodeOf(err), name)
	}
}

// TestWrongProfiles: each fault is named at its place.
func TestWrongProfiles(t *testing.T) {
	checksum := func(p *eid.Profile) *eid.Checksum { return p.Identifier.Forms[0].Checksum }
	for _, test := range []struct {
		edit func(p *eid.Profile)
		text string
	}{
		{func(p *eid.Profile) { p.Name = "" }, "name: it has 1 to 200 bytes"},
		{func(p *eid.Profile) { p.Name = strings.Repeat("n", 201) }, "name: it has 1 to 200 bytes"},
		{func(p *eid.Profile) { p.Identifier.Prefix = "" }, "identifier.prefix"},
		{func(p *eid.Profile) { p.Identifier.Prefix = "PNOEE" }, "identifier.prefix"},
		{func(p *eid.Profile) { p.Identifier.Prefix = "pnoee-" }, "identifier.prefix"},
		{func(p *eid.Profile) { p.Identifier.Prefix = "PNOEE-\n" }, "identifier.prefix"},
		{func(p *eid.Profile) { p.Identifier.Forms = nil }, "identifier.forms: 0 forms"},
		{func(p *eid.Profile) { p.Identifier.Forms = make([]eid.CodeForm, 9) }, "identifier.forms: 9 forms"},
		{func(p *eid.Profile) { p.Identifier.Forms = append(p.Identifier.Forms, eid.CodeForm{}) }, "identifier.forms[1]: a pattern has 1 to 200 bytes"},
		{func(p *eid.Profile) { p.Identifier.Forms[0].Pattern = "[0-9" }, "identifier.forms[0]: error parsing regexp"},
		{func(p *eid.Profile) { p.Identifier.Forms[0].Pattern = `(a)\1` }, "identifier.forms[0]: error parsing regexp"},
		{func(p *eid.Profile) { p.Identifier.Forms[0].Pattern = strings.Repeat("a", 201) }, "identifier.forms[0]: a pattern has 1 to 200 bytes"},
		{func(p *eid.Profile) { checksum(p).Modulus = 1 }, "identifier.forms[0]: a checksum has a modulus from 2 to 11"},
		{func(p *eid.Profile) { checksum(p).Modulus = 12 }, "identifier.forms[0]: a checksum has a modulus from 2 to 11"},
		{func(p *eid.Profile) { checksum(p).Rounds = nil }, "identifier.forms[0]: a checksum has a modulus from 2 to 11 and 1 to 8 rounds"},
		{func(p *eid.Profile) { checksum(p).Rounds = make([]eid.ChecksumRound, 9) }, "1 to 8 rounds"},
		{func(p *eid.Profile) { checksum(p).Rounds[1].Weights = []int{1} }, "as many weights each"},
		{func(p *eid.Profile) { checksum(p).Rounds = make([]eid.ChecksumRound, 1) }, "as many weights each, 1 to 31"},
		{func(p *eid.Profile) { checksum(p).Rounds = []eid.ChecksumRound{{Weights: make([]int, 32)}} }, "as many weights each, 1 to 31"},
		{func(p *eid.Profile) { checksum(p).Rounds[0].Add = -1 }, "a summand is from 0 to 1000, not -1"},
		{func(p *eid.Profile) { checksum(p).Rounds[0].Add = 1001 }, "a summand is from 0 to 1000, not 1001"},
		{func(p *eid.Profile) { checksum(p).Rounds[1].Weights[2] = -1 }, "a weight is from 0 to 1000, not -1"},
		{func(p *eid.Profile) { checksum(p).Rounds[1].Weights[2] = 1001 }, "a weight is from 0 to 1000, not 1001"},
		{func(p *eid.Profile) { p.Keys = nil }, "keys: none is accepted"},
		{func(p *eid.Profile) { p.Keys = []string{"P-521"} }, "keys[0]"},
		{func(p *eid.Profile) { p.Keys = []string{"P-256", "P-256"} }, "keys[1]"},
		{func(p *eid.Profile) { p.Signing.Policies = []string{"0.4.0.x"} }, `signing: "0.4.0.x" is no object identifier`},
		{func(p *eid.Profile) { p.Authentication.Extended = []string{""} }, `authentication: "" is no object identifier`},
	} {
		p := eid.Estonia()
		test.edit(p)
		_, err := eid.NewRules(p)
		require.Equal(t, eid.CodeProfile, eid.CodeOf(err), test.text)
		require.ErrorContains(t, err, test.text)
		b, err := json.Marshal(p)
		require.NoError(t, err)
		_, err = eid.ParseProfile(b)
		require.Equal(t, eid.CodeProfile, eid.CodeOf(err), test.text)
	}
}

func TestParseProfileRefuses(t *testing.T) {
	good, err := json.Marshal(eid.Estonia())
	require.NoError(t, err)
	for name, text := range map[string]string{
		"nothing":       "",
		"no JSON":       "profile",
		"a list":        "[]",
		"an empty one":  "{}",
		"unknown key":   strings.Replace(string(good), `"name"`, `"nome"`, 1),
		"more":          string(good) + "{}",
		"a broken tail": string(good) + "}",
		"other type":    strings.Replace(string(good), `"modulus":11`, `"modulus":"11"`, 1),
		"a fraction":    strings.Replace(string(good), `"modulus":11`, `"modulus":10.5`, 1),
	} {
		_, err := eid.ParseProfile([]byte(text))
		require.Equal(t, eid.CodeProfile, eid.CodeOf(err), name)
	}
}
