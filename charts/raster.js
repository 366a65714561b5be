// Rasters: two dimensions of a field as pixels of a canvas, through a colour table, and their legend. Used by the painters "image"
// and "multiples".

Object.assign(chinese, { "grey or hatched: {} not finite": "灰色或斜线：{} 个非有限值" });

/**
 * Two dimensions of a field (three for colour), at fixed positions along the others. Element (r, c) of channel k is
 * data[offset + r*rowStride + c*colStride + k*channelStride].
 * @typedef {object} Slice
 * @property {Float32Array} data
 * @property {number} offset
 * @property {number} rows
 * @property {number} cols
 * @property {number} rowStride
 * @property {number} colStride
 * @property {number} channelStride 0 where the field has no dimension "channel" of 3
 */

/**
 * What both painters' specs say about the field; "$name" is the state's entry of that name.
 * @typedef {object} RasterSpec
 * @property {number|string} [track]
 * @property {string} field
 * @property {string} [rows] the dimension drawn downwards; the last but one if missing
 * @property {string} [cols] the dimension drawn to the right; the last if missing
 * @property {Object<string, number|string>} [index] positions along the other dimensions; 0 if missing
 * @property {Object<string, [number, number]>} [ranges] fixed ranges of values by field; otherwise that of the track
 * @property {string} ramp
 */

/** @param {Panel} panel @param {RasterSpec} spec @returns {number} */
function trackOf(panel, spec) {
  const t = Number(panel.resolve(spec.track));
  return t >= 0 && t < panel.tracks.length ? t : 0;
}

/**
 * @param {Panel} panel @param {RasterSpec} spec @param {Field} field
 * @param {Object<string, number>} [fixed] positions that go before those of the spec
 * @returns {Slice|null} null for a field of fewer than two dimensions or of another kind than the spec's
 */
function sliceOf(panel, spec, field, fixed) {
  const { dims, shape, data } = field;
  const strides = new Array(dims.length);
  for (let i = dims.length - 1, s = 1; i >= 0; s *= shape[i--]) strides[i] = s;
  let channel = dims.indexOf("channel");
  if (channel >= 0 && (shape[channel] !== 3 || dims.length < 3)) channel = -1;
  const plain = dims.map((_, i) => i).filter((i) => i !== channel);
  const row = spec.rows ? dims.indexOf(spec.rows) : plain[plain.length - 2];
  const col = spec.cols ? dims.indexOf(spec.cols) : plain[plain.length - 1];
  if (plain.length < 2 || row < 0 || col < 0 || row === col) return null;
  let offset = 0;
  for (const i of plain) {
    if (i === row || i === col) continue;
    offset += strides[i] * positionOf(panel, spec, dims[i], shape[i], fixed);
  }
  return {
    data, offset, rows: shape[row], cols: shape[col], rowStride: strides[row], colStride: strides[col],
    channelStride: channel >= 0 ? strides[channel] : 0,
  };
}

/** Where along a dimension the picture stands. @param {Panel} panel @param {RasterSpec} spec @param {string} dim @param {number} size @param {Object<string, number>} [fixed] */
function positionOf(panel, spec, dim, size, fixed) {
  const v = fixed && Object.hasOwn(fixed, dim) ? fixed[dim] : Number(panel.resolve((spec.index || {})[dim])) || 0;
  return Math.max(0, Math.min(size - 1, Math.round(v)));
}

/** @param {Slice} s @param {number} r @param {number} c @returns {number} */
function cellOf(s, r, c) {
  return s.data[s.offset + r * s.rowStride + c * s.colStride];
}

/**
 * The values between which the ramp runs: those of the spec, else the field's over its whole track; a ramp from zero includes
 * zero, a diverging one has it in its centre.
 * @param {Panel} panel @param {RasterSpec} spec @param {string} name @param {string} ramp @returns {[number, number]}
 */
function rangeOf(panel, spec, name, ramp) {
  if (spec.ranges && Object.hasOwn(spec.ranges, name)) return spec.ranges[name];
  const f = panel.tracks[trackOf(panel, spec)].fields.find((x) => x.name === name);
  if (!f) return [0, 1];
  if (ramp === "diverging") {
    const most = Math.max(Math.abs(f.min), Math.abs(f.max)) || 1;
    return [-most, most];
  }
  const lo = Math.min(0, f.min);
  return [lo, f.max > lo ? f.max : lo + 1];
}

/** The largest value of a field in the whole track. @param {Panel} panel @param {RasterSpec} spec @param {string} name */
function mostOf(panel, spec, name) {
  const f = panel.tracks[trackOf(panel, spec)].fields.find((x) => x.name === name);
  return f ? f.max : 0;
}

/**
 * Writes one pixel a cell. Values that are not finite become the pixel `none`.
 * @param {Slice} s @param {Uint32Array} pixels @param {Uint32Array} table @param {[number, number]} range @param {number} none
 * @returns {number} how many cells are not finite
 */
function paintCells(s, pixels, table, range, none) {
  const lo = range[0], scale = 255 / (range[1] - range[0] || 1), { data, rows, cols, rowStride, colStride } = s;
  let bad = 0, i = 0;
  const level = (/** @type {number} */ v) => Math.max(0, Math.min(255, (v - lo) * scale + 0.5)) | 0;
  for (let r = 0; r < rows; r++) {
    let at = s.offset + r * rowStride;
    for (let c = 0; c < cols; c++, i++, at += colStride) {
      const v = data[at];
      if (s.channelStride) {
        const g = data[at + s.channelStride], b = data[at + 2 * s.channelStride];
        if (v + g + b - (v + g + b) === 0) {
          pixels[i] = (255 << 24) | (level(b) << 16) | (level(g) << 8) | level(v);
          continue;
        }
      } else if (v - v === 0) {
        const t = (v - lo) * scale + 0.5;
        pixels[i] = table[t < 0 ? 0 : t > 255 ? 255 : t | 0];
        continue;
      }
      pixels[i] = none;
      bad++;
    }
  }
  return bad;
}

/**
 * Canvases that are used again for every frame: `cells` with one pixel a cell, `canvas` at the screen's resolution.
 * @returns {{canvas: HTMLCanvasElement, cells: HTMLCanvasElement, paint: (s: Slice, table: Uint32Array, range: [number, number], theme: Theme) => number,
 *   scale: (width: number, height: number, theme: Theme) => void}}
 */
function makeRaster() {
  const cells = document.createElement("canvas"), canvas = document.createElement("canvas");
  const small = /** @type {CanvasRenderingContext2D} */ (cells.getContext("2d")), big = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let image = new ImageData(1, 1), pixels = new Uint32Array(image.data.buffer);
  let bad = 0, none = 0;

  return {
    canvas, cells,
    paint(s, table, range, theme) {
      if (image.width !== s.cols || image.height !== s.rows) {
        image = new ImageData(Math.max(1, s.cols), Math.max(1, s.rows));
        pixels = new Uint32Array(image.data.buffer);
        cells.width = image.width;
        cells.height = image.height;
      }
      const [r, g, b] = parseColour(theme.faint);
      none = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
      bad = paintCells(s, pixels, table, range, none);
      small.putImageData(image, 0, 0);
      return bad;
    },
    scale(width, height, theme) {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      big.imageSmoothingEnabled = width < cells.width || height < cells.height;
      big.drawImage(cells, 0, 0, width, height);
      const w = width / cells.width, h = height / cells.height;
      if (bad && w >= 5 && h >= 5) hatchCells(big, pixels, none, cells.width, w, h, theme);
    },
  };
}

/** Cells that hold no number are hatched, so that they cannot be taken for a value. */
function hatchCells(/** @type {CanvasRenderingContext2D} */ ctx, /** @type {Uint32Array} */ pixels, /** @type {number} */ none, /** @type {number} */ cols, /** @type {number} */ w, /** @type {number} */ h, /** @type {Theme} */ theme) {
  ctx.save();
  ctx.beginPath();
  pixels.forEach((p, i) => {
    if (p === none) ctx.rect((i % cols) * w, Math.floor(i / cols) * h, w, h);
  });
  ctx.clip();
  ctx.fillStyle = theme.paper;
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.strokeStyle = theme.muted;
  ctx.globalAlpha = 0.75;
  ctx.beginPath();
  const gap = Math.max(4, Math.min(w, h) / 4), size = ctx.canvas.width + ctx.canvas.height;
  for (let x = 0; x < size; x += gap) {
    ctx.moveTo(x, 0);
    ctx.lineTo(x - ctx.canvas.height, ctx.canvas.height);
  }
  ctx.stroke();
  ctx.restore();
}

/**
 * The legend: the ramp as a thin line, the values at its ends below it, "≥" where there are larger ones than the last colour stands for,
 * and how many cells hold no number.
 * @param {HTMLElement} parent
 * @returns {{show: (ramp: string, range: [number, number], most: number, notFinite: number, left: number, width: number, theme: Theme, name?: string) => void}}
 */
function makeLegend(parent) {
  const box = element("div"), bar = element("canvas"), ends = element("div"), low = element("span"), name = element("span"), high = element("span"), note = element("div");
  const zero = element("div", "", "0");
  styled(box, { marginTop: "14px", position: "relative" });
  styled(zero, { position: "absolute", top: "-13px", width: "20px", marginLeft: "-10px", textAlign: "center", fontSize: "11px", lineHeight: "11px", paddingBottom: "12px",
    backgroundImage: "linear-gradient(currentColor, currentColor)", backgroundSize: "1px 9px", backgroundPosition: "50% 11px", backgroundRepeat: "no-repeat" });
  styled(bar, { display: "block", height: "6px" });
  styled(ends, { display: "flex", justifyContent: "space-between", gap: "0 10px", fontSize: "12px", lineHeight: "1.5", marginTop: "2px" });
  styled(name, { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" });
  styled(note, { fontSize: "12px" });
  bar.width = 256;
  bar.height = 1;
  bar.setAttribute("aria-hidden", "true");
  ends.append(low, name, high);
  box.append(bar, zero, ends, note);
  parent.append(box);
  let shown = "";
  return {
    show(ramp, range, most, notFinite, left, width, theme, title) {
      const key = [ramp, range, most, notFinite, left, width, theme.paper, title].join();
      if (key === shown) return;
      shown = key;
      styled(box, { width: width + "px", marginLeft: left + "px", color: theme.muted });
      styled(bar, { width: width + "px" });
      const ctx = bar.getContext("2d");
      if (ctx) ctx.putImageData(new ImageData(new Uint8ClampedArray(rampTable(ramp, theme).slice().buffer), 256, 1), 0, 0);
      zero.hidden = ramp !== "diverging";
      styled(zero, { left: (-100 * range[0]) / (range[1] - range[0]) + "%" });
      low.textContent = endText(range[0]);
      high.textContent = (most > range[1] * 1.001 ? "≥ " : "") + endText(range[1]);
      name.textContent = title || "";
      note.textContent = notFinite ? translate("grey or hatched: {} not finite", notFinite) : "";
    },
  };
}

/** A value at an end of a legend: whole numbers as they are. @param {number} v */
function endText(v) {
  return Number.isInteger(v) && Math.abs(v) < 1000 ? String(v).replace("-", "−") : formatNumber(v);
}

/**
 * Fills a template with plain text: {name} becomes values.name, as in the player's captions, without colour.
 * @param {string} template @param {Object<string, string|number>} values
 */
function fillText(template, values) {
  return template.replace(/\{([^{}]*)\}/g, (_, name) => readingText(values, name));
}

/** The names along an axis; without any, the positions, counted from 1. @param {Track} track @param {Snapshot} snapshot @param {string} dim @param {number} n @returns {string[]} */
function axisLabels(track, snapshot, dim, n) {
  const known = labelsAt(track, snapshot, dim);
  return Array.from({ length: n }, (_, i) => (known[i] === undefined ? String(i + 1) : known[i]));
}

/** Whether an axis has no names but positions. @param {string[]} names */
function isCount(names) {
  return names.every((t, i) => t === String(i + 1));
}
