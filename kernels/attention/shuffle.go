package attention

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Shuffle puts the words of a text, which white space separates, into another order. order[i] is the place in the original of word i of
// the shuffled text, so a value that belongs to word i belongs to word order[i] of the original. The same seed gives the same
// order. With two words or more it is never the original's.
func Shuffle(text string, seed uint64) (shuffled string, order []int) {
	in := words(text)
	order = rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)).Perm(len(in))
	if slices.IsSorted(order) && len(order) > 1 {
		order = append(order[1:], order[0])
	}
	out := make([]string, len(in))
	for i, from := range order {
		out[i] = in[from]
	}
	return strings.Join(out, " "), order
}
