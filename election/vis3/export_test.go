package vis3

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/election"
	"valik/election/electiontest"
)

func TestExports(t *testing.T) {
	e, err := electiontest.New(4, nil)
	require.NoError(t, err)
	m := e.Manifest
	plaintexts := map[election.ListID][]group.Element{}
	for _, id := range m.ListIDs() {
		for _, code := range []string{"0176.101", "blank", "0176.101", "x"} {
			plaintexts[id] = append(plaintexts[id], *m.Point(id.Contest, code))
		}
	}
	council := election.ListID{Contest: "council", District: "0176.1"}
	plaintexts[council] = append(plaintexts[council], plaintexts[council]...) // two slots
	lists, totals, err := election.Tally(m, plaintexts)
	require.NoError(t, err)
	r := election.NewResult(m, election.Hash{}, []election.Hash{}, lists, totals)

	file, err := ExportResult(m, r, "mayor")
	require.NoError(t, err)
	north := `{"0176.101": 2, "0176.102": 0, "0176.103": 0, "invalid": 2}`
	require.JSONEq(t, `{"election": "TEST2029", "bydistrict": {"0176.1": `+north+`, "0176.2": `+north+`},
		"byparish": {"0176.1": {"0339": `+north+`}}}`, string(file), "the south has two parishes")
	again, err := ExportResult(m, r, "mayor")
	require.NoError(t, err)
	require.Equal(t, file, again)
	_, err = ExportResult(m, r, "major")
	require.Error(t, err)
	r.Totals.Votes++
	_, err = ExportResult(m, r, "mayor")
	require.Error(t, err, "a result that does not add up is not handed on")

	file, err = ExportOnlineVoters(m, e.Roll.List)
	require.NoError(t, err)
	var list struct {
		OnlineVoters map[string]map[string][]string `json:"onlinevoters"`
	}
	require.NoError(t, json.Unmarshal(file, &list))
	require.Len(t, list.OnlineVoters["0176.1"]["0339"], 2)
	require.Len(t, list.OnlineVoters["0176.2"]["0482"], 2)

	file, err = ExportTotal(m, time.Date(2029, 3, 1, 12, 0, 0, 0, time.UTC), 17)
	require.NoError(t, err)
	require.JSONEq(t, `{"TOTAL": {"time": "2029-03-01T12:00:00Z", "election": "TEST2029", "online-voters": 17}}`, string(file))
}
