package collector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
)

func (s *server) look(index uint64, ballot election.Hash) (int, []byte) {
	s.t.Helper()
	return s.do(http.MethodPost, fmt.Sprintf("/v1/ballots/%d/look", index), jsonType, fmt.Appendf(nil, `{"ballot":%q}`, ballot))
}

func (s *server) requireNoLook(index uint64, ballot election.Hash, status int, code string) {
	s.t.Helper()
	got, answer := s.look(index, ballot)
	require.Equal(s.t, code, s.requireRefusal(answer, election.Hash{}).Code)
	require.Equal(s.t, status, got)
}

func TestSecondDevice(t *testing.T) {
	w := test.New(t, 2)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serve(t, w, database(t))
		b := s.prepare(w.Voters[0])
		r := s.cast(b)

		look := s.requireLook(r, b)
		require.True(t, look.Latest)
		require.Equal(t, 2, look.Left)

		later := s.prepare(w.Voters[0])
		laterReceipt := s.cast(later)
		look = s.requireLook(r, b)
		require.False(t, look.Latest, "the device must say that a later ballot counts")
		require.Equal(t, 1, look.Left)

		// Who only tries hashes or indexes learns nothing and takes no look away.
		s.requireNoLook(r.Index, later.InnerHash(), http.StatusNotFound, codeNotFound)
		s.requireNoLook(0, b.InnerHash(), http.StatusNotFound, codeNotFound)
		s.requireNoLook(99, b.InnerHash(), http.StatusNotFound, codeNotFound)

		s.requireLook(r, b)
		s.requireNoLook(r.Index, b.InnerHash(), forbidden, codeCheckLimit)
		s.clock.pass(30 * time.Minute)
		s.requireLook(laterReceipt, later)
		s.clock.pass(time.Second)
		s.requireNoLook(laterReceipt.Index, later.InnerHash(), forbidden, codeCheckOver)
	})
}

// requireLook looks and verifies as the device does.
func (s *server) requireLook(r *election.Receipt, b *test.Signed) *Look {
	s.t.Helper()
	status, answer := s.look(r.Index, b.InnerHash())
	require.Equal(s.t, http.StatusOK, status, "%s", answer)
	var look Look
	require.NoError(s.t, json.Unmarshal(answer, &look))
	require.Equal(s.t, b.Container, look.Container)
	require.Equal(s.t, string(r.Bytes()), string(look.Receipt))
	container, err := eid.ParseContainer(look.Container)
	require.NoError(s.t, err)
	require.Equal(s.t, b.Inner, container.Data)
	return &look
}
