package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xainb/gonb-xai/internal/atomicfile"
	"github.com/xainb/gonb-xai/xainb"
)

// Extension is the usual end of the name of a file in the compact form.
const Extension = ".xtrack"

// ErrExtension marks a file name that does not say which form the file has.
var ErrExtension = errors.New("unknown kind of file")

// Save writes the track to a file whose name chooses the form: .xtrack (compact), .json, .yaml or .yml, or .csv, which cannot be
// opened again. Without Options the compact form keeps every value as it is. What [Open] could not read again (more than [DefaultLimit]) is
// an error. A failure leaves what was there before untouched.
func Save(path string, t *xainb.Track, o ...Options) error {
	var write func(io.Writer) error
	switch form(path) {
	case Extension:
		options := Options{Bits: Lossless}
		if len(o) > 0 {
			options = o[0]
		}
		b, err := encodeReadable(t, options, DefaultLimit)
		if err != nil {
			return fmt.Errorf("%w (saving %s)", err, path)
		}
		write = func(w io.Writer) error { _, err := w.Write(b); return err }
	case ".json":
		write = func(w io.Writer) error { return WriteJSON(w, t) }
	case ".yaml":
		write = func(w io.Writer) error { return WriteYAML(w, t) }
	case ".csv":
		write = func(w io.Writer) error { return WriteCSV(w, t) }
	default:
		return fmt.Errorf("codec: save %s: %w: end its name in %s, .json, .yaml or .csv", path, ErrExtension, Extension)
	}
	if err := atomicfile.Write(path, write); err != nil {
		return fmt.Errorf("codec: save %s: %w", path, err)
	}
	return nil
}

// Open reads a file that [Save] wrote.
func Open(path string) (*xainb.Track, error) {
	t, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w (opening %s)", err, path)
	}
	return t, nil
}

func openFile(path string) (*xainb.Track, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	if bytes.HasPrefix(b, []byte(magic)) {
		return Decode(b)
	}
	switch form(path) {
	case Extension:
		return Decode(b)
	case ".json":
		return ReadJSON(bytes.NewReader(b))
	case ".yaml":
		return ReadYAML(bytes.NewReader(b))
	case ".csv":
		return nil, fmt.Errorf("codec: %w: a table does not hold a whole recording: save it as %s as well", ErrExtension, Extension)
	}
	return nil, fmt.Errorf("codec: %w: it is not in the compact form and its name does not end in .json or .yaml", ErrExtension)
}

func form(path string) string {
	ext := strings.ToLower(filepath.Ext(path))
	if ext == ".yml" {
		return ".yaml"
	}
	return ext
}
