package f32_test

import (
	"fmt"

	"github.com/xainb/gonb-xai/kernels/f32"
)

func ExampleSoftmaxRow() {
	scores := []float32{0, 1, 2}
	weights := make([]float32, len(scores))
	f32.SoftmaxRow(weights, scores)
	fmt.Printf("%.3f\n", weights)
	// Output: [0.090 0.245 0.665]
}

func ExampleGemm() {
	a := f32.Dense([]float32{
		1, 2,
		3, 4,
	}, 2, 2)
	b := f32.Dense([]float32{
		1, 0, -1,
		0, 1, -1,
	}, 2, 3)
	c := f32.Dense(f32.Aligned(6), 2, 3)
	err := f32.Gemm(c, a, b, f32.Epilogue{Bias: []float32{0, 0, 10}})
	fmt.Println(c.Data, err)

	// The transposed view of a costs nothing.
	err = f32.Gemm(c, a.T(), b, f32.Epilogue{Activation: f32.ReLU})
	fmt.Println(c.Data, err)
	// Output:
	// [1 2 7 3 4 3] <nil>
	// [1 3 0 2 4 0] <nil>
}

// Weights that many inputs meet are packed once.
func ExampleGemmPacked() {
	weights, err := f32.Pack(f32.Dense([]float32{
		1, 0,
		0, 2,
	}, 2, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	y := f32.Dense(make([]float32, 2), 1, 2)
	for _, x := range [][]float32{{1, 2}, {3, 4}} {
		err := f32.GemmPacked(y, f32.Dense(x, 1, 2), weights, f32.Epilogue{})
		fmt.Println(y.Data, err)
	}
	// Output:
	// [1 4] <nil>
	// [3 8] <nil>
}
