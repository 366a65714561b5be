package charts

import (
	"math"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// arrivals says of a 1-D field that gets its entries one by one which of them each frame brought, -1 for none: the list grows by one, or it has
// its full length from the start and one zero after the other gets a value. It is nil where the entries do not come one by one.
func arrivals(t *xainb.Track, f *xainb.FieldInfo) []int {
	if len(f.Dims) != 1 {
		return nil
	}
	if f.Varies {
		return appended(t, f)
	}
	return filled(t, f)
}

// appended follows a list that grows, each frame beginning as the frame before it.
func appended(t *xainb.Track, f *xainb.FieldInfo) []int {
	var before []string
	came := make([]int, 0, t.Len())
	grown := 0
	for _, s := range t.Frames() {
		came = append(came, -1)
		x := s.Field(f.Name)
		if x == nil {
			continue
		}
		now := s.LabelsOf(f.Dims[0].Name)
		if len(now) != len(x.Data) {
			now = make([]string, len(x.Data))
		}
		if len(now) < len(before) || !slices.Equal(now[:len(before)], before) {
			return nil
		}
		if len(now) > len(before) {
			came[len(came)-1] = len(now) - 1
			grown++
		}
		before = now
	}
	if grown < 2 {
		return nil
	}
	return came
}

// filled follows a list of a fixed length in which one zero after the other gets a value. A value may turn out to be 0: where
// entry i+k comes at frame i throughout, that is known from its turn.
func filled(t *xainb.Track, f *xainb.FieldInfo) []int {
	n := f.Dims[0].Size
	before := make([]float32, n)
	names := labels(t, nil, f.Dims[0].Name)
	came := make([]int, 0, t.Len())
	changes, turn, inTurn := 0, 0, true
	for i, s := range t.Frames() {
		came = append(came, -1)
		x := s.Field(f.Name)
		if x == nil {
			continue
		}
		if l := s.LabelsOf(f.Dims[0].Name); l != nil && !slices.Equal(l, names) {
			return nil
		}
		for j, v := range x.Data {
			if math.Float32bits(v) == math.Float32bits(before[j]) {
				continue
			}
			if came[i] >= 0 || before[j] != 0 {
				return nil
			}
			came[i] = j
			if changes == 0 {
				turn = j - i
			}
			inTurn = inTurn && j-i == turn
			changes++
		}
		before = x.Data
	}
	if changes < 3 {
		return nil
	}
	for i := range came {
		if j := i + turn; inTurn && came[i] < 0 && j >= 0 && j < n && t.At(i).Field(f.Name) != nil {
			came[i] = j
		}
	}
	return came
}

// arrived leaves of a frame's entries those that have come by then, and returns the newest of them, if the frame brought one: the twin of
// arrivedEntries in parts.js.
func arrived(all []entry, came []int, frame int) (here []entry, newest *entry) {
	if came == nil || len(all) == 0 {
		return all, nil
	}
	frame = min(frame, len(came)-1)
	known := map[int]bool{}
	for _, j := range came[:frame+1] {
		known[j] = true
	}
	for i := range all {
		if e := &all[i]; known[e.index] || e.value != 0 {
			here = append(here, *e)
		}
	}
	for i := range here {
		if here[i].index == came[frame] {
			newest = &here[i]
		}
	}
	return here, newest
}
