package autodiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xainb/gonb-xai/kernels/safetensors"
)

// trainee is a small network with everything that has a state.
type trainee[T Float] struct {
	params []*Param[T]
	opt    Optimiser[T]
	source *rand.PCG
	step   func() error
}

func newTrainee[T Float](opt Optimiser[T]) *trainee[T] {
	m := &trainee[T]{opt: opt, source: rand.NewPCG(7, 7)}
	r := rand.New(m.source)
	hidden, norm, out := NewLinear[T]("hidden", 3, 8, r), NewBatchNorm[T]("norm", 8), NewLinear[T]("out", 8, 1, r)
	hidden.Bias.Frozen = true
	m.params = Params[T](hidden, norm, out)
	tape, x, y := New[T](), make([]T, 16*3), make([]T, 16)
	m.step = func() error {
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		for i := range y {
			y[i] = x[3*i] * x[3*i+1]
		}
		tape.Reset()
		loss := out.Forward(tape, norm.Forward(tape, hidden.Forward(tape, tape.Const(x, 16, 3))).Tanh()).MSE(tape.Const(y, 16, 1))
		if err := tape.Backward(loss, m.params...); err != nil {
			return err
		}
		return m.opt.Step(m.params)
	}
	return m
}

func (m *trainee[T]) run(t *testing.T, steps int) {
	t.Helper()
	for range steps {
		if err := m.step(); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *trainee[T]) save(t *testing.T) []byte {
	t.Helper()
	data, err := Save(m.params, m.source, m.opt)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Ten steps, Save, ten more; against Load and ten more, into what is new and into what has gone astray: the same bits of everything.
func testBranch[T Float](t *testing.T, optimiser func() Optimiser[T]) {
	a := newTrainee(optimiser())
	a.run(t, 10)
	if adam, ok := a.opt.(*Adam[T]); ok {
		adam.Restart()
		a.run(t, 2)
	}
	branch := a.save(t)
	if !bytes.Equal(branch, a.save(t)) {
		t.Fatal("two Saves differ")
	}
	a.run(t, 10)
	want := a.save(t)
	for _, astray := range []int{0, 5} {
		b := newTrainee(optimiser())
		b.run(t, astray)
		if err := Load(branch, b.params, b.source, b.opt); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.save(t), branch) {
			t.Fatal("what was loaded is not what was saved")
		}
		b.run(t, 10)
		if !bytes.Equal(b.save(t), want) {
			t.Errorf("another end than without Save and Load, after %d steps astray", astray)
		}
	}
}

func TestBranch(t *testing.T) {
	t.Run("Adam float32", func(t *testing.T) {
		testBranch(t, func() Optimiser[float32] { return &Adam[float32]{Schedule: Cosine(30)} })
	})
	t.Run("Adam float64", func(t *testing.T) {
		testBranch(t, func() Optimiser[float64] { return &Adam[float64]{Decay: 0.1} })
	})
	t.Run("SGD float32", func(t *testing.T) {
		testBranch(t, func() Optimiser[float32] { return &SGD[float32]{Momentum: 0.9, Schedule: Warmup(15)} })
	})
	t.Run("SGD float64", func(t *testing.T) {
		testBranch(t, func() Optimiser[float64] { return &SGD[float64]{} })
	})
}

// A parameter that was trained and then frozen keeps its moments through Save and Load; one that was never moved gets none.
func TestFrozenMoments(t *testing.T) {
	a := newTrainee[float64](&Adam[float64]{})
	a.run(t, 3)
	a.params[0].Frozen = true
	b := newTrainee[float64](&Adam[float64]{})
	b.params[1].Frozen = false
	b.run(t, 1) // hidden.bias has moments, which the file has not
	b.params[1].Frozen = true
	if err := Load(a.save(t), b.params, b.source, b.opt); err != nil {
		t.Fatal(err)
	}
	for _, m := range []*trainee[float64]{a, b} {
		m.params[0].Frozen, m.params[1].Frozen = false, false
		m.run(t, 3)
	}
	if !bytes.Equal(a.save(t), b.save(t)) {
		t.Error("they differ once nothing is frozen any more")
	}
}

// NaN with its payload, infinities, negative zero and subnormals come back bit by bit; a scalar and no values have their shapes.
func TestSaveKeepsBits(t *testing.T) {
	bits := []uint32{0x7fc00001, 0xff800000, 0x80000000, 1, 0x7f800001, 0x3f800000}
	p, scalar, none := NewParam[float32]("p", 2, 3), NewParam[float32]("<&>"), NewParam[float32]("none", 0, 3)
	for i, b := range bits {
		p.Value[i] = math.Float32frombits(b)
	}
	scalar.Value[0] = 4
	params := []*Param[float32]{p, scalar, none, p} // p once
	data, err := Save(params, nil)
	if err != nil {
		t.Fatal(err)
	}
	clear(p.Value)
	clear(scalar.Value)
	if err := Load(data, params, nil); err != nil {
		t.Fatal(err)
	}
	for i, b := range bits {
		if got := math.Float32bits(p.Value[i]); got != b {
			t.Errorf("%08x came back as %08x", b, got)
		}
	}
	if scalar.Value[0] != 4 {
		t.Errorf("the scalar is %v", scalar.Value)
	}
}

// rewrite returns a file with its tensors and metadata changed.
func rewrite(t *testing.T, data []byte, change func(tensors map[string]*safetensors.Tensor, meta map[string]string)) []byte {
	t.Helper()
	f, err := safetensors.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	tensors, meta := map[string]*safetensors.Tensor{}, f.Metadata()
	for _, name := range f.Names() {
		info, _ := f.Info(name)
		raw, err := f.Raw(name)
		if err != nil {
			t.Fatal(err)
		}
		tensors[name] = &safetensors.Tensor{Name: name, DType: info.DType, Shape: info.Shape, Raw: raw}
	}
	change(tensors, meta)
	var list []safetensors.Tensor
	for _, x := range tensors {
		list = append(list, *x)
	}
	var out bytes.Buffer
	if err := safetensors.Write(&out, list, meta); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// header is a file of a header's text and some bytes of data.
func header(text string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	return append(append(b, text...), make([]byte, data)...)
}

// The two optimisers of a GAN in one file: each has its own steps and moments, also of a parameter that both move.
func TestSaveOfTwoOptimisers(t *testing.T) {
	a, b := quartet(), quartet()
	a.Name, b.Name = "a", "b"
	both, one, two := []*Param[float64]{a, b}, &Adam[float64]{}, &Adam[float64]{Beta1: -1}
	step := func(opt *Adam[float64], i int, params ...*Param[float64]) {
		t.Helper()
		for _, p := range params {
			copy(p.Grad, gradientAt(i))
		}
		if err := opt.Step(params); err != nil {
			t.Fatal(err)
		}
	}
	save := func(one, two *Adam[float64]) []byte {
		t.Helper()
		data, err := Save(both, nil, one, two)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	step(one, 0, a)
	step(two, 1, a, b)
	step(two, 2, b)
	branch := save(one, two)
	rest := func(one, two *Adam[float64]) []byte {
		step(one, 3, a, b)
		step(two, 4, a, b)
		return save(one, two)
	}
	want := rest(one, two)
	one, two = &Adam[float64]{}, &Adam[float64]{Beta1: -1}
	if err := Load(branch, both, nil, one, two); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(rest(one, two), want) {
		t.Error("another end than without Save and Load")
	}
	if err := Load(want, both, nil, one, &SGD[float64]{}); err == nil || !strings.Contains(err.Error(), "1.sgd.step") {
		t.Errorf("an SGD in place of the second Adam: %v", err)
	}
}

// Each wrong file is an error that says what, and leaves parameters, moments, counters and the random source as they were.
func TestLoadLeavesAllAsItWas(t *testing.T) {
	m := newTrainee[float32](&Adam[float32]{})
	m.run(t, 4)
	good := m.save(t)
	m.run(t, 3)
	type tensors = map[string]*safetensors.Tensor
	with := func(change func(x tensors, meta map[string]string)) []byte { return rewrite(t, good, change) }
	wide := newTrainee[float64](&Adam[float64]{})
	wide.run(t, 1)
	sgd := newTrainee[float32](&SGD[float32]{Momentum: 0.9})
	sgd.run(t, 1)
	bare, err := Save(m.params, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "0 bytes", nil},
		{"no parameter", `"out.bias"`, with(func(x tensors, _ map[string]string) { delete(x, "out.bias") })},
		{"half the moments", `"0.adam.v/out.bias"`, with(func(x tensors, _ map[string]string) { delete(x, "0.adam.v/out.bias") })},
		{"another shape", "[8 3]", with(func(x tensors, _ map[string]string) { x["hidden.weight"].Shape = []int{8, 3} })},
		{"moments of another shape", "[24]", with(func(x tensors, _ map[string]string) { x["0.adam.m/hidden.weight"].Shape = []int{24} })},
		{"another type", "I32", with(func(x tensors, _ map[string]string) { x["norm.weight"].DType = "I32" })},
		{"float64", "F64", wide.save(t)},
		{"another optimiser", "adam.step", sgd.save(t)},
		{"no optimiser", "adam.step", bare},
		{"no source", "random", with(func(_ tensors, meta map[string]string) { delete(meta, "random") })},
		{"a source of other bytes", "random", with(func(_ tensors, meta map[string]string) { meta["random"] = "00ff" })},
		{"a source that is not hexadecimal", "random", with(func(_ tensors, meta map[string]string) { meta["random"] = "pcg" })},
		{"a negative count", `"-1"`, with(func(_ tensors, meta map[string]string) { meta["0.adam.step"] = "-1" })},
		{"a count beyond belief", "9223372036854775807", with(func(_ tensors, meta map[string]string) { meta["0.adam.step"] = "9223372036854775807" })},
		{"more steps of a parameter than of all", "at most 4", with(func(_ tensors, meta map[string]string) { meta["0.adam.step/out.bias"] = "5" })},
		{"no steps of a parameter", `0.adam.step/out.bias is ""`, with(func(_ tensors, meta map[string]string) { delete(meta, "0.adam.step/out.bias") })},
		{"an endless header", "header", append(binary.LittleEndian.AppendUint64(nil, 10<<30), '{')},
		{"a shape of 2^62", "hidden.weight", header(`{"hidden.weight":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}`, 8)},
		{"a negative shape", "hidden.weight", header(`{"hidden.weight":{"dtype":"F32","shape":[-3,-8],"data_offsets":[0,96]}}`, 96)},
		{"overlapping tensors", "inside the tensor before", header(`{"hidden.weight":{"dtype":"F32","shape":[3,8],"data_offsets":[0,96]},"hidden.bias":{"dtype":"F32","shape":[8],"data_offsets":[64,96]}}`, 96)},
		{"not JSON", "", header("{{{", 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := m.save(t)
			err := Load(c.data, m.params, m.source, m.opt)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, expected one with %q", err, c.want)
			}
			if !bytes.Equal(m.save(t), before) {
				t.Error("something has changed")
			}
		})
	}
	before := m.save(t)
	for n := range good {
		if n > 4096 && n%97 != 0 {
			continue
		}
		if err := Load(good[:n], m.params, m.source, m.opt); err == nil {
			t.Fatalf("the first %d of %d bytes are enough", n, len(good))
		}
	}
	if !bytes.Equal(m.save(t), before) {
		t.Error("something has changed")
	}
	if err := Load(good, m.params, m.source, m.opt); err != nil || !bytes.Equal(m.save(t), good) {
		t.Errorf("the file itself: %v", err)
	}
}

// Parameters that cannot be told apart or are put together wrongly, and an optimiser that is a nil pointer.
func TestCheckpointMistakes(t *testing.T) {
	p, twin, short, reserved := NewParam[float64]("p", 2), NewParam[float64]("p", 2), NewParam[float64]("short", 2), NewParam[float64]("__metadata__", 2)
	short.Grad = nil
	good, err := Save([]*Param[float64]{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		params     []*Param[float64]
		opts       []Optimiser[float64]
	}{
		{"one name", `"p"`, []*Param[float64]{p, twin}, nil},
		{"nil", "nil", []*Param[float64]{p, nil}, nil},
		{"no gradient", "short", []*Param[float64]{p, short}, nil},
		{"sizes", "-1", []*Param[float64]{p, NewParam[float64]("n", -1)}, nil},
		{"reserved", "__metadata__", []*Param[float64]{p, reserved}, nil},
		{"no Adam", "optimiser 0 is nil", []*Param[float64]{p}, []Optimiser[float64]{(*Adam[float64])(nil)}},
		{"no SGD", "optimiser 1 is nil", []*Param[float64]{p}, []Optimiser[float64]{&Adam[float64]{}, (*SGD[float64])(nil)}},
		{"no optimiser", "optimiser 0 is nil", []*Param[float64]{p}, []Optimiser[float64]{nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if data, err := Save(c.params, nil, c.opts...); err == nil || !strings.Contains(err.Error(), c.want) || data != nil {
				t.Errorf("Save: the error is %v, expected one with %q", err, c.want)
			}
			if err := Load(good, c.params, nil, c.opts...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Load: the error is %v, expected one with %q", err, c.want)
			}
		})
	}
	// a moment's name that a parameter has taken
	adam, taken := &Adam[float64]{}, NewParam[float64]("0.adam.m/p", 2)
	if err := adam.Step([]*Param[float64]{p}); err != nil {
		t.Fatal(err)
	}
	if _, err := Save([]*Param[float64]{p, taken}, nil, adam); !errors.Is(err, safetensors.ErrDuplicate) {
		t.Errorf("the error is %v", err)
	}
}

// Whatever the bytes: no panic; after an error all is as before, otherwise what was loaded can be saved and loaded again.
func FuzzLoad(f *testing.F) {
	m := newTrainee[float32](&Adam[float32]{})
	if err := m.step(); err != nil {
		f.Fatal(err)
	}
	good, err := Save(m.params, m.source, m.opt)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(header(`{"hidden.weight":{"dtype":"F32","shape":[3,8],"data_offsets":[0,96]}}`, 96))
	f.Fuzz(func(t *testing.T, data []byte) {
		before, err := Save(m.params, m.source, m.opt)
		if err != nil {
			t.Fatal(err)
		}
		failed := Load(data, m.params, m.source, m.opt)
		after, err := Save(m.params, m.source, m.opt)
		if err != nil {
			t.Fatal(err)
		}
		if failed != nil && !bytes.Equal(before, after) {
			t.Fatalf("%v, and something has changed", failed)
		}
		if err := Load(after, m.params, m.source, m.opt); err != nil {
			t.Fatal(err)
		}
	})
}
