package codec

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
	"go.yaml.in/yaml/v3"
)

// The texts say the same as the compact form, without loss, and the wall time of each frame. Numbers that JSON does not have are the strings
// "NaN", "+Inf" and "-Inf"; YAML has .nan, .inf and -.inf. Bytes that are not UTF-8 become U+FFFD in JSON.

const textFormat = "xainb-track"

type textHead struct {
	Format     string           `json:"format" yaml:"format"`
	Version    int              `json:"version" yaml:"version"`
	Provenance xainb.Provenance `json:"provenance" yaml:"provenance"`
	Error      string           `json:"error,omitempty" yaml:"error,omitempty"`
	Steps      int              `json:"steps" yaml:"steps"`
	Dropped    int              `json:"dropped" yaml:"dropped"`
	Warnings   []string         `json:"warnings,omitempty" yaml:"warnings,omitempty"`
}

type textTrack struct {
	textHead `yaml:",inline"`
	Frames   []textFrame `json:"frames" yaml:"frames"`
}

type textFrame struct {
	Seq      int            `json:"seq" yaml:"seq"`
	Time     number         `json:"time" yaml:"time"`
	TimeName string         `json:"time_name,omitempty" yaml:"time_name,omitempty"`
	Wall     int64          `json:"wall_ns,omitempty" yaml:"wall_ns,omitempty"`
	Kind     string         `json:"kind,omitempty" yaml:"kind,omitempty"`
	Phase    string         `json:"phase,omitempty" yaml:"phase,omitempty"`
	Key      bool           `json:"key,omitempty" yaml:"key,omitempty"`
	Fields   []textField    `json:"fields,omitempty" yaml:"fields,omitempty"`
	Scalars  []textScalar   `json:"scalars,omitempty" yaml:"scalars,omitempty"`
	Labels   []xainb.Labels `json:"labels,omitempty" yaml:"labels,omitempty"`
	Events   []xainb.Event  `json:"events,omitempty" yaml:"events,omitempty"`
}

type textField struct {
	Name string      `json:"name" yaml:"name"`
	Unit string      `json:"unit,omitempty" yaml:"unit,omitempty"`
	Dims []xainb.Dim `json:"dims" yaml:"dims,flow"`
	Data numbers     `json:"data" yaml:"data"`
}

type textScalar struct {
	Name  string `json:"name" yaml:"name"`
	Value number `json:"value" yaml:"value"`
}

// WriteJSON writes the track as JSON, one frame a line.
func WriteJSON(w io.Writer, t *xainb.Track) error {
	if err := check(t); err != nil {
		return err
	}
	head, err := json.Marshal(headOf(t))
	if err != nil {
		return fmt.Errorf("codec: JSON: %w", err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(b, "%s,\n\"frames\":[", head[:len(head)-1])
	separator := "\n"
	for i, f := range t.Frames() {
		line, err := json.Marshal(frameOf(f))
		if err != nil {
			return fmt.Errorf("codec: JSON: frame %d: %w", i, err)
		}
		b.WriteString(separator)
		b.Write(line)
		separator = ",\n"
	}
	b.WriteString("\n]}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("codec: JSON: %w", err)
	}
	return nil
}

// ReadJSON reads what [WriteJSON] writes.
func ReadJSON(r io.Reader) (*xainb.Track, error) {
	var x textTrack
	d := json.NewDecoder(r)
	if err := d.Decode(&x); err != nil {
		return nil, fmt.Errorf("codec: JSON: %w: at byte %d: %w", ErrFormat, d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("codec: JSON: %w: something follows its end at byte %d", ErrFormat, d.InputOffset())
	}
	return x.track()
}

// WriteYAML writes the track as YAML.
func WriteYAML(w io.Writer, t *xainb.Track) error {
	if err := check(t); err != nil {
		return err
	}
	x := textTrack{textHead: headOf(t)}
	for _, f := range t.Frames() {
		x.Frames = append(x.Frames, frameOf(f))
	}
	b := bufio.NewWriter(w) // it keeps the writer's own error, of which yaml keeps only the text
	e := yaml.NewEncoder(b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(&x), e.Close())
	if failed := b.Flush(); failed != nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("codec: YAML: %w", err)
	}
	return nil
}

// ReadYAML reads what [WriteYAML] writes.
func ReadYAML(r io.Reader) (*xainb.Track, error) {
	var x textTrack
	if err := yaml.NewDecoder(r).Decode(&x); err != nil {
		return nil, fmt.Errorf("codec: YAML: %w: %w", ErrFormat, err)
	}
	return x.track()
}

func headOf(t *xainb.Track) textHead {
	h := textHead{Format: textFormat, Version: version, Provenance: t.Provenance(), Steps: t.Steps(), Dropped: t.Dropped(), Warnings: t.Warnings()}
	if err := t.Err(); err != nil {
		h.Error = err.Error()
	}
	return h
}

func frameOf(f *xainb.Snapshot) textFrame {
	x := textFrame{Seq: f.Seq, Time: number(f.Time), TimeName: f.TimeName, Wall: f.Timestamp, Kind: f.Kind, Phase: f.Phase, Key: f.Key,
		Labels: f.Labels, Events: f.Events}
	for _, field := range f.Fields {
		if field.Dims == nil {
			field.Dims = []xainb.Dim{}
		}
		x.Fields = append(x.Fields, textField{field.Name, field.Unit, field.Dims, field.Data})
	}
	for _, c := range f.Scalars {
		x.Scalars = append(x.Scalars, textScalar{c.Name, number(c.Value)})
	}
	return x
}

func (x *textTrack) track() (*xainb.Track, error) {
	switch {
	case x.Format != textFormat:
		return nil, fmt.Errorf("codec: %w: \"format\" is %q, not %q", ErrFormat, x.Format, textFormat)
	case x.Version != version:
		return nil, fmt.Errorf("codec: %w: the recording has version %d, this program reads version %d: update it", ErrVersion, x.Version, version)
	case x.Steps < 0 || x.Dropped < 0:
		return nil, fmt.Errorf("codec: %w: \"steps\" is %d, \"dropped\" is %d", ErrFormat, x.Steps, x.Dropped)
	}
	frames := make([]xainb.Snapshot, len(x.Frames))
	for i, f := range x.Frames {
		s := &frames[i]
		*s = xainb.Snapshot{Seq: f.Seq, Time: float64(f.Time), TimeName: f.TimeName, Timestamp: f.Wall, Kind: f.Kind, Phase: f.Phase, Key: f.Key,
			Labels: f.Labels, Events: f.Events}
		for _, field := range f.Fields {
			if sizeOf(field.Dims) != len(field.Data) {
				return nil, fmt.Errorf("codec: %w: frame %d: field %q has %d values for the dimensions %v", ErrFormat, i, field.Name, len(field.Data), field.Dims)
			}
			s.Fields = append(s.Fields, xainb.Field{Name: field.Name, Unit: field.Unit, Dims: field.Dims, Data: field.Data})
		}
		for _, c := range f.Scalars {
			s.Scalars = append(s.Scalars, xainb.Scalar{Name: c.Name, Value: float64(c.Value)})
		}
	}
	var err error
	if x.Error != "" {
		err = errors.New(x.Error)
	}
	return xainb.NewTrack(frames, x.Provenance, err).WithCounts(x.Steps, x.Dropped).WithWarnings(x.Warnings...), nil
}

// number is a float64 in a text, numbers are float32.
type (
	number  float64
	numbers []float32
)

// appendJSON appends the shortest text that reads back as the same number.
func appendJSON(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"+Inf"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Inf"`...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// parse reads a number as JSON or YAML write it.
func parse(text string, bits int) (float64, error) {
	word := strings.Trim(text, `"`)
	switch strings.ToLower(strings.TrimLeft(word, "+-")) {
	case ".nan", ".inf":
		word = strings.Replace(word, ".", "", 1)
	}
	v, err := strconv.ParseFloat(word, bits)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", text)
	}
	return v, nil
}

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) { return appendJSON(nil, float64(n), 64), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := parse(string(b), 64)
	*n = number(v)
	return err
}

// MarshalJSON implements json.Marshaler.
func (n numbers) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 12*len(n)+2)
	b = append(b, '[')
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, float64(v), 32)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON implements json.Unmarshaler. The bytes are valid JSON: of what may stand in them, only arrays of numbers
// and of the three words are taken.
func (n *numbers) UnmarshalJSON(b []byte) error {
	text := strings.TrimSpace(string(b))
	if text == "null" {
		return nil
	}
	if len(text) < 2 || text[0] != '[' {
		return fmt.Errorf("%.40q is not an array of numbers", text)
	}
	text = strings.TrimSpace(text[1 : len(text)-1])
	if text == "" {
		return nil
	}
	*n = make(numbers, 0, strings.Count(text, ",")+1)
	for part := range strings.SplitSeq(text, ",") {
		v, err := parse(strings.TrimSpace(part), 32)
		if err != nil {
			return err
		}
		*n = append(*n, float32(v))
	}
	return nil
}

func yamlNumber(v float64, bits int) *yaml.Node {
	text := strconv.FormatFloat(v, 'g', -1, bits)
	switch {
	case math.IsNaN(v):
		text = ".nan"
	case math.IsInf(v, 1):
		text = ".inf"
	case math.IsInf(v, -1):
		text = "-.inf"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: text}
}

// MarshalYAML implements yaml.Marshaler.
func (n number) MarshalYAML() (any, error) { return yamlNumber(float64(n), 64), nil }

// UnmarshalYAML implements yaml.Unmarshaler.
func (n *number) UnmarshalYAML(node *yaml.Node) error {
	v, err := parse(node.Value, 64)
	*n = number(v)
	return err
}

// MarshalYAML implements yaml.Marshaler.
func (n numbers) MarshalYAML() (any, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: make([]*yaml.Node, len(n))}
	for i, v := range n {
		list.Content[i] = yamlNumber(float64(v), 32)
	}
	return list, nil
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (n *numbers) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: the data is not a list of numbers", node.Line)
	}
	*n = make(numbers, len(node.Content))
	for i, item := range node.Content {
		v, err := parse(item.Value, 32)
		if err != nil {
			return fmt.Errorf("line %d: %w", item.Line, err)
		}
		(*n)[i] = float32(v)
	}
	return nil
}
