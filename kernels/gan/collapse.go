package gan

import (
	"fmt"
	"math"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// The rule of the events "collapse" and "recovery". A generator that covers at most a quarter of the modes (2 of 8) in five counts in a row, later than round
// 1,000 or after it had covered half of them, has collapsed; one that then covers at least three quarters in five counts in a row has recovered. What is between
// changes nothing. Data of fewer than four modes cannot collapse.
const (
	recovered  = 0.75
	countsARow = 5
)

// collapse watches the modes. Its numbers are float64 so that a checkpoint can hold them all in one way.
type collapse struct {
	down   float64 // 1 after a collapse
	learnt float64 // 1 once half of the modes were covered
	row    float64 // counts in a row that speak for a change
}

func (c *collapse) numbers() []*float64 { return []*float64{&c.down, &c.learnt, &c.row} }

// see takes a count in, and returns the event that it completes.
func (c *collapse) see(d Data, round int, modes []int, of int) (xainb.Event, bool) {
	part := float64(len(modes)) / float64(max(of, 1))
	if part >= 0.5 {
		c.learnt = 1
	}
	fallen := of >= 4 && part <= fewModes && (round >= patience || c.learnt == 1)
	if (c.down == 0 && fallen) || (c.down == 1 && part >= recovered) {
		c.row++
	} else {
		c.row = 0
	}
	if c.row < countsARow {
		return xainb.Event{}, false
	}
	c.row, c.down = 0, 1-c.down
	if c.down == 1 {
		return xainb.Event{Name: "collapse", Text: fmt.Sprintf("%d of %d modes are left%s", len(modes), of, d.list(modes))}, true
	}
	return xainb.Event{Name: "recovery", Text: fmt.Sprintf("%d of %d modes are covered again", len(modes), of)}, true
}

// list names modes in a sentence.
func (d Data) list(modes []int) string {
	var names []string
	for _, m := range modes {
		switch d.Kind {
		case digitsKind:
			names = append(names, fmt.Sprint(m))
		case ringKind:
			names = append(names, fmt.Sprintf("%d°", int(math.Round(360*float64(m)/float64(d.Modes)))))
		case gridKind:
			x, y := d.centre(m)
			names = append(names, fmt.Sprintf("(%.3g, %.3g)", x, y))
		default:
			names = append(names, fmt.Sprintf("number %d", m+1))
		}
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}
