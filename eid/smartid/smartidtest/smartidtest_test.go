package smartidtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest/resttest"
	"valik/eid/smartid/smartidtest"
	"valik/eid/testpki"
)

// The example of section 2.3.11.4, with the server's relying party and a real hash.
const (
	party   = `"relyingPartyUUID":"` + smartidtest.UUID + `","relyingPartyName":"vALIK test","certificateLevel":"QUALIFIED"`
	hash    = `"hash":"0nbgC2fVdLVQFZJdBbmG7oPoElpCYsQMtrY0c0wKYRg=","hashType":"SHA256"`
	order   = `"allowedInteractionsOrder":[{"type":"confirmationMessage","displayText200":"Up to 200 characters of text here.."},{"type":"displayTextAndPIN","displayText60":"Up to 60 characters of text here.."}]`
	example = `{` + party + `,` + hash + `,` + order + `}`
)

var (
	person   = "etsi/PNOEE-" + testpki.PersonalCode(1)
	document = "document/PNOEE-" + testpki.PersonalCode(1) + "-TEST-Q"
)

func newServer(t *testing.T) *smartidtest.Server {
	t.Helper()
	authority, card := resttest.Holder(t)
	s := smartidtest.New(authority)
	s.Person(card)
	return s
}

func TestRequests(t *testing.T) {
	s := newServer(t)
	replaced := func(old, instead string) string { return resttest.Replaced(t, example, old, instead) }
	for name, row := range map[string]struct {
		method, path, body string
		status             int
	}{
		"authentication":             {"POST", "/authentication/" + person, example, 200},
		"signature":                  {"POST", "/signature/" + document, example, 200},
		"choice":                     {"POST", "/certificatechoice/" + person, `{` + party + `}`, 200},
		"choice, optional fields":    {"POST", "/certificatechoice/" + person, `{` + party + `,"nonce":"a","requestProperties":{"shareMdClientIpAddress":true},"capabilities":[]}`, 200},
		"QSCD for a signature":       {"POST", "/signature/" + document, replaced("QUALIFIED", "QSCD"), 200},
		"QSCD for an authentication": {"POST", "/authentication/" + person, replaced("QUALIFIED", "QSCD"), 400},
		"unknown level":              {"POST", "/signature/" + document, replaced("QUALIFIED", "GOLD"), 400},
		"hash with a choice":         {"POST", "/certificatechoice/" + person, example, 400},
		"missing hash":               {"POST", "/signature/" + document, `{` + party + `,` + order + `}`, 400},
		"missing interactions":       {"POST", "/signature/" + document, `{` + party + `,` + hash + `}`, 400},
		"unknown interaction":        {"POST", "/signature/" + document, replaced("displayTextAndPIN", "displayText"), 400},
		"text of another":            {"POST", "/signature/" + document, replaced("displayText200", "displayText60"), 400},
		"both texts":                 {"POST", "/signature/" + document, replaced(`"displayText200"`, `"displayText60":"a","displayText200"`), 400},
		"long text":                  {"POST", "/signature/" + document, replaced("Up to 60", strings.Repeat("a", 60)), 400},
		"unknown field":              {"POST", "/signature/" + document, replaced("certificateLevel", "level"), 400},
		"long nonce":                 {"POST", "/signature/" + document, replaced(`"hashType"`, `"nonce":"`+strings.Repeat("a", 31)+`","hashType"`), 400},
		"empty nonce":                {"POST", "/signature/" + document, replaced(`"hashType"`, `"nonce":"","hashType"`), 400},
		"not base64":                 {"POST", "/signature/" + document, replaced("0nbg", "0nb-"), 400},
		"base64 without padding":     {"POST", "/signature/" + document, replaced("YRg=", "YRg"), 400},
		"hash of another length":     {"POST", "/signature/" + document, replaced("0nbgC2fV", ""), 400},
		"unknown kind of hash":       {"POST", "/signature/" + document, replaced("SHA256", "SHA1"), 400},
		"missing UUID":               {"POST", "/signature/" + document, replaced("relyingPartyUUID", "relyingpartyname"), 400},
		"another UUID":               {"POST", "/signature/" + document, replaced("0000-4000", "0000-5000"), 401},
		"another name":               {"POST", "/signature/" + document, replaced("vALIK", "Voldik"), 401},
		"nobody":                     {"POST", "/signature/etsi/PNOEE-1", example, 404},
		"no document":                {"POST", "/signature/document/PNOEE-1", example, 404},
		"method":                     {"GET", "/signature/" + document, "", 405},
		"no session":                 {"GET", "/session/a", "", 404},
		"no path":                    {"POST", "/signature", "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := resttest.Send(s, row.method, row.path, row.body)
			require.Equal(t, row.status, w.Code, w.Body)
		})
	}
}

func TestTheSameNonceTwice(t *testing.T) {
	s, body := newServer(t), `{`+party+`,"nonce":"once"}`
	require.Equal(t, 200, resttest.Send(s, "POST", "/certificatechoice/"+person, body).Code)
	require.Equal(t, 400, resttest.Send(s, "POST", "/certificatechoice/"+person, body).Code)
}

func TestASession(t *testing.T) {
	s := newServer(t)
	id := strings.Split(resttest.Send(s, "POST", "/signature/"+document, example).Body.String(), `"`)[3]
	w := resttest.Send(s, "GET", "/session/"+id+"?timeoutMs=1000", "")
	require.Contains(t, w.Body.String(), `"state":"COMPLETE","result":{"endResult":"OK","documentNumber":"`+strings.TrimPrefix(document, "document/")+`"}`)
	require.Contains(t, w.Body.String(), `"certificateLevel":"QUALIFIED"`)
	require.Contains(t, w.Body.String(), `"interactionFlowUsed":"confirmationMessage"`)
}
