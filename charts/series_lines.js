// Kind "lines" of painter "series": numbers over the run, drawn up to the playhead, what is still to come as a ghost unless it would answer a prediction, names and
// values at the lines' ends. Numbers of different size stand in rows of their own above one common time.
// spec: { kind, option, rows: [{ lines: [{ name, label?, scalar | field }], scale? }], span?, bridge?, mark? }: scale and span are what the axes have at least, with
// bridge a line goes across frames that lack its number, for they belong to another run; series "ghost i", "line i", "now i", "head row" of the option.
// reads: each line's value by its name.

seriesKinds.lines = lineChart;

/**
 * @typedef {object} RunLine
 * @property {string} name
 * @property {string} label what is written of it
 * @property {boolean} count all its values are whole numbers, and are written as such
 * @property {number} row
 * @property {string} id
 * @property {number[]} y one a frame, NaN where there is none
 */

/** @param {Chart} c @returns {Picture} */
function lineChart(c) {
  const { panel, chart, plot } = c, { rows, option, span, bridge, mark } = panel.spec, track = panel.tracks[0];
  /** @type {{x: number[], name: string, inverse: boolean, lines: RunLine[]}} */
  let run;
  /** @type {[number, number][]} */
  let scales = [];
  /** @type {string[]} */
  let colours = [];
  /** @type {{left: number, right: number, tops: number[], row: number}} */
  let area;
  let hidden = false; // the ghosts

  function base() {
    run = scanRun(track, rows);
    const theme = panel.theme(), many = rows.length > 1;
    const row = many ? 96 : 190, gap = 18;
    scales = rows.map((/** @type {any} */ _, /** @type {number} */ r) => roomyScale(...extentOf(run.lines.filter((l) => l.row === r).map((l) => l.y).concat([rows[r].scale || []]))));
    const ticks = scales.map(([lo, hi]) => roundTicks(lo, hi, many ? 2 : 4));
    const texts = ticks.map(tickText);
    area = {
      left: Math.max(...ticks.map((t, r) => ticksWidth(t, texts[r], theme))) + 12, right: 14, row,
      tops: rows.map((/** @type {any} */ _, /** @type {number} */ r) => 12 + r * (row + gap)),
    };
    c.setHeight(12 + rows.length * (row + gap) - gap + 44);
    c.setFoot(notFiniteText(run.lines.reduce((n, l) => n + l.y.filter((v) => v !== undefined && !Number.isFinite(v)).length, 0)));
    const along = run.x.concat(span || []), wide = timeScale(along);
    const xTicks = timeTicks(along, (c.width() - area.left) / 60);
    area.right = Math.max(area.right, ticksWidth(xTicks.slice(-1), tickText(xTicks), theme) / 2 + 2, roomForEnds());
    colours = lineColours(run.lines, theme);
    return {
      grid: area.tops.map((top) => ({ left: area.left, right: area.right, top, height: row, outerBoundsMode: "none" })),
      xAxis: option.xAxis.map((/** @type {any} */ a, /** @type {number} */ r) => {
        const look = axisLook(a, theme, xTicks, tickText(xTicks));
        look.axisLabel.show = r === rows.length - 1;
        return Object.assign(look, { name: look.axisLabel.show ? oneLine(translate(run.name)) : "", nameLocation: "middle", nameGap: 26, min: wide[0], max: wide[1], inverse: run.inverse });
      }),
      yAxis: option.yAxis.map((/** @type {any} */ a, /** @type {number} */ r) => {
        const look = axisLook(a, theme, ticks[r], texts[r]);
        look.axisLine.show = false;
        return Object.assign(look, { min: scales[r][0], max: scales[r][1] });
      }),
      series: option.series.map((/** @type {any} */ s) => Object.assign({}, s, lineLook(s.id, theme))),
    };
  }

  /** What the names and values at the lines' ends take beside the plot, so that no label lies on the lines; 0 where that is too much of it. */
  function roomForEnds() {
    const font = `600 12px ${panel.theme().font}`, values = (/** @type {RunLine} */ l) => extentOf([l.y]).filter(Number.isFinite);
    const room = 24 + Math.max(...run.lines.flatMap((l, i) => values(l).map((v) => textWidth(endOf(i, v), font))), 0);
    return room < 0.3 * (c.width() - area.left) ? room : 0;
  }

  /** What stands at the end of a line. */
  function endOf(/** @type {number} */ i, /** @type {number} */ v) {
    return (run.lines.length > 1 || run.lines[i].name !== "value" ? `${oneLine(run.lines[i].label)} ` : "") + lineText(run.lines[i], v);
  }

  function lineLook(/** @type {string} */ id, /** @type {Theme} */ theme) {
    const [part, n] = id.split(" ");
    const flat = { silent: true, showSymbol: false, symbol: "circle", connectNulls: false, animation: false };
    if (part === "head") return Object.assign(flat, { markLine: mark ? markOf(n === "0", theme) : undefined, z: 1, lineStyle: { color: theme.accent, width: 1, opacity: 0.45 } });
    const i = +n, points = pointsOf(i, run.x.length);
    if (part === "ghost") return Object.assign(flat, { z: 2, data: points, sampling: "lttb", lineStyle: { color: theme.faint, width: 1.25, opacity: hidden ? 0 : 1 } });
    const dots = run.x.length <= 32;
    if (part === "line") return Object.assign(flat, { z: 3, showSymbol: dots, symbolSize: 4.5, itemStyle: { opacity: 1, color: colours[i] }, lineStyle: { color: colours[i], width: 2, cap: "round", join: "round" } });
    return { silent: true, z: 5, animation: false, symbol: "circle", symbolSize: 9, clip: false, itemStyle: { opacity: 1, color: run.lines.length === 1 ? theme.accent : colours[i] } };
  }

  /** A time that is marked across the rows, by name in the first. @param {boolean} named @param {Theme} theme */
  function markOf(named, theme) {
    return {
      silent: true, symbol: "none", animation: false, data: [{ xAxis: mark.at }], lineStyle: { color: theme.muted, width: 1, type: [3, 3] },
      label: { show: named, position: "end", distance: 2, formatter: () => wrapLines(mark.label, 160, `12px ${theme.font}`, 1)[0], color: theme.muted, fontSize: 12, fontFamily: theme.font },
    };
  }

  /** The points of a line in the first n frames. @returns {any[]} */
  function pointsOf(/** @type {number} */ i, /** @type {number} */ n) {
    const { y } = run.lines[i], points = run.x.slice(0, n).map((x, k) => [x, finiteOr(y[k])]);
    return bridge ? points.filter((_, k) => y[k] !== undefined) : points;
  }

  /** Where a line has come to: between two frames that have its number, else at the last that had it. @returns {[number, number]} */
  function standing(/** @type {number[]} */ y, /** @type {number} */ at) {
    const low = Math.floor(at);
    let last = low;
    while (last >= 0 && y[last] === undefined) last--;
    const held = bridge && last >= 0 && (last < low || (at > low && y[low + 1] === undefined));
    return held ? [run.x[last], y[last]] : [valueAt(run.x, at), valueAt(y, at)];
  }

  function draw(/** @type {Frame} */ frame) {
    if (track.length !== run.x.length) chart.setOption(Object.assign({ animation: false }, base()), { notMerge: true }); // a live run has grown
    const at = frame.own().position, low = Math.floor(at);
    const x = valueAt(run.x, at);
    const stands = run.lines.map((l) => standing(l.y, at)), now = stands.map((s) => s[1]);
    const labels = placeLabels(now, x);
    if (hidden !== panel.asking()) {
      hidden = !hidden;
      chart.setOption({ series: run.lines.map((_, i) => ({ id: `ghost ${i}`, lineStyle: { opacity: hidden ? 0 : 1 } })) });
    }
    chart.setOption({
      series: rows.map((/** @type {any} */ _, /** @type {number} */ r) => ({ id: `head ${r}`, data: [[x, scales[r][0]], [x, scales[r][1]]] })).concat(
        run.lines.flatMap((_, i) => {
          const past = pointsOf(i, low + 1), here = [stands[i][0], inScale(now[i])];
          if (at > low && Number.isFinite(now[i])) past.push({ value: here, symbol: "none" });
          return [{ id: `line ${i}`, data: past }, { id: `now ${i}`, data: Number.isFinite(now[i]) ? [here] : [], label: labels[i] }];
        })),
    });
  }

  /** Names and values beside the points of now, kept apart, on the side where there is room. */
  function placeLabels(/** @type {number[]} */ now, /** @type {number} */ x) {
    const theme = panel.theme(), font = `600 12px ${theme.font}`;
    const px = chart.convertToPixel({ xAxisIndex: 0 }, x), right = c.width() - px - 12;
    const left = px - 12 > right && now.some((v, i) => textWidth(endOf(i, v), font) > right), room = left ? px - 12 : right;
    const texts = now.map((v, i) => {
      const text = endOf(i, v), value = lineText(run.lines[i], v);
      return textWidth(text, font) <= room ? text : `${shortened(oneLine(run.lines[i].label), room - textWidth(" " + value, font), font)} ${value}`;
    });
    const at = now.map((v, i) => pixelY(v, run.lines[i].row));
    const want = at.map((y, i) => y - (run.lines.length === 1 ? 14 : left ? beside(i, at) : 0));
    const place = spread(want, now.map((_, i) => run.lines[i].row), 15, area);
    return texts.map((text, i) => ({
      show: true, formatter: () => text, position: left ? "left" : "right", distance: 7, offset: [0, place[i] - pixelY(now[i], run.lines[i].row)],
      color: colours[i], fontSize: 12, fontWeight: 600, fontFamily: theme.font, textBorderColor: theme.paper, textBorderWidth: 3,
    }));
  }

  /** How far a label before its point stands above it, so that its line does not run through it: the highest above, the lowest below. @param {number} i @param {number[]} at */
  function beside(i, at) {
    const row = at.map((_, k) => k).filter((k) => run.lines[k].row === run.lines[i].row && Number.isFinite(at[k])).sort((a, b) => at[a] - at[b]);
    return row.length < 2 ? 12 : 12 * (1 - (2 * row.indexOf(i)) / (row.length - 1));
  }

  function pixelY(/** @type {number} */ v, /** @type {number} */ row) {
    const [lo, hi] = scales[row];
    return area.tops[row] + area.row * (1 - (inScale(v) - lo) / (hi - lo));
  }

  onHover(panel, plot, (px) => {
    const x = chart.convertFromPixel({ xAxisIndex: 0 }, px);
    let best = 0;
    run.x.forEach((v, i) => (best = Math.abs(v - x) < Math.abs(run.x[best] - x) ? i : best));
    return px < area.left - 8 ? null : best;
  }, (i) => [
    { text: `${translate(run.name)} ${formatTime(run.x[i])}`, strong: true },
    ...run.lines.filter((l) => l.y[i] !== undefined).map((l) => ({ text: `${l.label} ${lineText(l, l.y[i])}` })),
  ]);

  return {
    base, draw,
    key: (frame) => `${frame.position} ${track.length} ${panel.asking()}`,
    read(frame) {
      const at = frame.own().position;
      /** @type {Object<string, string|number>} */
      const values = {};
      for (const l of run.lines) {
        const v = bridge ? standing(l.y, Math.round(at))[1] : l.y[Math.round(at)];
        if (v !== undefined) values[l.name] = l.count ? lineText(l, v) : v;
      }
      panel.read(values);
    },
  };
}

/** A value of a line. @param {RunLine} l @param {number} v */
function lineText(l, v) {
  return l.count && Number.isInteger(v) ? (v < 0 ? "−" : "") + Math.abs(v) : formatNumber(v);
}

/** @param {number[]} a @param {number} at between two entries the straight line @returns {number} */
function valueAt(a, at) {
  const i = Math.floor(at), t = at - i;
  const v = t > 0 ? a[i] + (a[i + 1] - a[i]) * t : a[i];
  return v === undefined ? NaN : v;
}

/** @param {number[][]} lists @returns {[number, number]} */
function extentOf(lists) {
  let lo = Infinity, hi = -Infinity;
  for (const list of lists) {
    for (const v of list) {
      if (!Number.isFinite(v)) continue;
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
  }
  return [lo, hi];
}

/**
 * Reads the lines' numbers off the track. The abscissa is the algorithm's own time where that only grows or only falls, otherwise the frame.
 * @param {Track} track @param {{lines: {name: string, label?: string, count?: boolean, scalar?: string, field?: string}[]}[]} rows
 */
function scanRun(track, rows) {
  /** @type {RunLine[]} */
  const lines = [];
  const sources = rows.flatMap((r) => r.lines);
  rows.forEach((r, row) => r.lines.forEach((l) => lines.push({ name: l.name, label: l.label || l.name, count: !!l.count, row, id: String(lines.length), y: [] })));
  /** @type {number[]} */
  const times = [];
  for (let i = 0; i < track.length; i++) {
    const s = track.at(i);
    times.push(s.time);
    lines.forEach((l, k) => {
      const { scalar, field } = sources[k], f = field ? s.fields[field] : undefined;
      l.y.push(/** @type {number} */ (scalar ? s.scalars[scalar] : f && f.data[0]));
    });
  }
  const ordered = (/** @type {number} */ sign) => times.every((t, i) => Number.isFinite(t) && (i === 0 || (t - times[i - 1]) * sign > 0));
  const own = ordered(1) || ordered(-1);
  const name = own ? (track.length ? track.at(0).timeName : "") || "step" : "frame";
  return { x: own ? times : times.map((_, i) => i + 1), name, inverse: own && times.length > 1 && times[1] < times[0], lines };
}

/** The scale of the abscissa; a single time has room around it. @param {number[]} x @returns {[number, number]} */
function timeScale(x) {
  const [lo, hi] = extentOf([x]).map(inScale), room = lo < hi ? 0 : Math.max(1, 1e-9 * Math.abs(lo));
  return [lo - room, hi + room];
}

/** @param {number[]} x @param {number} n @returns {number[]} */
function timeTicks(x, n) {
  const [lo, hi] = extentOf([x]);
  const ticks = roundTicks(lo, hi, Math.max(2, Math.min(8, n)));
  return x.every(Number.isInteger) ? ticks.filter(Number.isInteger) : ticks;
}

/** One line is ink; several in one row are told apart, the accent last because the playhead has it. @param {RunLine[]} lines @param {Theme} theme */
function lineColours(lines, theme) {
  const palette = [theme.series[0], ...theme.series.slice(2), theme.series[1]];
  const used = new Map();
  return lines.map((l) => {
    const n = used.get(l.row) || 0;
    used.set(l.row, n + 1);
    return palette[n % palette.length];
  });
}

/**
 * Moves heights of the same row apart until they keep a distance, within the row.
 * @param {number[]} want pixels @param {number[]} rows @param {number} gap @param {{tops: number[], row: number}} area
 */
function spread(want, rows, gap, area) {
  const out = want.slice();
  for (const row of new Set(rows)) {
    const order = out.map((_, i) => i).filter((i) => rows[i] === row && Number.isFinite(want[i])).sort((a, b) => want[a] - want[b]);
    const top = area.tops[row] - 4, bottom = area.tops[row] + area.row + 4;
    order.forEach((i, k) => (out[i] = Math.max(out[i], k ? out[order[k - 1]] + gap : top)));
    order.reverse().forEach((i, k) => (out[i] = Math.min(out[i], k ? out[order[k - 1]] - gap : bottom)));
  }
  return out;
}
