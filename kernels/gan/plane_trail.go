package gan

import (
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/kernels/f32"
	"github.com/xainb/gonb-xai/xainb"
	"gonum.org/v1/gonum/mat"
)

// waypoint is a recorded moment of a run.
type waypoint struct {
	time   float64
	theta  []float32 // G's parameters, then D's
	events []xainb.Event
}

// trail is the way of a run through the space of its parameters, at least one moment long, with the game it plays.
type trail struct {
	game    *game
	moments []waypoint
}

func (t *trail) last() []float32 { return t.moments[len(t.moments)-1].theta }

func (t *trail) params() int {
	g, d := t.game.params()
	return g + d
}

// origin is where the coordinates begin: the run's last moment, of the Dirac-GAN its equilibrium.
func (t *trail) origin() []float32 {
	if t.game.dirac {
		return make([]float32, 2)
	}
	return t.last()
}

// principal returns the first two principal components of the moments, by the eigenvectors of the matrix of their inner products: there are fewer
// moments than parameters. Each points the way the run went from its first moment to its last.
func (t *trail) principal() (*basis, error) {
	n := len(t.moments)
	if n < 3 {
		return nil, fmt.Errorf("gan: %w: %d recorded moments have no two principal components, which needs 3: train for more steps or record more often", ErrPlane, n)
	}
	centred := t.centred()
	gram := mat.NewSymDense(n, nil)
	const width = 1024 // parameters at a time
	for from := 0; from < t.params(); from += width {
		to := min(t.params(), from+width)
		part := mat.NewDense(n, to-from, nil)
		for i, x := range centred {
			row := part.RawRowView(i)
			for k, v := range x[from:to] {
				row[k] = float64(v)
			}
		}
		gram.SymRankK(gram, 1, part)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return nil, fmt.Errorf("gan: %w: the run's principal components did not converge: are its parameters finite?", ErrPlane)
	}
	values := eigen.Values(nil) // ascending
	if first, second := values[n-1], values[n-2]; !(second > 1e-10*first) {
		why := "the run moved along a line"
		if !(first > 0) {
			why = "the parameters did not move"
		}
		return nil, fmt.Errorf("gan: %w: %s, so that it has no two principal components", ErrPlane, why)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	total := mat.Trace(gram)
	var d [2][]float32
	var axes [2]string
	for k := range d {
		j := n - 1 - k
		scale := 1 / math.Sqrt(values[j])
		if vectors.At(n-1, j) < vectors.At(0, j) {
			scale = -scale
		}
		d[k] = make([]float32, t.params())
		for i, x := range centred {
			f32.Axpy(float32(scale*vectors.At(i, j)), x, d[k])
		}
		axes[k] = fmt.Sprintf("principal component %d, %.0f %% of the run's variance", k+1, 100*values[j]/total)
	}
	return newBasis(d, axes)
}

// centred returns the moments' parameters less their mean.
func (t *trail) centred() [][]float32 {
	rows := make([][]float32, len(t.moments))
	for i, m := range t.moments {
		rows[i] = m.theta
	}
	return lessMean(rows)
}

// lessMean returns the rows less their mean, which is taken in float64.
func lessMean(rows [][]float32) [][]float32 {
	mean := make([]float64, len(rows[0]))
	for _, r := range rows {
		for k, v := range r {
			mean[k] += float64(v)
		}
	}
	out := make([][]float32, len(rows))
	for i, r := range rows {
		out[i] = make([]float32, len(r))
		for k, v := range r {
			out[i][k] = float32(float64(v) - mean[k]/float64(len(rows)))
		}
	}
	return out
}

// projection is a run seen on a plane.
type projection struct {
	at        [][2]float64 // coordinates of each moment
	off       [][]float32  // what is left of each moment off the plane
	explained float64      // share of the moments' variance that is in the plane; 1 for a run that stands still
}

// project looks at the run on the plane.
func (t *trail) project(b *basis) projection {
	p, origin := projection{explained: 1}, t.origin()
	for _, m := range t.moments {
		x := make([]float32, t.params())
		f32.Sub(x, m.theta, origin)
		p.at = append(p.at, b.project(x))
		p.off = append(p.off, x)
	}
	var left, all float64
	for _, x := range lessMean(p.off) {
		left += inner(x, x)
	}
	for _, x := range t.centred() {
		all += inner(x, x)
	}
	if all > 0 {
		p.explained = max(0, 1-left/all)
	}
	return p
}

// distances are those of each moment from the slice through moment i, with their root mean square.
func (p projection) distances(i int) ([]float32, float64) {
	d, sum := make([]float32, len(p.off)), 0.0
	for k, x := range p.off {
		square := float64(f32.SquaredDistance(x, p.off[i]))
		d[k] = float32(math.Sqrt(square))
		sum += square
	}
	return d, math.Sqrt(sum / float64(len(d)))
}

// fromMean is how far moment i is from the slice through the middle of the run.
func (p projection) fromMean(i int) float64 {
	sum := 0.0
	for k := range p.off[i] {
		mean := 0.0
		for _, x := range p.off {
			mean += float64(x[k])
		}
		d := float64(p.off[i][k]) - mean/float64(len(p.off))
		sum += d * d
	}
	return math.Sqrt(sum)
}
