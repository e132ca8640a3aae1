package mobileid_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest/resttest"
	"valik/eid/mobileid"
	"valik/eid/mobileid/mobileidtest"
)

// each runs the steps under a behaviour and gives their errors by name.
func each(t *testing.T, b mobileidtest.Behaviour) map[string]error {
	t.Helper()
	server := mobileidtest.New(world().Authority)
	cfg := config(t, server, "P-256")
	cfg.Wait.Limit = b.Limit()
	return resttest.Each(t, &server.Sessions, newClient(t, cfg), b)
}

// Every result of the documentation, sections 3.1.7 and 3.3.8.
func TestResults(t *testing.T) {
	for _, row := range []struct {
		result string
		kind   error
		steps  string
	}{
		{"NOT_FOUND", mobileid.ErrNoAccount, "certificate"},
		{"NOT_ACTIVE", mobileid.ErrNoAccount, "certificate"},
		{"TIMEOUT", mobileid.ErrTimedOut, "authenticate sign"},
		{"NOT_MID_CLIENT", mobileid.ErrNoAccount, "authenticate sign"},
		{"USER_CANCELLED", mobileid.ErrCancelled, "authenticate sign"},
		{"SIGNATURE_HASH_MISMATCH", mobileid.ErrNoAccount, "authenticate sign"},
		{"PHONE_ABSENT", nil, "authenticate sign"},
		{"DELIVERY_ERROR", nil, "authenticate sign"},
		{"SIM_ERROR", nil, "authenticate sign"},
		{"SOMETHING_NEW", mobileid.ErrService, ""},
		{"ok", mobileid.ErrService, ""},
	} {
		t.Run(row.result, func(t *testing.T) {
			for name, err := range each(t, mobileidtest.Behaviour{Result: row.result}) {
				want := strings.ToLower(row.result)
				if !strings.Contains(row.steps, name) {
					want = "result_unknown"
					require.ErrorIs(t, err, mobileid.ErrService)
				} else if row.kind != nil {
					require.ErrorIs(t, err, row.kind)
				}
				require.Equal(t, want, resttest.CodeOf(t, err), name)
			}
		})
	}
}

// Every HTTP status of the documentation, sections 3.1.8, 3.2.6 and 3.3.9, and others.
func TestStatuses(t *testing.T) {
	for status, code := range map[int]string{
		201: "http_status", 302: "http_status", 400: "request_refused", 401: "not_authorised", 403: "http_status",
		405: "method_refused", 429: "http_status", 500: "service_failed", 503: "service_failed",
	} {
		for name, err := range each(t, mobileidtest.Behaviour{Status: status}) {
			require.Equal(t, code, resttest.CodeOf(t, err), "%d %s", status, name)
		}
		failures := each(t, mobileidtest.Behaviour{SessionStatus: status})
		require.Equal(t, code, resttest.CodeOf(t, failures["authenticate"]), status)
		require.Equal(t, code, resttest.CodeOf(t, failures["sign"]), status)
	}
	require.Equal(t, "http_status", resttest.CodeOf(t, each(t, mobileidtest.Behaviour{Status: 404})["sign"]))
	require.Equal(t, "session_not_found", resttest.CodeOf(t, each(t, mobileidtest.Behaviour{SessionStatus: 404})["sign"]))
}

// lies says what the steps give under a lie: authenticate, certificate, sign.
var lies = map[resttest.Lie][3]string{
	resttest.OtherPerson:      {"other_person", "other_person", "signature_invalid"},
	resttest.OtherPurpose:     {"certificate", "certificate", "signature_invalid"},
	resttest.TwoPersons:       {"other_person", "other_person", ""},
	resttest.WrongSignature:   {"signature_invalid", "", "signature_invalid"},
	resttest.OtherAlgorithm:   {"algorithm", "", "algorithm"},
	resttest.OtherKey:         {"algorithm", "", "algorithm"},
	resttest.BadBase64:        {"answer_form", "", "answer_form"},
	resttest.BadCertificate:   {"answer_form", "answer_form", ""},
	resttest.Garbage:          {"answer_form", "", "answer_form"},
	resttest.Trailing:         {"answer_form", "", "answer_form"},
	resttest.BadState:         {"answer_form", "", "answer_form"},
	resttest.BadSession:       {"answer_form", "", "answer_form"},
	resttest.Endless:          {"answer_too_large", "", "answer_too_large"},
	resttest.NeverEnds:        {"time_limit", "", "time_limit"},
	resttest.CutOff:           {"unreachable", "", "unreachable"},
	resttest.OneFault:         {"", "", ""},
	resttest.Redirect:         {"http_status", "http_status", "http_status"},
	resttest.Silence:          {"time_limit", "time_limit", "time_limit"},
	resttest.OtherCertificate: {"", "", ""}, // of the same key, and nothing names the certificate before
	resttest.LowLevel:         {"", "", ""}, // Mobile-ID has one level,
	resttest.NoLevel:          {"", "", ""}, // of which nothing is said,
	resttest.BadDocument:      {"", "", ""}, // and no document numbers
}

func TestLies(t *testing.T) { resttest.CheckLies(t, lies, each) }

func TestStrangers(t *testing.T) {
	server := mobileidtest.New(world().Authority)
	cfg := config(t, server, "P-256")
	cfg.Phone = "+37200000000"
	c := newClient(t, cfg)
	_, err := c.Signer(t.Context())
	require.Equal(t, "not_found", resttest.CodeOf(t, err))
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "not_mid_client", resttest.CodeOf(t, err))
	cfg.RelyingPartyUUID = "00000000-0000-4000-8000-000000000000"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "not_authorised", resttest.CodeOf(t, err))
	cfg = config(t, server, "P-256")
	cfg.Country = "LT" // the certificate says PNOEE
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "other_person", resttest.CodeOf(t, err))
}

// The relying party's UUID, the personal code and the phone number are planted, the
// service repeats them where it can, and nothing that is printed or logged has them.
func TestSecretsStayInside(t *testing.T) {
	secrets := resttest.NewSecrets(t)
	server := mobileidtest.New(world().Authority)
	cfg := config(t, server, "P-256")
	c := newClient(t, cfg)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	secrets.Print(cfg, &cfg, c, signer)

	secrets.Fail(t, each, []string{"USER_CANCELLED", cfg.Code + cfg.Phone + cfg.RelyingPartyUUID}, []int{302, 400, 401, 404, 405, 429, 500})
	cfg.URL = "http://127.0.0.1:1"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "unreachable", resttest.CodeOf(t, err))
	secrets.Print(err)
	resttest.PrintRefusals(t, secrets, mobileid.New, cfg,
		func(c *mobileid.Config) { c.URL = "https://" + c.Code + ":" + c.RelyingPartyUUID + "@example.ee" },
		func(c *mobileid.Config) { c.RelyingPartyUUID += "0" },
		func(c *mobileid.Config) { c.Code += "/" },
		func(c *mobileid.Config) { c.Phone += " " },
		func(c *mobileid.Config) { c.Text = strings.Repeat(c.Code, 5) },
	)
	secrets.Check(t, cfg.RelyingPartyUUID, cfg.Code, cfg.Phone, strings.TrimPrefix(cfg.Phone, "+"))
}
