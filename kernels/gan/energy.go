package gan

import (
	"fmt"
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

const (
	// energyWindow is over how many frames, the last one included, the energy and the median are taken while the run goes on: 500 rounds at
	// the default stride, long against an alarm's 5 frames and short against the drift of a whole run.
	energyWindow = 50

	// energyGuard keeps a constant norm from being divided by zero.
	energyGuard = 1e-8
)

// The units of the field "energy" say over what it was scaled.
var (
	unitOfWindow = fmt.Sprintf("of the last %d frames", energyWindow)
	unitOfRun    = "of the run"
)

// Energy is the gradient energy heatmap (GEH) of a finished run. norms is [frame][layer], L2 norms of gradients; the result is as large, each
// layer scaled by its own range over the run:
//
//	energy = (n - min) / (max - min + 1e-8)
//
// It lies in [0,1), and is 0 where a layer's norm never changes. Norms that are not finite have no part in the range: an infinite one has
// energy 1, of NaN the energy is NaN. Frames may have different numbers of layers.
func Energy(norms [][]float64) [][]float64 {
	var ranges []normRange
	for _, frame := range norms {
		for l, n := range frame {
			if l == len(ranges) {
				ranges = append(ranges, emptyRange)
			}
			ranges[l].add(n)
		}
	}
	energy := make([][]float64, len(norms))
	for t, frame := range norms {
		energy[t] = make([]float64, len(frame))
		for l, n := range frame {
			energy[t][l] = ranges[l].energy(n)
		}
	}
	return energy
}

// normRange is the least and the greatest finite norm.
type normRange struct{ min, max float64 }

var emptyRange = normRange{math.Inf(1), math.Inf(-1)}

func (r *normRange) add(n float64) {
	if n-n == 0 {
		r.min, r.max = min(r.min, n), max(r.max, n)
	}
}

func (r normRange) energy(n float64) float64 {
	if n-n != 0 {
		return min(n, 1)
	}
	return (n - r.min) / (r.max - r.min + energyGuard)
}

// trailingEnergy is the energy of the last of the norms, within their range.
func trailingEnergy(norms []float64) float64 {
	r := emptyRange
	for _, n := range norms {
		r.add(n)
	}
	return r.energy(norms[len(norms)-1])
}

// median of the values that are numbers; NaN without any. The mean of the middle two where they are even in number.
func median(values []float64) float64 {
	var sorted []float64
	for _, v := range values {
		if v == v {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return sorted[(n-1)/2]/2 + sorted[n/2]/2
}

// mean of the values; NaN without any.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// withRunEnergy returns the track with its field "energy" scaled over the whole run, as the range is known once it has ended: over the frames
// that were kept. Everything else is shared with t.
func withRunEnergy(t *xainb.Track) *xainb.Track {
	norms := gradientNorms(t)
	energy := Energy(norms)
	frames := make([]xainb.Snapshot, t.Len())
	for i, f := range t.Frames() {
		frames[i] = *f
		frames[i].Fields = slices.Clone(f.Fields)
		if x := frames[i].Field("energy"); x != nil && len(x.Data) == len(energy[i]) {
			x.Unit, x.Data = unitOfRun, float32s(energy[i])
		}
	}
	return xainb.NewTrack(frames, t.Provenance(), t.Err()).WithCounts(t.Steps(), t.Dropped()).WithWarnings(t.Warnings()...)
}

// gradientNorms returns the field "gradient" of all frames, [frame][layer]; frames without it have no layers.
func gradientNorms(t *xainb.Track) [][]float64 {
	norms := make([][]float64, t.Len())
	for i, f := range t.Frames() {
		if x := f.Field("gradient"); x != nil {
			norms[i] = make([]float64, len(x.Data))
			for l, v := range x.Data {
				norms[i][l] = float64(v)
			}
		}
	}
	return norms
}

func float32s(values []float64) []float32 {
	s := make([]float32, len(values))
	for i, v := range values {
		s[i] = float32(v)
	}
	return s
}
