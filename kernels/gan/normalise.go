package gan

import "math"

const (
	normaliseDecay = 0.2 // the weight of a new frame in the local range
	normaliseSlope = 0.5 // how strongly a frame's distance from the range shows
)

// Normalise returns a factor for each frame by which a picture's arrows, or its heat, are multiplied when they are shown normalised: so that an
// exploding frame does not flatten all others and a vanishing one does not freeze. magnitude is [frame], the length of the longest arrow, from 0
// up; the factors make it a length within (0,1). With m the magnitude and r the local range, the exponentially decaying geometric mean
// of the frames before:
//
//	d = ln(m/r)
//	factor = 1 / (1 + e^(-d/2)) / m
//	r = r e^(0.2 d)
//
// A frame like those before is drawn 1/2 long; one a hundred times as large 0.91, one a hundred times as small 0.09, and after eight frames at
// a new level four fifths of the (logarithmic) way to it are forgotten. The first magnitude above 0 is the first range. Frames whose magnitude is 0 or
// not finite have factor 0 and leave the range alone. Factors depend only on frames before, so a run looks the same while it goes on. Lengths of
// different frames no longer compare: a picture must say so.
func Normalise(magnitude []float64) []float64 {
	factors := make([]float64, len(magnitude))
	logRange := math.NaN()
	for i, m := range magnitude {
		if !(m > 0 && m <= math.MaxFloat64) {
			continue
		}
		logM := math.Log(m)
		if logRange != logRange {
			logRange = logM
		}
		d := logM - logRange
		factors[i] = 1 / (1 + math.Exp(-normaliseSlope*d)) / m
		logRange += normaliseDecay * d
	}
	return factors
}
