// A surface laid flat: values as colours, isolines, the way of the run, gradients. contourstill.go has the same measures.

surfaceViews.flat = makeFlat;

/** @typedef {{left: number, top: number, width: number, height: number}} FlatArea */

/** @param {Panel} panel @returns {SurfaceView} */
function makeFlat(panel) {
  /** @type {SurfaceSpec} */
  const spec = panel.spec;
  let xr = spec.x.range, yr = spec.y.range;
  const picture = document.createElement("canvas"), pen = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  let image = new ImageData(1, 1);
  /** @type {FlatArea} */
  let area = { left: 0, top: 0, width: 1, height: 1 };
  const px = (/** @type {number} */ v) => area.left + (area.width * (v - xr[0])) / (xr[1] - xr[0]);
  const py = (/** @type {number} */ v) => area.top + area.height * (1 - (v - yr[0]) / (yr[1] - yr[0]));
  const inside = (/** @type {number} */ x, /** @type {number} */ y) => x >= xr[0] && x <= xr[1] && y >= yr[0] && y <= yr[1];

  /** Values between the grid's too, one for each pixel of the page. @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function paint(ctx, t, theme) {
    const w = area.width, h = area.height;
    if (image.width !== w || image.height !== h) {
      image = new ImageData(w, h);
      [picture.width, picture.height] = [w, h];
    }
    const pixels = new Uint32Array(image.data.buffer), table = rampTable(t.scale.ramp, theme), { z, cols } = t, [lo, hi] = t.scale.range, scale = 255 / (hi - lo);
    const hatch = t.bad ? abgr(theme.muted) : 0;
    const columns = Float64Array.from({ length: w }, (_, i) => along(t.xs, xr[0] + ((i + 0.5) / w) * (xr[1] - xr[0])));
    pixels.fill(0);
    for (let j = 0; j < h; j++) {
      const r = along(t.ys, yr[1] - ((j + 0.5) / h) * (yr[1] - yr[0]));
      if (r !== r) continue;
      const row = Math.min(r | 0, t.rows - 2), u = r - row;
      for (let i = 0; i < w; i++) {
        const c = columns[i];
        if (c !== c) continue;
        const col = Math.min(c | 0, cols - 2), x = c - col, at = row * cols + col;
        const v = (z[at] * (1 - x) + z[at + 1] * x) * (1 - u) + (z[at + cols] * (1 - x) + z[at + cols + 1] * x) * u;
        if (v - v !== 0) {
          if ((i + j) % 5 === 0) pixels[j * w + i] = hatch;
          continue;
        }
        const k = (v - lo) * scale + 0.5;
        pixels[j * w + i] = table[k < 0 ? 0 : k > 255 ? 255 : k | 0];
      }
    }
    pen.putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = true;
    ctx.drawImage(picture, area.left, area.top, w, h);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function lines(ctx, t, theme) {
    const stroke = (/** @type {number} */ level, /** @type {number} */ width, /** @type {number} */ alpha) => {
      const s = isolines(t.z, t.xs, t.ys, level);
      ctx.beginPath();
      for (let i = 0; i < s.length; i += 4) {
        ctx.moveTo(px(s[i]), py(s[i + 1]));
        ctx.lineTo(px(s[i + 2]), py(s[i + 3]));
      }
      ctx.globalAlpha = alpha;
      ctx.lineWidth = width;
      ctx.stroke();
    };
    ctx.strokeStyle = theme.ink;
    ctx.lineCap = "round";
    for (const level of t.scale.levels) stroke(level, 0.75, 0.28);
    if (t.scale.level !== undefined) stroke(t.scale.level, 1.5, 1);
    ctx.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function levels(ctx, t, theme) {
    if (spec.near) return; // they differ in their last decimals
    const text = levelText(t.scale);
    for (const { level, x, y } of placeLevels(t, area, px, py)) {
      const marked = level === t.scale.level;
      writeHaloed(ctx, theme, text(level), px(x), py(y), `${marked ? "bold " : ""}11px ${theme.font}`, theme.ink);
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function flow(ctx, t, theme) {
    if (!t.flow || t.flow.shape.length !== 3 || !(spec.longest > 0)) return;
    const [rows, cols] = t.flow.shape, { data } = t.flow, x1 = t.xs[t.cols - 1], y1 = t.ys[t.rows - 1];
    const cell = Math.min(Math.abs(px(x1) - px(t.xs[0])) / cols, Math.abs(py(y1) - py(t.ys[0])) / rows);
    ctx.globalAlpha = 0.55;
    for (let i = 0; i < rows * cols; i++) {
      const dx = data[2 * i], dy = -data[2 * i + 1], n = Math.hypot(dx, dy);
      const x = t.xs[0] + (((i % cols) + 0.5) / cols) * (x1 - t.xs[0]), y = t.ys[0] + ((Math.floor(i / cols) + 0.5) / rows) * (y1 - t.ys[0]);
      if (!(n > 0) || n - n !== 0 || !inside(x, y)) continue;
      const length = 0.9 * cell * Math.sqrt(Math.min(n / spec.longest, 1));
      drawArrow(ctx, px(x) - ((dx / n) * length) / 2, py(y) - ((dy / n) * length) / 2, dx / n, dy / n, length, theme.ink, 1);
    }
    ctx.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function way(ctx, t, theme) {
    if (t.here < 0) return;
    const here = currentPoint(t), low = Math.floor(t.here);
    const stroke = (/** @type {number[][]} */ points, /** @type {string} */ colour, /** @type {number} */ width, /** @type {number} */ alpha) => {
      ctx.beginPath();
      let on = false;
      for (const [x, y] of points) {
        const shown = inside(x, y);
        if (shown) on ? ctx.lineTo(px(x), py(y)) : ctx.moveTo(px(x), py(y));
        on = shown;
      }
      Object.assign(ctx, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
      ctx.stroke();
      ctx.globalAlpha = 1;
    };
    stroke([here, ...t.path.slice(low + 1)], theme.ink, 1, 0.5);
    const past = [...t.path.slice(0, low + 1), here];
    stroke(past, theme.paper, 4.5, 0.7);
    stroke(past, theme.ink, 2, 1);
    if (inside(here[0], here[1])) drawHere(ctx, theme, px(here[0]), py(here[1]));
  }

  /** What each player's gradient says, at the current point. @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function arrows(ctx, t, theme) {
    if (!t.arrow || t.here < 0) return;
    const [x, y] = currentPoint(t);
    if (!inside(x, y)) return;
    for (let k = 0; 2 * k + 1 < t.arrow.data.length; k++) {
      // Directions are of the plane, lengths of the screen: the two axes may have other units.
      let dx = (t.arrow.data[2 * k] / (xr[1] - xr[0])) * area.width, dy = (-t.arrow.data[2 * k + 1] / (yr[1] - yr[0])) * area.height;
      const n = Math.hypot(dx, dy);
      if (!(n > 0) || n - n !== 0) continue;
      [dx, dy] = [dx / n, dy / n];
      const ax = px(x) + 9 * dx, ay = py(y) + 9 * dy, name = (spec.players || [])[k], length = arrowLength(area, ax, ay, dx, dy);
      ctx.globalAlpha = 0.7;
      drawArrow(ctx, ax, ay, dx, dy, length, theme.paper, 4);
      ctx.globalAlpha = 1;
      drawArrow(ctx, ax, ay, dx, dy, length, theme.ink, 1.75);
      if (name === undefined) continue;
      const [nx, ny] = besideArrow(area, ax, ay, dx, dy, length);
      writeHaloed(ctx, theme, shortened(oneLine(name), 80, `bold 12px ${theme.font}`), nx, ny, `bold 12px ${theme.font}`, theme.ink);
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function outline(ctx, t, theme) {
    const w = t.window && t.window.data.length === 4 ? t.window.data : null;
    if (!w || w[0] + w[1] + w[2] + w[3] - (w[0] + w[1] + w[2] + w[3]) !== 0) return;
    const [x0, x1] = seenSide(px(w[0]), px(w[1]), area.left, area.width), [y1, y0] = seenSide(py(w[3]), py(w[2]), area.top, area.height);
    Object.assign(ctx, { strokeStyle: theme.ink, lineWidth: 1 });
    ctx.strokeRect(x0, y1, x1 - x0, y0 - y1);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Theme} theme */
  function axes(ctx, theme) {
    const { left, top, width, height } = area, font = `12px ${theme.font}`;
    const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {CanvasTextAlign} */ align) => {
      Object.assign(ctx, { font, fillStyle: theme.muted, textAlign: align, textBaseline: "middle" });
      ctx.fillText(text, x, y);
    };
    const xs = roundTicks(xr[0], xr[1], Math.max(2, Math.min(6, Math.floor(width / 60)))), ys = roundTicks(yr[0], yr[1], Math.max(2, Math.min(6, Math.floor(height / 60))));
    const xText = tickText(xs), yText = tickText(ys);
    for (const v of xs) write(xText(v), px(v), top + height + 14, "center");
    for (const v of ys) write(yText(v), left - 8, py(v), "right");
    write(shortened(oneLine(spec.x.name), width, font), left + width / 2, top + height + 32, "center");
    const name = shortened(oneLine(spec.y.name), left + width, font), wide = textWidth(name, font);
    write(name, Math.max(0, left - 6 - wide), top - 20, "left");
  }

  return {
    turns: false,
    height(width, theme) {
      const ticks = [2, 3, 4, 5, 6].map((n) => roundTicks(yr[0], yr[1], n)); // how many fit is not known yet
      area = flatArea(width, spec, Math.max(...ticks.map((t) => ticksWidth(t, tickText(t), theme))));
      return area.top + area.height + 44 + 50;
    },
    draw(ctx, t, theme, marked) {
      [xr, yr] = [t.x, t.y];
      axes(ctx, theme);
      paint(ctx, t, theme);
      lines(ctx, t, theme);
      flow(ctx, t, theme);
      outline(ctx, t, theme);
      way(ctx, t, theme);
      levels(ctx, t, theme);
      arrows(ctx, t, theme);
      if (!marked || !inside(t.xs[marked.col], t.ys[marked.row])) return;
      const x = Math.round(px(t.xs[marked.col])) + 0.5, y = Math.round(py(t.ys[marked.row])) + 0.5;
      Object.assign(ctx, { strokeStyle: theme.ink, lineWidth: 1, globalAlpha: 0.6 });
      ctx.beginPath();
      ctx.moveTo(area.left, y);
      ctx.lineTo(area.left + area.width, y);
      ctx.moveTo(x, area.top);
      ctx.lineTo(x, area.top + area.height);
      ctx.stroke();
      ctx.globalAlpha = 1;
    },
    legend: (ctx, t, theme) => drawSurfaceLegend(ctx, t, theme, area.left, area.top + area.height + 44 + 16, Math.min(260, area.width)),
    find(t, x, y) {
      if (x < area.left || x > area.left + area.width || y < area.top || y > area.top + area.height) return null;
      const r = along(t.ys, yr[1] - ((y - area.top) / area.height) * (yr[1] - yr[0])), c = along(t.xs, xr[0] + ((x - area.left) / area.width) * (xr[1] - xr[0]));
      return r === r && c === c ? { row: Math.round(r), col: Math.round(c) } : null;
    },
  };
}

/** Where the map lies in a panel of this width. @param {number} width @param {{x: {range: [number, number]}, y: {range: [number, number]}, arrow?: string, near?: boolean}} spec @param {number} ticks how wide their labels are @returns {FlatArea} */
function flatArea(width, spec, ticks) {
  const [a, b] = spec.near ? [1, 1] : [spec.x.range[1] - spec.x.range[0], spec.y.range[1] - spec.y.range[0]], left = (spec.near ? nearTicks : ticks) + 14, room = Math.max(20, width - left - (spec.arrow ? 30 : 14));
  let w = Math.min(room, 560), h = w * 0.66;
  if (a < 4 * b && b < 4 * a) {
    const unit = Math.min(room / a, 640 / a, 420 / b);
    [w, h] = [unit * a, unit * b];
  }
  return { left, top: 30, width: Math.round(w), height: Math.round(h) };
}

/** How wide the labels of axes are that follow the run: coordinates with many decimals. */
const nearTicks = 52;

/** How long the arrows at the current point are; at least, and how far beyond the map one may go. */
const playerArrow = 30, shortArrow = 14, arrowBeyond = 10;

/** How long an arrow is that begins at a point: shorter where it would go far beyond the map. @param {FlatArea} area @param {number} x @param {number} y @param {number} dx @param {number} dy */
function arrowLength(area, x, y, dx, dy) {
  const room = (/** @type {number} */ v, /** @type {number} */ d, /** @type {number} */ from, /** @type {number} */ size) => (d > 0 ? (from + size + arrowBeyond - v) / d : d < 0 ? (from - arrowBeyond - v) / d : Infinity);
  return Math.max(shortArrow, Math.min(playerArrow, room(x, dx, area.left, area.width), room(y, dy, area.top, area.height)));
}

/** The least size of the frame about a part of the map, so that the current point does not hide it. */
const leastFrame = 22;

/** From where to where a frame is drawn along one side of the map. @param {number} a @param {number} b pixels, a < b @param {number} from @param {number} size of the map @returns {[number, number]} */
function seenSide(a, b, from, size) {
  const more = Math.max(0, leastFrame - (b - a)) / 2, within = (/** @type {number} */ v) => Math.max(from, Math.min(from + size, v));
  return [within(a - more), within(b + more)];
}

/**
 * Where an arrow's name stands: before its head, or beside its shaft, towards the middle of the map, where that would be outside.
 * @param {FlatArea} area @param {number} x @param {number} y @param {number} dx @param {number} dy @param {number} length @returns {[number, number]}
 */
function besideArrow(area, x, y, dx, dy, length) {
  const hx = x + (length + 10) * dx, hy = y + (length + 10) * dy, within = (/** @type {number} */ v, /** @type {number} */ from, /** @type {number} */ size) => v >= from + 6 && v <= from + size - 6;
  if (within(hx, area.left, area.width) && within(hy, area.top, area.height)) return [hx, hy];
  const side = (area.left + area.width / 2 - x) * -dy + (area.top + area.height / 2 - y) * dx < 0 ? -1 : 1;
  return [x + 10 * dx - 11 * side * dy, y + 10 * dy + 11 * side * dx];
}

/**
 * Where levels are written: on the first of two rows of the map where they cross it, not too near to each other, in the units of the axes.
 * @param {Terrain} t @param {FlatArea} area @param {(v: number) => number} px @param {(v: number) => number} py
 * @returns {{level: number, x: number, y: number}[]}
 */
function placeLevels(t, area, px, py) {
  const { level, levels } = t.scale, here = t.here < 0 ? null : currentPoint(t), all = level === undefined ? levels : [level, ...levels];
  /** @type {{level: number, x: number, y: number}[]} */
  const out = [];
  for (const share of [0.22, 0.78]) {
    const row = share * (t.rows - 1);
    crossings(t.z, t.rows, t.cols, row, all).forEach((c, k) => {
      if (c !== c || out.length > 6 || out.some((o) => o.level === all[k])) return;
      const x = between(t.xs, c), y = between(t.ys, row), ax = px(x), ay = py(y);
      if (ax < area.left + 16 || ax > area.left + area.width - 16 || ay < area.top + 10 || ay > area.top + area.height - 10) return;
      if (here && Math.hypot(px(here[0]) - ax, py(here[1]) - ay) < (t.arrow ? 60 : 30)) return; // the current point lies there
      if (out.every((o) => Math.abs(px(o.x) - ax) > 40 || Math.abs(py(o.y) - ay) > 18)) out.push({ level: all[k], x, y });
    });
  }
  return out;
}

/** Levels with as many decimals as they need; the marked one has its own. @param {SurfaceScale} scale @returns {(v: number) => string} */
function levelText(scale) {
  const text = tickText(scale.levels);
  return (v) => (v === scale.level ? endText(v) : text(v));
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} dx @param {number} dy the direction, of length 1
 * @param {number} length @param {string} colour @param {number} width
 */
function drawArrow(ctx, x, y, dx, dy, length, colour, width) {
  const head = Math.min(3.2 + 1.2 * width, length * 0.6), tx = x + dx * length, ty = y + dy * length;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(tx, ty);
  ctx.moveTo(tx + head * (-0.87 * dx - 0.5 * dy), ty + head * (-0.87 * dy + 0.5 * dx));
  ctx.lineTo(tx, ty);
  ctx.lineTo(tx + head * (-0.87 * dx + 0.5 * dy), ty + head * (-0.87 * dy - 0.5 * dx));
  Object.assign(ctx, { strokeStyle: colour, lineWidth: width, lineCap: "round", lineJoin: "round" });
  ctx.stroke();
}

/** A colour as a pixel. @param {string} css */
function abgr(css) {
  const [r, g, b] = parseColour(css);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
