package gan

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
)

// Sampled is how one way of sampling a loss surface did.
type Sampled struct {
	Method  string
	Rate    float64 // samples a second, with all that the method needs
	Bytes   int64   // asked of memory meanwhile, by the whole process
	Error   float64 // root mean square of the interpolated surface's error on a dense grid, by the standard deviation of V there
	Article float64 // samples a second that the article which this project follows gives, without its network or machine: to be read beside Rate, not against it
}

// Sampling compares ways of sampling. Its String is a table, for print; as a step it has the fields "samples/s", "article's samples/s", "error" and "bytes", each
// [method], with labels, for a chart.
type Sampling []Sampled

// String is the table, a line for each method.
func (s Sampling) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-38s %12s %12s %12s %10s\n", "method", "samples/s", "article's", "error", "memory")
	for _, m := range s {
		fmt.Fprintf(&b, "%-38s %12.0f %12.0f %10.2f %% %7.1f MB\n", m.Method, m.Rate, m.Article, 100*m.Error, float64(m.Bytes)/1e6)
	}
	return b.String()
}

// Snap implements xainb.Step.
func (s Sampling) Snap(to *xainb.Snapshot) {
	to.Kind = "sampling"
	var names []string
	for _, m := range s {
		names = append(names, m.Method)
	}
	put := func(name string, value func(Sampled) float64) {
		x := make([]float32, len(s))
		for i, m := range s {
			x[i] = float32(value(m))
		}
		to.Put(name, x, xainb.Dim{Name: "method", Size: len(x)})
	}
	put("samples/s", func(m Sampled) float64 { return m.Rate })
	put("article's samples/s", func(m Sampled) float64 { return m.Article })
	put("error", func(m Sampled) float64 { return m.Error })
	put("bytes", func(m Sampled) float64 { return float64(m.Bytes) })
	to.PutLabels("method", names)
}

const (
	samplingReach = 0.25 // of the square on both sides of the point, by the length of the parameters
	samplingDense = 64   // points along an axis of the grid that errors are measured on
	lanczosSteps  = 20
	samplingMost  = planeLimit * planeLimit
)

// Sampling measures three ways to sample V around the run's last moment, each with the same number of evaluations (0 means 2,601) on all processors, within a
// quarter of the length of all parameters:
//
//   - at random in all parameters: coordinates in the plane uniform over the square, and each time all other parameters moved too, at random, as far
//     together as the square's half side; the surface is Shepard's interpolation of what came out (weights 1/distance⁴)
//   - adaptive: a grid in the plane of the two eigenvectors of V's Hessian whose eigenvalues are largest in size (20 steps of Lanczos' method on Hessian-vector
//     products), denser along the sharper one; bilinear
//   - orthogonal slice: a square grid in the plane of two random directions at right angles; bilinear
//
// Errors are those against V itself at 64 x 64 points between the samples, in the plane that the method draws: the first and the last share theirs.
// Times are the clock's, and differ from call to call; all else follows from the seed.
func (r *Recording) Sampling(ctx context.Context, evaluations int, seed uint64) (Sampling, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	t, _, err := r.trail()
	if err != nil {
		return nil, err
	}
	return t.sampling(ctx, evaluations, seed)
}

func (t *trail) sampling(ctx context.Context, evaluations int, seed uint64) (Sampling, error) {
	evaluations = cmp.Or(evaluations, planeSize*planeSize)
	switch {
	case t.game.dirac != nil:
		return nil, fmt.Errorf("gan: %w: the Dirac-GAN's surface is known everywhere: there is nothing to sample", ErrPlane)
	case evaluations < 16 || evaluations > samplingMost:
		return nil, fmt.Errorf("gan: %w: %d evaluations: give a number from 16 to %d", ErrPlane, evaluations, samplingMost)
	}
	square, err := t.orthonormal(seed)
	if err != nil {
		return nil, err
	}
	s := &sampler{trail: t, ctx: ctx, evaluations: evaluations, seed: seed}
	orthogonal := square.directions
	slice, err := s.dense(orthogonal)
	if err != nil {
		return nil, err
	}
	var out Sampling
	add := func(method string, article float64, run func() (estimate, error), truth func(estimate) ([]float32, error)) {
		if err != nil {
			return
		}
		var m Sampled
		var e estimate
		if m, e, err = s.measure(run); err != nil {
			return
		}
		var v []float32
		if v, err = truth(e); err == nil {
			m.Method, m.Article, m.Error = method, article, misfit(e.at, v)
			out = append(out, m)
		}
	}
	known := func(estimate) ([]float32, error) { return slice, nil }
	add("random in all parameters", 82, func() (estimate, error) { return s.random(square) }, known)
	add("adaptive, by the Hessian", 31, s.adaptive, func(e estimate) ([]float32, error) { return s.dense(e.directions) })
	add("orthogonal slice", 196, func() (estimate, error) {
		n := int(math.Sqrt(float64(evaluations)))
		return s.grid(orthogonal, n, n)
	}, known)
	return out, err
}

// sampler is what the methods have in common.
type sampler struct {
	*trail
	ctx         context.Context
	evaluations int
	seed        uint64
}

// estimate is a surface as a method knows it, at coordinates in its plane.
type estimate struct {
	directions [2][]float32
	samples    int
	at         func(a, b float64) float64
}

func (s *sampler) measure(run func() (estimate, error)) (Sampled, estimate, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	e, err := run()
	took := time.Since(began).Seconds()
	runtime.ReadMemStats(&after)
	return Sampled{Rate: float64(e.samples) / took, Bytes: int64(after.TotalAlloc - before.TotalAlloc)}, e, err
}

// grid samples rows x cols points of a plane.
func (s *sampler) grid(directions [2][]float32, rows, cols int) (estimate, error) {
	as, bs := between(-samplingReach, samplingReach, cols), between(-samplingReach, samplingReach, rows)
	over, err := s.game.over(s.ctx, s.last(), directions, as, bs)
	cells := func(x float64, n int) float64 { return (x + samplingReach) / (2 * samplingReach) * float64(n-1) }
	return estimate{directions, rows * cols, func(a, b float64) float64 {
		return bilinear(over.V, rows, cols, cells(a, cols), cells(b, rows))
	}}, err
}

// adaptive samples the sharpest plane, along each axis in proportion to the root of its curvature: the error of linear interpolation between points h
// apart is h²/8 times the second derivative.
func (s *sampler) adaptive() (estimate, error) {
	theta := s.last()
	directions, values, err := s.game.sharpest(theta, lanczosSteps, s.seed)
	if err != nil {
		return estimate{}, err
	}
	length := float32(math.Sqrt(inner(theta, theta)))
	for _, d := range directions {
		f32.Scale(d, length, d)
	}
	ratio := 1.0
	if values[1] != 0 {
		ratio = min(4, math.Sqrt(math.Abs(values[0]/values[1])))
	}
	cols := max(2, int(math.Sqrt(float64(s.evaluations)*ratio)))
	return s.grid(directions, max(2, s.evaluations/cols), cols)
}

// random samples points of the whole space near the plane, as [Recording.Sampling] says.
func (s *sampler) random(plane *basis) (estimate, error) {
	theta, n := s.last(), s.evaluations
	at, v := make([][2]float64, n), make([]float32, n)
	length := math.Sqrt(inner(theta, theta))
	off := float32(samplingReach * length / math.Sqrt(float64(len(theta))))
	err := each(s.ctx, n, func(m *scratch, i int) error {
		r := rand.New(rand.NewPCG(s.seed, samplingStream+uint64(i))) // of its own, so that the processors do not matter
		x := take(&m.theta, len(theta))
		f32.Normals(x, r)
		plane.project(x) // off the plane
		f32.Scale(x, off, x)
		f32.Axpy(1, theta, x)
		for k, d := range plane.directions {
			at[i][k] = samplingReach * (2*r.Float64() - 1)
			f32.Axpy(float32(at[i][k]), d, x)
		}
		value, err := s.game.at(m, x)
		v[i] = value.V
		return err
	})
	return estimate{plane.directions, n, func(a, b float64) float64 { return shepard(at, v, a, b) }}, err
}

// shepard is the mean of the values, weighted by the inverse fourth power of their distance. (Shepard 1968.)
func shepard(at [][2]float64, v []float32, a, b float64) float64 {
	var sum, weights float64
	for i, p := range at {
		d := (p[0]-a)*(p[0]-a) + (p[1]-b)*(p[1]-b)
		if d == 0 {
			return float64(v[i])
		}
		w := 1 / (d * d)
		sum += w * float64(v[i])
		weights += w
	}
	return sum / weights
}

// denseAxis are the coordinates that errors are measured at.
func denseAxis() []float32 { return middles(-samplingReach, samplingReach, samplingDense) }

// dense is V itself over a plane.
func (s *sampler) dense(directions [2][]float32) ([]float32, error) {
	over, err := s.game.over(s.ctx, s.last(), directions, denseAxis(), denseAxis())
	return over.V, err
}

// misfit is the root mean square error of an estimate on the dense grid, by the values' standard deviation.
func misfit(estimate func(a, b float64) float64, v []float32) float64 {
	axis := denseAxis()
	var mean, spread, off float64
	for _, x := range v {
		mean += float64(x) / float64(len(v))
	}
	for i, x := range v {
		d := estimate(float64(axis[i%len(axis)]), float64(axis[i/len(axis)])) - float64(x)
		off += d * d
		spread += (float64(x) - mean) * (float64(x) - mean)
	}
	if off == 0 {
		return 0
	}
	return math.Sqrt(off / spread)
}
