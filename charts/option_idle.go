package charts

import (
	"fmt"
	"slices"
)

// idleOption is an option that a scene was told and does not use.
type idleOption struct{ option, scene string }

func (i idleOption) String() string { return fmt.Sprintf(hasNoEffect, i.option, i.scene) }

const hasNoEffect = "charts.%s has no effect on charts.%s."

// optionUsers says of each option when it is set, and which scenes use it. [Bits] is for all; what a scene that is made of others is told goes to these.
var optionUsers = []struct {
	name   string
	set    func(o options) bool
	scenes []string
}{
	{"Field", func(o options) bool { return o.field != "" }, []string{"Heatmap", "AttentionHeads", "AttentionCompare", "AttentionCell", "Bars", "Curves", "Diffusion", "GANSamples", "Lanes", "Energy",
		"Lines", "Path", "VectorField", "Scatter", "Surface", "Contour", "Words", "Trajectories"}},
	{"Fields", func(o options) bool { return o.fields != nil }, []string{"Curves", "Lines"}},
	{"Numbers", func(o options) bool { return o.numbers != nil }, []string{"Lines"}},
	{"Marks", func(o options) bool { return o.marks != nil }, []string{"Curves"}},
	{"Ramp", func(o options) bool { return o.ramp != "" }, []string{"Heatmap", "AttentionHeads", "AttentionCompare", "AttentionCell", "Lanes", "Surface", "Contour"}},
	{"Top", func(o options) bool { return o.top != 0 }, []string{"Bars"}},
	{"Trail", func(o options) bool { return o.trailSet }, []string{"Scatter", "GANSamples", "Diffusion", "Trajectories"}},
	{"Level", func(o options) bool { return o.level != nil }, []string{"Surface", "Contour"}},
	{"Drop", func(o options) bool { return o.drop != nil }, []string{"Diffusion"}},
	{"Moves", func(o options) bool { return o.moves }, []string{"Diffusion"}},
	{"Way", func(o options) bool { return o.way != "" }, []string{"VectorField"}},
	{"WithEnergy", func(o options) bool { return o.energyBar }, []string{"GANSamples"}},
	{"ByLayer", func(o options) bool { return o.byLayer }, []string{"Energy"}},
	{"LogScale", func(o options) bool { return o.log }, []string{"Lanes", "Energy"}},
	{"Modes", func(o options) bool { return o.modes != nil }, nil},
	{"Coordinate", func(o options) bool { return o.column != 0 }, nil},
	{"Took", func(o options) bool { return o.took != nil }, nil},
	{"Align", func(o options) bool { return o.align != "" }, nil},
	{"Layer", func(o options) bool { return o.attention.layer != 0 }, []string{"AttentionHeads", "AttentionCompare", "AttentionCell"}},
	{"Head", func(o options) bool { return o.attention.head != 0 }, []string{"AttentionHeads", "AttentionCompare", "AttentionCell"}},
	{"Query", func(o options) bool { return o.attention.query != "" }, []string{"AttentionHeads", "AttentionCompare", "AttentionCell"}},
	{"QueryAt", func(o options) bool { return o.attention.queryAt != 0 }, []string{"AttentionHeads", "AttentionCompare", "AttentionCell"}},
	{"Views", func(o options) bool { return o.attention.views != nil }, []string{"AttentionHeads", "AttentionCompare"}},
	{"Names", func(o options) bool { return o.attention.names != [2]string{} }, []string{"AttentionCompare"}},
}

// idle notes which options the scene was told and does not use.
func (o options) idle(s *Scene) {
	if s.name == "" || s.name == "Auto" {
		return // it hands them on
	}
	for _, u := range optionUsers {
		if u.set(o) && !slices.Contains(u.scenes, s.name) {
			s.unused = append(s.unused, idleOption{u.name, s.name})
		}
	}
}

// rename calls a scene that another one drew by the name that its author knows.
func (s *Scene) rename(name string) {
	s.name = name
	for i := range s.unused {
		s.unused[i].scene = name
	}
}
