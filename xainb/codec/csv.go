package codec

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// WriteCSV writes the numbers of the track as one long table, as data frames and spreadsheets like it: a row a value.
//
//	frame  from 0
//	time   the algorithm's own time
//	phase
//	field  the name of a field or of a scalar
//	query  for each dimension of any field, the position along it, from 0; empty where the field does not have it
//	query_label  beside it, where the dimension has labels
//	value  NaN, +Inf and -Inf where it is not finite
//
// A column whose name is taken ends in _2. A text that a spreadsheet would take for a formula, because it begins with =, +, -, @, a tab or a
// line break, gets an apostrophe before it; bytes that are not UTF-8 become U+FFFD. The rows are written as they are made, so a long run needs
// no memory. Events, units and provenance are only in the other forms, and a table cannot be read back.
func WriteCSV(w io.Writer, t *xainb.Track) error {
	if err := check(t); err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(b)
	table := tableOf(t)
	err := out.Write(table.head)
	for i, f := range t.Frames() {
		if err != nil {
			break
		}
		err = table.writeFrame(out, i, f)
	}
	out.Flush()
	for _, e := range []error{out.Error(), b.Flush()} {
		if err == nil {
			err = e
		}
	}
	if err != nil {
		return fmt.Errorf("codec: CSV: %w", err)
	}
	return nil
}

// csvTable says where the dimensions stand. The first columns are frame, time, phase and field; the last is the value.
type csvTable struct {
	head   []string
	at     map[string]int // dimension, see dimKey: its column
	labels map[string]int // dimension: the column of its labels
	row    []string
	usual  map[string][]string // dimension: its labels in the first frame that has some
}

const csvDims = 4 // columns before those of the dimensions

func tableOf(t *xainb.Track) *csvTable {
	c := &csvTable{head: []string{"frame", "time", "phase", "field"}, at: map[string]int{}, labels: map[string]int{}, usual: map[string][]string{}}
	labelled := map[string]bool{}
	for _, f := range t.Frames() {
		for _, l := range f.Labels {
			labelled[l.Dim] = true
			if c.usual[l.Dim] == nil {
				c.usual[l.Dim] = l.Names
			}
		}
	}
	taken := map[string]bool{"frame": true, "time": true, "phase": true, "field": true, "value": true}
	add := func(name string) int {
		name = cell(name)
		for n, base := 2, name; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[name] = true
		c.head = append(c.head, name)
		return len(c.head) - 1
	}
	for _, f := range t.Frames() {
		for i := range f.Fields {
			dims := f.Fields[i].Dims
			for k, d := range dims {
				key := dimKey(dims, k)
				if _, ok := c.at[key]; ok {
					continue
				}
				c.at[key] = add(d.Name)
				if labelled[d.Name] {
					c.labels[key] = add(d.Name + "_label")
				}
			}
		}
	}
	c.head = append(c.head, "value")
	c.row = make([]string, len(c.head))
	return c
}

// dimKey tells dimensions apart that have one name: [token, token].
func dimKey(dims []xainb.Dim, k int) string {
	key := dims[k].Name
	for _, d := range dims[:k] {
		if d.Name == dims[k].Name {
			key += "\x00"
		}
	}
	return key
}

func (c *csvTable) writeFrame(out *csv.Writer, i int, f *xainb.Snapshot) error {
	c.row[0], c.row[1], c.row[2] = strconv.Itoa(i), csvNumber(f.Time, 64), cell(f.Phase)
	last := len(c.row) - 1
	for k := range f.Fields {
		if err := c.writeField(out, f, &f.Fields[k]); err != nil {
			return err
		}
	}
	clear(c.row[csvDims:])
	for _, s := range f.Scalars {
		c.row[3], c.row[last] = cell(s.Name), csvNumber(s.Value, 64)
		if err := out.Write(c.row); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvTable) writeField(out *csv.Writer, f *xainb.Snapshot, x *xainb.Field) error {
	clear(c.row[csvDims:])
	c.row[3] = cell(x.Name)
	type dim struct {
		column, label int // label is 0 where there is none
		names         []string
		at            int
	}
	dims := make([]dim, len(x.Dims))
	for k, d := range x.Dims {
		key := dimKey(x.Dims, k)
		dims[k] = dim{column: c.at[key], label: c.labels[key]}
		names := f.LabelsOf(d.Name)
		if names == nil {
			names = c.usual[d.Name]
		}
		for _, name := range names {
			dims[k].names = append(dims[k].names, cell(name))
		}
	}
	for _, v := range x.Data {
		for _, d := range dims {
			c.row[d.column] = strconv.Itoa(d.at)
			if d.label > 0 {
				c.row[d.label] = ""
				if d.at < len(d.names) {
					c.row[d.label] = d.names[d.at]
				}
			}
		}
		c.row[len(c.row)-1] = csvNumber(float64(v), 32)
		if err := out.Write(c.row); err != nil {
			return err
		}
		for k := range slices.Backward(dims) {
			if dims[k].at++; dims[k].at < x.Dims[k].Size {
				break
			}
			dims[k].at = 0
		}
	}
	return nil
}

// csvNumber writes a number so that it reads back as the same: NaN, +Inf and -Inf are what strconv calls them.
func csvNumber(v float64, bits int) string { return strconv.FormatFloat(v, 'g', -1, bits) }

// cell makes a text harmless: a spreadsheet runs what begins like a formula.
func cell(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexAny(s, "=+-@\t\r\n＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}
