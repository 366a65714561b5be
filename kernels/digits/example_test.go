package digits_test

import (
	"fmt"

	"github.com/xainb/gonb-xai/kernels/digits"
)

func ExampleLoad() {
	images, labels := digits.Load()
	const i = 1796 // the last one
	shades := []rune("·░▒▓█")
	for y := range digits.Side {
		row := images[i*digits.Pixels+y*digits.Side:][:digits.Side]
		for _, ink := range row {
			fmt.Print(string(shades[int(4*ink)]))
		}
		fmt.Println()
	}
	fmt.Println("label", labels[i])
	// Output:
	// ··▒▓▒···
	// ··█▓░···
	// ··▓▓▒▓··
	// ··░██▒··
	// ··▓▓▓▓··
	// ·░█░░█░·
	// ·▒█▒▒█▒·
	// ··▒▓▓▓··
	// label 8
}
