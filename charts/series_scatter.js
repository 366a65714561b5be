// Kind "scatter" of painter "series": points of a plane, on axes fixed for the whole track, one unit as long on both where the
// two are the same kind of number. A third column colours the points. Where they have been is a trail.
// spec: { kind, option, field, dim, columns: [x, y, value?], range: [[lo, hi], …], square, down, classes, trail, select };
// series "trail" and "points" of the option. reads: {points}, {feature}, {x}, {y} of the selected point, {said}.

seriesKinds.scatter = scatterChart;

/** @param {Chart} c @returns {Picture} */
function scatterChart(c) {
  const { panel, chart, plot } = c, spec = panel.spec, track = panel.tracks[0];
  const [xr, yr] = padded(spec.range), vr = spec.range[2], columns = spec.range.length;
  /** @type {{left: number, top: number, width: number, height: number}} */
  let area;
  /** @type {Entry[]} */
  let names = [];
  /** @type {Float32Array|null} */
  let data = null;
  let finite = 0;
  const pointed = () => panel.pointed(spec.dim, names.map((e) => e.raw));
  /** @type {HTMLElement|null} */
  let legend = null;

  function base() {
    const theme = panel.theme(), option = spec.option;
    let yTicks = roundTicks(yr[0], yr[1], 4), yText = tickText(yTicks);
    const left = ticksWidth(yTicks, yText, theme) + 14;
    const room = c.width() - left - 14, share = (yr[1] - yr[0]) / (xr[1] - xr[0]);
    let width = room, height = Math.min(340, Math.max(180, room * 0.72));
    if (spec.square) {
      const unit = Math.min(room / (xr[1] - xr[0]), 380 / (yr[1] - yr[0]));
      width = unit * (xr[1] - xr[0]);
      height = width * share;
    }
    yTicks = roundTicks(yr[0], yr[1], Math.max(2, Math.min(6, height / 60)));
    yText = tickText(yTicks);
    area = { left, top: 22, width: Math.round(width), height: Math.round(height) };
    c.setHeight(area.top + area.height + (spec.columns[0] ? 44 : 28));
    const xTicks = roundTicks(xr[0], xr[1], Math.max(2, Math.min(6, width / 60)));
    const labelled = spec.labelled && spec.count <= 40;
    showLegend(theme);
    c.setHead(spec.head || "");
    return {
      grid: [Object.assign({ outerBoundsMode: "none" }, area)],
      xAxis: [Object.assign(axisLook(option.xAxis[0], theme, xTicks, tickText(xTicks)), { name: oneLine(spec.columns[0] || ""), nameLocation: "middle", nameGap: 26, min: xr[0], max: xr[1] })],
      yAxis: [Object.assign(axisLook(option.yAxis[0], theme, yTicks, yText), {
        name: oneLine(spec.columns[1] || ""), nameLocation: spec.down ? "start" : "end", nameGap: 8, min: yr[0], max: yr[1], inverse: !!spec.down,
        nameTextStyle: { color: theme.muted, fontSize: 12, fontFamily: theme.font, align: "right", padding: [0, 6, 0, 0] },
      })],
      series: option.series.map((/** @type {any} */ s) => Object.assign({}, s, { silent: true, animation: false, clip: false }, s.id === "trail"
        ? { renderItem: (/** @type {any} */ p, /** @type {any} */ api) => drawTrail(api.value(0), api, theme), z: 2 }
        : {
          z: 3, itemStyle: { color: theme.ink, opacity: 0.8 }, symbol: "circle", symbolSize: spec.count > 400 ? 4 : spec.count > 80 ? 6 : 8, labelLayout: { hideOverlap: true },
          label: { show: labelled, position: "right", distance: 5, fontSize: 12, fontFamily: theme.font, color: theme.ink, formatter: (/** @type {any} */ p) => nameOf(p.value[2]) },
        })),
    };
  }

  function showLegend(/** @type {Theme} */ theme) {
    if (legend) legend.remove();
    legend = null;
    if (columns < 3 || spec.classes) return;
    const limit = Math.max(Math.abs(vr[0]), Math.abs(vr[1]));
    legend = rampLegend(spec.columns[2] || "value", vr[0] < 0 ? "diverging" : "heat", limit, theme);
    styled(legend, { marginTop: "4px" });
    plot.after(legend);
  }

  function nameOf(/** @type {number} */ i) {
    return names[i] ? names[i].label : `${spec.dim} ${i + 1}`;
  }

  /** Whole numbers from 0 to 9 are classes, other values a place on the ramp. */
  function colourOf(/** @type {number} */ v, /** @type {Theme} */ theme) {
    if (columns < 3) return theme.ink;
    if (spec.classes) return classColour(v, theme);
    return rampCSS(vr[0] < 0 ? "diverging" : "heat", rampPosition(v, vr[0] < 0 ? "diverging" : "heat", Math.max(Math.abs(vr[0]), Math.abs(vr[1]))), theme);
  }

  /** @type {[number, number][][][]} the trails of all points, and that of the selected one: each is one path */
  let trails = [[], []];
  function drawTrail(/** @type {number} */ i, /** @type {any} */ api, /** @type {Theme} */ theme) {
    const pathData = trails[i].map((t) => "M" + t.map((p) => api.coord(p).map((/** @type {number} */ v) => v.toFixed(1)).join(" ")).join("L")).join("");
    const style = i === 0 ? { stroke: theme.muted, lineWidth: 1, opacity: 0.35 } : { stroke: theme.accent, lineWidth: 1.5, opacity: 0.9 };
    return { type: "path", shape: { pathData }, style: Object.assign({ fill: "none", lineJoin: "round" }, style) };
  }

  /** Where points have been: all of them for the last spec.trail frames, the selected one since the start. */
  function trailsAt(/** @type {Frame} */ frame, /** @type {number} */ chosen) {
    const low = Math.floor(frame.own().position), from = Math.max(0, low - spec.trail);
    const n = data ? data.length / columns : 0;
    const walk = (/** @type {number} */ i, /** @type {number} */ since) => {
      /** @type {[number, number][]} */
      const out = [];
      for (let k = since; k <= low; k++) {
        const f = track.at(k).fields[spec.field];
        if (f && i * columns + 1 < f.data.length && Number.isFinite(f.data[i * columns] + f.data[i * columns + 1])) out.push([f.data[i * columns], f.data[i * columns + 1]]);
      }
      if (data && Number.isFinite(data[i * columns] + data[i * columns + 1])) out.push([data[i * columns], data[i * columns + 1]]);
      return out;
    };
    const all = [];
    for (let i = 0; spec.trail > 0 && i < n; i++) if (i !== chosen) all.push(walk(i, from));
    return [all.filter((t) => t.length > 1), chosen >= 0 && chosen < n ? [walk(chosen, 0)] : []];
  }

  function draw(/** @type {Frame} */ frame) {
    const theme = panel.theme(), f = frame.field(spec.field);
    data = f ? f.data : null;
    const recorded = frame.snapshot().fields[spec.field], kinds = spec.classes && recorded ? recorded.data : data; // between two classes is none
    const n = data ? data.length / columns : 0;
    names = entriesOf(new Float32Array(n), labelsAt(track, frame.snapshot(), spec.dim), spec.dim);
    const chosen = names.findIndex((e) => e.key === panel.state(spec.select));
    const points = [], marked = pointed(), named = spec.classes && kinds && data && chosen < 0 ? classesAt(data, kinds) : new Map();
    for (let i = 0; data && i < n; i++) {
      const x = data[i * columns], y = data[i * columns + 1], v = kinds && columns > 2 ? kinds[i * columns + 2] : 0;
      if (!Number.isFinite(x + y)) continue;
      const on = i === chosen, under = i === marked;
      if (columns < 3 && chosen < 0 && !under) {
        points.push([x, y, i]); // one style for all is quick
        continue;
      }
      points.push({
        value: [x, y, i], symbolSize: under ? 13 : undefined,
        label: named.has(i) ? { show: true, formatter: () => oneLine(named.get(i)), color: theme.ink, fontWeight: 600, textBorderColor: theme.paper, textBorderWidth: 4 } : undefined,
        itemStyle: { color: on ? theme.accent : colourOf(v, theme), opacity: chosen >= 0 && !on && !under ? 0.45 : columns > 2 ? 1 : 0.8, borderColor: under ? theme.ink : columns > 2 && !spec.classes ? theme.muted : "transparent", borderWidth: under ? 2 : columns > 2 ? 0.5 : 0 },
      });
    }
    finite = points.length;
    c.setFoot(notFiniteText(n - finite));
    trails = trailsAt(frame, chosen);
    chart.setOption({ series: [{ id: "trail", data: [0, 1].filter((i) => trails[i].length > 0).map((i) => [i]) }, { id: "points", data: points }] });
  }

  /** The names of the classes, each at that of its points which is nearest to their middle. @param {Float32Array} at @param {Float32Array} kinds @returns {Map<number, string>} */
  function classesAt(at, kinds) {
    const n = at.length / columns, pairs = new Float32Array(2 * n), of = [], out = new Map();
    for (let i = 0; i < n; i++) (pairs.set([at[columns * i], at[columns * i + 1]], 2 * i), of.push(kinds[columns * i + 2]));
    for (const k of new Set(of)) out.set(medoid(pairs, of, k), spec.kinds[k]);
    return out;
  }

  function find(/** @type {number} */ px, /** @type {number} */ py) {
    let best = -1, distance = 14 * 14;
    for (let i = 0; data && i < data.length / columns; i++) {
      const d = (place(data[i * columns], xr, area.left, area.width, false) - px) ** 2 + (place(data[i * columns + 1], yr, area.top, area.height, !spec.down) - py) ** 2;
      if (d < distance) [best, distance] = [i, d];
    }
    return best < 0 ? null : best;
  }
  onHover(panel, plot, (px, py) => {
    const i = find(px, py);
    styled(plot, { cursor: i === null ? "default" : "pointer" });
    return i;
  }, (i) => [{ text: nameOf(i), strong: true }, ...spec.columns.map((/** @type {string} */ name, /** @type {number} */ k) => ({ text: `${name || ["x", "y", "value"][k]} ${formatNumber(data ? data[i * columns + k] : NaN)}` }))],
  (i) => placeOf(spec.dim, i, names.map((e) => e.raw)));
  plot.addEventListener("click", (e) => {
    const box = plot.getBoundingClientRect(), i = find(e.clientX - box.left, e.clientY - box.top);
    panel.set(spec.select, i === null || panel.state(spec.select) === names[i].key ? "" : names[i].key);
  });

  const tell = onArrows(panel, spec.field, () => names);

  return {
    base, draw,
    key: (frame) => `${frame.position} ${panel.state(spec.select)} ${pointed()}`,
    read() {
      tell();
      const one = names.findIndex((e) => e.key === panel.state(spec.select));
      readAs(panel, { points: finite, said: finite === 1 ? translate("1 point") : translate("{} points", finite) });
      if (one < 0 || !data) return;
      const x = data[one * columns], y = data[one * columns + 1];
      readAs(panel, { feature: names[one].label, x, y, said: translate("{} is at {}, {}", names[one].label, formatNumber(x), formatNumber(y)) });
    },
  };
}

/** @param {[number, number][]} ranges @returns {[number, number][]} with room for the points' own size */
function padded(ranges) {
  return ranges.map(([lo, hi]) => {
    const room = lo === hi ? Math.abs(lo) * 0.1 || 1 : (hi - lo) * 0.05;
    return [lo - room, hi + room];
  });
}

/** @param {number} v @param {[number, number]} range @param {number} from @param {number} size pixels @param {boolean} up */
function place(v, range, from, size, up) {
  const t = (v - range[0]) / (range[1] - range[0]);
  return from + size * (up ? 1 - t : t);
}
