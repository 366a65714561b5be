package f32

import (
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
}

func (j *job) run() {
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.work.piece(int(i))
	}
}

// The workers outlive the work, as starting a goroutine allocates; they sleep when there is none. There are never more than the
// machine's processors, less the goroutine that asks.
var (
	jobs    = make(chan *job)
	workers atomic.Int64
	pool    = sync.Pool{New: func() any { return new(job) }}
)

func worker() {
	for j := range jobs {
		j.run()
		j.others.Done()
	}
}

// parallel does the n pieces of w, on as many processors as GOMAXPROCS allows and are idle. What a piece computes must not depend on
// who does it, and so nothing depends on GOMAXPROCS.
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
	j.run()
	j.others.Wait()
	j.work = nil
	pool.Put(j)
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
		go worker()
		jobs <- j
		return true
	}
	workers.Add(-1)
	j.others.Done()
	return false
}

// rowWork is a function of rows, some rows a piece.
type rowWork struct {
	dst, src []float32
	n, step  int
	f        func(dst, src []float32)
}

const (
	rowPiece    = 1 << 13 // elements that are worth a piece
	rowParallel = 1 << 16 // elements that are worth a second processor
)

func (w *rowWork) piece(i int) {
	end := min(len(w.src), (i+1)*w.step)
	for at := i * w.step; at < end; at += w.n {
		w.f(w.dst[at:at+w.n], w.src[at:at+w.n])
	}
}

// inPieces does the work of rows on several processors; f must not depend on which rows it gets together.
func inPieces(dst, src []float32, n int, f func(dst, src []float32)) {
	w := &rowWork{dst: dst, src: src, n: n, step: (rowPiece + n - 1) / n * n, f: f}
	parallel(w, (len(src)+w.step-1)/w.step)
}

// wholeRows cuts dst and src to whole rows of n elements.
func wholeRows(dst, src []float32, n int) ([]float32, []float32) {
	dst, src = two(dst, src)
	if n <= 0 {
		return nil, nil
	}
	k := len(src) / n * n
	return dst[:k], src[:k]
}
