// Package xainb holds the words of an animated explanation and the recorder that joins them.
//
// It is the first half of the project's one dataflow:
//
//	algorithm --Step--> SnapshotManager --Track--> Scene --Document--> show.Cell | show.Page
//
// An algorithm yields a [Step] whenever it has something to show; a Step is any typed value that can say its fields.
// The [SnapshotManager] copies each step into a [Snapshot], stamps it and keeps it, either in a ring (a live window)
// or in a recording that covers the whole run and thins itself when it is full. A finished recording is a [Track]: immutable,
// with its schema, the range of each field and where it came from. A [Scene] turns a track into a [Document],
// which is all that package show needs to put it into a notebook cell or a page.
//
// Somebody with an algorithm of their own implements Explain and nothing else:
//
//	func Explain(sentence string) []xainb.Step { ... }
//
//	run := xainb.Record("The cat sat.", Explain)
//	show.Cell(charts.Auto(run))
//
// or, when the steps are many or come late, the lazy form [Explainer], recorded by [RecordSeq].
//
// Runs carry their first error ([Track.Err]) together with the frames recorded before it; nothing recorded is lost.
// One seed gives the same track: wall time ([Snapshot.Timestamp]) stands beside the content and enters neither [Track.Hash]
// nor the compact bytes of package codec.
package xainb

// Version is the version of this module that recordings name in their provenance.
const Version = "0.1.0"
