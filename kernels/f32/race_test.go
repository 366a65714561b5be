//go:build race

package f32

func init() { raced = true }
