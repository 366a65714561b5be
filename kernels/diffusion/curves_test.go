package diffusion

import (
	"strings"
	"testing"
)

func TestCurves(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	tr := s.Curves(100, Trailing(), Cosine(), Beta(0.1, 0.1))
	if tr.Err() != nil || tr.Len() != 100 {
		t.Fatalf("%v: %d frames", tr.Err(), tr.Len())
	}
	first, last := tr.At(0), tr.At(99)
	for name, want := range map[string]float64{"trailing t": 999, "cosine t": 999, "beta(0.1, 0.1) t": 999, "cosine tau": 0} {
		if v, ok := first.Scalar(name); !ok || v != want {
			t.Errorf("%s begins at %v, want %v", name, v, want)
		}
	}
	for name, want := range map[string]float64{"trailing t": 9, "cosine t": 0, "beta(0.1, 0.1) t": 0, "cosine tau": 1} {
		if v, ok := last.Scalar(name); !ok || v != want {
			t.Errorf("%s ends at %v, want %v", name, v, want)
		}
	}
	if v := last.Field("log-snr").Data[500]; v != float32(s.LogSNR(500)) || len(last.LabelsOf("t")) != 1000 {
		t.Errorf("log-SNR at 500 is %v", v)
	}
	if err := mustScheduler(t, Schedule{T: MaxT, Betas: SquaredCosine}).Curves(MaxT).Err(); err == nil || !strings.Contains(err.Error(), "fewer steps") {
		t.Errorf("curves without end: %v", err)
	}
	if s.Curves(0).Err() == nil || s.Curves(5, Spacing{Kind: "odd"}).Err() == nil || s.Curves(1001).Err() == nil {
		t.Error("impossible steps are drawn")
	}
}

// The error falls with what is known, for each interpolation, and the track is the same twice: the clock is not in it.
func TestInterpolations(t *testing.T) {
	s := mustScheduler(t, Schedule{})
	tr := s.Interpolations()
	if tr.Err() != nil || tr.Len() != 6 || tr.Hash() != s.Interpolations().Hash() {
		t.Fatalf("%v: %d frames", tr.Err(), tr.Len())
	}
	for _, name := range []string{"linear", "cubic", "beta"} {
		before := 1e9
		for _, f := range tr.Frames() {
			v, ok := f.Scalar(name + " error")
			if !ok || v >= before || len(f.Field(name).Data) != 1000 {
				t.Errorf("%s: error %v after %v with %v known", name, v, before, f.Time)
			}
			before = v
		}
	}
	for T, want := range map[int]int{2: 1, 5: 2, 50: 6} { // no more are known than there are
		tr := mustScheduler(t, Schedule{T: T}).Interpolations()
		if tr.Err() != nil || tr.Len() != want || tr.At(want-1).Time != float64(T) {
			t.Errorf("T = %d: %v, %d frames", T, tr.Err(), tr.Len())
		}
	}
	if s.Interpolations(1).Err() == nil {
		t.Error("one known index is enough")
	}
}
