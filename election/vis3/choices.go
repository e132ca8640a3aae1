package vis3

import (
	"fmt"

	"valik/election"
)

// Choices is the choices file: what each district may choose from.
type Choices struct {
	Election string
	List     []DistrictChoices // in the order of the file
}

// DistrictChoices is the lists of one district in the order of the file.
type DistrictChoices struct {
	District string
	Slates   []election.Slate
}

// ParseChoices reads the choices file. Errors: *[Error].
//
// It implements Import.Choices of docs/protocol/manifest.md.
func ParseChoices(b []byte) (*Choices, error) {
	r, err := newReader("choices", b)
	if err != nil {
		return nil, err
	}
	c := new(Choices)
	err = r.whole(map[string]func() error{
		"election": func() (err error) { c.Election, err = r.match(electionID); return err },
		"choices":  func() error { return r.object(func(district string) error { return c.readDistrict(r, district) }) },
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Choices) readDistrict(r *reader, district string) error {
	if err := r.key(district, districtID); err != nil {
		return err
	}
	d := DistrictChoices{District: district}
	codes := map[string]bool{}
	err := r.object(func(name string) error {
		s, err := readSlate(r, name, codes)
		d.Slates = append(d.Slates, s)
		return err
	})
	if err == nil && len(codes) == 0 {
		err = r.fail("district %s has no choices", district)
	}
	c.List = append(c.List, d)
	return err
}

// readSlate reads one list; codes are those of the district so far.
func readSlate(r *reader, name string, codes map[string]bool) (election.Slate, error) {
	s := election.Slate{Name: name}
	err := r.object(func(code string) error {
		if err := r.key(code, choiceCode); err != nil {
			return err
		}
		if codes[code] {
			return r.fail("the choice %s stands in two lists of the district", code)
		}
		codes[code] = true
		words, err := r.text()
		s.Choices = append(s.Choices, election.Choice{Code: code, Name: words})
		return err
	})
	if err == nil && len(s.Choices) == 0 {
		err = r.fail("the list %.80q has no choices", name)
	}
	return s, err
}

// ChoiceLists makes the manifest's lists of one contest: one for every district,
// in the order of the districts file. The two files must be of the same election
// and of the same districts.
//
// It implements Import.Lists of docs/protocol/manifest.md.
func ChoiceLists(contest string, d *Districts, c *Choices) ([]election.ChoiceList, error) {
	if d.Election != c.Election {
		return nil, fmt.Errorf("vis3: districts of %s, but choices of %s", d.Election, c.Election)
	}
	byDistrict := map[string][]election.Slate{}
	for _, l := range c.List {
		byDistrict[l.District] = l.Slates
	}
	var lists []election.ChoiceList
	for _, district := range d.List {
		slates, ok := byDistrict[district.ID]
		if !ok {
			return nil, fmt.Errorf("vis3: district %s has no choices", district.ID)
		}
		lists = append(lists, election.ChoiceList{Contest: contest, District: district.ID, Lists: slates})
		delete(byDistrict, district.ID)
	}
	for id := range byDistrict {
		return nil, fmt.Errorf("vis3: choices of district %s, which does not exist", id)
	}
	return lists, nil
}
