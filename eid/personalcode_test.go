package eid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

func TestParsePersonalCode(t *testing.T) {
	// The issuers' published test persons, and one code for each way in which
	// the checksum can come about.
	for _, good := range []string{"60001019906", "30303039914", "50001029996", "38001085718", "70001010052"} {
		code, err := testpki.Rules().ParseCode(good)
		require.NoError(t, err, good)
		require.Equal(t, good, code)
	}
	for _, bad := range []string{"", "6000101990", "600010199066", "60001019907", "60001019 06", "6000101990x", "６0001019906", "60001019960", "06001019906", "-6001019906"} {
		_, err := testpki.Rules().ParseCode(bad)
		require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err), bad)
		if bad != "" {
			require.NotContains(t, err.Error(), bad, "an error goes to logs")
		}
	}
}

// TestChecksumRounds meets the first round, the second, and the final zero.
func TestChecksumRounds(t *testing.T) {
	rounds := make(map[int]int)
	for i := range 5000 {
		code := testpki.PersonalCode(i)
		want, round := checksum(code[:10])
		require.Equal(t, want, int(code[10]-'0'), code)
		rounds[round]++
	}
	require.Len(t, rounds, 3, "not every way was met")
}

// checksum is the rule once more, written as Estonia's regulation words it.
func checksum(ten string) (digit, round int) {
	first, second := 0, 0
	for i := range ten {
		d := int(ten[i] - '0')
		first += d * (i%9 + 1)
		second += d * ((i+2)%9 + 1)
	}
	switch {
	case first%11 != 10:
		return first % 11, 1
	case second%11 != 10:
		return second % 11, 2
	}
	return 0, 3
}

func FuzzParsePersonalCode(f *testing.F) {
	for i := range 20 {
		f.Add(testpki.PersonalCode(i * 997))
	}
	f.Add("")
	f.Add("60001019907")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := testpki.Rules().ParseCode(s)
		if err != nil {
			require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
			return
		}
		require.Equal(t, s, code)
		digit, _ := checksum(s[:10])
		require.Equal(t, digit, int(s[10]-'0'))
	})
}
