package sigma

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// Verify checks that c encrypts one of the choices. The error is an *[Error] that
// names the equation: "digits", "zero or one", "component A" or "component B". It
// refuses a ciphertext with A = identity, which shows its plaintext.
//
// It implements Membership.Verify of docs/protocol/membership.md.
func (p *Membership) Verify(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext) error {
	o, err := p.open(t, pk, choices, c)
	if err != nil {
		return err
	}
	return o.verify(pk)
}

// open checks what costs little and makes the challenge.
func (p *Membership) open(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext) (*opened, error) {
	if len(p.g) != choices.digits() {
		return nil, &Error{Proof: membership, Part: "number of digits", Err: ErrLength}
	}
	if err := refuseIdentity(membership, part{"component A of the ciphertext", &c.A}); err != nil {
		return nil, err
	}
	x := p.challenge(t, pk, choices, c)
	return &opened{p, choices, c, x, p.lines(x)}, nil
}

// opened is a proof with its statement and its challenge: all that its equations
// are made of.
type opened struct {
	*Membership
	choices    *Choices
	ciphertext *elgamal.Ciphertext
	x          *group.Scalar
	lines      []group.Scalar // f_{j,i} at 4j+i, the first of each digit included
}

// equation adds w times an equation of a proof to the terms.
type equation struct {
	name string
	add  func(o *opened, t *terms, w *group.Scalar)
}

// equations are all that a proof must satisfy.
var equations = [...]equation{
	{"digits", (*opened).digits},
	{"zero or one", (*opened).zeroOrOne},
	{"component A", (*opened).componentA},
	{"component B", (*opened).componentB},
}

// verify checks the equations one by one.
func (o *opened) verify(pk *elgamal.PublicKey) error {
	one := group.NewScalar(1)
	for _, e := range equations {
		t := newTerms(group.NewSum(nil))
		e.add(o, t, one)
		if !t.areIdentityVarTime(pk) {
			return &Error{Proof: membership, Part: "equation " + e.name, Err: ErrEquation}
		}
	}
	return nil
}

// digits says that the f_{j,i} are lines through what B commits to:
//
//	A + x·B - Com(f; z_A) = 0
func (o *opened) digits(t *terms, w *group.Scalar) {
	t.add(w, &o.a)
	t.add(times(w, o.x), &o.b)
	t.subtractG(times(w, &o.zA))
	for n, f := range o.lines {
		t.subtractH(n, times(w, &f))
	}
}

// zeroOrOne says that what B commits to is zero or one, everywhere:
//
//	D + x·C - Com(f·(x - f); z_C) = 0
func (o *opened) zeroOrOne(t *terms, w *group.Scalar) {
	t.add(w, &o.d)
	t.add(times(w, o.x), &o.c)
	t.subtractG(times(w, &o.zC))
	for n, f := range o.lines {
		rest := new(group.Scalar).Subtract(o.x, &f)
		t.subtractH(n, times(w, times(&f, rest)))
	}
}

// componentA says that the first components are an encryption with randomness z:
//
//	Σ x^k·G_k.A + z·G - x^m·c.A = 0
func (o *opened) componentA(t *terms, w *group.Scalar) {
	power := w // w·x^k
	for k := range o.g {
		t.add(power, &o.g[k].A)
		power = times(power, o.x)
	}
	t.addG(times(w, &o.z))
	t.subtract(power, &o.ciphertext.A)
}

// componentB says that the second components are the one of the choice:
//
//	Σ x^k·G_k.B + z·Y + Σ p_i·M_i - x^m·c.B = 0,  p_i = Π_j f_{j,i_j}
func (o *opened) componentB(t *terms, w *group.Scalar) {
	power := w // w·x^k
	for k := range o.g {
		t.add(power, &o.g[k].B)
		power = times(power, o.x)
	}
	t.addY(times(w, &o.z))
	t.addChoices(o.choices, o.products(w, power))
	t.subtract(power, &o.ciphertext.B)
}

// lines returns all f_{j,i} at 4j+i. The first of each digit is not sent:
//
//	f_{j,0} = x - f_{j,1} - f_{j,2} - f_{j,3}
//
// so that the digits of one place add up to one. Both digit equations speak
// about it as about the others: without that, two ones and a minus one in one
// place would pass.
func (p *Membership) lines(x *group.Scalar) []group.Scalar {
	lines := make([]group.Scalar, 0, radix*len(p.g))
	for f := p.f; len(f) > 0; f = f[radix-1:] {
		first := *x
		for i := range f[:radix-1] {
			first.Subtract(&first, &f[i])
		}
		lines = append(append(lines, first), f[:radix-1]...)
	}
	return lines
}

// products returns w·p_i for i < N-1 and, for the last choice, the sum of all
// others up to radix^m, since the list is padded with it. All p_i together are
// x^m, so the last is total - Σ_{i<N-1} w·p_i with total = w·x^m.
func (o *opened) products(w, total *group.Scalar) []group.Scalar {
	last := o.choices.Len() - 1
	products := []group.Scalar{*w}
	for j := len(o.g) - 1; j >= 0; j-- {
		size := last>>(2*j) + 1 // indices without their lowest j digits
		next := make([]group.Scalar, size)
		for i := range next {
			next[i].Multiply(&products[i/radix], &o.lines[radix*j+i%radix])
		}
		products = next
	}
	products[last].Set(total)
	for i := range products[:last] {
		products[last].Subtract(&products[last], &products[i])
	}
	return products
}

func times(a, b *group.Scalar) *group.Scalar { return new(group.Scalar).Multiply(a, b) }
