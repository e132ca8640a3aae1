package mobileid_test

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest/resttest"
	"valik/eid/mobileid"
	"valik/eid/mobileid/mobileidtest"
)

func codeOfError(t *testing.T, err error) string {
	t.Helper()
	var e *mobileid.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Sentence())
	return e.Code()
}

// A step is what a voter does: log in, choose the certificate, sign.
type step struct {
	name string
	do   func(ctx context.Context, c *mobileid.Client, s *mobileid.Signer) error
}

var steps = []step{
	{"authenticate", func(ctx context.Context, c *mobileid.Client, _ *mobileid.Signer) error {
		_, err := c.Authenticate(ctx, []byte("a"))
		return err
	}},
	{"certificate", func(ctx context.Context, c *mobileid.Client, _ *mobileid.Signer) error {
		_, err := c.Signer(ctx)
		return err
	}},
	{"sign", func(ctx context.Context, _ *mobileid.Client, s *mobileid.Signer) error {
		_, err := s.SignDigest(ctx, make([]byte, 32))
		return err
	}},
}

// each runs the steps under a behaviour and gives their errors by name.
func each(t *testing.T, b mobileidtest.Behaviour) map[string]error {
	t.Helper()
	server := mobileidtest.New(world().authority)
	cfg := config(t, server, "P-256")
	cfg.Wait.Limit = 2 * time.Second
	if b.Lie == "never_ends" || b.Lie == "silence" {
		cfg.Wait.Limit = 100 * time.Millisecond
	}
	c := newClient(t, cfg)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	server.Behave(b)
	failures := map[string]error{}
	for _, s := range steps {
		failures[s.name] = s.do(t.Context(), c, signer)
	}
	return failures
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
				require.Equal(t, want, codeOfError(t, err), name)
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
			require.Equal(t, code, codeOfError(t, err), "%d %s", status, name)
		}
		failures := each(t, mobileidtest.Behaviour{SessionStatus: status})
		require.Equal(t, code, codeOfError(t, failures["authenticate"]), status)
		require.Equal(t, code, codeOfError(t, failures["sign"]), status)
	}
	require.Equal(t, "http_status", codeOfError(t, each(t, mobileidtest.Behaviour{Status: 404})["sign"]))
	require.Equal(t, "session_not_found", codeOfError(t, each(t, mobileidtest.Behaviour{SessionStatus: 404})["sign"]))
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

func TestLies(t *testing.T) {
	for _, lie := range resttest.Lies() {
		t.Run(string(lie), func(t *testing.T) {
			want, ok := lies[lie]
			require.True(t, ok, "a lie without a row")
			failures := each(t, mobileidtest.Behaviour{Lie: lie})
			for i, s := range steps {
				if want[i] == "" {
					require.NoError(t, failures[s.name], s.name)
				} else {
					require.Equal(t, want[i], codeOfError(t, failures[s.name]), s.name)
				}
			}
		})
	}
}

func TestStrangers(t *testing.T) {
	server := mobileidtest.New(world().authority)
	cfg := config(t, server, "P-256")
	cfg.Phone = "+37200000000"
	c := newClient(t, cfg)
	_, err := c.Signer(t.Context())
	require.Equal(t, "not_found", codeOfError(t, err))
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "not_mid_client", codeOfError(t, err))
	cfg.RelyingPartyUUID = "00000000-0000-4000-8000-000000000000"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "not_authorised", codeOfError(t, err))
	cfg = config(t, server, "P-256")
	cfg.Country = "LT" // the certificate says PNOEE
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "other_person", codeOfError(t, err))
}

// The relying party's UUID, the personal code and the phone number are planted, the
// service repeats them where it can, and nothing that is printed or logged has them.
func TestSecretsStayInside(t *testing.T) {
	var logs bytes.Buffer
	log.SetOutput(&logs)
	defaults := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer func() { slog.SetDefault(defaults); log.SetOutput(os.Stderr) }()

	server := mobileidtest.New(world().authority)
	cfg := config(t, server, "P-256")
	c := newClient(t, cfg)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	printed := resttest.Texts(cfg, &cfg, c, signer)

	behaviours := []mobileidtest.Behaviour{{Result: "USER_CANCELLED"}, {Result: cfg.Code + cfg.Phone + cfg.RelyingPartyUUID}}
	for _, status := range []int{302, 400, 401, 404, 405, 429, 500} {
		behaviours = append(behaviours, mobileidtest.Behaviour{Status: status, Echo: true}, mobileidtest.Behaviour{SessionStatus: status, Echo: true})
	}
	for _, lie := range resttest.Lies() {
		behaviours = append(behaviours, mobileidtest.Behaviour{Lie: lie})
	}
	failures := 0
	for _, b := range behaviours {
		for _, err := range each(t, b) {
			if err != nil {
				failures++
				printed += resttest.Texts(err)
			}
		}
	}
	require.Greater(t, failures, 40)
	cfg.URL = "http://127.0.0.1:1"
	_, err = newClient(t, cfg).Signer(t.Context())
	require.Equal(t, "unreachable", codeOfError(t, err))
	printed += resttest.Texts(err)
	for _, change := range []func(*mobileid.Config){
		func(c *mobileid.Config) { c.URL = "https://" + c.Code + ":" + c.RelyingPartyUUID + "@example.ee" },
		func(c *mobileid.Config) { c.RelyingPartyUUID += "0" },
		func(c *mobileid.Config) { c.Code += "/" },
		func(c *mobileid.Config) { c.Phone += " " },
		func(c *mobileid.Config) { c.Text = strings.Repeat(c.Code, 5) },
	} {
		bad := cfg
		change(&bad)
		_, err := mobileid.New(bad)
		require.Error(t, err)
		printed += resttest.Texts(err)
	}
	for _, secret := range []string{cfg.RelyingPartyUUID, cfg.Code, cfg.Phone, strings.TrimPrefix(cfg.Phone, "+")} {
		require.NotContains(t, printed, secret)
		require.NotContains(t, logs.String(), secret)
	}
}
