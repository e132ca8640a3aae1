package desktop

import (
	"crypto/elliptic"
	"crypto/rand"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/data"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/vis3"
)

// crowded is the district of the real election that has the most candidates, 138.
const crowded = "0000.4"

// candidates are the lists of a district of a real election.
var candidates = sync.OnceValue(func() []election.Slate {
	districts, err := vis3.ParseDistricts(data.RK2023Districts)
	if err != nil {
		panic(err) // the data is of this repository
	}
	choices, err := vis3.ParseChoices(data.RK2023Choices)
	if err != nil {
		panic(err)
	}
	lists, err := vis3.ChoiceLists(test.Contest, districts, choices)
	if err != nil {
		panic(err)
	}
	for _, l := range lists {
		if l.District == crowded {
			return l.Lists
		}
	}
	panic("the data has no district " + crowded)
})

// parliament makes the election one of many candidates, with texts in every language.
func parliament(m *election.Manifest) {
	m.Languages = languages
	m.Title = election.Text{
		"en": "Election of the Riigikogu (example)", "et": "Riigikogu valimised (näidis)",
		"ru": "Выборы в Рийгикогу (пример)", "vi": "Bầu cử Riigikogu (ví dụ)",
	}
	m.Contests[0].Title = election.Text{
		"en": "Member of the Riigikogu", "et": "Riigikogu liige", "ru": "Член Рийгикогу", "vi": "Đại biểu Riigikogu",
	}
	m.Districts[0].Name = "Valimisringkond nr. 4"
	for i := range m.Lists {
		m.Lists[i].Lists = candidates()
	}
}

// newParliament is an election of many candidates, with a voter who has a name to be shown.
func newParliament(t *testing.T, change ...func(*election.Manifest)) *world {
	t.Helper()
	return newWorldWith(t, 1, func(w *test.World) {
		code := testpki.PersonalCode(100)
		card, err := w.Issuer.Issue(code, "Mari", "Maasikas", elliptic.P256())
		require.NoError(t, err)
		v := &election.Voter{Code: code, Name: "Mari Maasikas", District: test.District, Parish: "0001"}
		rand.Read(v.Pseudonym[:])
		w.Voters = append([]*test.Voter{{Card: card, Voter: v}}, w.Voters...)
		w.WriteRoll(t, 1, w.Voters)
		w.Grow(t, election.KindRoll, election.HashOf(w.Read(t, "sealed/"+election.RollFile(1))))
	}, append([]func(*election.Manifest){parliament}, change...)...)
}

// council adds a contest of several places.
func council(m *election.Manifest) {
	m.Contests = append(m.Contests, election.Contest{ID: "council", Slots: 3, Blank: true, Title: election.Text{
		"en": "Council of the town", "et": "Linnavolikogu", "ru": "Городской совет", "vi": "Hội đồng thành phố",
	}})
	for _, district := range []string{test.District, test.Elsewhere} {
		m.Lists = append(m.Lists, election.ChoiceList{Contest: "council", District: district, Lists: candidates()[:2]})
	}
}

// choices are two of a district's first list.
func (w *world) choices() (one, two string) {
	slate := w.Manifest.Slates(w.Manifest.Contests[0].ID, test.District)[0]
	return slate.Choices[0].Code, slate.Choices[1].Code
}
