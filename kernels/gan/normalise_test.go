package gan

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestNormalise against testdata/normalise.json, made by normalise.py from the closed form of the range; JavaScript is held to the same file.
func TestNormalise(t *testing.T) {
	data, err := os.ReadFile("testdata/normalise.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Decay, Slope float64
		Cases        []struct {
			Name      string
			Magnitude []*float64
			Factor    []float64
		}
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if vectors.Decay != normaliseDecay || vectors.Slope != normaliseSlope || len(vectors.Cases) < 5 {
		t.Fatalf("the vectors are of other constants: %v, %v", vectors.Decay, vectors.Slope)
	}
	for _, c := range vectors.Cases {
		for _, unusable := range []float64{math.NaN(), math.Inf(1)} {
			m := make([]float64, len(c.Magnitude))
			for i, v := range c.Magnitude {
				m[i] = unusable
				if v != nil {
					m[i] = *v
				}
			}
			for i, got := range Normalise(m) {
				if want := c.Factor[i]; !(math.Abs(got-want) <= 1e-12*want) {
					t.Errorf("%s, frame %d: %v, want %v", c.Name, i, got, want)
				}
			}
		}
	}
}

// TestNormaliseShows what it is for: around an exploding frame others stay visible, and after the norm has vanished arrows come back.
func TestNormaliseShows(t *testing.T) {
	m := make([]float64, 40)
	for i := range m {
		m[i] = 1
		if i == 10 {
			m[i] = 1e6
		}
		if i >= 25 {
			m[i] = 1e-4
		}
	}
	for i, f := range Normalise(m) {
		length := f * m[i]
		switch {
		case length <= 0 || length >= 1:
			t.Errorf("frame %d: length %v", i, length)
		case i == 10 && length < 0.99:
			t.Errorf("the exploding frame is %v long", length)
		case i != 10 && (i < 25 || i > 33) && length < 0.15:
			t.Errorf("frame %d is %v long", i, length)
		case i == 25 && length > 0.02:
			t.Errorf("the frame in which it vanishes is %v long", length)
		}
	}
}
