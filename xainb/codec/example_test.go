package codec_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
)

// halving is an algorithm: it yields three steps of a field of two values.
func halving(x float32) []xainb.Step {
	var steps []xainb.Step
	for i := range 3 {
		data := []float32{x, 1 - x}
		steps = append(steps, xainb.StepFunc(func(s *xainb.Snapshot) {
			s.Time = float64(i)
			s.Put("share", data, xainb.Dim{Name: "part", Size: 2})
		}))
		x /= 2
	}
	return steps
}

func ExampleEncode() {
	run := xainb.Record(0.9, halving)
	b, err := codec.Encode(run, codec.Options{Bits: 12})
	if err != nil {
		fmt.Println(err)
		return
	}
	info, err := codec.Inspect(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := info.Fields[0]
	fmt.Printf("%d frames, %s in %d bits, off by at most %.5f\n", info.Frames, f.Name, f.Bits, f.MaxError)
	again, err := codec.Decode(b)
	fmt.Printf("%.4f %v\n", again.At(2).Field("share").Data, err)
	// Output:
	// 3 frames, share in 12 bits, off by at most 0.00009
	// [0.2250 0.7750] <nil>
}

func ExampleSave() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	run := xainb.Record(0.5, halving)
	path := filepath.Join(folder, "halving.json")
	if err := codec.Save(path, run); err != nil {
		fmt.Println(err)
		return
	}
	again, err := codec.Open(path)
	fmt.Println(again, err)
	// Output:
	// 3 frames: share [part=2] <nil>
}

func ExampleCached() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	os.Setenv(codec.CacheEnv, folder)
	defer os.Unsetenv(codec.CacheEnv)
	for range 2 {
		run := codec.Cached(codec.Key{Name: "halving", Config: 0.9}, func() *xainb.Track {
			fmt.Println("computing")
			return xainb.Record(0.9, halving)
		})
		fmt.Println(run)
	}
	// Output:
	// computing
	// 3 frames: share [part=2]
	// 3 frames: share [part=2]
}

// The numbers as a table for data frames and spreadsheets: a row a value.
func ExampleWriteCSV() {
	run := xainb.Record(0.5, halving)
	if err := codec.WriteCSV(os.Stdout, run.Select(func(s *xainb.Snapshot) bool { return s.Time < 2 })); err != nil {
		fmt.Println(err)
	}
	// Output:
	// frame,time,phase,field,part,value
	// 0,0,,share,0,0.5
	// 0,0,,share,1,0.5
	// 1,1,,share,0,0.25
	// 1,1,,share,1,0.75
}
