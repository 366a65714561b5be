package gan

import (
	"fmt"
	"math"

	"github.com/xainb/gonb-xai/kernels/digits"
	"github.com/xainb/gonb-xai/xainb"
)

// Kind is the xainb.Snapshot.Kind of a Step.
const Kind = "gan"

// Step is what is seen after so many rounds. Slices are shared with the run and overwritten by its next step: copy what you keep; nil is what was not measured.
// The fields are those of the package's documentation.
type Step struct {
	Round                                int
	Generated, Real, Window, Field, Pull []float32
	Images                               []float32
	Gradient, Cosine, Null, Jacobian     []float32
	Energy, State                        []float32
	Generator, Discriminator             []float32
	Checkpoint                           []byte
	Scores                               []xainb.Scalar
	Events                               []xainb.Event

	layers  []string
	modes   []int // covered,
	counted bool  // in this frame

	warning string // for the reader of the whole run
}

func (s *Step) score(name string, v float64) {
	s.Scores = append(s.Scores, xainb.Scalar{Name: name, Value: v})
}

func (s *Step) event(name, text string) {
	s.Events = append(s.Events, xainb.Event{Name: name, Text: text})
}

// Snap puts the fields that were measured, the scalars and the events. A step with a checkpoint is a key frame.
func (s *Step) Snap(to *xainb.Snapshot) {
	to.Kind, to.Time, to.TimeName = Kind, float64(s.Round), "step"
	to.Key = s.Checkpoint != nil
	put := func(name string, data []float32, dims ...xainb.Dim) {
		if data != nil {
			to.Put(name, data, dims...)
		}
	}
	dim := func(name string, size int) xainb.Dim { return xainb.Dim{Name: name, Size: size} }
	put("generated", s.Generated, dim("sample", len(s.Generated)/2), dim("xy", 2))
	put("real", s.Real, dim("sample", len(s.Real)/2), dim("xy", 2))
	put("window", s.Window, dim("side", 4))
	side := int(math.Sqrt(float64(len(s.Pull) / 2)))
	put("field", s.Field, dim("y", fieldCells*side), dim("x", fieldCells*side))
	put("pull", s.Pull, dim("y", side), dim("x", side), dim("uv", 2))
	put("images", s.Images, dim("height", sheetSide*digits.Side), dim("width", sheetSide*digits.Side))
	if s.layers != nil {
		to.PutLabels("layer", s.layers)
	}
	if s.State != nil {
		to.PutLabels("state", States())
	}
	layer := dim("layer", len(s.layers))
	put("gradient", s.Gradient, layer)
	put("cosine", s.Cosine, layer)
	put("null", s.Null, layer)
	put("jacobian", s.Jacobian, layer)
	put("energy", s.Energy, layer)
	to.PutUnit("energy", unitOfWindow)
	put("state", s.State, layer)
	put("generator", s.Generator, dim("param", len(s.Generator)))
	put("discriminator", s.Discriminator, dim("param", len(s.Discriminator)))
	if s.Checkpoint != nil {
		words := packWords(s.Checkpoint)
		to.Put("checkpoint", words, dim("word", len(words)))
	}
	for _, v := range s.Scores {
		to.PutScalar(v.Name, v.Value)
	}
	for _, e := range s.Events {
		to.PutEvent(e.Name, e.Text)
	}
	if s.warning != "" {
		to.PutWarning(s.warning)
	}
}

// packWords writes three bytes into a number, which holds them exactly; the first number says how many bytes of the last are none.
func packWords(b []byte) []float32 {
	none := (3 - len(b)%3) % 3
	words := make([]float32, 1, 2+len(b)/3)
	words[0] = float32(none)
	whole := len(b) / 3 * 3
	for i := 0; i < whole; i += 3 {
		words = append(words, float32(uint32(b[i])<<16|uint32(b[i+1])<<8|uint32(b[i+2])))
	}
	if none > 0 {
		var end [3]byte
		copy(end[:], b[whole:])
		words = append(words, float32(uint32(end[0])<<16|uint32(end[1])<<8|uint32(end[2])))
	}
	return words
}

// unpackWords is the reverse of packWords.
func unpackWords(words []float32) ([]byte, error) {
	if len(words) < 2 || !(words[0] >= 0 && words[0] <= 2) {
		return nil, fmt.Errorf("gan: the checkpoint of %d numbers is damaged", len(words))
	}
	b := make([]byte, 0, 3*len(words))
	for i, w := range words[1:] {
		v := uint32(max(0, min(w, 1<<24-1)))
		if float32(v) != w {
			return nil, fmt.Errorf("gan: the checkpoint is damaged: number %d is %v", i+1, w)
		}
		b = append(b, byte(v>>16), byte(v>>8), byte(v))
	}
	return b[:len(b)-int(words[0])], nil
}
