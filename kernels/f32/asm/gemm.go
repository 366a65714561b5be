package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile is the largest piece of a product that the registers hold: rows, and vectors across.
func (s isa) tile() (rows, vectors int) {
	if s.wide() {
		return 12, 2 // 24 of 32 registers
	}
	return 6, 2 // 12 of 16
}

// gemm defines one kernel for each height and width of a tile, so that the edges of a product cost no more than their share, the
// transposition of 8x8 elements that packing uses, and the loop that measures the peak.
func gemm() {
	const signature = "func(k int, a []float32, ars, acs int, b []float32, brs int, c []float32, crs, cols int, accumulate bool, bias []float32)"
	for _, s := range isas {
		rows, vectors := s.tile()
		for v := 1; v <= vectors; v++ {
			for r := 1; r <= rows; r++ {
				name := fmt.Sprintf("tile%dx%d%s", r, v, s.name)
				TEXT(name, NOSPLIT, signature)
				Pragma("noescape")
				Doc(fmt.Sprintf("%s sets (or adds to) %d rows of c, up to %d columns, the product of a and b over k, plus the bias unless it is empty.", name, r, v*s.w))
				s.tileKernel(r, v)
			}
		}
	}
	transpose()
	for _, s := range isas {
		_, vectors := s.tile()
		TEXT("panel"+s.name, NOSPLIT, "func(dst, src []float32, stride, k, cols int)")
		Pragma("noescape")
		Doc("panel" + s.name + fmt.Sprintf(" copies cols values of each of k > 0 rows, stride apart, as rows of %d, the rest zeros.", vectors*s.w))
		s.panel(vectors)
	}
	for _, s := range isas {
		TEXT("peak"+s.name, NOSPLIT, "func(n int)")
		Doc("peak" + s.name + fmt.Sprintf(" does n times 24 independent multiply-adds of %d lanes in registers.", s.w))
		n := Load(Param("n"), GP64())
		var acc []vec
		for range 12 {
			acc = append(acc, s.zero())
		}
		x := s.zero()
		Label("peak" + s.name)
		for range 2 {
			for i := range acc {
				VFMADD231PS(x, x, acc[i])
			}
		}
		DECQ(n)
		JNZ(LabelRef("peak" + s.name))
		finish()
	}
}

func (s isa) tileKernel(rows, vectors int) {
	k := Load(Param("k"), GP64())
	ars := Load(Param("ars"), GP64())
	acs := Load(Param("acs"), GP64())
	SHLQ(Imm(2), ars)
	SHLQ(Imm(2), acs)
	// Three rows share a pointer: base, base+ars, base+2*ars are addresses.
	a := []reg.GPVirtual{slice("a")}
	for i := 3; i < rows; i += 3 {
		next := GP64()
		LEAQ(Mem{Base: a[len(a)-1], Index: ars, Scale: 2}, next)
		ADDQ(ars, next)
		a = append(a, next)
	}
	b := slice("b")
	brs := Load(Param("brs"), GP64())
	SHLQ(Imm(2), brs)
	last := s.lastMask(vectors)
	first := make([]vec, vectors)
	for j := range first {
		first[j] = s.zero()
	}
	bias := slice("bias")
	plain := fresh("plain")
	TESTQ(bias, bias)
	JZ(LabelRef(plain))
	for j := range first {
		l := lanes{isa: s, ptrs: []reg.GPVirtual{bias}, disp: j * s.bytes()}
		if j == vectors-1 {
			l.tail = &last
		}
		VMOVAPS(l.load(0), first[j])
	}
	Label(plain)
	acc := make([][]vec, rows)
	for i := range acc {
		for j := range vectors {
			if i == 0 {
				acc[i] = append(acc[i], first[j])
				continue
			}
			v := s.vec()
			VMOVAPS(first[j], v)
			acc[i] = append(acc[i], v)
		}
	}
	loop := fresh("k")
	Label(loop)
	bv := make([]vec, vectors)
	for j := range bv {
		bv[j] = s.vec()
		VMOVUPS(Mem{Base: b, Disp: j * s.bytes()}, bv[j])
	}
	ADDQ(brs, b)
	for i := range rows {
		at := Mem{Base: a[i/3]}
		if i%3 > 0 {
			at.Index, at.Scale = ars, uint8(i%3)
		}
		av := s.vec()
		VBROADCASTSS(at, av)
		for j := range bv {
			VFMADD231PS(bv[j], av, acc[i][j])
		}
		if i%3 == 2 || i == rows-1 {
			ADDQ(acs, a[i/3])
		}
	}
	DECQ(k)
	JNZ(LabelRef(loop))

	c := slice("c")
	crs := Load(Param("crs"), GP64())
	SHLQ(Imm(2), crs)
	last = s.lastMask(vectors) // again, as the registers were needed for the sums
	store := func(add bool) {
		at := GP64()
		MOVQ(c, at)
		for i := range rows {
			for j := range vectors {
				l := lanes{isa: s, ptrs: []reg.GPVirtual{at}, disp: j * s.bytes()}
				if j == vectors-1 {
					l.tail = &last
				}
				if add {
					VADDPS(l.load(0), acc[i][j], acc[i][j])
				}
				l.store(0, acc[i][j])
			}
			if i < rows-1 {
				ADDQ(crs, at)
			}
		}
		finish()
	}
	flag := Load(Param("accumulate"), GP8())
	set := fresh("set")
	TESTB(flag, flag)
	JZ(LabelRef(set))
	store(true)
	Label(set)
	store(false)
}

// lastMask is the mask of the last of the vectors that a tile of cols columns is wide.
func (s isa) lastMask(vectors int) mask {
	cols := Load(Param("cols"), GP64()).(reg.GPVirtual)
	if vectors > 1 {
		SUBQ(U32((vectors-1)*s.w), cols)
	}
	return s.first(cols)
}

func (s isa) panel(vectors int) {
	dst, src := slice("dst"), slice("src")
	stride := Load(Param("stride"), GP64())
	k := Load(Param("k"), GP64())
	cols := Load(Param("cols"), GP64()).(reg.GPVirtual)
	SHLQ(Imm(2), stride)
	var masks []mask
	for range vectors { // of no more than w columns, and no less than none
		n, w, none := GP64(), GP64(), GP64()
		MOVQ(cols, n)
		MOVQ(U64(s.w), w)
		XORQ(none, none)
		CMPQ(n, w)
		CMOVQGT(w, n)
		TESTQ(n, n)
		CMOVQLT(none, n)
		masks = append(masks, s.first(n))
		SUBQ(U32(s.w), cols)
	}
	loop := fresh("k")
	Label(loop)
	for j := range vectors {
		l := lanes{isa: s, ptrs: []reg.GPVirtual{src}, disp: j * s.bytes(), tail: &masks[j]}
		VMOVUPS(l.load(0), Mem{Base: dst, Disp: j * s.bytes()})
	}
	ADDQ(stride, src)
	ADDQ(U32(vectors*s.bytes()), dst)
	DECQ(k)
	JNZ(LabelRef(loop))
	finish()
}

// transpose defines the transposition of a block of 8 times 8.
func transpose() {
	TEXT("transpose8AVX2", NOSPLIT, "func(dst []float32, drs int, src []float32, srs int)")
	Pragma("noescape")
	Doc("transpose8AVX2 writes 8 rows of 8 of src as columns of dst; drs and srs are the distances of rows.")
	dst, src := slice("dst"), slice("src")
	drs := Load(Param("drs"), GP64())
	srs := Load(Param("srs"), GP64())
	SHLQ(Imm(2), drs)
	SHLQ(Imm(2), srs)
	var r, t [8]vec
	for i := range r {
		r[i] = YMM()
		VMOVUPS(Mem{Base: src}, r[i])
		ADDQ(srs, src)
	}
	for i := range t {
		t[i] = YMM()
		if i%2 == 0 {
			VUNPCKLPS(r[i+1], r[i], t[i])
		} else {
			VUNPCKHPS(r[i], r[i-1], t[i])
		}
	}
	var u [8]vec
	for i := range u {
		u[i] = YMM()
		g := i / 4 * 4
		// rows g..g+3: t[g] low pairs of rows 0,1; t[g+1] high; t[g+2] low of rows 2,3; t[g+3] high
		sel := uint64(0b01000100)
		if i%2 == 1 {
			sel = 0b11101110
		}
		VSHUFPS(Imm(sel), t[g+2+i%4/2], t[g+i%4/2], u[i])
	}
	for i := range 8 {
		v := YMM()
		half := uint64(0x20)
		if i >= 4 {
			half = 0x31
		}
		VPERM2F128(Imm(half), u[4+i%4], u[i%4], v)
		VMOVUPS(v, Mem{Base: dst})
		ADDQ(drs, dst)
	}
	finish()
}
