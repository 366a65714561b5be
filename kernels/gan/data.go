package gan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/kernels/f32"
)

// Data is what the generator is to imitate: made by [Ring], [Grid], [Moons], [Spiral], [Digits] or [Points]. It is plain data, so that a run can be
// found again by it.
type Data struct {
	Kind   string    // "ring", "grid", "moons", "spiral", "digits", "points"
	Modes  int       // of a ring: how many Gaussians; of a grid: how many in a row
	Radius float64   // of a ring, and half the side of a grid; 0 means 2
	Spread float64   // standard deviation of a mode, or of the noise about a curve; 0 means 0.1, and none of "points"
	Points []float32 // n x 2, of "points"
}

// The kinds of Data.
const (
	ringKind   = "ring"
	gridKind   = "grid"
	moonsKind  = "moons"
	spiralKind = "spiral"
	digitsKind = "digits"
	pointsKind = "points"
)

const (
	defaultRadius = 2
	defaultSpread = 0.1
	maxModes      = 1000    // of a ring, and of a grid in all
	maxPoints     = 1 << 20 // of the user's own
)

// Ring returns Gaussians, evenly spaced on a circle of radius 2, each with a standard deviation of 0.1. (Metz et al. 2017, section 3.1, with 0.02.)
func Ring(modes int) Data {
	return Data{Kind: ringKind, Modes: modes, Radius: defaultRadius, Spread: defaultSpread}
}

// Grid returns side x side Gaussians, evenly spaced over a square of side 4, each with a standard deviation of 0.1: Grid(5) is the usual one.
func Grid(side int) Data {
	return Data{Kind: gridKind, Modes: side, Radius: defaultRadius, Spread: defaultSpread}
}

// Moons returns two interleaved half circles of radius 1, with noise of standard deviation 0.1 about them.
func Moons() Data { return Data{Kind: moonsKind, Spread: defaultSpread} }

// Spiral returns an Archimedean spiral, 1.2 turns of it from the radius 0.4 to 2, with noise of standard deviation 0.1 about it.
func Spiral() Data { return Data{Kind: spiralKind, Spread: defaultSpread} }

// Digits returns the 1,437 training images of [github.com/xainb/gonb-xai/kernels/digits], 8 x 8 pixels each.
func Digits() Data { return Data{Kind: digitsKind} }

// Points returns the points themselves, drawn with replacement, each as likely as any other. Data.Spread adds noise.
func Points(xy [][2]float64) Data {
	d := Data{Kind: pointsKind, Points: make([]float32, 0, 2*len(xy))}
	for _, p := range xy {
		d.Points = append(d.Points, float32(p[0]), float32(p[1]))
	}
	return d
}

// filled puts the defaults in place of zeros.
func (d Data) filled() (Data, error) {
	switch {
	case d.Kind == "" && d.Points != nil:
		d.Kind = pointsKind
	case d.Kind == "":
		d.Kind, d.Modes = ringKind, cmp.Or(d.Modes, 8)
	}
	if d.Kind != digitsKind && d.Kind != pointsKind && d.Spread == 0 {
		d.Spread = defaultSpread
	}
	if !(d.Spread >= 0 && d.Spread <= 1e6) {
		return d, fmt.Errorf("gan: %w: the data's Spread is %v: give a number from 0 to 1e6", ErrConfig, d.Spread)
	}
	switch d.Kind {
	case ringKind, gridKind:
		if d.Radius == 0 {
			d.Radius = defaultRadius
		}
		most := pick(d.Kind == gridKind, 31, maxModes)
		if d.Modes < 1 || d.Modes > most {
			return d, fmt.Errorf("gan: %w: the %s has %d modes: give a number from 1 to %d", ErrConfig, d.Kind, max(d.Modes, 0), most)
		}
		if !(d.Radius > 0 && d.Radius <= 1e6) {
			return d, fmt.Errorf("gan: %w: the %s has the Radius %v: give a number above 0, at most 1e6", ErrConfig, d.Kind, d.Radius)
		}
	case moonsKind, spiralKind, digitsKind:
	case pointsKind:
		return d, d.checkPoints()
	default:
		return d, fmt.Errorf("gan: %w: the data's Kind is %q: make it with Ring, Grid, Moons, Spiral, Digits or Points", ErrConfig, d.Kind)
	}
	return d, nil
}

func (d Data) checkPoints() error {
	n := len(d.Points)
	if n == 0 || n%2 != 0 || n/2 > maxPoints {
		return fmt.Errorf("gan: %w: there are %d numbers in Points: give x and y of each of 1 to %d points", ErrConfig, n, maxPoints)
	}
	for i, v := range d.Points {
		if !(math.Abs(float64(v)) <= 1e6) {
			return fmt.Errorf("gan: %w: %s of point %d is %v: give numbers within ±1e6", ErrConfig, pick(i%2 == 0, "x", "y"), i/2, v)
		}
	}
	return nil
}

// size is how many data there are, 0 where they are endless.
func (d Data) size() int {
	switch d.Kind {
	case digitsKind:
		return digits.Train
	case pointsKind:
		return len(d.Points) / 2
	}
	return 0
}

// dim is how many numbers a datum has.
func (d Data) dim() int { return pick(d.Kind == digitsKind, digits.Pixels, 2) }

// hash is the hex SHA-256 of what cannot be said in a word.
func (d Data) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %v %v ", d.Kind, d.Modes, d.Radius, d.Spread)
	binary.Write(h, binary.LittleEndian, d.Points) // a hash takes all
	return hex.EncodeToString(h.Sum(nil))
}

// String describes the data.
func (d Data) String() string {
	switch d.Kind {
	case ringKind, "":
		return fmt.Sprintf("ring of %d Gaussians", d.Modes)
	case gridKind:
		return fmt.Sprintf("grid of %d x %d Gaussians", d.Modes, d.Modes)
	case moonsKind:
		return "two moons"
	case pointsKind:
		return fmt.Sprintf("%d points", d.size())
	}
	return d.Kind
}

// centre returns where Gaussian i of a ring or of a grid is.
func (d Data) centre(i int) (x, y float64) {
	if d.Kind == ringKind {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(d.Modes))
		return d.Radius * cos, d.Radius * sin
	}
	at := func(i int) float64 {
		return d.Radius * (2*float64(i)/float64(max(d.Modes-1, 1)) - pick(d.Modes > 1, 1.0, 0))
	}
	return at(i % d.Modes), at(i / d.Modes)
}

// gaussians is how many Gaussians a ring or a grid has.
func (d Data) gaussians() int { return pick(d.Kind == gridKind, d.Modes*d.Modes, d.Modes) }

// curve returns the point of the moons or of the spiral at t in [0,1). The spiral is drawn so that equal steps of t are nearly equal lengths.
func (d Data) curve(t float64) (x, y float64) {
	if d.Kind == moonsKind {
		if t < 0.5 {
			sin, cos := math.Sincos(2 * math.Pi * t)
			return cos - 0.5, sin - 0.25
		}
		sin, cos := math.Sincos(2 * math.Pi * (t - 0.5))
		return 0.5 - cos, 0.25 - sin
	}
	r := math.Sqrt(0.04 + 0.96*t)
	sin, cos := math.Sincos(3 * math.Pi * r)
	return 2 * r * cos, 2 * r * sin
}

// images returns the pixels and labels of the digits that are trained on. They are shared: read them.
var images = sync.OnceValues(func() ([]float32, []int32) {
	pixels, labels := digits.Load()
	return pixels[:digits.Train*digits.Pixels], labels[:digits.Train]
})

// sampler returns a function that fills its first argument, n x dim, with data.
func (d Data) sampler() func(dst []float32, r *rand.Rand) {
	switch d.Kind {
	case digitsKind:
		pixels, _ := images()
		return rows(pixels, digits.Pixels)
	case pointsKind:
		draw := rows(d.Points, 2)
		if d.Spread == 0 {
			return draw
		}
		return func(dst []float32, r *rand.Rand) {
			noise := make([]float32, len(dst))
			draw(dst, r)
			f32.Normals(noise, r)
			f32.Axpy(float32(d.Spread), noise, dst)
		}
	case ringKind, gridKind:
		centres := make([]float32, 2*d.gaussians())
		for i := range d.gaussians() {
			x, y := d.centre(i)
			centres[2*i], centres[2*i+1] = float32(x), float32(y)
		}
		return d.about(func(r *rand.Rand) (x, y float32) {
			i := r.IntN(len(centres) / 2)
			return centres[2*i], centres[2*i+1]
		})
	}
	return d.about(func(r *rand.Rand) (x, y float32) {
		a, b := d.curve(r.Float64())
		return float32(a), float32(b)
	})
}

// rows draws rows of a table with replacement.
func rows(table []float32, width int) func(dst []float32, r *rand.Rand) {
	return func(dst []float32, r *rand.Rand) {
		for at := 0; at < len(dst); at += width {
			i := r.IntN(len(table) / width)
			copy(dst[at:at+width], table[i*width:])
		}
	}
}

// about adds the data's noise to the points that at draws.
func (d Data) about(at func(r *rand.Rand) (x, y float32)) func(dst []float32, r *rand.Rand) {
	s := float32(d.Spread)
	return func(dst []float32, r *rand.Rand) {
		f32.Normals(dst, r)
		for i := 0; i < len(dst); i += 2 {
			x, y := at(r)
			dst[i], dst[i+1] = x+s*dst[i], y+s*dst[i+1]
		}
	}
}

// window returns x from, x to, y from, y to of the square that is drawn: the data with a fifth of their extent around them.
func (d Data) window() [4]float32 {
	lo, hi := bounds(d.anchors().at)
	half := max(hi[0]-lo[0], hi[1]-lo[1])/2 + 3*d.Spread
	if half == 0 {
		half = 1 // one point
	}
	half *= 1.4
	x, y := (lo[0]+hi[0])/2, (lo[1]+hi[1])/2
	return [4]float32{float32(x - half), float32(x + half), float32(y - half), float32(y + half)}
}

// bounds returns the least and the greatest x and y of points, n x 2.
func bounds(points []float32) (lo, hi [2]float64) {
	lo, hi = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, v := range points {
		lo[i%2], hi[i%2] = min(lo[i%2], float64(v)), max(hi[i%2], float64(v))
	}
	return lo, hi
}
