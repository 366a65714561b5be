package autodiff

import (
	"fmt"
	"math"
)

// Adam is the optimiser of Kingma and Ba 2015; with Decay, AdamW (Loshchilov and Hutter 2019). The zero value is ready.
type Adam[T Float] struct {
	Rate         float64                       // 0 means 1e-3
	Beta1, Beta2 float64                       // 0 means 0.9 and 0.999
	Eps          float64                       // 0 means 1e-8
	Decay        float64                       // of the parameters themselves, times the rate; 0 for none
	Schedule     func(step int) float64        // what the rate is multiplied by at a step, from 0; nil for 1
	state        map[*Param[T]]*adamMoments[T] // of each parameter it has met
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

// rate is the learning rate of the step to come.
func rate(base float64, schedule func(int) float64, step int) float64 {
	if schedule != nil {
		base *= schedule(step)
	}
	return base
}

// Step moves each parameter against its gradient.
func (a *Adam[T]) Step(params []*Param[T]) {
	if a.state == nil {
		a.state = map[*Param[T]]*adamMoments[T]{}
	}
	lr := rate(or(a.Rate, 1e-3), a.Schedule, a.step)
	a.step++
	t := float64(a.step - a.restarted)
	b1, b2 := or(a.Beta1, 0.9), or(a.Beta2, 0.999)
	step, root := lr/(1-math.Pow(b1, t)), 1/math.Sqrt(1-math.Pow(b2, t))
	b := backendOf[T]()
	for _, p := range params {
		if p.Frozen {
			continue
		}
		s := a.moments(p)
		if a.Decay != 0 {
			b.linear(p.Value, T(1-lr*a.Decay), p.Value, 0)
		}
		b.adam(p.Value, p.Grad, s.m, s.v, T(b1), T(b2), T(step), T(root), T(or(a.Eps, 1e-8)))
	}
}

// moments returns p's, zeros when it is new.
func (a *Adam[T]) moments(p *Param[T]) *adamMoments[T] {
	s := a.state[p]
	if s == nil {
		s = &adamMoments[T]{make([]T, len(p.Value)), make([]T, len(p.Value))}
		a.state[p] = s
	}
	return s
}

// Restart forgets the moments, and the correction of their bias begins anew; the schedule goes on.
func (a *Adam[T]) Restart() {
	clear(a.state)
	a.restarted = a.step
}

// SGD is gradient descent, with momentum if asked for.
type SGD[T Float] struct {
	Rate     float64                // 0 means 1e-2
	Momentum float64                // of the velocity, v = momentum v + gradient
	Schedule func(step int) float64 // what the rate is multiplied by at a step, from 0; nil for 1
	velocity map[*Param[T]][]T
	step     int
}

// Step moves each parameter against its gradient.
func (s *SGD[T]) Step(params []*Param[T]) {
	lr := rate(or(s.Rate, 1e-2), s.Schedule, s.step)
	s.step++
	b := backendOf[T]()
	for _, p := range params {
		if p.Frozen {
			continue
		}
		move := p.Grad
		if s.Momentum != 0 {
			v := s.moved(p)
			b.linear(v, T(s.Momentum), v, 0)
			b.add(v, v, p.Grad)
			move = v
		}
		axpy(b, T(-lr), move, p.Value)
	}
}

// moved returns p's velocity, zeros when it is new.
func (s *SGD[T]) moved(p *Param[T]) []T {
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

// axpy adds alpha x to y, piece by piece through a buffer that stays on the stack.
func axpy[T Float](b *backend[T], alpha T, x, y []T) {
	for i, v := range x {
		y[i] += alpha * v
	}
}

// Warmup rises from 0 to 1 over the first steps and stays.
func Warmup(steps int) func(int) float64 {
	return func(step int) float64 { return min(1, float64(step+1)/float64(max(steps, 1))) }
}

// Cosine falls from 1 to 0 over the steps as half a cosine. (Loshchilov and Hutter 2017.)
func Cosine(steps int) func(int) float64 {
	return func(step int) float64 {
		return (1 + math.Cos(math.Pi*min(1, float64(step)/float64(max(steps, 1))))) / 2
	}
}

// ClipNorm scales the gradients so that their common Euclidean norm is at most limit, and returns what it was. A norm that is not finite is an
// error, and nothing is scaled. (Pascanu et al. 2013.)
func ClipNorm[T Float](params []*Param[T], limit float64) (float64, error) {
	b := backendOf[T]()
	total := 0.0
	for _, p := range params {
		if !p.Frozen {
			total += float64(b.dot(p.Grad, p.Grad))
		}
	}
	norm := math.Sqrt(total)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("autodiff: ClipNorm: the gradients' norm is %v", norm)
	}
	if norm > limit {
		for _, p := range params {
			if !p.Frozen {
				b.linear(p.Grad, T(limit/norm), p.Grad, 0)
			}
		}
	}
	return norm, nil
}
