package charts

import (
	"encoding/json"
	"fmt"

	"github.com/go-echarts/go-echarts/v2/opts"
)

// echart is what every chart of go-echarts has.
type echart interface {
	Validate()
	JSON() map[string]any
}

// option returns the base option of a chart made with go-echarts' types, for a painter's spec. Title, legend, tooltip and
// toolbox are the player's business and left out. go-echarts' own Render would drop the whole option at the first NaN and
// would let "</script>" in a text end the script, so the option is marshalled here and an error is an error.
func option(c echart) (json.RawMessage, error) {
	c.Validate()
	o := c.JSON()
	for _, part := range []string{"title", "legend", "tooltip", "toolbox"} {
		delete(o, part)
	}
	o["animation"] = opts.Bool(false)
	b, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("charts: ECharts option: %w", err)
	}
	return b, nil
}
