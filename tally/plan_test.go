package tally

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
)

const planText = `id = "TEST2029"
languages = ["en"]
title = { en = "Test" }
opens = 2029-03-01T09:00:00+02:00
closes = 2029-03-05T20:00:00+02:00
profile = "open"
authority = "authority.pem"
issuers = "issuers.pem"
districts = "districts.json"
voters = ["voters.txt"]
[[contests]]
id = "council"
title = { en = "Council" }
slots = 1
blank = true
choices = "choices.json"
[board]
origin = "ORIGIN"
key = "BOARD"
[collector]
url = "http://localhost"
key = "COLLECTOR"
[trustees]
threshold = 2
cards = ["1.card", "2.card", "3.card"]
[mixers]
required = 2
operators = [{ name = "One", key = "COLLECTOR" }, { name = "Two", key = "MIXER" }]
[check]
limit = 3
minutes = 30
`

// newPlan writes a plan and the files that it names, and returns its path and text.
func newPlan(t *testing.T) (string, string) {
	t.Helper()
	w := newWorld(t, nil, nil)
	m := w.Election.Manifest
	dir := t.TempDir()
	files := map[string][]byte{
		"authority.pem": testpki.EncodeCertificates(newOfficial(t).Certificate()),
		"issuers.pem":   testpki.EncodeCertificates(w.Authority.Certificates()...),
		"districts.json": []byte(`{"election": "TEST2029", "districts": {"0176.1": {"name": "North", "parish": ["0339"]}},
			"regions": {"0339": {"state": "a", "county": "b", "parish": "c"}}, "counties": {}}`),
		"choices.json": []byte(`{"election": "TEST2029", "choices": {"0176.1": {"List": {"0176.101": "ANNA"}}}}`),
		"voters.txt":   []byte("2\nTEST2029\n0\n2029-01-01T00:00:00Z\t2029-12-31T00:00:00Z\nlisamine\t" + w.Roll.List[0].Code + "\tA\t0339\t1\n"),
	}
	for j, card := range m.Trustees.Cards {
		files[string(rune('1'+j))+".card"] = card
	}
	text := strings.NewReplacer("ORIGIN", m.Board.Origin, "BOARD", m.Board.Key,
		"COLLECTOR", hex.EncodeToString(m.Collector.Key[:]), "MIXER", hex.EncodeToString(m.Mixers.Operators[0].Key[:])).Replace(planText)
	files["plan.toml"] = []byte(text)
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	return filepath.Join(dir, "plan.toml"), text
}

func build(path string) error {
	p, err := ReadPlan(path)
	if err != nil {
		return err
	}
	_, _, err = p.Build()
	return err
}

func TestPlan(t *testing.T) {
	t.Parallel()
	path, _ := newPlan(t)
	p, err := ReadPlan(path)
	require.NoError(t, err)
	m, roll, err := p.Build()
	require.NoError(t, err)
	require.Equal(t, "TEST2029", m.ID)
	require.Equal(t, "2029-03-01T07:00:00Z", m.Opens.String())
	require.Len(t, m.Trustees.Cards, 3)
	require.Equal(t, []string{"0176.101", "blank"}, m.Codes("council", "0176.1"))
	require.Len(t, roll.List, 1)
	require.Equal(t, m.Fingerprint(), roll.Election)
	again, other, err := p.Build()
	require.NoError(t, err)
	require.Equal(t, m.Bytes(), again.Bytes(), "the manifest is what the plan says and nothing else")
	require.NotEqual(t, roll.Hash(), other.Hash(), "a roll is salted")
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	path, text := newPlan(t)
	for _, c := range []struct{ old, with, want string }{
		{"profile =", "profil =", `there is no setting "profil"`},
		{"minutes = 30\n", "", "check.minutes: the setting is missing"},
		{"id = \"TEST2029\"\n", "", "id: the setting is missing"},
		{"minutes = 30", "minutes = 30\nseconds = 1", `there is no setting "check.seconds"`},
		{"09:00:00+02:00", "09:00:00", "opens: 2029-03-01T09:00:00 has no offset"},
		{"closes = 2029-03-05T20:00:00+02:00", "closes = 2029-03-05", "closes: 2029-03-05T00:00:00 has no offset"},
		{"closes = 2029-03-05T20:00:00+02:00", "closes = \"soon\"", "soon is no time"},
		{"closes = 2029", "closes = 2028", "closes"},
		{"slots = 1", "slots = \"one\"", "slots"},
		{"authority = \"authority.pem\"", "authority = \"voters.txt\"", "authority: voters.txt: no certificate in it"},
		{"authority = \"authority.pem\"", "authority = \"gone.pem\"", "authority: open "},
		{"issuers = \"issuers.pem\"", "issuers = \"choices.json\"", "issuers: choices.json: no certificate in it"},
		{"\"2.card\"", "\"choices.json\"", "trustees.cards: choices.json: "},
		{"\"2.card\"", "\"gone.card\"", "trustees.cards: open "},
		{"\"2.card\"", "\"1.card\"", "trustees"},
		{"districts = \"districts.json\"", "districts = \"choices.json\"", "districts: choices.json: vis3: districts, line 1"},
		{"choices = \"choices.json\"", "choices = \"districts.json\"", "contests[0].choices: districts.json: vis3: choices"},
		{"voters = [\"voters.txt\"]", "voters = []", "voters: vis3: the initial voter list is missing"},
		{"voters = [\"voters.txt\"]", "voters = [\"choices.json\"]", "voters: "},
		{"id = \"TEST2029\"", "id = \"OTHER\"", "districts: districts.json is of election TEST2029, the plan of OTHER"},
		{"required = 2", "required = 3", "mixers.required"},
		{"name = \"Two\"", "name = \"One\"", "mixers"},
		{"= [\"en\"]", "= [\"en\", \"et\"]", "title"},
	} {
		require.Contains(t, text, c.old)
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(text, c.old, c.with, 1)), 0o600))
		err := build(path)
		require.ErrorContains(t, err, path, c.with)
		require.ErrorContains(t, err, c.want)
	}
	require.Error(t, build(filepath.Join(t.TempDir(), "gone.toml")))
}

func TestPlanTimeIsATime(t *testing.T) {
	t.Parallel()
	require.Error(t, new(PlanTime).UnmarshalTOML(int64(7)))
	at := new(PlanTime)
	require.NoError(t, at.UnmarshalTOML(time.Now()))
	require.False(t, at.local)
}
