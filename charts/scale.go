package charts

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// roundTicks returns at most n+1 round numbers within [lo, hi], as roundTicks in series.js.
func roundTicks(lo, hi float64, n int) []float64 {
	raw := (hi - lo) / float64(max(1, n))
	if !(raw > 0) || math.IsInf(raw, 0) || constant(lo, hi) {
		return []float64{lo}
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * power
	for _, m := range []float64{5, 2, 1} {
		if m*power >= raw*0.999 {
			step = m * power
		}
	}
	var out []float64
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		v, _ := strconv.ParseFloat(strconv.FormatFloat(k*step, 'g', 12, 64), 64)
		out = append(out, v+0) // no negative zero
	}
	return out
}

// constant says whether lo and hi differ by no more than rounding: steps between them could not be counted.
func constant(lo, hi float64) bool { return hi-lo <= 1e-11*max(math.Abs(lo), math.Abs(hi)) }

// tickText returns how ticks are written: with as many decimals as the steps between them need.
func tickText(ticks []float64) func(float64) string {
	step, most := 0.0, 0.0
	if len(ticks) > 1 {
		step = math.Abs(ticks[1] - ticks[0])
	}
	for _, v := range ticks {
		most = max(most, math.Abs(v))
	}
	if !(step > 0) || step < 1e-4 && most < 1000*step || most >= 1e6 {
		return formatNumber
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return func(v float64) string {
		if v == 0 {
			return "0"
		}
		s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
		if math.Abs(v) >= 1000 {
			s = formatNumber(math.Abs(v))
		}
		if v < 0 {
			return "−" + s
		}
		return s
	}
}

// roomyScale returns the scale for values: zero is part of it where it is near, a constant gets room around it.
func roomyScale(lo, hi float64) (float64, float64) {
	if !(lo <= hi) {
		return 0, 1
	}
	lo, hi = inScale(lo), inScale(hi)
	if lo > 0 && lo < 0.3*hi {
		lo = 0
	}
	if hi < 0 && hi > 0.3*lo {
		hi = 0
	}
	if constant(lo, hi) {
		room := math.Abs(lo) * 0.1
		if room == 0 {
			room = 1
		}
		return lo - room, hi + room
	}
	room := (hi - lo) * 0.04
	if lo != 0 {
		lo -= room
	}
	if hi != 0 {
		hi += room
	}
	return lo, hi
}

// inScale returns a value as far as a scale can show it: between two of the very largest the span would be infinite.
func inScale(v float64) float64 { return min(max(v, -math.MaxFloat64/4), math.MaxFloat64/4) }

// ticksWidth returns how wide the labels of ticks are.
func ticksWidth(ticks []float64) vg.Length {
	text, w := tickText(ticks), vg.Length(0)
	for _, v := range ticks {
		w = max(w, textWidth(text(v), labelStyle))
	}
	return w
}

// largest returns the largest finite value; 0 where none is above it.
func largest(data []float32) (most float64) {
	for _, v := range data {
		if v-v == 0 {
			most = max(most, float64(v))
		}
	}
	return most
}

// extent returns the smallest and the largest finite value; without any the smallest is above the largest.
func extent(lists ...[]float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range lists {
		for _, v := range l {
			if v-v == 0 {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi
}
