// Kind "curves" of painter "series": 1-D fields along their dimension in one chart, with marks that move along the abscissa.
// spec: { kind, option, x, label, span, scale, curves: [{ field, label, at, step, quiet, scalar, of }], marks: [{ scalar, label }], head, as } (curvesSpec in charts/curves.go);
// series "curve i", "mark i" and "been i" of the option. reads: {NAME.at} and {NAME.value} of each mark.

seriesKinds.curves = curvesChart;

Object.assign(chinese, { deviation: "偏差" });

/** @typedef {{field: string, label: string, at: number[], step?: boolean, quiet?: boolean, scalar?: string, of: string}} Curve */

/** @param {Chart} c @returns {Picture} */
function curvesChart(c) {
  const { panel, chart, plot } = c, spec = panel.spec, track = panel.tracks[0];
  /** @type {Curve[]} */
  const curves = spec.curves.map((/** @type {any} */ k) => (k.at ? k : Object.assign({}, k, { at: spec.curves[0].at })));
  const marks = spec.marks || [], high = 220, row = 18;
  const key = element("div"), texts = curves.map(() => element("span"));
  plot.after(key);
  let left = 0;
  /** @type {(Float32Array|null)[]} */
  let shown = [];

  /** @param {number} i @param {Theme} theme */
  function colour(i, theme) {
    if (curves[i].quiet) return theme.faint;
    const n = curves.slice(0, i).filter((k) => !k.quiet).length, palette = [theme.series[0], ...theme.series.slice(2), theme.series[1]];
    return palette[n % palette.length];
  }
  const markColour = (/** @type {number} */ i, /** @type {Theme} */ theme) => theme.series.slice(1)[i % (theme.series.length - 1)];

  function base() {
    const theme = panel.theme(), [lo, hi] = roomyScale(spec.scale[0], spec.scale[1]), [from, to] = spec.span;
    const ticks = roundTicks(lo, hi, 4), text = tickText(ticks), font = `12px ${theme.font}`;
    left = Math.max(ticksWidth(ticks, text, theme), ...marks.map((/** @type {any} */ k) => Math.min(140, textWidth(oneLine(k.label), font)))) + 12;
    const xTicks = roundTicks(from, to, Math.max(2, Math.min(8, (c.width() - left - 14) / 60)));
    c.setHead(spec.head || "");
    c.setHeight(22 + high + marks.length * row + 44);
    styled(key, { display: "flex", flexWrap: "wrap", gap: "4px 18px", font: `12px/1.4 ${theme.font}`, color: theme.muted, fontVariantNumeric: "tabular-nums" });
    key.replaceChildren(...curves.map((k, i) => {
      const el = element("span"), line = element("span");
      styled(line, { display: "inline-block", width: "16px", height: k.quiet ? "5px" : "2px", background: colour(i, theme), flex: "none" });
      styled(el, { display: "inline-flex", alignItems: "center", gap: "8px", overflowWrap: "anywhere" });
      el.append(line, texts[i]);
      return el;
    }));
    const y = axisLook(spec.option.yAxis[0], theme, ticks, text);
    y.axisLine.show = false;
    Object.assign(y, { min: lo, max: hi, name: spec.label, nameLocation: "end", nameGap: 8, nameTextStyle: { color: theme.muted, fontSize: 12, fontFamily: theme.font, align: "right", padding: [0, 6, 0, 0] } });
    const x = (/** @type {number} */ grid) => {
      const look = axisLook(spec.option.xAxis[grid], theme, xTicks, tickText(xTicks)), last = grid === (marks.length ? 1 : 0);
      look.axisLabel.show = last;
      return Object.assign(look, { min: from, max: to, name: last ? spec.x : "", nameLocation: "middle", nameGap: 26 });
    };
    const grids = [{ left, right: 14, top: 22, height: high }], xs = [x(0)], ys = [y];
    if (marks.length) {
      const names = marks.map((/** @type {any} */ k) => wrapLines(k.label, 140, font, 1)[0]);
      grids.push({ left, right: 14, top: 22 + high, height: marks.length * row });
      xs.push(x(1));
      const rows = axisLook(spec.option.yAxis[1], theme, names.map((/** @type {string} */ _, /** @type {number} */ i) => i), (v) => names[Math.round(v)] || "");
      rows.axisLine.show = false;
      ys.push(Object.assign(rows, { min: -0.5, max: marks.length - 0.5, inverse: true }));
      rows.axisLabel.color = (/** @type {string} */ _, /** @type {number} */ i) => markColour(i, theme);
    }
    return { grid: grids, xAxis: xs, yAxis: ys, series: spec.option.series.map((/** @type {any} */ s) => Object.assign({}, s, look(s.id, theme))) };
  }

  function look(/** @type {string} */ id, /** @type {Theme} */ theme) {
    const [part, n] = id.split(" "), i = +n, flat = { silent: true, animation: false };
    if (part === "mark") return Object.assign(flat, { z: 5, symbol: "circle", symbolSize: 10, clip: false, itemStyle: { opacity: 1, color: markColour(i, theme), borderColor: theme.paper, borderWidth: 1.5 } });
    if (part === "been") return Object.assign(flat, { z: 3, symbol: "rect", symbolSize: [1.5, 10], itemStyle: { opacity: 1, color: markColour(i, theme) } });
    return Object.assign(flat, { z: curves[i].quiet ? 2 : 3, showSymbol: false, connectNulls: false, lineStyle: { color: colour(i, theme), width: curves[i].quiet ? 5 : 2, cap: "round", join: "round" } });
  }

  function draw(/** @type {Frame} */ frame) {
    shown = curves.map((k) => (frame.field(k.field) || { data: null }).data);
    let bad = 0;
    for (const d of shown) if (d) for (const v of d) if (!Number.isFinite(v)) bad++;
    c.setFoot(notFiniteText(bad));
    const here = frame.own().index;
    chart.setOption({ series: [
      ...curves.map((k, i) => ({ id: `curve ${i}`, data: curveLine(k, shown[i] || []).map(([x, v]) => [x, finiteOr(v)]) })),
      ...marks.flatMap((/** @type {any} */ k, /** @type {number} */ i) => {
        const been = [];
        for (let j = 0; j <= here; j++) if (k.scalar in track.at(j).scalars) been.push([track.at(j).scalars[k.scalar], i]);
        const at = frame.scalar(k.scalar), value = shown[0] ? curveAt(curves[0], shown[0], at) : NaN;
        return [{ id: `mark ${i}`, data: Number.isFinite(value) ? [[at, value]] : [] }, { id: `been ${i}`, data: been }];
      }),
    ] });
    curves.forEach((k, i) => {
      const v = k.scalar ? frame.snapshot().scalars[k.scalar] : undefined;
      texts[i].textContent = v === undefined ? k.label : `${k.label}, ${translate(k.of)} ${formatNumber(v)}`;
    });
  }

  onHover(panel, plot, (px) => {
    const x = chart.convertFromPixel({ xAxisIndex: 0 }, px);
    return px < left - 8 || !(x >= spec.span[0] && x <= spec.span[1]) ? null : x;
  }, (x) => [
    { text: `${spec.x} ${formatNumber(x)}`, strong: true },
    ...curves.flatMap((k, i) => {
      const d = shown[i], v = d ? (k.step ? d[nearestOf(k.at, x)] : curveAt(k, d, x)) : NaN;
      return Number.isFinite(v) ? [{ text: `${k.label} ${formatNumber(v)}` }] : [];
    }),
  ]);
  panel.el.setAttribute("role", "img");
  panel.el.setAttribute("aria-label", curves.map((k) => k.label).join(", "));

  return {
    base, draw,
    key: (frame) => `${frame.position} ${track.length}`,
    read(frame) {
      const s = frame.snapshot(), f = s.fields[curves[0].field];
      for (const k of marks) {
        const at = s.scalars[k.scalar];
        if (at === undefined) continue;
        readAs(panel, { [k.scalar + ".at"]: formatTime(at) });
        const { at: along } = curves[0];
        if (f && at >= along[0] && at <= along[along.length - 1]) readAs(panel, { [k.scalar + ".value"]: formatNumber(curveAt(curves[0], f.data, at)) });
      }
    },
  };
}

/** @param {number[]} at @param {number} x @returns {number} the index of the nearest */
function nearestOf(at, x) {
  let best = 0;
  at.forEach((v, i) => (best = Math.abs(v - x) < Math.abs(at[best] - x) ? i : best));
  return best;
}

/** The points of a curve; a bin has its value from edge to edge. @param {Curve} k @param {ArrayLike<number>} ys @returns {[number, number][]} */
function curveLine(k, ys) {
  const n = Math.min(ys.length, k.at.length);
  /** @type {[number, number][]} */
  const out = [];
  for (let i = 0; i < n; i++) {
    if (!k.step || n < 2) {
      out.push([k.at[i], ys[i]]);
      continue;
    }
    const x = k.at[i];
    let before = (x + k.at[Math.max(i, 1) - 1]) / 2, after = (x + k.at[Math.min(i, n - 2) + 1]) / 2;
    if (i === 0) before = x - (after - x);
    if (i === n - 1) after = x + (x - before);
    out.push([before, ys[i]], [after, ys[i]]);
  }
  return out;
}

/** A curve's value at a place: between two positions on a straight line, beyond the ends NaN. @param {Curve} k @param {ArrayLike<number>} ys @param {number} x */
function curveAt(k, ys, x) {
  for (let i = 0; i + 1 < Math.min(ys.length, k.at.length); i++) {
    const a = k.at[i], b = k.at[i + 1];
    if (x >= a && x <= b) return ys[i] * (1 - (x - a) / (b - a)) + ys[i + 1] * ((x - a) / (b - a));
  }
  return NaN;
}
