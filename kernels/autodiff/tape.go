package autodiff

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// ErrClosed is returned for an operation on a tape that was closed.
var ErrClosed = errors.New("the tape is closed")

// Tape remembers what was computed. The zero value is not usable: call [New]. It is for one goroutine at a time.
type Tape[T Float] struct {
	// OnValue is told of a value when it gets a name, OnGradient of the gradient of a named value when it is complete. What they are given
	// lives until Reset. Both may compute on the tape; OnGradient may not begin another pass, nor Reset or Close.
	OnValue    func(name string, value Tensor[T])
	OnGradient func(name string, gradient Tensor[T])

	nodes  []node[T]
	epoch  int // of resets: a tensor of an earlier one is stale
	err    error
	closed bool
	b      *backend[T]
	rules  [opCount]rule[T]
	floats arena[T]
	ints   arena[int32]
	lists  arena[Tensor[T]]
	want   []bool      // during a backward pass: which values depend on what is asked for
	grads  []Tensor[T] // their gradients
	passes int         // how many there were: what a node's seen is compared with
	busy   bool        // OnGradient is running
	uses   map[*Param[T]]Tensor[T]
}

// rule gives the inputs of y the gradients that follow from y's gradient g.
type rule[T Float] func(t *Tape[T], y, g Tensor[T])

// Tensor is a value on a tape. The zero value is what a failed operation returns; operations on it return it.
type Tensor[T Float] struct {
	tape  *Tape[T]
	id    int
	epoch int
}

// node is a value and how it was computed.
type node[T Float] struct {
	op    opcode
	shape shape
	value []T
	in    [3]Tensor[T]
	more  []Tensor[T] // the inputs of Concat
	k     [2]T        // constants of the operation
	at    [10]int     // its geometry
	index []int32
	param *Param[T]
	name  string
	seen  int // the last pass whose y depends on it
}

// arena hands out pieces of memory that are all given back at once.
type arena[E any] struct {
	slab  []E
	used  int
	total int // since the last reset, beyond slab too
}

// take returns n elements; what they hold is undefined.
func (a *arena[E]) take(n int) []E {
	const line = 16 // elements: a cache line of float32
	step := (n + line - 1) / line * line
	a.total += step
	if a.used+step > len(a.slab) {
		a.slab, a.used = make([]E, max(step, 2*len(a.slab), 1<<12)), 0
	}
	piece := a.slab[a.used : a.used+n : a.used+n]
	a.used += step
	return piece
}

// reset takes everything back; if it did not fit in one slab the next round's will.
func (a *arena[E]) reset() {
	if a.total > len(a.slab) {
		a.slab = make([]E, a.total)
	}
	a.used, a.total = 0, 0
}

// New returns an empty tape.
func New[T Float]() *Tape[T] {
	t := &Tape[T]{b: backendOf[T](), epoch: 1, uses: map[*Param[T]]Tensor[T]{}}
	t.rules = rulesOf[T]()
	return t
}

// Reset forgets all values, and the error, and keeps the memory.
func (t *Tape[T]) Reset() {
	if t.inside("Reset") {
		return
	}
	clear(t.nodes) // no reference to the memory of others is kept
	t.nodes = t.nodes[:0]
	clear(t.uses)
	t.epoch++
	t.err = nil
	t.floats.reset()
	t.ints.reset()
	t.lists.reset()
}

// Close gives the memory back. Operations on the tape fail from then on.
func (t *Tape[T]) Close() {
	if t.inside("Close") {
		return
	}
	t.Reset()
	t.nodes, t.floats, t.ints, t.lists, t.want, t.grads = nil, arena[T]{}, arena[int32]{}, arena[Tensor[T]]{}, nil, nil
	t.closed = true
}

// Err returns the first error of an operation since Reset.
func (t *Tape[T]) Err() error {
	if t.closed {
		return fmt.Errorf("autodiff: %w", ErrClosed)
	}
	return t.err
}

// fail remembers an error and returns the empty tensor.
func (t *Tape[T]) fail(format string, args ...any) Tensor[T] {
	if t.err == nil {
		t.err = fmt.Errorf("autodiff: "+format, args...)
	}
	return Tensor[T]{}
}

// node returns x's node, or nil after an error.
func (x Tensor[T]) node() *node[T] {
	t := x.tape
	switch {
	case t == nil || t.err != nil || t.closed:
		return nil
	case x.epoch != t.epoch || x.id >= len(t.nodes):
		t.fail("a tensor is used after the Reset that ended it")
		return nil
	}
	return &t.nodes[x.id]
}

// own returns the node of a tensor that has to be of this tape, or nil after an error.
func (t *Tape[T]) own(op string, x Tensor[T]) *node[T] {
	if x.tape == nil {
		t.fail("%s: the tensor is empty", op)
	} else if x.tape != t {
		t.fail("%s: the tensor is of another tape: use the one that made it", op)
		x.tape.fail("%s: the tensor is of this tape, and the call of another", op)
	}
	if x.tape != t || t.inside(op) {
		return nil
	}
	return x.node()
}

// inside reports whether OnGradient is running, and then makes it an error: the pass goes on over what op would change.
func (t *Tape[T]) inside(op string) bool {
	if t.busy {
		t.fail("inside OnGradient: %s is not possible, copy what it needs and call it afterwards", op)
	}
	return t.busy
}

// pair returns the nodes of an operation's two inputs, or nil after an error, of which both their tapes know.
func (x Tensor[T]) pair(op string, y Tensor[T]) (a, b *node[T]) {
	switch {
	case x.tape == y.tape:
	case x.tape == nil:
		y.tape.fail("%s: an operand is empty", op)
	case y.tape == nil:
		x.tape.fail("%s: an operand is empty", op)
	case y.tape.err != nil:
		x.tape.fail("%s: the operands are on two tapes, one of which has failed: %w", op, y.tape.err)
	default:
		x.tape.fail("%s: the operands are on two tapes", op)
		y.tape.err = x.tape.err
	}
	if a, b = x.node(), y.node(); x.tape != y.tape || a == nil || b == nil {
		return nil, nil
	}
	return a, b
}

// with returns the node of another input of an operation on x.
func (x Tensor[T]) with(op string, y Tensor[T]) *node[T] {
	_, b := x.pair(op, y)
	return b
}

// push adds the result of an operation and returns it; its value is to be filled in. There is no node when the result would be too large, which
// only those ask whose result can be larger than what is there.
func (t *Tape[T]) push(op opcode, s shape, inputs ...Tensor[T]) (Tensor[T], *node[T]) {
	if !s.possible() {
		return t.fail("a result of %v: at most %d values are possible", s, maxSize), nil
	}
	return t.view(op, s, t.floats.take(s.size()), inputs...)
}

// view is push for a result whose value is there already.
func (t *Tape[T]) view(op opcode, s shape, value []T, inputs ...Tensor[T]) (Tensor[T], *node[T]) {
	n := node[T]{op: op, shape: s, value: value}
	copy(n.in[:], inputs)
	t.nodes = append(t.nodes, n)
	return Tensor[T]{t, len(t.nodes) - 1, t.epoch}, &t.nodes[len(t.nodes)-1]
}

// leaf adds a value from outside.
func (t *Tape[T]) leaf(what, name string, data []T, dims []int) Tensor[T] {
	if t.closed || t.err != nil {
		return Tensor[T]{}
	}
	if err := checkDims(dims); err != nil {
		return t.fail("%s%s: %w", what, name, err)
	}
	s := shapeOf(dims...)
	if len(data) != s.size() {
		return t.fail("%s%s: %d values for %v", what, name, len(data), s)
	}
	x, _ := t.view(opLeaf, s, data)
	return x
}

// Const returns data as a tensor of the given sizes, none for a scalar. The tensor is data, not a copy: do not change it before Reset.
func (t *Tape[T]) Const(data []T, dims ...int) Tensor[T] { return t.leaf("Const", "", data, dims) }

// Var is Const under a name that tells the reader that gradients will be asked for. They may be asked for of any tensor.
func (t *Tape[T]) Var(data []T, dims ...int) Tensor[T] { return t.leaf("Var", "", data, dims) }

// Full returns a tensor of one value.
func (t *Tape[T]) Full(v T, dims ...int) Tensor[T] {
	if t.closed || t.err != nil {
		return Tensor[T]{}
	}
	if err := checkDims(dims); err != nil {
		return t.fail("Full: %w", err)
	}
	x, n := t.push(opLeaf, shapeOf(dims...))
	for i := range n.value {
		n.value[i] = v
	}
	return x
}

// Use returns a parameter as a tensor: the same one until Reset, whoever asks, so that [Tape.Grad] of a loss with respect to Use(p) is that
// of layers too. The tensor is p's Value, not a copy: once a step, Load or EMA has changed p, Use returns another tensor, and a gradient of what was
// computed of the first is an error. Whoever changes Value by hand must see to this himself.
func (t *Tape[T]) Use(p *Param[T]) Tensor[T] {
	if p == nil {
		return t.fail("Use: the parameter is nil")
	}
	if x, ok := t.uses[p]; ok && t.err == nil && t.nodes[x.id].current() {
		return x
	}
	x := t.leaf("parameter ", p.Name, p.Value, p.Shape)
	if n := x.node(); n != nil {
		n.param, n.at[0], t.uses[p] = p, p.version, x
	}
	return x
}

// current reports whether a parameter is what it was when n was made of it.
func (n *node[T]) current() bool {
	p := n.param
	return p.version == n.at[0] && slices.Equal(p.Shape, n.shape.dims()) && unsafe.SliceData(p.Value) == unsafe.SliceData(n.value)
}

// what is n's shape, and the parameter's name when it is one.
func (n *node[T]) what() string {
	if n.param == nil || n.param.Name == "" {
		return n.shape.String()
	}
	return fmt.Sprintf("%v (%s)", n.shape, n.param.Name)
}

// Value returns x's numbers, the last dimension's next to each other. They are the tape's: read them before Reset, do not change them. nil
// after an error.
func (x Tensor[T]) Value() []T {
	if n := x.node(); n != nil {
		return n.value
	}
	return nil
}

// Item returns the number of a tensor that has one, else 0 and an error on the tape.
func (x Tensor[T]) Item() T {
	n := x.node()
	if n == nil {
		return 0
	}
	if len(n.value) != 1 {
		x.tape.fail("Item: the tensor has %d values", len(n.value))
		return 0
	}
	return n.value[0]
}

// Shape returns the sizes of x.
func (x Tensor[T]) Shape() []int {
	if n := x.node(); n != nil {
		return append([]int(nil), n.shape.dims()...)
	}
	return nil
}

// Named gives x a name, under which the tape's hooks hear of it, and returns it; if x has one, what is returned is another tensor of the same
// values.
func (x Tensor[T]) Named(name string) Tensor[T] {
	n := x.node()
	if n == nil {
		return Tensor[T]{}
	}
	if n.name != "" {
		x, n = x.tape.view(opReshape, n.shape, n.value, x)
	}
	n.name = name
	if x.tape.OnValue != nil {
		x.tape.OnValue(name, x)
	}
	return x
}

// Detach returns x's value without its history: no gradient reaches x through it.
func (x Tensor[T]) Detach() Tensor[T] {
	n := x.node()
	if n == nil {
		return Tensor[T]{}
	}
	y, _ := x.tape.view(opLeaf, n.shape, n.value)
	return y
}
