package smartid

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
	for result, r := range sessionResults {
		require.Equal(t, strings.ToLower(result), r.Code)
		require.Contains(t, document, resttest.Row("`"+result+"`", r))
	}
	for _, table := range []map[int]rest.Refusal{startStatuses, sessionStatuses} {
		for status, r := range table {
			require.Contains(t, document, resttest.Row(fmt.Sprintf("HTTP %d", status), r))
		}
	}
	for _, r := range append(rest.Common(), lowLevel, otherCertificate) {
		require.Contains(t, document, resttest.Row("", r))
	}
}

func FuzzParseSession(f *testing.F) {
	for _, seed := range []string{
		`{"state":"RUNNING"}`,
		`{"state":"COMPLETE","result":{"endResult":"OK","documentNumber":"PNOEE-372"},` +
			`"signature":{"value":"B+C9XVjIAZnCHH9vfBSv","algorithm":"sha512WithRSAEncryption"},` +
			`"cert":{"value":"B+C9XVjIAZnCHH9vfBSv","certificateLevel":"QUALIFIED"}}`,
		`{"state":"COMPLETE","result":{"endResult":"USER_REFUSED"},"ignoredProperties":["a"]}`,
		`{"state":"COMPLETE","result":null}`,
	} {
		f.Add([]byte(seed))
	}
	c, err := rest.New("smart-id", "https://sid.example.ee", nil)
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
			require.Equal(t, "OK", s.Result.End)
			_, err := c.Person(s.Cert.Value, "PNOEE-1", 0)
			require.Error(t, err, "no certificate has the key usage 0")
		}
	})
}
