package codec

import "math"

// tile is how many elements of a block are turned at a time, so that both sides of the transposition stay in cache.
const tile = 32

// blockOf is how many occurrences of a size make a block when the caller does not say: about half a million values.
func blockOf(size int) int {
	return min(256, max(16, (1<<19)/max(size, 1)))
}

// appendBlocks writes the occurrences of s.
func (s *stream) appendBlocks(out []byte) []byte {
	for from := 0; from < len(s.data); from += s.block {
		out = s.appendBlock(out, s.data[from:min(from+s.block, len(s.data))])
	}
	return out
}

func (s *stream) appendBlock(out []byte, data [][]float32) []byte {
	k, n, planes := len(data), s.size, s.coding.planes()
	r := s.order(data)
	out = append(out, byte(r))
	start := len(out)
	out = append(out, make([]byte, n*k*planes)...)
	if r == 0 {
		s.putKeys(out[start:], data)
	} else {
		s.putDifferences(out[start:], data, r)
	}
	return out
}

// putKeys writes the codes as they are, occurrence after occurrence.
func (s *stream) putKeys(out []byte, data [][]float32) {
	codes, plane := make([]uint32, s.size), s.size*len(data)
	for j, d := range data {
		s.coding.encode(codes, 1, d)
		for p := range s.coding.planes() {
			row := out[p*plane+j*s.size:]
			for e, q := range codes {
				row[e] = byte(q >> (8 * p))
			}
		}
	}
}

// putDifferences writes the key occurrence and, element by element, the zigzag differences of order r.
func (s *stream) putDifferences(out []byte, data [][]float32, r int) {
	k, n, plane := len(data), s.size, s.size*len(data)
	codes := make([]uint32, tile*k)
	for at := 0; at < n; at += tile {
		end := min(at+tile, n)
		for j, d := range data {
			s.coding.encode(codes[j:], k, d[at:end])
		}
		for e := at; e < end; e++ {
			row := codes[(e-at)*k:][:k]
			key := row[0]
			residues(row, r, s.coding.bits)
			for p := range s.coding.planes() {
				out[p*plane+e] = byte(key >> (8 * p))
				moments := out[p*plane+n+e*(k-1):][:k-1]
				for j, x := range row[1:] {
					moments[j] = byte(x >> (8 * p))
				}
			}
		}
	}
}

// residues replaces q[1:] by the zigzag differences of order r.
func residues(q []uint32, r, bits int) {
	before, step := q[0], uint32(0)
	for j := 1; j < len(q); j++ {
		d := q[j] - before
		before = q[j]
		if r == 2 {
			d, step = d-step, d
		}
		q[j] = zigzag(d, bits)
	}
}

// order chooses the order of differences that leaves the least to write, by the entropy of a sample of the elements.
func (s *stream) order(data [][]float32) int {
	k := len(data)
	if k == 1 || s.size == 0 {
		return 0
	}
	var counts [3][4][256]uint32
	codes, work := make([]uint32, k), make([]uint32, k)
	for e := 0; e < s.size; e += max(1, s.size/128) {
		for j, d := range data {
			s.coding.encode(codes[j:], 1, d[e:e+1])
		}
		for r := range counts {
			copy(work, codes)
			if r > 0 {
				residues(work, r, s.coding.bits)
			}
			for p := range s.coding.planes() {
				for _, x := range work {
					counts[r][p][byte(x>>(8*p))]++
				}
			}
		}
	}
	best, least := 0, math.Inf(1)
	for r := range counts {
		cost := 0.0
		for p := range s.coding.planes() {
			cost += entropy(&counts[r][p])
		}
		if cost < least {
			best, least = r, cost
		}
	}
	return best
}

// entropy is how many bits the counted bytes take when each is coded by its frequency.
func entropy(counts *[256]uint32) float64 {
	total, sum := 0.0, 0.0
	for _, c := range counts {
		if c > 0 {
			total += float64(c)
			sum += float64(c) * math.Log2(float64(c))
		}
	}
	if total == 0 {
		return 0
	}
	return total*math.Log2(total) - sum
}

// readBlocks fills the occurrences of s, which are allocated, from the front of in and returns the rest. The caller has checked
// that in is long enough; false means an order of differences that does not exist.
func (s *stream) readBlocks(in []byte) ([]byte, bool) {
	for from := 0; from < len(s.data); from += s.block {
		data := s.data[from:min(from+s.block, len(s.data))]
		r, body := int(in[0]), in[1:]
		switch r {
		case 0:
			s.readKeys(body, data)
		case 1, 2:
			s.readDifferences(body, data, r)
		default:
			return in, false
		}
		in = body[s.size*len(data)*s.coding.planes():]
	}
	return in, true
}

func (s *stream) readKeys(in []byte, data [][]float32) {
	plane := s.size * len(data)
	codes := make([]uint32, s.size)
	for j, d := range data {
		clear(codes)
		for p := range s.coding.planes() {
			for e, b := range in[p*plane+j*s.size:][:s.size] {
				codes[e] |= uint32(b) << (8 * p)
			}
		}
		s.coding.decode(d, codes, 1)
	}
}

func (s *stream) readDifferences(in []byte, data [][]float32, r int) {
	k, n, plane := len(data), s.size, s.size*len(data)
	codes := make([]uint32, tile*k)
	for at := 0; at < n; at += tile {
		end := min(at+tile, n)
		clear(codes)
		for e := at; e < end; e++ {
			row := codes[(e-at)*k:][:k]
			for p := range s.coding.planes() {
				row[0] |= uint32(in[p*plane+e]) << (8 * p)
				for j, b := range in[p*plane+n+e*(k-1):][:k-1] {
					row[j+1] |= uint32(b) << (8 * p)
				}
			}
			accumulate(row, r)
		}
		for j, d := range data {
			s.coding.decode(d[at:end], codes[j:], k)
		}
	}
}

// accumulate undoes residues, modulo 2^32; the codes are its lowest bits.
func accumulate(q []uint32, r int) {
	sum, step := q[0], uint32(0)
	for j := 1; j < len(q); j++ {
		d := unzigzag(q[j])
		if r == 2 {
			step += d
			d = step
		}
		sum += d
		q[j] = sum
	}
}

// decode writes the values of the codes at codes[0], codes[stride], ...
func (c *coding) decode(dst []float32, codes []uint32, stride int) {
	if c.bits == Lossless {
		for i := range dst {
			dst[i] = math.Float32frombits(unsortable(codes[i*stride]))
		}
		return
	}
	mask := c.mask()
	if c.values == nil {
		for i := range dst {
			dst[i] = c.value(codes[i*stride] & mask)
		}
		return
	}
	for i := range dst {
		dst[i] = c.values[codes[i*stride]&mask]
	}
}
