package threshold

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// samples returns one file of every kind, by name of its parser.
func samples(tb testing.TB) (*world, map[string][]byte) {
	w := newWorld(tb, 2, 3)
	files := map[string][]byte{
		"Card":     w.p.Cards[0].Bytes(),
		"Identity": w.ids[0].SecretBytes(),
	}
	w.commit()
	files["Commitment"], files["Committed"] = w.c.Commitments[0].Bytes(), w.committed[0].SecretBytes()
	w.deal()
	files["Deal"], files["Dealt"] = w.c.Deals[0].Bytes(), w.dealt[0].SecretBytes()
	d := w.c.Deals[1]
	files["Complaint"] = w.accusing(FaultBadShare, evidence{w.openedBy(d), []Message{d}}).Bytes()
	w.confirm()
	files["Confirmation"], files["Confirmed"] = w.c.Confirmations[0].Bytes(), w.confirmed[0].SecretBytes()
	w.drill()
	files["Drill"], files["KeyShare"] = w.c.Drills[0].Bytes(), w.shares[0].SecretBytes()
	files["DecryptionShare"] = w.c.Drills[0].share.Bytes()
	return w, files
}

// reencoders returns, for every kind of file, a function that parses it and
// encodes what was parsed, field by field, so that a parser that keeps the bytes
// cannot hide what it has read.
func (w *world) reencoders() map[string]func([]byte) ([]byte, error) {
	return map[string]func([]byte) ([]byte, error){
		"Card":         reencoder(ParseCard, func(c *Card) []byte { return append(c.unsigned(), c.signature...) }),
		"Commitment":   reencoder(ParseCommitment, func(c *Commitment) []byte { return c.rebuild(c.deal[:]) }),
		"Deal":         reencoder(ParseDeal, func(d *Deal) []byte { return d.rebuild(d.encode()) }),
		"Confirmation": reencoder(ParseConfirmation, func(c *Confirmation) []byte { return c.rebuild(nil) }),
		"Drill":        reencoder(ParseDrill, func(d *Drill) []byte { return d.rebuild(d.share.Bytes()) }),
		"Complaint":    reencoder(ParseComplaint, func(c *Complaint) []byte { return append(c.unsigned(), c.signature...) }),
		"Identity":     reencoder(ParseIdentity, (*Identity).SecretBytes),
		"KeyShare":     reencoder(ParseKeyShare, (*KeyShare).SecretBytes),
		"Committed":    reencoder(bind(w, ParseCommitted), (*Committed).SecretBytes),
		"Dealt":        reencoder(bind(w, ParseDealt), (*Dealt).SecretBytes),
		"Confirmed":    reencoder(bind(w, ParseConfirmed), (*Confirmed).SecretBytes),
		"DecryptionShare": reencoder(func(b []byte) (*DecryptionShare, error) {
			return ParseDecryptionShare(b, 1)
		}, func(d *DecryptionShare) []byte { return append(group.EncodeAll(d.points), d.proof.Bytes()...) }),
	}
}

// rebuild encodes an envelope from its fields and a body.
func (e *envelope) rebuild(body []byte) []byte {
	head := []byte{version, byte(e.round), byte(e.sender)}
	return slices.Concat(head, e.ceremony[:], e.view[:], body, e.signature)
}

func reencoder[T any](parse func([]byte) (*T, error), encode func(*T) []byte) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		v, err := parse(b)
		if err != nil {
			return nil, err
		}
		return encode(v), nil
	}
}

// bind makes a parser of states of trustee 1.
func bind[T any](w *world, parse func(*Params, *Identity, []byte) (*T, error)) func([]byte) (*T, error) {
	return func(b []byte) (*T, error) { return parse(w.p, w.ids[0], b) }
}

func TestParsersAcceptOneForm(t *testing.T) {
	w, files := samples(t)
	for kind, b := range files {
		reencode := w.reencoders()[kind]
		t.Run(kind, func(t *testing.T) {
			again, err := reencode(b)
			require.NoError(t, err)
			require.Equal(t, b, again)
			for n := range b {
				_, err := reencode(b[:n])
				require.Error(t, err, "%d of %d bytes", n, len(b))
			}
			_, err = reencode(append(bytes.Clone(b), 0))
			require.Error(t, err, "a byte too many")
			if kind == "DecryptionShare" {
				return // has no head
			}
			for i := range 2 {
				wrong := bytes.Clone(b)
				wrong[i]++
				_, err = reencode(wrong)
				require.ErrorIs(t, err, ErrFormat, "head byte %d", i)
			}
		})
	}
}

// What a parser has returned does not change when the caller's buffer does.
func TestParsersCopy(t *testing.T) {
	_, files := samples(t)
	for _, kind := range []string{"Commitment", "Deal", "Confirmation", "Drill"} {
		b := bytes.Clone(files[kind])
		m, err := ParseMessage(b)
		require.NoError(t, err)
		clear(b)
		require.Equal(t, files[kind], m.Bytes())
		require.Equal(t, 1, m.Sender())
		clear(m.Bytes())
		require.Equal(t, files[kind], m.Bytes())
	}
}

func TestParsersRefuseBadFields(t *testing.T) {
	w, files := samples(t)
	notPoint := bytes.Repeat([]byte{0xff}, 32) // neither an element nor a scalar
	for name, test := range map[string]struct {
		kind   string
		offset int
		bytes  []byte
	}{
		"sender 0":               {"Commitment", 2, []byte{0}},
		"sender 65":              {"Commitment", 2, []byte{65}},
		"no coefficients":        {"Deal", headerSize, []byte{0}},
		"65 coefficients":        {"Deal", headerSize, []byte{65}},
		"coefficient":            {"Deal", headerSize + 1, notPoint},
		"commitment of proof":    {"Deal", headerSize + 65, notPoint},
		"response of proof":      {"Deal", headerSize + 65 + 32, notPoint},
		"ephemeral key":          {"Deal", headerSize + 65 + 64, notPoint},
		"no shares":              {"Deal", headerSize + 65 + 160, []byte{0}},
		"65 shares":              {"Deal", headerSize + 65 + 160, []byte{65}},
		"point of the drill":     {"Drill", headerSize, notPoint},
		"response of the drill":  {"Drill", headerSize + 96, notPoint},
		"encryption key of card": {"Card", 3 + 9 + 32, notPoint},
		"key share":              {"KeyShare", 35, notPoint},
		"key share zero":         {"KeyShare", 35, make([]byte, 32)},
		"trustee 0":              {"KeyShare", 2, []byte{0}},
		"identity's key":         {"Identity", 34, notPoint},
		"identity's key zero":    {"Identity", 34, make([]byte, 32)},
		"identity's other key":   {"Identity", 34, append([]byte{1}, make([]byte, 31)...)},
		"identity's other seed":  {"Identity", 2, make([]byte, 32)},
		"confirmed zero":         {"Confirmed", 67, make([]byte, 32)},
		"size of evidence":       {"Complaint", 37 + 128, []byte{0xff, 0xff, 0xff, 0xff}},
		"common point":           {"Complaint", 37, notPoint},
	} {
		b := bytes.Clone(files[test.kind])
		copy(b[test.offset:], test.bytes)
		_, err := w.reencoders()[test.kind](b)
		require.ErrorIs(t, err, ErrFormat, name)
	}
	for _, b := range [][]byte{nil, {1}, {1, 9}, {1, tagCard}} {
		_, err := ParseMessage(b)
		require.ErrorIs(t, err, ErrFormat)
	}
	_, err := ParseDecryptionShare(nil, -3) // −3·32 + 96 = 0 bytes
	require.ErrorIs(t, err, ErrFormat)
}

// A state whose deal has another shape than the ceremony was not made by Begin.
func TestParseCommittedChecksTheDeal(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.rig(1, func(s *Committed, f polynomial, e *group.Scalar) *dealBody { return s.newDeal(f[:1], e) })
	_, err := ParseCommitted(w.p, w.ids[0], w.committed[0].SecretBytes())
	require.ErrorIs(t, err, ErrFormat)
}

func fuzz(f *testing.F, kind string) {
	w, files := samples(f)
	reencode := w.reencoders()[kind]
	f.Add(files[kind])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		again, err := reencode(b)
		if err == nil && !bytes.Equal(again, b) {
			t.Fatal("what parses does not re-encode")
		}
	})
}

func FuzzParseCard(f *testing.F)            { fuzz(f, "Card") }
func FuzzParseCommitment(f *testing.F)      { fuzz(f, "Commitment") }
func FuzzParseDeal(f *testing.F)            { fuzz(f, "Deal") }
func FuzzParseConfirmation(f *testing.F)    { fuzz(f, "Confirmation") }
func FuzzParseDrill(f *testing.F)           { fuzz(f, "Drill") }
func FuzzParseComplaint(f *testing.F)       { fuzz(f, "Complaint") }
func FuzzParseIdentity(f *testing.F)        { fuzz(f, "Identity") }
func FuzzParseCommitted(f *testing.F)       { fuzz(f, "Committed") }
func FuzzParseDealt(f *testing.F)           { fuzz(f, "Dealt") }
func FuzzParseConfirmed(f *testing.F)       { fuzz(f, "Confirmed") }
func FuzzParseKeyShare(f *testing.F)        { fuzz(f, "KeyShare") }
func FuzzParseDecryptionShare(f *testing.F) { fuzz(f, "DecryptionShare") }

// FuzzParseMessage feeds the parser that looks at the tag itself, and judges what
// parses as a complaint: no bytes from outside may panic.
func FuzzParseMessage(f *testing.F) {
	w, files := samples(f)
	for _, kind := range []string{"Commitment", "Deal", "Confirmation", "Drill", "Complaint"} {
		f.Add(files[kind])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := ParseMessage(b); err == nil && !bytes.Equal(m.Bytes(), b) {
			t.Fatal("what parses does not re-encode")
		}
		if c, err := ParseComplaint(b); err == nil {
			_, _ = c.Judge(w.p)
		}
	})
}
