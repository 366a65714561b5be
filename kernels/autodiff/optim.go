package autodiff

import (
	"fmt"
	"math"
	"slices"
)

// Adam is the optimiser of Kingma and Ba 2015; with Decay, AdamW (Loshchilov and Hutter 2019). The zero value is ready. Like all
// optimisers it is for one goroutine at a time.
//
// With the gradient g, at the parameter's t-th step, m and v being zero before the first:
//
//	m = Beta1 m + (1-Beta1) g
//	v = Beta2 v + (1-Beta2) g²
//	p = (1 - Rate Decay) p - Rate m/(1-Beta1^t) / (sqrt(v/(1-Beta2^t)) + Eps)
type Adam[T Float] struct {
	Rate         float64                       // 0 means 1e-3
	Beta1, Beta2 float64                       // 0 means 0.9 and 0.999; -1 means 0, no memory, which is WGAN-GP's Beta1
	Eps          float64                       // 0 means 1e-8
	Decay        float64                       // of the parameters themselves, times the rate; 0 for none
	Schedule     func(step int) float64        // what the rate is multiplied by at a step, from 0; nil for 1
	moments      map[*Param[T]]*adamMoments[T] // of each parameter it has met
	step         int
}

// adamMoments are the running means of a parameter's gradient and of its square, over so many steps.
type adamMoments[T Float] struct {
	m, v  []T
	steps int
}

// or returns v, or what its zero means.
func or(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}

// option returns v, or what its zero means; an error unless it is from 0 to below limit.
func option(optimiser, name string, v, otherwise, limit float64) (float64, error) {
	if v = or(v, otherwise); !(v >= 0 && v < limit) {
		return 0, fmt.Errorf("autodiff: %s: %s is %v", optimiser, name, v)
	}
	return v, nil
}

// rate is the learning rate of the step to come.
func rate(optimiser string, v, otherwise float64, schedule func(int) float64, step int) (float64, error) {
	v, err := option(optimiser, "Rate", v, otherwise, math.Inf(1))
	if err == nil && schedule != nil {
		factor := schedule(step)
		if v *= factor; !(v >= 0 && v < math.Inf(1)) {
			err = fmt.Errorf("autodiff: %s: Schedule gives %v at step %d", optimiser, factor, step)
		}
	}
	return v, err
}

// movable returns an error unless every parameter can be moved by a step that keeps state of the given length for it, 0 for none, and its
// gradient is finite: one that is not would be in the state for ever.
func movable[T Float](params []*Param[T], kept func(p *Param[T]) int) error {
	for _, p := range params {
		if err := p.check(); err != nil {
			return err
		}
		if i, v := notFinite(backendOf[T](), p.Grad); i >= 0 && !p.Frozen {
			return fmt.Errorf("autodiff: parameter %s: the gradient is %v at element %d: leave the step out", p.Name, v, i)
		}
		if n := kept(p); n != 0 && n != len(p.Value) {
			return fmt.Errorf("autodiff: parameter %s: %d values, %d at the step before", p.Name, len(p.Value), n)
		}
	}
	return nil
}

// Step moves each parameter against its gradient, one that is there twice once. After an error nothing has moved: a parameter is nil or its
// sizes do not fit, a gradient, an option or the schedule's factor is not finite, or one of the latter negative.
func (a *Adam[T]) Step(params []*Param[T]) error {
	if a == nil {
		return fmt.Errorf("autodiff: Adam: the optimiser is nil")
	}
	lr, err := rate("Adam", a.Rate, 1e-3, a.Schedule, a.step)
	if err != nil {
		return err
	}
	// rounded to T first: the correction of the bias is then that of the moments as they are
	b1, err := option("Adam", "Beta1", float64(T(max(or(a.Beta1, 0.9), 0))), 0, 1)
	if err != nil {
		return err
	}
	b2, err := option("Adam", "Beta2", float64(T(max(or(a.Beta2, 0.999), 0))), 0, 1)
	if err != nil {
		return err
	}
	eps, err := option("Adam", "Eps", a.Eps, 1e-8, math.Inf(1))
	if err != nil {
		return err
	}
	decay, err := option("Adam", "Decay", a.Decay, 0, math.Inf(1))
	if err != nil {
		return err
	}
	if err := movable(params, a.kept); err != nil {
		return err
	}
	a.step++
	b := backendOf[T]()
	for i, p := range params {
		if !moves(params, i) {
			continue
		}
		s := a.met(p)
		s.steps++
		t := float64(s.steps)
		step, root := lr/(1-math.Pow(b1, t)), 1/math.Sqrt(1-math.Pow(b2, t))
		if decay != 0 {
			b.linear(p.Value, T(1-lr*decay), p.Value, 0)
		}
		b.adam(p.Value, p.Grad, s.m, s.v, T(b1), T(b2), T(step), T(root), T(eps))
		p.version++
	}
	return nil
}

// moves reports whether the i-th parameter is to be moved: it is not frozen, and not there before. Lists are short enough to be searched.
func moves[T Float](params []*Param[T], i int) bool {
	return !params[i].Frozen && !slices.Contains(params[:i], params[i])
}

// kept is how many moments there are of p.
func (a *Adam[T]) kept(p *Param[T]) int {
	if s := a.moments[p]; s != nil {
		return len(s.m)
	}
	return 0
}

// met returns p's moments, zeros when it is new.
func (a *Adam[T]) met(p *Param[T]) *adamMoments[T] {
	s := a.moments[p]
	if s == nil {
		if a.moments == nil {
			a.moments = map[*Param[T]]*adamMoments[T]{}
		}
		s = &adamMoments[T]{m: make([]T, len(p.Value)), v: make([]T, len(p.Value))}
		a.moments[p] = s
	}
	return s
}

// Restart sets the moments to zero, and the correction of their bias begins anew; the schedule goes on.
func (a *Adam[T]) Restart() {
	for _, s := range a.moments {
		clear(s.m)
		clear(s.v)
		s.steps = 0
	}
}

// SGD is gradient descent, with momentum if asked for: p = p - Rate v, v = Momentum v + gradient, v being zero before the first step. The zero
// value is ready.
type SGD[T Float] struct {
	Rate     float64                // 0 means 1e-2
	Momentum float64                // below 1; 0 for none
	Schedule func(step int) float64 // what the rate is multiplied by at a step, from 0; nil for 1
	velocity map[*Param[T]][]T
	step     int
}

// Step moves each parameter against its gradient, one that is there twice once. After an error nothing has moved, as with Adam.
func (s *SGD[T]) Step(params []*Param[T]) error {
	if s == nil {
		return fmt.Errorf("autodiff: SGD: the optimiser is nil")
	}
	lr, err := rate("SGD", s.Rate, 1e-2, s.Schedule, s.step)
	if err != nil {
		return err
	}
	momentum, err := option("SGD", "Momentum", s.Momentum, 0, 1)
	if err != nil {
		return err
	}
	if err := movable(params, s.kept); err != nil {
		return err
	}
	s.step++
	b := backendOf[T]()
	for i, p := range params {
		if !moves(params, i) {
			continue
		}
		move := p.Grad
		if momentum != 0 {
			move = s.met(p)
			b.linear(move, T(momentum), move, 0)
			b.add(move, move, p.Grad)
		}
		for i, v := range move {
			p.Value[i] -= T(lr) * v
		}
		p.version++
	}
	return nil
}

// kept is how long p's velocity is.
func (s *SGD[T]) kept(p *Param[T]) int { return len(s.velocity[p]) }

// met returns p's velocity, zeros when it is new.
func (s *SGD[T]) met(p *Param[T]) []T {
	v := s.velocity[p]
	if v == nil {
		if s.velocity == nil {
			s.velocity = map[*Param[T]][]T{}
		}
		v = make([]T, len(p.Value))
		s.velocity[p] = v
	}
	return v
}

// Warmup rises in a line over the first steps, 1/steps at step 0, and stays at 1. Schedules are multiplied by what calls both:
//
//	up, down := autodiff.Warmup(100), autodiff.Cosine(10000)
//	adam.Schedule = func(step int) float64 { return up(step) * down(step) }
func Warmup(steps int) func(int) float64 {
	return func(step int) float64 { return min(1, float64(step+1)/float64(max(steps, 1))) }
}

// Cosine falls from 1 to 0 over the steps as half a cosine, (1 + cos(π step/steps))/2, and stays at 0. (Loshchilov and Hutter 2017.)
func Cosine(steps int) func(int) float64 {
	return func(step int) float64 {
		return (1 + math.Cos(math.Pi*min(1, float64(step)/float64(max(steps, 1))))) / 2
	}
}

// ClipNorm scales the gradients so that their common Euclidean norm is at most limit, and returns what it was; an infinite limit only asks. A norm
// that is not finite is an error, as are a limit below 0 and a nil parameter, and nothing is scaled. (Pascanu et al. 2013.)
func ClipNorm[T Float](params []*Param[T], limit float64) (float64, error) {
	if !(limit >= 0) {
		return 0, fmt.Errorf("autodiff: ClipNorm: the limit is %v", limit)
	}
	for _, p := range params {
		if p == nil {
			return 0, fmt.Errorf("autodiff: ClipNorm: a parameter is nil")
		}
	}
	b := backendOf[T]()
	norm := 0.0
	for i, p := range params {
		if moves(params, i) {
			norm = math.Hypot(norm, normOf(b, p.Grad)) // which does not overflow
		}
	}
	if !finite(norm) {
		return norm, fmt.Errorf("autodiff: ClipNorm: the gradients' norm is %v", norm)
	}
	if norm > limit {
		for i, p := range params {
			if moves(params, i) {
				b.linear(p.Grad, T(limit/norm), p.Grad, 0)
			}
		}
	}
	return norm, nil
}

// normOf is the Euclidean norm, also where its square is beyond T: a gradient that explodes is when ClipNorm is needed.
func normOf[T Float](b *backend[T], x []T) float64 {
	square := float64(b.dot(x, x))
	if !math.IsInf(square, 0) {
		return math.Sqrt(square)
	}
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(float64(v)))
	}
	square = 0
	for _, v := range x {
		square += float64(v) / top * (float64(v) / top)
	}
	return top * math.Sqrt(square)
}

// EMA moves the values of average towards those of params: decay of the former and 1-decay of the latter, an exponential moving average. The two are
// the same network twice, parameter by parameter; with a decay of 0 the second becomes a copy. Frozen ones (BatchNorm's statistics) are copied.
// (The samples of a denoiser are those of its average: Ho et al. 2020, section 4.)
func EMA[T Float](average, params []*Param[T], decay float64) error {
	if !(decay >= 0 && decay <= 1) {
		return fmt.Errorf("autodiff: EMA: a decay of %v: it is from 0 to 1", decay)
	}
	if len(average) != len(params) {
		return fmt.Errorf("autodiff: EMA: %d parameters and %d of the average", len(params), len(average))
	}
	for i, p := range params {
		for _, p := range []*Param[T]{p, average[i]} {
			if err := p.check(); err != nil {
				return err
			}
		}
		if !slices.Equal(p.Shape, average[i].Shape) {
			return fmt.Errorf("autodiff: EMA: %s is %v, %s is %v", p.Name, p.Shape, average[i].Name, average[i].Shape)
		}
	}
	for i, p := range params {
		a := average[i]
		if p.Frozen {
			copy(a.Value, p.Value)
		} else {
			for j, v := range p.Value {
				a.Value[j] = T(decay)*a.Value[j] + T(1-decay)*v
			}
		}
		a.version++
	}
	return nil
}
