package eid_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

// codesOf lists personal codes: published test persons, and one for each way in
// which a checksum can come about; and what is none.
var codesOf = []struct {
	profile   *eid.Profile
	good, bad []string
}{
	{
		eid.Estonia(),
		[]string{"60001019906", "30303039914", "50001029996", "38001085718", "70001010052"},
		[]string{"", "6000101990", "600010199066", "60001019907", "60001019 06", "6000101990x", "６0001019906", "60001019960", "06001019906", "-6001019906", "60001019906\n", "030303-10012"},
	},
	{
		eid.Latvia(),
		[]string{"030303-10012", "050405-10009", "010906-29990", "321234-56789", "329999-00000", testpki.LatvianCode(0)},
		[]string{"", "030303-10013", "050405-10008", "010906-29991", "03030310012", "030303_10012", "030303-1001", "030303-100122", "330303-10012", "031303-10012", "000303-10012", "030303-30012", "32123456789", "321234-5678", "32123x-56789", "331234-56789", "60001019906", strings.Repeat("3", 40)},
	},
}

func TestParseCode(t *testing.T) {
	for _, test := range codesOf {
		rules := rulesOf(t, test.profile)
		for _, good := range test.good {
			code, err := rules.ParseCode(good)
			require.NoError(t, err, good)
			require.Equal(t, good, code)
		}
		for _, bad := range test.bad {
			_, err := rules.ParseCode(bad)
			require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err), "%s: %q", test.profile.Name, bad)
			if bad != "" {
				require.NotContains(t, err.Error(), bad, "an error goes to logs")
			}
		}
	}
}

func rulesOf(t *testing.T, p *eid.Profile) *eid.Rules {
	t.Helper()
	rules, err := eid.NewRules(p)
	require.NoError(t, err)
	return rules
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

// TestLatvianChecksum: the rule once more, as it is usually written.
func TestLatvianChecksum(t *testing.T) {
	weights := []int{1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	rules := rulesOf(t, eid.Latvia())
	for i := range 3000 {
		code := testpki.LatvianCode(i * 100)
		_, err := rules.ParseCode(code)
		require.NoError(t, err)
		require.Equal(t, "99-2", code[4:8], "a living person could have it")
		digits, sum := strings.ReplaceAll(code, "-", ""), 1101
		for i, w := range weights {
			sum -= w * int(digits[i]-'0')
		}
		require.Equal(t, sum%11%10, int(digits[10]-'0'), code)
	}
	require.Panics(t, func() { testpki.LatvianCode(365_000) })
	require.Panics(t, func() { testpki.LatvianCode(-1) })
}

// TestCompleteCode also meets beginnings that no form has.
func TestCompleteCode(t *testing.T) {
	for _, test := range []struct {
		profile          *eid.Profile
		beginning, whole string
	}{
		{eid.Estonia(), "6000101990", "60001019906"},
		{eid.Latvia(), "030303-1001", "030303-10012"},
		{eid.Estonia(), "600010199", ""},
		{eid.Estonia(), "60001019906", ""},
		{eid.Latvia(), "321234-5678", ""}, // the form has no checksum
		{eid.Latvia(), "", ""},
	} {
		whole, err := rulesOf(t, test.profile).CompleteCode(test.beginning)
		require.Equal(t, test.whole, whole)
		require.Equal(t, test.whole == "", eid.CodeOf(err) == eid.CodePersonalCode, test.beginning)
	}
}

// TestCountries: a card of one country is a person under its profile alone.
func TestCountries(t *testing.T) {
	authority, _ := newAuthority(t)
	latvian, err := authority.Under(eid.Latvia())
	require.NoError(t, err)
	cards := map[string]*testpki.Card{"Estonia": newCard(t, authority, elliptic.P256())}
	cards["Latvia"], err = latvian.Issue("030303-10012", "Anna", "Kalniņa", elliptic.P384())
	require.NoError(t, err)
	require.Equal(t, "LV", cards["Latvia"].Signing.Certificate().Subject.Country[0])
	for _, p := range []*eid.Profile{eid.Estonia(), eid.Latvia()} {
		rules := rulesOf(t, p)
		issuers, err := eid.NewIssuers(rules, authority.Certificates())
		require.NoError(t, err)
		for country, card := range cards {
			c, err := eid.Seal(t.Context(), "a", nil, card.Signing, now)
			require.NoError(t, err)
			person, err := c.Verify(issuers, now)
			if country != p.Name {
				require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err), "%s under %s", country, p.Name)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, card.Signing.Certificate(), person.Certificate)
		}
	}
	_, err = latvian.Issue(testpki.PersonalCode(1), "A", "B", elliptic.P256())
	require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
	_, err = authority.Under(&eid.Profile{})
	require.Equal(t, eid.CodeProfile, eid.CodeOf(err))
}

// TestPoliciesAndUsages: what a profile asks of certificates beside the key usage.
func TestPoliciesAndUsages(t *testing.T) {
	authority, issuers := newAuthority(t)
	const qualified, normalised, other, anyPolicy = "0.4.0.194112.1.2", "0.4.0.2042.1.2", "1.3.6.1.4.1.99999.7", "2.5.29.32.0"
	client, mail, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageServerAuth
	for _, test := range []struct {
		name     string
		usage    eid.Usage
		policies []string
		extended []x509.ExtKeyUsage
		unknown  []asn1.ObjectIdentifier
		code     string
	}{
		{"signing", eid.Signing, []string{qualified}, nil, nil, ""},
		{"one of two", eid.Signing, []string{other, qualified}, nil, nil, ""},
		{"any policy", eid.Signing, []string{anyPolicy}, nil, nil, ""},
		{"none", eid.Signing, nil, nil, nil, eid.CodeCertificatePolicy},
		{"other", eid.Signing, []string{other}, nil, nil, eid.CodeCertificatePolicy},
		{"for authentication", eid.Signing, []string{normalised}, nil, nil, eid.CodeCertificatePolicy},
		{"signing with a usage", eid.Signing, []string{qualified}, []x509.ExtKeyUsage{server}, nil, ""},
		{"authentication", eid.Authentication, []string{normalised}, []x509.ExtKeyUsage{client, mail}, nil, ""},
		{"no usage at all", eid.Authentication, []string{normalised}, nil, nil, ""},
		{"authentication by a signing policy", eid.Authentication, []string{qualified}, []x509.ExtKeyUsage{client}, nil, eid.CodeCertificatePolicy},
		{"of a server", eid.Authentication, []string{normalised}, []x509.ExtKeyUsage{server}, nil, eid.CodeCertificateKeyUsage},
		{"of mail", eid.Authentication, []string{normalised}, []x509.ExtKeyUsage{mail}, nil, eid.CodeCertificateKeyUsage},
		{"of something unknown", eid.Authentication, []string{normalised}, nil, []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 99999, 8}}, eid.CodeCertificateKeyUsage},
		{"of something unknown too", eid.Authentication, []string{normalised}, []x509.ExtKeyUsage{client}, []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 99999, 8}}, ""},
		{"of everything", eid.Authentication, []string{normalised}, []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, nil, eid.CodeCertificateKeyUsage},
	} {
		template := authority.Template(testpki.PersonalCode(1), "A", "B")
		if test.usage == eid.Authentication {
			template = testpki.AuthenticationTemplate(template)
		}
		template.Policies, template.ExtKeyUsage, template.UnknownExtKeyUsage = nil, test.extended, test.unknown
		for _, text := range test.policies {
			oid, err := x509.ParseOID(text)
			require.NoError(t, err)
			template.Policies = append(template.Policies, oid)
		}
		key, err := authority.IssueKey(template, elliptic.P256())
		require.NoError(t, err)
		err = issuers.Verify(key.Certificate(), test.usage, now)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
	}
}

// TestNoPolicies: a profile without policies and usages takes all and none.
func TestNoPolicies(t *testing.T) {
	authority, _ := newAuthority(t)
	profile := eid.Estonia()
	profile.Signing = eid.KeyProfile{}
	issuers, err := eid.NewIssuers(rulesOf(t, profile), authority.Certificates())
	require.NoError(t, err)
	template := authority.Template(testpki.PersonalCode(1), "A", "B")
	require.NotEmpty(t, template.Policies)
	for _, policies := range [][]x509.OID{template.Policies, nil} {
		template.Policies = policies
		key, err := authority.IssueKey(template, elliptic.P256())
		require.NoError(t, err)
		require.NoError(t, issuers.Verify(key.Certificate(), eid.Signing, now))
	}
}

// TestKeysOfProfile: a profile decides which keys are accepted.
func TestKeysOfProfile(t *testing.T) {
	authority, _ := newAuthority(t)
	kinds := map[string]eid.Algorithm{eid.KeyP256: eid.ES256, eid.KeyP384: eid.ES384, eid.KeyRSA2048: eid.RS256}
	certs := make(map[string]*x509.Certificate)
	for kind, algorithm := range kinds {
		certs[kind] = signerOf(t, authority, algorithm).Certificate()
	}
	for accepted := range kinds {
		profile := eid.Estonia()
		profile.Keys = []string{accepted}
		issuers, err := eid.NewIssuers(rulesOf(t, profile), authority.Certificates())
		require.NoError(t, err)
		for kind := range kinds {
			err := issuers.Verify(certs[kind], eid.Signing, now)
			require.Equal(t, kind != accepted, eid.CodeOf(err) == eid.CodeCertificateKeyType, "%s, accepted are %s: %v", kind, accepted, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for i := range 20 {
		f.Add(testpki.PersonalCode(i * 997))
		f.Add(testpki.LatvianCode(i * 997))
	}
	f.Add("")
	f.Add("60001019907")
	f.Add("321234-56789")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []*eid.Profile{eid.Estonia(), eid.Latvia()} {
			code, err := rulesOf(t, p).ParseCode(s)
			if err != nil {
				require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
				continue
			}
			require.Equal(t, s, code)
			if p.Name == "Estonia" {
				digit, _ := checksum(s[:10])
				require.Equal(t, digit, int(s[10]-'0'))
			}
		}
	})
}

func FuzzParseProfile(f *testing.F) {
	for _, p := range []*eid.Profile{eid.Estonia(), eid.Latvia()} {
		b, err := json.Marshal(p)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := eid.ParseProfile(b)
		if err != nil {
			require.Equal(t, eid.CodeProfile, eid.CodeOf(err))
			return
		}
		rules := rulesOf(t, p)
		for _, s := range []string{"60001019906", "030303-10012", ""} {
			if _, err := rules.ParseCode(s); err != nil {
				require.Equal(t, eid.CodePersonalCode, eid.CodeOf(err))
			}
			if code, err := rules.CompleteCode(s); err == nil {
				_, err = rules.ParseCode(code)
				require.NoError(t, err)
			}
		}
	})
}

// TestPatternIsOfTheWholeCode: a pattern that closes the group around it would be one of a
// code's beginning and of a code's end.
func TestPatternIsOfTheWholeCode(t *testing.T) {
	for _, pattern := range []string{`[0-9]{11})|(?:[0-9]{11}`, `a)(b`, `)`, `(`} {
		p := eid.Estonia()
		p.Identifier.Forms = []eid.CodeForm{{Pattern: pattern}}
		_, err := eid.NewRules(p)
		require.Equal(t, eid.CodeProfile, eid.CodeOf(err), pattern)
	}
}
