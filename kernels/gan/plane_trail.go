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

// some returns at most so many moments, the first and the last among them.
func (t *trail) some(most int) []waypoint {
	n := len(t.moments)
	if n <= most {
		return t.moments
	}
	moments := make([]waypoint, most)
	for k := range moments {
		moments[k] = t.moments[k*(n-1)/(most-1)]
	}
	return moments
}

func (t *trail) last() []float32 { return t.moments[len(t.moments)-1].theta }

func (t *trail) params() int {
	g, d := t.game.params()
	return g + d
}

// origin is where the coordinates begin: the run's last moment, of the Dirac-GAN its equilibrium.
func (t *trail) origin() []float32 {
	if t.game.dirac != nil {
		return make([]float32, 2)
	}
	return t.last()
}

// componentMoments are the most whose principal components are computed: the time grows with their cube, the memory with their square.
const componentMoments = 400

// principal returns the plane of the first two principal components of the run.
func (t *trail) principal() (*basis, error) {
	d, shares, err := t.components("the run's parameters", 0, t.params(), 2)
	if err != nil {
		return nil, err
	}
	name := func(k int) string {
		return fmt.Sprintf("principal component %d, %.0f%% of the run’s variance", k+1, 100*shares[k])
	}
	return newBasis([2][]float32{d[0], d[1]}, [2]string{name(0), name(1)})
}

// principalPlayers returns the plane of the first principal component of G's parameters and that of D's.
func (t *trail) principalPlayers() (*basis, error) {
	n, _ := t.game.params()
	g, sharesG, err := t.components("G's parameters", 0, n, 1)
	if err != nil {
		return nil, err
	}
	d, sharesD, err := t.components("D's parameters", n, t.params(), 1)
	if err != nil {
		return nil, err
	}
	const name = "%s along its first principal component, %.0f%% of its variance"
	return newBasis([2][]float32{g[0], d[0]}, [2]string{fmt.Sprintf(name, "G", 100*sharesG[0]), fmt.Sprintf(name, "D", 100*sharesD[0])})
}

// components returns the first principal components of the moments' parameters from up to to, zero for the others, with the share of the variance of each. They are
// made of the eigenvectors of the matrix of the moments' inner products: there are fewer moments than parameters, and of a long run componentMoments are
// enough. Each points the way from the first moment to the last.
func (t *trail) components(what string, from, to, want int) ([][]float32, []float64, error) {
	moments := t.some(componentMoments)
	n := len(moments)
	if n <= want {
		return nil, nil, fmt.Errorf("gan: %w: %d recorded moments do not have %d principal components, which takes %d: train for more steps or record more often",
			ErrPlane, n, want, want+1)
	}
	mean := mean64(parameters(moments))
	gram := gram(moments, mean, from, to)
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return nil, nil, fmt.Errorf("gan: %w: the principal components of %s did not converge", ErrPlane, what)
	}
	values := eigen.Values(nil) // ascending
	first, last := values[n-1], values[n-want]
	switch {
	case !(first > 0):
		return nil, nil, fmt.Errorf("gan: %w: %s did not move, so that they have no principal component", ErrPlane, what)
	case !(last > 1e-10*first):
		return nil, nil, fmt.Errorf("gan: %w: %s moved along a line, so that they have no second principal component", ErrPlane, what)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	d, shares, total := make([][]float32, want), make([]float64, want), mat.Trace(gram)
	for k := range d {
		j := n - 1 - k
		scale := 1 / math.Sqrt(values[j])
		if vectors.At(n-1, j) < vectors.At(0, j) {
			scale = -scale
		}
		sum := make([]float64, t.params())
		for i, m := range moments {
			weight := scale * vectors.At(i, j)
			for p := from; p < to; p++ {
				sum[p] += weight * (float64(m.theta[p]) - mean[p])
			}
		}
		d[k] = make([]float32, len(sum))
		for p, v := range sum {
			d[k][p] = float32(v)
		}
		shares[k] = values[j] / total
	}
	return d, shares, nil
}

// gram is the matrix of the inner products of the moments' parameters from up to to, less their mean.
func gram(moments []waypoint, mean []float64, from, to int) *mat.SymDense {
	const width = 1024 // parameters at a time
	n := len(moments)
	gram := mat.NewSymDense(n, nil)
	for ; from < to; from += width {
		end := min(to, from+width)
		part := mat.NewDense(n, end-from, nil)
		for i, m := range moments {
			row := part.RawRowView(i)
			for k, v := range m.theta[from:end] {
				row[k] = float64(v) - mean[from+k]
			}
		}
		gram.SymRankK(gram, 1, part)
	}
	return gram
}

// parameters are the moments', [moment][param].
func parameters(moments []waypoint) [][]float32 {
	rows := make([][]float32, len(moments))
	for i, m := range moments {
		rows[i] = m.theta
	}
	return rows
}

func mean64(rows [][]float32) []float64 {
	mean := make([]float64, len(rows[0]))
	for _, r := range rows {
		for k, v := range r {
			mean[k] += float64(v)
		}
	}
	for k := range mean {
		mean[k] /= float64(len(rows))
	}
	return mean
}

// deviations are the squared distances of the rows from their mean, and their sum.
func deviations(rows [][]float32) (each []float64, sum float64) {
	mean := mean64(rows)
	each = make([]float64, len(rows))
	for i, r := range rows {
		for k, v := range r {
			d := float64(v) - mean[k]
			each[i] += d * d
		}
		sum += each[i]
	}
	return each, sum
}

// projection is a run seen on a plane.
type projection struct {
	at        [][2]float64 // coordinates of each moment
	off       [][]float32  // what is left of each moment off the plane
	middle    []float64    // the squared distance of each moment from the slice through the middle of the run
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
	var left float64
	p.middle, left = deviations(p.off)
	if _, all := deviations(parameters(t.moments)); all > 0 {
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
