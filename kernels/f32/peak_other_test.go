//go:build !amd64

package f32

import "testing"

func benchmarkPeak(b *testing.B) { b.Skip("there are no vector kernels on this machine") }
