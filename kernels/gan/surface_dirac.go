package gan

// The Dirac-GAN's surface is over its two parameters themselves, exactly and without a batch: the same in all frames, as there is nothing off the plane.

func (d *Dirac) values(theta, psi float64) values {
	g, dis := d.Losses(theta, psi)
	return values{V: float32(d.Value(theta, psi)), G: float32(g), D: float32(dis)}
}

// over is what [game.over] is for two networks.
func (d *Dirac) over(theta []float32, directions [2][]float32, as, bs []float32) surface {
	out := newSurface(len(as) * len(bs))
	at := func(k int, a, b float32) float64 {
		return float64(theta[k]) + float64(a)*float64(directions[0][k]) + float64(b)*float64(directions[1][k])
	}
	for j, b := range bs {
		for i, a := range as {
			out.set(j*len(as)+i, d.values(at(0, a, b), at(1, a, b)))
		}
	}
	return out
}
