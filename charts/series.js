// Painter "series": ECharts charts whose base option comes from Go and whose bound series get new data per frame.
// What is drawn is a kind ("lines", "profile", "bars", "scatter"), each in its own file beside this one.

/**
 * What a kind is given.
 * @typedef {object} Chart
 * @property {Panel} panel
 * @property {any} chart the ECharts instance
 * @property {HTMLElement} plot its element
 * @property {() => number} width of the plot, in pixels
 * @property {(height: number) => void} setHeight
 * @property {(text: string) => void} setHead what the picture shows, above it
 * @property {(text: string) => void} setFoot what it leaves out, below it
 */

/**
 * What a kind returns. All are called with the size and the theme settled.
 * @typedef {object} Picture
 * @property {() => any} base the whole option, without data: at the start, and when width or theme have changed
 * @property {(frame: Frame) => string} key what the drawing depends on; equal keys draw once
 * @property {(frame: Frame) => void} draw
 * @property {(frame: Frame) => void} read says what captions can use; the player forgets it at each draw
 */

/** @type {Object<string, (c: Chart) => Picture>} */
const seriesKinds = Object.create(null);

painters.series = paintSeries;

/** @param {Panel} panel @returns {Painting} */
function paintSeries(panel) {
  const kind = seriesKinds[panel.spec.kind];
  if (!kind) throw new Error(`this page cannot draw the series "${panel.spec.kind}"`);
  const head = element("div", "small"), plot = element("div"), foot = element("div", "small");
  const width = () => plot.clientWidth || 300; // a page that is hidden has no width yet
  styled(head, { marginBottom: "6px" });
  styled(foot, { minHeight: "1.5em" });
  head.hidden = foot.hidden = true;
  panel.el.append(head, plot, foot);
  let height = 240;
  const chart = panel.echarts.init(plot, null, { renderer: panel.spec.renderer || "svg", devicePixelRatio: window.devicePixelRatio, width: width(), height });
  const picture = kind({
    panel, chart, plot, width,
    setHeight: (h) => void (height = h),
    setHead: (t) => void ((head.textContent = t), (head.hidden = !t)),
    setFoot: (t) => void ((foot.textContent = t), (foot.hidden = foot.hidden && !t)), // once there it stays, so that nothing jumps
  });
  let drawn = "";

  function restart() {
    const option = Object.assign({ animation: false, backgroundColor: "transparent" }, picture.base());
    styled(plot, { height: height + "px" });
    chart.resize({ width: width(), height, silent: true });
    chart.setOption(option, { notMerge: true });
    drawn = "";
  }
  restart();

  return {
    draw(frame) {
      const key = picture.key(frame);
      if (key !== drawn) picture.draw(frame);
      drawn = key;
      picture.read(frame);
    },
    resize() {
      if (Math.abs(chart.getWidth() - width()) >= 1) restart();
    },
    restyle: restart,
    dispose() {
      chart.dispose();
      panel.el.replaceChildren();
    },
  };
}

/**
 * An axis from Go with the look of the page: a thin line, no ticks, no grid, the labels that are given.
 * @param {any} axis @param {Theme} theme @param {number[]} ticks @param {(v: number) => string} text
 */
function axisLook(axis, theme, ticks, text) {
  const font = { color: theme.muted, fontSize: 12, fontFamily: theme.font };
  return Object.assign({}, axis, {
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.faint, width: 1 } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: Object.assign({ show: true, formatter: text, customValues: ticks, hideOverlap: true, margin: 8, showMinLabel: null, showMaxLabel: null }, font),
    axisPointer: { show: false },
    nameTextStyle: font,
    silent: true,
    animation: false,
  });
}

/**
 * At most n + 1 round numbers within [lo, hi].
 * @param {number} lo @param {number} hi @param {number} n
 * @returns {number[]}
 */
function roundTicks(lo, hi, n) {
  const raw = (hi - lo) / Math.max(1, n);
  if (!(raw > 0) || !Number.isFinite(raw) || constant(lo, hi)) return [lo];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) || 10);
  const out = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step; k++) out.push(+(k * step).toPrecision(12));
  return out;
}

/** Whether lo and hi differ by no more than rounding: steps between them could not be counted. @param {number} lo @param {number} hi */
function constant(lo, hi) {
  return hi - lo <= 1e-11 * Math.max(Math.abs(lo), Math.abs(hi));
}

/** The text of a tick: as many decimals as the steps between the ticks need. @param {number[]} ticks @returns {(v: number) => string} */
function tickText(ticks) {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : 0;
  const most = Math.max(...ticks.map(Math.abs));
  if (!(step > 0) || (step < 1e-4 && most < 1000 * step) || most >= 1e6) return formatNumber;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (v) => (v < 0 ? "−" : "") + (v === 0 ? "0" : Math.abs(v).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

/**
 * The scale for values: zero is part of it where it is near, a constant gets room around it.
 * @param {number} lo @param {number} hi @returns {[number, number]}
 */
function roomyScale(lo, hi) {
  if (!(lo <= hi)) return [0, 1];
  [lo, hi] = [inScale(lo), inScale(hi)];
  if (lo > 0 && lo < 0.3 * hi) lo = 0;
  if (hi < 0 && hi > 0.3 * lo) hi = 0;
  if (constant(lo, hi)) {
    const room = Math.abs(lo) * 0.1 || 1;
    return [lo - room, hi + room];
  }
  const room = (hi - lo) * 0.04;
  return [lo === 0 ? 0 : lo - room, hi === 0 ? 0 : hi + room];
}

/** A value as far as a scale can show it: between two of the very largest the span would be infinite. @param {number} v */
function inScale(v) {
  return Math.max(-Number.MAX_VALUE / 4, Math.min(Number.MAX_VALUE / 4, v));
}

/** @param {number|undefined} v @returns {number|string} */
function finiteOr(v) {
  return v !== undefined && Number.isFinite(v) ? inScale(v) : "-"; // ECharts' gap
}

/** @param {number[]} ticks @param {(v: number) => string} text @param {Theme} theme @returns {number} pixels that the labels take */
function ticksWidth(ticks, text, theme) {
  return Math.ceil(Math.max(0, ...ticks.map((v) => textWidth(text(v), `12px ${theme.font}`))));
}
