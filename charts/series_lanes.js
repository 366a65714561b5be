// Kind "lanes" of painter "series": a 1-D field over the run's time, a lane for each of its positions, the value as colour. The lanes are painted once;
// a frame draws them as an image, a veil over what is still to come, and the numbers of now.
// spec: { kind, option, field, label, dim, rows, ramp, range, log, null, states, mode, peaks, span, text, select } (lanesSpec in charts/lanes.go).
// reads: laneReadings.

Object.assign(chinese, {
  "unknown": "未知", " and {} more": "，还有 {} 个", "nothing yet": "还没有", "all {}": "全部 {}", "{} has no {} yet": "{} 还没有 {}", "{} is {}": "{} 为 {}",
  "the {} of {} is {}, against {} of the {}": "{}（{}）为 {}，对照为 {}（{}）", "the {} of {} is {}": "{}（{}）为 {}", "{} has the largest {}, {}": "{} 的 {} 最大，为 {}",
  "far below the frames before": "远低于前面各帧", "far above": "远高于", "{}, logarithmic": "{}，对数", "thin: {}": "细条：{}",
});

seriesKinds.lanes = lanesChart;

const laneGap = 3, laneThin = 7;

/**
 * Where the lanes lie, in CSS pixels.
 * @param {number} width @param {number} rows @param {number} labels the longest label @param {number} values the longest value @param {boolean} second whether each lane has a thin mark below
 * @param {boolean} events
 */
function laneArea(width, rows, labels, values, second, events) {
  const high = rows <= 12 ? 20 : rows <= 24 ? 14 : 10, pitch = high + laneGap + (second ? laneThin : 0);
  const left = Math.min(labels, Math.max(48, width * 0.24)) + 10, right = Math.min(values, Math.max(40, width * 0.26)) + 12, top = events ? 20 : 4;
  return { left, right, top, high, pitch, width: Math.max(20, width - left - right), bottom: top + rows * pitch - laneGap };
}

/**
 * What lanes say to captions. values are those of now, [lane], NaN where there is none; against is what they are judged against.
 * @param {{name: string}[]} rows @param {number[]} values @param {number[]|null} against @param {string[]|null} states @param {number} chosen the selected lane or -1 @param {string} name of the field @param {string} second that of what it is judged against
 * @returns {Object<string, string>}
 */
function laneReadings(rows, values, against, states, chosen, name, second) {
  const stateOf = (/** @type {number} */ v) => (states && states[v]) || translate("unknown");
  const finite = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
  if (states && chosen < 0) {
    const odd = finite.filter((i) => values[i] !== 0), named = odd.slice(0, 3).map((i) => `${rows[i].name} ${stateOf(values[i])}`);
    const rest = odd.length > 3 ? translate(" and {} more", odd.length - 3) : "";
    return { said: finite.length === 0 ? translate("nothing yet") : odd.length ? named.join(", ") + rest : translate("all {}", stateOf(0)) };
  }
  const least = (/** @type {(i: number) => number} */ of) => finite.reduce((a, b) => (a < 0 || of(b) < of(a) ? b : a), -1);
  const gap = (/** @type {number} */ i) => (against && Number.isFinite(against[i]) ? values[i] - against[i] : Infinity);
  const i = chosen >= 0 ? chosen : against ? least(gap) : least((k) => -values[k]);
  if (i < 0 || !(i in values) || values[i] !== values[i]) return { said: i < 0 ? translate("nothing yet") : translate("{} has no {} yet", rows[i].name, name) };
  const value = states ? stateOf(values[i]) : formatNumber(values[i]);
  /** @type {Object<string, string>} */
  const out = { feature: rows[i].name, value };
  if (states) out.said = translate("{} is {}", rows[i].name, value);
  else if (against && against[i] === against[i]) Object.assign(out, { null: formatNumber(against[i]), said: translate("the {} of {} is {}, against {} of the {}", name, rows[i].name, value, formatNumber(against[i]), second) });
  else out.said = chosen >= 0 ? translate("the {} of {} is {}", name, rows[i].name, value) : translate("{} has the largest {}, {}", rows[i].name, name, value);
  return out;
}

/** The largest of the values at some positions; NaN where there is none or one is NaN. @param {Field|null|undefined} f @param {number[]} of */
function laneValue(f, of) {
  let most = -Infinity;
  for (const i of of) {
    const v = f && i < f.data.length ? f.data[i] : NaN;
    if (!(v <= most)) most = v;
    if (v !== v) return NaN;
  }
  return most;
}

/** Where a value stands on its ramp. @param {number} v @param {[number, number]} range @param {boolean} log */
function lanePosition(v, range, log) {
  if (log) return v > 0 ? Math.log(v / range[0]) / Math.log(range[1] / range[0]) : 0;
  return (v - range[0]) / (range[1] - range[0]);
}

/** The colour of a state: the first is quiet, the others can be told apart. @param {number} i @param {Theme} theme */
function stateColour(i, theme) {
  return i === 0 ? mixColour(theme.paper, theme.muted, 0.24) : mixColour(theme.paper, theme.series[[2, 1, 5, 4, 7, 3, 6][(i - 1) % 7]], 0.8);
}

/** The edges between the frames of a run: half way from one to the next. @param {number[]} x @returns {number[]} one more than frames */
function frameEdges(x) {
  const n = x.length, out = [];
  for (let i = 1; i < n; i++) out.push((x[i - 1] + x[i]) / 2);
  if (n < 2) return [x[0] - 0.5, x[0] + 0.5];
  return [x[0] - (out[0] - x[0]), ...out, x[n - 1] + (x[n - 1] - out[n - 2])];
}

/** @param {Chart} c @returns {Picture} */
function lanesChart(c) {
  const { panel, chart, plot } = c, spec = panel.spec, track = panel.tracks[0];
  /** @type {{name: string, of: number[]}[]} */
  const rows = spec.rows;
  const canvas = document.createElement("canvas"), painted = document.createElement("canvas");
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), back = /** @type {CanvasRenderingContext2D} */ (painted.getContext("2d"));
  const legend = element("div");
  plot.before(legend);
  /** @type {ReturnType<typeof laneArea>} */
  let area;
  /** @type {ReturnType<typeof scanRun>} */
  let run;
  /** @type {number[]} */
  let edges = [];
  /** @type {[number, number]} */
  let wide = [0, 1];
  /** @type {any} */
  let image = null;
  let paintedFor = "", bad = 0;
  const mode = () => (spec.mode ? String(panel.state(spec.mode)) : "");
  const names = rows.map((r) => r.name);
  const chosen = () => names.indexOf(panel.state(spec.select));
  const pointed = () => {
    const at = panel.pointed(spec.dim, labelsAt(track, track.at(0), spec.dim));
    return at < 0 ? -1 : rows.findIndex((r) => r.of.includes(at));
  };
  const px = (/** @type {number} */ x) => area.left + ((run.inverse ? wide[1] - x : x - wide[0]) / (wide[1] - wide[0])) * area.width;
  const eventsAt = (/** @type {number} */ i) => track.at(i).events.filter((e) => e.name !== "warning");
  /** What the values of a frame are judged against: measured less often, it stands until the next time. @returns {Field|null} */
  function secondAt(/** @type {number} */ i) {
    if (!spec.null) return null;
    for (let k = i; k >= 0; k--) if (track.at(k).fields[spec.null]) return track.at(k).fields[spec.null];
    return null;
  }
  const laneTop = (/** @type {number} */ r) => area.top + r * area.pitch;

  function base() {
    const theme = panel.theme(), option = spec.option;
    run = scanRun(track, []);
    edges = frameEdges(run.x);
    const along = run.x.concat(spec.span || []);
    wide = extentOf([edges.concat(spec.span || [])]);
    const events = run.x.some((_, i) => eventsAt(i).length > 0);
    const longest = (/** @type {string[]} */ texts, /** @type {string} */ font) => Math.ceil(Math.max(0, ...texts.map((t) => textWidth(t, font))));
    const texts = spec.states || (spec.null ? ["−0.00 / −0.00"] : ["−0.00e−0"]);
    area = laneArea(c.width(), rows.length, longest(names.map(oneLine), `600 12px ${theme.font}`), longest(texts, `600 12px ${theme.font}`), !!spec.null, events);
    c.setHeight(area.bottom + 44);
    image = null;
    paintedFor = "";
    showLegend(theme);
    const ticks = timeTicks(along, area.width / 60), axis = axisLook(option.xAxis[0], theme, ticks, tickText(ticks));
    return {
      grid: [{ left: area.left, top: area.top, width: area.width, height: area.bottom - area.top + 4, outerBoundsMode: "none" }],
      xAxis: [Object.assign(axis, { name: translate(run.name), nameLocation: "middle", nameGap: 26, min: wide[0], max: wide[1], inverse: run.inverse })],
      yAxis: [Object.assign(axisLook(option.yAxis[0], theme, [], String), { show: false, min: 0, max: 1 })],
      series: [Object.assign({}, option.series[0], { silent: true, animation: false, clip: false, z: 3, zlevel: 1, data: [[wide[0], 0]], renderItem: () => ({
        type: "image", style: { image: canvas, x: 0, y: 0, width: c.width(), height: area.bottom + 4 },
      }) })],
    };
  }

  /** Paints all lanes as they are when the run is over. */
  function paint(/** @type {Theme} */ theme, /** @type {number} */ ratio) {
    const now = [mode(), track.length, ratio, theme.paper, area.width].join();
    if (now === paintedFor) return;
    paintedFor = now;
    painted.width = Math.max(1, Math.round(c.width() * ratio));
    painted.height = Math.max(1, Math.round((area.bottom + 4) * ratio));
    const snap = (/** @type {number} */ v) => Math.round(v * ratio) / ratio;
    back.setTransform(ratio, 0, 0, ratio, 0, 0);
    bad = 0;
    const factors = mode() === "normalised" ? normaliseFactors(spec.peaks) : null;
    const cell = (/** @type {number} */ i, /** @type {number} */ y, /** @type {number} */ h, /** @type {number} */ v) => {
      const a = snap(px(edges[i])), b = snap(px(edges[i + 1])), fine = v - v === 0;
      if (!fine) bad++;
      const t = factors ? v * (factors[i] || 0) : lanePosition(v, spec.range, !!spec.log);
      back.fillStyle = !fine ? theme.faint : spec.states ? stateColour(v, theme) : rampCSS(spec.ramp, t, theme);
      back.fillRect(Math.min(a, b), y, Math.max(Math.abs(b - a), 1 / ratio), h);
      if (!fine && Math.abs(b - a) > 3) hatch(Math.min(a, b), y, Math.abs(b - a), h, theme);
    };
    for (let i = 0; i < run.x.length; i++) {
      const f = track.at(i).fields[spec.field], second = secondAt(i);
      rows.forEach((row, r) => {
        if (f) cell(i, laneTop(r), area.high, laneValue(f, row.of));
        if (second) cell(i, laneTop(r) + area.high + 1, laneThin - 2, laneValue(second, row.of));
      });
    }
    if (spec.states) rows.forEach((_, r) => nameStates(r, theme));
  }

  function hatch(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h, /** @type {Theme} */ theme) {
    back.save();
    back.beginPath();
    back.rect(x, y, w, h);
    back.clip();
    back.strokeStyle = theme.muted;
    back.beginPath();
    for (let k = x - h; k < x + w; k += 5) {
      back.moveTo(k, y + h);
      back.lineTo(k + h, y);
    }
    back.stroke();
    back.restore();
  }

  /** Writes the name of a state into each stretch that has room for it. */
  function nameStates(/** @type {number} */ r, /** @type {Theme} */ theme) {
    const font = `12px ${theme.font}`, values = run.x.map((_, i) => laneValue(track.at(i).fields[spec.field], rows[r].of));
    if (area.high < 14) return;
    Object.assign(back, { font, textBaseline: "middle", textAlign: "left" });
    for (let from = 0; from < values.length;) {
      let to = from + 1;
      while (to < values.length && values[to] === values[from]) to++;
      const text = spec.states[values[from]], a = px(edges[from]), b = px(edges[to]);
      if (text && values[from] !== 0 && Math.abs(b - a) >= textWidth(oneLine(text), font) + 10) {
        back.fillStyle = inkOn(stateColour(values[from], theme), theme);
        back.fillText(oneLine(text), Math.min(a, b) + 5, laneTop(r) + area.high / 2 + 0.5);
      }
      from = to;
    }
  }

  function draw(/** @type {Frame} */ frame) {
    if (track.length !== run.x.length) chart.setOption(Object.assign({ animation: false }, base()), { notMerge: true }); // a live run has grown
    const theme = panel.theme(), ratio = window.devicePixelRatio || 1;
    paint(theme, ratio);
    if (canvas.width !== painted.width || canvas.height !== painted.height) [canvas.width, canvas.height] = [painted.width, painted.height];
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    ctx.drawImage(painted, 0, 0);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const x = px(valueAt(run.x, frame.own().position)), end = area.left + area.width, at = frame.own().index;
    Object.assign(ctx, { fillStyle: theme.paper, globalAlpha: 0.7 });
    const past = px(edges[run.x.length]);
    ctx.fillRect(Math.min(x, past), area.top - 1, Math.abs(past - x) + 1, area.bottom - area.top + 2);
    ctx.globalAlpha = 1;
    drawEvents(theme, end);
    line(x, area.top - 3, x, area.bottom + 4, theme.accent, 1.5);
    writeLanes(at, theme, end);
    c.setFoot(notFiniteText(bad));
    if (!image) chart.getZr().storage.traverse((/** @type {any} */ el) => void (image = el.type === "image" ? el : image));
    if (image) image.dirty();
    chart.getZr().refresh();
  }

  function line(/** @type {number} */ x0, /** @type {number} */ y0, /** @type {number} */ x1, /** @type {number} */ y1, /** @type {string} */ colour, /** @type {number} */ width) {
    Object.assign(ctx, { strokeStyle: colour, lineWidth: width });
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
  }

  /** Ticks above the lanes, each with its name where there is room. */
  function drawEvents(/** @type {Theme} */ theme, /** @type {number} */ end) {
    const font = `12px ${theme.font}`;
    let free = area.left - 20;
    Object.assign(ctx, { font, textBaseline: "alphabetic", textAlign: "left", fillStyle: theme.muted });
    run.x.forEach((v, i) => {
      const e = eventsAt(i)[0];
      if (!e) return;
      const x = px(v), text = oneLine(e.name), w = textWidth(text, font), from = Math.max(area.left, Math.min(x - w / 2, end - w));
      line(x, area.top - 5, x, area.top - 1, theme.muted, 1);
      if (from < free || w > area.width) return;
      ctx.fillText(text, from, area.top - 8);
      free = from + w + 8;
    });
  }

  /** The lanes' names, and their values of now. */
  function writeLanes(/** @type {number} */ at, /** @type {Theme} */ theme, /** @type {number} */ end) {
    const one = chosen(), under = pointed();
    ctx.textBaseline = "middle";
    rows.forEach((row, r) => {
      const y = laneTop(r) + area.high / 2 + 0.5, marked = r === one || r === under;
      if (area.pitch < 13 && r % 2 && !marked) return;
      const font = `${r === one ? 600 : 400} 12px ${theme.font}`;
      Object.assign(ctx, { font, textAlign: "right", fillStyle: marked ? theme.ink : theme.muted });
      ctx.fillText(shortened(oneLine(row.name), area.left - 10, font), area.left - 8, y);
      const text = textOf(at, r);
      Object.assign(ctx, { font: `600 12px ${theme.font}`, textAlign: "left", fillStyle: theme.ink });
      ctx.fillText(shortened(text, area.right - 10, ctx.font), end + 8, y);
    });
    if (one >= 0) {
      Object.assign(ctx, { strokeStyle: theme.accent, lineWidth: 1.75 });
      ctx.strokeRect(area.left - 1, laneTop(one) - 1, area.width + 2, area.pitch - laneGap + 2);
    }
  }

  function textOf(/** @type {number} */ at, /** @type {number} */ r) {
    const f = track.at(at).fields[spec.field], v = laneValue(f, rows[r].of);
    if (!f) return "";
    if (spec.states) return oneLine(spec.states[v] || "–");
    const second = secondAt(at);
    return formatNumber(v) + (second ? ` / ${formatNumber(laneValue(second, rows[r].of))}` : "");
  }

  function showLegend(/** @type {Theme} */ theme) {
    styled(legend, { display: "flex", flexWrap: "wrap", gap: "4px 12px", alignItems: "center", font: `12px/1.5 ${theme.font}`, color: theme.muted, marginBottom: "6px", fontVariantNumeric: "tabular-nums" });
    const title = element("span", "", [spec.label, spec.text].filter(Boolean).join(", "));
    if (spec.states) {
      const seen = new Set();
      for (let i = 0; i < track.length; i++) for (const row of rows) seen.add(laneValue(track.at(i).fields[spec.field], row.of));
      legend.replaceChildren(title, ...spec.states.map((/** @type {string} */ name, /** @type {number} */ i) => {
        const item = element("span"), sign = element("span");
        styled(item, { display: seen.has(i) ? "inline-flex" : "none", alignItems: "center", gap: "6px" });
        styled(sign, { width: "12px", height: "12px", background: stateColour(i, theme) });
        item.append(sign, element("span", "", name));
        return item;
      }));
      return;
    }
    const bar = element("span"), stops = [];
    for (let i = 0; i <= 16; i++) stops.push(rampCSS(spec.ramp, i / 16, theme));
    styled(bar, { width: "112px", height: "6px", background: `linear-gradient(to right, ${stops.join(", ")})` });
    const follows = mode() === "normalised";
    legend.replaceChildren(title, element("span", "", follows ? translate("far below the frames before") : endText(spec.range[0])), bar, element("span", "", follows ? translate("far above") : spec.log ? translate("{}, logarithmic", endText(spec.range[1])) : endText(spec.range[1])));
    if (spec.null) legend.append(element("span", "", translate("thin: {}", spec.null)));
  }

  /** @returns {{row: number, frame: number}|null} */
  function find(/** @type {number} */ mx, /** @type {number} */ my) {
    const row = Math.floor((my - area.top) / area.pitch);
    if (row < 0 || row >= rows.length || mx > area.left + area.width) return null;
    let best = 0;
    run.x.forEach((v, i) => (best = Math.abs(px(v) - mx) < Math.abs(px(run.x[best]) - mx) ? i : best));
    return { row, frame: mx < area.left ? -1 : best };
  }
  onHover(panel, plot, find, ({ row, frame }) => {
    if (frame < 0) return [{ text: names[row], strong: true }];
    const text = textOf(frame, row).split(" / ");
    return [
      { text: `${names[row]} · ${translate(run.name)} ${formatTime(run.x[frame])}` }, { text: `${spec.field} ${text[0] || "–"}`, strong: true },
      ...(text[1] ? [{ text: `${spec.null} ${text[1]}` }] : []), ...eventsAt(frame).map((e) => ({ text: e.text ? `${e.name}: ${e.text}` : e.name })),
    ];
  }, ({ row }) => placeOf(spec.dim, rows[row].of[0], labelsAt(track, track.at(0), spec.dim)));
  plot.addEventListener("click", (e) => {
    const box = plot.getBoundingClientRect(), at = find(e.clientX - box.left, e.clientY - box.top);
    panel.set(spec.select, !at || panel.state(spec.select) === names[at.row] ? "" : names[at.row]);
  });
  const tell = onArrows(panel, spec.label, () => names.map((n) => ({ key: n, label: n })));

  return {
    base, draw,
    key: (frame) => [frame.position, mode(), chosen(), pointed(), track.length].join(),
    read(frame) {
      tell();
      showMode();
      const f = frame.snapshot().fields[spec.field], second = secondAt(frame.own().index);
      const of = (/** @type {Field|null|undefined} */ x) => rows.map((r) => (x ? laneValue(x, r.of) : NaN));
      readAs(panel, laneReadings(rows, of(f), second ? of(second) : null, spec.states || null, chosen(), spec.field, spec.null || ""));
    },
  };

  /** The legend says which colours are shown. */
  function showMode() {
    if (legend.dataset.mode === mode()) return;
    legend.dataset.mode = mode();
    showLegend(panel.theme());
  }
}
