package embed

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// rowsApiece is how many rows a goroutine takes at a time.
const rowsApiece = 32

// eachRow calls f for the rows 0 to n-1, some at a time (from <= row < to), on as many processors as GOMAXPROCS allows. f writes only what belongs to its
// rows, and so nothing depends on GOMAXPROCS. When ctx ends it returns an error that says why.
func eachRow(ctx context.Context, n int, f func(from, to int)) error {
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			from := int(next.Add(rowsApiece)) - rowsApiece
			if from >= n {
				return
			}
			f(from, min(n, from+rowsApiece))
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+rowsApiece-1)/rowsApiece) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("embed: stopped: %w", context.Cause(ctx))
	}
	return nil
}
