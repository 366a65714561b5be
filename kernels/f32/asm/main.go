// Command asm writes the assembly of package f32: ../kernels_amd64.s, the declarations ../kernels_amd64.go and the table of the
// forms of each kernel, ../dispatch_amd64.go and ../dispatch_other.go. It is a module of its own so that nobody who uses f32
// downloads avo. Run it as "go generate" in ../ does.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"math/bits"
	"os"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set: AVX2 with FMA, or AVX-512 (F, VL, DQ, BW).
type isa struct {
	name string
	w    int // float32 lanes of a vector
}

var isas = []isa{{"AVX2", 8}, {"AVX512", 16}}

func (s isa) wide() bool { return s.w == 16 }

func (s isa) bytes() int { return s.w * 4 }

func (s isa) vec() reg.VecVirtual {
	if s.wide() {
		return ZMM()
	}
	return YMM()
}

// zero returns a vector of zeros.
func (s isa) zero() reg.VecVirtual {
	v := s.vec()
	s.clear(v)
	return v
}

func (s isa) clear(v vec) {
	if s.wide() {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
}

var constants = map[uint32]Mem{}

// lanesOf returns a vector in memory whose lanes all hold the same 32 bits; both widths read the same 64 bytes.
func lanesOf(b uint32) Mem {
	m, ok := constants[b]
	if !ok {
		m = GLOBL(fmt.Sprintf("c%08x", b), RODATA|NOPTR)
		for i := range 16 {
			DATA(4*i, U32(b))
		}
		constants[b] = m
	}
	return m
}

var tails Mem

// tailMasks returns 8 lanes of ones before 8 of zeros: read from lane 8-r it masks r lanes.
func tailMasks() Mem {
	if tails.Base == nil {
		tails = GLOBL("tails", RODATA|NOPTR)
		for i := range 8 {
			DATA(4*i, U32(0xffffffff))
		}
		for i := range 8 {
			DATA(4*(8+i), U32(0))
		}
	}
	return tails
}

// mask is what says which lanes count: a mask register of AVX-512, or a vector of AVX2.
type mask struct {
	k reg.OpmaskVirtual
	v reg.VecVirtual
}

// first returns the mask of the first r lanes, 0 < r <= w.
func (s isa) first(r reg.GPVirtual) mask {
	if s.wide() {
		ones, k := GP64(), K()
		MOVQ(U64(0xffffffff), ones)
		BZHIQ(r, ones, ones)
		KMOVW(ones.As32(), k)
		return mask{k: k}
	}
	at, left, v := GP64(), GP64(), s.vec()
	LEAQ(tailMasks(), at)
	MOVQ(U64(8), left)
	SUBQ(r, left)
	VMOVUPS(Mem{Base: at, Index: left, Scale: 4}, v)
	return mask{v: v}
}

// lanes is how the body of a loop reads and writes the vectors at its pointers: all lanes, or the first few of the tail.
type lanes struct {
	isa
	ptrs  []reg.GPVirtual
	index reg.GPVirtual // in bytes
	disp  int
	tail  *mask
}

func (l lanes) at(i int) Mem {
	m := Mem{Base: l.ptrs[i], Disp: l.disp}
	if l.index != nil {
		m.Index, m.Scale = l.index, 1
	}
	return m
}

func (l lanes) load(i int) reg.VecVirtual {
	v := l.vec()
	switch {
	case l.tail == nil:
		VMOVUPS(l.at(i), v)
	case l.wide():
		VMOVUPS_Z(l.at(i), l.tail.k, v)
	default:
		VMASKMOVPS(l.at(i), l.tail.v, v)
	}
	return v
}

func (l lanes) store(i int, v reg.VecVirtual) {
	switch {
	case l.tail == nil:
		VMOVUPS(v, l.at(i))
	case l.wide():
		VMOVUPS(v, l.tail.k, l.at(i))
	default:
		VMASKMOVPS(v, l.tail.v, l.at(i))
	}
}

// only returns v with the lanes beyond the tail replaced by fill's.
func (l lanes) only(v reg.VecVirtual, fill Mem) reg.VecVirtual {
	if l.tail == nil {
		return v
	}
	out := l.vec()
	if l.wide() {
		VMOVUPS(fill, out)
		VMOVAPS(v, l.tail.k, out)
	} else {
		VMOVUPS(fill, out)
		VBLENDVPS(l.tail.v, v, out, out)
	}
	return out
}

var label int

func fresh(name string) string {
	label++
	return fmt.Sprintf("%s%d", name, label)
}

// each emits a loop over n elements at ptrs: unroll vectors at a time (body gets which of them it is), then one, then the tail.
func (s isa) each(n reg.GPVirtual, ptrs []reg.GPVirtual, unroll int, body func(l lanes, i int)) {
	index, left := GP64(), GP64()
	XORQ(index, index)
	steps := []int{1}
	if unroll > 1 {
		steps = []int{unroll, 1}
	}
	for _, step := range steps {
		loop, after := fresh("loop"), fresh("after")
		MOVQ(n, left)
		SHRQ(U8(bitsOf(step*s.w)), left) // how often
		JZ(LabelRef(after))
		ANDQ(U32(step*s.w-1), n)
		Label(loop)
		for i := range step {
			body(lanes{isa: s, ptrs: ptrs, index: index, disp: i * s.bytes()}, i)
		}
		ADDQ(U32(step*s.bytes()), index)
		DECQ(left)
		JNZ(LabelRef(loop))
		Label(after)
	}
	done := fresh("done")
	TESTQ(n, n)
	JZ(LabelRef(done))
	m := s.first(n)
	body(lanes{isa: s, ptrs: ptrs, index: index, tail: &m}, 0)
	Label(done)
}

// bitsOf is the logarithm of a power of two.
func bitsOf(n int) int { return bits.TrailingZeros(uint(n)) }

// kernel is one function of the package: its Go signature, without and with names.
type kernel struct {
	name, doc string
	params    []string // "dst []float32" ...
	result    string
}

func (k kernel) signature() string {
	s := "func(" + strings.Join(k.params, ", ") + ")"
	if k.result != "" {
		s += " " + k.result
	}
	return s
}

func (k kernel) arguments() string {
	var names []string
	for _, p := range k.params {
		names = append(names, strings.Fields(p)[0])
	}
	return strings.Join(names, ", ")
}

var kernels []kernel

// define emits one kernel for both instruction sets.
func define(k kernel, body func(s isa)) {
	kernels = append(kernels, k)
	for _, s := range isas {
		TEXT(k.name+s.name, NOSPLIT, k.signature())
		Pragma("noescape")
		Doc(k.name + s.name + " " + k.doc)
		body(s)
	}
}

func finish() {
	VZEROUPPER()
	RET()
}

// slice loads the address of a slice parameter.
func slice(name string) reg.GPVirtual { return Load(Param(name).Base(), GP64()).(reg.GPVirtual) }

func length(name string) reg.GPVirtual { return Load(Param(name).Len(), GP64()).(reg.GPVirtual) }

// scalar returns a float32 parameter in every lane.
func (s isa) scalar(name string) reg.VecVirtual {
	x, v := XMM(), s.vec()
	Load(Param(name), x)
	VBROADCASTSS(x, v)
	return v
}

// dispatch writes the functions that choose the form of a kernel; the loops of each are the same for every length.
func dispatch(path, build string, choose bool) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by command asm. DO NOT EDIT.\n\n//go:build %s\n\npackage f32\n", build)
	for _, k := range kernels {
		ret := ""
		if k.result != "" {
			ret = "return "
		}
		fmt.Fprintf(&b, "\n// %s %s\n%s {\n", k.name, k.doc, strings.Replace(k.signature(), "func(", "func "+k.name+"(", 1))
		if choose {
			fmt.Fprintf(&b, "switch level {\ncase avx512:\n%s%sAVX512(%s)\n", ret, k.name, k.arguments())
			fmt.Fprintf(&b, "case avx2:\n%s%sAVX2(%s)\ndefault:\n%s%sGo(%s)\n}\n}\n", ret, k.name, k.arguments(), ret, k.name, k.arguments())
		} else {
			fmt.Fprintf(&b, "%s%sGo(%s)\n}\n", ret, k.name, k.arguments())
		}
	}
	out, err := format.Source(b.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", path, err, b.Bytes())
	}
	return os.WriteFile(path, out, 0o644)
}

func main() {
	ConstraintExpr("amd64")
	elementwise()
	reductions()
	gemm()
	Generate()
	for _, err := range []error{dispatch("../dispatch_amd64.go", "amd64", true), dispatch("../dispatch_other.go", "!amd64", false)} {
		if err != nil {
			fmt.Fprintln(os.Stderr, "asm:", err)
			os.Exit(1)
		}
	}
}
