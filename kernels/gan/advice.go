package gan

import (
	"fmt"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// Finding is what a run shows, where, and what usually helps.
type Finding struct {
	State  State    // Healthy: a false alarm
	Player string   // "G" or "D"
	Layers []string // "G 1", ...: those it was found in
	Frames [][2]int // from, to, both included: frames of the track, in order
	Found  string
	Help   string
}

// String is the finding in a sentence or two.
func (f Finding) String() string { return f.Found + ". " + f.Help }

// findFrames is in how many frames in a row a state must be found: one frame alone is chance.
const findFrames = highFrames

// Advice reads a finished run: what was found, at which frames, and what usually helps, G's before D's, in the order of the states. A state counts where at
// least one layer of the player keeps it for three frames in a row. Last come the false alarms: frames in which the energy over the run calls for
// an answer, above 0.95 three times or below 0.02 five times in a row, while the norm is within a factor of ten of its median over the run and neither explodes nor
// vanishes in the end. A run without the fields "gradient" and "state" has no findings.
func Advice(run xainb.Source) []Finding {
	if run == nil {
		return nil
	}
	t := run.Track()
	names := layerNames(t)
	norms := gradientNorms(t)
	var found []Finding
	for _, player := range []string{"G", "D"} {
		for state := Vanishing; state <= Collapsed; state++ {
			f := Finding{State: state, Player: player, Help: state.Help()}
			f.search(t.Len(), names, findFrames, in(t, state), nil)
			if f.Frames != nil {
				f.Found = fmt.Sprintf("%s: %s at %s", strings.Join(f.Layers, ", "), state, f.where())
				found = append(found, f)
			}
		}
	}
	return append(found, falseAlarms(t, names, norms)...)
}

// in says whether a layer is in that state at a frame.
func in(t *xainb.Track, state State) func(frame, layer int) bool {
	return func(frame, layer int) bool {
		x := t.At(frame).Field("state")
		return x != nil && layer < len(x.Data) && x.Data[layer] == float32(state)
	}
}

// falseAlarms are where min-max alone would have acted, and nothing came of it.
func falseAlarms(t *xainb.Track, names []string, norms [][]float64) []Finding {
	energy := Energy(norms)
	middle := make([]float64, len(names)) // of each layer's norm over the run
	for l := range names {
		middle[l] = median(column(norms, l))
	}
	var found []Finding
	for _, player := range []string{"G", "D"} {
		for _, alarm := range []struct {
			frames int
			say    string
			real   State
			raised func(energy, norm, middle float64) bool
		}{
			{highFrames, "above 0.95", Exploding, func(e, n, m float64) bool { return e > highEnergy && n <= farFromMedian*m }},
			{lowFrames, "below 0.02", Vanishing, func(e, n, m float64) bool { return e < lowEnergy && n >= m/farFromMedian }},
		} {
			f := Finding{Player: player, Help: "Nothing to do: every run has a highest and a lowest frame, and the norm is within a factor of ten of its median."}
			f.search(len(norms), names, alarm.frames, func(frame, layer int) bool {
				return layer < len(norms[frame]) && alarm.raised(energy[frame][layer], norms[frame][layer], middle[layer])
			}, in(t, alarm.real))
			if f.Frames != nil {
				f.Found = fmt.Sprintf("%s: false alarm, the energy is %s at %s", strings.Join(f.Layers, ", "), alarm.say, f.where())
				found = append(found, f)
			}
		}
	}
	return found
}

// search fills in the player's layers for which is holds in at least so many frames in a row, and the frames. Where but holds in one of them, they do not count.
func (f *Finding) search(frames int, names []string, least int, is, but func(frame, layer int) bool) {
	hit := make([]bool, frames)
	for l, name := range names {
		if !strings.HasPrefix(name, f.Player) {
			continue
		}
		found := false
		for from := 0; from < frames; from++ {
			to, counts := from, true
			for ; to < frames && is(to, l); to++ {
				counts = counts && (but == nil || !but(to, l))
			}
			if counts && to-from >= least {
				found = true
				for i := from; i < to; i++ {
					hit[i] = true
				}
			}
			from = to
		}
		if found {
			f.Layers = append(f.Layers, name)
		}
	}
	for i, h := range hit {
		switch {
		case !h:
		case i > 0 && hit[i-1]:
			f.Frames[len(f.Frames)-1][1] = i
		default:
			f.Frames = append(f.Frames, [2]int{i, i})
		}
	}
}

// where names the frames as the player counts them, from 1; of many spans the first three.
func (f *Finding) where() string {
	var spans []string
	for i, s := range f.Frames {
		if i == 3 && len(f.Frames) > 4 {
			return fmt.Sprintf("frames %s and %d times more", strings.Join(spans, ", "), len(f.Frames)-3)
		}
		spans = append(spans, fmt.Sprintf("%d-%d", s[0]+1, s[1]+1))
	}
	return "frames " + strings.Join(spans, ", ")
}

// layerNames returns the labels of the dimension "layer".
func layerNames(t *xainb.Track) []string {
	for _, f := range t.Frames() {
		if names := f.LabelsOf("layer"); names != nil {
			return names
		}
	}
	return nil
}

func column(rows [][]float64, i int) []float64 {
	var values []float64
	for _, r := range rows {
		if i < len(r) {
			values = append(values, r[i])
		}
	}
	return values
}
