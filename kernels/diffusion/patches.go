package diffusion

import (
	"fmt"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// The sizes of the network for digits. The letters: n images, P patches of Q pixels, D width.
const (
	patchSide = 2
	patches   = (digits.Side / patchSide) * (digits.Side / patchSide) // P
	perPatch  = patchSide * patchSide                                 // Q
	noClass   = digits.Classes                                        // the row of the class embedding that stands for "nothing asked for"
	timeWidth = 32
)

// shapeOf is the architecture of a [transformer].
type shapeOf struct{ width, heads, hidden, blocks int }

var digitsShape = shapeOf{width: 64, heads: 4, hidden: 256, blocks: 3}

// transformer is a network on patches that is told the time and a class: a small diffusion transformer (Peebles and Xie 2023) whose condition is added
// to the tokens before each block.
type transformer struct {
	shape shapeOf
	patch *autodiff.Linear[float32]    // Q -> D
	place *autodiff.Param[float32]     // P x D
	time  *autodiff.MLP[float32]       // timeWidth -> D -> D
	class *autodiff.Embedding[float32] // 11 x D
	tell  []*autodiff.Linear[float32]  // D -> D, of each block
	block []*autodiff.TransformerBlock[float32]
	norm  *autodiff.LayerNorm[float32]
	out   *autodiff.Linear[float32] // D -> Q
}

func newTransformer(s shapeOf, r *rand.Rand) *transformer {
	n := &transformer{
		shape: s,
		patch: autodiff.NewLinear[float32]("patch", perPatch, s.width, r),
		place: autodiff.NewEmbedding[float32]("place", patches, s.width, 0.1, r).Table,
		time:  autodiff.NewMLP[float32]("time", []int{timeWidth, s.width, s.width}, autodiff.Tensor[float32].SiLU, r),
		class: autodiff.NewEmbedding[float32]("class", digits.Classes+1, s.width, 0.5, r),
		norm:  autodiff.NewLayerNorm[float32]("norm", s.width),
		out:   autodiff.NewLinear[float32]("out", s.width, perPatch, r),
	}
	for i := range s.blocks {
		n.tell = append(n.tell, autodiff.NewLinear[float32](fmt.Sprintf("tell.%d", i), s.width, s.width, r))
		n.block = append(n.block, autodiff.NewTransformerBlock[float32](fmt.Sprintf("block.%d", i), s.width, s.heads, s.hidden, r))
	}
	return n
}

func (n *transformer) params() []*autodiff.Param[float32] {
	all := autodiff.Params[float32](n.patch, n.place, n.time, n.class, n.norm, n.out)
	for i, b := range n.block {
		all = append(all, autodiff.Params[float32](n.tell[i], b)...)
	}
	return all
}

// forward returns the output, n x P x Q, for images as patches, n x P x Q, with the times' embeddings, n x timeWidth, and the classes. Each
// block's attention, n x heads x P x P, goes to watch unless that is nil.
func (n *transformer) forward(t *autodiff.Tape[float32], x, times []float32, classes []int32, watch func(block int, weights autodiff.Tensor[float32])) autodiff.Tensor[float32] {
	count := len(classes)
	h := n.patch.Forward(t, t.Const(x, count, patches, perPatch)).Add(t.Use(n.place))
	told := n.time.Forward(t, t.Const(times, count, timeWidth)).Add(n.class.Forward(t, classes)).SiLU()
	for i, b := range n.block {
		h = h.Add(n.tell[i].Forward(t, told).Reshape(count, 1, n.shape.width))
		var weights autodiff.Tensor[float32]
		h, weights = b.Forward(t, h, autodiff.Tensor[float32]{})
		if watch != nil {
			watch(i, weights)
		}
	}
	return n.out.Forward(t, n.norm.Forward(t, h))
}

// toPatches copies images, each 8 x 8 row after row, into patches.
func toPatches(dst, src []float32) { permute(dst, src, true) }

// fromPatches is its inverse.
func fromPatches(dst, src []float32) { permute(dst, src, false) }

func permute(dst, src []float32, to bool) {
	const across = digits.Side / patchSide
	for base := 0; base+digits.Pixels <= len(src); base += digits.Pixels {
		for y := range digits.Side {
			for x := range digits.Side {
				p := (y/patchSide*across+x/patchSide)*perPatch + y%patchSide*patchSide + x%patchSide
				if to {
					dst[base+p] = src[base+y*digits.Side+x]
				} else {
					dst[base+y*digits.Side+x] = src[base+p]
				}
			}
		}
	}
}

// embedTimes writes the embeddings of the times of a batch, len(ts) x timeWidth.
func embedTimes(dst []float32, ts []int) {
	for i, t := range ts {
		f32.SinCos(dst[i*timeWidth:(i+1)*timeWidth], float64(t), 10000)
	}
}
