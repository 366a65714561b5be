package digits_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"testing"

	"github.com/xainb/gonb-xai/kernels/digits"
)

// What Load returns, written as scikit-learn 1.9.1's digits.csv, is that file: its SHA-256 was taken of `gzip -dc digits.csv.gz`.
func TestLoadIsTheSource(t *testing.T) {
	images, labels := digits.Load()
	if len(images) != digits.Count*digits.Pixels || len(labels) != digits.Count {
		t.Fatalf("%d pixels and %d labels", len(images), len(labels))
	}
	var csv bytes.Buffer
	for i, label := range labels {
		for _, v := range images[i*digits.Pixels : (i+1)*digits.Pixels] {
			csv.WriteString(strconv.FormatFloat(float64(16*v), 'f', -1, 32))
			csv.WriteByte(',')
		}
		csv.WriteString(strconv.Itoa(int(label)))
		csv.WriteByte('\n')
	}
	const want = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
	if sum := sha256.Sum256(csv.Bytes()); hex.EncodeToString(sum[:]) != want {
		t.Errorf("the SHA-256 of the table is %x, expected %s", sum, want)
	}
}

// The classes' sizes are those that the UCI repository states for the test set.
func TestClasses(t *testing.T) {
	_, labels := digits.Load()
	var count [digits.Classes]int
	for _, l := range labels {
		count[l]++
	}
	if want := [digits.Classes]int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}; count != want {
		t.Errorf("%v images of each digit, expected %v", count, want)
	}
}

// A caller may change what it was given.
func TestLoadIsACopy(t *testing.T) {
	images, labels := digits.Load()
	before := slices.Clone(images)
	clear(images)
	clear(labels)
	again, l := digits.Load()
	if !slices.Equal(again, before) || l[1] != 1 {
		t.Error("a second Load sees what was done to the slices of the first")
	}
}
