package safetensors

import "errors"

// What can be wrong with a file. Errors of this package wrap one of these and state the value.
var (
	ErrHeader    = errors.New("bad header")     // length or JSON
	ErrTruncated = errors.New("truncated file") // fewer bytes than the header says
	ErrTrailing  = errors.New("bytes after the end of the last tensor")
	ErrDType     = errors.New("unknown dtype") // not one of the format's
	ErrConvert   = errors.New("no conversion to float32")
	ErrShape     = errors.New("bad shape")           // negative, overflowing, or not the size of its range
	ErrOffsets   = errors.New("bad offsets")         // reversed, overlapping, with holes
	ErrDuplicate = errors.New("name used twice")     // tensors, metadata
	ErrNoTensor  = errors.New("no such tensor")      // asked for by name
	ErrNotFinite = errors.New("value is not finite") // NaN or infinity, see [CheckFinite]
)
