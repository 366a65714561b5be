package charts

import (
	"errors"
	"fmt"
	"slices"

	"github.com/xainb/gonb-xai/xainb"
)

// Variant is one of several recorded runs that a reader chooses from.
type Variant struct {
	Name string // "0.01"
	Run  xainb.Source
}

// varied is what a scene varies into: names[0] is the scene itself, others[i] is names[i+1].
type varied struct {
	label  string
	names  []string
	others []*Scene
}

// Vary offers recorded variants of a run behind one control: a seed, a learning rate, a mask. label says what varies, draw makes the scene of one of them;
// the first variant is shown at the start. All have one scale, so that no axis moves when the reader switches, as far as draw
// makes the same pictures of each; the scenes that draw returns stay as they are. What is said by the methods of the scene is said of all variants. Each variant's recording is in the page,
// whether it is looked at or not.
func Vary(label string, draw func(xainb.Source) *Scene, variants ...Variant) *Scene {
	out := &Scene{doc: newDocument()}
	if len(variants) == 0 || draw == nil {
		return out.fail(fmt.Errorf("charts: Vary(%q): give a function that draws a run, and variants", label))
	}
	v := &varied{label: label}
	var drawn, scenes []*Scene
	for _, x := range variants {
		if slices.Contains(v.names, x.Name) {
			return out.fail(fmt.Errorf("charts: Vary(%q): two variants are called %q", label, x.Name))
		}
		s, err := drawnBy(draw, x.Run)
		if err == nil {
			err = s.Err()
		}
		if s != nil && s.err == nil && len(s.doc.Tracks) > 0 {
			err = nil // a run that ended early has frames to show
		}
		if err == nil && (s.varied != nil || slices.Contains(drawn, s)) {
			err = errors.New("draw must make a new scene of each run, without variants of its own")
		}
		if err != nil {
			return out.fail(inside(fmt.Sprintf("Vary(%q): %s", label, x.Name), err))
		}
		drawn, v.names = append(drawn, s), append(v.names, x.Name)
		scenes = append(scenes, &Scene{doc: cloned(s.doc), stills: slices.Clone(s.stills), unused: s.unused}) // the caller's own stays as it is
	}
	share(scenes...)
	v.others = scenes[1:]
	scenes[0].varied = v
	return scenes[0]
}

// drawnBy makes an error of a panic in the caller's function.
func drawnBy(draw func(xainb.Source) *Scene, run xainb.Source) (s *Scene, err error) {
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, fmt.Errorf("draw panicked: %v", p)
		}
	}()
	return draw(run), nil
}

// put adds the variants to the document of the first.
func (v *varied) put(d *xainb.Document) error {
	d.Variants = &xainb.Variants{Label: v.label, Docs: []xainb.Variant{{Label: v.names[0]}}}
	all := Scene{doc: xainb.Document{Scripts: slices.Clone(d.Scripts), Libraries: slices.Clone(d.Libraries)}}
	for i, s := range v.others {
		doc, err := s.Document()
		if err != nil {
			return inside("variant "+v.names[i+1], err)
		}
		d.Variants.Docs = append(d.Variants.Docs, xainb.Variant{Label: v.names[i+1], Doc: doc})
		all.use(doc.Scripts...)
		all.needs(doc.Libraries...)
	}
	d.Scripts, d.Libraries = all.doc.Scripts, all.doc.Libraries
	return nil
}
