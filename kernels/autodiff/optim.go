package autodiff

import (
	"fmt"
	"math"
)

// Adam is the optimiser of Kingma and Ba 2015; with Decay, AdamW (Loshchilov and Hutter 2019). The zero value is ready.
//
// With the gradient g, at the t-th step, m and v being zero before the first:
//
//	m = Beta1 m + (1-Beta1) g
//	v = Beta2 v + (1-Beta2) g²
//	p = (1 - Rate Decay) p - Rate m/(1-Beta1^t) / (sqrt(v/(1-Beta2^t)) + Eps)
type Adam[T Float] struct {
	Rate         float64                       // 0 means 1e-3
	Beta1, Beta2 float64                       // 0 means 0.9 and 0.999; negative means 0: no memory
	Eps          float64                       // 0 means 1e-8
	Decay        float64                       // of the parameters themselves, times the rate; 0 for none
	Schedule     func(step int) float64        // what the rate is multiplied by at a step, from 0; nil for 1
	moments      map[*Param[T]]*adamMoments[T] // of each parameter it has met
	restarted    int                           // the step at which the correction of the bias began anew
	step         int
}

// adamMoments are the running means of a parameter's gradient and of its square.
type adamMoments[T Float] struct{ m, v []T }

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

// movable returns an error unless every parameter can be moved by a step that keeps state of the given length for it, 0 for none.
func movable[T Float](params []*Param[T], kept func(p *Param[T]) int) error {
	for _, p := range params {
		if err := p.check(); err != nil {
			return err
		}
		if n := kept(p); n != 0 && n != len(p.Value) {
			return fmt.Errorf("autodiff: parameter %s: %d values, %d at the step before", p.Name, len(p.Value), n)
		}
	}
	return nil
}

// Step moves each parameter against its gradient, one that is there twice once. After an error nothing has moved: a parameter is nil or its
// sizes do not fit, an option or the schedule's factor is negative or not finite.
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
	t := float64(a.step - a.restarted)
	step, root := lr/(1-math.Pow(b1, t)), 1/math.Sqrt(1-math.Pow(b2, t))
	b := backendOf[T]()
	for _, p := range params {
		if !p.first() {
			continue
		}
		s := a.met(p)
		if decay != 0 {
			b.linear(p.Value, T(1-lr*decay), p.Value, 0)
		}
		b.adam(p.Value, p.Grad, s.m, s.v, T(b1), T(b2), T(step), T(root), T(eps))
	}
	unmark(params)
	return nil
}

// first reports whether p is to be moved: it is not frozen, and has not been met since unmark.
func (p *Param[T]) first() bool {
	if p.Frozen || p.mark {
		return false
	}
	p.mark = true
	return true
}

func unmark[T Float](params []*Param[T]) {
	for _, p := range params {
		if !p.Frozen {
			p.mark = false
		}
	}
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
		s = &adamMoments[T]{make([]T, len(p.Value)), make([]T, len(p.Value))}
		a.moments[p] = s
	}
	return s
}

// Restart sets the moments to zero, and the correction of their bias begins anew; the schedule goes on.
func (a *Adam[T]) Restart() {
	for _, s := range a.moments {
		clear(s.m)
		clear(s.v)
	}
	a.restarted = a.step
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
	for _, p := range params {
		if !p.first() {
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
	}
	unmark(params)
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

// Warmup rises in a line over the first steps, 1/steps at step 0, and stays at 1.
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
	total := 0.0
	for _, p := range params {
		if !p.first() {
			continue
		}
		square := float64(b.dot(p.Grad, p.Grad))
		if math.IsInf(square, 0) { // of T: a gradient that explodes is when this function is needed
			square = 0
			for _, g := range p.Grad {
				square += float64(g) * float64(g)
			}
		}
		total += square
	}
	unmark(params)
	norm := math.Sqrt(total)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("autodiff: ClipNorm: the gradients' norm is %v", norm)
	}
	if norm > limit {
		for _, p := range params {
			if p.first() {
				b.linear(p.Grad, T(limit/norm), p.Grad, 0)
			}
		}
		unmark(params)
	}
	return norm, nil
}
