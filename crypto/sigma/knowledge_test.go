package sigma_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

func TestKnowledge(t *testing.T) {
	for _, base := range []*group.Element{group.NewGenerator(), point("P", 0)} {
		x := group.RandomScalar()
		image := mult(x, base)
		p := sigma.ProveKnowledge(context("here"), x, base, image)
		require.NoError(t, p.Verify(context("here"), base, image))
		requireStrict(t, sigma.ParseKnowledge, p.Bytes(), []string{"T", "s"})
		again := sigma.ProveKnowledge(context("here"), x, base, image)
		require.NotEqual(t, p.Bytes()[:32], again.Bytes()[:32], "k is never used twice")
	}
}

func TestKnowledgeOfAnotherStatement(t *testing.T) {
	x, base := group.RandomScalar(), point("P", 0)
	image := mult(x, base)
	p := sigma.ProveKnowledge(context("here"), x, base, image)
	g, double := group.NewGenerator(), add(image, image)
	tests := map[string]struct {
		where       string
		base, image *group.Element
	}{
		"other context":   {"there", base, image},
		"base is G":       {"here", g, image},
		"base and image":  {"here", image, base},
		"image doubled":   {"here", base, double},
		"both doubled":    {"here", add(base, base), double},
		"image negated":   {"here", base, group.NewElement().Negate(image)},
		"image is base":   {"here", base, base},
		"unrelated image": {"here", base, point("X", 0)},
	}
	for name, test := range tests {
		err := p.Verify(context(test.where), test.base, test.image)
		requirePart(t, err, "equation of T", sigma.ErrEquation, name)
	}
	identity := group.NewElement()
	requirePart(t, p.Verify(context("here"), identity, image), "P", sigma.ErrIdentity, "base")
	requirePart(t, p.Verify(context("here"), base, identity), "X", sigma.ErrIdentity, "image")
}

// TestKnowledgeOfNothing: with the identity as base, or with x = 0, everybody can
// prove; a verifier refuses both.
func TestKnowledgeOfNothing(t *testing.T) {
	identity, zero := group.NewElement(), group.NewScalar(0)
	p := sigma.ProveKnowledge(context("here"), zero, group.NewGenerator(), identity)
	requirePart(t, p.Verify(context("here"), group.NewGenerator(), identity), "X", sigma.ErrIdentity, "x = 0")
	p = sigma.ProveKnowledge(context("here"), group.RandomScalar(), identity, identity)
	requirePart(t, p.Verify(context("here"), identity, identity), "P", sigma.ErrIdentity, "P = identity")
}

// TestKnowledgeForged tries proofs of a prover who does not know x.
func TestKnowledgeForged(t *testing.T) {
	base, image := group.NewGenerator(), point("X", 0)
	s := group.RandomScalar()
	forgeries := map[string][]byte{
		"all zero":      make([]byte, 64),
		"T = X, s = 0":  append(image.Bytes(), make([]byte, 32)...),
		"T = -X, s = 0": append(group.NewElement().Negate(image).Bytes(), make([]byte, 32)...),
		"c = 0":         append(mult(s, base).Bytes(), s.Bytes()...),
	}
	// The response first: T = s·P - c'·X for a challenge c' of the prover's
	// choice. It would pass if the challenge did not absorb T.
	for name, c := range map[string]*group.Scalar{"c = 1": group.NewScalar(1), "c random": group.RandomScalar()} {
		commitment := group.NewElement().Subtract(mult(s, base), mult(c, image))
		forgeries[name] = append(commitment.Bytes(), s.Bytes()...)
	}
	// A challenge that a transcript gives before T is absorbed.
	early := context("here")
	early.String("proof", "valik/1 knowledge")
	early.Element("P", base)
	early.Element("X", image)
	commitment := group.NewElement().Subtract(mult(s, base), mult(early.Challenge("c"), image))
	forgeries["c without T"] = append(commitment.Bytes(), s.Bytes()...)

	for name, forgery := range forgeries {
		p, err := sigma.ParseKnowledge(forgery)
		require.NoError(t, err, name)
		requirePart(t, p.Verify(context("here"), base, image), "equation of T", sigma.ErrEquation, name)
	}
}

// TestKnowledgeMauled changes one field of a good proof.
func TestKnowledgeMauled(t *testing.T) {
	x, base := group.RandomScalar(), group.NewGenerator()
	image := mult(x, base)
	good := sigma.ProveKnowledge(context("here"), x, base, image).Bytes()
	for n, field := range [][]byte{point("T", 0).Bytes(), group.RandomScalar().Bytes()} {
		p, err := sigma.ParseKnowledge(edited(good, n, field))
		require.NoError(t, err)
		requirePart(t, p.Verify(context("here"), base, image), "equation of T", sigma.ErrEquation, "field")
	}
}

func FuzzParseKnowledge(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add(append(group.NewGenerator().Bytes(), noField...))
	f.Add(append(group.NewGenerator().Bytes(), group.NewScalar(5).Bytes()...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := sigma.ParseKnowledge(b); err == nil {
			require.Equal(t, b, p.Bytes())
		}
	})
}
