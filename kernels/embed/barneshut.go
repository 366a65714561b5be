package embed

import (
	"math"
	"slices"
)

const (
	mortonBits = 23 // of a coordinate in the order of the tree; with 17 bits for the point they fill an integer
	leafPoints = 8  // that are worth no further division
)

// cell is a square of the plane with the points in it: a node of a quadtree whose nodes stand in preorder, so that passing one by is going to next.
type cell struct {
	x, y, mass float32 // where its points are on average, and how many
	width      float32 // squared, over theta squared: the squared distance from which it acts as one point
	from, to   int32   // its points, in the order of the tree
	next       int32
	leaf       bool
}

// quadtree sums up the repulsion of far points (Barnes and Hut 1986; van der Maaten 2014, section 4.2). Its buffers are used again.
type quadtree struct {
	cells  []cell
	order  []uint64  // the places of the points in Morton's order, each with its point
	x, y   []float32 // the points in that order
	far    float32   // 1/theta²
	widest float64   // side of the whole square
}

// build makes the tree of n points.
func (t *quadtree) build(x, y []float32, theta float64) {
	x0, x1 := slices.Min(x), slices.Max(x)
	y0, y1 := slices.Min(y), slices.Max(y)
	t.widest = float64(max(x1-x0, y1-y0))
	t.far = float32(1 / (theta * theta))
	scale := 0.0
	if t.widest > 0 {
		scale = (1<<mortonBits - 1) / t.widest
	}
	t.order = t.order[:0]
	for i := range x {
		a, b := uint64(float64(x[i]-x0)*scale), uint64(float64(y[i]-y0)*scale)
		t.order = append(t.order, (spread(a)|spread(b)<<1)<<(64-2*mortonBits)|uint64(i))
	}
	slices.Sort(t.order)
	t.x, t.y = t.x[:0], t.y[:0]
	for at := range t.order {
		i := t.point(at)
		t.x, t.y = append(t.x, x[i]), append(t.y, y[i])
	}
	t.cells = t.cells[:0]
	t.divide(0, len(x), mortonBits)
}

// point returns which point is the i-th in the order of the tree.
func (t *quadtree) point(i int) int { return int(t.order[i] & (1<<(64-2*mortonBits) - 1)) }

// spread puts a zero before each of the bits.
func spread(v uint64) uint64 {
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// divide adds the cell of the points from <= i < to, which agree in all but the last bits of their coordinates, and the cells in it.
func (t *quadtree) divide(from, to, bits int) {
	for to-from > leafPoints && bits > 0 && t.quadrant(from, bits) == t.quadrant(to-1, bits) {
		bits-- // a cell with one cell in it is that cell
	}
	at := len(t.cells)
	var sx, sy float64
	for i := from; i < to; i++ {
		sx, sy = sx+float64(t.x[i]), sy+float64(t.y[i])
	}
	mass := float64(to - from)
	width := t.widest / float64(uint64(1)<<(mortonBits-bits))
	leaf := to-from <= leafPoints || bits == 0
	t.cells = append(t.cells, cell{x: float32(sx / mass), y: float32(sy / mass), mass: float32(mass), width: float32(width*width) * t.far,
		from: int32(from), to: int32(to), leaf: leaf})
	if !leaf {
		for from < to {
			q, end := t.quadrant(from, bits), from+1
			for end < to && t.quadrant(end, bits) == q {
				end++
			}
			t.divide(from, end, bits-1)
			from = end
		}
	}
	t.cells[at].next = int32(len(t.cells))
}

// quadrant returns which quarter of a cell of so many bits the point is in.
func (t *quadtree) quadrant(i, bits int) uint64 {
	return t.order[i] >> (64 - 2*(mortonBits-bits) - 2) & 3
}

// repulsion is f32.Repulsion with cells that are far away as points. The point itself counts, as it does there.
func (t *quadtree) repulsion(x0, y0 float32) (w, fx, fy float32) {
	for at := 0; at < len(t.cells); {
		c := &t.cells[at]
		dx, dy := x0-c.x, y0-c.y
		d := dx*dx + dy*dy
		switch {
		case d > c.width || d == 0 && c.width == 0:
			v := 1 / (1 + d)
			m := c.mass * v
			w += m
			m *= v
			fx, fy = fx+m*dx, fy+m*dy
			at = int(c.next)
		case c.leaf:
			for i := c.from; i < c.to; i++ {
				dx, dy := x0-t.x[i], y0-t.y[i]
				v := 1 / (1 + dx*dx + dy*dy)
				w += v
				v *= v
				fx, fy = fx+v*dx, fy+v*dy
			}
			at = int(c.next)
		default:
			at++
		}
	}
	return w, fx, fy
}

// maxTheta is the largest theta with which no point can be in a cell that stands for it: the diagonal of the cell would have to be longer than
// its width over theta.
const maxTheta = math.Sqrt2 / 2
