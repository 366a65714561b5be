// Package codec turns tracks into bytes and back.
//
//	algorithm --Step--> SnapshotManager --Track--> [codec] --bytes--> page, file, cache
//
// There are three forms. The compact form ([Encode], [Decode]) is what pages carry and files of recordings hold. JSON and YAML
// ([WriteJSON], [WriteYAML] and their readers) are for debugging and replay by other programs; [WriteCSV] writes the numbers as a table.
// [Save] and [Open] choose by the name of a file. [Cached] keeps the track of a costly run in the user's cache directory.
//
// A value v of a field is kept as the integer
//
//	q = floor((v - min) / s + 1/2),   s = (max - min) / (L - 1)
//
// where min and max are over the finite values of the whole track and L <= 2^bits; it comes back as min + q s. So it is off
// by about s/2 at most; the largest error that occurred is stored with the field ([Inspect]). Fields whose finite values are whole
// numbers that fit into L levels get s = 1 and come back exactly, and 32 bits are the float32 itself.
//
// # The compact form, version 1
//
// A reader of version 1 opens every file of version 1, for ever: what follows does not change. testdata/v1 holds
// files with what they decode to; the decoders in Go and in JavaScript (show/player/decode.js) both read them.
//
// All numbers are little-endian. A uint is an unsigned LEB128 number (7 bits a byte, lowest first, at most 10 bytes); a
// sint is the uint 2n for n >= 0 and -2n-1 for n < 0; numbers beyond 2^53 may be refused by a reader that has no integers. f32 and f64 are IEEE 754. A str is a uint, the index of
// an entry in the table of strings.
//
//	bytes 0..3   58 41 49 54 ("XAIT")
//	byte  4      version, 01
//	uint         length of the contents
//	...          the contents as one deflate stream (RFC 1951, no zlib or gzip header)
//	last 4       CRC-32 (IEEE 802.3) of all bytes before, u32
//
// The contents are these tables, one after the other, with nothing between or behind them. "n of (...)" is a uint n
// and n times what is in the parentheses.
//
//	strings      n of (uint length, bytes). UTF-8 by intention; other bytes come back as they are in Go, as U+FFFD in JavaScript
//	provenance   str name, u64 seed, str model, str model hash, str data, str data hash,
//	             n of (str name, str version), sorted by the bytes of the name,
//	             byte 0, or byte 1 and str track, sint seq: the parent
//	run          byte 0, or byte 1 and str: the error that ended the run
//	             uint steps, uint dropped, n of (str warning)
//	fields       n of (str name, byte bits, byte marks, uint L, f32 min, f32 max, f64 error, uint NaNs, uint infinities)
//	streams      n of (uint field, str unit, uint K, n of (str name, uint size)): the last are the dimensions
//	labels       n of (str dimension, n of (str name))
//	columns      n of (n of (str name)): the names of a frame's scalars
//	frames       n of (sint seq - seq of the frame before, str time name, str kind, str phase, byte flags,
//	             n of (uint stream), n of (uint labels), uint columns, n of (str event name, str event text))
//	numbers      f64 times M, as planes: the lowest byte of all M, then the next byte of all M, and so on to the eighth.
//	             First the time of each frame, then the scalars column by column: for each name, in the order of its first
//	             appearance in the table of columns, its values in the order of the frames
//	blocks       see below
//
// Bit 0 of a frame's flags says that it is a key frame; the other bits are 0. Tables may hold entries that nothing uses.
//
// Streams. A field keeps one name and one way of coding over the track; its unit and its dimensions may change from frame to
// frame. Each combination of field, unit and dimensions is a stream, and a frame lists the streams of its fields in order. The size of a
// stream is the product of its dimensions' sizes: 1 without any, 0 where one is 0. It is at most 2^40, and so is each size.
// The occurrences of a stream are its arrays in the order of the frames. They are cut into blocks of K occurrences (K >= 1; the last block
// may have fewer). Each block begins with a key occurrence and needs no other block, so that going to any frame costs at most
// one block.
//
// Codes. With bits from 1 to 16, the codes 0..L-1 (L >= 1) stand for finite values:
//
//	value(q) = max for q = L-1 > 0, otherwise float32(min + q * ((max - min) / (L-1))), and min for L = 1
//
// Every operation is in float64, rounded to nearest, never fused; float32() rounds to nearest, in JavaScript Math.fround. When bit 0 of marks is
// set the next code stands for NaN; when bit 1 is set the next two stand for +Inf and -Inf. All codes after that are NaN,
// so every number is a valid code, and L is at most 2^bits. NaN has no payload. With 32 bits (marks and L are 0) the code of a value is made
// from its 32 bits u: the complement of u where bit 31 is set, otherwise u with bit 31 set. It keeps the order of
// the values, and a NaN its payload. "error" is the largest |decoded - v| of the field's finite values, 0 with 32 bits.
// min, max and the counts describe the track that was encoded.
//
// Blocks. The blocks stand in the order of the streams, then of the occurrences. A block of k occurrences (k <= K) of size N has a byte, its
// order of differences r (0, 1 or 2), and N*k residues of b = bits bits in P planes (P is 1 for bits <= 8, 2 for bits <= 16, 4 for 32): the
// lowest byte of every residue, then the next byte of every residue. Bits above b are 0 and ignored. The residues are arranged as
//
//	r = 0:      x[j][e] at j*N + e               the codes themselves
//	r = 1, 2:   x[0][e] at e, and                the codes of the key occurrence
//	            x[j][e] at N + e*(k-1) + (j-1)   for j >= 1, all moments of an element together
//
// The residue of a moment j >= 1 stands for the signed number z = (x >> 1) ^ -(x & 1). The codes are, modulo 2^b,
//
//	r = 1:      q[j][e] = q[j-1][e] + z[j][e]
//	r = 2:      q[j][e] = q[j-1][e] + d[j][e],   d[j][e] = d[j-1][e] + z[j][e],   d[0][e] = 0
//
// The bytes have no wall time: a track has the same bytes whenever it is recorded and whatever GOMAXPROCS is. (Another version
// of Go may deflate the same contents into other bytes.)
//
// # What a reader checks
//
// A reader trusts nothing: the length of the contents against what deflate can make of the bytes (1032 times as many) and against a limit, the memory of the decoded track against a limit,
// every count against the bytes left, every index against its table, sizes and blocks against the contents' length, before it asks for
// memory. Anything else is an error that wraps [ErrFormat], [ErrVersion], [ErrDamaged] or [ErrLimit].
package codec
