package diffusion

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/xainb/gonb-xai/xainb"
)

// Curves shows where spacings put their n steps on the curves of a schedule, with a frame for each step, whose number from 0 is the Time, "step". Its
// fields are the same in every frame, over all t, with labels: "alpha-bar" [t], "log-snr" [t] and "beta" [t]. For each spacing, by default [Trailing], [Even] and [Cosine], it has
// the scalars "trailing t", "trailing tau" and "trailing log-snr". Where a spacing has fewer steps than the others it stays at its last.
func (s *NoiseScheduler) Curves(n int, spacings ...Spacing) *xainb.Track {
	prov := xainb.Provenance{Name: fmt.Sprintf("%d steps of the schedule %s", n, s.cfg.Betas)}
	if len(spacings) == 0 {
		spacings = []Spacing{Trailing(), Even(), Cosine()}
	}
	if err := s.checkCurves(3 * n); err != nil {
		return xainb.NewTrack(nil, prov, err)
	}
	all, longest := make([][]int, len(spacings)), 0
	for k, p := range spacings {
		ts, err := s.Timesteps(n, p)
		if err != nil {
			return xainb.NewTrack(nil, prov, err)
		}
		all[k], longest = ts, max(longest, len(ts))
	}
	abar, snr, beta, labels := make([]float32, s.T()), make([]float32, s.T()), make([]float32, s.T()), make([]string, s.T())
	for t := range abar {
		abar[t], snr[t], beta[t], labels[t] = float32(s.abar[t]), float32(s.LogSNR(t)), float32(s.beta[t]), strconv.Itoa(t)
	}
	frames := make([]xainb.Snapshot, longest)
	for i := range frames {
		f := &frames[i]
		f.Seq, f.Time, f.Kind = i, float64(i), KindSchedule
		dim := xainb.Dim{Name: "t", Size: s.T()}
		f.Put("alpha-bar", abar, dim)
		f.Put("log-snr", snr, dim)
		f.Put("beta", beta, dim)
		f.PutLabels("t", labels)
		for k, p := range spacings {
			t := all[k][min(i, len(all[k])-1)]
			f.PutScalar(p.String()+" t", float64(t))
			f.PutScalar(p.String()+" tau", s.Tau(float64(t)))
			f.PutScalar(p.String()+" log-snr", s.LogSNR(t))
		}
	}
	return xainb.NewTrack(frames, prov, nil)
}

// Interpolations shows what the three interpolations make of ever more known indices, as [NoiseScheduler.CompareInterpolations] does for one number of them: a frame for each
// number, which is the Time, "known indices"; by default 3, 5, 9, 17, 33 and 65, as far as there are so many. Its fields are "log-snr" [t], the truth, and "linear", "cubic" and "beta"
// [t]; its scalars "linear error" and so on the root of the mean squared error in log-SNR.
func (s *NoiseScheduler) Interpolations(known ...int) *xainb.Track {
	prov := xainb.Provenance{Name: "interpolations of the schedule " + string(s.cfg.Betas)}
	if len(known) == 0 {
		for _, n := range []int{3, 5, 9, 17, 33, 65} {
			known = append(known, min(n, s.T()))
		}
		known = slices.Compact(known)
	}
	if err := s.checkCurves(4 * len(known)); err != nil {
		return xainb.NewTrack(nil, prov, err)
	}
	truth := make([]float32, s.T())
	for t := range truth {
		truth[t] = float32(s.LogSNR(t))
	}
	frames := make([]xainb.Snapshot, len(known))
	for i, n := range known {
		all, err := s.CompareInterpolations(n)
		if err != nil {
			return xainb.NewTrack(nil, prov, err)
		}
		f, dim := &frames[i], xainb.Dim{Name: "t", Size: s.T()}
		f.Seq, f.Time, f.TimeName, f.Kind = i, float64(n), "known indices", KindSchedule
		f.Put("log-snr", truth, dim)
		for _, c := range all {
			curve := make([]float32, len(c.LogSNR))
			for t, v := range c.LogSNR {
				curve[t] = float32(v)
			}
			f.Put(c.Kind, curve, dim)
			f.PutScalar(c.Kind+" error", c.RMS)
		}
	}
	return xainb.NewTrack(frames, prov, nil)
}

// mostCurves bounds the numbers of a track of curves.
const mostCurves = 1 << 26

func (s *NoiseScheduler) checkCurves(n int) error {
	if n > mostCurves/s.T() {
		return fmt.Errorf("diffusion: %d curves over T = %d indices: give fewer steps, as no more than %d numbers are drawn", n, s.T(), mostCurves)
	}
	return nil
}
