// Painter "arithmetic": the softmax of one cell of an attention map, step by step, with the division by √d and without.

Object.assign(chinese, {
  "no division": "不除", "÷ Σ exp of the row": "÷ 该行的 Σ exp", "= weight": "= 权重", "the row with ÷ {}": "除以 {} 的一行", "the row without": "不除的一行",
});

/**
 * Beside what RasterSpec says; the field is q·k.
 * @typedef {object} ArithmeticOwnSpec
 * @property {string} [masked] a field that is -∞ where the softmax does not look
 * @property {number} root √d, where the frame has no scalar "root"
 * @property {string} view the state's entry that says which of the two is shown
 * @property {any} on its value with the division
 * @property {any} off its value without
 * @property {string} line the state's entries that hold query and key
 * @property {string} cross
 */
/** @typedef {RasterSpec & ArithmeticOwnSpec} ArithmeticSpec */

/** @typedef {{exp: number, sum: number, weight: number, row: Float64Array}} SoftmaxCell */

painters.arithmetic = paintArithmetic;

/** @param {Panel} panel @returns {Painting} */
function paintArithmetic(panel) {
  /** @type {ArithmeticSpec} */
  const spec = panel.spec;
  const head = element("div"), table = element("table"), strips = [makeCells(panel.el), makeCells(panel.el)];
  styled(head, { fontWeight: "650", marginBottom: "6px", overflowWrap: "anywhere" });
  styled(table, { borderCollapse: "collapse", width: "100%", fontSize: "13.5px", fontVariantNumeric: "tabular-nums", marginBottom: "14px" });
  panel.el.prepend(head, table);
  const heads = [element("button"), element("button")];
  heads.forEach((b, i) => {
    b.type = "button";
    b.addEventListener("click", () => panel.set(spec.view, i === 0 ? spec.on : spec.off));
  });
  const rows = Array.from({ length: 6 }, (_, i) => {
    const tr = element("tr"), name = element(i ? "th" : "td"), cells = [element("td"), element("td")];
    styled(name, { textAlign: "left", fontWeight: "400", padding: "3px 0" });
    for (const td of cells) styled(td, { textAlign: "right", padding: "3px 0 3px 10px" });
    if (i === 0) cells.forEach((td, k) => td.append(heads[k]));
    else name.setAttribute("scope", "row");
    tr.append(name, ...cells);
    table.append(tr);
    return { tr, name, cells };
  });

  /** @param {Frame} frame */
  function draw(frame) {
    const theme = panel.theme(), a = cellArithmetic(panel, spec, frame);
    panel.el.style.visibility = a ? "" : "hidden";
    if (!a) return;
    const root = rootName(a.root), on = panel.state(spec.view) !== spec.off;
    head.textContent = `${oneLine(a.query)} → ${oneLine(a.key)}`;
    // Each number has so many digits that a calculator gets from it to the next.
    const lines = [
      ["", `÷ ${root}`, translate("no division")], ["q · k", fourDecimals(a.dot), fourDecimals(a.dot)], [`÷ ${root}`, fourDecimals(a.dot / a.root), ""],
      ["exp", fourDigits(a.on.exp), fourDigits(a.off.exp)], [translate("÷ Σ exp of the row"), fourDigits(a.on.sum), fourDigits(a.off.sum)],
      [translate("= weight"), weightText(a.on.weight), weightText(a.off.weight)],
    ];
    rows.forEach((row, i) => {
      row.tr.style.borderBottom = `1px solid ${theme.faint}`;
      row.name.style.color = theme.muted;
      row.name.textContent = lines[i][0];
      row.cells.forEach((td, k) => {
        const chosen = (k === 0) === on, last = i === rows.length - 1;
        (i === 0 ? heads[k] : td).textContent = lines[i][k + 1];
        td.style.color = chosen ? (last || i === 0 ? theme.accent : theme.ink) : theme.muted;
        td.style.fontWeight = chosen && last ? "650" : "400";
        if (i === 0) heads[k].setAttribute("aria-pressed", String(chosen));
      });
    });
    strips[0].show(translate("the row with ÷ {}", root), a.on.row, a.cross, spec.ramp, theme);
    strips[1].show(translate("the row without"), a.off.row, a.cross, spec.ramp, theme);
    panel.read({
      query: a.query, key: a.key, dot: a.dot, score: a.dot / a.root, root: a.root, on: a.on.weight, off: a.off.weight,
      "exp.on": a.on.exp, "exp.off": a.off.exp, "sum.on": a.on.sum, "sum.off": a.off.sum,
    });
  }

  return {
    draw,
    dispose: () => panel.el.replaceChildren(),
  };
}

/** An exponent: an error of 0.00005 is one of 0.005 % in its exponential. @param {number} v */
function fourDecimals(v) {
  return Math.abs(v) < 1e6 ? (v < 0 ? "−" : "") + Math.abs(v).toFixed(4) : formatNumber(v);
}

/** A positive number with four significant digits. @param {number} v */
function fourDigits(v) {
  if (!Number.isFinite(v) || v === 0) return formatNumber(v);
  if (v >= 1e7 || v < 1e-3) return v.toExponential(3).replace("e+", "e");
  return v.toLocaleString("en-US", { minimumSignificantDigits: 4, maximumSignificantDigits: 4 });
}

/** @param {number} v */
function weightText(v) {
  return v < 1e-3 ? formatNumber(v) : fourDigits(v);
}

/** One row of cells with a name above it. @param {HTMLElement} parent */
function makeCells(parent) {
  const name = element("div", "small"), box = element("div"), canvas = element("canvas"), mark = element("div");
  styled(box, { position: "relative", height: "20px", margin: "3px 0 10px" });
  styled(canvas, { display: "block", width: "100%", height: "100%", imageRendering: "pixelated" });
  styled(mark, { position: "absolute", top: "0", bottom: "0", boxSizing: "border-box", pointerEvents: "none" });
  canvas.setAttribute("aria-hidden", "true");
  canvas.height = 1;
  box.append(canvas, mark);
  parent.append(name, box);
  return {
    /** @param {string} text @param {Float64Array} row @param {number} at @param {string} ramp @param {Theme} theme */
    show(text, row, at, ramp, theme) {
      name.textContent = text;
      canvas.width = row.length;
      const image = new ImageData(row.length, 1), pixels = new Uint32Array(image.data.buffer);
      const data = Float32Array.from(row), s = { data, offset: 0, rows: 1, cols: row.length, rowStride: row.length, colStride: 1, channelStride: 0 };
      paintCells(s, pixels, rampTable(ramp, theme), [0, 1], 0);
      const ctx = canvas.getContext("2d");
      if (ctx) ctx.putImageData(image, 0, 0);
      box.style.boxShadow = `0 0 0 1px ${theme.faint}`;
      styled(mark, { left: `${(100 * at) / row.length}%`, width: `${100 / row.length}%`, border: `1.75px solid ${theme.accent}` });
    },
  };
}

/**
 * @param {Panel} panel @param {ArithmeticSpec} spec @param {Frame} frame
 * @returns {{query: string, key: string, dot: number, root: number, cross: number, on: SoftmaxCell, off: SoftmaxCell}|null}
 */
function cellArithmetic(panel, spec, frame) {
  const track = trackOf(panel, spec), field = frame.field(String(panel.resolve(spec.field)), track), s = field && sliceOf(panel, spec, field);
  const line = panel.state(spec.line), cross = panel.state(spec.cross);
  if (!s || line === undefined || cross === undefined) return null;
  const i = Math.max(0, Math.min(s.rows - 1, line)), j = Math.max(0, Math.min(s.cols - 1, cross));
  const snapshot = frame.snapshot(track), root = snapshot.scalars.root > 0 ? snapshot.scalars.root : spec.root;
  const maskField = spec.masked ? frame.field(spec.masked, track) : null, mask = maskField && sliceOf(panel, spec, maskField);
  const dots = Float64Array.from({ length: s.cols }, (_, k) => (mask && cellOf(mask, i, k) === -Infinity ? -Infinity : cellOf(s, i, k)));
  return {
    query: axisLabels(panel.tracks[track], snapshot, spec.rows || "", s.rows)[i], key: axisLabels(panel.tracks[track], snapshot, spec.cols || "", s.cols)[j],
    dot: cellOf(s, i, j), root, cross: j, on: softmaxOf(dots, root, j), off: softmaxOf(dots, 1, j),
  };
}

/** @param {Float64Array} dots @param {number} root @param {number} at @returns {SoftmaxCell} */
function softmaxOf(dots, root, at) {
  const most = dots.reduce((a, b) => Math.max(a, b), -Infinity) / root, row = dots.map((d) => Math.exp(d / root - most)), sum = row.reduce((a, b) => a + b, 0);
  return { exp: Math.exp(dots[at] / root), sum: sum * Math.exp(most), weight: row[at] / sum, row: row.map((v) => v / sum) };
}

/** √d with a whole d where it is one. @param {number} root */
function rootName(root) {
  const d = Math.round(root * root);
  return d > 0 && Math.abs(root * root - d) < 0.02 * d ? `√${d}` : formatNumber(root);
}
