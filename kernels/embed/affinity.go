package embed

import (
	"context"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// affinity is the matrix P of how alike points are, symmetric and with the sum 1: row i has the columns col[start[i]:start[i+1]], rising, with their
// values in p. What is not there is 0.
type affinity struct {
	start []int
	col   []int32
	p     []float32
}

// nearest returns for each point its k nearest others, the nearest first, of equally near ones the first, and their squared distances.
func nearest(ctx context.Context, x []float32, dims, k int) (index []int32, squared []float32, err error) {
	n := len(x) / dims
	index, squared = make([]int32, n*k), make([]float32, n*k)
	err = eachRow(ctx, n, func(from, to int) {
		keys := make([]uint64, 0, k+1)
		for i := from; i < to; i++ {
			a := x[i*dims : (i+1)*dims]
			keys = keys[:0]
			for j := range n {
				if j != i {
					keys = keep(keys, k, key(f32.SquaredDistance(a, x[j*dims:(j+1)*dims]), j))
				}
			}
			slices.Sort(keys)
			for m, v := range keys {
				index[i*k+m], squared[i*k+m] = int32(uint32(v)), math.Float32frombits(uint32(v>>32))
			}
		}
	})
	return index, squared, err
}

// key is a number whose order is that of squared distances, and of points where distances are equal.
func key(squared float32, j int) uint64 { return uint64(math.Float32bits(squared))<<32 | uint64(j) }

// keep adds v to a heap of the k smallest, whose largest is first.
func keep(heap []uint64, k int, v uint64) []uint64 {
	if len(heap) < k {
		heap = append(heap, v)
		for i := len(heap) - 1; i > 0 && heap[(i-1)/2] < v; i = (i - 1) / 2 {
			heap[i], heap[(i-1)/2] = heap[(i-1)/2], v
		}
		return heap
	}
	if v >= heap[0] {
		return heap
	}
	i := 0
	for {
		child := 2*i + 1
		if child+1 < k && heap[child+1] > heap[child] {
			child++
		}
		if child >= k || heap[child] <= v {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = v
	return heap
}

// newAffinity computes P over the k nearest neighbours of each point (van der Maaten 2014, section 4.1).
func newAffinity(ctx context.Context, x []float32, dims, k int, perplexity float64) (*affinity, error) {
	index, squared, err := nearest(ctx, x, dims, k)
	if err != nil {
		return nil, err
	}
	n := len(x) / dims
	err = eachRow(ctx, n, func(from, to int) {
		p := make([]float64, k)
		for i := from; i < to; i++ {
			conditional(p, squared[i*k:(i+1)*k], perplexity)
			for m, v := range p {
				squared[i*k+m] = float32(v)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return symmetric(index, squared, n, k), nil
}

// conditional sets p to p_j|i, which is in proportion to e^(-β d_j) for the squared distances d, rising, with the β for which the entropy is ln perplexity.
// Where more neighbours than that are equally near, they share alike.
func conditional(p []float64, d []float32, perplexity float64) {
	want := math.Log(perplexity)
	mean := 0.0
	for _, v := range d {
		mean += float64(v - d[0])
	}
	mean /= float64(len(d))
	beta, low, high := 1.0, 0.0, math.Inf(1)
	if mean > 0 {
		beta = 1 / mean
	}
	for range 100 {
		sum, moment := 0.0, 0.0
		for m, v := range d {
			e := float64(v - d[0])
			p[m] = math.Exp(-beta * e)
			sum += p[m]
			moment += e * p[m]
		}
		for m := range p {
			p[m] /= sum
		}
		off := math.Log(sum) + beta*moment/sum - want
		if math.Abs(off) < 1e-5 || mean == 0 {
			return
		}
		if off > 0 {
			low, beta = beta, 2*beta
		} else {
			high, beta = beta, beta/2
		}
		if low > 0 && !math.IsInf(high, 1) {
			beta = (low + high) / 2
		}
	}
}

// symmetric returns (p_j|i + p_i|j) / 2n.
func symmetric(index []int32, p []float32, n, k int) *affinity {
	// Who has point j among its neighbours: by counting, so that each list is in order.
	first := make([]int, n+1)
	for _, j := range index {
		first[j+1]++
	}
	for j := range n {
		first[j+1] += first[j]
	}
	from, back := make([]int32, n*k), make([]float32, n*k)
	at := slices.Clone(first[:n])
	for e, j := range index {
		from[at[j]], back[at[j]] = int32(e/k), p[e]
		at[j]++
	}
	a := &affinity{start: make([]int, 1, n+1)}
	order := make([]int, k)
	half := 1 / (2 * float32(n))
	for i := range n {
		for m := range order {
			order[m] = i*k + m
		}
		slices.SortFunc(order, func(a, b int) int { return int(index[a] - index[b]) })
		own, others := order, first[i]
		for len(own) > 0 || others < first[i+1] {
			mine, theirs := int32(math.MaxInt32), int32(math.MaxInt32)
			if len(own) > 0 {
				mine = index[own[0]]
			}
			if others < first[i+1] {
				theirs = from[others]
			}
			v := float32(0)
			if mine <= theirs {
				v += p[own[0]]
				own = own[1:]
			}
			if theirs <= mine {
				v += back[others]
				others++
			}
			a.col = append(a.col, min(mine, theirs))
			a.p = append(a.p, v*half)
		}
		a.start = append(a.start, len(a.col))
	}
	return a
}

// pull returns the sum over j of p_ij w_ij (y_i - y_j), with w_ij = 1/(1+|y_i-y_j|²).
func (a *affinity) pull(i int, x, y []float32) (fx, fy float32) {
	x0, y0 := x[i], y[i]
	p := a.p[a.start[i]:a.start[i+1]]
	for m, j := range a.col[a.start[i]:a.start[i+1]] {
		dx, dy := x0-x[j], y0-y[j]
		v := p[m] / (1 + dx*dx + dy*dy)
		fx += v * dx
		fy += v * dy
	}
	return fx, fy
}

// divergence returns the sum over j > i of p_ij ln(p_ij / q_ij), with q_ij = w_ij/z: half of what i has to do with.
func (a *affinity) divergence(i int, x, y []float32, z float64) (sum float64) {
	for e := a.start[i+1] - 1; e >= a.start[i] && int(a.col[e]) > i; e-- {
		if p := float64(a.p[e]); p > 0 {
			dx, dy := float64(x[i]-x[a.col[e]]), float64(y[i]-y[a.col[e]])
			sum += p * math.Log(p*z*(1+dx*dx+dy*dy))
		}
	}
	return sum
}
