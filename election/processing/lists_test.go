package processing

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

// TestListsAreNotKeptForEver: a collector runs for a week, and what comes in place of a
// list, good or forged, is a new one each time.
func TestListsAreNotKeptForEver(t *testing.T) {
	authority, err := testpki.NewAuthority("Lists", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, err)
	issuer := authority.Certificates()[1]
	r := new(lists)
	for i := range 10 * maxLists {
		_, err := r.read(fmt.Appendf(nil, "no list %d", i), issuer)
		require.Equal(t, eid.CodeStatusCRLForm, eid.CodeOf(err))
	}
	require.Len(t, r.kept, maxLists)
	require.Len(t, r.order, maxLists)
}
