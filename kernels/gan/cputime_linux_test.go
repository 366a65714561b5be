package gan

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is what the process has computed so far: other work on the machine does not count.
func cpuTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
