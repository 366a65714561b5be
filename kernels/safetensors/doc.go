// Package safetensors reads and writes the safetensors format: named n-dimensional arrays behind a JSON header,
// the way trained weights are shared. It is where the weights of the kernels come from, before the first arrow of
//
//	weights -> algorithm --Step--> SnapshotManager --Track--> Scene --Document
//
// A file is
//
//	8 bytes   N, the length of the header, little-endian
//	N bytes   JSON: {"name": {"dtype": "F32", "shape": [2,3], "data_offsets": [0,24]}, ..., "__metadata__": {"k": "v"}}
//	the rest  the data, little-endian, row-major, without holes or overlaps; offsets count from its first byte
//
// The specification is the README of github.com/huggingface/safetensors. Nothing in a file is believed before it is checked:
// a header larger than [MaxHeader] or than the file, a tensor outside the file, offsets that overlap or leave a hole, a shape
// that overflows or does not fit its range, a name used twice, an unknown dtype, a truncated file. Each is an error that wraps one
// of the package's sentinels and states the value; memory is asked for in proportion to the bytes that are there, never to what they claim.
//
// [Open] reads the header and leaves the tensors on disk until they are asked for. [Write] gives the same bytes for the same
// tensors, in whatever order they are given.
package safetensors
