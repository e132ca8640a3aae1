package smartid_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest/resttest"
	"valik/eid/smartid"
	"valik/eid/smartid/smartidtest"
	"valik/eid/testpki"
)

// each runs the steps under a behaviour and gives their errors by name.
func each(t *testing.T, b smartidtest.Behaviour) map[string]error {
	t.Helper()
	server := smartidtest.New(world().Authority)
	cfg := config(t, server, "RSA")
	cfg.Wait.Limit = b.Limit()
	return resttest.Each(t, &server.Sessions, newClient(t, cfg), b)
}

// Every result of section 2.3.12.5, and version 3's.
func TestResults(t *testing.T) {
	for result, kind := range map[string]error{
		"USER_REFUSED":                                    smartid.ErrCancelled,
		"USER_REFUSED_CERT_CHOICE":                        smartid.ErrCancelled,
		"USER_REFUSED_DISPLAYTEXTANDPIN":                  smartid.ErrCancelled,
		"USER_REFUSED_VC_CHOICE":                          smartid.ErrCancelled,
		"USER_REFUSED_CONFIRMATIONMESSAGE":                smartid.ErrCancelled,
		"USER_REFUSED_CONFIRMATIONMESSAGE_WITH_VC_CHOICE": smartid.ErrCancelled,
		"USER_REFUSED_INTERACTION":                        smartid.ErrCancelled,
		"TIMEOUT":                                         smartid.ErrTimedOut,
		"DOCUMENT_UNUSABLE":                               smartid.ErrNoAccount,
		"ACCOUNT_UNUSABLE":                                smartid.ErrNoAccount,
		"WRONG_VC":                                        nil,
		"REQUIRED_INTERACTION_NOT_SUPPORTED_BY_APP":       smartid.ErrNoAccount,
		"EXPECTED_LINKED_SESSION":                         smartid.ErrService,
		"PROTOCOL_FAILURE":                                smartid.ErrService,
		"SERVER_ERROR":                                    smartid.ErrService,
	} {
		t.Run(result, func(t *testing.T) {
			for name, err := range each(t, smartidtest.Behaviour{Result: result}) {
				require.Equal(t, strings.ToLower(result), resttest.CodeOf(t, err), name)
				if kind != nil {
					require.ErrorIs(t, err, kind)
				}
			}
		})
	}
	for _, result := range []string{"SOMETHING_NEW", "ok"} {
		for _, err := range each(t, smartidtest.Behaviour{Result: result}) {
			require.Equal(t, "result_unknown", resttest.CodeOf(t, err))
			require.ErrorIs(t, err, smartid.ErrService)
		}
	}
}

// Every HTTP status of sections 2.1.1, 2.2.3, 2.3.3 and 2.3.12.3, and others.
func TestStatuses(t *testing.T) {
	for status, codes := range map[int][2]string{ // of a request, of a question about its session
		201: {"http_status", "http_status"},
		302: {"http_status", "http_status"},
		400: {"request_refused", "request_refused"},
		401: {"not_authorised", "not_authorised"},
		403: {"not_permitted", "not_permitted"},
		404: {"account_not_found", "session_not_found"},
		429: {"http_status", "http_status"},
		471: {"account_unsuitable", "http_status"},
		472: {"see_app", "http_status"},
		480: {"client_too_old", "client_too_old"},
		500: {"service_failed", "service_failed"},
		503: {"service_failed", "service_failed"},
		580: {"maintenance", "maintenance"},
	} {
		for name, err := range each(t, smartidtest.Behaviour{Status: status}) {
			require.Equal(t, codes[0], resttest.CodeOf(t, err), "%d %s", status, name)
		}
		for name, err := range each(t, smartidtest.Behaviour{SessionStatus: status}) {
			require.Equal(t, codes[1], resttest.CodeOf(t, err), "%d %s", status, name)
		}
	}
}

// lies says what the steps give under a lie: authenticate, certificate, sign.
var lies = map[resttest.Lie][3]string{
	resttest.OtherPerson:      {"other_person", "other_person", "other_person"},
	resttest.OtherPurpose:     {"certificate", "certificate", "certificate"},
	resttest.TwoPersons:       {"other_person", "other_person", "other_person"},
	resttest.WrongSignature:   {"signature_invalid", "", "signature_invalid"},
	resttest.OtherAlgorithm:   {"algorithm", "", "algorithm"},
	resttest.OtherKey:         {"algorithm", "", "algorithm"},
	resttest.BadBase64:        {"answer_form", "", "answer_form"},
	resttest.BadCertificate:   {"answer_form", "answer_form", "answer_form"},
	resttest.Garbage:          {"answer_form", "answer_form", "answer_form"},
	resttest.Trailing:         {"answer_form", "answer_form", "answer_form"},
	resttest.BadState:         {"answer_form", "answer_form", "answer_form"},
	resttest.BadSession:       {"answer_form", "answer_form", "answer_form"},
	resttest.Endless:          {"answer_too_large", "answer_too_large", "answer_too_large"},
	resttest.NeverEnds:        {"time_limit", "time_limit", "time_limit"},
	resttest.CutOff:           {"unreachable", "unreachable", "unreachable"},
	resttest.OneFault:         {"", "", ""},
	resttest.Redirect:         {"http_status", "http_status", "http_status"},
	resttest.Silence:          {"time_limit", "time_limit", "time_limit"},
	resttest.OtherCertificate: {"", "", "other_certificate"},
	resttest.LowLevel:         {"certificate_level", "certificate_level", "certificate_level"},
	resttest.NoLevel:          {"certificate_level", "certificate_level", "certificate_level"},
	resttest.BadDocument:      {"", "answer_form", ""}, // only the choice's is used
}

func TestLies(t *testing.T) { resttest.CheckLies(t, lies, each) }

func TestStrangers(t *testing.T) {
	server := smartidtest.New(world().Authority)
	cfg := config(t, server, "RSA")
	stranger := cfg
	stranger.Code = testpki.PersonalCode(1)
	_, err := newClient(t, stranger).Signer(t.Context())
	require.Equal(t, "account_not_found", resttest.CodeOf(t, err))
	_, err = newClient(t, stranger).Authenticate(t.Context(), []byte("a"))
	require.ErrorIs(t, err, smartid.ErrNoAccount)
	cfg.RelyingPartyUUID = "00000000-0000-4000-8000-000000000000"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "not_authorised", resttest.CodeOf(t, err))
}

// The relying party's UUID, and the personal code are planted, the service
// repeats them where it can, and nothing that is printed or logged has them.
func TestSecretsStayInside(t *testing.T) {
	secrets := resttest.NewSecrets(t)
	server := smartidtest.New(world().Authority)
	cfg := config(t, server, "RSA")
	c := newClient(t, cfg)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	secrets.Print(cfg, &cfg, c, signer)

	secrets.Fail(t, each, []string{"USER_CANCELLED", cfg.Code + cfg.RelyingPartyUUID}, []int{302, 400, 401, 403, 404, 429, 471, 472, 480, 500, 580})
	cfg.URL = "http://127.0.0.1:1"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "unreachable", resttest.CodeOf(t, err))
	secrets.Print(err)
	resttest.PrintRefusals(t, secrets, smartid.New, cfg,
		func(c *smartid.Config) { c.URL = "https://" + c.Code + ":" + c.RelyingPartyUUID + "@example.ee" },
		func(c *smartid.Config) { c.RelyingPartyUUID += "0" },
		func(c *smartid.Config) { c.Code += "/" },
		func(c *smartid.Config) { c.Text = strings.Repeat(c.Code, 6) },
	)
	secrets.Check(t, cfg.RelyingPartyUUID, cfg.Code)
}
