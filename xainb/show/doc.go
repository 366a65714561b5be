// Package show puts a document where people see it: a notebook cell ([Cell]), a stand-alone page ([Page]), a file that another program
// reads ([Save]: GIF, PNG, SVG, CSV, JSON, YAML, the compact form).
//
// It is the last step of the dataflow
//
//	algorithm --Step--> SnapshotManager --Track--> Scene --Document--> show.Cell | show.Page | show.Save
//
// How is said by options, in one line:
//
//	show.Cell(scene, show.Theme("dark"), show.Width(700))
//	show.Save("run.gif", scene, show.FramesPerSecond(8))
//	show.Save("strip.png", scene, show.Poster(show.Filmstrip))
//
// A cell's HTML begins with a poster, which is all that a viewer without scripts shows (an untrusted notebook, a mail, a preview),
// followed by the recording in the compact form of package codec and the player, which replaces the poster when it starts.
// Text goes into the page only as JSON with every "<" escaped, and from there only as text.
//
// ECharts is not part of this module. It comes from a local folder by exact version and hash, or from a public CDN ([ECharts]).
// By default the first cell of a kernel session carries it and the other cells of the page use that one copy.
package show
