package codec

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/xainb/gonb-xai/xainb"
)

func csvOf(t *testing.T, tr *xainb.Track) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, tr); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCSVLooks(t *testing.T) {
	var s xainb.Snapshot
	s.Time, s.Phase = 2.5, "softmax"
	s.Put("a", []float32{0.1, nan, inf, -inf}, xainb.Dim{Name: "query", Size: 2}, xainb.Dim{Name: "key", Size: 2})
	s.Put("single", []float32{7})
	s.PutScalar("loss", 1e-300)
	s.PutLabels("key", []string{"the", "cat"})
	want := `frame,time,phase,field,query,key,key_label,value
0,2.5,softmax,a,0,0,the,0.1
0,2.5,softmax,a,0,1,cat,NaN
0,2.5,softmax,a,1,0,the,+Inf
0,2.5,softmax,a,1,1,cat,-Inf
0,2.5,softmax,single,,,,7
0,2.5,softmax,loss,,,,1e-300
`
	if got := csvOf(t, track(s)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A text comes back as it was, but for what a spreadsheet would run.
func TestCSVHostileText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"quotes", `say "no", please`, `say "no", please`},
		{"lines", "a\nb", "a\nb"},
		{"formula", `=HYPERLINK("http://evil","x")`, `'=HYPERLINK("http://evil","x")`},
		{"plus", "+1+cmd", "'+1+cmd"},
		{"minus", "-2", "'-2"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\t=1", "'\t=1"},
		{"line break first", "\n=1", "'\n=1"},
		{"full width", "＝1", "'＝1"},
		{"harmless", "a=b", "a=b"},
		{"no UTF-8", "a\xffb", "a\uFFFDb"},
	} {
		var s xainb.Snapshot
		s.Phase = c.text
		s.Put(c.text, []float32{1}, xainb.Dim{Name: c.text, Size: 1})
		s.PutLabels(c.text, []string{c.text})
		s.PutScalar(c.text, 2)
		rows, err := csv.NewReader(strings.NewReader(csvOf(t, track(s)))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		want := [][]string{
			{"frame", "time", "phase", "field", c.want, cell(c.text + "_label"), "value"},
			{"0", "0", c.want, c.want, "0", c.want, "1"}, {"0", "0", c.want, c.want, "", "", "2"}}
		for i := range want {
			for k := range want[i] {
				if rows[i][k] != want[i][k] {
					t.Errorf("%s: row %d, column %d is %q, want %q", c.name, i, k, rows[i][k], want[i][k])
				}
			}
		}
	}
}

// Columns have names of their own, and a dimension that only some frames have is empty in the others.
func TestCSVColumns(t *testing.T) {
	var a, b xainb.Snapshot
	a.Put("x", []float32{1, 2}, xainb.Dim{Name: "value", Size: 2})
	a.Put("none", nil, xainb.Dim{Name: "empty", Size: 0})
	b.Put("y", []float32{3}, xainb.Dim{Name: "frame", Size: 1})
	b.Put("z", []float32{4, 5}, xainb.Dim{Name: "frame", Size: 1}, xainb.Dim{Name: "frame", Size: 2})
	want := `frame,time,phase,field,value_2,empty,frame_2,frame_3,value
0,0,,x,0,,,,1
0,0,,x,1,,,,2
1,0,,y,,,0,,3
1,0,,z,,,0,0,4
1,0,,z,,,0,1,5
`
	if got := csvOf(t, track(a, b)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Every value of the reference is there, to the last bit and at its place.
func TestCSVReference(t *testing.T) {
	tr, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(csvOf(t, tr)))
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var at [3]int
		for k, column := range []int{0, 4, 5} {
			if at[k], err = strconv.Atoi(row[column]); err != nil {
				t.Fatal(err)
			}
		}
		v, err := strconv.ParseFloat(row[len(row)-1], 32)
		if err != nil || math.Float32bits(float32(v)) != math.Float32bits(tr.At(at[0]).Fields[0].Data[64*at[1]+at[2]]) {
			t.Fatalf("row %d: %v (%v)", n, row, err)
		}
	}
	if n != 200*64*64 {
		t.Errorf("%d rows", n)
	}
}

func TestSaveCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := Save(path, smooth(3, 5)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != csvOf(t, smooth(3, 5)) {
		t.Errorf("the file is not the table (%v)", err)
	}
	if _, err := Open(path); !errors.Is(err, ErrExtension) || !strings.Contains(err.Error(), "table") {
		t.Errorf("opening a table: %v", err)
	}
	if err := WriteCSV(fullWriter{}, smooth(3, 3)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	for what, bad := range map[string]*xainb.Track{"nil": nil, "-1 steps": smooth(1, 1).WithCounts(-1, 0)} {
		if err := WriteCSV(io.Discard, bad); !errors.Is(err, ErrTrack) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func BenchmarkCSVReference(b *testing.B) {
	t := referenceTrack(b)
	for b.Loop() {
		if err := WriteCSV(io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
}

// Labels put once hold for the frames after.
func TestCSVLabelsOfTheFirstFrame(t *testing.T) {
	var a, b xainb.Snapshot
	for _, s := range []*xainb.Snapshot{&a, &b} {
		s.Put("w", []float32{1, 2}, xainb.Dim{Name: "f", Size: 2})
	}
	a.PutLabels("f", []string{"cat", "dog"})
	if got := csvOf(t, track(a, b)); strings.Count(got, "cat") != 2 || strings.Count(got, "dog") != 2 {
		t.Error(got)
	}
}
