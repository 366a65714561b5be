// What the painter "image" computes apart from drawing: where everything lies, what captions and tooltips say.

Object.assign(chinese, { "back: {}": "反向：{}" });

/**
 * The largest square cells that fit, on whole pixels of the screen: at most 40 px, a picture of 500 px for few cells (a photograph 416) and of 640 px for many.
 * @param {number} width @param {number} ratio device pixels a CSS pixel @param {string[]} rows @param {string[]} cols @param {Slice} slice
 * @param {string} font @param {boolean} bare @param {boolean} square @param {string[]} dims what to call axes without labels, "" for nothing
 * @returns {ImageLayout}
 */
function layoutImage(width, ratio, rows, cols, slice, font, bare, square, dims) {
  const lengths = (/** @type {string[]} */ names) => (bare ? [] : names.map((t) => Math.ceil(textWidth(oneLine(t), "bold " + font))));
  const longest = (/** @type {number[]} */ all) => all.reduce((a, b) => Math.max(a, b), 0);
  const colLengths = lengths(cols);
  const rowText = Math.min(longest(lengths(rows)), Math.max(48, Math.min(140, width * 0.24))), colText = Math.min(longest(colLengths), 110);
  const left = bare ? 0 : rowText + 8;
  const angle = (labelAngle * Math.PI) / 180;
  // Small cells need not be whole pixels: that would cost up to a third of the room.
  const crisp = (/** @type {number} */ size) => (size * ratio >= 6 ? Math.floor(size * ratio) / ratio : Math.max(size, 0.05));
  const most = (/** @type {number} */ n) => Math.min(bare ? 416 : 40, Math.max(500 / n, 14), 640 / n);
  const fit = (/** @type {boolean} */ rotated) => {
    let room = (width - left - 2) / slice.cols;
    if (rotated) colLengths.forEach((w, i) => (room = Math.min(room, (width - left - 6 - Math.min(w, colText) * Math.cos(angle)) / (i + 0.5))));
    return crisp(Math.min(room, most(square ? Math.max(slice.rows, slice.cols) : slice.cols)));
  };
  let cell = fit(false), rotate = 0, top = bare ? 1 : labelSize + 12;
  const tight = colText > cell - 4;
  if (!bare && tight && !(isCount(cols) && colText + 8 <= 8 * cell)) {
    rotate = labelAngle;
    cell = fit(true);
    top = Math.ceil(colText * Math.sin(angle) + labelSize * Math.cos(angle) + 8);
  }
  const names = [rows, cols].map((all, i) => (isCount(all) ? oneLine(dims[i]) : ""));
  if (names[0] || names[1]) top += axisNameHeight + (bare ? 3 : 0); // no labels lie between
  const high = square ? cell : crisp(most(slice.rows)), w = cell * slice.cols, h = high * slice.rows;
  const size = Math.min(cell, high) < labelPitch + 0.5 ? labelSize - 1 : labelSize, pitch = size + 1;
  const everyRow = labelStep(pitch / high), everyCol = rotate ? labelStep(pitch / Math.sin(angle) / cell) : tight ? labelStep((colText + 8) / cell) : 1;
  return {
    left, top, cellWidth: cell, cellHeight: high, width: w, height: h, total: Math.ceil(top + h + 2), rotate, size, rowText, colText,
    everyRow: Math.max(everyRow, countStep(rows)), everyCol: Math.max(everyCol, countStep(cols)), names: placeNames(names, left, w, font),
  };
}

/** How high the line is in which axes without labels have their names. */
const axisNameHeight = 16;

/** Of positions a few are enough: about eight, or all of ten. @param {string[]} names */
function countStep(names) {
  return isCount(names) && names.length > 10 ? labelStep(names.length / 8) : 1;
}

/**
 * Where the names of axes without labels stand: that of the rows over their labels, that of the columns over the middle of the picture.
 * @param {string[]} names @param {number} left @param {number} width of the picture @param {string} font
 * @returns {{text: string, x: number, align: "left"|"right"|"center"}[]}
 */
function placeNames([row, col], left, width, font) {
  /** @type {{text: string, x: number, align: "left"|"right"|"center"}[]} */
  const out = [];
  let taken = 0;
  if (row) {
    const text = shortened(row, Math.max(left - 8, left + width / 3), font), wide = textWidth(text, font);
    out.push(wide <= left - 8 ? { text, x: left - 8, align: "right" } : { text, x: 0, align: "left" });
    taken = Math.max(0, wide + 12 - left);
  }
  if (col) out.push({ text: shortened(col, width - 2 * taken, font), x: left + width / 2, align: "center" });
  return out;
}

/** One label for 1, 2, 5, 10, 20 … cells. @param {number} least @returns {number} */
function labelStep(least) {
  for (let p = 1; ; p *= 10) for (const k of [1, 2, 5]) if (k * p >= least) return k * p;
}

/**
 * The option that Go made, with the places, the labels and the picture put in.
 * @param {any} base @param {ImageLayout} l @param {any} row @param {any} col @param {() => any} renderItem
 */
function imageOption(base, l, row, col, renderItem) {
  const axis = (/** @type {any} */ from, /** @type {any} */ look, /** @type {any} */ label) => Object.assign({}, from, {
    type: "category", data: look.data, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false }, silent: true, animation: false,
    axisLabel: Object.assign({ show: true, color: look.color, fontSize: look.size, fontFamily: look.font, interval: (/** @type {number} */ i) => look.shows(i), hideOverlap: false }, label),
  });
  const first = (/** @type {any} */ v) => (Array.isArray(v) ? v[0] : v);
  return Object.assign({}, base, {
    animation: false, backgroundColor: "transparent",
    grid: Object.assign({}, first(base.grid), { left: l.left, top: l.top, width: l.width, height: l.height, right: "auto", bottom: "auto", outerBoundsMode: "none" }),
    xAxis: axis(first(base.xAxis), col, { rotate: -l.rotate, margin: l.rotate ? 6 : 8, align: l.rotate ? "left" : "center", show: l.left > 0 }),
    yAxis: axis(first(base.yAxis), row, { margin: 8, show: l.left > 0 }),
    series: [Object.assign({}, first(base.series), { renderItem, data: [[0, 0]], silent: true, clip: false })],
  });
}

/**
 * What captions can say of a picture (charts/image.go lists the names).
 * @param {Slice} s @param {boolean} columns @param {number} line @param {number} cross @param {string[]} rows @param {string[]} cols @param {string[]} marked
 * @returns {Object<string, string|number>}
 */
function readSlice(s, columns, line, cross, rows, cols, marked) {
  /** @type {Object<string, string|number>} */
  const out = {};
  if (line < 0 || s.channelStride) return out;
  const own = columns ? cols : rows, others = columns ? rows : cols;
  const value = (/** @type {number} */ i) => (columns ? cellOf(s, i, line) : cellOf(s, line, i));
  const order = others.map((_, i) => i).filter((i) => value(i) - value(i) === 0).sort((a, b) => value(b) - value(a) || a - b);
  const put = (/** @type {string} */ name, /** @type {number|undefined} */ i) => {
    if (i === undefined) return;
    out[name + ".label"] = others[i];
    out[name + ".value"] = value(i);
  };
  out.selected = own[line];
  put("top", order[0]);
  put("second", order[1]);
  const words = order.filter((i) => !marked.includes(others[i]) && !(rows.length === cols.length && i === line));
  put("word", words[0]);
  let sum = 0, special = 0;
  for (const i of order) {
    sum += value(i);
    if (marked.includes(others[i])) special += value(i);
  }
  out.sum = sum;
  out.marked = sum ? Math.round((100 * special) / sum) + "%" : "–";
  if (cross >= 0) {
    out["cell.label"] = others[cross];
    out["cell.value"] = value(cross);
  }
  return out;
}

/** The position of the largest value along a line, -1 without any. @param {Slice} s @param {boolean} columns @param {number} line */
function topOf(s, columns, line) {
  let top = -1, most = -Infinity;
  for (let i = 0; line >= 0 && !s.channelStride && i < (columns ? s.rows : s.cols); i++) {
    const v = columns ? cellOf(s, i, line) : cellOf(s, line, i);
    if (v - v === 0 && v > most) [top, most] = [i, v];
  }
  return top;
}

/** The largest value of the whole picture, and the farthest from zero. @param {Slice} s @param {string[]} rows @param {string[]} cols @param {string[]} dims @returns {Object<string, string|number>} */
function readLargest(s, rows, cols, dims) {
  let top = -Infinity, wide = -1, topAt = [-1, -1], wideAt = topAt;
  for (let r = 0; r < s.rows && !s.channelStride; r++) {
    for (let c = 0; c < s.cols; c++) {
      const v = cellOf(s, r, c);
      if (v - v !== 0) continue;
      if (v > top) [top, topAt] = [v, [r, c]];
      if (Math.abs(v) > wide) [wide, wideAt] = [Math.abs(v), [r, c]];
    }
  }
  if (topAt[0] < 0) return {};
  /** @type {Object<string, string|number>} */
  const out = {};
  for (const [name, [r, c]] of Object.entries({ max: topAt, far: wideAt })) {
    Object.assign(out, { [name + ".row"]: axisName(rows, r, dims[0]), [name + ".column"]: axisName(cols, c, dims[1]), [name + ".value"]: cellOf(s, r, c) });
  }
  return out;
}

/** A position along an axis in words: its label, or "row 3". @param {string[]} names @param {number} i @param {string} dim */
function axisName(names, i, dim) {
  return names[i] === String(i + 1) ? `${dim} ${i + 1}` : oneLine(names[i]);
}

/**
 * The tooltip of a cell: both labels and the value, and the cell on the other side of the diagonal where both axes have the same labels.
 * @param {Slice} s @param {{row: number, col: number}} at @param {string[]} rows @param {string[]} cols @param {string[]} dims @param {string} unit @param {ImageSpec} spec
 * @returns {TooltipLine[]}
 */
function cellLines(s, at, rows, cols, dims, unit, spec) {
  const joint = ` ${spec.joint || "·"} `;
  const say = (/** @type {number} */ v) => (v - v === 0 ? formatNumber(v) : translate("not finite ({})", formatNumber(v)));
  if (s.channelStride) {
    const i = s.offset + at.row * s.rowStride + at.col * s.colStride;
    const rgb = [0, 1, 2].map((k) => say(s.data[i + k * s.channelStride])).join(", ");
    return [{ text: `${dims[0]} ${at.row + 1}, ${dims[1]} ${at.col + 1}` }, { text: rgb, strong: true }];
  }
  const lines = [
    { text: axisName(rows, at.row, dims[0]) + joint + axisName(cols, at.col, dims[1]) },
    { text: `${unit} ${say(cellOf(s, at.row, at.col))}`, strong: true },
  ];
  const mirrored = spec.joint && at.row !== at.col && rows.length === cols.length && rows.every((t, i) => t === cols[i]);
  if (mirrored) lines.push({ text: translate("back: {}", `${oneLine(rows[at.col])}${joint}${oneLine(cols[at.row])} ${say(cellOf(s, at.col, at.row))}`) });
  return lines;
}
