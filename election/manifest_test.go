package election_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/threshold"
	"valik/data"
	"valik/election"
	"valik/election/electiontest"
	"valik/election/vis3"
)

func TestManifestIsItsBytes(t *testing.T) {
	m := smallElection(t).Manifest
	again, err := election.ParseManifest(m.Bytes())
	require.NoError(t, err)
	require.Equal(t, m.Bytes(), again.Bytes())
	require.Equal(t, m.Fingerprint(), again.Fingerprint())
	require.Equal(t, election.HashOf(m.Bytes()), m.Fingerprint())
}

func TestLookups(t *testing.T) {
	m := smallElection(t).Manifest
	require.Equal(t, []string{"mayor", "council"}, m.Style("0176.1"))
	require.Equal(t, []string{"mayor"}, m.Style("0176.2"))
	require.Empty(t, m.Style("0176.3"))
	require.Equal(t, []string{"0176.101", "0176.103", "0176.102", "blank"}, m.Codes("mayor", "0176.2"))
	require.Equal(t, []string{"0176.201", "0176.203", "0176.205", "0176.202", "0176.204"}, m.Codes("council", "0176.1"))
	require.Empty(t, m.Codes("council", "0176.2"))
	require.Equal(t, []election.ListID{{"mayor", "0176.1"}, {"mayor", "0176.2"}, {"council", "0176.1"}}, m.ListIDs())
	require.Equal(t, 2, m.Width(election.ListID{Contest: "council", District: "0176.1"}))
	require.Equal(t, "council-0176.1", election.ListID{Contest: "council", District: "0176.1"}.Stem())
	choices, err := m.Choices("mayor", "0176.1")
	require.NoError(t, err)
	require.Equal(t, 4, choices.Len())
	again, err := m.Choices("mayor", "0176.1")
	require.NoError(t, err)
	require.Same(t, choices, again)
	_, err = m.Choices("council", "0176.2")
	require.Error(t, err)
	require.NoError(t, m.Warm())
}

func TestPointsDependOnElectionContestAndCode(t *testing.T) {
	m := smallElection(t).Manifest
	p := m.Point("mayor", "0176.101")
	require.True(t, p.Equal(m.Point("mayor", "0176.101")))
	require.False(t, p.Equal(m.Point("council", "0176.101")))
	require.False(t, p.Equal(m.Point("mayor", "0176.102")))
	require.False(t, m.Point("ab", "c").Equal(m.Point("a", "bc")), "the split counts")
	other, err := electiontest.New(0, nil)
	require.NoError(t, err)
	require.False(t, p.Equal(other.Manifest.Point("mayor", "0176.101")))
}

// broken is a change that breaks the rule of one field.
type broken struct {
	field  string
	change func(m *election.Manifest)
}

// The rules of the manifest, each broken alone.
var (
	brokenFrame = []broken{
		{"id", func(m *election.Manifest) { m.ID = "RK-2023" }},
		{"id", func(m *election.Manifest) { m.ID = strings.Repeat("a", 29) }},
		{"languages", func(m *election.Manifest) { m.Languages = nil }},
		{"languages", func(m *election.Manifest) { m.Languages = []string{"en", "et", "en"} }},
		{"languages[1]", func(m *election.Manifest) { m.Languages[1] = "ET" }},
		{"title.et", func(m *election.Manifest) { delete(m.Title, "et") }},
		{"title.ru", func(m *election.Manifest) { m.Title["ru"] = "x" }},
		{"title.en", func(m *election.Manifest) { m.Title["en"] = "a\u202eb" }},
		{"title.en", func(m *election.Manifest) { m.Title["en"] = strings.Repeat("a", 1001) }},
		{"closes", func(m *election.Manifest) { m.Closes = m.Opens }},
		{"profile", func(m *election.Manifest) { m.Profile = "closed" }},
		{"authority.officials", func(m *election.Manifest) { m.Authority.Officials = nil }},
		{"authority.officials", func(m *election.Manifest) { m.Authority.Officials = slices.Repeat(m.Authority.Officials, 17) }},
		{"authority.officials[0]", func(m *election.Manifest) { m.Authority.Officials[0] = []byte{1} }},
		{"authority.officials[1]", func(m *election.Manifest) { m.Authority.Officials = slices.Repeat(m.Authority.Officials, 2) }},
		{"authority.signatures", func(m *election.Manifest) { m.Authority.Signatures = 0 }},
		{"authority.signatures", func(m *election.Manifest) { m.Authority.Signatures = 2 }},
		{"rules.invalid", func(m *election.Manifest) { m.Rules.Invalid = "dropped" }},
		{"rules.ties", func(m *election.Manifest) { m.Rules.Ties = "" }},
		{"registry", func(m *election.Manifest) { m.Registry = []byte{1, 2, 3} }},
		{"registry", func(m *election.Manifest) { m.Registry = m.Authority.Officials[0] }},
		{"check.limit", func(m *election.Manifest) { m.Check.Limit = 0 }},
		{"check.minutes", func(m *election.Manifest) { m.Check.Minutes = 1441 }},
		{"board", func(m *election.Manifest) { m.Board.Quorum = 1 }},
		{"board", func(m *election.Manifest) { m.Board.Origin = "other" }},
		{"board", func(m *election.Manifest) { m.Board.Key = "" }},
		{"collector.url", func(m *election.Manifest) { m.Collector.URL = "ftp://x" }},
		{"collector.url", func(m *election.Manifest) { m.Collector.URL = "https://x/?a" }},
		{"collector.key", func(m *election.Manifest) { m.Collector.Key = election.Key{} }},
		{"trustees.threshold", func(m *election.Manifest) { m.Trustees.Threshold = 0 }},
		{"trustees.threshold", func(m *election.Manifest) { m.Trustees.Threshold = 4 }},
		{"trustees.cards", func(m *election.Manifest) { m.Trustees.Cards = nil }},
		{"trustees.cards", func(m *election.Manifest) { m.Trustees.Cards[1] = m.Trustees.Cards[0] }},
		{"trustees.cards", func(m *election.Manifest) { m.Trustees.Cards[1] = m.Trustees.Cards[1][1:] }},
		{"trustees.cards", func(m *election.Manifest) { m.Trustees.Cards[2] = newCard("Trustee 1") }},
		{"mixers.required", func(m *election.Manifest) { m.Mixers.Required = 1 }},
		{"mixers.required", func(m *election.Manifest) { m.Mixers.Required = 3 }},
		{"mixers.operators", func(m *election.Manifest) { m.Mixers.Operators[1].Name = "Mixer 1" }},
		{"mixers.operators", func(m *election.Manifest) { m.Mixers.Operators[1].Key = m.Mixers.Operators[0].Key }},
		{"mixers.operators[0].name", func(m *election.Manifest) { m.Mixers.Operators[0].Name = "" }},
		{"mixers.operators[1].key", func(m *election.Manifest) { m.Mixers.Operators[1].Key = election.Key{} }},
	}
	brokenEID = []broken{
		{"eid.profile", func(m *election.Manifest) { m.EID.Profile.Keys = nil }},
		{"eid.profile", func(m *election.Manifest) { m.EID.Profile.Identifier.Forms[0].Pattern = "(" }},
		{"eid.issuers", func(m *election.Manifest) { m.EID.Issuers = nil }},
		{"eid.issuers[1]", func(m *election.Manifest) { m.EID.Issuers[1] = []byte{1} }},
		{"eid.issuers[1]", func(m *election.Manifest) { m.EID.Issuers[1] = m.EID.Issuers[0] }},
		{"eid.issuers[1]", func(m *election.Manifest) { m.EID.Issuers[1] = m.Authority.Officials[0] }},
		{"eid.evidence", policy(func(p *election.EvidencePolicy) { p.Status, p.Time = nil, nil })},
		{"eid.evidence.away", policy(func(p *election.EvidencePolicy) { p.Away = "wait" })},
		{"eid.evidence.settle", policy(func(p *election.EvidencePolicy) { p.Settle = 0 })},
		{"eid.evidence.settle", policy(func(p *election.EvidencePolicy) { p.Settle = 30*24*3600 + 1 })},
		{"eid.evidence.settle", policy(func(p *election.EvidencePolicy) { p.Away = election.AwayRefuse })},
		{"eid.evidence.status.freshness", policy(func(p *election.EvidencePolicy) { p.Status.Freshness = 0 })},
		{"eid.evidence.status.freshness", policy(func(p *election.EvidencePolicy) { p.Status.Freshness = 7*24*3600 + 1 })},
		{"eid.evidence.status.responders[0]", policy(func(p *election.EvidencePolicy) { p.Status.Responders = [][]byte{{1}} })},
		{"eid.evidence.time.authorities", policy(func(p *election.EvidencePolicy) { p.Time.Authorities = nil })},
		{"eid.evidence.time.authorities[0]", policy(func(p *election.EvidencePolicy) { p.Time.Authorities[0] = []byte{1} })},
		{"eid.evidence.time.authorities[1]", policy(func(p *election.EvidencePolicy) { p.Time.Authorities = slices.Repeat(p.Time.Authorities, 2) })},
		{"eid.evidence.time.tolerance", policy(func(p *election.EvidencePolicy) { p.Time.Tolerance = 0 })},
		{"eid.evidence.time.tolerance", policy(func(p *election.EvidencePolicy) { p.Time.Tolerance = 3601 })},
	}
	brokenContests = []broken{
		{"contests", func(m *election.Manifest) { m.Contests = nil }},
		{"contests", func(m *election.Manifest) { m.Contests[1].ID = "mayor" }},
		{"contests", func(m *election.Manifest) { m.Contests[1].Slots = 100 }},
		{"contests[0]", func(m *election.Manifest) { m.Lists = m.Lists[2:] }},
		{"contests[0].id", func(m *election.Manifest) { m.Contests[0].ID = "may-or" }},
		{"contests[0].slots", func(m *election.Manifest) { m.Contests[0].Slots = 0 }},
		{"contests[1].title.et", func(m *election.Manifest) { delete(m.Contests[1].Title, "et") }},
		{"districts", func(m *election.Manifest) { m.Districts[1].ID = "0176.1" }},
		{"districts[0].id", func(m *election.Manifest) { m.Districts[0].ID = "176.1" }},
		{"districts[0].name", func(m *election.Manifest) { m.Districts[0].Name = "" }},
		{"districts[0].parishes", func(m *election.Manifest) { m.Districts[0].Parishes = nil }},
		{"districts[1].parishes", func(m *election.Manifest) { m.Districts[1].Parishes = []string{"0482", "0482"} }},
		{"districts[0].parishes[0]", func(m *election.Manifest) { m.Districts[0].Parishes[0] = "339" }},
		{"districts[1]", func(m *election.Manifest) { m.Lists = append(m.Lists[:1], m.Lists[2]) }},
		{"lists[0].contest", func(m *election.Manifest) { m.Lists[0].Contest = "major" }},
		{"lists[0].district", func(m *election.Manifest) { m.Lists[0].District = "0176.9" }},
		{"lists[1]", func(m *election.Manifest) { m.Lists[0], m.Lists[1] = m.Lists[1], m.Lists[0] }},
		{"lists[1]", func(m *election.Manifest) { m.Lists[1] = m.Lists[0] }},
		{"lists[2].lists", func(m *election.Manifest) { m.Lists[2].Lists = nil }},
		{"lists[2].lists", func(m *election.Manifest) { m.Lists[2].Lists[1].Name = "First list" }},
		{"lists[2].lists", func(m *election.Manifest) { m.Lists[2].Lists[1].Choices[0] = m.Lists[2].Lists[0].Choices[0] }},
		{"lists[2].lists[1].choices", func(m *election.Manifest) { m.Lists[2].Lists[1].Choices = nil }},
		{"lists[0].lists[0].choices[0].code", func(m *election.Manifest) { m.Lists[0].Lists[0].Choices[0].Code = "blank" }},
		{"lists[0].lists[0].choices[0].code", func(m *election.Manifest) { m.Lists[0].Lists[0].Choices[0].Code = "invalid" }},
		{"lists[0].lists[0].choices[0].code", func(m *election.Manifest) { m.Lists[0].Lists[0].Choices[0].Code = "a-b" }},
		{"lists[0].lists[0].choices[0].name", func(m *election.Manifest) { m.Lists[0].Lists[0].Choices[0].Name = "" }},
		{"lists[1].lists[0].choices[0].name", func(m *election.Manifest) { m.Lists[1].Lists[0].Choices[0].Name = "Another" }},
	}
)

// goodPolicy demands all evidence that there is.
func goodPolicy(m *election.Manifest) *election.EvidencePolicy {
	return &election.EvidencePolicy{
		Status: &election.StatusPolicy{Responders: [][]byte{}, Freshness: 600, Nonce: true, CRL: true},
		Time:   &election.TimePolicy{Authorities: [][]byte{m.EID.Issuers[0]}, Tolerance: 60},
		Away:   election.AwaySettle, Settle: 3600,
	}
}

// policy gives a manifest a good policy for evidence with one change.
func policy(change func(*election.EvidencePolicy)) func(*election.Manifest) {
	return func(m *election.Manifest) {
		m.EID.Evidence = goodPolicy(m)
		change(m.EID.Evidence)
	}
}

// newCard is a card with new keys.
func newCard(name string) []byte {
	id, err := threshold.NewIdentity(name)
	if err != nil {
		panic(err)
	}
	return id.Card().Bytes()
}

func TestManifestRules(t *testing.T) {
	good := smallElection(t).Manifest.Bytes()
	for _, test := range slices.Concat(brokenFrame, brokenEID, brokenContests) {
		t.Run(test.field, func(t *testing.T) {
			m, err := election.ParseManifest(good) // a copy of its own
			require.NoError(t, err)
			test.change(m)
			_, err = election.NewManifest(*m)
			requireField(t, err, "manifest", test.field)
		})
	}
}

func TestManifestWithEvidence(t *testing.T) {
	m, err := election.ParseManifest(smallElection(t).Manifest.Bytes())
	require.NoError(t, err)
	require.False(t, m.Settles())
	m.EID.Evidence = goodPolicy(m)
	settling, err := election.NewManifest(*m)
	require.NoError(t, err)
	require.True(t, settling.Settles())
	require.True(t, settling.MayLieInRecord(election.SettlementFile))
	require.False(t, m.MayLieInRecord("settlement.json"))
	settling.EID.Evidence.Away, settling.EID.Evidence.Settle = election.AwayRefuse, 0
	refusing, err := election.NewManifest(*settling)
	require.NoError(t, err)
	require.False(t, refusing.Settles())
	require.False(t, refusing.MayLieInRecord(election.SettlementFile))
}

func TestManifestOfARealElection(t *testing.T) {
	d, err := vis3.ParseDistricts(data.RK2023Districts)
	require.NoError(t, err)
	c, err := vis3.ParseChoices(data.RK2023Choices)
	require.NoError(t, err)
	e, err := electiontest.New(0, func(m *election.Manifest) {
		m.ID = d.Election
		m.Contests = []election.Contest{{ID: "rk", Title: m.Title, Slots: 1}}
		m.Districts = d.List
		m.Lists, err = vis3.ChoiceLists("rk", d, c)
		require.NoError(t, err)
	})
	require.NoError(t, err)
	require.Len(t, e.Manifest.ListIDs(), 12)
	require.Less(t, len(e.Manifest.Bytes()), 100_000)
}

func FuzzParseManifest(f *testing.F) {
	f.Add(smallElection(f).Manifest.Bytes())
	f.Add([]byte(`{"type":"valik/manifest","version":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := election.ParseManifest(b); err == nil {
			require.Equal(t, b, m.Bytes())
		}
	})
}
