package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type vec = reg.VecVirtual

func c(v float64) Mem { return lanesOf(math.Float32bits(float32(v))) }

// Three-operand forms that return a fresh register.

func (s isa) add(a vec, b Op) vec { v := s.vec(); VADDPS(b, a, v); return v }
func (s isa) sub(a vec, b Op) vec { v := s.vec(); VSUBPS(b, a, v); return v } // a-b
func (s isa) mul(a vec, b Op) vec { v := s.vec(); VMULPS(b, a, v); return v }
func (s isa) div(a vec, b Op) vec { v := s.vec(); VDIVPS(b, a, v); return v } // a/b

// min and max return b when a or b is NaN.
func (s isa) min(a vec, b Op) vec { v := s.vec(); VMINPS(b, a, v); return v }
func (s isa) max(a vec, b Op) vec { v := s.vec(); VMAXPS(b, a, v); return v }

func (s isa) and(a vec, b Op) vec {
	v := s.vec()
	if s.wide() {
		VPANDD(b, a, v)
	} else {
		VANDPS(b, a, v)
	}
	return v
}

func (s isa) or(a vec, b Op) vec {
	v := s.vec()
	if s.wide() {
		VPORD(b, a, v)
	} else {
		VORPS(b, a, v)
	}
	return v
}

func (s isa) constant(m Op) vec { v := s.vec(); VMOVUPS(m, v); return v }

// neg is 0-a with the sign of zero kept.
func (s isa) neg(a vec) vec {
	v := s.vec()
	if s.wide() {
		VPXORD(lanesOf(1<<31), a, v)
	} else {
		VXORPS(lanesOf(1<<31), a, v)
	}
	return v
}

func (s isa) abs(a vec) vec { return s.and(a, lanesOf(1<<31-1)) }

// sign is the sign bit of a.
func (s isa) sign(a vec) vec { return s.and(a, lanesOf(1<<31)) }

// poly is the polynomial with the coefficients cs, the highest first, by Horner's rule.
func (s isa) poly(x vec, cs ...float64) vec {
	p := s.constant(c(cs[0]))
	for _, k := range cs[1:] {
		VFMADD213PS(c(k), x, p)
	}
	return p
}

// Predicates of VCMPPS, ordered and quiet.
const (
	less    = 0x11
	greater = 0x1e
	notLess = 0x15 // true for NaN
	below   = 0x19 // true for NaN
	unord   = 0x03
)

// when is a comparison of a with b.
func (s isa) when(pred uint64, a vec, b Op) mask {
	if s.wide() {
		k := K()
		VCMPPS(Imm(pred), b, a, k)
		return mask{k: k}
	}
	v := s.vec()
	VCMPPS(Imm(pred), b, a, v)
	return mask{v: v}
}

// pick is yes where m holds, else no.
func (s isa) pick(m mask, yes, no vec) vec {
	v := s.vec()
	if s.wide() {
		VMOVAPS(no, v)
		VMOVAPS(yes, m.k, v)
	} else {
		VBLENDVPS(m.v, yes, no, v)
	}
	return v
}

// keep is v where m holds, else +0.
func (s isa) keep(m mask, v vec) vec {
	if s.wide() {
		out := s.vec()
		VMOVAPS_Z(v, m.k, out)
		return out
	}
	return s.and(v, m.v)
}

const (
	log2e = 1.44269504088896341
	// ln2 in two parts: the first has so few bits that its product with an exponent is exact.
	ln2hi = 0.693359375
	ln2lo = -2.12194440e-4
	// exp(expMax) is the last finite value; below expMin results would be subnormal and are zero.
	expMax = 88.72283172607421875
	expMin = -87.336544036865234375
	// adding it rounds to an integer
	rounder = 3 << 22
)

// exp is e to the x: n = round(x/ln 2), a polynomial of x - n ln 2 (with Cephes expf's coefficients), and n added to its exponent. NaN stays
// NaN. Without top, x must not be above expMax.
func (s isa) exp(x0 vec, top bool) vec {
	x := x0
	if top && s.wide() {
		x = s.min(s.constant(c(89)), x0) // NaN is kept: min returns its second operand
	} else if top {
		x = s.min(s.constant(c(expMax)), x0)
	}
	t := s.constant(c(rounder))
	VFMADD231PS(c(log2e), x, t)
	n := s.sub(t, c(rounder))
	r := s.vec()
	VMOVAPS(x, r)
	VFNMADD231PS(c(ln2hi), n, r)
	VFNMADD231PS(c(ln2lo), n, r)
	// 1 + r + r^2 (0.5 + ...) in pairs, as the latency of Horner's rule would be the limit.
	r2 := s.mul(r, r)
	p := s.poly(r, 1.9875691500e-4, 1.3981999507e-3)
	q := s.poly(r, 8.3334519073e-3, 4.1665795894e-2)
	VFMADD213PS(q, r2, p)
	q = s.poly(r, 1.6666665459e-1, 5.0000001201e-1)
	VFMADD213PS(q, r2, p)
	VFMADD213PS(s.add(r, c(1)), r2, p)
	big := s.when(notLess, x0, c(expMin))
	if s.wide() {
		out := s.vec()
		VSCALEFPS_Z(n, p, big.k, out) // overflows to infinity
		return out
	}
	VCVTPS2DQ(n, t) // the low bits of t would do, but for NaN
	VPSLLD(Imm(23), t, t)
	VPADDD(t, p, p)
	p = s.keep(big, p)
	if top {
		p = s.pick(s.when(greater, x0, c(expMax)), s.constant(c(math.Inf(1))), p)
	}
	return p
}

// log1p is ln(1+y) for y in [0,1] as 2 artanh(y/(2+y)), a polynomial in the square of that quotient.
func (s isa) log1p(y vec) vec {
	q := s.div(y, s.add(y, c(2)))
	p := s.poly(s.mul(q, q), 0.1408916768127092, 0.1398030146908637, 0.2001245512091573, 0.3333315734200139, 1.0000000039604042)
	return s.mul(p, s.add(q, q))
}

func (s isa) sigmoid(x vec) vec {
	return s.div(s.constant(c(1)), s.add(s.exp(s.neg(x), true), c(1)))
}

// tanh is a polynomial near zero and 1 - 2/(exp(2|x|)+1) beyond.
func (s isa) tanh(x vec) vec {
	a := s.abs(x)
	z := s.mul(a, a)
	near := s.poly(z, -0.005717043593090864, 0.020650586076072466, -0.05374349774025714, 0.1333149128343665, -0.3333328392518317)
	near = s.mul(near, z)
	VFMADD213PS(a, a, near)
	e := s.exp(s.add(a, a), true)
	far := s.sub(s.constant(c(1)), s.div(s.constant(c(2)), s.add(e, c(1))))
	return s.or(s.pick(s.when(less, a, c(0.625)), near, far), s.sign(x))
}

const (
	smallest = 0x1p-126 // of the normal numbers
	phiMax   = 12.95    // below minus this the normal distribution function is subnormal, and zero here
)

// phi returns the normal distribution's density at x without its factor 1/sqrt(2 pi), and its cumulative function: the density times
// a polynomial of 1/(1+0.26|x|), fitted to 5e-9 relative on [-13.4, 0].
func (s isa) phi(x vec) (density, cumulative vec) {
	a := s.min(s.constant(c(phiMax)), s.abs(x))
	h := s.mul(a, a)
	low := s.vec() // a*a - h, or the far tail would lose digits
	VMOVAPS(h, low)
	VFMSUB231PS(a, a, low)
	e := s.exp(s.mul(h, c(-0.5)), false)
	e = s.keep(s.when(below, s.abs(x), c(phiMax)), e)
	VFNMADD213PS(c(1), s.constant(c(0.5)), low)
	e = s.mul(e, low)
	d := s.vec()
	VMOVUPS(c(1), d)
	VFMADD231PS(c(0.26), a, d)
	q := s.div(s.constant(c(1)), d)
	p := s.poly(q, 0.03391593796456938, -0.17046107268703226, 0.29084098016570475, -0.20061414953429366, 0.1999450965004437,
		0.031305544489222646, 0.10944551858888614, 0.10172372029150215, 0.1039055332796762, -7.106347626628651e-06)
	left := s.mul(p, e)
	return e, s.pick(s.when(less, x, c(0)), left, s.sub(s.constant(c(1)), left))
}

// element defines a kernel that reads the inputs and writes dst. When dst is among the inputs it is updated.
func element(name, doc string, inputs, scalars []string, f func(s isa, in, sc []vec) vec) {
	var params []string
	seen := false
	for _, in := range inputs {
		seen = seen || in == "dst"
	}
	if !seen {
		params = append(params, "dst []float32")
	}
	for _, in := range inputs {
		params = append(params, in+" []float32")
	}
	for _, sc := range scalars {
		params = append(params, sc+" float32")
	}
	define(kernel{name: name, doc: doc, params: params}, func(s isa) {
		n := length("dst")
		out := slice("dst")
		ptrs := []reg.GPVirtual{out}
		index := make([]int, len(inputs))
		for i, in := range inputs {
			if in == "dst" {
				continue
			}
			ptrs = append(ptrs, slice(in))
			index[i] = len(ptrs) - 1
		}
		var sc []vec
		for _, name := range scalars {
			sc = append(sc, s.scalar(name))
		}
		s.each(n, ptrs, 2, func(l lanes, _ int) {
			var in []vec
			for i := range inputs {
				in = append(in, l.load(index[i]))
			}
			l.store(0, f(s, in, sc))
		})
		finish()
	})
}

func elementwise() {
	src, two := []string{"src"}, []string{"a", "b"}
	unary := func(name, doc string, f func(s isa, x vec) vec) {
		element(name, doc, src, nil, func(s isa, in, _ []vec) vec { return f(s, in[0]) })
	}
	unary("exp", "sets dst to e to the power of src.", func(s isa, x vec) vec { return s.exp(x, true) })
	unary("tanh", "sets dst to the hyperbolic tangent of src.", isa.tanh)
	unary("sigmoid", "sets dst to 1/(1+exp(-src)).", isa.sigmoid)
	unary("silu", "sets dst to src times its sigmoid.", func(s isa, x vec) vec {
		x = s.max(s.constant(c(-128)), x) // so that -Inf gives 0, not NaN
		return s.mul(x, s.sigmoid(x))
	})
	unary("gelu", "sets dst to src times the normal distribution function of src.", func(s isa, x vec) vec {
		x = s.max(s.constant(c(-128)), x)
		_, p := s.phi(x)
		return s.mul(x, p)
	})
	unary("softplus", "sets dst to ln(1+exp(src)).", func(s isa, x vec) vec {
		y := s.exp(s.neg(s.abs(x)), false)
		return s.add(s.log1p(y), s.max(s.zero(), x))
	})
	unary("relu", "sets dst to the larger of src and 0.", func(s isa, x vec) vec { return s.max(s.zero(), x) })
	element("clamp", "sets dst to src, no less than lo and no more than hi.", src, []string{"lo", "hi"}, func(s isa, in, sc []vec) vec {
		return s.min(sc[1], s.max(sc[0], in[0]))
	})
	element("leaky", "sets dst to src, multiplied by slope where it is negative.", src, []string{"slope"}, func(s isa, in, sc []vec) vec {
		return s.pick(s.when(less, in[0], c(0)), s.mul(in[0], sc[0]), in[0])
	})
	element("scale", "sets dst to alpha*src.", src, []string{"alpha"}, func(s isa, in, sc []vec) vec { return s.mul(in[0], sc[0]) })
	element("linear", "sets dst to alpha*src + beta.", src, []string{"alpha", "beta"}, func(s isa, in, sc []vec) vec {
		v := s.vec()
		VMOVAPS(in[0], v)
		VFMADD213PS(sc[1], sc[0], v)
		return v
	})
	element("add", "sets dst to a+b.", two, nil, func(s isa, in, _ []vec) vec { return s.add(in[0], in[1]) })
	element("sub", "sets dst to a-b.", two, nil, func(s isa, in, _ []vec) vec { return s.sub(in[0], in[1]) })
	element("mul", "sets dst to a*b.", two, nil, func(s isa, in, _ []vec) vec { return s.mul(in[0], in[1]) })
	element("div", "sets dst to a/b.", two, nil, func(s isa, in, _ []vec) vec { return s.div(in[0], in[1]) })
	element("axpy", "adds alpha*src to dst.", []string{"dst", "src"}, []string{"alpha"}, func(s isa, in, sc []vec) vec {
		VFMADD231PS(sc[0], in[1], in[0])
		return in[0]
	})
	element("mulAdd", "adds a*b to dst.", []string{"dst", "a", "b"}, nil, func(s isa, in, _ []vec) vec {
		VFMADD231PS(in[1], in[2], in[0])
		return in[0]
	})
	element("normalise", "sets dst to (src-mean)*rstd*gain + bias.", []string{"src", "gain", "bias"}, []string{"mean", "rstd"}, func(s isa, in, sc []vec) vec {
		v := s.mul(s.sub(in[0], sc[0]), sc[1])
		VFMADD213PS(in[2], in[1], v)
		return v
	})

	// Gradients: what comes from above is g.
	grad := func(name, doc, by string, f func(s isa, g, x vec) vec) {
		element(name, doc, []string{"g", by}, nil, func(s isa, in, _ []vec) vec { return f(s, in[0], in[1]) })
	}
	grad("reluGrad", "sets dst to g where x is above 0, else to 0.", "x", func(s isa, g, x vec) vec { return s.keep(s.when(greater, x, c(0)), g) })
	grad("tanhGrad", "sets dst to g*(1-y*y), y being the hyperbolic tangent.", "y", func(s isa, g, y vec) vec {
		d := s.constant(c(1))
		VFNMADD231PS(y, y, d)
		return s.mul(g, d)
	})
	grad("sigmoidGrad", "sets dst to g*y*(1-y), y being the sigmoid.", "y", func(s isa, g, y vec) vec {
		d := s.vec()
		VMOVAPS(y, d)
		VFNMADD231PS(y, y, d)
		return s.mul(g, d)
	})
	grad("siluGrad", "sets dst to g times the derivative of SiLU at x.", "x", func(s isa, g, x vec) vec {
		x = s.min(s.constant(c(128)), s.max(s.constant(c(-128)), x)) // so that infinity gives 0 and 1, not NaN
		y := s.sigmoid(x)
		d := s.sub(s.constant(c(1)), y)
		d = s.mul(d, x)
		VADDPS(c(1), d, d)
		return s.mul(g, s.mul(d, y))
	})
	grad("geluGrad", "sets dst to g times the derivative of GELU at x.", "x", func(s isa, g, x vec) vec {
		x = s.min(s.constant(c(128)), s.max(s.constant(c(-128)), x))
		density, cumulative := s.phi(x)
		d := s.mul(density, c(1/math.Sqrt(2*math.Pi)))
		VFMADD231PS(d, x, cumulative)
		return s.mul(g, cumulative)
	})
	element("leakyGrad", "sets dst to g, multiplied by slope where x is not above 0.", []string{"g", "x"}, []string{"slope"}, func(s isa, in, sc []vec) vec {
		return s.pick(s.when(greater, in[1], c(0)), in[0], s.mul(in[0], sc[0]))
	})
	adam()
}

// adam is one step of Adam (Kingma and Ba 2015, algorithm 1).
func adam() {
	k := kernel{name: "adam", doc: "moves the moments m and v and the parameters p by the gradient g: step is lr/(1-b1^t), root is 1/sqrt(1-b2^t).",
		params: []string{"p []float32", "g []float32", "m []float32", "v []float32", "b1 float32", "b2 float32", "step float32", "root float32", "eps float32"}}
	define(k, func(s isa) {
		n := length("p")
		ptrs := []reg.GPVirtual{slice("p"), slice("g"), slice("m"), slice("v")}
		b1, b2, step, root, eps := s.scalar("b1"), s.scalar("b2"), s.scalar("step"), s.scalar("root"), s.scalar("eps")
		rest := s.sub(s.constant(c(1)), b2)
		s.each(n, ptrs, 1, func(l lanes, _ int) {
			p, g, m, v := l.load(0), l.load(1), l.load(2), l.load(3)
			d := s.sub(m, g)
			VFMADD213PS(g, b1, d) // g + b1*(m-g)
			// The moments of what has no gradient any more become subnormal, which is slow: zero.
			d = s.keep(s.when(notLess, s.abs(d), c(smallest)), d)
			l.store(2, d)
			// not g2 + b2*(v-g2), which loses v's digits where it is small beside g2
			e := s.mul(s.mul(g, g), rest)
			VFMADD231PS(b2, v, e)
			e = s.keep(s.when(notLess, e, c(smallest)), e)
			l.store(3, e)
			q := s.vec()
			VSQRTPS(e, q)
			VFMADD213PS(eps, root, q)
			VFNMADD231PS(step, s.div(d, q), p)
			l.store(0, p)
		})
		finish()
	})
}
