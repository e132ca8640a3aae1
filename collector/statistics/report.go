package statistics

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"

	"github.com/gowebpki/jcs"

	"valik/election"
)

// Statistics is what may be told of an election so far: the document `valik/statistics`.
// Later ones have the same steps and rows, and more after them.
type Statistics struct {
	Type     string        `json:"type"`
	Version  int           `json:"version"`
	Election election.Hash `json:"election"`
	Smallest int           `json:"smallest"` // no number of voters or re-votes is below it
	Total    Total         `json:"total"`
	Steps    []Step        `json:"steps"` // of the whole election, in order
	Rows     []Row         `json:"rows"`  // by district, in order
}

// Counts are numbers of ballots: Casts are Voters, the first ballots of voters, and Revotes,
// all others.
type Counts struct {
	Casts   int `json:"casts"`
	Voters  int `json:"voters"`
	Revotes int `json:"revotes"`
}

// Total are the counts until a time, that of the last step, or the opening before there is one.
type Total struct {
	Until election.Time `json:"until"`
	Counts
}

// Step are the counts of all districts in a time of whole hours: From belongs to it, To not.
type Step struct {
	From election.Time `json:"from"`
	To   election.Time `json:"to"`
	Counts
}

// Row are the counts of districts in the time of one or more steps. Others are those that
// are too small to be told, with as many as hide them.
type Row struct {
	From      election.Time `json:"from"`
	To        election.Time `json:"to"`
	Districts []District    `json:"districts"`
	Others    *Others       `json:"others,omitempty"`
}

// District are the counts of one district.
type District struct {
	District string `json:"district"`
	Counts
}

// Others are the counts of districts together.
type Others struct {
	Districts []string `json:"districts"`
	Counts
}

func counts(c cell) Counts { return Counts{c.voters + c.revotes, c.voters, c.revotes} }

// Report tells what may be told of what was counted so far.
//
// It implements Statistics.Report of docs/protocol/statistics.md.
func (c *Counter) Report(fingerprint election.Hash, opens election.Time) *Statistics {
	s := &Statistics{
		Type: "valik/statistics", Version: 1, Election: fingerprint, Smallest: c.smallest,
		Steps: []Step{}, Rows: []Row{},
	}
	steps, total := c.steps(), cell{}
	s.Total.Until = opens
	for _, one := range steps {
		total = total.plus(one.total())
		s.Steps = append(s.Steps, Step{one.from, one.to, counts(one.total())})
		s.Total.Until = one.to
	}
	s.Total.Counts = counts(total)
	if rows := c.rows(steps); len(rows) > 0 {
		s.Rows = c.tell(rows[1:], shown(rows[0], c.smallest))
	}
	return s
}

// tell makes the rows after the first, if there are districts that may stand in them.
func (c *Counter) tell(rows []span, shown []bool) []Row {
	list := []Row{}
	for _, row := range rows {
		hidden := hide(row, shown, c.smallest)
		told := Row{From: row.from, To: row.to, Districts: []District{}}
		var names []string
		var together cell
		for d, id := range c.districts {
			if hidden[d] {
				names, together = append(names, id), together.plus(row.cells[d])
				continue
			}
			told.Districts = append(told.Districts, District{id, counts(row.cells[d])})
		}
		if len(told.Districts) == 0 {
			continue // the steps say it
		}
		if names != nil {
			told.Others = &Others{names, counts(together)}
		}
		list = append(list, told)
	}
	return list
}

// Bytes is the document in canonical JSON.
func (s *Statistics) Bytes() ([]byte, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(raw)
}

// CSV is the same for a spreadsheet: a line for each step, with "all" for the district, and
// then for each district of each row, the others of a row under "others".
func (s *Statistics) CSV() ([]byte, error) {
	lines := [][]string{{"from", "to", "district", "casts", "voters", "revotes"}}
	add := func(from, to election.Time, district string, c Counts) {
		lines = append(lines, []string{from.String(), to.String(), district, strconv.Itoa(c.Casts), strconv.Itoa(c.Voters), strconv.Itoa(c.Revotes)})
	}
	for _, step := range s.Steps {
		add(step.From, step.To, "all", step.Counts)
	}
	for _, row := range s.Rows {
		for _, d := range row.Districts {
			add(row.From, row.To, d.District, d.Counts)
		}
		if row.Others != nil {
			add(row.From, row.To, "others", row.Others.Counts)
		}
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(lines)
	return b.Bytes(), err
}
