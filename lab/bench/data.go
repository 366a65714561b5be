package main

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/xainb"
	"github.com/xainb/gonb-xai/xainb/codec"
	"github.com/xainb/gonb-xai/xainb/show"
)

//go:embed others.js
var othersJS string

// reference is what codec's BenchmarkEncodeReference encodes: 200 frames of a 64x64 attention matrix while it is trained.
func reference() (*xainb.Track, error) {
	b, err := os.ReadFile(filepath.Join("xainb", "codec", "testdata", "attention_200x64x64.xtrack"))
	if err != nil {
		return nil, err
	}
	return codec.Decode(b)
}

// smooth is a run of n frames of size by size values between 0 and 1: waves of a few lengths that move, the same at every call.
func smooth(size, n int) *xainb.Track {
	r := rand.New(rand.NewPCG(1, 2))
	type wave struct{ fx, fy, speed, phase float64 }
	waves := make([]wave, 10)
	for i := range waves {
		waves[i] = wave{r.NormFloat64() * 9, r.NormFloat64() * 9, r.NormFloat64() * 0.15, r.Float64() * 2 * math.Pi}
	}
	data := make([]float32, size*size)
	var frames []xainb.Snapshot
	for t := range n {
		clear(data)
		for _, w := range waves {
			for y := range size {
				sin, cos := math.Sincos(w.fy*float64(y)/float64(size) + w.speed*float64(t) + w.phase)
				row := data[y*size : (y+1)*size]
				stepSin, stepCos := math.Sincos(w.fx / float64(size))
				for x := range row {
					row[x] += float32(0.5+0.5*cos) / float32(len(waves))
					sin, cos = sin*stepCos+cos*stepSin, cos*stepCos-sin*stepSin
				}
			}
		}
		s := xainb.Snapshot{Seq: t, Time: float64(t)}
		s.Put("height", data, xainb.Dim{Name: "y", Size: size}, xainb.Dim{Name: "x", Size: size})
		frames = append(frames, s)
	}
	return xainb.NewTrack(frames, xainb.Provenance{}, nil)
}

// game is a run with the fields of a GAN's: 512 points that circle about 512 others, over a field of 32x32 cells and 16x16 arrows.
func game(n int) *xainb.Track {
	grid := func(side, parts int, at func(x, y float64) [2]float64) (data []float32) {
		for i := range side * side {
			v := at(-3+6*(float64(i%side)+0.5)/float64(side), -3+6*(float64(i/side)+0.5)/float64(side))
			for _, part := range v[:parts] {
				data = append(data, float32(part))
			}
		}
		return data
	}
	dims := func(names string, sizes ...int) (out []xainb.Dim) {
		for i, name := range strings.Fields(names) {
			out = append(out, xainb.Dim{Name: name, Size: sizes[i]})
		}
		return out
	}
	points := func(radius, turn float64) []float32 {
		r, out := rand.New(rand.NewPCG(1, 2)), make([]float32, 0, 1024)
		for i := range 512 {
			angle := float64(i%8)*math.Pi/4 + turn
			out = append(out, float32(radius*math.Cos(angle)+0.15*r.NormFloat64()), float32(radius*math.Sin(angle)+0.15*r.NormFloat64()))
		}
		return out
	}
	var frames []xainb.Snapshot
	for t := range n {
		turn := 2 * math.Pi * float64(t) / float64(n)
		s := xainb.Snapshot{Seq: t, Time: float64(t)}
		s.Put("generated", points(2-math.Cos(turn), turn), dims("sample xy", 512, 2)...)
		s.Put("real", points(2, 0), dims("sample xy", 512, 2)...)
		s.Put("window", []float32{-3, 3, -3, 3}, dims("side", 4)...)
		s.Put("field", grid(32, 1, func(x, y float64) [2]float64 {
			return [2]float64{1 / (1 + math.Exp(2*math.Sin(2*x+turn)*math.Cos(y-turn)))}
		}), dims("y x", 32, 32)...)
		s.Put("pull", grid(16, 2, func(x, y float64) [2]float64 { return [2]float64{math.Cos(2*x + turn), math.Sin(y - turn)} }), dims("y x uv", 16, 16, 2)...)
		frames = append(frames, s)
	}
	return xainb.NewTrack(frames, xainb.Provenance{}, nil)
}

// ourPage writes a page of a scene and returns its address. A frame of the run stays as long as one of the screen.
func ourPage(path string, scene *charts.Scene) (string, error) {
	var b bytes.Buffer
	if err := show.WritePage(&b, scene.Seconds(1.0/60)); err != nil {
		return "", err
	}
	return write(path, b.String())
}

// otherPage writes a page that draws the first n frames of the same data with library, a file, and returns its address.
func otherPage(path, library string, t *xainb.Track, n int) (string, error) {
	var b bytes.Buffer
	for i := range min(n, t.Len()) {
		if err := binary.Write(&b, binary.LittleEndian, t.At(i).Fields[0].Data); err != nil {
			return "", err
		}
	}
	dims := t.Schema().Fields[0].Dims
	return write(path, fmt.Sprintf("<!doctype html><meta charset=utf-8><body><script src=\"file://%s\"></script><script>const data = {rows: %d, cols: %d, frames: %d, values: %q};\n%s</script>",
		library, dims[0].Size, dims[1].Size, min(n, t.Len()), base64.StdEncoding.EncodeToString(b.Bytes()), othersJS))
}

func write(path, page string) (string, error) {
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		return "", err
	}
	return "file://" + filepath.ToSlash(path), nil
}
