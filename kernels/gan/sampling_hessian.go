package gan

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// curvature multiplies vectors by the Hessian of V with respect to all parameters, at one point, without having the matrix: the product with v is the
// gradient of the gradient's inner product with v. (Pearlmutter 1994, "Fast exact multiplication by the Hessian".)
type curvature struct {
	game  *game
	theta []float32
	tape  *autodiff.Tape[float32]
}

func (c *curvature) times(dst, v []float32) error {
	c.tape.Reset()
	pg, pd, real, fake := c.game.logits(c.tape, c.theta)
	params := append(pg, pd...)
	n, _ := c.game.params()
	direction := append(c.game.g.tensors(c.tape, v[:n]), c.game.d.tensors(c.tape, v[n:])...)
	var along autodiff.Tensor[float32]
	for i, g := range c.tape.Grad(lossD(c.game.loss, real, fake).Neg(), params...) {
		part := g.Mul(direction[i]).Sum()
		if i == 0 {
			along = part
		} else {
			along = along.Add(part)
		}
	}
	at := 0
	for _, x := range c.tape.Grad(along, params...) {
		at += copy(dst[at:], x.Value())
	}
	if err := c.tape.Err(); err != nil {
		return fmt.Errorf("gan: the product with the Hessian: %w", err)
	}
	return nil
}

// ritz is an approximate eigenvalue of a symmetric matrix with its vector, of length 1.
type ritz struct {
	value  float64
	vector []float64
}

// lanczos returns approximations of the eigenvalues of a symmetric n x n matrix that are largest in size, largest first, after at most so many products
// with it: the outer ones come out first. The Krylov vectors are kept orthogonal by force; with n steps the result is the whole spectrum of a matrix
// without equal eigenvalues. (Golub and Van Loan, "Matrix Computations", 2013, algorithm 10.1.1 and section 10.3.)
func lanczos(n, steps int, seed uint64, times func(dst, v []float64) error) ([]ritz, error) {
	r := rand.New(rand.NewPCG(seed, lanczosStream))
	q := make([]float64, n)
	for i := range q {
		q[i] = r.NormFloat64()
	}
	vector := func(x []float64) blas64.Vector { return blas64.Vector{N: n, Inc: 1, Data: x} }
	blas64.Scal(1/blas64.Nrm2(vector(q)), vector(q))
	var basis [][]float64
	var diagonal, beside []float64
	size := 0.0 // of the matrix, as far as it was seen
	for range min(steps, n) {
		basis = append(basis, q)
		w := make([]float64, n)
		if err := times(w, q); err != nil {
			return nil, err
		}
		diagonal = append(diagonal, blas64.Dot(vector(w), vector(q)))
		for range 2 { // once is not enough (Kahan's "twice is enough")
			for _, b := range basis {
				blas64.Axpy(-blas64.Dot(vector(w), vector(b)), vector(b), vector(w))
			}
		}
		left := blas64.Nrm2(vector(w))
		size = max(size, math.Abs(diagonal[len(diagonal)-1]), left)
		if math.IsNaN(size) || math.IsInf(size, 0) {
			return nil, errors.New("gan: the Hessian is not finite at this point")
		}
		if left <= 1e-12*size { // the vectors span all that the matrix does to the start
			break
		}
		beside = append(beside, left)
		blas64.Scal(1/left, vector(w))
		q = w
	}
	k := len(basis)
	t := mat.NewSymDense(k, nil)
	for i, d := range diagonal {
		t.SetSym(i, i, d)
		if i+1 < k {
			t.SetSym(i, i+1, beside[i])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(t, true) {
		return nil, errors.New("gan: Lanczos' tridiagonal matrix has no eigenvalues: they did not converge")
	}
	var small mat.Dense
	eigen.VectorsTo(&small)
	out := make([]ritz, k)
	for j, value := range eigen.Values(nil) {
		out[j] = ritz{value, make([]float64, n)}
		for i, b := range basis {
			blas64.Axpy(small.At(i, j), vector(b), vector(out[j].vector))
		}
	}
	slices.SortStableFunc(out, func(a, b ritz) int {
		switch x, y := math.Abs(a.value), math.Abs(b.value); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out, nil
}

// sharpest returns the eigenvectors of V's Hessian whose eigenvalues are the two largest in size.
func (g *game) sharpest(theta []float32, steps int, seed uint64) (vectors [2][]float32, values [2]float64, err error) {
	c := &curvature{game: g, theta: theta, tape: autodiff.New[float32]()}
	defer c.tape.Close()
	v, hv := make([]float32, len(theta)), make([]float32, len(theta))
	pairs, err := lanczos(len(theta), steps, seed, func(dst, x []float64) error {
		for i := range x {
			v[i] = float32(x[i])
		}
		if err := c.times(hv, v); err != nil {
			return err
		}
		for i := range hv {
			dst[i] = float64(hv[i])
		}
		return nil
	})
	if err != nil {
		return vectors, values, err
	}
	if len(pairs) < 2 {
		return vectors, values, fmt.Errorf("gan: %w: the Hessian has one direction only", ErrPlane)
	}
	for k := range vectors {
		values[k] = pairs[k].value
		vectors[k] = make([]float32, len(theta))
		for i, x := range pairs[k].vector {
			vectors[k][i] = float32(x)
		}
	}
	return vectors, values, nil
}
