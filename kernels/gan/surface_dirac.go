package gan

import "math"

// dirac returns the values of the Dirac-GAN, whose G puts all mass on θ and whose D is the logit ψ x, while all data are 0: exactly, without a
// batch. Its only equilibrium is (0, 0). (Mescheder, Geiger and Nowozin 2018, definition 2.1, https://arxiv.org/abs/1801.04406; their ψ is ours
// with the sign changed.)
func (loss Loss) dirac(theta, psi float64) values {
	l := psi * theta
	f := func(x float64) float32 { return float32(softplus(x)) }
	return loss.values(terms{f(0), f(0), 0}, terms{f(l), f(-l), float32(l)})
}

// diracGradients are the derivatives of G's own loss by θ and of D's own by ψ.
func (loss Loss) diracGradients(theta, psi float64) (g, d float32) {
	sigmoid := 1 / (1 + math.Exp(-psi*theta))
	slope := map[Loss]float64{NonSaturating: sigmoid - 1, Minimax: -sigmoid, Wasserstein: -1}[loss] // of G's loss by the logit
	if loss == Wasserstein {
		return float32(slope * psi), float32(theta)
	}
	return float32(slope * psi), float32(sigmoid * theta)
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// diracOver is over for the Dirac-GAN.
func (g *game) diracOver(theta []float32, directions [2][]float32, as, bs []float32) surface {
	out := newSurface(len(as) * len(bs))
	at := func(k int, a, b float32) float64 {
		return float64(theta[k]) + float64(a)*float64(directions[0][k]) + float64(b)*float64(directions[1][k])
	}
	for j, b := range bs {
		for i, a := range as {
			v := g.loss.dirac(at(0, a, b), at(1, a, b))
			out.set(j*len(as)+i, v)
		}
	}
	return out
}
