package group

// strausVarTime returns Σ s[i]·p[i] by one run of doublings for all terms
// (Straus) over tables of odd multiples: the better way for few terms.
func strausVarTime(s []Scalar, p []Element) *Element {
	tables := make([]oddMultiples, len(p))
	nafs := make([][longBits + 1]int8, len(p))
	top := 0
	for i := range s {
		m, negative := magnitudeVarTime(&s[i])
		top = max(top, m.naf(&nafs[i]))
		q := p[i]
		if negative {
			q.Negate(&q)
		}
		tables[i].from(&q)
	}
	sum := NewElement()
	var acc projective
	var c completed
	acc.fromElement(sum)
	for bit := top - 1; bit >= 0; bit-- {
		c.double(&acc.x, &acc.y, &acc.z)
		for i := range nafs {
			if d := nafs[i][bit]; d != 0 {
				sum.fromCompleted(&c)
				tables[i].addTo(&c, sum, d)
			}
		}
		acc.fromCompleted(&c)
	}
	if top == 0 {
		return sum
	}
	return sum.fromCompleted(&c)
}

// oddMultiples is P, 3P, 5P, … 15P.
type oddMultiples [8]entry

func (t *oddMultiples) from(p *Element) {
	var double, q Element
	var n entry
	var c completed
	double.fromCompleted(c.double(&p.x, &p.y, &p.z))
	n.fromElement(&double)
	q = *p
	t[0].fromElement(p)
	for i := 1; i < len(t); i++ {
		q.fromCompleted(c.add(&q, &n))
		t[i].fromElement(&q)
	}
}

// addTo sets c = p + d·P for an odd d.
func (t *oddMultiples) addTo(c *completed, p *Element, d int8) {
	if d > 0 {
		c.add(p, &t[d/2])
	} else {
		c.sub(p, &t[-d/2])
	}
}
