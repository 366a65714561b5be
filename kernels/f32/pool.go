package f32

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// work is something that can be done in pieces, in any order and side by side.
type work interface{ piece(i int) }

// job hands out the pieces of some work.
type job struct {
	work   work
	n      int64
	next   atomic.Int64
	others sync.WaitGroup
	failed atomic.Pointer[any] // what the first piece that panicked panicked with
}

// run does pieces until there are none left.
func (j *job) run() {
	whole := false
	defer func() {
		if whole {
			return
		}
		v := recover()
		if v == nil { // panic(nil) is an error since Go 1.21
			v = "f32: an activation ended its goroutine with runtime.Goexit: return or panic instead"
		}
		j.failed.CompareAndSwap(nil, &v)
		j.next.Store(j.n) // no more pieces
	}()
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.work.piece(int(i))
	}
	whole = true
}

// finish runs and waits for the helpers, even when a piece ends this goroutine: they write to what its caller owns.
func (j *job) finish() {
	defer j.others.Wait()
	j.run()
}

func (j *job) help() {
	defer j.others.Done()
	j.run()
}

// The workers outlive the work, as starting a goroutine allocates; they sleep when there is none. There are never more than the
// machine's processors, less the goroutine that asks.
var (
	jobs    = make(chan *job)
	workers atomic.Int64
	pool    = sync.Pool{New: func() any { return new(job) }}
)

func worker(j *job) {
	defer workers.Add(-1) // when a piece ends it
	for ; ; j = <-jobs {
		j.help()
	}
}

// parallel does the n pieces of w, on as many processors as GOMAXPROCS allows and are idle. What a piece computes must not depend on
// who does it, and so nothing depends on GOMAXPROCS. What a piece panics with, parallel panics with when nobody works on w any more.
func parallel(w work, n int) {
	helpers := min(runtime.GOMAXPROCS(0), n) - 1
	if helpers <= 0 {
		for i := range n {
			w.piece(i)
		}
		return
	}
	j := pool.Get().(*job)
	j.work, j.n = w, int64(n)
	j.next.Store(0)
	for range helpers {
		if !j.offer() {
			break
		}
	}
	j.finish()
	failed := j.failed.Swap(nil)
	j.work = nil
	pool.Put(j)
	if failed != nil {
		panic(*failed)
	}
}

// offer finds another worker, without waiting for one.
func (j *job) offer() bool {
	j.others.Add(1)
	select {
	case jobs <- j:
		return true
	default:
	}
	if limit := int64(runtime.NumCPU() - 1); workers.Add(1) <= limit {
		go worker(j)
		return true
	}
	workers.Add(-1)
	j.others.Done()
	return false
}

// rowWork is a function of rows, some rows a piece.
type rowWork struct {
	dst, src   []float32
	n, step    int // of a row, of a piece
	f          func(w *rowWork, dst, src []float32)
	gain, bias []float32
	eps        float32
}

const (
	rowPiece    = 1 << 13 // elements that are worth a piece
	rowParallel = 1 << 16 // elements that are worth a second processor
)

func (w *rowWork) piece(i int) {
	end := min(len(w.src), (i+1)*w.step)
	for at := i * w.step; at < end; at += w.n {
		w.f(w, w.dst[at:at+w.n], w.src[at:at+w.n])
	}
}

var rowWorks = sync.Pool{New: func() any { return new(rowWork) }}

// run does the rows, many of them on several processors; f must not depend on which rows it gets together. name is the function that
// is told of when they are not whole.
func (w rowWork) run(name string) {
	w.dst, w.src = two(w.dst, w.src)
	if w.n <= 0 || len(w.src)%w.n != 0 {
		panic(fmt.Sprintf("f32: %s: %d values are not whole rows of %d: n must be above 0 and divide their number", name, len(w.src), w.n))
	}
	w.step = max(w.n, len(w.src))
	if len(w.src) >= rowParallel {
		w.step = (rowPiece + w.n - 1) / w.n * w.n
	}
	p := rowWorks.Get().(*rowWork) // as a closure would allocate
	*p = w
	parallel(p, (len(w.src)+w.step-1)/w.step)
	*p = rowWork{}
	rowWorks.Put(p)
}
