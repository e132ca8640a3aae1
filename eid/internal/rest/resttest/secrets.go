package resttest

import (
	"bytes"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Secrets gathers all that a test's program prints and logs.
type Secrets struct {
	printed strings.Builder
	logs    bytes.Buffer
}

// NewSecrets takes the logs of the whole program, at every level, until the test ends.
func NewSecrets(t *testing.T) *Secrets {
	t.Helper()
	s := new(Secrets)
	defaults := slog.Default()
	log.SetOutput(&s.logs)
	slog.SetDefault(slog.New(slog.NewTextHandler(&s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(defaults); log.SetOutput(os.Stderr) })
	return s
}

// Print gathers all that can be printed of values.
func (s *Secrets) Print(values ...any) { s.printed.WriteString(Texts(values...)) }

// Fail gathers the errors of steps, which each runs, under some results, under HTTP
// statuses with the request repeated, and under every lie.
func (s *Secrets) Fail(t *testing.T, each func(*testing.T, Behaviour) map[string]error, results []string, statuses []int) {
	t.Helper()
	var behaviours []Behaviour
	for _, result := range results {
		behaviours = append(behaviours, Behaviour{Result: result})
	}
	for _, status := range statuses {
		behaviours = append(behaviours, Behaviour{Status: status, Echo: true}, Behaviour{SessionStatus: status, Echo: true})
	}
	for _, lie := range Lies() {
		behaviours = append(behaviours, Behaviour{Lie: lie})
	}
	failures := 0
	for _, b := range behaviours {
		for _, err := range each(t, b) {
			if err != nil {
				failures++
				s.Print(err)
			}
		}
	}
	require.Greater(t, failures, 40)
}

// PrintRefusals gathers the errors of settings that a change spoils.
func PrintRefusals[C, X any](t *testing.T, s *Secrets, open func(C) (X, error), good C, changes ...func(*C)) {
	t.Helper()
	for _, change := range changes {
		bad := good
		change(&bad)
		_, err := open(bad)
		require.Error(t, err)
		s.Print(err)
	}
}

// Check finds none of the secrets in what was printed or logged.
func (s *Secrets) Check(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		require.NotContains(t, s.printed.String(), secret)
		require.NotContains(t, s.logs.String(), secret)
	}
}
