// Package digits has 1,797 small pictures of handwritten digits: enough to train a network on in seconds, real enough to get wrong.
//
//	digits -> network --Step--> SnapshotManager --Track--> Scene --Document
//
// Each was scanned at 32 x 32 dots; a pixel is the share of a block of 4 x 4 that is ink, so it has 17 possible values. 13 people wrote them,
// and the people come one after another: a split in the order of the file is harder than a random one, as it tries some hands that were
// never seen.
//
// # Source
//
// E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
// https://doi.org/10.24432/C50P49, licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). It is the test set of that
// database, as scikit-learn ships it in sklearn/datasets/data/digits.csv.gz; the values are unchanged, the form is another: digits.deflate is
// the pixels of all images, a byte each, then the labels, compressed (RFC 1951).
package digits

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"fmt"
	"io"
)

// What the set is made of.
const (
	Count   = 1797        // images
	Train   = 1437        // those that are by custom trained on, the first; the other 360 are held out
	Side    = 8           // of an image, in pixels
	Pixels  = Side * Side // of an image
	Classes = 10          // labels, from 0
)

//go:embed digits.deflate
var deflated []byte

// Load returns the images, Count x Side x Side, row after row, 0 for paper and 1 for ink in steps of 1/16, and their labels, Count from 0 to 9.
// The slices are the caller's: each call makes new ones, always with the same values.
func Load() (images []float32, labels []int32) {
	raw := make([]byte, Count*(Pixels+1))
	if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(deflated)), raw); err != nil {
		panic(fmt.Sprintf("digits: the program is damaged: %v", err)) // the bytes are part of it, and tested
	}
	images, labels = make([]float32, Count*Pixels), make([]int32, Count)
	for i := range images {
		images[i] = float32(raw[i]) / 16
	}
	for i := range labels {
		labels[i] = int32(raw[len(images)+i])
	}
	return images, labels
}
