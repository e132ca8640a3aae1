package mobileid

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest"
	"valik/eid/internal/rest/resttest"
)

func TestTheDocumentHasEveryCode(t *testing.T) {
	resttest.CheckDocument(t, []map[string]rest.Refusal{certificateResults, sessionResults}, []map[int]rest.Refusal{startStatuses, sessionStatuses})
}

func FuzzParseSession(f *testing.F) {
	ended := func(s *session) (result, cert string) { return s.Result, s.Cert }
	resttest.FuzzSession(f, parseSession, ended,
		`{"state":"RUNNING","time":"2019-07-23T11:36:16","traceId":"460ef8a6be5730da"}`,
		`{"state":"COMPLETE","result":"OK","signature":{"value":"B+C9XVjIAZnCHH9vfBSv","algorithm":"SHA256WithECEncryption"},"cert":"MIIF"}`,
		`{"state":"COMPLETE","result":"USER_CANCELLED"}`,
		`{"state":"COMPLETE","signature":null}`,
	)
}

func FuzzParseCertificate(f *testing.F) {
	f.Add([]byte(`{"result":"OK","cert":"MIIHhjCCBW6gAwIBAgIQDNYLtVwrKURYStrYApYViTANBgkqhkiG9w0B","time":"2019-07-23T11:32:01"}`))
	f.Add([]byte(`{"result":"NOT_FOUND"}`))
	c, err := rest.New("mobile-id", "https://mid.example.ee", nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		encoded, err := parseCertificate(c, answer)
		if err != nil {
			require.NotEmpty(t, rest.CodeOf(err))
			return
		}
		_, err = c.Person(encoded, "PNOEE-1", 0)
		require.Error(t, err)
	})
}
