package gan

import (
	"math"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// histogram counts points in the window's bins; the last bin is what is outside, NaN included.
func (m *measures) histogram(points []float32) []float64 {
	h := make([]float64, Bins*Bins+1)
	w := m.window
	sx, sy := Bins/(w[1]-w[0]), Bins/(w[3]-w[2])
	for i := 0; i < len(points); i += 2 {
		x, y := (points[i]-w[0])*sx, (points[i+1]-w[2])*sy
		if x >= 0 && x < Bins && y >= 0 && y < Bins {
			h[int(y)*Bins+int(x)]++
		} else {
			h[Bins*Bins]++
		}
	}
	return h
}

// divergences returns KL(p||q) = Σ p ln p/q and JS = (KL(p||m) + KL(q||m))/2, m = (p+q)/2, of two histograms of counts. For KL, half a count is added to each
// bin of q (Krichevsky and Trofimov 1981), so that one that no sample fell into does not make it infinite; JS, at most ln 2, takes the counts as they are. Both are
// in nats.
func divergences(p, q []float64) (kl, js float64) {
	np, nq := 0.0, 0.0
	for i := range p {
		np, nq = np+p[i], nq+q[i]
	}
	for i := range p {
		a, b := p[i]/np, q[i]/nq
		mid := (a + b) / 2
		if a > 0 {
			kl += a * math.Log(a/((q[i]+0.5)/(nq+0.5*float64(len(q)))))
			js += a * math.Log(a/mid) / 2
		}
		if b > 0 {
			js += b * math.Log(b/mid) / 2
		}
	}
	return kl, js
}

// sliced is the sliced Wasserstein distance to fixed points: the root of the mean, over directions, of the squared 2-Wasserstein distance of the
// projections, which is the mean squared difference of the sorted ones and the quantiles of the fixed points'. (Bonneel et al. 2015, https://doi.org/10.1007/s10851-014-0506-3.)
type sliced struct {
	dim, count int
	directions []float32 // [direction, dim]
	real       []float32 // [direction, Measured], quantiles
	own        []float32
	sort       sorter
}

func newSliced(real []float32, dim int) *sliced {
	s := &sliced{dim: dim, count: max(Directions, dim)}
	s.directions = make([]float32, s.count*dim)
	f32.Normals(s.directions, rand.New(rand.NewPCG(0, 0)))
	for i := range s.count {
		unit(s.directions[i*dim : (i+1)*dim])
	}
	n := len(real) / dim
	all := s.project(real)
	for k := range s.count {
		for i := range Measured { // the quantiles (i + 1/2)/Measured
			s.real = append(s.real, all[k*n+(2*i+1)*n/(2*Measured)])
		}
	}
	return s
}

// project returns the sorted projections on each direction.
func (s *sliced) project(points []float32) []float32 {
	n := len(points) / s.dim
	if len(s.own) < s.count*n {
		s.own = make([]float32, s.count*n)
	}
	// inner products, one by one: their last bits do not depend on how many there are
	p := s.own[:s.count*n]
	for k := range s.count {
		d := s.directions[k*s.dim : (k+1)*s.dim]
		row := p[k*n : (k+1)*n]
		if s.dim == 2 {
			for i := range row {
				row[i] = d[0]*points[2*i] + d[1]*points[2*i+1]
			}
		} else {
			for i := range row {
				row[i] = f32.Dot(d, points[i*s.dim:(i+1)*s.dim])
			}
		}
		s.sort.sort(row)
	}
	return p
}

// distance is that of Measured points. NaN where a point is.
func (s *sliced) distance(points []float32) float64 {
	for _, v := range points {
		if v-v != 0 {
			return math.NaN()
		}
	}
	return math.Sqrt(float64(f32.SquaredDistance(s.project(points), s.real)) / float64(len(s.real)))
}

// sorter sorts numbers by their bits, byte by byte: three times as fast as comparing, for the few hundred here.
type sorter struct{ a, b []uint32 }

func (s *sorter) sort(x []float32) {
	if len(s.a) < len(x) {
		s.a, s.b = make([]uint32, len(x)), make([]uint32, len(x))
	}
	a, b := s.a[:len(x)], s.b[:len(x)]
	for i, v := range x {
		bits := math.Float32bits(v)
		a[i] = bits ^ (uint32(int32(bits)>>31) | 1<<31) // in the order of the numbers
	}
	for shift := 0; shift < 32; shift += 8 {
		var at [257]int
		for _, v := range a {
			at[v>>shift&255+1]++
		}
		for i := range 256 {
			at[i+1] += at[i]
		}
		for _, v := range a {
			k := v >> shift & 255
			b[at[k]] = v
			at[k]++
		}
		a, b = b, a
	}
	for i, v := range a {
		x[i] = math.Float32frombits(v ^ (^uint32(int32(v)>>31) | 1<<31))
	}
}
