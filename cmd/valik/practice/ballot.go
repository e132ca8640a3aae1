package practice

import (
	"fmt"

	"valik/election"
	"valik/internal/office"
)

const (
	electionID = "PRACTICE"
	district   = "0000.1"
	parish     = "0001"
)

// The contests.
const (
	trees = "TREE"  // one of many, in lists as parties have them
	birds = "BIRDS" // two of some, and not both need be used
)

// plan is the practice election at an address.
func plan(address string) office.Plan {
	return office.Plan{
		ID: electionID, Name: "Practice", Address: address,
		Voters:   []office.Voter{{Given: "PRACTICE", Surname: "VOTER", District: district, Parish: parish}},
		Complete: complete,
	}
}

// complete puts the ballot into the manifest. With real candidates, or with any question that
// divides people, it would look like an opinion poll.
func complete(m *election.Manifest) {
	m.Rehearsal = true
	m.Languages = []string{"en", "et", "ru", "vi"}
	m.Title = election.Text{
		"en": "Practice vote: nothing is decided here",
		"et": "Proovihääletus: siin ei otsustata midagi",
		"ru": "Пробное голосование: здесь ничего не решается",
		"vi": "Bỏ phiếu thử: ở đây không quyết định điều gì",
	}
	m.Contests = []election.Contest{
		{ID: trees, Slots: 1, Title: election.Text{
			"en": "Which tree should be planted in the town square?",
			"et": "Milline puu tuleks linnaväljakule istutada?",
			"ru": "Какое дерево посадить на городской площади?",
			"vi": "Nên trồng cây nào ở quảng trường thành phố?",
		}},
		{ID: birds, Slots: 2, Blank: true, Title: election.Text{
			"en": "For which birds should nest boxes be put up? Two at most",
			"et": "Millistele lindudele tuleks pesakastid üles panna? Kõige rohkem kaks",
			"ru": "Для каких птиц развесить гнездовые ящики? Не больше двух",
			"vi": "Nên treo hộp làm tổ cho những loài chim nào? Nhiều nhất hai loài",
		}},
	}
	m.Districts = []election.District{{ID: district, Name: "Arboretum", Parishes: []string{parish}}}
	m.Lists = []election.ChoiceList{
		{Contest: trees, District: district, Lists: slates(101, treeFamilies)},
		{Contest: birds, District: district, Lists: slates(501, birdFamilies)},
	}
}

// slates gives the species codes as those of candidates are, counted on through all lists.
func slates(number int, families []family) []election.Slate {
	all := make([]election.Slate, len(families))
	for i, f := range families {
		all[i].Name = f.name
		for _, name := range f.species {
			all[i].Choices = append(all[i].Choices, election.Choice{Code: fmt.Sprintf("0000.%d", number), Name: name})
			number++
		}
	}
	return all
}
