package collector

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
)

const (
	dashboardFile = "../docs/grafana/valik.json"
	rulesFile     = "../docs/prometheus/valik.rules.yml"
)

// dashboard is what the test wants to know of a Grafana dashboard.
type dashboard struct {
	SchemaVersion int     `json:"schemaVersion"`
	Panels        []panel `json:"panels"`
	Templating    struct {
		List []struct{ Name, Type string } `json:"list"`
	} `json:"templating"`
}

type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ H, W, X, Y int }
	FieldConfig              struct {
		Defaults struct {
			Unit       string
			Thresholds struct{ Steps []json.RawMessage }
		}
	}
	Targets []target
}

type target struct {
	Expr, RefID, LegendFormat string
	Datasource                struct{ UID string }
}

func readDashboard(t *testing.T) *dashboard {
	t.Helper()
	raw, err := os.ReadFile(dashboardFile)
	require.NoError(t, err)
	d := new(dashboard)
	require.NoError(t, json.Unmarshal(raw, d))
	require.NotEmpty(t, d.Panels)
	return d
}

// A reader finds on each panel what it shows, in which unit, and no panel on another.
func TestDashboardCanBeRead(t *testing.T) {
	d := readDashboard(t)
	require.GreaterOrEqual(t, d.SchemaVersion, 39)
	require.Equal(t, "datasource", d.Templating.List[0].Type)
	for _, p := range d.Panels {
		require.NotEmpty(t, p.Title)
		if p.Type == "row" {
			continue
		}
		require.Greater(t, len(p.Description), 20, p.Title)
		require.NotEmpty(t, p.FieldConfig.Defaults.Unit, p.Title)
		require.NotEmpty(t, p.FieldConfig.Defaults.Thresholds.Steps, p.Title)
		require.NotEmpty(t, p.Targets, p.Title)
		for _, q := range p.Targets {
			require.Equal(t, "${datasource}", q.Datasource.UID, p.Title)
			require.NotEmpty(t, q.LegendFormat, p.Title)
		}
	}
	require.NoError(t, checkLayout(d.Panels))
}

// checkLayout refuses panels that overlap, leave Grafana's 24 columns, or share a number.
func checkLayout(panels []panel) error {
	numbers := map[int]bool{}
	taken := map[[2]int]string{}
	for _, p := range panels {
		at := p.GridPos
		switch {
		case numbers[p.ID]:
			return fmt.Errorf("%q: its number %d is another's", p.Title, p.ID)
		case at.W < 1 || at.H < 1 || at.X < 0 || at.Y < 0 || at.X+at.W > 24:
			return fmt.Errorf("%q: it is not within 24 columns", p.Title)
		case p.Type == "row" && (at.W != 24 || at.H != 1):
			return fmt.Errorf("%q: a row is one high and goes from side to side", p.Title)
		}
		numbers[p.ID] = true
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				if other, is := taken[[2]int{x, y}]; is {
					return fmt.Errorf("%q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	return nil
}

func TestLayoutIsChecked(t *testing.T) {
	place := func(id, x, y, w, h int) panel {
		p := panel{ID: id, Type: "stat", Title: "t"}
		p.GridPos.X, p.GridPos.Y, p.GridPos.W, p.GridPos.H = x, y, w, h
		return p
	}
	require.NoError(t, checkLayout([]panel{place(1, 0, 0, 12, 8), place(2, 12, 0, 12, 8)}))
	require.ErrorContains(t, checkLayout([]panel{place(1, 0, 0, 12, 8), place(2, 11, 7, 2, 2)}), "lies on")
	require.ErrorContains(t, checkLayout([]panel{place(1, 0, 0, 1, 1), place(1, 1, 0, 1, 1)}), "another's")
	require.ErrorContains(t, checkLayout([]panel{place(1, 20, 0, 5, 1)}), "24 columns")
}

// metricNames are all that a running collector can tell.
func metricNames(t *testing.T) map[string]bool {
	t.Helper()
	s := serve(t, test.New(t, 1), sqliteURL(t))
	descriptions := make(chan *prometheus.Desc)
	go func() {
		s.c.metrics.registry.Describe(descriptions)
		close(descriptions)
	}()
	names := map[string]bool{"up": true} // Prometheus's own
	for d := range descriptions {
		names[regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1]] = true
	}
	return names
}

// checkNames refuses an expression about a metric that no collector has. Those of
// node_exporter are another's.
func checkNames(expr string, have map[string]bool) error {
	withoutStrings := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(expr, "")
	found := 0
	for _, name := range regexp.MustCompile(`\b(valik|go|process|node)_[a-z0-9_]+\b|\bup\b`).FindAllString(withoutStrings, -1) {
		found++
		histogram := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !strings.HasPrefix(name, "node_") && !have[name] && !have[histogram] {
			return fmt.Errorf("no collector has %s", name)
		}
	}
	if found == 0 {
		return errors.New("it asks for no metric")
	}
	return nil
}

// Dashboard and alerts ask for what there is, in the language that Prometheus understands.
func TestDashboardAsksForWhatThereIs(t *testing.T) {
	have := metricNames(t)
	require.Error(t, checkNames(`rate(valik_nothing_total[5m])`, have))
	require.Error(t, checkNames(`time() + 1`, have))
	var exprs []string
	for _, p := range readDashboard(t).Panels {
		for _, q := range p.Targets {
			require.NoError(t, checkNames(q.Expr, have), p.Title)
			exprs = append(exprs, strings.ReplaceAll(q.Expr, "$__rate_interval", "1m"))
		}
	}
	requireParsed(t, exprs)
}

// requireParsed lets promtool parse expressions, each as a rule.
func requireParsed(t *testing.T, exprs []string) {
	t.Helper()
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	var rules []rule
	for i, expr := range exprs {
		rules = append(rules, rule{fmt.Sprintf("panel_%d", i), expr})
	}
	// JSON is YAML.
	raw, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "panels", "rules": rules}}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "panels.yml")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	said := promtool(t, "check", "rules", file)
	require.Contains(t, said, fmt.Sprintf("%d rules found", len(exprs)))
}

func promtool(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("promtool")
	require.NoError(t, err, "install Debian's prometheus")
	said, err := exec.Command(path, args...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	return string(said)
}

// Every alert rings when it should, about metrics that there are, and somebody who is woken by
// it finds what to do.
func TestAlerts(t *testing.T) {
	promtool(t, "check", "rules", rulesFile)
	promtool(t, "test", "rules", strings.Replace(rulesFile, ".yml", ".test.yml", 1))
	rules, err := os.ReadFile(rulesFile)
	require.NoError(t, err)
	tests, err := os.ReadFile(strings.Replace(rulesFile, ".yml", ".test.yml", 1))
	require.NoError(t, err)
	manual, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)
	alerts := regexp.MustCompile(`(?s)- alert: (\w+)\n +expr: (.*?)\n +(?:for|labels):`).FindAllStringSubmatch(string(rules), -1)
	require.Len(t, alerts, strings.Count(string(rules), "- alert:"))
	have := metricNames(t)
	for _, a := range alerts {
		require.NoError(t, checkNames(a[2], have), a[1])
		require.Contains(t, string(manual), "\n| `"+a[1]+"` |", "docs/operations.md does not say what to do")
		require.Regexp(t, `alertname: `+a[1]+`\n +exp_alerts: \[\{`, string(tests), "no test lets it ring")
	}
	for _, named := range regexp.MustCompile(`\bValik[A-Z]\w+`).FindAllString(string(manual), -1) {
		require.Contains(t, string(rules), "- alert: "+named+"\n", "docs/operations.md names an alert that does not exist")
	}
}
