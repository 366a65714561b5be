// Kind "profile" of painter "series": a 1-D field as a line over its own positions; the first frame's stays as a ghost.
// spec: { kind, option, field, name, dim, size, min, max, as }; series "ghost 0", "line 0" and "mark 0".
// reads: {top.label}, {top.value} of the largest value, {far.label}, {far.value} of the one farthest from zero.

seriesKinds.profile = profileChart;

/** @param {Chart} c @returns {Picture} */
function profileChart(c) {
  const { panel, chart, plot } = c, { field, option } = panel.spec, track = panel.tracks[0];
  /** @type {Entry[]} */
  let shown = [];
  let left = 0;
  /** @type {string[]} */
  let names = [];
  const pointed = () => panel.pointed(panel.spec.dim, names);

  function base() {
    const theme = panel.theme(), info = track.fields.find((f) => f.name === field);
    const { min, max } = panel.spec, [lo, hi] = roomyScale(info ? Math.min(min, info.min) : min, info ? Math.max(max, info.max) : max);
    const ticks = roundTicks(lo, hi, 4), text = tickText(ticks);
    const first = firstField(track, field), n = Math.max(2, panel.spec.size);
    const xTicks = roundTicks(1, n, Math.max(2, Math.min(8, c.width() / 60))).filter(Number.isInteger);
    left = ticksWidth(ticks, text, theme) + 12;
    c.setHead(panel.spec.name);
    c.setHeight(12 + 190 + 44);
    const flat = { silent: true, showSymbol: false, connectNulls: false, animation: false };
    const y = axisLook(option.yAxis[0], theme, ticks, text);
    y.axisLine.show = false;
    return {
      grid: [{ left, right: 14, top: 12, height: 190, outerBoundsMode: "none" }],
      xAxis: [Object.assign(axisLook(option.xAxis[0], theme, xTicks, tickText(xTicks)), { nameLocation: "middle", nameGap: 26, min: 1, max: n })],
      yAxis: [Object.assign(y, { min: lo, max: hi })],
      series: option.series.map((/** @type {any} */ s) => Object.assign({}, s, flat, s.id === "mark 0"
        ? { z: 4, symbol: "circle", symbolSize: 8, clip: false, itemStyle: { color: "transparent", borderColor: theme.ink, borderWidth: 1.5 } }
        : s.id === "line 0"
        ? { z: 3, lineStyle: { color: theme.ink, width: 2, cap: "round", join: "round" } }
        : { z: 2, lineStyle: { color: theme.faint, width: 1.25 }, data: first ? [...first.data].map((v, i) => [i + 1, finiteOr(v)]) : [] })),
    };
  }

  function entries(/** @type {Frame} */ frame) {
    const f = frame.field(field);
    return f ? entriesOf(f.data, labelsAt(track, frame.snapshot(), f.dims[0]), f.dims[0]) : [];
  }

  onHover(panel, plot, (px) => {
    const i = Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, px)) - 1;
    return px >= left - 8 && shown[i] ? shown[i] : null;
  }, (e) => [{ text: e.label, strong: true }, { text: `${panel.spec.name} ${formatNumber(e.value)}` }], (e) => placeOf(panel.spec.dim, e.index, names));

  return {
    base,
    key: (frame) => `${frame.position} ${pointed()}`,
    draw(frame) {
      shown = entries(frame);
      names = shown.map((e) => e.raw);
      const mark = shown[pointed()];
      c.setFoot(notFiniteText(shown.filter((e) => !Number.isFinite(e.value)).length));
      chart.setOption({ series: [
        { id: "line 0", data: shown.map((e) => [e.index + 1, finiteOr(e.value)]) },
        { id: "mark 0", data: mark && Number.isFinite(mark.value) ? [[mark.index + 1, inScale(mark.value)]] : [] },
      ] });
    },
    read() {
      const largest = (/** @type {(v: number) => number} */ size) =>
        shown.reduce((/** @type {Entry|null} */ a, e) => (Number.isFinite(e.value) && (!a || size(e.value) > size(a.value)) ? e : a), null);
      for (const [name, e] of Object.entries({ top: largest((v) => v), far: largest(Math.abs) })) {
        if (e) readAs(panel, { [name + ".label"]: e.label, [name + ".value"]: formatNumber(e.value) });
      }
    },
  };
}

/** @param {Track} track @param {string} name @returns {Field|null} of the first frame that has it */
function firstField(track, name) {
  for (let i = 0; i < track.length; i++) {
    const f = track.at(i).fields[name];
    if (f) return f;
  }
  return null;
}
