package gan

import "github.com/xainb/gonb-xai/kernels/autodiff"

// lossD is what D descends, of its logits for data and for samples, n x 1 each, without the penalty.
func lossD[T autodiff.Float](loss Loss, real, fake autodiff.Tensor[T]) autodiff.Tensor[T] {
	if loss == Wasserstein {
		return fake.Mean().Sub(real.Mean())
	}
	return real.Neg().Softplus().Mean().Add(fake.Softplus().Mean())
}

// lossG is what G descends, of D's logits for its samples, n x 1.
func lossG[T autodiff.Float](loss Loss, fake autodiff.Tensor[T]) autodiff.Tensor[T] {
	switch loss {
	case Wasserstein:
		return fake.Mean().Neg()
	case Minimax:
		return fake.Softplus().Mean().Neg()
	}
	return fake.Neg().Softplus().Mean()
}

// gradientPenalty is weight E (|dl/dx| - 1)² at the points mix x + (1-mix) G(z), mix being n x 1: what keeps a critic's slope near 1. (Gulrajani et al. 2017,
// equation 3, https://arxiv.org/abs/1704.00028.)
func gradientPenalty[T autodiff.Float](t *autodiff.Tape[T], net *autodiff.MLP[T], real, fake, mix autodiff.Tensor[T], weight float64) autodiff.Tensor[T] {
	at := mix.Mul(real.Sub(fake)).Add(fake).Detach()
	slope := t.Grad(net.Forward(t, at).Sum(), at)[0]
	return slope.Norm(1).Affine(1, -1).Square().Mean().Scale(T(weight))
}
