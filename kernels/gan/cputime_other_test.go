//go:build !linux

package gan

import "time"

var start = time.Now()

// cpuTime is the wall time, where the processor's is not asked for.
func cpuTime() time.Duration { return time.Since(start) }
