//go:build linux && amd64

package f32

import (
	"math/rand/v2"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"
)

// fence is memory between two pages that nobody may touch.
type fence []float32

func newFence(t *testing.T) fence {
	const pages = 200
	page := syscall.Getpagesize()
	b, err := syscall.Mmap(-1, 0, (pages+2)*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(b) })
	for _, outside := range [][]byte{b[:page], b[(pages+1)*page:]} {
		if err := syscall.Mprotect(outside, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	f := unsafe.Slice((*float32)(unsafe.Pointer(&b[page])), pages*page/4)
	copy(f, normals(len(f), 1))
	return f
}

// at returns n values that begin behind the first of the two pages, or end before the last.
func (f fence) at(n int, end bool) []float32 {
	if end {
		return f[len(f)-n:]
	}
	return f[:n:n]
}

// fenced is a test on every path with some fences; what reads or writes beyond a slice, also by a masked vector, is a fault.
func fenced(t *testing.T, f func(t *testing.T, fences []fence, end bool)) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	fences := []fence{newFence(t), newFence(t), newFence(t), newFence(t), newFence(t)}
	before := level
	defer func() { level = before }()
	for level = portable; level <= best(); level++ {
		f(t, fences, false)
		f(t, fences, true)
	}
}

func TestVectorsStayWithinTheirSlices(t *testing.T) {
	fenced(t, func(t *testing.T, fences []fence, end bool) {
		for n := range 71 {
			dst, a, b, c := fences[0].at(n, end), fences[1].at(n, end), fences[2].at(n, end), fences[3].at(n, end)
			for _, u := range unaries {
				u.f(dst, a)
			}
			for _, u := range exact {
				u.f(dst, a, b)
			}
			for _, u := range gradients {
				u.f(dst, a, b)
			}
			MulAdd(dst, a, b)
			Axpy(2, a, dst)
			Sum(a)
			Dot(a, b)
			SquaredDistance(a, b)
			Repulsion(a, b, 1, 2)
			Max(a)
			LogSumExp(a)
			SoftmaxRow(dst, a)
			LayerNormRow(dst, a, nil, nil, 1e-5)
			LayerNormRow(dst, a, b, c, 1e-5)
			Adam(dst, a, b, c, 0.9, 0.99, 0.1, 0.1, 1e-8)
			for rows := range 5 {
				ColumnSums(dst, fences[1].at(n*rows, end))
			}
		}
	})
}

func TestProductsStayWithinTheirMatrices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	// view is a matrix with or without gaps, rows or columns in one piece, or neither.
	view := func(f fence, rows, cols int, result bool) Matrix {
		transposed := !result && r.IntN(2) == 0
		if transposed {
			rows, cols = cols, rows
		}
		m := Matrix{Rows: rows, Cols: cols, ColStride: 1}
		if !result && r.IntN(5) == 0 {
			m.ColStride = 2
		}
		m.RowStride = cols*m.ColStride + []int{0, 0, 1, 17, near}[r.IntN(5)]
		size := 0
		if rows > 0 && cols > 0 {
			size = (rows-1)*m.RowStride + (cols-1)*m.ColStride + 1
		}
		m.Data = f.at(size, r.IntN(2) == 0)
		if transposed {
			return m.T()
		}
		return m
	}
	fenced(t, func(t *testing.T, fences []fence, end bool) {
		for range lessShort(1000) {
			m, n, k := 1+r.IntN(14), r.IntN(71), r.IntN(14)
			if r.IntN(8) == 0 {
				n = few + 1 + r.IntN(40)
			}
			a, b, c := view(fences[0], m, k, false), view(fences[1], k, n, false), view(fences[2], m, n, true)
			e := Epilogue{Beta: float32(r.IntN(3)), Bias: fences[3].at(n, end)}
			if err := Gemm(c, a, b, e); err != nil {
				t.Fatal(err)
			}
			p, err := Pack(b)
			if err != nil {
				t.Fatal(err)
			}
			panels := fences[4].at(len(p.panels), end)
			copy(panels, p.panels)
			p.panels = panels
			if err := GemmPacked(c, a, p, e); err != nil {
				t.Fatal(err)
			}
		}
	})
}
