package election

import (
	"cmp"
	"slices"
)

// validateLists checks the lists of choices: each of a contest and a district
// that exist, in their order, none twice, none empty, and nobody without one.
func (m *Manifest) validateLists(v *validator) {
	contests, districts := map[string]int{}, map[string]int{}
	for i, c := range m.Contests {
		contests[c.ID] = i
	}
	for i, d := range m.Districts {
		districts[d.ID] = i
	}
	position := func(l ChoiceList) [2]int { return [2]int{contests[l.Contest], districts[l.District]} }
	names := map[Choice]string{}
	usedContests, usedDistricts := map[string]bool{}, map[string]bool{}
	for i, l := range m.Lists {
		at := indexed("lists", i)
		_, known := contests[l.Contest]
		v.check(known, at+".contest", "%.80q is not a contest", l.Contest)
		_, known = districts[l.District]
		v.check(known, at+".district", "%.80q is not a district", l.District)
		v.check(i == 0 || comparePairs(position(m.Lists[i-1]), position(l)) < 0, at, "not in the order of contests and districts, or there twice")
		usedContests[l.Contest], usedDistricts[l.District] = true, true
		v.slates(at, l, names)
	}
	for i, c := range m.Contests {
		v.check(usedContests[c.ID], indexed("contests", i), "no district has choices for %q", c.ID)
	}
	for i, d := range m.Districts {
		v.check(usedDistricts[d.ID], indexed("districts", i), "no contest has choices in %q", d.ID)
	}
}

// slates checks one list of choices. names holds the name of every code of a
// contest: a code that stands in several districts means the same everywhere.
func (v *validator) slates(at string, l ChoiceList, names map[Choice]string) {
	var codes, slates []string
	for i, s := range l.Lists {
		at := indexed(at+".lists", i)
		v.name(at+".name", s.Name)
		v.check(len(s.Choices) > 0, at+".choices", "at least one is needed")
		slates = append(slates, s.Name)
		for j, c := range s.Choices {
			at := indexed(at+".choices", j)
			v.match(at+".code", c.Code, choiceCode)
			v.check(c.Code != Blank && c.Code != Invalid, at+".code", "%q has a meaning of its own", c.Code)
			v.name(at+".name", c.Name)
			key := Choice{Code: c.Code, Name: l.Contest}
			v.check(names[key] == "" || names[key] == c.Name, at+".name", "the code %q is %q elsewhere", c.Code, names[key])
			names[key] = c.Name
			codes = append(codes, c.Code)
		}
	}
	v.check(len(codes) >= 1 && len(codes) < maxChoices, at+".lists", "%d choices, not 1 to %d", len(codes), maxChoices-1)
	v.unique(at+".lists", codes)
	v.unique(at+".lists", slates)
}

func comparePairs(a, b [2]int) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), slices.Compare(a[1:], b[1:]))
}
