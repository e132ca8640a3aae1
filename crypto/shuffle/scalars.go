package shuffle

import "valik/crypto/group"

// sum returns Σ x_i.
func sum(x []group.Scalar) *group.Scalar {
	s := new(group.Scalar)
	for i := range x {
		s.Add(s, &x[i])
	}
	return s
}

// innerProduct returns Σ x_i·y_{k + i·stride}.
func innerProduct(x, y []group.Scalar, k, stride int) *group.Scalar {
	s := new(group.Scalar)
	for i := range x {
		s.MultiplyAdd(&x[i], &y[k+i*stride], s)
	}
	return s
}

// product returns Π x_i.
func product(x []group.Scalar) *group.Scalar {
	s := group.NewScalar(1)
	for i := range x {
		s.Multiply(s, &x[i])
	}
	return s
}

// scaled returns the c·x_i.
func scaled(c *group.Scalar, x []group.Scalar) []group.Scalar {
	y := make([]group.Scalar, len(x))
	for i := range x {
		y[i].Multiply(c, &x[i])
	}
	return y
}
