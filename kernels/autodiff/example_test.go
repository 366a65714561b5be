package autodiff_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
)

// A line is fitted to points that lie on y = 3x - 1.
func Example() {
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range x {
		x[i] = float32(random.NormFloat64())
		y[i] = 3*x[i] - 1
	}
	layer := autodiff.NewLinear[float32]("line", 1, 1, random)
	tape, adam := autodiff.New[float32](), &autodiff.Adam[float32]{Rate: 0.1}
	for range 200 {
		tape.Reset()
		loss := layer.Forward(tape, tape.Const(x, 64, 1)).MSE(tape.Const(y, 64, 1))
		if err := tape.Backward(loss, layer.Params()...); err != nil {
			log.Fatal(err)
		}
		if err := adam.Step(layer.Params()); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("y = %.2f x + %.2f\n", layer.Weight.Value[0], layer.Bias.Value[0])
	// Output: y = 3.00 x + -1.00
}

// The derivatives of x³: each is on the tape, and so has one too.
func ExampleTape_Grad() {
	tape := autodiff.New[float64]()
	x := tape.Var([]float64{2})
	y := x.Mul(x).Mul(x)
	first := tape.Grad(y, x)[0]
	second := tape.Grad(first, x)[0]
	fmt.Println(y.Item(), first.Item(), second.Item())
	// Output: 8 12 12
}

// The Jacobian of (x0 x1, x0²) at (3, 5), times a direction: forward mode.
func ExampleTape_JVP() {
	tape := autodiff.New[float64]()
	x := tape.Var([]float64{3, 5}, 2)
	a, b := x.Slice(0, 0, 1), x.Slice(0, 1, 2)
	y := autodiff.Concat(0, a.Mul(b), a.Mul(a))
	fmt.Println(tape.JVP(y, x, tape.Const([]float64{1, 0}, 2)).Value())
	// Output: [5 6]
}

// What Grad-CAM needs: the activation and the gradient of a layer.
func ExampleTensor_Named() {
	tape := autodiff.New[float64]()
	tape.OnValue = func(name string, v autodiff.Tensor[float64]) { fmt.Println(name, v.Value()) }
	tape.OnGradient = func(name string, g autodiff.Tensor[float64]) { fmt.Println("gradient of", name, g.Value()) }
	x := tape.Var([]float64{-1, 2}, 2)
	tape.Grad(x.ReLU().Named("layer").Square().Sum(), x)
	// Output:
	// layer [0 2]
	// gradient of layer [0 4]
}
