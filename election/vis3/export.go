package vis3

import (
	"encoding/json"
	"fmt"
	"time"

	"valik/election"
)

// tally is the counts of choices by their codes, and of "invalid".
type tally map[string]int

type resultFile struct {
	Election   string                      `json:"election"`
	ByDistrict map[string]tally            `json:"bydistrict"`
	ByParish   map[string]map[string]tally `json:"byparish"`
}

// ExportResult returns the result of a contest as a VIS3 file. The format knows
// no blank choice: blank slots are added to "invalid". Ballots are mixed and
// counted by districts, so that a parish has numbers of its own only where it is
// its district's only one.
//
// It implements Export.Result of docs/protocol/result.md.
func ExportResult(m *election.Manifest, r *election.Result, contest string) ([]byte, error) {
	if _, ok := m.Contest(contest); !ok {
		return nil, fmt.Errorf("vis3: there is no contest %.40q", contest)
	}
	if err := r.CheckTotals(m); err != nil {
		return nil, err
	}
	file := resultFile{m.ID, map[string]tally{}, map[string]map[string]tally{}}
	for _, l := range r.Lists {
		if l.Contest != contest {
			continue
		}
		t := tallyOf(l)
		file.ByDistrict[l.District] = t
		if d, _ := m.District(l.District); len(d.Parishes) == 1 {
			file.ByParish[l.District] = map[string]tally{d.Parishes[0]: t}
		}
	}
	return encode(file)
}

func tallyOf(l election.ResultList) tally {
	t := tally{"invalid": l.Invalid}
	if l.Blank != nil {
		t["invalid"] += *l.Blank
	}
	for _, c := range l.Counts {
		t[c.Code] = c.Votes
	}
	return t
}

// ExportOnlineVoters returns the list of those who voted online, for the polling
// stations: by district and parish.
//
// It implements Export.OnlineVoters of docs/protocol/result.md.
func ExportOnlineVoters(m *election.Manifest, voters []election.Voter) ([]byte, error) {
	list := map[string]map[string][]string{}
	for _, v := range voters {
		if list[v.District] == nil {
			list[v.District] = map[string][]string{}
		}
		list[v.District][v.Parish] = append(list[v.District][v.Parish], v.Code)
	}
	return encode(map[string]any{"election": m.ID, "onlinevoters": list})
}

// ExportTotal returns the running total: how many have voted online by a time.
//
// It implements Export.Total of docs/protocol/result.md.
func ExportTotal(m *election.Manifest, at time.Time, voters int) ([]byte, error) {
	return encode(map[string]any{"TOTAL": map[string]any{
		"time": at.Format(time.RFC3339), "election": m.ID, "online-voters": voters,
	}})
}

// encode writes keys in ascending order, so that equal content is equal bytes.
func encode(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}
