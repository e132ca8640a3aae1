package vis3

import (
	"fmt"
	"strings"

	"valik/election"
)

// Districts is the districts file.
type Districts struct {
	Election string
	List     []election.District // in the order of the file
	Regions  map[string]Region   // by EHAK
	Counties map[string][]string // EHAK of counties to those of their parishes
}

// Region says where an EHAK code is.
type Region struct {
	State, County, Parish string
}

// ParseDistricts reads the districts file. Every parish is a region of the file,
// or FOREIGN. Errors: *[Error].
//
// It implements Import.Districts of docs/protocol/manifest.md.
func ParseDistricts(b []byte) (*Districts, error) {
	r, err := newReader("districts", b)
	if err != nil {
		return nil, err
	}
	d := &Districts{Regions: map[string]Region{}, Counties: map[string][]string{}}
	err = r.whole(map[string]func() error{
		"election":  func() (err error) { d.Election, err = r.match(electionID); return err },
		"districts": func() error { return r.object(func(id string) error { return d.readDistrict(r, id) }) },
		"regions":   func() error { return r.object(func(ehak string) error { return d.readRegion(r, ehak) }) },
		"counties":  func() error { return r.object(func(ehak string) error { return d.readCounty(r, ehak) }) },
	})
	if err != nil {
		return nil, err
	}
	if err := d.check(r); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Districts) readDistrict(r *reader, id string) error {
	if err := r.key(id, districtID); err != nil {
		return err
	}
	district := election.District{ID: id}
	err := r.fields(map[string]func() error{
		"name":   func() (err error) { district.Name, err = r.text(); return err },
		"parish": func() (err error) { district.Parishes, err = r.list(parishCode); return err },
	})
	if err == nil && len(district.Parishes) == 0 {
		err = r.fail("district %s has no parish", id)
	}
	d.List = append(d.List, district)
	return err
}

func (d *Districts) readRegion(r *reader, ehak string) error {
	if err := r.key(ehak, parishCode); err != nil {
		return err
	}
	var region Region
	err := r.fields(map[string]func() error{
		"state":  func() (err error) { region.State, err = r.text(); return err },
		"county": func() (err error) { region.County, err = r.text(); return err },
		"parish": func() (err error) { region.Parish, err = r.text(); return err },
	})
	d.Regions[ehak] = region
	return err
}

func (d *Districts) readCounty(r *reader, ehak string) error {
	if err := r.key(ehak, ehakCode); err != nil {
		return err
	}
	parishes, err := r.list(ehakCode)
	d.Counties[ehak] = parishes
	return err
}

// check compares the parts of the file, which may come in any order.
func (d *Districts) check(r *reader) error {
	if len(d.List) == 0 {
		return r.fail("there is no district")
	}
	for _, district := range d.List {
		for _, p := range district.Parishes {
			if _, ok := d.Regions[p]; !ok && p != foreign {
				return r.fail("parish %s of district %s is not among the regions", p, district.ID)
			}
		}
	}
	for county, parishes := range d.Counties {
		for _, p := range parishes {
			if _, ok := d.Regions[p]; !ok {
				return r.fail("parish %s of county %s is not among the regions", p, county)
			}
		}
	}
	return nil
}

const foreign = "FOREIGN"

// find returns the district with a number that a voter of a parish belongs to.
// Voter lists give the number alone: which municipality it belongs to follows
// from the parish.
func find(districts []election.District, parish, number string) (string, error) {
	var found []string
	for _, d := range districts {
		_, n, _ := strings.Cut(d.ID, ".")
		for _, p := range d.Parishes {
			if p == parish && n == number {
				found = append(found, d.ID)
			}
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("parish %s belongs to %d districts with number %s, not to one", parish, len(found), number)
	}
	return found[0], nil
}
