package f32

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"testing"
)

// onWorker says whether a worker of the pool calls it, and not who asked for the work.
func onWorker() bool {
	stack := make([]byte, 1<<14)
	return bytes.Contains(stack[:runtime.Stack(stack, false)], []byte("f32.worker("))
}

// An activation that panics, or ends its goroutine, on a worker: the caller's own is told, and the pool goes on.
func TestActivationFailsOnAWorker(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const m, n, k = 130, 301, wide/130/301 + 1
	a, b, c := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n), Dense(make([]float32, m*n), m, n)
	for name, test := range map[string]struct {
		fail func()
		want any
	}{
		"panic":  {func() { panic("mine") }, "mine"},
		"goexit": {runtime.Goexit, "f32: an activation ended its goroutine with runtime.Goexit: return or panic instead"},
	} {
		t.Run(name, func(t *testing.T) {
			failures := 0 // more than one: who ends a worker makes room for another
			for round := 0; failures < 3 && round < 1000; round++ {
				var met atomic.Bool
				waited := false
				got := func() (v any) {
					defer func() { v = recover() }()
					return Gemm(c, a, b, Epilogue{Activation: func(dst, src []float32) {
						if onWorker() {
							met.Store(true)
							test.fail()
						}
						for i := 0; i < 1000 && !waited && !met.Load(); i++ {
							runtime.Gosched()
						}
						waited = true
					}})
				}()
				if met.Load() && got != test.want || !met.Load() && got != nil {
					t.Fatalf("a worker failed: %v; Gemm gave %v", met.Load(), got)
				}
				if met.Load() {
					failures++
				}
				if err := Gemm(c, a, b, Epilogue{Activation: ReLU}); err != nil || Max(c.Data) < 1 {
					t.Fatalf("the next product: %v, its largest element %v", err, Max(c.Data))
				}
			}
			if failures < 3 && runtime.NumCPU() > 1 {
				t.Errorf("a worker came %d times", failures)
			}
		})
	}
	if n := workers.Load(); n < 0 || n > int64(runtime.NumCPU()-1) {
		t.Errorf("%d workers", n)
	}
}

// The caller's goroutine ends within its own part of the work: nobody writes to c any more when its deferred functions run.
func TestActivationFailsOnTheCaller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const m, n, k = 130, 301, wide/130/301 + 1
	a, b := Dense(normals(m*k, 1), m, k), Dense(normals(k*n, 2), k, n)
	for _, fail := range []func(){func() { panic("mine") }, runtime.Goexit} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			c := Dense(make([]float32, m*n), m, n)
			var met atomic.Bool
			var active atomic.Int32
			defer func() {
				_ = recover()
				if n := active.Load(); n != 0 {
					t.Errorf("%d workers still write to c", n)
				}
			}()
			_ = Gemm(c, a, b, Epilogue{Activation: func(dst, src []float32) {
				if onWorker() {
					active.Add(1)
					defer active.Add(-1)
					met.Store(true)
					for range 1000 {
						runtime.Gosched()
					}
					return
				}
				for i := 0; i < 1000 && !met.Load(); i++ {
					runtime.Gosched()
				}
				fail()
			}})
			t.Error("Gemm returned")
		}()
		<-done
	}
}
