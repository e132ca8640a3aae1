package mobileid

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest"
	"valik/eid/internal/rest/resttest"
)

func TestTheDocumentHasEveryCode(t *testing.T) {
	document, err := resttest.Document()
	require.NoError(t, err)
	for _, table := range []map[string]rest.Refusal{certificateResults, sessionResults} {
		for result, r := range table {
			require.Equal(t, strings.ToLower(result), r.Code)
			require.Contains(t, document, resttest.Row("`"+result+"`", r))
		}
	}
	for _, table := range []map[int]rest.Refusal{startStatuses, sessionStatuses} {
		for status, r := range table {
			require.Contains(t, document, resttest.Row(fmt.Sprintf("HTTP %d", status), r))
		}
	}
	for _, r := range rest.Common() {
		require.Contains(t, document, resttest.Row("", r))
	}
}

func FuzzParseSession(f *testing.F) {
	for _, seed := range []string{
		`{"state":"RUNNING","time":"2019-07-23T11:36:16","traceId":"460ef8a6be5730da"}`,
		`{"state":"COMPLETE","result":"OK","signature":{"value":"B+C9XVjIAZnCHH9vfBSv","algorithm":"SHA256WithECEncryption"},"cert":"MIIF"}`,
		`{"state":"COMPLETE","result":"USER_CANCELLED"}`,
		`{"state":"COMPLETE","signature":null}`,
	} {
		f.Add([]byte(seed))
	}
	c, err := rest.New("mobile-id", "https://mid.example.ee", nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		s, complete, err := parseSession(c, answer)
		if err != nil {
			require.NotEmpty(t, rest.CodeOf(err))
			require.NotEqual(t, "config", rest.CodeOf(err))
			return
		}
		require.Equal(t, complete, s != nil)
		if complete {
			require.Equal(t, "OK", s.Result)
			_, err := c.Person(s.Cert, "PNOEE-1", 0)
			require.Error(t, err, "no certificate has the key usage 0")
		}
	})
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
