package embed

import (
	"context"
	"fmt"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// Trustworthiness returns how far the k nearest neighbours of a point in an embedding y were its neighbours in x: 1 where all were among its k
// nearest, 0 at worst, about 1/2 by chance. x is n points of dims numbers, y the same n points of any number of dimensions; 1 <= k < n/2. Equally near points stand
// in their order. It takes n² k steps. (Venna and Kaski 2001.)
func Trustworthiness(x []float32, dims int, y []float32, k int) (float64, error) {
	const op = "Trustworthiness"
	n, err := count(op, x, dims)
	if err != nil {
		return 0, err
	}
	if len(y) == 0 || len(y)%n != 0 {
		return 0, fmt.Errorf("embed: %s: an embedding of %d numbers for %d points: give as many for each: %w", op, len(y), n, ErrShape)
	}
	if k < 1 || 2*k >= n {
		return 0, fmt.Errorf("embed: %s: %d neighbours of %d points: give 1 or more, but fewer than half of them: %w", op, k, n, ErrConfig)
	}
	if err := finite(op, x, dims); err != nil {
		return 0, err
	}
	if err := finite(op, y, len(y)/n); err != nil {
		return 0, err
	}
	near, _, err := nearest(context.Background(), toUnit(y), len(y)/n, k)
	if err != nil {
		return 0, err
	}
	x = toUnit(x)
	late := make([]int, n) // of each point, how many places beyond the k-th its neighbours had
	err = eachRow(context.Background(), n, func(from, to int) {
		keys := make([]uint64, n)
		for i := from; i < to; i++ {
			a := x[i*dims : (i+1)*dims]
			for j := range keys {
				keys[j] = key(f32.SquaredDistance(a, x[j*dims:(j+1)*dims]), j)
			}
			for _, j := range near[i*k : (i+1)*k] {
				rank := 0 // how many come no later than j, which counts, less i itself
				for l, v := range keys {
					if v <= keys[j] && l != i {
						rank++
					}
				}
				late[i] += max(0, rank-k)
			}
		}
	})
	total := 0
	for _, v := range late {
		total += v
	}
	return 1 - 2*float64(total)/(float64(n)*float64(k)*float64(2*n-3*k-1)), err
}
