package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/xainb/gonb-xai/xainb"
)

// Key says what decides a run. Runs with equal keys are taken to give equal tracks.
type Key struct {
	Name    string // the algorithm: its package's path is a good name
	Version int    // raised when a change of the algorithm's code changes its result
	// Config and Data are hashed with their types and everything they hold, unexported fields too: numbers, strings,
	// structs, slices, maps, pointers to such. A function or a channel in them cannot be hashed.
	Config any
	Data   any
}

// hash is the hex SHA-256 of the key and of the versions of the code.
func (k Key) hash() (string, error) {
	h := &hasher{h: sha256.New()}
	h.text("xainb cache 1", xainb.Version, buildVersion(), k.Name)
	h.number(uint64(version))
	h.number(uint64(k.Version))
	for _, part := range []any{k.Config, k.Data} {
		if err := h.value(reflect.ValueOf(part), 0); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.h.Sum(nil)), nil
}

// buildVersion names the version of this module that the program was built with.
var buildVersion = sync.OnceValue(func() string {
	const path = "github.com/xainb/gonb-xai"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == path {
			return m.Version + m.Sum
		}
	}
	return ""
})

type hasher struct{ h hash.Hash }

func (h *hasher) number(v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	h.h.Write(b[:])
}

func (h *hasher) text(texts ...string) {
	for _, s := range texts {
		h.number(uint64(len(s)))
		h.h.Write([]byte(s))
	}
}

// deepest bounds the nesting of values, so that a ring of pointers ends.
const deepest = 100

var trackType = reflect.TypeFor[*xainb.Track]()

func (h *hasher) value(v reflect.Value, depth int) error {
	if !v.IsValid() {
		h.text("nil")
		return nil
	}
	if depth > deepest {
		return fmt.Errorf("a value nested more than %d deep cannot be hashed", deepest)
	}
	h.text(v.Type().String())
	if n, ok := plain(v); ok {
		h.number(n)
		return nil
	}
	switch v.Kind() {
	case reflect.Complex64, reflect.Complex128:
		h.number(math.Float64bits(real(v.Complex())))
		h.number(math.Float64bits(imag(v.Complex())))
	case reflect.String:
		h.text(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			h.text(v.Type().Field(i).Name)
			if err := h.value(v.Field(i), depth+1); err != nil {
				return fmt.Errorf("%s: %w", v.Type().Field(i).Name, err)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if v.Type() == trackType { // behind an unexported field, too, where Interface is forbidden
			h.text((*xainb.Track)(v.UnsafePointer()).Hash()) // without wall times
			return nil
		}
		return h.value(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		return h.list(v, depth)
	case reflect.Map:
		return h.dict(v, depth)
	default:
		if v.Kind() != reflect.UnsafePointer && v.IsNil() {
			h.text("nil")
			return nil
		}
		return fmt.Errorf("a %s cannot be hashed", v.Type())
	}
	return nil
}

// plain returns the bits of a boolean or a number.
func plain(v reflect.Value) (uint64, bool) {
	switch {
	case v.Kind() == reflect.Bool && v.Bool():
		return 1, true
	case v.Kind() == reflect.Bool:
		return 0, true
	case v.CanInt():
		return uint64(v.Int()), true
	case v.CanUint():
		return v.Uint(), true
	case v.CanFloat():
		return math.Float64bits(v.Float()), true
	}
	return 0, false
}

func (h *hasher) list(v reflect.Value, depth int) error {
	h.number(uint64(v.Len()))
	numbers := make([]byte, 0, 1<<12)
	for i := range v.Len() {
		if n, ok := plain(v.Index(i)); ok { // the type of the list says the rest
			if numbers = binary.LittleEndian.AppendUint64(numbers, n); len(numbers) == cap(numbers) {
				h.h.Write(numbers)
				numbers = numbers[:0]
			}
		} else if err := h.value(v.Index(i), depth+1); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	h.h.Write(numbers)
	return nil
}

// dict hashes a map in the order of its keys' hashes.
func (h *hasher) dict(v reflect.Value, depth int) error {
	type entry struct {
		key   []byte
		value reflect.Value
	}
	var entries []entry
	for it := v.MapRange(); it.Next(); {
		one := &hasher{sha256.New()}
		if err := one.value(it.Key(), depth+1); err != nil {
			return err
		}
		entries = append(entries, entry{one.h.Sum(nil), it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	h.number(uint64(len(entries)))
	for _, e := range entries {
		h.h.Write(e.key)
		if err := h.value(e.value, depth+1); err != nil {
			return err
		}
	}
	return nil
}
