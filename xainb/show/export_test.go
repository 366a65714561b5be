package show

import "github.com/xainb/gonb-xai/xainb"

// CellBytes returns how many bytes a cell takes without ECharts and without a poster.
func CellBytes(scene xainb.Scene, opts ...Option) (int, error) {
	r, err := cell(With(scene, opts...), []Option{ECharts(CDN), Poster(NoPoster)})
	if err != nil {
		return 0, err
	}
	return len(r.html), nil
}

// Limits of pictures, for tests outside.
const (
	StripBytes = stripBytes
	GIFBytes   = gifBytes
)
