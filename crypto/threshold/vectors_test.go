package threshold

import (
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/internal/vectortest"
)

// The vectors are made from fixed randomness and committed; -update makes them
// again. readvectors_test.go checks the committed files as another implementation
// would.

// ceremonyVector is a whole ceremony with all its secrets. All values are hex.
type ceremonyVector struct {
	Context    string          `json:"context"`
	T          int             `json:"t"`
	N          int             `json:"n"`
	Parameters string          `json:"parameters_hash"`
	Trustees   []trusteeVector `json:"trustees"`
	Views      struct {
		Commit  string `json:"commit"`
		Deal    string `json:"deal"`
		Confirm string `json:"confirm"`
	} `json:"views"`
	Drill string `json:"drill_ciphertext"`
	Key   string `json:"public_key"`
}

type trusteeVector struct {
	Identity     string   `json:"identity"`
	Card         string   `json:"card"`
	Polynomial   []string `json:"polynomial"`
	Ephemeral    string   `json:"ephemeral_secret"`
	CommonPoints []string `json:"common_points"` // K for each recipient
	Shares       []string `json:"shares"`        // f(j) for each recipient
	Commitment   string   `json:"commitment"`
	Deal         string   `json:"deal"`
	Confirmation string   `json:"confirmation"`
	DrillMessage string   `json:"drill"`
	Committed    string   `json:"state_committed"`
	Dealt        string   `json:"state_dealt"`
	Confirmed    string   `json:"state_confirmed"`
	KeyShare     string   `json:"key_share"`
	Key          string   `json:"verification_key"`
}

// faultVector is one message that, put in its place in the ceremony of
// ceremony.json, makes Verify name the trustee and the fault.
type faultVector struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Trustee int    `json:"trustee"`
	Fault   string `json:"fault"`
}

// complaintVector is a complaint in that ceremony and who is found at fault.
type complaintVector struct {
	Name      string `json:"name"`
	Complaint string `json:"complaint"`
	Culprit   int    `json:"culprit"`
}

// refusedVector is a file that a parser refuses.
type refusedVector struct {
	Name   string `json:"name"`
	Parser string `json:"parser"`
	Bytes  string `json:"bytes"`
}

// decryptionVector is the decryption of two rows of two ciphertexts under the keys
// of ceremony.json.
type decryptionVector struct {
	Use        string   `json:"transcript_use"`
	List       string   `json:"transcript_list"`
	Width      int      `json:"width"`
	Rows       string   `json:"rows"`
	Shares     []string `json:"shares"`
	Plaintexts []string `json:"plaintexts"`
	Forged     []forged `json:"forged"`
}

// forged is a share that is not one of trustee 1.
type forged struct {
	Name  string `json:"name"`
	Share string `json:"share"`
}

func secretHex(s *group.Scalar) string { return hex.EncodeToString(s.Bytes()) }

// vectorWorld runs the ceremony of the vectors: 2 of 3, the same at every call. It
// stops after round 1.
func vectorWorld(t *testing.T, v *ceremonyVector) *world {
	cryptotest.SetGlobalRandom(t, 1)
	w := newWorld(t, 2, 3)
	*v = ceremonyVector{Context: hex.EncodeToString(w.p.Context), T: w.p.T, N: w.p.N}
	for _, id := range w.ids {
		f, e := polynomial(group.RandomScalars(w.p.T)), group.RandomScalar()
		s := &Committed{}
		require.NoError(t, s.init(w.p, id))
		s.body = s.newDeal(f, e).encode()
		w.committed = append(w.committed, s)
		w.c.Commitments = append(w.c.Commitments, s.commitment())
		v.Trustees = append(v.Trustees, newTrusteeVector(w, id, f, e))
		v.Trustees[len(v.Trustees)-1].Committed = hex.EncodeToString(s.SecretBytes())
	}
	return w
}

func newTrusteeVector(w *world, id *Identity, f polynomial, e *group.Scalar) trusteeVector {
	v := trusteeVector{
		Identity:  hex.EncodeToString(id.SecretBytes()),
		Card:      hex.EncodeToString(id.card.raw),
		Ephemeral: secretHex(e),
	}
	for k := range f {
		v.Polynomial = append(v.Polynomial, secretHex(&f[k]))
	}
	for j := 1; j <= w.p.N; j++ {
		k := group.NewElement().ScalarMult(e, &w.p.Cards[j-1].encryption)
		v.CommonPoints = append(v.CommonPoints, hex.EncodeToString(k.Bytes()))
		v.Shares = append(v.Shares, secretHex(f.at(j)))
	}
	return v
}

// finish runs the other rounds and notes everything.
func (w *world) finish(v *ceremonyVector) *Keys {
	w.deal()
	for i, s := range w.dealt {
		v.Trustees[i].Dealt = hex.EncodeToString(s.SecretBytes())
	}
	w.confirm()
	for i, s := range w.confirmed {
		v.Trustees[i].Confirmed = hex.EncodeToString(s.SecretBytes())
	}
	w.drill()
	keys, err := Verify(w.p, &w.c)
	require.NoError(w, err)
	for i := range v.Trustees {
		x := &v.Trustees[i]
		x.Commitment = hex.EncodeToString(w.c.Commitments[i].raw)
		x.Deal = hex.EncodeToString(w.c.Deals[i].raw)
		x.Confirmation = hex.EncodeToString(w.c.Confirmations[i].raw)
		x.DrillMessage = hex.EncodeToString(w.c.Drills[i].raw)
		x.KeyShare = hex.EncodeToString(w.shares[i].SecretBytes())
		x.Key = hex.EncodeToString(keys.Trustee(i + 1).Bytes())
	}
	v.Key = hex.EncodeToString(keys.Public().Bytes())
	h := w.c.Commitments[0].ceremony
	v.Parameters = hex.EncodeToString(h[:])
	for view, m := range map[*string]Message{&v.Views.Commit: w.c.Deals[0], &v.Views.Deal: w.c.Confirmations[0], &v.Views.Confirm: w.c.Drills[0]} {
		*view = hex.EncodeToString(slices.Clone(m.frame().view[:]))
	}
	v.Drill = hex.EncodeToString(drillRows(w.c.Drills[0].view).Bytes())
	return keys
}

func TestCeremonyVector(t *testing.T) {
	var v ceremonyVector
	vectorWorld(t, &v).finish(&v)
	vectortest.Compare(t, "threshold/ceremony.json", v)
}

func TestComplaintVectors(t *testing.T) {
	var list []complaintVector
	add := func(name string, c *Complaint, culprit int) {
		list = append(list, complaintVector{name, hex.EncodeToString(c.raw), culprit})
	}
	for _, story := range wrongDeals {
		w := vectorWorld(t, new(ceremonyVector))
		w.rig(2, story.make)
		w.deal()
		_, _, err := w.dealt[0].Confirm(w.c.Deals)
		fault := requireFault(t, err, 2, story.fault)
		add(story.name, fault.Complaint, 2)
	}
	w := vectorWorld(t, new(ceremonyVector))
	w.deal()
	d, of3 := w.c.Deals[1], w.c.Deals[2]
	opened := w.openedBy(d)
	add("a right deal is said not to open its commitment", w.accusing(FaultNotOpened, evidence{nil, []Message{w.c.Commitments[1], d}}), 1)
	add("a right share is said not to decrypt", w.accusing(FaultUndecryptable, evidence{opened, []Message{d}}), 1)
	add("a right share is said not to fit", w.accusing(FaultBadShare, evidence{opened, []Message{d}}), 1)
	add("a right share is opened with another point", w.accusing(FaultUndecryptable, evidence{w.openedBy(of3), []Message{d}}), 1)
	add("one message twice is said to be two", w.accusing(FaultEquivocation, evidence{nil, []Message{d, d}}), 1)
	vectortest.Compare(t, "threshold/complaints.json", list)
}

func TestFaultVectors(t *testing.T) {
	var list []faultVector
	add := func(name string, m Message, err error) {
		var fault *FaultError
		require.ErrorAs(t, err, &fault)
		list = append(list, faultVector{name, hex.EncodeToString(m.frame().raw), fault.Trustee, fault.Fault.Error()})
	}
	var v ceremonyVector
	w := vectorWorld(t, &v)
	w.finish(&v)
	for _, story := range wrongDeals {
		rigged := &Committed{}
		rigged.succeed(&w.committed[1].stage)
		rigged.body = story.make(rigged, group.RandomScalars(2), group.RandomScalar()).encode()
		m := reparse(t, &Deal{envelope: rigged.seal(RoundDeal, w.c.Deals[1].view, rigged.body)}, ParseDeal)
		_, err := Verify(w.p, w.tampered(func(c *Ceremony) { c.Deals[1] = m }))
		add("another deal: "+story.name, m, err)
	}
	wrong := newKeyShare(3, w.shares[2].ceremony, group.RandomScalar())
	view := w.c.Drills[2].view
	share, err := wrong.Decrypt(drillTranscript(wrong.ceremony, view), drillRows(view))
	require.NoError(t, err)
	m := &Drill{w.confirmed[2].seal(RoundDrill, view, share.Bytes()), share}
	_, err = Verify(w.p, w.tampered(func(c *Ceremony) { c.Drills[2] = m }))
	add("a drill with another key share", m, err)
	for i, original := range []Message{w.c.Commitments[0], w.c.Deals[0], w.c.Confirmations[0], w.c.Drills[0]} {
		b := original.Bytes()
		b[len(b)-1] ^= 1
		m, err := ParseMessage(b)
		require.NoError(t, err)
		_, err = Verify(w.p, w.tampered(func(c *Ceremony) { c.put(m, 0) }))
		add(fmt.Sprintf("the signature of round %d", i+1), m, err)
	}
	vectortest.Compare(t, "threshold/faults.json", list)
}

// put replaces the message of its round at place i.
func (c *Ceremony) put(m Message, i int) {
	switch m := m.(type) {
	case *Commitment:
		c.Commitments[i] = m
	case *Deal:
		c.Deals[i] = m
	case *Confirmation:
		c.Confirmations[i] = m
	case *Drill:
		c.Drills[i] = m
	}
}

func TestRefusedVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 2)
	w, files := samples(t)
	var list []refusedVector
	add := func(name, kind string, b []byte) {
		_, err := w.reencoders()[kind](b)
		require.Error(t, err, name)
		list = append(list, refusedVector{name, kind, hex.EncodeToString(b)})
	}
	for _, kind := range []string{"Card", "Commitment", "Deal", "Confirmation", "Drill", "Complaint", "KeyShare"} {
		b := files[kind]
		add("a byte too few", kind, b[:len(b)-1])
		add("a byte too many", kind, append(slices.Clone(b), 0))
		for i, name := range []string{"another version", "another tag", "trustee 0 or an empty name"} {
			wrong := slices.Clone(b)
			wrong[i] = 0
			add(name, kind, wrong)
		}
	}
	for _, at := range []struct {
		name, kind string
		offset     int
	}{
		{"the ephemeral key is no canonical element", "Deal", headerSize + 65 + 64},
		{"the response of a proof is no canonical scalar", "Deal", headerSize + 65 + 32},
		{"the point is no canonical element", "DecryptionShare", 0},
		{"the share is no canonical scalar", "KeyShare", 35},
	} {
		wrong := slices.Clone(files[at.kind])
		for i := range 32 {
			wrong[at.offset+i] = 0xff
		}
		add(at.name, at.kind, wrong)
	}
	vectortest.Compare(t, "threshold/refused.json", list)
}

func TestDecryptionVector(t *testing.T) {
	var c ceremonyVector
	w := vectorWorld(t, &c)
	e := &election{world: w, keys: w.finish(&c), shares: map[int]*DecryptionShare{}}
	var cts []elgamal.Ciphertext
	v := decryptionVector{Use: "valik/1 test decryption", List: "0000.1", Width: 2}
	for i := range 4 {
		m := group.HashToElement("valik/1 test plaintext", []byte{byte(i)})
		v.Plaintexts = append(v.Plaintexts, hex.EncodeToString(m.Bytes()))
		cts = append(cts, *e.keys.Public().Encrypt(m, group.RandomScalar()))
	}
	e.rows = elgamal.NewRows(2, cts)
	v.Rows = hex.EncodeToString(e.rows.Bytes())
	for j := 1; j <= 3; j++ {
		e.shares[j] = e.share(j)
		v.Shares = append(v.Shares, hex.EncodeToString(e.shares[j].Bytes()))
	}
	v.Forged = forgedShares(e)
	vectortest.Compare(t, "threshold/decryption.json", v)
}

func forgedShares(e *election) (list []forged) {
	add := func(name string, d *DecryptionShare) {
		list = append(list, forged{name, hex.EncodeToString(d.Bytes())})
	}
	d := e.shares[1]
	add("the share of trustee 2", e.shares[2])
	add("a wrong point", d.forged(func(p []group.Element) []group.Element { p[3].Double(&p[3]); return p }))
	add("two points swapped", d.forged(func(p []group.Element) []group.Element { swap(p); return p }))
	add("the proof of trustee 2", &DecryptionShare{d.points, d.encoded, e.shares[2].proof})
	return list
}
