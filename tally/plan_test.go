package tally

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

const planText = `id = "TEST2029"
languages = ["en"]
title = { en = "Test" }
opens = 2029-03-01T09:00:00+02:00
closes = 2029-03-05T20:00:00+02:00
profile = "open"
authority = "authority.pem"
districts = "districts.json"
voters = ["voters.txt"]
[eid]
profile = "ee"
issuers = "issuers.pem"
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
	require.Equal(t, 1, m.Authority.Signatures)
	require.Equal(t, *eid.Estonia(), m.EID.Profile)
	require.Nil(t, m.EID.Evidence)
}

// A plan with all that it may have beyond what it must.
func TestWholePlan(t *testing.T) {
	t.Parallel()
	path, text := newPlan(t)
	dir := filepath.Dir(path)
	keys := newOfficials(t, "Head", "Deputy")
	latvia, err := json.Marshal(eid.Latvia())
	require.NoError(t, err)
	estonia, err := json.Marshal(eid.Estonia())
	require.NoError(t, err)
	old := testpki.PersonalCode(100)
	voters, err := os.ReadFile(filepath.Join(dir, "voters.txt"))
	require.NoError(t, err)
	present := strings.Split(string(voters), "\t")[2]
	for name, content := range map[string][]byte{
		"both.pem": testpki.EncodeCertificates(keys[0].Certificate(), keys[1].Certificate()), "own.json": estonia, "other.json": latvia,
		"changed.json": []byte(`{"election": "TEST2029", "changed": {"` + old + `": "` + present + `"}}`),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	text = strings.NewReplacer(`authority = "authority.pem"`, "authority = \"both.pem\"\nsignatures = 2", `profile = "ee"`, `profile = "own.json"`,
		`voters = ["voters.txt"]`, "voters = [\"voters.txt\"]\nchanged = [\"changed.json\"]",
		"[[contests]]", `[eid.evidence]
away = "settle"
settle = "24h"
status = { responders = "issuers.pem", freshness = "10m", nonce = true, crl = true }
time = { authorities = "issuers.pem", tolerance = "30s" }
[[contests]]`).Replace(text)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	p, err := ReadPlan(path)
	require.NoError(t, err)
	m, roll, err := p.Build()
	require.NoError(t, err)
	require.Equal(t, 2, m.Authority.Signatures)
	require.Len(t, m.Officials(), 2)
	require.Equal(t, *eid.Estonia(), m.EID.Profile, "a file beside the plan")
	require.Equal(t, &election.EvidencePolicy{
		Status: &election.StatusPolicy{Responders: m.EID.Issuers, Freshness: 600, Nonce: true, CRL: true},
		Time:   &election.TimePolicy{Authorities: m.EID.Issuers, Tolerance: 30},
		Away:   election.AwaySettle, Settle: 86400,
	}, m.EID.Evidence)
	require.Equal(t, []string{old}, roll.List[0].Former)

	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(text, "own.json", "other.json", 1)), 0o600))
	require.ErrorContains(t, build(path), "personal_code", "the profile decides what a code is")
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	path, text := newPlan(t)
	const evidence, stamps = "[[contests]]", "[eid.evidence]\naway = \"settle\"\nsettle = \"1h\"\ntime = { authorities = \"issuers.pem\", tolerance = \"10s\" }\n"
	for _, c := range []struct{ old, with, want string }{
		{"profile = \"ee\"", "profile = \"atlantis\"", "eid.profile: "},
		{"profile = \"ee\"", "profile = \"choices.json\"", "eid.profile: "},
		{"profile = \"ee\"\n", "", "eid.profile: the setting is missing"},
		{"issuers = \"issuers.pem\"\n", "", "eid.issuers: the setting is missing"},
		{"authority = \"authority.pem\"", "authority = \"authority.pem\"\nsignatures = 2", "authority.signatures: 2 is not from 1"},
		{evidence, strings.Replace(stamps, "1h", "1", 1) + evidence, "settle"},
		{evidence, strings.Replace(stamps, "1h", "1000h", 1) + evidence, "eid.evidence.settle"},
		{evidence, strings.Replace(stamps, "\"settle\"", "\"wait\"", 1) + evidence, "eid.evidence.away"},
		{evidence, strings.Replace(stamps, "issuers.pem", "gone.pem", 1) + evidence, "eid.evidence.time.authorities: open "},
		{evidence, strings.Replace(stamps, "tolerance", "tolerances", 1) + evidence, `there is no setting "eid.evidence.time.tolerances"`},
		{evidence, stamps + "status = { responders = \"choices.json\", freshness = \"10m\" }\n" + evidence, "eid.evidence.status.responders: choices.json: no certificate in it"},
		{evidence, stamps + "status = { freshness = \"1000h\" }\n" + evidence, "eid.evidence.status.freshness"},
		{"voters = [\"voters.txt\"]", "voters = [\"voters.txt\"]\nchanged = [\"gone.json\"]", "voters: open "},
		{"voters = [\"voters.txt\"]", "voters = [\"voters.txt\"]\nchanged = [\"choices.json\"]", "vis3: code changes"},
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

// TestPlanOfTheSignOn: what binds a sign-on to its channel, and the address for cards, come
// from the plan too.
func TestPlanOfTheSignOn(t *testing.T) {
	t.Parallel()
	path, text := newPlan(t)
	secure := strings.Replace(text, `url = "http://localhost"`, "url = \"https://vote.example\"\nchannel = true\ncards = \"https://cards.vote.example\"", 1)
	require.NoError(t, os.WriteFile(path, []byte(secure), 0o600))
	p, err := ReadPlan(path)
	require.NoError(t, err)
	m, _, err := p.Build()
	require.NoError(t, err)
	require.True(t, m.Collector.Channel)
	require.Equal(t, "https://cards.vote.example", m.Collector.Cards)
}
