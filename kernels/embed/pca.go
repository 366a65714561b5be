package embed

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Projection is a linear map of points onto the directions in which they vary most.
type Projection struct {
	Points     []float32 // n x K: the points in the new coordinates
	Components []float32 // K x Dims: the directions, of length 1 and at right angles; the largest of the numbers of each, by size, is positive
	Mean       []float32 // Dims: the point that the new coordinates are counted from
	Variance   []float64 // K: of the points along each direction, divided by n-1; never rising
	Share      []float64 // K: the part of all variance that it is, from 0 to 1; 0 where nothing varies
	K, Dims    int
}

// maxSide is the most that the smaller of n and dims may be: the matrix that is decomposed has its square as size and takes its cube as time.
const maxSide = 4096

// PCA projects n points of dims numbers each, one after the other, onto their first k principal components, 1 <= k <= min(n, dims), n and
// dims not both above 4,096. It decomposes the covariance matrix, or where there are fewer points than dimensions the matrix of their inner products, in
// float64: components whose standard deviation is below 1e-7 of the first one's are rounding. Of variances that are equal the directions are arbitrary, but always
// the same. (Hotelling 1933; scikit-learn's PCA has the same signs.)
func PCA(x []float32, dims, k int) (*Projection, error) {
	n, err := count("PCA", x, dims)
	if err != nil {
		return nil, err
	}
	if side := min(n, dims); side > maxSide {
		return nil, fmt.Errorf("embed: PCA: %d points of %d dimensions: give no more than %d of one of the two: %w", n, dims, maxSide, ErrTooLarge)
	}
	if k < 1 || k > min(n, dims) {
		return nil, fmt.Errorf("embed: PCA: %d components of %d points in %d dimensions: give 1 to %d: %w", k, n, dims, min(n, dims), ErrConfig)
	}
	if err := finite("PCA", x, dims); err != nil {
		return nil, err
	}
	c := centred{x: x, n: n, dims: dims, mean: means(x, dims)}
	inner := n < dims
	m := c.products(inner)
	var eig mat.EigenSym
	if !eig.Factorize(m, true) {
		return nil, fmt.Errorf("embed: PCA: the eigenvalues of %d points in %d dimensions do not converge", n, dims)
	}
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	values := eig.Values(nil) // rising
	total := 0.0
	for i := range values {
		values[i] = max(values[i], 0)
		total += m.At(i, i)
	}

	p := &Projection{Mean: toFloat32(c.mean), K: k, Dims: dims}
	basis := make([][]float64, 0, k)
	for i := range k {
		column := len(values) - 1 - i
		v := mat.Col(nil, column, &vectors)
		if inner {
			v = c.combine(v)
			if values[column] < 1e-14*values[len(values)-1] {
				clear(v) // it would be rounding
			}
		}
		v = perpendicular(v, basis)
		orient(v)
		basis = append(basis, v)
		p.Components = append(p.Components, toFloat32(v)...)
		p.Variance = append(p.Variance, values[column]/float64(max(1, n-1)))
		p.Share = append(p.Share, share(values[column], total))
	}
	p.Points = c.along(basis)
	return p, nil
}

// Project returns other points of the same dimensions in the coordinates of p, n x K: a run can be watched in one and the same plane.
func (p *Projection) Project(x []float32) ([]float32, error) {
	if p == nil || p.Dims < 1 || len(p.Mean) != p.Dims || len(p.Components) != p.K*p.Dims {
		return nil, fmt.Errorf("embed: Project: there is no projection: make one with PCA: %w", ErrConfig)
	}
	n, err := count("Project", x, p.Dims)
	if err != nil {
		return nil, err
	}
	if err := finite("Project", x, p.Dims); err != nil {
		return nil, err
	}
	c := centred{x: x, n: n, dims: p.Dims, mean: make([]float64, p.Dims)}
	basis := make([][]float64, p.K)
	for i, v := range p.Mean {
		c.mean[i] = float64(v)
	}
	for i := range basis {
		for _, v := range p.Components[i*p.Dims : (i+1)*p.Dims] {
			basis[i] = append(basis[i], float64(v))
		}
	}
	return c.along(basis), nil
}

// centred is n points without their mean.
type centred struct {
	x       []float32
	n, dims int
	mean    []float64
}

// means returns the mean of each dimension.
func means(x []float32, dims int) []float64 {
	mean := make([]float64, dims)
	for i, v := range x {
		mean[i%dims] += float64(v)
	}
	for j := range mean {
		mean[j] /= float64(len(x) / dims)
	}
	return mean
}

func (c centred) at(i, j int) float64 { return float64(c.x[i*c.dims+j]) - c.mean[j] }

// products returns the sums of products of each two columns, or with inner of each two rows, a block of the others at a time.
func (c centred) products(inner bool) *mat.SymDense {
	const depth = 256
	side, long := c.dims, c.n
	if inner {
		side, long = long, side
	}
	m := mat.NewSymDense(side, nil)
	block := blas64.General{Cols: side, Stride: side, Data: make([]float64, min(depth, long)*side)}
	for at := 0; at < long; at += depth {
		block.Rows = min(depth, long-at)
		for i := range block.Rows {
			row := block.Data[i*side : (i+1)*side]
			for j := range row {
				if inner {
					row[j] = c.at(j, at+i)
				} else {
					row[j] = c.at(at+i, j)
				}
			}
		}
		blas64.Syrk(blas.Trans, 1, block, 1, m.RawSymmetric())
	}
	return m
}

// combine returns the sum of the points times u.
func (c centred) combine(u []float64) []float64 {
	v := make([]float64, c.dims)
	for i, a := range u {
		for j := range v {
			v[j] += a * c.at(i, j)
		}
	}
	return v
}

// along returns the points in the coordinates of a basis.
func (c centred) along(basis [][]float64) []float32 {
	out := make([]float32, 0, c.n*len(basis))
	point := make([]float64, c.dims)
	for i := range c.n {
		for j := range point {
			point[j] = c.at(i, j)
		}
		for _, v := range basis {
			out = append(out, float32(dot(point, v)))
		}
	}
	return out
}

// perpendicular returns v at a right angle to the basis and of length 1. Where nothing is left of v, which is so for a direction
// without variance, the first axis of which something is left takes its place.
func perpendicular(v []float64, basis [][]float64) []float64 {
	scale := math.Sqrt(dot(v, v))
	for axis := -1; axis < len(v); axis++ {
		if axis >= 0 {
			clear(v)
			v[axis], scale = 1, 1
		}
		if scale == 0 {
			continue
		}
		for range 2 { // the second time takes off what rounding left
			for _, b := range basis {
				a := dot(v, b)
				for j := range v {
					v[j] -= a * b[j]
				}
			}
		}
		if length := math.Sqrt(dot(v, v)); length > 1e-6*scale {
			for j := range v {
				v[j] /= length
			}
			break
		}
	}
	return v
}

// orient turns v so that the first of its largest numbers, by size, is positive.
func orient(v []float64) {
	top := 0
	for j := range v {
		if math.Abs(v[j]) > math.Abs(v[top]) {
			top = j
		}
	}
	if v[top] < 0 {
		for j := range v {
			v[j] = -v[j]
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func share(part, total float64) float64 {
	if total == 0 {
		return 0
	}
	return part / total
}

func toFloat32(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
