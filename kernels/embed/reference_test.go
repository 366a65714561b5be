package embed

import (
	_ "embed"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/xainb/gonb-xai/kernels/f32"
)

// The oracle of the numbers is scikit-learn 1.9.1; testdata/reference.py says how they were made.
//
//go:embed testdata/scikit-learn.json
var referenceJSON []byte

type reference struct {
	PCA []struct {
		X, Components, Variance, Share, Points []float64
		Dims, K                                int
	}
	TSNE []struct {
		X, P, Y, Gradient []float64
		Dims, Neighbours  int
		Perplexity, KL    float64
	}
	Trust []struct {
		X, Y, Trust []float64
		Dims        int
		K           []int
	}
}

func loadReference(t *testing.T) (r reference) {
	t.Helper()
	if err := json.Unmarshal(referenceJSON, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// near compares numbers with an allowed error relative to the largest of them.
func near[T float32 | float64](t *testing.T, name string, got []T, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, expected %d", name, len(got), len(want))
	}
	top := 0.0
	for _, v := range want {
		top = max(top, math.Abs(v))
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) <= tolerance*top) {
			t.Fatalf("%s: number %d is %v, expected %v", name, i, v, want[i])
		}
	}
}

func normals(n int, seed uint64) []float32 {
	x := make([]float32, n)
	f32.Normals(x, rand.New(rand.NewPCG(seed, 0)))
	return x
}

// clusters returns n points of dims numbers around as many centres, one after the other.
func clusters(n, dims, centres int) []float32 {
	at, x := normals(centres*dims, 1), normals(n*dims, 2)
	for i := range x {
		x[i] += 8 * at[i/dims%centres*dims+i%dims]
	}
	return x
}
