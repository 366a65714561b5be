package diffusion

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Data is what a network learns to make: made by [Spiral], [Moons], [Ring], [Checkerboard] or [Points]. It is plain data, so that a run can be found
// again by it.
type Data struct {
	Kind   string    // "spiral", "moons", "ring", "checkerboard", "points"
	Modes  int       // of a ring: how many normal modes, up to 100, 0 means 8; of a checkerboard: how many squares in a row, up to 20, 0 means 4
	Radius float64   // how far the data reach from 0, up to 100; 0 means 2
	Spread float64   // standard deviation of a mode, or of the noise about a curve, up to 100; 0 means 0.1, of a spiral 0.05
	Points []float32 // n x 2, of "points"
}

// Spiral is one arm of one and a half turns that reaches to 2, with noise of 0.05 about it.
func Spiral() Data { return Data{Kind: "spiral", Radius: 2, Spread: 0.05} }

// Moons are two half circles that reach into each other, with noise of 0.1.
func Moons() Data { return Data{Kind: "moons", Radius: 2, Spread: 0.1} }

// Ring is so many normal modes of spread 0.1 on a circle of radius 2.
func Ring(modes int) Data { return Data{Kind: "ring", Modes: modes, Radius: 2, Spread: 0.1} }

// Checkerboard is the dark squares of a board of 4 x 4, from -2 to 2.
func Checkerboard() Data { return Data{Kind: "checkerboard", Modes: 4, Radius: 2} }

// Points are the reader's own, x and y of each: 2 to 100,000 of them, not all at one place, with numbers from -100 to 100.
func Points(xy [][2]float64) Data {
	d := Data{Kind: "points", Points: make([]float32, 0, 2*len(xy))}
	for _, p := range xy {
		d.Points = append(d.Points, float32(p[0]), float32(p[1]))
	}
	return d
}

// mostPoints is the most points that Data may have.
const mostPoints = 100_000

// filled puts the defaults in place of zeros and says what cannot be.
func (d Data) filled() (Data, error) {
	if d.Kind == "points" {
		return d, checkPoints(d.Points)
	}
	if d.Kind == "" {
		d.Kind = "spiral"
	}
	if d.Radius == 0 {
		d.Radius = 2
	}
	if !(d.Radius > 0 && d.Radius <= 100) {
		return d, fmt.Errorf("diffusion: Data.Radius is %g: give a number above 0, up to 100, or 0 for 2", d.Radius)
	}
	modes, spread := map[string][2]int{"ring": {8, 100}, "checkerboard": {4, 20}}[d.Kind], 0.1
	switch d.Kind {
	case "spiral":
		spread = 0.05
	case "moons":
	case "ring", "checkerboard":
		if d.Modes == 0 {
			d.Modes = modes[0]
		}
		if d.Modes < 1 || d.Modes > modes[1] {
			return d, fmt.Errorf("diffusion: Data.Modes of a %s is %d: give a number from 1 to %d", d.Kind, d.Modes, modes[1])
		}
	default:
		return d, fmt.Errorf("diffusion: Data.Kind is %q: make the data with Spiral, Moons, Ring, Checkerboard or Points", d.Kind)
	}
	if d.Spread == 0 {
		d.Spread = spread
	}
	if !(d.Spread >= 0 && d.Spread <= 100) {
		return d, fmt.Errorf("diffusion: Data.Spread is %g: give a number from 0 to 100", d.Spread)
	}
	return d, nil
}

func checkPoints(xy []float32) error {
	n := len(xy) / 2
	if len(xy)%2 != 0 || n < 2 || n > mostPoints {
		return fmt.Errorf("diffusion: Points has %d numbers: give x and y of 2 to %d points", len(xy), mostPoints)
	}
	same := true
	for i, v := range xy {
		if !(math.Abs(float64(v)) <= 100) {
			return fmt.Errorf("diffusion: Points: point %d is (%g, %g): give numbers from -100 to 100", i/2, xy[i/2*2], xy[i/2*2+1])
		}
		same = same && v == xy[i%2]
	}
	if same {
		return fmt.Errorf("diffusion: Points: all %d points are at (%g, %g): two different ones are needed", n, xy[0], xy[1])
	}
	return nil
}

// draw fills dst, n x 2, with data.
func (d Data) draw(dst []float32, r *rand.Rand) {
	for i := 0; i+1 < len(dst); i += 2 {
		x, y := d.one(r)
		dst[i], dst[i+1] = float32(x), float32(y)
	}
}

func (d Data) one(r *rand.Rand) (x, y float64) {
	switch d.Kind {
	case "points":
		i := r.IntN(len(d.Points) / 2)
		return float64(d.Points[2*i]), float64(d.Points[2*i+1])
	case "checkerboard":
		side := 2 * d.Radius / float64(d.Modes)
		row, column := d.Modes, d.Modes
		for column >= d.Modes { // of an odd number of squares every second row has a dark one less
			row = r.IntN(d.Modes)
			column = 2*r.IntN((d.Modes+1)/2) + row%2
		}
		return (float64(column)+r.Float64())*side - d.Radius, (float64(row)+r.Float64())*side - d.Radius
	case "ring":
		sin, cos := math.Sincos(2 * math.Pi * float64(r.IntN(d.Modes)) / float64(d.Modes))
		x, y = d.Radius*cos, d.Radius*sin
	case "moons":
		sin, cos := math.Sincos(math.Pi * r.Float64())
		if x, y = (cos-0.5)*d.Radius/1.5, (sin-0.25)*d.Radius/1.5; r.IntN(2) == 1 {
			x, y = -x, -y
		}
	default: // the square root spreads the points evenly along the arm
		share := math.Sqrt(0.04 + 0.96*r.Float64())
		sin, cos := math.Sincos(3 * math.Pi * share)
		x, y = d.Radius*share*cos, d.Radius*share*sin
	}
	return x + d.Spread*r.NormFloat64(), y + d.Spread*r.NormFloat64()
}

// String says what the data are.
func (d Data) String() string {
	switch d.Kind {
	case "ring":
		return fmt.Sprintf("a ring of %d modes", d.Modes)
	case "points":
		return fmt.Sprintf("%d points", len(d.Points)/2)
	case "":
		return "a spiral"
	case "moons":
		return "two moons"
	}
	return "a " + d.Kind
}
