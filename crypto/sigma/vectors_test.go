package sigma_test

import (
	"encoding/hex"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
	"valik/internal/vectortest"
)

// proofVector is one proof of vectors/sigma/*.json. Points, scalars and proofs
// are hex. The transcript is New(use) and String("where", where). The prover's
// randomness is SHAKE256 of random, 64 bytes a scalar in the order of the
// specification. A proof that does not verify names what fails.
type proofVector struct {
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Use    string            `json:"use"`
	Where  string            `json:"where"`
	Points map[string]string `json:"points"`
	Lists  map[string]list   `json:"lists,omitempty"`
	Secret map[string]string `json:"secret,omitempty"`
	Index  *int              `json:"index,omitempty"`
	Random string            `json:"random,omitempty"`
	Proof  string            `json:"proof"`
	Fails  string            `json:"fails,omitempty"`
}

type list []string

func toHex(b interface{ Bytes() []byte }) string { return hex.EncodeToString(b.Bytes()) }

func toList(points []group.Element) list {
	l := list{}
	for i := range points {
		l = append(l, toHex(&points[i]))
	}
	return l
}

func (v *proofVector) transcript() *transcript.Transcript {
	t := transcript.New(v.Use)
	t.String("where", v.Where)
	return t
}

// point decodes the named point.
func (v *proofVector) point(t *testing.T, name string) *group.Element {
	b, err := hex.DecodeString(v.Points[name])
	require.NoError(t, err)
	e, err := group.NewElement().SetBytes(b)
	require.NoError(t, err, "%s: %s", v.Name, name)
	return e
}

func (v *proofVector) list(t *testing.T, name string) []group.Element {
	var encoded []byte
	for _, p := range v.Lists[name] {
		b, err := hex.DecodeString(p)
		require.NoError(t, err)
		encoded = append(encoded, b...)
	}
	l, err := group.DecodeAll(encoded)
	require.NoError(t, err)
	return l
}

// verify checks the proof from what the vector says, as a stranger would.
func (v *proofVector) verify(t *testing.T) error {
	proof, err := hex.DecodeString(v.Proof)
	require.NoError(t, err)
	tr := v.transcript()
	switch v.Type {
	case "knowledge":
		p, err := sigma.ParseKnowledge(proof)
		if err != nil {
			return err
		}
		return p.Verify(tr, v.point(t, "P"), v.point(t, "X"))
	case "equality":
		p, err := sigma.ParseEquality(proof)
		if err != nil {
			return err
		}
		return p.Verify(tr, twoPoints(v.point(t, "P1"), v.point(t, "P2")), twoPoints(v.point(t, "X1"), v.point(t, "X2")))
	case "batch equality":
		p, err := sigma.ParseBatchEquality(proof)
		if err != nil {
			return err
		}
		return p.Verify(tr, v.point(t, "X"), &sigma.Pairs{A: v.list(t, "A"), D: v.list(t, "D")})
	default:
		return v.verifyMembership(t, proof, tr)
	}
}

func (v *proofVector) verifyMembership(t *testing.T, proof []byte, tr *transcript.Transcript) error {
	require.Equal(t, "membership", v.Type)
	pk, err := elgamal.NewPublicKey(v.point(t, "Y"))
	require.NoError(t, err)
	choices := newChoices(t, v.list(t, "M"))
	p, err := sigma.ParseMembership(proof, choices.Len())
	if err != nil {
		return err
	}
	c := &elgamal.Ciphertext{A: *v.point(t, "c.A"), B: *v.point(t, "c.B")}
	return p.Verify(tr, pk, choices, c)
}

// TestVectorsFromTheFiles verifies what the committed files hold, good and bad.
func TestVectorsFromTheFiles(t *testing.T) {
	for _, name := range []string{"sigma/proofs.json", "sigma/membership.json"} {
		var vectors []proofVector
		vectortest.Read(t, name, &vectors)
		require.NotEmpty(t, vectors)
		for _, v := range vectors {
			err := v.verify(t)
			if v.Fails == "" {
				require.NoError(t, err, "%s: %s", name, v.Name)
				continue
			}
			var e *sigma.Error
			require.ErrorAs(t, err, &e, "%s: %s", name, v.Name)
			require.Equal(t, v.Fails, e.Part, "%s: %s", name, v.Name)
		}
	}
}

// failing returns the vector with one change and the part that must fail then.
func (v proofVector) failing(name, part string, change func(v *proofVector)) proofVector {
	points := map[string]string{}
	for k, p := range v.Points {
		points[k] = p
	}
	v.Name, v.Fails, v.Points = v.Name+"; "+name, part, points
	v.Secret, v.Index, v.Random = nil, nil, ""
	change(&v)
	return v
}

// setField replaces field n of the proof.
func setField(n int, field []byte) func(v *proofVector) {
	return func(v *proofVector) { v.Proof = v.Proof[:64*n] + hex.EncodeToString(field) + v.Proof[64*n+64:] }
}

func readScalar(t *testing.T, r io.Reader) *group.Scalar {
	s, err := group.ReadScalar(r)
	require.NoError(t, err)
	return s
}
