package diffusion

import (
	"fmt"
	"math/rand/v2"

	"github.com/xainb/gonb-xai/kernels/autodiff"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// embedding is how many numbers tell the network for a plane the time.
const embedding = 16

// inputs is what the network sees of a point: x, y and the time.
const inputs = 2 + embedding

// newMLP returns the network for points of a plane: x, y and the time's sines and cosines -> hidden -> 2, SiLU between. The first weights of x and y are
// larger than is usual, as a network learns detail late that its first layer does not resolve (Tancik et al. 2020).
func newMLP(hidden []int, r *rand.Rand) *autodiff.MLP[float32] {
	sizes := append(append([]int{inputs}, hidden...), 2)
	net := autodiff.NewMLP[float32]("net", sizes, autodiff.Tensor[float32].SiLU, r)
	place := net.Layers[0].Weight.Value[:2*hidden[0]]
	f32.Scale(place, 6, place)
	return net
}

// embedTime writes what the network is told of t: sines and cosines of its log-SNR, so that it sees how much noise there is and not how it is counted.
func embedTime(dst []float32, s *NoiseScheduler, t int) { f32.SinCos(dst, s.LogSNR(t), 100) }

// packed is a trained network laid out for the kernels. It does not change, so that several runs may use it at once.
type packed struct {
	s      *NoiseScheduler
	time   []float32     // embedding x h, the first layer's weights for the time
	bias   [][]float32   // of each layer
	place  *f32.Packed   // 2 x h, the first layer's weights for x and y
	hidden []*f32.Packed // of the layers between
	out    []float32     // 2 x h, the last layer's, transposed
	widths []int         // of the hidden layers
}

func pack(net *autodiff.MLP[float32], s *NoiseScheduler) (*packed, error) {
	p := &packed{s: s}
	for i, l := range net.Layers {
		w, in, out := l.Weight.Value, l.Weight.Shape[0], l.Weight.Shape[1]
		p.bias = append(p.bias, l.Bias.Value)
		var err error
		switch {
		case i == len(net.Layers)-1:
			p.out = f32.Aligned(in * out)
			for j := range in {
				for k := range out {
					p.out[k*in+j] = w[j*out+k]
				}
			}
			continue
		case i == 0:
			p.time = w[2*out:]
			p.place, err = f32.Pack(f32.Dense(w[:2*out], 2, out))
		default:
			var h *f32.Packed
			h, err = f32.Pack(f32.Dense(w, in, out))
			p.hidden = append(p.hidden, h)
		}
		if err != nil {
			return nil, fmt.Errorf("diffusion: %w", err)
		}
		p.widths = append(p.widths, out)
	}
	return p, nil
}

// asker is a network with room to work in.
type asker struct {
	*packed
	emb  []float32
	bias []float32
	a, b []float32
}

func (p *packed) room() *asker {
	most := 0
	for _, w := range p.widths {
		most = max(most, w)
	}
	return &asker{packed: p, emb: f32.Aligned(embedding), bias: f32.Aligned(p.widths[0]), a: f32.Aligned(chunk * most), b: f32.Aligned(chunk * most)}
}

// chunk is how many points go through all layers at a time, so that what is between the layers stays in the nearest cache.
const chunk = 192

// predict writes the network's output for len(x)/2 points at one time t. As all have the same time, what the first layer makes of it is a bias.
func (k *asker) predict(dst, x []float32, t int) error {
	embedTime(k.emb, k.s, t)
	copy(k.bias, k.packed.bias[0])
	for i, v := range k.emb {
		f32.Axpy(v, k.time[i*k.widths[0]:(i+1)*k.widths[0]], k.bias)
	}
	for at := 0; at < len(x); at += 2 * chunk {
		end := min(len(x), at+2*chunk)
		if err := k.layers(dst[at:end], x[at:end]); err != nil {
			return fmt.Errorf("diffusion: %w", err)
		}
	}
	return nil
}

func (k *asker) layers(dst, x []float32) error {
	n := len(x) / 2
	h, next := k.a, k.b
	if err := f32.GemmPacked(f32.Dense(h[:n*k.widths[0]], n, k.widths[0]), f32.Dense(x, n, 2), k.place, f32.Epilogue{Bias: k.bias, Activation: f32.SiLU}); err != nil {
		return err
	}
	for i, w := range k.hidden {
		in, out := k.widths[i], k.widths[i+1]
		e := f32.Epilogue{Bias: k.packed.bias[i+1], Activation: f32.SiLU}
		if err := f32.GemmPacked(f32.Dense(next[:n*out], n, out), f32.Dense(h[:n*in], n, in), w, e); err != nil {
			return err
		}
		h, next = next, h
	}
	last := len(k.widths) - 1
	in := k.widths[last]
	return f32.Gemm(f32.Dense(dst, n, 2), f32.Dense(h[:n*in], n, in), f32.Dense(k.out, 2, in).T(), f32.Epilogue{Bias: k.packed.bias[last+1]})
}
