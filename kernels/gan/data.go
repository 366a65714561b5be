package gan

// Data is what the generator is to imitate: made by [Ring], [Grid], [Moons], [Spiral], [Digits] or [Points]. It is plain data, so that a run can be
// found again by it.
type Data struct {
	Kind   string    // "ring", "grid", "moons", "spiral", "digits", "points"
	Modes  int       // of a ring: how many Gaussians; of a grid: how many in a row
	Radius float64   // of a ring, and half the side of a grid
	Spread float64   // standard deviation of a mode, or of the noise about a curve
	Points []float32 // n x 2, of "points"
}
