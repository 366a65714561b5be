//go:build race

package autodiff

func init() { raced = true }
