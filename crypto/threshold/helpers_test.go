package threshold

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// world is a ceremony with all its trustees at one table. Every message and every
// state goes through its bytes on the way.
type world struct {
	testing.TB
	p         *Params
	ids       []*Identity
	committed []*Committed
	dealt     []*Dealt
	confirmed []*Confirmed
	shares    []*KeyShare
	c         Ceremony
}

func newWorld(tb testing.TB, t, n int) *world {
	w := &world{TB: tb, p: &Params{Context: []byte("test election"), T: t, N: n}}
	for i := range n {
		id, err := NewIdentity(fmt.Sprintf("Trustee %d", i+1))
		require.NoError(tb, err)
		w.ids = append(w.ids, id)
		w.p.Cards = append(w.p.Cards, reparse(tb, id.Card(), ParseCard))
	}
	return w
}

// reparse sends a message through its bytes.
func reparse[M interface{ Bytes() []byte }](tb testing.TB, m M, parse func([]byte) (M, error)) M {
	parsed, err := parse(m.Bytes())
	require.NoError(tb, err)
	require.Equal(tb, m.Bytes(), parsed.Bytes())
	return parsed
}

// restart sends a state through its file.
func restart[S interface{ SecretBytes() []byte }](w *world, i int, s S, parse func(*Params, *Identity, []byte) (S, error)) S {
	parsed, err := parse(w.p, w.ids[i], s.SecretBytes())
	require.NoError(w, err)
	require.Equal(w, s.SecretBytes(), parsed.SecretBytes())
	return parsed
}

func (w *world) commit() {
	for i, id := range w.ids {
		state, m, err := Begin(w.p, id)
		require.NoError(w, err)
		w.committed = append(w.committed, restart(w, i, state, ParseCommitted))
		w.c.Commitments = append(w.c.Commitments, reparse(w, m, ParseCommitment))
	}
}

func (w *world) deal() {
	for i, s := range w.committed {
		state, m, err := s.Deal(w.c.Commitments)
		require.NoError(w, err)
		w.dealt = append(w.dealt, restart(w, i, state, ParseDealt))
		w.c.Deals = append(w.c.Deals, reparse(w, m, ParseDeal))
	}
}

func (w *world) confirm() {
	for i, s := range w.dealt {
		state, m, err := s.Confirm(w.c.Deals)
		require.NoError(w, err)
		w.confirmed = append(w.confirmed, restart(w, i, state, ParseConfirmed))
		w.c.Confirmations = append(w.c.Confirmations, reparse(w, m, ParseConfirmation))
	}
}

func (w *world) drill() {
	for _, s := range w.confirmed {
		share, m, err := s.Drill(w.c.Confirmations)
		require.NoError(w, err)
		again, err := ParseKeyShare(share.SecretBytes())
		require.NoError(w, err)
		w.shares = append(w.shares, again)
		w.c.Drills = append(w.c.Drills, reparse(w, m, ParseDrill))
	}
}

// finished runs a whole honest ceremony.
func finished(tb testing.TB, t, n int) (*world, *Keys) {
	w := newWorld(tb, t, n)
	w.commit()
	w.deal()
	w.confirm()
	w.drill()
	keys, err := Verify(w.p, &w.c)
	require.NoError(tb, err)
	return w, keys
}

// rig replaces the deal that trustee i is going to make, and its commitment. f
// and e are its secrets.
func (w *world) rig(i int, change func(s *Committed, f polynomial, e *group.Scalar) *dealBody) {
	s := w.committed[i-1]
	s.body = change(s, group.RandomScalars(w.p.T), group.RandomScalar()).encode()
	w.c.Commitments[i-1] = s.commitment()
}

// requireFault checks that err is a fault of a trustee, and returns it.
func requireFault(tb testing.TB, err error, trustee int, fault Fault) *FaultError {
	tb.Helper()
	var e *FaultError
	require.ErrorAs(tb, err, &e)
	require.ErrorIs(tb, err, fault)
	require.Equal(tb, trustee, e.Trustee, "%v", err)
	return e
}

// requireConvicts checks that everybody finds the culprit by the complaint.
func requireConvicts(tb testing.TB, p *Params, c *Complaint, culprit int) {
	tb.Helper()
	require.NotNil(tb, c)
	found, err := reparse(tb, c, ParseComplaint).Judge(p)
	require.NoError(tb, err)
	require.Equal(tb, culprit, found)
}

// election is a list of ciphertexts under the keys of a ceremony.
type election struct {
	*world
	keys       *Keys
	rows       *elgamal.Rows
	plaintexts []group.Element
	shares     map[int]*DecryptionShare
}

func newElection(tb testing.TB, t, n, rows, width int) *election {
	w, keys := finished(tb, t, n)
	e := &election{world: w, keys: keys, shares: map[int]*DecryptionShare{}}
	var cts []elgamal.Ciphertext
	for i := range rows * width {
		m := group.HashToElement("valik/1 test plaintext", []byte{byte(i), byte(i >> 8)})
		e.plaintexts = append(e.plaintexts, *m)
		cts = append(cts, *keys.Public().Encrypt(m, group.RandomScalar()))
	}
	e.rows = elgamal.NewRows(width, cts)
	for _, share := range w.shares {
		d, err := share.Decrypt(decryptionContext(), e.rows)
		require.NoError(tb, err)
		again, err := ParseDecryptionShare(d.Bytes(), rows*width)
		require.NoError(tb, err)
		require.Equal(tb, d.Bytes(), again.Bytes())
		e.shares[share.Index()] = again
	}
	return e
}

func decryptionContext() *transcript.Transcript {
	t := transcript.New("valik/1 test decryption")
	t.String("list", "0000.1")
	return t
}

func (e *election) verify(j int, d *DecryptionShare) error {
	return d.Verify(decryptionContext(), e.keys, j, e.rows)
}
