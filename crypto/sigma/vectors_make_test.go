package sigma_test

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/internal/vectortest"
)

const (
	vectorUse  = "valik/1 test"
	vectorSeed = "valik/1 vectors sigma"
)

// TestProofVectors makes vectors/sigma/proofs.json again.
func TestProofVectors(t *testing.T) {
	g := group.NewGenerator()
	x := readScalar(t, vectortest.Random(vectorSeed+" x"))
	image, base := mult(x, g), point("P", 0)
	secret := map[string]string{"x": toHex(x)}

	k := proofVector{
		Name: "knowledge", Type: "knowledge", Use: vectorUse, Where: "here", Secret: secret, Random: vectorSeed,
		Points: map[string]string{"P": toHex(g), "X": toHex(image)},
	}
	k.Proof = toHex(sigma.ProveKnowledgeFrom(k.transcript(), x, g, image, vectortest.Random(k.Random)))

	bases, images := twoPoints(g, base), twoPoints(image, mult(x, base))
	e := proofVector{
		Name: "equality", Type: "equality", Use: vectorUse, Where: "here", Secret: secret, Random: vectorSeed,
		Points: map[string]string{"P1": toHex(g), "P2": toHex(base), "X1": toHex(image), "X2": toHex(&images[1])},
	}
	e.Proof = toHex(sigma.ProveEqualityFrom(e.transcript(), x, bases, images, vectortest.Random(e.Random)))

	vectors := []proofVector{
		k,
		k.failing("other context", "equation of T", func(v *proofVector) { v.Where = "there" }),
		k.failing("other image", "equation of T", func(v *proofVector) { v.Points["X"] = toHex(base) }),
		k.failing("identity", "X", func(v *proofVector) { v.Points["X"] = toHex(group.NewElement()) }),
		k.failing("T is no element", "T", setField(0, noField)),
		k.failing("s is not reduced", "s", setField(1, noField)),
		e,
		e.failing("images exchanged", "equation of T1", func(v *proofVector) {
			v.Points["X1"], v.Points["X2"] = v.Points["X2"], v.Points["X1"]
		}),
		e.failing("s is zero", "equation of T1", setField(2, make([]byte, 32))),
	}
	for _, n := range []int{0, 1, 3} {
		vectors = append(vectors, batchVectors(t, x, n)...)
	}
	vectortest.Compare(t, "sigma/proofs.json", vectors)
}

func batchVectors(t *testing.T, x *group.Scalar, n int) []proofVector {
	image := mult(x, group.NewGenerator())
	pairs := &sigma.Pairs{A: points("A", n), D: make([]group.Element, n)}
	for i := range pairs.D {
		pairs.D[i].ScalarMult(x, &pairs.A[i])
	}
	v := proofVector{
		Name: fmt.Sprintf("batch equality, n = %d", n), Type: "batch equality", Use: vectorUse, Where: "here",
		Points: map[string]string{"X": toHex(image)}, Lists: map[string]list{"A": toList(pairs.A), "D": toList(pairs.D)},
		Secret: map[string]string{"x": toHex(x)}, Random: vectorSeed,
	}
	p, err := sigma.ProveBatchEqualityFrom(v.transcript(), x, image, pairs, vectortest.Random(v.Random))
	require.NoError(t, err)
	v.Proof = toHex(p)
	if n < 3 {
		return []proofVector{v}
	}
	return []proofVector{
		v,
		v.failing("first two exchanged", "equation of T1", func(v *proofVector) {
			a, d := v.Lists["A"], v.Lists["D"]
			v.Lists = map[string]list{"A": {a[1], a[0], a[2]}, "D": {d[1], d[0], d[2]}}
		}),
		v.failing("last left out", "equation of T1", func(v *proofVector) {
			v.Lists = map[string]list{"A": v.Lists["A"][:2], "D": v.Lists["D"][:2]}
		}),
	}
}

// TestMembershipVectors makes vectors/sigma/membership.json again.
func TestMembershipVectors(t *testing.T) {
	var vectors []proofVector
	for _, c := range [][2]int{{1, 0}, {2, 1}, {5, 4}, {17, 9}} {
		vectors = append(vectors, membershipVector(t, c[0], c[1]))
	}
	v := vectors[2]
	vectors = append(vectors,
		v.failing("other context", "equation digits", func(v *proofVector) { v.Where = "there" }),
		v.failing("other key", "equation digits", func(v *proofVector) { v.Points["Y"] = toHex(group.NewGenerator()) }),
		v.failing("list permuted", "equation digits", func(v *proofVector) {
			m := v.Lists["M"]
			v.Lists = map[string]list{"M": {m[1], m[0], m[2], m[3], m[4]}}
		}),
		v.failing("list cut to one digit", "encoding", func(v *proofVector) { v.Lists = map[string]list{"M": v.Lists["M"][:4]} }),
		v.failing("A of the ciphertext is the identity", "component A of the ciphertext", func(v *proofVector) {
			v.Points["c.A"] = toHex(group.NewElement())
		}),
		v.failing("B of the ciphertext is another", "equation digits", func(v *proofVector) {
			v.Points["c.B"] = toHex(group.NewGenerator())
		}),
		v.failing("f_1,2 is zero", "equation digits", setField(12, make([]byte, 32))),
		v.failing("z_C is zero", "equation zero or one", setField(15, make([]byte, 32))),
		v.failing("z is zero", "equation component A", setField(16, make([]byte, 32))),
		v.failing("G_0.B is no element", "G_0.B", setField(5, noField)),
		v.failing("z is not reduced", "z", setField(16, noField)),
	)
	vectors = append(vectors,
		cheatVector(t, "a point that is no choice", "equation component B", [4]int{1, 0, 0, 0}, [4]int{2, 0, 0, 0}),
		cheatVector(t, "digits two ones and a minus one", "equation zero or one", [4]int{-1, 1, 1, 0}, [4]int{-1, 1, 1, 0}),
		cheatVector(t, "digits two ones", "equation digits", [4]int{0, 1, 1, 0}, [4]int{0, 1, 1, 0}),
	)
	vectortest.Compare(t, "sigma/membership.json", vectors)
}

func membershipVector(t *testing.T, n, index int) proofVector {
	setup := vectortest.Random(fmt.Sprintf("%s membership %d", vectorSeed, n))
	pk := key(t, mult(readScalar(t, setup), group.NewGenerator()))
	r := readScalar(t, setup)
	m := points("choice", n)
	c := pk.Encrypt(&m[index], r)
	v := proofVector{
		Name: fmt.Sprintf("choice %d of %d", index, n), Type: "membership", Use: vectorUse, Where: "here",
		Points: map[string]string{"Y": toHex(pk), "c.A": toHex(&c.A), "c.B": toHex(&c.B)},
		Lists:  map[string]list{"M": toList(m)},
		Secret: map[string]string{"r": toHex(r)}, Index: &index, Random: vectorSeed,
	}
	p, err := sigma.ProveMembershipFrom(v.transcript(), pk, newChoices(t, m), c, index, r, vectortest.Random(v.Random))
	require.NoError(t, err)
	v.Proof = toHex(p)
	return v
}

// cheatVector is the best proof for digits that are not those of an index, or that
// are not what the ciphertext encrypts.
func cheatVector(t *testing.T, name, fails string, digits, encrypted [4]int) proofVector {
	v := membershipVector(t, 4, 0)
	v.Name, v.Fails, v.Secret, v.Index, v.Random = name, fails, nil, nil, ""

	random := vectortest.Random(vectorSeed + " " + name)
	r := readScalar(t, random)
	pk, m, plain := key(t, v.point(t, "Y")), points("choice", 4), integers(encrypted)
	c := pk.Encrypt(group.NewElement().VarTimeMultiScalarMult(plain[:], m), r)
	v.Points["c.A"], v.Points["c.B"] = toHex(&c.A), toHex(&c.B)
	cheat := &reference{
		t: v.transcript(), pk: pk, points: m, c: c, r: r, random: random,
		b: [][4]group.Scalar{integers(digits)},
	}
	v.Proof = hex.EncodeToString(cheat.prove())
	return v
}
