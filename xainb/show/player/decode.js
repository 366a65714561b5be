// The compact form of a track (codec/doc.go specifies it), read in the page. Tables are read when the track is opened; the values of a
// frame are decoded when it is asked for, a block at a time.

const codecMagic = "XAIT", codecVersion = 1, codecLimit = 1 << 30, codecRatio = 1032, frameCacheBytes = 32 << 20;

/**
 * @typedef {object} Coding how the values of a field become codes
 * @property {string} name @property {number} bits @property {number} marks @property {number} levels
 * @property {number} min @property {number} max @property {number} error @property {number} nan @property {number} inf
 * @property {string|undefined} unit of the first stream
 * @property {number} total values in the whole track
 * @property {Float32Array|null} values what each code stands for, where there are many values; null until then and with 32 bits
 */

/**
 * @typedef {object} Stream the arrays of one field with one unit and one shape
 * @property {Coding} coding @property {number} block occurrences a block
 * @property {string[]} dims @property {number[]} shape @property {number} size
 * @property {number} uses how many occurrences
 * @property {number[]} starts where each block begins in the contents
 * @property {boolean[]} undone which blocks hold codes instead of residues
 */

/**
 * Opens a track. Bytes that are not a whole, sound track of this version are an Error that says what is wrong.
 * @param {Uint8Array} bytes
 * @returns {Promise<Track>}
 */
async function openTrack(bytes) {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== codecMagic) throw new Error("these bytes are not a recording");
  if (bytes.length < 11) throw new Error(`the recording is damaged: it ends after ${bytes.length} bytes`);
  if (bytes[4] !== codecVersion) throw new Error(`the recording has version ${bytes[4]}, this page reads version ${codecVersion}`);
  const sum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  const body = bytes.subarray(0, bytes.length - 4);
  if (crc32(body) !== sum) throw new Error("the recording is damaged: its checksum does not fit");
  const head = makeReader(body, 5);
  const length = head.uint();
  const deflated = body.subarray(head.at());
  if (length > deflated.length * codecRatio) throw new Error(`the recording is damaged: ${deflated.length} bytes cannot hold the ${length} it promises`);
  if (length > codecLimit) throw new Error(`the recording is too large: ${length} bytes, the limit is ${codecLimit}`);
  return readTrack(makeReader(await inflateRaw(deflated, length), 0));
}

/** Inflates exactly length bytes. @param {Uint8Array} deflated @param {number} length @returns {Promise<Uint8Array>} */
async function inflateRaw(deflated, length) {
  const out = new Uint8Array(length);
  const stream = new Blob([/** @type {BlobPart} */ (deflated)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  let at = 0;
  for (;;) {
    const part = await reader.read().catch((e) => {
      throw new Error(`the recording is damaged: it does not inflate after ${at} of ${length} bytes`, { cause: e });
    });
    if (part.done) break;
    if (at + part.value.length > length) {
      reader.cancel().catch(() => {});
      throw new Error(`the recording is damaged: it is longer than the ${length} bytes it promises`);
    }
    out.set(part.value, at);
    at += part.value.length;
  }
  if (at !== length) throw new Error(`the recording is damaged: it ends after ${at} of ${length} bytes`);
  return out;
}

/** @type {Uint32Array|undefined} */
let crcTable;

/** CRC-32, IEEE 802.3. @param {Uint8Array} bytes @returns {number} */
function crc32(bytes) {
  if (!crcTable) {
    crcTable = new Uint32Array(256);
    for (let n = 0; n < 256; n++) {
      let c = n;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      crcTable[n] = c >>> 0;
    }
  }
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = crcTable[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** @param {Uint8Array} b @param {number} start */
function makeReader(b, start) {
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  const text = new TextDecoder("utf-8", { ignoreBOM: true });
  let at = start;
  /** @type {string[]} */
  let strings = [];
  const bad = (/** @type {string} */ what) => new Error(`the recording is damaged: ${what} at byte ${at}`);
  /** @param {number} n */
  function skip(n) {
    if (!(n >= 0 && n <= b.length - at)) throw bad("it ends too early");
    at += n;
    return at - n;
  }
  function uint() {
    let v = 0, scale = 1;
    for (let i = 0; i < 10; i++) {
      const x = b[skip(1)];
      v += (x & 127) * scale;
      if (x < 128) {
        if (v > Number.MAX_SAFE_INTEGER) throw bad("a number is too large");
        return v;
      }
      scale *= 128;
    }
    throw bad("a number does not end");
  }
  function sint() {
    const u = uint();
    return u % 2 ? -(u + 1) / 2 : u / 2;
  }
  /** How many entries follow, of at least size bytes each. @param {number} size */
  function count(size) {
    const n = uint();
    if (n * size > b.length - at) throw bad(`${n} entries do not fit`);
    return n;
  }
  /** @param {number} n */
  function index(n) {
    const i = uint();
    if (i >= n) throw bad(`entry ${i} of ${n}`);
    return i;
  }
  const str = () => strings[index(strings.length)];
  return {
    b, bad, skip, uint, sint, count, index, str, at: () => at,
    left: () => b.length - at,
    byte: () => b[skip(1)],
    f32: () => view.getFloat32(skip(4), true),
    f64: () => view.getFloat64(skip(8), true),
    readStrings: () => {
      strings = times(count(1), () => {
        const n = uint();
        const from = skip(n);
        return text.decode(b.subarray(from, from + n));
      });
    },
  };
}
/** @typedef {ReturnType<typeof makeReader>} Reader */

/** @template T @param {number} n @param {(i: number) => T} make @returns {T[]} */
function times(n, make) {
  /** @type {T[]} */
  const out = [];
  for (let i = 0; i < n; i++) out.push(make(i));
  return out;
}

/** @param {Reader} r @returns {Track} */
function readTrack(r) {
  r.readStrings();
  const name = readRun(r);
  const codings = times(r.count(21), () => readCoding(r));
  const streams = times(r.count(4), () => readStream(r, codings));
  const labels = times(r.count(2), () => ({ dim: r.str(), names: times(r.count(1), r.str) }));
  const columns = times(r.count(1), () => times(r.count(1), r.str));
  let seq = 0, numbers = 0;
  const frames = times(r.count(9), () => {
    const f = readFrame(r, seq, streams, labels, columns);
    seq = f.snapshot.seq;
    numbers += 1 + f.names.length;
    if (numbers * 8 > r.left()) throw r.bad(`${numbers} times and scalars do not fit`);
    return f;
  });
  readNumbers(r, frames, columns);
  placeBlocks(r, streams);
  /** @type {Map<number, {snapshot: Snapshot, bytes: number}>} */
  const cache = new Map();
  let held = 0;
  return {
    length: frames.length, name,
    fields: codings.map((c) => ({ name: c.name, unit: c.unit || "", min: c.min, max: c.max, error: c.error, nan: c.nan, inf: c.inf })),
    at(i) {
      if (!frames[i]) throw new Error(`the recording has no frame ${i}; it has ${frames.length}`);
      const entry = cache.get(i) || openFrame(r.b, frames[i]);
      if (!cache.delete(i)) held += entry.bytes;
      cache.set(i, entry); // the newest is the last
      for (const [old, e] of cache) {
        if (held <= frameCacheBytes || cache.size <= 4) break;
        cache.delete(old);
        held -= e.bytes;
      }
      return entry.snapshot;
    },
  };
}

/** A frame whose fields are decoded when they are first looked at: whoever reads labels or scalars off a long run waits for none. @param {Uint8Array} b @param {ReturnType<typeof readFrame>} frame */
function openFrame(b, frame) {
  /** @type {Snapshot} */
  const snapshot = Object.assign({}, frame.snapshot, { fields: Object.create(null) });
  let bytes = 1 << 10;
  for (const { stream, at } of frame.parts) {
    const { name } = stream.coding;
    bytes += 4 * stream.size;
    Object.defineProperty(snapshot.fields, name, {
      enumerable: true, configurable: true,
      get() {
        const value = { dims: stream.dims, shape: stream.shape, data: valuesOf(b, stream, at) };
        Object.defineProperty(snapshot.fields, name, { enumerable: true, value });
        return value;
      },
    });
  }
  return { snapshot, bytes };
}

/** Reads provenance and run; the page has them as text already. @param {Reader} r @returns {string} the run's name */
function readRun(r) {
  const name = r.str();
  r.skip(8);
  times(4, r.str);
  times(r.count(2), () => [r.str(), r.str()]);
  if (r.byte()) r.str(), r.sint();
  if (r.byte()) r.str();
  r.uint();
  r.uint();
  times(r.count(1), r.str);
  return name;
}

/** @param {Reader} r @returns {Coding} */
function readCoding(r) {
  /** @type {Coding} */
  const c = { name: r.str(), bits: r.byte(), marks: r.byte(), levels: r.uint(), min: r.f32(), max: r.f32(), error: r.f64(), nan: r.uint(), inf: r.uint(), unit: undefined, total: 0, values: null };
  if (c.bits === 32 && c.marks === 0 && c.levels === 0) return c;
  if (c.bits < 1 || c.bits > 16 || c.marks > 3 || c.levels < 1 || c.levels > 2 ** c.bits) throw r.bad(`a field with ${c.bits} bits, ${c.levels} levels and marks ${c.marks}`);
  if (!Number.isFinite(c.min) || !Number.isFinite(c.max)) throw r.bad(`a field with the range ${c.min} to ${c.max}`);
  return c;
}

/** What a code stands for: double precision, rounded once. @param {Coding} c @param {number} q */
function valueOf(c, q) {
  const last = c.levels - 1, infinity = c.levels + (c.marks & 1);
  if (q === 0) return c.min;
  if (q === last) return c.max;
  if (q < last) return Math.fround(c.min + q * ((c.max - c.min) / last));
  return c.marks & 2 && q === infinity ? Infinity : c.marks & 2 && q === infinity + 1 ? -Infinity : NaN;
}

/** @param {Reader} r @param {Coding[]} codings @returns {Stream} */
function readStream(r, codings) {
  const coding = codings[r.index(codings.length)], unit = r.str(), block = r.uint();
  const sizes = times(r.count(2), () => ({ name: r.str(), size: r.uint() }));
  const size = sizes.some((d) => d.size === 0) ? 0 : sizes.reduce((n, d) => n * d.size, 1);
  if (block < 1 || size > 2 ** 40 || sizes.some((d) => d.size > 2 ** 40)) throw r.bad("a field has an impossible size");
  if (coding.unit === undefined) coding.unit = unit;
  return { coding, block, dims: sizes.map((d) => d.name), shape: sizes.map((d) => d.size), size, uses: 0, starts: [], undone: [] };
}

/**
 * @param {Reader} r @param {number} before @param {Stream[]} streams @param {{dim: string, names: string[]}[]} labels @param {string[][]} columns
 */
function readFrame(r, before, streams, labels, columns) {
  /** @type {Snapshot} */
  const snapshot = { seq: before + r.sint(), time: 0, timeName: r.str(), kind: r.str(), phase: r.str(), key: false, fields: {}, scalars: Object.create(null), labels: Object.create(null), events: [] };
  snapshot.key = (r.byte() & 1) === 1;
  const parts = times(r.count(1), () => {
    const stream = streams[r.index(streams.length)];
    return { stream, at: stream.uses++ };
  });
  for (const l of times(r.count(1), () => labels[r.index(labels.length)])) snapshot.labels[l.dim] = l.names;
  const names = columns[r.index(columns.length)];
  snapshot.events = times(r.count(2), () => ({ name: r.str(), text: r.str() }));
  return { snapshot, parts, names };
}

/** Times, then scalars name by name; in planes, lowest byte first. @param {Reader} r @param {ReturnType<typeof readFrame>[]} frames @param {string[][]} columns */
function readNumbers(r, frames, columns) {
  /** @type {Map<string, ((v: number) => void)[]>} */
  const byName = new Map();
  for (const names of columns) for (const n of names) if (!byName.has(n)) byName.set(n, []);
  for (const f of frames) for (const n of f.names) /** @type {((v: number) => void)[]} */ (byName.get(n)).push((v) => (f.snapshot.scalars[n] = v));
  /** @type {((v: number) => void)[]} */
  const targets = frames.map((f) => (v) => void (f.snapshot.time = v));
  for (const column of byName.values()) targets.push(...column);
  const m = targets.length, from = r.skip(8 * m), view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < 8; p++) view.setUint8(p, r.b[from + p * m + i]);
    targets[i](view.getFloat64(0, true));
  }
}

/** @param {Coding} c */
const planesOf = (c) => (c.bits <= 8 ? 1 : c.bits <= 16 ? 2 : 4);

/** Finds where each block begins and checks that they are exactly what is left. @param {Reader} r @param {Stream[]} streams */
function placeBlocks(r, streams) {
  for (const s of streams) {
    for (let from = 0; from < s.uses; from += s.block) {
      s.starts.push(r.at());
      if (r.byte() > 2) throw r.bad("a block with an unknown order of differences");
      r.skip(s.size * Math.min(s.block, s.uses - from) * planesOf(s.coding));
    }
    s.coding.total += s.uses * s.size;
  }
  if (r.left() !== 0) throw r.bad(`${r.left()} bytes too many`);
}

/** Decodes an occurrence of a stream. @param {Uint8Array} b @param {Stream} s @param {number} occurrence @returns {Float32Array} */
function valuesOf(b, s, occurrence) {
  const block = Math.floor(occurrence / s.block), j = occurrence - block * s.block;
  const n = s.size, k = Math.min(s.block, s.uses - block * s.block), start = s.starts[block], order = b[start];
  if (order > 0 && !s.undone[block]) {
    undoBlock(b, start + 1, n, k, planesOf(s.coding), order);
    s.undone[block] = true;
  }
  const c = s.coding, out = new Float32Array(n), plane = n * k, step = order > 0 && j > 0 ? k - 1 : 1;
  const from = start + 1 + (order === 0 ? j * n : j === 0 ? 0 : n + j - 1);
  if (c.bits === 32) {
    const bits = new Uint32Array(out.buffer);
    for (let e = 0, i = from; e < n; e++, i += step) {
      const u = b[i] | (b[i + plane] << 8) | (b[i + 2 * plane] << 16) | (b[i + 3 * plane] << 24);
      bits[e] = u < 0 ? u & 0x7fffffff : ~u;
    }
    return out;
  }
  const mask = 2 ** c.bits - 1, two = c.bits > 8;
  if (!c.values && c.total > mask) c.values = Float32Array.from({ length: mask + 1 }, (_, q) => valueOf(c, q));
  const values = c.values;
  for (let e = 0, i = from; e < n; e++, i += step) {
    const q = (two ? b[i] | (b[i + plane] << 8) : b[i]) & mask;
    out[e] = values ? values[q] : valueOf(c, q);
  }
  return out;
}

/**
 * Turns the residues of a block into codes, where they stand.
 * @param {Uint8Array} b @param {number} at @param {number} n @param {number} k @param {number} planes @param {number} order
 */
function undoBlock(b, at, n, k, planes, order) {
  const p1 = planes > 1 ? n * k : 0, p2 = planes > 2 ? 2 * n * k : 0, p3 = planes > 2 ? 3 * n * k : 0;
  const keep = order === 2 ? -1 : 0; // whether a step starts from the one before
  for (let e = 0, i = at + n; e < n; e++) {
    const key = at + e;
    let step = 0, sum = b[key];
    if (planes > 1) sum |= b[key + p1] << 8;
    if (planes > 2) sum |= (b[key + p2] << 16) | (b[key + p3] << 24);
    for (const end = i + k - 1; i < end; i++) {
      let x = b[i];
      if (planes > 1) x |= b[i + p1] << 8;
      if (planes > 2) x |= (b[i + p2] << 16) | (b[i + p3] << 24);
      step = ((step & keep) + ((x >>> 1) ^ -(x & 1))) | 0;
      sum = (sum + step) | 0;
      b[i] = sum;
      if (planes > 1) b[i + p1] = sum >>> 8;
      if (planes > 2) {
        b[i + p2] = sum >>> 16;
        b[i + p3] = sum >>> 24;
      }
    }
  }
}
