package f32

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// laid returns a view of random values in one of six layouts: dense, with gaps or with lines far apart, rows or columns first. The gaps
// hold NaN: who reads them shows it.
func laid(rows, cols, layout int, r *rand.Rand) Matrix {
	gap := []int{0, 3, near + 1}[layout/2]
	m := Matrix{Rows: rows, Cols: cols, RowStride: cols + gap, ColStride: 1}
	lines, length := rows, cols
	if layout%2 == 1 {
		m.RowStride, m.ColStride = 1, rows+gap
		lines, length = cols, rows
	}
	m.Data = make([]float32, max(0, lines*(length+gap)-gap)) // no more than the last element needs
	between := slices.Repeat([]float32{nan}, gap)
	for i := range lines {
		line := m.Data[i*(length+gap) : min((i+1)*(length+gap), len(m.Data))]
		Normals(line[:length], r)
		copy(line[length:], between)
	}
	return m
}

func (m Matrix) get(i, j int) float64 { return float64(m.Data[i*m.RowStride+j*m.ColStride]) }

// lines returns the elements, row after row.
//
//go:norace
func (m Matrix) lines() []float64 {
	x := make([]float64, 0, m.Rows*m.Cols)
	for i := range m.Rows {
		for j := range m.Cols {
			x = append(x, m.get(i, j))
		}
	}
	return x
}

// truth returns the product, and the sum of the sizes of what each element adds up. The race detector would make it the slowest part of all.
//
//go:norace
func truth(a, b Matrix) (sums, sizes []float64) {
	rows, columns, k := a.lines(), b.T().lines(), a.Cols
	for i := range a.Rows {
		for j := range b.Cols {
			var sum, size float64
			row, column := rows[i*k:(i+1)*k], columns[j*k:(j+1)*k]
			for p, v := range row {
				v *= column[p]
				sum, size = sum+v, size+max(v, -v) // math.Abs is slow here too: checkptr
			}
			sums, sizes = append(sums, sum), append(sizes, size)
		}
	}
	return sums, sizes
}

// checkGemm compares a product with one in float64.
func checkGemm(t *testing.T, m, n, k, la, lb, lc int, e Epilogue, packed bool, r *rand.Rand) {
	t.Helper()
	a, b := laid(m, k, la, r), laid(k, n, lb, r)
	c := laid(m, n, lc*2, r)
	data, intact := placed(len(c.Data), m%5, func(i int) float32 { return c.Data[i] })
	before := slices.Clone(data)
	c.Data = data
	if e.Beta == 0 {
		for i := range data { // what is not read may be anything
			data[i] = nan
		}
		before = slices.Clone(data)
	}
	var err error
	if packed {
		var p *Packed
		if p, err = Pack(b); err == nil {
			err = GemmPacked(c, a, p, e)
		}
	} else {
		err = Gemm(c, a, b, e)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !intact() {
		t.Fatalf("%dx%dx%d wrote around c", m, n, k)
	}
	sums, sizes := truth(a, b)
	for i := range m {
		for j := range n {
			want, size := sums[i*n+j], sizes[i*n+j]
			if e.Beta != 0 {
				v := float64(e.Beta) * float64(before[i*c.RowStride+j])
				want, size = want+v, size+math.Abs(v)
			}
			if e.Bias != nil {
				want, size = want+float64(e.Bias[j]), size+math.Abs(float64(e.Bias[j]))
			}
			if e.Activation != nil {
				want = math.Max(want, 0)
			}
			if got := c.get(i, j); !(math.Abs(got-want) <= 2e-6*size+1e-30) {
				t.Fatalf("%dx%dx%d layouts %d %d %d, beta %v: (%d,%d) is %v, expected %v", m, n, k, la, lb, lc, e.Beta, i, j, got, want)
			}
		}
		for j := n; i < m-1 && j < c.RowStride; j++ { // between the rows
			if at := i*c.RowStride + j; !same(data[at], before[at]) {
				t.Fatalf("%dx%dx%d wrote between the rows of c", m, n, k)
			}
		}
	}
}

func TestGemm(t *testing.T) {
	sizes := []int{1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 16, 17, 24, 25, 31, 32, 33, 48, 65}
	onEveryPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 1))
		one := func() int { return sizes[r.IntN(len(sizes))] }
		bias := normals(100, 9)
		for range lessShort(1500) {
			m, n, k := one(), one(), one()
			e := Epilogue{Beta: []float32{0, 1, -0.5}[r.IntN(3)]}
			if r.IntN(2) == 0 {
				e.Bias = bias
			}
			if r.IntN(2) == 0 {
				e.Activation = ReLU
			}
			checkGemm(t, m, n, k, r.IntN(4), r.IntN(4), r.IntN(2), e, r.IntN(3) == 0, r)
		}
		for _, s := range [][3]int{{1, 1, 1000}, {3, 700, 400}, {130, 5, 900}, {50, 100, 0}, {64, 300, 1200}, {0, 5, 5}, {5, 0, 5}} { // several blocks; nothing to add up
			for layout := range 4 {
				if testing.Short() && layout != s[2]/100%4 {
					continue
				}
				checkGemm(t, s[0], s[1], s[2], layout, layout, layout%2, Epilogue{Beta: float32(layout % 2), Bias: normals(s[1], 3)}, layout == 2, r)
			}
		}
		any := Matrix{Data: normals(2000, 1), Rows: 12, Cols: 40, RowStride: 121, ColStride: 3} // neither rows nor columns in one piece
		c, want := make([]float32, 9*40), make([]float32, 9*40)
		dense := make([]float32, 12*40)
		for i := range 12 {
			for j := range 40 {
				dense[i*40+j] = float32(any.get(i, j))
			}
		}
		a := Dense(normals(9*12, 2), 9, 12)
		if err := Gemm(Dense(c, 9, 40), a, any, Epilogue{}); err != nil {
			t.Fatal(err)
		}
		if err := Gemm(Dense(want, 9, 40), a, Dense(dense, 12, 40), Epilogue{}); err != nil || !slices.EqualFunc(c, want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-5 }) {
			t.Errorf("a view with gaps both ways differs: %v", err)
		}
	})
}

func TestGemmIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for _, s := range [][3]int{{700, 130, 150}, {128, 1000, 100}, {40, 1000, 400}} {
			m, n, k := s[0], s[1], s[2]
			if testing.Short() && n != 130 {
				continue
			}
			a, b := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n)
			var want []float32
			for _, procs := range []int{1, 2, 3, 8} {
				before := runtime.GOMAXPROCS(procs)
				for range max(1, lessShort(3)) {
					c := make([]float32, m*n)
					if err := Gemm(Dense(c, m, n), a, b, Epilogue{Activation: Tanh}); err != nil {
						t.Fatal(err)
					}
					if want == nil {
						want = c
					}
					if !slices.Equal(c, want) {
						t.Fatalf("%v: %d processors give other bits", s, procs)
					}
				}
				runtime.GOMAXPROCS(before)
			}
		}
	})
}

// More rows than a block has, so far apart that they are packed; blocks of depth that are odd and the last of which is shorter.
func TestGemmOfFarRowsAndManyBlocks(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 1))
		for i, s := range [][3]int{{height + 11, few + 1, depth + 1}, {13, few + 31, 2*depth + 1}, {7, width + 5, 3*depth + 1}, {25, few + 4, depth - 1}} {
			for far := 4; far < 6; far++ {
				if m := s[0] * s[1] * s[2]; testing.Short() && m > 1<<21 {
					continue
				}
				e := Epilogue{Beta: float32(i%2) * 0.5, Bias: normals(s[1], 4), Activation: ReLU}
				checkGemm(t, s[0], s[1], s[2], far, (i+far)%6, i%3, e, true, r)
				checkGemm(t, s[0], s[1], s[2], far, (i+far+3)%6, i%3, e, false, r)
			}
		}
	})
}

func TestGemmInParallelWithEpilogue(t *testing.T) {
	before := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(before)
	onEveryPath(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(4, 1))
		const m, n, k = 130, 301, wide/130/301 + 1
		for i := range max(1, lessShort(6)) {
			checkGemm(t, m, n, k, i, (i+1)%4, i%3, Epilogue{Beta: float32(i%3) - 0.5, Bias: normals(n, 4), Activation: ReLU}, i%2 == 0, r)
		}
	})
}

// An element that is not finite shows in its row or column, and nowhere else.
func TestGemmKeepsNaNInItsRowAndColumn(t *testing.T) {
	onEveryPath(t, func(t *testing.T) {
		for _, s := range [][3]int{{13, 33, 7}, {5, 3, 9}, {30, 65, depth + 2}, {4, 4, 1}} {
			m, n, k := s[0], s[1], s[2]
			for _, v := range []float32{nan, inf(1)} {
				a, b, c := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n), Dense(make([]float32, m*n), m, n)
				row, col := m/2, n-1
				a.Data[row*k+k-1], b.Data[col] = v, v
				if err := Gemm(c, a, b, Epilogue{}); err != nil {
					t.Fatal(err)
				}
				for i := range m {
					for j := range n {
						x := c.Data[i*n+j]
						if finite := x-x == 0; finite != (i != row && j != col) {
							t.Fatalf("%v: with %v in row %d and column %d, (%d,%d) is %v", s, v, row, col, i, j, x)
						}
					}
				}
			}
		}
	})
}

func TestManyGoroutinesAtOnce(t *testing.T) {
	before := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(before)
	const m, n, k = 130, 301, wide/130/301 + 1
	a, b, rows := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n), normals(rowParallel, 3)
	onEveryPath(t, func(t *testing.T) {
		p, err := Pack(b)
		if err != nil {
			t.Fatal(err)
		}
		run := func(i int) ([]float32, error) {
			c, y := make([]float32, m*n), make([]float32, len(rows))
			SoftmaxRows(y, rows, 64)
			if i%2 == 0 {
				err := GemmPacked(Dense(c, m, n), a, p, Epilogue{Activation: Tanh})
				return append(y, c...), err
			}
			err := Gemm(Dense(c, m, n), a, b, Epilogue{Activation: Tanh})
			return append(y, c...), err
		}
		want, err := run(0)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range max(2, lessShort(10)) {
			all.Go(func() {
				if got, err := run(i); err != nil || !slices.Equal(got, want) {
					t.Errorf("goroutine %d got something else: %v", i, err)
				}
			})
		}
		all.Wait()
	})
}

func TestGemmErrors(t *testing.T) {
	x, y := make([]float32, 12), make([]float32, 30)
	for name, c := range map[string]struct {
		c, a, b Matrix
		e       Epilogue
		want    string
	}{
		"inner sizes":   {Dense(x, 2, 2), Dense(x, 2, 3), Dense(x, 2, 2), Epilogue{}, "f32: Gemm: 2x3 times 2x2 is not 2x2"},
		"result":        {Dense(x, 3, 2), Dense(x, 2, 3), Dense(x, 3, 2), Epilogue{}, "2x3 times 3x2 is not 3x2"},
		"data":          {Dense(x, 4, 4), Dense(x, 4, 3), Dense(x, 3, 4), Epilogue{}, "c is 4x4 with strides 4 and 1, its data has only 12 values"},
		"huge":          {Dense(x, 1, 1), Matrix{x, 1, 1 << 30, 1, 1 << 29}, Matrix{x, 1 << 30, 1, 1, 1}, Epilogue{}, "its data has only 12 values"},
		"negative":      {Dense(x, 1, 1), Matrix{x, 1, -1, 1, 1}, Matrix{x, -1, 1, 1, 1}, Epilogue{}, "negative size"},
		"bias":          {Dense(x, 2, 2), Dense(x, 2, 2), Dense(x, 2, 2), Epilogue{Bias: x[:1]}, "2 columns and a bias of 1"},
		"c by columns":  {Dense(x, 2, 3).T(), Dense(x, 3, 2), Dense(x, 2, 2), Epilogue{}, "its columns must be next to each other"},
		"c overlapping": {Matrix{x, 3, 2, 1, 1}, Dense(x, 3, 2), Dense(x, 2, 2), Epilogue{}, "its rows apart"},
		"in a":          {Dense(x, 2, 2), Dense(x[3:], 2, 2), Dense(y, 2, 2), Epilogue{}, "c shares memory with a"},
		"in b":          {Dense(x[3:], 2, 2), Dense(y, 2, 2), Dense(x, 2, 2).T(), Epilogue{}, "c shares memory with b"},
		"in the bias":   {Dense(x, 2, 2), Dense(y, 2, 2), Dense(y, 2, 2), Epilogue{Bias: x[2:]}, "c shares memory with the bias"},
		"in columns":    {Matrix{y, 3, 3, 10, 1}, Matrix{y[2:], 3, 3, 10, 1}, Dense(x, 3, 3), Epilogue{}, "c shares memory with a"},
		"in next row":   {Matrix{y, 2, 3, 10, 1}, Matrix{y[8:], 2, 3, 10, 1}, Dense(x, 3, 3), Epilogue{}, "c shares memory with a"},
		"endless":       {Dense(y, 1, 1), Matrix{x, 1, math.MaxInt, 0, 0}, Matrix{x, math.MaxInt, 1, 0, 0}, Epilogue{}, "no more than 1073741824 products"},
	} {
		if err := Gemm(c.c, c.a, c.b, c.e); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	// Three kinds of columns of the same rows.
	if err := Gemm(Matrix{y[3:], 3, 3, 10, 1}, Matrix{y, 3, 3, 10, 1}, Matrix{y[6:], 3, 3, 10, 1}.T(), Epilogue{Bias: x}); err != nil {
		t.Error(err)
	}
	if _, err := Pack(Dense(x, 5, 5)); err == nil || !strings.Contains(err.Error(), "f32: Pack: b is 5x5") {
		t.Errorf("a matrix beyond its data was packed: %v", err)
	}
	if _, err := Pack(Matrix{Data: x, Rows: 1 << 30, Cols: 1 << 30}); err == nil {
		t.Error("one value was packed 2^60 times")
	}
	for _, b := range []*Packed{nil, {}} {
		if err := GemmPacked(Dense(x, 2, 2), Dense(x, 2, 2), b, Epilogue{}); err == nil || !strings.Contains(err.Error(), "use Pack") {
			t.Errorf("a product with nothing that is packed: %v", err)
		}
	}
	p, err := Pack(Dense(x, 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := GemmPacked(Dense(y, 2, 2), Dense(y[4:], 3, 2), p, Epilogue{}); err == nil || !strings.Contains(err.Error(), "f32: GemmPacked: 3x2 times 2x2 is not 2x2") {
		t.Errorf("sizes that do not fit: %v", err)
	}
	p.level++ // another machine's
	if err := GemmPacked(Dense(y, 2, 2), Dense(y[4:], 2, 2), p, Epilogue{}); err == nil || !strings.Contains(err.Error(), "use Pack again") {
		t.Errorf("a product with what another level packed: %v", err)
	}
}

func FuzzGemm(f *testing.F) {
	f.Add(uint8(3), uint8(4), uint8(5), uint16(0))
	f.Fuzz(func(t *testing.T, m, n, k uint8, how uint16) {
		onEveryPath(t, func(t *testing.T) {
			e := Epilogue{Beta: float32(how>>6&3) - 1}
			checkGemm(t, int(m), int(n), int(k), int(how%6), int(how>>3%6), int(how>>4&1), e, how>>5&1 == 1, rand.New(rand.NewPCG(uint64(how), 1)))
		})
	})
}
