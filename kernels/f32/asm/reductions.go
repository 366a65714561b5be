package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const chains = 4 // independent sums that hide the latency of an addition

// across combines the lanes of v.
func (s isa) across(v vec, combine func(a, b, dst Op)) reg.Register {
	y := YMM()
	if s.wide() {
		high := YMM()
		VEXTRACTF32X8(Imm(1), v, high)
		low := YMM()
		VEXTRACTF32X8(Imm(0), v, low)
		combine(high, low, y)
	} else {
		VMOVAPS(v, y)
	}
	x, other := XMM(), XMM()
	VEXTRACTF128(Imm(1), y, other)
	VEXTRACTF128(Imm(0), y, x)
	combine(other, x, x)
	VSHUFPS(Imm(0b1110), x, x, other)
	combine(other, x, x)
	VSHUFPS(Imm(0b0001), x, x, other)
	combine(other, x, x)
	return x
}

func addps(a, b, dst Op) { VADDPS(a, b, dst) }
func maxps(a, b, dst Op) { VMAXPS(a, b, dst) }

// sum defines a kernel that adds up what f makes of the inputs; f adds to acc.
func sum(name, doc string, inputs, scalars []string, f func(l lanes, acc vec, sc []vec)) {
	k := kernel{name: name, doc: doc, result: "float32"}
	for _, in := range inputs {
		k.params = append(k.params, in+" []float32")
	}
	for _, sc := range scalars {
		k.params = append(k.params, sc+" float32")
	}
	define(k, func(s isa) {
		n := length(inputs[0])
		var ptrs []reg.GPVirtual
		for _, in := range inputs {
			ptrs = append(ptrs, slice(in))
		}
		var sc []vec
		for _, name := range scalars {
			sc = append(sc, s.scalar(name))
		}
		var acc []vec
		for range chains {
			acc = append(acc, s.zero())
		}
		s.each(n, ptrs, chains, func(l lanes, i int) { f(l, acc[i], sc) })
		VADDPS(acc[1], acc[0], acc[0])
		VADDPS(acc[3], acc[2], acc[2])
		VADDPS(acc[2], acc[0], acc[0])
		x := s.across(acc[0], addps)
		Store(x, ReturnIndex(0))
		finish()
	})
}

func reductions() {
	sum("sum", "returns the sum of src.", []string{"src"}, nil, func(l lanes, acc vec, _ []vec) { VADDPS(l.load(0), acc, acc) })
	sum("dot", "returns the sum of a*b.", []string{"a", "b"}, nil, func(l lanes, acc vec, _ []vec) { VFMADD231PS(l.load(0), l.load(1), acc) })
	sum("squaredDistance", "returns the sum of (a-b)*(a-b).", []string{"a", "b"}, nil, func(l lanes, acc vec, _ []vec) {
		d := l.sub(l.load(0), l.load(1))
		VFMADD231PS(d, d, acc)
	})
	sum("squaredDeviation", "returns the sum of (src-mean)*(src-mean).", []string{"src"}, []string{"mean"}, func(l lanes, acc vec, sc []vec) {
		d := l.only(l.sub(l.load(0), sc[0]), c(0))
		VFMADD231PS(d, d, acc)
	})
	sum("deviation", "returns the sum of src-mean.", []string{"src"}, []string{"mean"}, func(l lanes, acc vec, sc []vec) {
		VADDPS(l.only(l.sub(l.load(0), sc[0]), c(0)), acc, acc)
	})
	sum("expSum", "sets dst to exp(src-shift) and returns its sum; src must not be above shift.", []string{"dst", "src"}, []string{"shift"}, func(l lanes, acc vec, sc []vec) {
		e := l.exp(l.sub(l.load(1), sc[0]), false)
		l.store(0, e)
		VADDPS(l.only(e, c(0)), acc, acc)
	})
	define(kernel{name: "maximum", doc: "returns the largest of src, or NaN if there is one.", params: []string{"src []float32"}, result: "float32"}, func(s isa) {
		n, ptrs := length("src"), []reg.GPVirtual{slice("src")}
		var acc []vec
		for range chains {
			acc = append(acc, s.constant(c(math.Inf(-1))))
		}
		odd := s.zero()
		s.each(n, ptrs, chains, func(l lanes, i int) {
			x := l.only(l.load(0), c(math.Inf(-1)))
			VMAXPS(acc[i], x, acc[i])
			// x-x would flag infinities too: x is NaN where it is not equal to itself.
			if s.wide() {
				VMOVAPS(x, s.when(unord, x, x).k, odd)
			} else {
				v := s.and(x, s.when(unord, x, x).v)
				VORPS(v, odd, odd)
			}
		})
		VMAXPS(acc[1], acc[0], acc[0])
		VMAXPS(acc[3], acc[2], acc[2])
		VMAXPS(acc[2], acc[0], acc[0])
		top := s.across(acc[0], maxps)
		nan := s.across(odd, addps) // zero, or NaN
		VADDSS(nan.(reg.VecVirtual), top.(reg.VecVirtual), top.(reg.VecVirtual))
		Store(top, ReturnIndex(0))
		finish()
	})
	columnSums()
	repulsion()
}

// repulsion has three sums for each vector, in two chains. (Two vectors could share a division, but that is no faster.)
func repulsion() {
	k := kernel{name: "repulsion", doc: "sets dst to the sums of w, w*w*(x0-x) and w*w*(y0-y), w being 1/(1+(x0-x)*(x0-x)+(y0-y)*(y0-y)).",
		params: []string{"dst []float32", "x []float32", "y []float32", "x0 float32", "y0 float32"}}
	define(k, func(s isa) {
		n, dst, ptrs := length("x"), slice("dst"), []reg.GPVirtual{slice("x"), slice("y")}
		x0, y0, one := s.scalar("x0"), s.scalar("y0"), s.constant(c(1))
		var acc [2][3]vec
		for i := range acc {
			acc[i] = [3]vec{s.zero(), s.zero(), s.zero()}
		}
		s.each(n, ptrs, len(acc), func(l lanes, i int) {
			dx, dy, d := l.sub(x0, l.load(0)), l.sub(y0, l.load(1)), l.vec()
			VMOVAPS(one, d)
			VFMADD231PS(dx, dx, d)
			VFMADD231PS(dy, dy, d)
			w := l.only(l.div(one, d), c(0))
			VADDPS(w, acc[i][0], acc[i][0])
			w = l.mul(w, w)
			VFMADD231PS(w, dx, acc[i][1])
			VFMADD231PS(w, dy, acc[i][2])
		})
		for i, v := range acc[0] {
			VADDPS(acc[1][i], v, v)
			VMOVSS(s.across(v, addps).(reg.VecVirtual), Mem{Base: dst, Disp: 4 * i})
		}
		finish()
	})
}

// block is how many rows are added up before their sum is added to the others': a single sum of ones would stay at 2^24.
const block = 512

// columnSums keeps the sums of some columns in registers while it goes down the rows.
func columnSums() {
	k := kernel{name: "columnSums", doc: "sets dst to the sums of the columns of src, rows > 0 of len(dst) values each.", params: []string{"dst []float32", "src []float32", "rows int"}}
	define(k, func(s isa) {
		n, dst, src := length("dst"), slice("dst"), slice("src")
		rows := Load(Param("rows"), GP64())
		stride, at, left, rest := GP64(), GP64(), GP64(), GP64()
		MOVQ(n, stride)
		SHLQ(Imm(2), stride)
		down := func(vectors int, tail *mask) {
			acc, total := make([]vec, vectors), make([]vec, vectors)
			for j := range total {
				acc[j], total[j] = s.vec(), s.zero()
			}
			MOVQ(src, at)
			MOVQ(rows, rest)
			blocks, loop := fresh("blocks"), fresh("rows")
			Label(blocks)
			for j := range acc {
				s.clear(acc[j])
			}
			MOVQ(U64(block), left)
			CMPQ(rest, left)
			CMOVQLT(rest, left)
			SUBQ(left, rest)
			Label(loop)
			for j := range acc {
				l := lanes{isa: s, ptrs: []reg.GPVirtual{at}, disp: j * s.bytes(), tail: tail}
				VADDPS(l.load(0), acc[j], acc[j])
			}
			ADDQ(stride, at)
			DECQ(left)
			JNZ(LabelRef(loop))
			for j := range acc {
				VADDPS(acc[j], total[j], total[j])
			}
			TESTQ(rest, rest)
			JNZ(LabelRef(blocks))
			for j := range total {
				lanes{isa: s, ptrs: []reg.GPVirtual{dst}, disp: j * s.bytes(), tail: tail}.store(0, total[j])
			}
		}
		for _, vectors := range []int{chains, 1} {
			loop, after := fresh("columns"), fresh("after")
			Label(loop)
			CMPQ(n, U32(vectors*s.w))
			JL(LabelRef(after))
			down(vectors, nil)
			ADDQ(U32(vectors*s.bytes()), dst)
			ADDQ(U32(vectors*s.bytes()), src)
			SUBQ(U32(vectors*s.w), n)
			JMP(LabelRef(loop))
			Label(after)
		}
		done := fresh("done")
		TESTQ(n, n)
		JZ(LabelRef(done))
		m := s.first(n)
		down(1, &m)
		Label(done)
		finish()
	})
}
