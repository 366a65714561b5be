package diffusion

import (
	"context"
	"flag"
	"os"
	"testing"
)

var trainTo = flag.String("train-to", "weights/digits.safetensors", "where -train writes")

var trainFlag = flag.Bool("train", false, "train the network for digits again and write weights/digits.safetensors (minutes)")

// TestTrainDigits makes what "go generate ./kernels/diffusion" embeds.
func TestTrainDigits(t *testing.T) {
	if !*trainFlag {
		t.Skip("minutes: give -train")
	}
	net, err := trainDigits(context.Background(), digitsShape, digitsTraining, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	file, err := halfWeights(net.params(), map[string]string{"data": "UCI optical digits, the first 1437", "command": "go generate ./kernels/diffusion"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*trainTo, file, 0o644); err != nil {
		t.Fatal(err)
	}
}
