package sigma_test

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// simulate returns the encoding of a proof for ballot 0 of b that satisfies all
// equations if the challenge is x. It knows neither choice nor randomness. It is
// the simulator of docs/protocol/membership.md, "Zero knowledge".
func simulate(b *ballots, x *group.Scalar) []byte {
	m := digitsFor(len(b.list))
	random := func() *group.Element { return mult(group.RandomScalar(), group.NewGenerator()) }
	commitB, commitC := random(), random()
	f := make([][4]group.Scalar, m)
	rest := make([][4]group.Scalar, m) // f·(x - f)
	for j := range f {
		f[j][0].Set(x)
		for i := 1; i < 4; i++ {
			f[j][i].Set(group.RandomScalar())
			f[j][0].Subtract(&f[j][0], &f[j][i])
		}
		for i := range 4 {
			rest[j][i].Set(product(&f[j][i], diff(x, &f[j][i])))
		}
	}
	zA, zC, z := group.RandomScalar(), group.RandomScalar(), group.RandomScalar()

	// A = Com(f; z_A) - x·B      D = Com(f·(x-f); z_C) - x·C
	commitA := com(f, zA)
	commitA.Subtract(commitA, mult(x, commitB))
	commitD := com(rest, zC)
	commitD.Subtract(commitD, mult(x, commitC))

	var out []byte
	for _, e := range []*group.Element{commitA, commitB, commitC, commitD} {
		out = e.AppendBytes(out)
	}
	for _, g := range simulateG(b, x, z, f) {
		out = g.AppendBytes(out)
	}
	for j := range f {
		for i := 1; i < 4; i++ {
			out = f[j][i].AppendBytes(out)
		}
	}
	return z.AppendBytes(zC.AppendBytes(zA.AppendBytes(out)))
}

// simulateG picks G_1 … G_{m-1} and solves for
//
//	G_0 = x^m·c - Σ p_i·(0, M_i) - z·(G, Y) - Σ_{k≥1} x^k·G_k
func simulateG(b *ballots, x, z *group.Scalar, f [][4]group.Scalar) []elgamal.Ciphertext {
	g := make([]elgamal.Ciphertext, len(f))
	g[0] = elgamal.Ciphertext{A: *group.NewElement(), B: *group.NewElement()}
	subtract := func(s *group.Scalar, p, q *group.Element) {
		g[0].A.Subtract(&g[0].A, mult(s, p))
		g[0].B.Subtract(&g[0].B, mult(s, q))
	}
	power := group.NewScalar(1)
	for k := range g {
		if k > 0 {
			g[k] = *b.pk.Encrypt(group.NewGenerator(), group.RandomScalar())
			subtract(power, &g[k].A, &g[k].B)
		}
		power = product(power, x)
	}
	subtract(z, group.NewGenerator(), b.pk.Element())
	c := &b.ciphertexts[0]
	subtract(power.Negate(power), &c.A, &c.B)
	for i := range 1 << (2 * len(f)) {
		p := group.NewScalar(1)
		for j := range f {
			p = product(p, &f[j][i>>(2*j)&3])
		}
		subtract(p, group.NewElement(), &b.list[min(i, len(b.list)-1)])
	}
	return g
}
