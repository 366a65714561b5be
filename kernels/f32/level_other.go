//go:build !amd64

package f32

func best() isa { return portable }
