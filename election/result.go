package election

// Result is the outcome of the election as the plaintexts give it.
type Result struct {
	Type        string       `json:"type"`
	Version     int          `json:"version"`
	Election    Hash         `json:"election"`
	Mix         Hash         `json:"mix"`         // document of the last mix
	Decryptions []Hash       `json:"decryptions"` // documents used: the t lowest trustees
	Lists       []ResultList `json:"lists"`
	Totals      Totals       `json:"totals"`
}

// ResultList is the result of one list:
// Σ votes + blank + invalid = ballots · slots.
type ResultList struct {
	Contest    string  `json:"contest"`
	District   string  `json:"district"`
	Ballots    int     `json:"ballots"`    // rows
	Plaintexts Hash    `json:"plaintexts"` // of the file of plaintexts
	Counts     []Count `json:"counts"`     // of every choice, in the order of the manifest
	Blank      *int    `json:"blank,omitempty"`
	Invalid    int     `json:"invalid"`
}

// ID returns which list it is.
func (l *ResultList) ID() ListID { return ListID{l.Contest, l.District} }

// Count is the number of slots that hold a choice.
type Count struct {
	Code  string `json:"code"`
	Votes int    `json:"votes"`
}

// Totals is the sum over all lists. Ballots counts ballots, not rows: a ballot
// has a row in every contest of its district.
type Totals struct {
	Ballots int `json:"ballots"`
	Votes   int `json:"votes"`
	Blank   int `json:"blank"`
	Invalid int `json:"invalid"`
}

const resultKind = "result"

// NewResult completes what [Tally] counted to the document.
func NewResult(m *Manifest, mix Hash, decryptions []Hash, lists []ResultList, totals Totals) *Result {
	d := header(resultKind)
	return &Result{d.Type, d.Version, m.Fingerprint(), mix, decryptions, lists, totals}
}

// ParseResult reads the document. Errors: *[FormatError].
//
// It implements Result.Parse of docs/protocol/result.md.
func ParseResult(b []byte) (*Result, error) {
	r := new(Result)
	if err := unmarshal(resultKind, documentLimit, b, r); err != nil {
		return nil, err
	}
	for i, l := range r.Lists {
		if err := checkList(resultKind, i, l.ID(), l.Ballots, 1); err != nil {
			return nil, err
		}
		if err := l.checkNumbers(indexed("lists", i)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (l *ResultList) checkNumbers(at string) error {
	numbers := []int{l.Invalid}
	if l.Blank != nil {
		numbers = append(numbers, *l.Blank)
	}
	for _, c := range l.Counts {
		numbers = append(numbers, c.Votes)
	}
	for _, n := range numbers {
		if n < 0 || n > maxRows*maxSlots {
			return badField(resultKind, at, "the number %d is out of range", n)
		}
	}
	return nil
}

// Bytes returns the stored form.
func (r *Result) Bytes() []byte { return marshal(r) }
