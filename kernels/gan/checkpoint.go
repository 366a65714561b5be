package gan

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/kernels/autodiff"
)

// A checkpoint is, little endian: the number of rounds, how many numbers follow, these as float64 (those of trainer.numbers, then the alarm's), and what
// autodiff.Save writes of the parameters, the gradients of the step before, the random source and both optimisers.

// save returns all from which the game continues to the bit.
func (t *trainer) save() ([]byte, error) {
	numbers := t.numbers()
	alarm := t.alarm.save()
	b := binary.LittleEndian.AppendUint64(nil, uint64(t.round))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(numbers)+len(alarm)))
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*v))
	}
	for _, v := range alarm {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	file, err := autodiff.Save(t.params(), t.pcg, t.g.opt, t.d.opt)
	return append(b, file...), err
}

// restore puts the game where it was at save. The trainer was made for networks and optimisers of the same kind.
func (t *trainer) restore(b []byte) error {
	numbers := t.numbers()
	if len(b) < 16 {
		return fmt.Errorf("gan: a checkpoint of %d bytes is damaged", len(b))
	}
	round, n := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	b = b[16:]
	if round > maxSteps || n < uint64(len(numbers)) || n > uint64(len(b)/8) {
		return fmt.Errorf("gan: the checkpoint is damaged, or of other networks: it is of round %d and has %d numbers", round, n)
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	if err := autodiff.Load(b[8*n:], t.params(), t.pcg, t.g.opt, t.d.opt); err != nil {
		return err
	}
	if err := t.alarm.restore(values[len(numbers):]); err != nil {
		return err
	}
	for i, v := range numbers {
		*v = values[i]
	}
	t.round = int(round)
	return nil
}
