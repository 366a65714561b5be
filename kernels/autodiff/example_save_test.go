package autodiff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/xainb/gonb-xai/kernels/autodiff"
)

// A layer, its optimiser and the random source, kept and brought back.
func ExampleSave() {
	r := rand.NewPCG(1, 2)
	layer, adam := autodiff.NewLinear[float32]("layer", 2, 1, rand.New(r)), &autodiff.Adam[float32]{}
	kept, err := autodiff.Save(layer.Params(), r, adam)
	if err != nil {
		fmt.Println(err)
		return
	}
	before := slices.Clone(layer.Weight.Value)
	clear(layer.Weight.Value)
	fmt.Println(autodiff.Load(kept, layer.Params(), r, adam), slices.Equal(layer.Weight.Value, before))
	// Output: <nil> true
}
