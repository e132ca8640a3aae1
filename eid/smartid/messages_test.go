package smartid

import (
	"testing"

	"valik/eid/internal/rest"
	"valik/eid/internal/rest/resttest"
)

func TestTheDocumentHasEveryCode(t *testing.T) {
	resttest.CheckDocument(t, []map[string]rest.Refusal{sessionResults}, []map[int]rest.Refusal{startStatuses, sessionStatuses}, lowLevel, otherCertificate)
}

func FuzzParseSession(f *testing.F) {
	ended := func(s *session) (result, cert string) { return s.Result.End, s.Cert.Value }
	resttest.FuzzSession(f, parseSession, ended,
		`{"state":"RUNNING"}`,
		`{"state":"COMPLETE","result":{"endResult":"OK","documentNumber":"PNOEE-372"},`+
			`"signature":{"value":"B+C9XVjIAZnCHH9vfBSv","algorithm":"sha512WithRSAEncryption"},`+
			`"cert":{"value":"B+C9XVjIAZnCHH9vfBSv","certificateLevel":"QUALIFIED"}}`,
		`{"state":"COMPLETE","result":{"endResult":"USER_REFUSED"},"ignoredProperties":["a"]}`,
		`{"state":"COMPLETE","result":null}`,
	)
}
