// Painter "image": two dimensions of a field as a picture with labels on its axes. One image in an ECharts custom series, however
// many cells there are; tooltips and selections are computed from the cell under the pointer.

/**
 * Beside what RasterSpec says. A line is a row of the picture, or a column where `by` is "columns".
 * @typedef {object} ImageOwnSpec
 * @property {any} option ECharts option with grid, axes and the custom series
 * @property {string} [head] what stands above the picture
 * @property {string} [as] what stands before the names that it reads
 * @property {string} [by] "rows" or "columns", or a state's entry that holds one of them
 * @property {{line?: string, cross?: string}} [select] the state's entries that hold the selected line and the position along it
 * @property {boolean} [legend]
 * @property {string} [joint] between the two labels of a cell in the tooltip, "→" for example
 * @property {Object<string, string>} [units] what a value is called, by field
 * @property {boolean} [square] false lets a wide or a high picture have cells that are not square
 * @property {string[]} [marked] labels that readouts tell apart, special tokens for example
 * @property {string} [base] another field that readouts compare the one shown with, or a state's entry that names it
 * @property {boolean} [versus] base is read in the other one of two tracks
 * @property {Object<string, {of: string[], is: Object<string, string>}>} [words] readouts chosen by entries of the state, "/" between their values
 * @property {boolean} [bare] no labels on the axes: a photograph
 * @property {boolean} [framed] bare, but for a frame and the names of the axes
 */
/** @typedef {RasterSpec & ImageOwnSpec} ImageSpec */

/**
 * Where everything lies, in CSS pixels.
 * @typedef {object} ImageLayout
 * @property {number} left
 * @property {number} top
 * @property {number} cellWidth
 * @property {number} cellHeight
 * @property {number} width of the picture
 * @property {number} height
 * @property {number} total height with the labels
 * @property {number} rotate degrees
 * @property {number} size of the labels
 * @property {number} everyRow one label for so many rows
 * @property {number} everyCol
 * @property {number} rowText the most width of a row's label
 * @property {number} colText the most length of a column's label
 * @property {{text: string, x: number, align: "left"|"right"|"center"}[]} names of axes without labels
 */

Object.assign(chinese, {
  "This frame has no picture “{}”.": "此帧没有图像“{}”。", "{}, {} rows ({}) by {} columns ({})": "{}，{} 行（{}），{} 列（{}）",
  "{}. Arrow up and down choose a column.": "{}。用上下箭头选择一列。", "{}. Arrow up and down choose a row.": "{}。用上下箭头选择一行。",
});

const labelSize = 12, labelPitch = 13, labelAngle = 55;

painters.image = paintImage;

/** @param {Panel} panel @returns {Painting} */
function paintImage(panel) {
  /** @type {ImageSpec} */
  const spec = panel.spec;
  let knownWidth = 0;
  const plot = element("div"), missing = element("div", "small");
  missing.hidden = true;
  if (spec.head) panel.el.append(styled(element("div", "small", spec.head), { marginBottom: "5px" }));
  panel.el.append(plot, missing);
  const legend = spec.legend ? makeLegend(panel.el) : null;
  const raster = makeRaster();
  /** @type {any} */ let chart = null;
  /** @type {any} */ let zr = null;
  /** @type {ImageLayout|null} */
  let layout = null;
  /** @type {Slice|null} */
  let slice = null;
  /** @type {string[]} */ let rows = [];
  /** @type {string[]} */ let cols = [];
  let shape = "", dims = ["", ""], unit = "", layoutFor = "", looksFor = "";
  /** @type {any} */
  let drawnImage = null;
  /** @type {{row: number, col: number}|null} */
  let hover = null;

  function panelWidth() {
    if (!knownWidth) knownWidth = panel.el.clientWidth; // read once a size: reading makes the browser lay the page out
    return knownWidth || 320; // a page that is hidden has no width yet
  }
  function start() {
    chart = panel.echarts.init(plot, null, { renderer: "canvas", devicePixelRatio: window.devicePixelRatio, width: panelWidth(), height: 100 });
    zr = chart.getZr();
    zr.on("mousemove", moved);
    zr.on("globalout", left);
    zr.on("click", clicked);
  }
  const byColumns = () => panel.resolve(spec.by) === "columns";
  const lineCount = () => (slice ? (byColumns() ? slice.cols : slice.rows) : 0);
  const crossCount = () => (slice ? (byColumns() ? slice.rows : slice.cols) : 0);

  /** @param {string|undefined} name @param {number} n @returns {number} -1 for none */
  function selected(name, n) {
    const v = name ? panel.state(name) : undefined;
    return v === undefined || v === null || n === 0 ? -1 : Math.max(0, Math.min(n - 1, Math.round(Number(v) || 0)));
  }
  const line = () => selected(spec.select && spec.select.line, lineCount());
  const cross = () => selected(spec.select && spec.select.cross, crossCount());
  const cellAt = (/** @type {number} */ along, /** @type {number} */ across) => (byColumns() ? { row: across, col: along } : { row: along, col: across });

  /** @param {Frame} frame */
  function draw(frame) {
    const track = trackOf(panel, spec), name = String(panel.resolve(spec.field));
    const field = frame.field(name, track);
    slice = field && sliceOf(panel, spec, field);
    if (hover && !(slice && hover.row < slice.rows && hover.col < slice.cols)) hover = null;
    const drawable = !!slice && slice.rows > 0 && slice.cols > 0;
    if (missing.hidden !== drawable) {
      missing.hidden = drawable;
      plot.hidden = !drawable;
    }
    if (!field || !slice || !drawable) {
      missing.textContent = translate("This frame has no picture “{}”.", name);
      return;
    }
    const snapshot = frame.snapshot(track);
    const used = dimsOf(field);
    rows = axisLabels(panel.tracks[track], snapshot, used[0], slice.rows);
    cols = axisLabels(panel.tracks[track], snapshot, used[1], slice.cols);
    dims = used;
    unit = (spec.units && Object.hasOwn(spec.units, name) && spec.units[name]) || name;
    const theme = panel.theme(), range = rangeOf(panel, spec, name, spec.ramp);
    const bad = raster.paint(slice, rampTable(spec.ramp, theme), range, theme);
    place(theme);
    restyle(theme);
    refresh(theme);
    if (legend && layout && !slice.channelStride) legend.show(spec.ramp, range, mostOf(panel, spec, name), bad, layout.left, Math.min(260, Math.max(120, layout.width)), theme, ofTime(unit, frame, track));
    if (!frame.blended) tell(frame, track, bad);
  }

  /** @param {Field} field */
  function dimsOf(field) {
    const plain = field.dims.filter((d, i) => !(d === "channel" && field.shape[i] === 3 && field.dims.length > 2));
    return [spec.rows || plain[plain.length - 2], spec.cols || plain[plain.length - 1]];
  }

  /** Computes the layout anew when the size or the labels have changed. @param {Theme} theme */
  function place(theme) {
    if (!slice) return;
    const width = panelWidth(), ratio = window.devicePixelRatio || 1;
    const now = [width, ratio, slice.rows, slice.cols, theme.font, dims.join("\u0000"), rows.join("\u0000"), cols.join("\u0000")].join("\u0001");
    if (now === layoutFor) return;
    layoutFor = now;
    looksFor = "";
    layout = layoutImage(width, ratio, rows, cols, slice, `${labelSize}px ${theme.font}`, !!spec.bare, spec.square !== false, spec.bare && !spec.framed ? ["", ""] : dims);
    styled(plot, { height: layout.total + "px" });
    if (!chart) start();
    chart.resize({ width, height: layout.total, silent: true });
  }

  /** What is marked: the cell under the pointer, or what is in another panel, -1 for none. @returns {{row: number, col: number}} */
  function marked() {
    if (hover) return hover;
    const at = (/** @type {string} */ dim, /** @type {string[]} */ names) => Math.min(panel.pointed(dim, linkLabels(names)), names.length - 1);
    return { row: at(dims[0], rows), col: at(dims[1], cols) };
  }

  /** Sets labels, outlines and colours when they have changed. @param {Theme} theme */
  function restyle(theme) {
    if (!layout || !slice) return;
    const mark = marked();
    const now = [layoutFor, theme.paper, line(), cross(), byColumns(), !!hover, mark.row, mark.col].join("\u0001");
    if (now === looksFor) return;
    looksFor = now;
    chart.setOption(imageOption(spec.option, layout, axisLook("row", theme), axisLook("col", theme), renderItem), { notMerge: true });
    drawnImage = null;
    zr.storage.traverse((/** @type {any} */ el) => {
      if (el.type === "image") drawnImage = el;
    });
    describe();
  }

  /** @param {"row"|"col"} which @param {Theme} theme */
  function axisLook(which, theme) {
    const l = /** @type {ImageLayout} */ (layout), names = which === "row" ? rows : cols, every = which === "row" ? l.everyRow : l.everyCol;
    const strong = (which === "col") === byColumns() ? line() : -1;
    const weak = (which === "col") === byColumns() ? -1 : cross();
    const over = marked()[which];
    const kept = [strong, weak, over].filter((i) => i >= 0);
    const font = `${l.size}px ${theme.font}`, counts = isCount(names), most = which === "row" ? l.rowText : l.colText;
    const data = names.map((text, i) => {
      const textStyle = i === strong ? { color: theme.ink, fontWeight: "bold" } : i === over || i === weak ? { color: theme.ink } : undefined;
      return { value: shortened(oneLine(text), most, i === strong ? "bold " + font : font), textStyle };
    });
    return {
      data, color: theme.muted, font: theme.font, size: l.size,
      shows: (/** @type {number} */ i) => kept.includes(i) || ((counts ? i + 1 : i) % every === 0 && kept.every((k) => Math.abs(k - i) >= every)),
    };
  }

  /** What ECharts draws: the picture, the outline of the selected line, of the selected cell and of the cell under the pointer. */
  function renderItem() {
    const l = /** @type {ImageLayout} */ (layout), theme = panel.theme();
    /** @type {any[]} */
    const children = [{ type: "image", style: { image: raster.canvas, x: l.left, y: l.top, width: l.width, height: l.height } }];
    const edge = Math.max(0.5, l.left - 0.5);
    if (l.names.length) children.push({ type: "rect", shape: { x: edge, y: l.top - 0.5, width: l.left + l.width + 0.5 - edge, height: l.height + 1 }, style: { fill: "none", stroke: theme.faint, lineWidth: 1 } });
    for (const { text, x, align } of l.names) children.push({ type: "text", style: { text, x, y: 1, align, verticalAlign: "top", fill: theme.muted, font: `${labelSize}px ${theme.font}` } });
    const outline = (/** @type {number} */ r, /** @type {number} */ c, /** @type {number} */ h, /** @type {number} */ w, /** @type {string} */ stroke, /** @type {number} */ lineWidth) => {
      const out = Math.min(l.cellWidth, l.cellHeight) < 8 ? lineWidth / 2 : 0; // an outline never covers what it marks
      const shape = { x: l.left + c * l.cellWidth - out, y: l.top + r * l.cellHeight - out, width: w * l.cellWidth + 2 * out, height: h * l.cellHeight + 2 * out };
      children.push({ type: "rect", shape, style: { fill: "none", stroke, lineWidth } });
    };
    if (!slice) return { type: "group", children };
    const at = line(), along = cross();
    const mark = marked(), { row, col } = mark;
    // One word of another panel is a row here and a column: a cell only where the two are of different positions.
    if (mark === hover || (row >= 0 && col >= 0 && (row !== col || rows[row] !== cols[col]))) outline(row, col, 1, 1, theme.ink, 1);
    else {
      if (row >= 0) outline(row, 0, 1, slice.cols, theme.ink, 1);
      if (col >= 0) outline(0, col, slice.rows, 1, theme.ink, 1);
    }
    if (at >= 0) byColumns() ? outline(0, at, slice.rows, 1, theme.accent, 1.75) : outline(at, 0, 1, slice.cols, theme.accent, 1.75);
    if (at >= 0 && along >= 0) outline(cellAt(at, along).row, cellAt(at, along).col, 1, 1, theme.accent, 2.5);
    return { type: "group", children };
  }

  /** Paints the picture again; nothing else has changed. @param {Theme} theme */
  function refresh(theme) {
    if (!layout) return;
    const ratio = window.devicePixelRatio || 1;
    raster.scale(Math.max(1, Math.round(layout.width * ratio)), Math.max(1, Math.round(layout.height * ratio)), theme);
    if (drawnImage) {
      drawnImage.dirty();
      zr.refresh();
    }
  }

  /** @param {Frame} frame @param {number} track @param {number} bad */
  function tell(frame, track, bad) {
    if (!slice) return;
    const other = compared(frame, track);
    /** @type {Object<string, string|number>} */
    const run = spec.track === undefined ? {} : frameReadings(frame, track); // it need not be the first run
    const values = Object.assign(run, readSlice(slice, byColumns(), line(), cross(), rows, cols, spec.marked || []), readLargest(slice, rows, cols, dims));
    values.notFinite = String(bad);
    values.unit = unit;
    if (other) {
      const b = readSlice(other, byColumns(), line(), cross(), rows, cols, spec.marked || []);
      for (const k of Object.keys(b)) values["base." + k] = b[k];
      const top = topOf(slice, byColumns(), line());
      if (top >= 0) values["base.value"] = byColumns() ? cellOf(other, top, line()) : cellOf(other, line(), top);
    }
    for (const dim of Object.keys(spec.index || {})) values[dim] = labelOfIndex(frame, track, dim);
    for (const [k, w] of Object.entries(spec.words || {})) {
      const keys = w.of.map((name) => String(panel.state(name)));
      const found = keys.map((_, i) => w.is[keys.slice(0, keys.length - i).join("/")]).find((t) => t !== undefined);
      values[k] = fillText(found || "", values);
    }
    readAs(panel, values);
    const said = spec.select ? sayLine(values) : "";
    if (said && panel.el.getAttribute("aria-valuetext") !== said) panel.el.setAttribute("aria-valuetext", said);
  }

  /** What the picture is compared with; its labels must be the same. @param {Frame} frame @param {number} track @returns {Slice|null} */
  function compared(frame, track) {
    const from = spec.versus ? 1 - track : track;
    const field = spec.base && panel.tracks[from] ? frame.field(String(panel.resolve(spec.base)), from) : null, other = field && sliceOf(panel, spec, field);
    if (!field || !other || !slice || other.rows !== slice.rows || other.cols !== slice.cols) return null;
    if (from === track) return other;
    const names = dimsOf(field), snapshot = frame.snapshot(from);
    const same = (/** @type {string[]} */ own, /** @type {string} */ dim) => axisLabels(panel.tracks[from], snapshot, dim, own.length).every((t, i) => t === own[i]);
    return same(rows, names[0]) && same(cols, names[1]) ? other : null;
  }

  /** @param {Frame} frame @param {number} track @param {string} dim */
  function labelOfIndex(frame, track, dim) {
    const i = Math.max(0, Math.round(Number(panel.resolve((spec.index || {})[dim])) || 0));
    const names = labelsAt(panel.tracks[track], frame.snapshot(track), dim);
    return names[i] === undefined ? String(i + 1) : names[i];
  }

  /** @param {Object<string, string|number>} values */
  function sayLine(values) {
    if (values.selected === undefined) return "";
    return `${values.selected}: ${values["top.label"] === undefined ? translate("none") : `${values["top.label"]} ${formatNumber(Number(values["top.value"]))}`}`;
  }

  function describe() {
    if (!slice) return;
    plot.setAttribute("aria-hidden", "true");
    const what = translate("{}, {} rows ({}) by {} columns ({})", unit, slice.rows, dims[0], slice.cols, dims[1]);
    if (!spec.select || !spec.select.line) {
      panel.el.setAttribute("role", "img");
      panel.el.setAttribute("aria-label", what);
      return;
    }
    panel.el.tabIndex = 0;
    styled(panel.el, { outlineColor: panel.theme().accent, outlineOffset: "4px" });
    panel.el.setAttribute("role", "slider");
    panel.el.setAttribute("aria-orientation", "vertical");
    panel.el.setAttribute("aria-label", translate(byColumns() ? "{}. Arrow up and down choose a column." : "{}. Arrow up and down choose a row.", what));
    panel.el.setAttribute("aria-valuemin", "1");
    panel.el.setAttribute("aria-valuemax", String(lineCount()));
    panel.el.setAttribute("aria-valuenow", String(line() + 1));
  }

  /** The cell at a point of the plot; labels count as their row's or column's. @param {number} x @param {number} y @param {boolean} labels */
  function find(x, y, labels) {
    if (!layout || !slice) return null;
    const col = Math.floor((x - layout.left) / layout.cellWidth), row = Math.floor((y - layout.top) / layout.cellHeight);
    const inRow = row >= 0 && row < slice.rows, inCol = col >= 0 && col < slice.cols;
    if (inRow && inCol) return { row, col };
    if (labels && inRow && col < 0) return { row, col: -1 };
    if (labels && inCol && row < 0) return { row: -1, col };
    return null;
  }

  /** @param {any} e */
  function moved(e) {
    const at = find(e.offsetX, e.offsetY, false);
    const anyLine = spec.select && spec.select.line ? find(e.offsetX, e.offsetY, true) : null;
    zr.setCursorStyle(anyLine && (at || (byColumns() ? anyLine.col : anyLine.row) >= 0) ? "pointer" : "default");
    if ((at && hover && at.row === hover.row && at.col === hover.col) || at === hover) {
      if (at) tip(at, e.event);
      return;
    }
    hover = at;
    panel.point(at && Object.assign(placeOf(dims[0], at.row, rows), placeOf(dims[1], at.col, cols)));
    restyle(panel.theme());
    if (at) tip(at, e.event);
    else panel.tooltip([], 0, 0);
  }

  /** @param {{row: number, col: number}} at @param {any} event */
  function tip(at, event) {
    panel.tooltip(() => (slice && at.row < slice.rows && at.col < slice.cols ? cellLines(slice, at, rows, cols, dims, unit, spec) : []), event.clientX, event.clientY);
  }

  function left() {
    panel.tooltip([], 0, 0);
    if (!hover) return;
    hover = null;
    panel.point(null);
    restyle(panel.theme());
  }

  /** @param {any} e */
  function clicked(e) {
    const at = find(e.offsetX, e.offsetY, true);
    if (!at || !spec.select) return;
    const along = byColumns() ? at.col : at.row, across = byColumns() ? at.row : at.col;
    if (spec.select.line && along >= 0) panel.set(spec.select.line, along);
    if (spec.select.cross && across >= 0 && along >= 0) panel.set(spec.select.cross, across);
    if (panel.el.tabIndex === 0) panel.el.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} e */
  function keyed(e) {
    const by = e.key === "ArrowUp" ? -1 : e.key === "ArrowDown" ? 1 : 0;
    if (!by || e.ctrlKey || e.altKey || e.metaKey || !spec.select || !slice) return;
    const name = e.shiftKey ? spec.select.cross : spec.select.line, n = e.shiftKey ? crossCount() : lineCount();
    if (!name) return;
    e.preventDefault();
    panel.set(name, Math.max(0, Math.min(n - 1, selected(name, n) + by)));
  }

  panel.el.addEventListener("keydown", keyed);
  return {
    draw,
    resize: () => void (knownWidth = 0),
    restyle: () => void (looksFor = ""),
    dispose() {
      if (chart) chart.dispose();
      panel.el.replaceChildren();
    },
  };
}
