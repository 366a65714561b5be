// Kind "plane" of painter "series": a raster, contour lines, arrows, points with trails and a path over the coordinates of a plane. All is
// drawn on one canvas, which is one image of the chart: a frame costs the drawing and no option.
// spec: { kind, option, window, view, columns, raster, arrows, points, path, bar, select } (planeSpec in charts/plane.go); the custom series "plane" of the option.
// What a diffusion run adds is in plane_flow.js.
// reads: {points}, {outside}, {said}, {feature}, {x}, {y} of the selected point; {arrow}, {arrow.x}, {arrow.y} of the longest arrow; {energy}.

Object.assign(chinese, { "{} outside": "{} 个在外", "{} arrows are longer than drawn": "{} 个箭头画短了", "1 arrow is longer than drawn": "1 个箭头画短了" });

seriesKinds.plane = planeChart;

/** How far beyond the plane's edge a point is still seen, in pixels; what is left of a trail a frame further back. */
const planeMargin = 9, trailFade = 0.85;

/** @param {Chart} c @returns {Picture} */
function planeChart(c) {
  const { panel, chart, plot } = c, spec = panel.spec, track = panel.tracks[0];
  const view = spec.view, top = spec.points ? spec.points[spec.points.length - 1] : null;
  const canvas = document.createElement("canvas"), ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const raster = makeRaster(), legend = planeLegend(plot, spec), stamp = stampOf();
  /** @type {ReturnType<typeof planeArea>} */
  let area;
  /** @type {any} */
  let image = null;
  /** @type {Entry[]} */
  let names = [];
  /** @type {string[]} */
  let links = [];
  /** @type {string[]} */
  let known = []; // the labels that names were made of
  /** @type {Float32Array|null} */
  let data = null;
  /** @type {{grid: Field|null, arrows: Field|null}} */
  let under = { grid: null, arrows: null };
  /** @type {Object<string, string|number>} */
  let said = {};
  let away = 0;

  const px = (/** @type {number} */ x) => area.left + ((x - view[0]) / (view[1] - view[0])) * area.width;
  const py = (/** @type {number} */ y) => area.top + ((view[3] - y) / (view[3] - view[2])) * area.height;
  /** @type {Pen} */
  const pen = { ctx, px, py, dot, stroke, fill, arrow };
  const ways = new Map((spec.points || []).filter((/** @type {any} */ l) => l.ways).map((/** @type {any} */ l) => [l, planeWays(l, track, pen)]));
  const particle = spec.flow ? planeParticle(panel, pen) : null;
  const shown = (/** @type {any} */ layer) => !!layer && (!layer.show || layer.show.is.includes(String(panel.state(layer.show.state))));
  const modeNow = () => (spec.arrows ? String(panel.state(spec.arrows.mode)) : "");
  const pointed = () => (top ? panel.pointed(top.dim, links) : -1);

  function base() {
    c.setFoot(" "); // its room from the start: points leave the window in some frames
    const theme = panel.theme(), option = spec.option;
    const ticks = (/** @type {number} */ lo, /** @type {number} */ hi, /** @type {number} */ n) => (spec.bare ? [] : roundTicks(lo, hi, n));
    const wide = [2, 3, 4, 5, 6].map((n) => ticks(view[2], view[3], n)).map((t) => ticksWidth(t, tickText(t), theme)); // how many fit is not known yet
    area = planeArea(c.width(), Math.max(...wide) + 14, view, !!spec.columns[0]);
    const yTicks = ticks(view[2], view[3], Math.max(2, Math.min(6, area.height / 70))), yText = tickText(yTicks);
    const xTicks = ticks(view[0], view[1], Math.max(2, Math.min(6, area.width / 70)));
    c.setHeight(area.top + area.height + (spec.columns[0] ? 44 : 28));
    c.setHead(spec.head || "");
    legend.place(area, theme);
    image = null;
    const look = spec.bare ? { axisLine: { show: false }, axisLabel: { show: false } } : {}, long = textWidth(spec.columns[1], `12px ${theme.font}`) > area.left;
    return {
      grid: [{ left: area.left, top: area.top, width: area.width, height: area.height, outerBoundsMode: "none" }],
      xAxis: [Object.assign(axisLook(option.xAxis[0], theme, xTicks, tickText(xTicks)), { name: oneLine(spec.columns[0]), nameLocation: "middle", nameGap: 26, min: view[0], max: view[1] }, look)],
      yAxis: [Object.assign(axisLook(option.yAxis[0], theme, yTicks, yText), {
        name: oneLine(spec.columns[1]), nameLocation: "end", nameGap: 8, min: view[2], max: view[3],
        nameTextStyle: { color: theme.muted, fontSize: 12, fontFamily: theme.font, align: long ? "left" : "right", padding: [0, long ? 0 : 6, 0, 0] },
      }, look)],
      series: [Object.assign({}, option.series[0], { silent: true, animation: false, clip: false, z: 3, zlevel: 1, data: [[view[0], view[2]]], renderItem: () => ({
        type: "image", style: { image: canvas, x: area.left - planeMargin, y: area.top - planeMargin, width: area.width + 2 * planeMargin, height: area.height + 2 * planeMargin },
      }) })],
    };
  }

  function draw(/** @type {Frame} */ frame) {
    const theme = panel.theme(), ratio = window.devicePixelRatio || 1, m = planeMargin;
    const w = Math.max(1, Math.round((area.width + 2 * m) * ratio)), h = Math.max(1, Math.round((area.height + 2 * m) * ratio));
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, w, h);
    ctx.setTransform(ratio, 0, 0, ratio, (m - area.left) * ratio, (m - area.top) * ratio);
    ctx.lineJoin = ctx.lineCap = "round";
    said = {};
    away = 0;
    let bad = drawRaster(frame, theme, ratio);
    const long = drawArrows(frame, theme);
    if (spec.path) drawPath(frame, theme);
    for (const layer of spec.points || []) bad += drawPoints(frame, layer, theme);
    if (spec.moves) drawMoves(track, spec.moves, frame.own().index, chosenPoint(), pen, theme);
    if (particle) particle.draw(frame.own().position, theme);
    if (spec.bar) drawBar(frame, theme);
    c.setFoot([away ? translate("{} outside", away) : "", long > 1 ? translate("{} arrows are longer than drawn", long) : long ? translate("1 arrow is longer than drawn") : "", notFiniteText(bad)].filter(Boolean).join("; "));
    if (!image) chart.getZr().storage.traverse((/** @type {any} */ el) => void (image = el.type === "image" ? el : image));
    if (image) image.dirty();
    chart.getZr().refresh();
  }

  /** The part of the plane that a grid covers. */
  function gridBox() {
    const [x0, x1, y0, y1] = spec.window, left = px(x0), upper = py(y1);
    return { left, upper, width: px(x1) - left, height: py(y0) - upper };
  }

  /** @returns {number} how many cells are not finite */
  function drawRaster(/** @type {Frame} */ frame, /** @type {Theme} */ theme, /** @type {number} */ ratio) {
    const layer = spec.raster, f = layer ? frame.field(layer.field) : null;
    under.grid = f && f.shape.length === 2 && f.data.length > 0 ? f : null;
    if (!under.grid || !shown(layer)) return 0;
    const [rows, cols] = under.grid.shape, { left, upper, width, height } = gridBox();
    const slice = { data: under.grid.data, offset: (rows - 1) * cols, rows, cols, rowStride: -cols, colStride: 1, channelStride: 0 };
    const bad = raster.paint(slice, rampTable(layer.ramp, theme), layer.own ? spanOf(under.grid.data) : layer.range, theme);
    if (bad) raster.scale(Math.round(width * ratio), Math.round(height * ratio), theme); // hatched: between the cells is nothing then
    ctx.imageSmoothingEnabled = !bad;
    ctx.drawImage(bad ? raster.canvas : raster.cells, left, upper, width, height);
    const xs = Array.from({ length: cols }, (_, c) => left + ((c + 0.5) * width) / cols), ys = Array.from({ length: rows }, (_, r) => upper + height - ((r + 0.5) * height) / rows);
    ctx.beginPath();
    for (const level of layer.levels || []) {
      const at = isolines(under.grid.data, xs, ys, level);
      for (let i = 0; i < at.length; i += 4) {
        ctx.moveTo(at[i], at[i + 1]);
        ctx.lineTo(at[i + 2], at[i + 3]);
      }
    }
    stroke(theme.muted, 1, 0.8);
    return bad;
  }

  /** @returns {number} how many arrows are cut */
  function drawArrows(/** @type {Frame} */ frame, /** @type {Theme} */ theme) {
    const layer = spec.arrows, f = layer ? frame.field(layer.field) : null;
    under.arrows = f && f.shape.length === 3 && f.shape[2] === 2 && f.data.length > 0 ? f : null;
    if (!under.arrows) {
      if (layer) legend.tell("", 0, 0, theme);
      return 0;
    }
    const { data: uv, shape: [rows, cols] } = under.arrows, box = gridBox(), dx = box.width / cols, dy = box.height / rows;
    const cell = Math.min(dx, dy, 36), scale = arrowScale(layer, modeNow(), frame.own().index), visible = shown(layer);
    let long = 0, most = 0, at = -1;
    ctx.beginPath();
    for (let i = 0; i < rows * cols; i++) {
      const u = uv[2 * i], v = uv[2 * i + 1], length = Math.hypot(u, v);
      if (!(length > 0) || length - length !== 0) continue;
      if (length > most) [most, at] = [length, i];
      if (!visible) continue;
      if (modeNow() === "length" && length > 2.001 * scale.unit) long++;
      arrow(box.left + ((i % cols) + 0.5) * dx, box.upper + box.height - (Math.floor(i / cols) + 0.5) * dy, u / length, v / length, scale.cells(length) * cell);
    }
    stroke(theme.ink, 1.1, 0.68);
    if (at >= 0) {
      const [x0, x1, y0, y1] = spec.window;
      said = { arrow: most, "arrow.x": x0 + (((at % cols) + 0.5) * (x1 - x0)) / cols, "arrow.y": y0 + ((Math.floor(at / cols) + 0.5) * (y1 - y0)) / rows };
    }
    legend.tell(visible ? modeNow() : "", scale.unit, cell, theme);
    return long;
  }

  /** An arrow along (u, v), up is positive; one too short to be seen is a dot, so that a field that has died down differs from none. */
  function arrow(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ u, /** @type {number} */ v, /** @type {number} */ length) {
    const l = Math.max(length, 0.4), ex = x + u * l, ey = y - v * l, head = Math.min(4.5, 0.45 * l);
    ctx.moveTo(x, y);
    ctx.lineTo(ex, ey);
    if (head < 1) return;
    ctx.moveTo(ex - head * (u - 0.55 * v), ey + head * (v + 0.55 * u));
    ctx.lineTo(ex, ey);
    ctx.lineTo(ex - head * (u + 0.55 * v), ey + head * (v - 0.55 * u));
  }

  /** @returns {number} how many points are not finite */
  function drawPoints(/** @type {Frame} */ frame, /** @type {any} */ layer, /** @type {Theme} */ theme) {
    const f = frame.field(panel.resolve(layer.field)), walk = ways.get(layer), at = frame.own().position;
    const all = walk ? walk.at(at) : f ? f.data : new Float32Array(0), n = all.length >> 1, main = layer === top;
    if (main) {
      data = all;
      const labels = labelsAt(track, frame.snapshot(), layer.dim);
      if (names.length !== n || labels !== known) {
        known = labels;
        names = entriesOf(new Float32Array(n), labels, layer.dim);
        links = linkLabels(names.map((e) => e.raw));
      }
    }
    const chosen = main ? chosenPoint() : -1, r = pointRadius(layer.count, area.width);
    if (layer.trail && !walk) drawTrails(frame, layer, all, theme);
    const mark = walk ? null : stamp(ctx, [layer.quiet, r, theme.paper, theme.muted, theme.accent].join(), r + 1.5, window.devicePixelRatio || 1, (c) => {
      c.arc(0, 0, r, 0, 2 * Math.PI);
      Object.assign(c, { strokeStyle: layer.quiet ? theme.muted : theme.paper, fillStyle: theme.accent, lineWidth: layer.quiet ? 1 : 1.6, globalAlpha: 0.8 });
      c.stroke();
      c.globalAlpha = 0.9;
      if (!layer.quiet) c.fill();
    });
    let bad = 0, outside = 0;
    ctx.imageSmoothingEnabled = true;
    ctx.globalAlpha = chosen >= 0 || spec.moves ? 0.35 : 1;
    for (let i = 0; i < n; i++) {
      const x = all[2 * i], y = all[2 * i + 1];
      if (x + y - (x + y) !== 0) bad++;
      else if (x < view[0] || x > view[1] || y < view[2] || y > view[3]) outside++;
      else if (mark) mark(px(x), py(y));
    }
    ctx.globalAlpha = 1;
    if (walk) walk.draw(all, at, chosen, main ? pointed() : -1, r, theme);
    if (!main) return bad;
    away = outside;
    Object.assign(said, { points: String(n - bad), outside: String(outside), said: n - bad === 1 ? translate("1 point") : translate("{} points", n - bad) });
    if (walk) return bad;
    if (chosen >= 0) drawWay(frame, layer, chosen, theme);
    for (const [i, colour] of /** @type {[number, string][]} */ ([[chosen, theme.accent], [pointed(), theme.ink]])) {
      if (!(i >= 0) || !(Number.isFinite(all[2 * i] + all[2 * i + 1]))) continue;
      ctx.beginPath();
      dot(all[2 * i], all[2 * i + 1], r + 2.5);
      fill(colour === theme.ink ? theme.accent : colour, 1);
      stroke(theme.ink, 1.5, 1);
    }
    return bad;
  }

  const chosenPoint = () => (top ? names.findIndex((e) => e.key === panel.state(spec.select)) : -1);

  function dot(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r) {
    const cx = px(x), cy = py(y);
    ctx.moveTo(cx + r, cy);
    ctx.arc(cx, cy, r, 0, 2 * Math.PI);
  }
  function stroke(/** @type {string} */ colour, /** @type {number} */ width, /** @type {number} */ alpha) {
    Object.assign(ctx, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha });
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  function fill(/** @type {string} */ colour, /** @type {number} */ alpha) {
    Object.assign(ctx, { fillStyle: colour, globalAlpha: alpha });
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  /** Where the points were: each frame further back is fainter. One stroke an age, however many points there are. */
  function drawTrails(/** @type {Frame} */ frame, /** @type {any} */ layer, /** @type {Float32Array} */ now, /** @type {Theme} */ theme) {
    const low = Math.floor(frame.own().position);
    let later = now;
    for (let age = 0; age <= layer.trail && low - age >= 0; age++) {
      const f = track.at(low - age).fields[panel.resolve(layer.field)], from = f ? f.data : later;
      if (from.length === later.length && from !== later) {
        ctx.beginPath();
        for (let i = 0; i + 1 < from.length; i += 2) {
          const away = from[i] + from[i + 1] + later[i] + later[i + 1];
          if (away - away !== 0) continue;
          ctx.moveTo(px(from[i]), py(from[i + 1]));
          ctx.lineTo(px(later[i]), py(later[i + 1]));
        }
        stroke(layer.quiet ? theme.muted : theme.accent, 1, 0.45 * trailFade ** age);
      }
      later = from;
    }
  }

  /** Where points of fields were in each frame, read once. @type {Map<string, [number, number][]>} */
  const routes = new Map();
  /** The way of point i of a field from one frame to before another, and on to where it is now. */
  function trace(/** @type {string} */ field, /** @type {number} */ i, /** @type {number} */ from, /** @type {number} */ to, /** @type {ArrayLike<number>|null} */ now) {
    const key = `${i} ${field}`, route = routes.get(key) || [];
    if (routes.size > 8) routes.clear();
    routes.set(key, route);
    for (let k = route.length; k < to; k++) {
      const f = track.at(k).fields[field];
      route.push(f && f.data.length > 2 * i + 1 ? [f.data[2 * i], f.data[2 * i + 1]] : [NaN, NaN]);
    }
    ctx.beginPath();
    let open = false;
    for (let k = from; k < to + (now ? 1 : 0); k++) {
      const [x, y] = now && k === to ? [now[2 * i], now[2 * i + 1]] : route[k], fine = Number.isFinite(x + y);
      if (fine) open ? ctx.lineTo(px(x), py(y)) : ctx.moveTo(px(x), py(y));
      open = fine;
    }
  }

  /** The way of one point since the start. */
  function drawWay(/** @type {Frame} */ frame, /** @type {any} */ layer, /** @type {number} */ i, /** @type {Theme} */ theme) {
    trace(panel.resolve(layer.field), i, 0, Math.floor(frame.own().position) + 1, data);
    stroke(theme.paper, 3.5, 0.8);
    stroke(theme.accent, 1.75, 1);
  }

  function drawPath(/** @type {Frame} */ frame, /** @type {Theme} */ theme) {
    const low = Math.floor(frame.own().position), now = frame.field(spec.path.field);
    trace(spec.path.field, 0, low, track.length, null);
    stroke(theme.muted, 1, 0.5);
    trace(spec.path.field, 0, 0, low + 1, now && now.data);
    stroke(theme.ink, 1.75, 1);
    if (!now || !Number.isFinite(now.data[0] + now.data[1])) return;
    ctx.beginPath();
    dot(now.data[0], now.data[1], 5);
    fill(theme.accent, 1);
    said = Object.assign({}, said, { x: now.data[0], y: now.data[1] });
  }

  function drawBar(/** @type {Frame} */ frame, /** @type {Theme} */ theme) {
    const f = frame.field(spec.bar.field), value = f ? f.data.reduce((a, b) => (b > a ? b : a), -Infinity) : -Infinity;
    if (!Number.isFinite(value)) return;
    const w = 12, h = Math.min(110, area.height * 0.34), x = area.left + area.width - w - 10, y = area.top + area.height - h - 10;
    const full = Math.max(0, Math.min(1, value)) * h;
    Object.assign(ctx, { globalAlpha: 0.75, fillStyle: theme.paper });
    ctx.fillRect(x, y, w, h);
    Object.assign(ctx, { globalAlpha: 0.72, fillStyle: theme.accent });
    ctx.fillRect(x, y + h - full, w, full);
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    stroke(theme.muted, 1, 0.7);
    const text = `${spec.bar.label} ${value.toFixed(2)}`;
    Object.assign(ctx, { font: `600 12px ${theme.font}`, textAlign: "right", textBaseline: "bottom", strokeStyle: theme.paper, lineWidth: 4 });
    for (const [line, up] of /** @type {[string, number][]} */ (spec.bar.text ? [[spec.bar.text, 5], [text, 19]] : [[text, 5]])) {
      ctx.font = `${line === text ? 600 : 400} 12px ${theme.font}`;
      ctx.strokeText(line, x + w, y - up);
      ctx.fillStyle = line === text ? theme.ink : theme.muted;
      ctx.fillText(line, x + w, y - up);
    }
    said.energy = value;
  }

  /** The point under the pointer, or the place. @returns {{point: number, x: number, y: number}|null} */
  function find(/** @type {number} */ mx, /** @type {number} */ my) {
    const x = view[0] + ((mx - area.left) / area.width) * (view[1] - view[0]), y = view[3] - ((my - area.top) / area.height) * (view[3] - view[2]);
    let best = -1, distance = 100;
    for (let i = 0; data && 2 * i + 1 < data.length; i++) {
      const d = (px(data[2 * i]) - mx) ** 2 + (py(data[2 * i + 1]) - my) ** 2;
      if (d < distance) [best, distance] = [i, d];
    }
    if (best >= 0 && data) return { point: best, x: data[2 * best], y: data[2 * best + 1] };
    return mx < area.left || my < area.top || mx > area.left + area.width || my > area.top + area.height ? null : { point: -1, x, y };
  }

  /** The cell of a grid at a place, -1 outside. */
  function cellAt(/** @type {Field} */ f, /** @type {number} */ x, /** @type {number} */ y) {
    const [x0, x1, y0, y1] = spec.window, [rows, cols] = f.shape;
    const col = Math.floor(((x - x0) / (x1 - x0)) * cols), r = Math.floor(((y - y0) / (y1 - y0)) * rows);
    return col < 0 || r < 0 || col >= cols || r >= rows ? -1 : r * cols + col;
  }

  /** @returns {TooltipLine[]} */
  function tipLines(/** @type {{point: number, x: number, y: number}} */ at) {
    /** @type {TooltipLine[]} */
    const lines = [];
    if (at.point >= 0 && names[at.point]) lines.push({ text: names[at.point].label, strong: true });
    const kind = at.point >= 0 && ways.has(top) ? ways.get(top).className(at.point) : "";
    if (kind) lines.push({ text: kind });
    if (!spec.bare) lines.push({ text: `${spec.columns[0] || "x"} ${planeNumber(at.x, view[1] - view[0])}, ${spec.columns[1] || "y"} ${planeNumber(at.y, view[3] - view[2])}` });
    if (under.grid) {
      const i = cellAt(under.grid, at.x, at.y);
      if (i >= 0) lines.push({ text: `${spec.raster.label} ${formatNumber(under.grid.data[i])}` });
    }
    if (under.arrows) {
      const i = cellAt(under.arrows, at.x, at.y);
      if (i >= 0) lines.push({ text: `${spec.arrows.label} ${formatNumber(Math.hypot(under.arrows.data[2 * i], under.arrows.data[2 * i + 1]))}` });
    }
    return lines;
  }

  onHover(panel, plot, find, tipLines, (at) => (top && at.point >= 0 ? placeOf(top.dim, at.point, names.map((e) => e.raw)) : {}));
  plot.addEventListener("click", (e) => {
    if (!top) return;
    const box = plot.getBoundingClientRect(), mx = e.clientX - box.left, my = e.clientY - box.top, at = find(mx, my);
    if (at && particle && particle.drops()) return void particle.click(view[0] + ((mx - area.left) / area.width) * (view[1] - view[0]), view[3] - ((my - area.top) / area.height) * (view[3] - view[2]));
    const e2 = at && at.point >= 0 ? names[at.point] : null;
    panel.set(spec.select, !e2 || panel.state(spec.select) === e2.key ? "" : e2.key);
  });
  const tell = top ? onArrows(panel, top.label, () => names) : () => {};
  if (particle) particle.tell();
  if (!top) {
    panel.el.setAttribute("role", "img");
    panel.el.setAttribute("aria-label", (spec.arrows || spec.raster || { label: "" }).label);
  }

  return {
    base, draw,
    key: (frame) => [frame.position, panel.state(spec.select), pointed(), shown(spec.raster), shown(spec.arrows), modeNow(), track.length, particle ? particle.key() : "", top ? panel.resolve(top.field) : ""].join(),
    read(frame) {
      tell();
      for (const { name, whole } of spec.measures || []) {
        let i = frame.own().index;
        while (i > 0 && !(name in track.at(i).scalars)) i--;
        const v = track.at(i).scalars[name];
        if (v !== undefined) said[name] = whole ? formatTime(v) : v;
      }
      if (top && ways.has(top) && !frame.blended) said = Object.assign({}, said, ways.get(top).read(frame.own().index));
      const one = chosenPoint();
      if (one >= 0 && data) {
        const x = data[2 * one], y = data[2 * one + 1];
        said = Object.assign({}, said, { feature: names[one].label, x, y, said: translate("{} is at {}, {}", names[one].label, planeNumber(x, view[1] - view[0]), planeNumber(y, view[3] - view[2])) });
      }
      readAs(panel, particle ? Object.assign({}, said, { particle: particle.say() }) : said);
    },
  };
}
