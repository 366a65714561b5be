// Package charts draws recordings: it turns a track into a scene, and a scene into a document that package show puts into a notebook
// cell or a page. Its place in the dataflow:
//
//	algorithm --Step--> SnapshotManager --Track--> charts.Scene --Document--> show.Cell | show.Page
//
//	run := attention.Run("The animal didn't cross the street because it was tired")
//	show.Cell(charts.AttentionHeads(run, charts.Layer(3)))
//
// A scene carries the first error of its run and of its making to show.Cell. Its methods change what is said around the picture
// and can be chained; [Row] and [Column] put scenes on one clock; [Compare] puts two runs side by side on one scale, with their difference; [Vary] lets a
// reader choose among recorded runs; [Auto] chooses a scene by what a run holds. What is under the pointer in one picture is marked in
// all that have the same dimension, or the same labels along another.
//
// # Captions
//
// Caption, subtitle, notes and what is revealed are templates. {name} becomes what the panels read off the frame that is shown, **text** is set
// in the accent colour, $...$ is a formula in TeX, in which {{name}} is replaced, \$ is a dollar, and what a value contains is never read as markup. A name that nothing gives is "–" in
// the page, and a warning under it. Every scene has {time}, {timeName}, {phase}, {frame}, {frames} and
// the run's scalars by name. What a scene adds is in its documentation; pictures ([AttentionHeads], [AttentionCompare], [AttentionCell],
// [Heatmap]) add
//
//	selected                        the label of the selected row, or column
//	top.label, top.value            the largest value along it; second.label, second.value the next
//	word.label, word.value          the largest that is neither a special token ("[CLS]") nor the selected position itself
//	sum, marked                     the sum along it; the share of the special tokens, in percent
//	cell.label, cell.value          the value at the selected position along it
//	max.row, max.column, max.value  the largest of the whole picture; far.row, far.column, far.value the farthest from zero
//	base.NAME                       the same of what is compared with; base.value is that at the cell of top
//	DIM                             the position along a dimension that is not drawn ("head"), counted from 1, or its label
//	unit, notFinite                 what the value is called; how many cells are not finite
//
// # A new chart
//
// A chart is one Go file: a spec that is marshalled to JSON for a painter in the page, and a still of the same spec for viewers without
// JavaScript. Most charts need no painter of their own:
//
//	"image"       two dimensions of a field as a raster (imageSpec)
//	"multiples"   a small raster for each position along a dimension (multiplesSpec)
//	"series"      lines, profiles, bars, points, planes, lanes (series.js and the kinds beside it)
//	"surface"     values over a plane, in space or flat (surfaceSpec)
//	"text"        words on colours, "stages" a route of phases, "path" tests from the top, "arithmetic" the softmax of a cell
//
// The whole of a chart that shows one field in shades of ink, the largest value in its caption:
//
//	func Shades(src xainb.Source, opts ...Option) *Scene {
//		s, t := newScene(src, "Shades")
//		if s.err != nil {
//			return s // the scene carries the reason
//		}
//		o := optionsOf(opts)
//		f, err := fieldFor(t, "Shades", o.field, "field of two dimensions", isPicture, nil)
//		if err != nil {
//			return s.fail(err)
//		}
//		s.shipOnly(t, f.Name) // no other field travels to the page
//		s.doc.Title = "Where is it darkest?"
//		s.doc.Caption = "The largest value is **{max.value}**, at {max.row}, {max.column}."
//		imageSpec{rasterSpec: rasterSpec{Field: f.Name, Ramp: "ink"}}.add(s, 1, 320)
//		o.apply(s, f.Name)
//		return s
//	}
//
// A plane (planeSpec) has layers over x and y: a field as colours with contour lines, arrows, points with trails that fade by 0.85 a frame, a path. Grids
// [y, x] have row 0 at the lowest y and stand in the centres of the cells into which they cut the plane's window. Lanes (lanesSpec) are a 1-D field over
// the time of a run. [GANSamples], [VectorField], [Trajectories], [Lanes] and [Energy] are made of the two.
//
// In a spec a string "$name" stands for the entry of that name in the document's state, which controls and clicks set: a
// picture of the head that is selected has Index {"head": "$head"}. The state at the start is in Scene.doc.State; positions count from 0 there and
// from 1 in whatever a reader sees.
//
// A painter of its own is a file NAME.js with a top-level function that takes a Panel and returns {draw, resize, restyle, dispose} (the
// types are in xainb/show/player/types.js), registered by painters.NAME = paintName. Its names are seen by all other painters, so they say what they
// belong to. It draws what the spec and the frame say and nothing else, sets text as text, and calls panel.read with what captions may
// use; of panels that read the same name the first counts. Embed the file, list it in Scene.panel, and check it with make test: tsc --checkJs reads its JSDoc types.
//
// The base option of an ECharts panel is made with go-echarts' types and the function option, so whoever knows go-echarts finds grid, axes
// and series there; the painter puts in sizes, labels, colours and data.
//
// A picture whose axes or colours run over what the track holds has a method widen (share.go), so that variants and the two sides of a comparison have
// one scale. A painter says what is under the pointer with panel.point and marks what panel.pointed answers, with the helpers in parts.js.
//
// A still has two methods: height says how high the picture wants to be at a width, still draws it into a canvas of that size, in CSS
// pixels, with the colours in ramp.go and the text helpers in postertext.go. If it has a method read, the poster's caption is filled in with that.
//
// # Colours
//
// One accent, for the playhead, the selection and what the caption names; everything else is ink or grey. Ramps start, or have their centre,
// at the page's own background, so that zero is nothing in light pages and in dark ones; "viridis" and "cividis" ([Ramp]) are the exception. "quiet" and "pale" are for what lies under points and arrows. Classes
// have ten colours of their own, told apart in any colour blindness, and their names beside them. Values that are not finite are hatched,
// in cells too small for that grey, and counted.
package charts
