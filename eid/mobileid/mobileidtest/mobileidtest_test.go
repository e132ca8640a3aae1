package mobileidtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest/resttest"
	"valik/eid/mobileid/mobileidtest"
	"valik/eid/testpki"
)

// The example of section 3.2.4, with the server's relying party and a person of testpki.
var (
	party   = `"relyingPartyUUID":"` + mobileidtest.UUID + `","relyingPartyName":"vALIK test","phoneNumber":"+3726234566","nationalIdentityNumber":"` + testpki.PersonalCode(1) + `"`
	hash    = `"hash":"0nbgC2fVdLVQFZJdBbmG7oPoElpCYsQMtrY0c0wKYRg=","hashType":"SHA256"`
	example = `{` + party + `,` + hash + `,"language":"ENG","displayText":"This is display text.","displayTextFormat":"GSM-7"}`
)

func newServer(t *testing.T) *mobileidtest.Server {
	t.Helper()
	authority, card := resttest.Holder(t)
	s := mobileidtest.New(authority)
	s.Person("+3726234566", card)
	return s
}

func TestRequests(t *testing.T) {
	s := newServer(t)
	replaced := func(old, instead string) string { return resttest.Replaced(t, example, old, instead) }
	for name, row := range map[string]struct {
		method, path, body string
		status             int
	}{
		"example, authentication": {"POST", "/authentication", example, 200},
		"example, signature":      {"POST", "/signature", example, 200},
		"certificate":             {"POST", "/certificate", `{` + party + `}`, 200},
		"no text":                 {"POST", "/signature", `{` + party + `,` + hash + `,"language":"LIT"}`, 200},
		"text of 21 in UCS-2":     {"POST", "/signature", replaced("GSM-7", "UCS-2"), 400},
		"unknown format":          {"POST", "/signature", replaced("GSM-7", "UTF-8"), 400},
		"long text":               {"POST", "/signature", replaced("This is", strings.Repeat("a", 40)), 400},
		"hash with a certificate": {"POST", "/certificate", example, 400},
		"missing hash":            {"POST", "/signature", `{` + party + `,"hashType":"SHA256","language":"ENG"}`, 400},
		"missing hashType":        {"POST", "/signature", replaced(`"hashType":"SHA256",`, ""), 400},
		"missing language":        {"POST", "/signature", `{` + party + `,` + hash + `}`, 400},
		"language":                {"POST", "/signature", replaced("ENG", "eng"), 400},
		"unknown field":           {"POST", "/signature", replaced("language", "lingua"), 400},
		"not base64":              {"POST", "/signature", replaced("0nbg", "0nb-"), 400},
		"base64 without padding":  {"POST", "/signature", replaced("YRg=", "YRg"), 400},
		"hash of another length":  {"POST", "/signature", replaced("0nbgC2fV", ""), 400},
		"hash of another kind":    {"POST", "/signature", replaced("SHA256", "SHA384"), 400},
		"unknown kind of hash":    {"POST", "/signature", replaced("SHA256", "SHA1"), 400},
		"phone":                   {"POST", "/signature", replaced("+372", "372"), 400},
		"missing UUID":            {"POST", "/signature", replaced("relyingPartyUUID", "relyingpartyname"), 400},
		"another UUID":            {"POST", "/signature", replaced("0000-4000", "0000-5000"), 401},
		"another name":            {"POST", "/signature", replaced("vALIK", "Voldik"), 401},
		"method":                  {"GET", "/signature", "", 405},
		"method of a session":     {"POST", "/signature/session/a", "", 405},
		"no session":              {"GET", "/signature/session/a", "", 404},
		"timeoutMs":               {"GET", "/signature/session/a?timeoutMs=1s", "", 400},
		"no path":                 {"POST", "/signatures", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := resttest.Send(s, row.method, row.path, row.body)
			require.Equal(t, row.status, w.Code, w.Body)
		})
	}
}

func TestASessionIsOfOnePurpose(t *testing.T) {
	s := newServer(t)
	id := strings.Split(resttest.Send(s, "POST", "/signature", example).Body.String(), `"`)[3]
	require.Equal(t, 404, resttest.Send(s, "GET", "/authentication/session/"+id, "").Code)
	w := resttest.Send(s, "GET", "/signature/session/"+id+"?timeoutMs=1000", "")
	require.Contains(t, w.Body.String(), `"state":"COMPLETE","result":"OK"`)
	require.NotContains(t, w.Body.String(), `"cert"`, "only authentications have it")
}

func TestALieThatIsNone(t *testing.T) {
	require.Panics(t, func() { newServer(t).Behave(mobileidtest.Behaviour{Lie: "other person"}) })
}
