//go:build race

package gan

func init() { raced = true }
