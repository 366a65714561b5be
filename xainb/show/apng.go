package show

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
)

// An animated PNG (https://www.w3.org/TR/png-3/#apng-frame-based-animation) is a PNG whose later frames stand in chunks of their
// own: a viewer that does not know them shows the first. It takes about half the bytes of the same GIF.

// apngFrame is an encoded picture at its place. All frames share the first one's palette.
type apngFrame struct {
	rect   image.Rectangle
	header []byte // the chunks before the data
	data   []byte
	delay  int // milliseconds
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// encodeAPNG writes the frames, of which the first covers the whole picture and the others are drawn over what is there, their transparent
// pixels letting it through. It plays for ever.
func encodeAPNG(frames []apngFrame) ([]byte, error) {
	if len(frames) == 0 {
		return nil, errors.New("show: an animation of no frames")
	}
	out := bytes.NewBufferString(pngSignature)
	out.Write(frames[0].header)
	writeChunk(out, "acTL", be(uint32(len(frames)), 0))
	seq := uint32(0)
	for i, f := range frames {
		control := be(seq, uint32(f.rect.Dx()), uint32(f.rect.Dy()), uint32(f.rect.Min.X), uint32(f.rect.Min.Y))
		control = binary.BigEndian.AppendUint16(control, uint16(f.delay))
		control = binary.BigEndian.AppendUint16(control, 1000)
		writeChunk(out, "fcTL", append(control, 0, 1)) // leave what is there; draw over it
		seq++
		if i == 0 {
			writeChunk(out, "IDAT", f.data)
			continue
		}
		writeChunk(out, "fdAT", append(be(seq), f.data...))
		seq++
	}
	writeChunk(out, "IEND", nil)
	return out.Bytes(), nil
}

// newFrame encodes a picture.
func newFrame(img *image.Paletted) (apngFrame, error) {
	f := apngFrame{rect: img.Rect}
	at := *img
	at.Rect = img.Rect.Sub(img.Rect.Min)
	// The encoder packs pixels when there are few colours; all frames must be packed alike.
	at.Palette = append(color.Palette{}, img.Palette...)
	for len(at.Palette) < 17 {
		at.Palette = append(at.Palette, color.RGBA{0, 0, 0, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, &at); err != nil {
		return f, fmt.Errorf("show: poster: %w", err)
	}
	for rest := b.Bytes()[len(pngSignature):]; len(rest) >= 12; {
		size := 12 + int(binary.BigEndian.Uint32(rest))
		switch string(rest[4:8]) {
		case "IDAT":
			f.data = append(f.data, rest[8:size-4]...)
		case "IHDR", "PLTE", "tRNS":
			f.header = append(f.header, rest[:size]...)
		}
		rest = rest[size:]
	}
	return f, nil
}

func be(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func writeChunk(out *bytes.Buffer, name string, data []byte) {
	body := append([]byte(name), data...)
	out.Write(be(uint32(len(data))))
	out.Write(body)
	out.Write(be(crc32.ChecksumIEEE(body)))
}
