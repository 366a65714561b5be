// A surface in space, for readers to turn. WebGL paints the surface alone (solid_gl.js); axes, the way and what is said are drawn around it and over it.
// solidstill.go has the same measures.

surfaceViews["3-D"] = makeSolidView;

/** How far the eye is from the middle of the box, how high the box is. */
const eyeDistance = 6.5, boxHeight = 1.05;

/** @typedef {{sinTurn: number, cosTurn: number, sinTilt: number, cosTilt: number}} Solid */
/**
 * Maps the plane's coordinates and values to a box: x and y run from -1 to 1, the shorter of two axes of one unit less far; z runs from 0 to 1 upwards.
 * @typedef {{x: [number, number], y: [number, number], v: [number, number], wide: number, deep: number}} SolidBox
 */

/** @param {number} turn @param {number} tilt degrees @returns {Solid} */
function solidOf(turn, tilt) {
  const a = (turn * Math.PI) / 180, b = (tilt * Math.PI) / 180;
  return { sinTurn: Math.sin(a), cosTurn: Math.cos(a), sinTilt: Math.sin(b), cosTilt: Math.cos(b) };
}

/** Where a point of the box is seen, right and up from the middle, and how far behind the middle it lies. @param {Solid} s @param {number} x @param {number} y @param {number} z @returns {[number, number, number]} */
function projectSolid(s, x, y, z) {
  const across = x * s.cosTurn - y * s.sinTurn, back = x * s.sinTurn + y * s.cosTurn, high = (z - 0.5) * boxHeight;
  const depth = back * s.cosTilt - high * s.sinTilt, k = eyeDistance / (eyeDistance + depth);
  return [across * k, (back * s.sinTilt + high * s.cosTilt) * k, depth];
}

/** @param {Terrain} t @returns {SolidBox} */
function solidBox({ x, y, v }) {
  const w = x[1] - x[0], d = y[1] - y[0], alike = w < 4 * d && d < 4 * w;
  return { x, y, v, wide: alike ? w / Math.max(w, d) : 1, deep: alike ? d / Math.max(w, d) : 1 };
}

const boxAcross = (/** @type {SolidBox} */ b, /** @type {number} */ x) => b.wide * ((2 * (x - b.x[0])) / (b.x[1] - b.x[0]) - 1);
const boxBack = (/** @type {SolidBox} */ b, /** @type {number} */ y) => b.deep * ((2 * (y - b.y[0])) / (b.y[1] - b.y[0]) - 1);
const boxUp = (/** @type {SolidBox} */ b, /** @type {number} */ v) => (v - b.v[0]) / (b.v[1] - b.v[0]);

/**
 * Whether the surface lies between a point of the box and the reader's eye; what is nearer to the surface than the width of a line is not hidden by it.
 * @param {Terrain} t @param {Solid} s @param {SolidBox} b @param {number} x @param {number} y @param {number} z
 */
function hiddenBehind(t, s, b, x, y, z) {
  const back = -eyeDistance * s.cosTilt;
  const dx = back * s.sinTurn - x, dy = back * s.cosTurn - y, dz = (eyeDistance * s.sinTilt) / boxHeight + 0.5 - z, n = Math.hypot(dx, dy, dz);
  let sign = 0;
  for (let k = 1; k <= 50; k++) {
    const q = (k * 0.06) / n, px = x + dx * q, py = y + dy * q, pz = z + dz * q;
    if (px < -1 || px > 1 || py < -1 || py > 1 || pz > 1.02 || pz < -0.02) return false;
    const ax = b.x[0] + ((px / b.wide + 1) / 2) * (b.x[1] - b.x[0]), ay = b.y[0] + ((py / b.deep + 1) / 2) * (b.y[1] - b.y[0]);
    const d = pz - boxUp(b, heightAt(t.z, t.rows, t.cols, along(t.ys, ay), along(t.xs, ax)));
    if (d !== d || Math.abs(d) < 0.012) continue;
    if (d * sign < 0) return true; // it goes through the surface
    sign = Math.sign(d);
  }
  return false;
}

/** @param {Panel} panel @returns {SurfaceView|null} */
function makeSolidView(panel) {
  const painter = solidPainter();
  if (!painter) return null;
  /** @type {SurfaceSpec} */
  const spec = panel.spec;
  let width = 0, height = 0, unit = 1, solid = solidOf(0, 0);
  /** @type {SolidBox} */
  let box = { x: [0, 1], y: [0, 1], v: [0, 1], wide: 1, deep: 1 };
  const middle = () => height * 0.42;
  /** @returns {[number, number]} */
  const seen = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) => {
    const [right, up] = projectSolid(solid, x, y, z);
    return [width / 2 + right * unit, middle() - up * unit];
  };

  /** The corners of the floor, the nearest first, then around. */
  function corners() {
    const { wide, deep } = box, all = [[-wide, -deep], [wide, -deep], [wide, deep], [-wide, deep]];
    const depths = all.map(([x, y]) => projectSolid(solid, x, y, 0)[2]), near = depths.indexOf(Math.min(...depths));
    return all.map((_, i) => all[(near + i) % 4]);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function floor(ctx, t, theme) {
    const q = corners(), left = [q[0], q[1], q[3]].reduce((a, b) => (seen(b[0], b[1], 0)[0] < seen(a[0], a[1], 0)[0] ? b : a));
    ctx.beginPath();
    q.forEach(([x, y], i) => (i ? ctx.lineTo(...seen(x, y, 0)) : ctx.moveTo(...seen(x, y, 0))));
    ctx.closePath();
    ctx.moveTo(...seen(left[0], left[1], 0));
    ctx.lineTo(...seen(left[0], left[1], 1));
    Object.assign(ctx, { strokeStyle: theme.faint, lineWidth: 1 });
    ctx.stroke();
    const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {CanvasTextAlign} */ align, /** @type {number} */ size, /** @type {string} */ colour) => {
      Object.assign(ctx, { font: `${size}px ${theme.font}`, fillStyle: colour, textAlign: align, textBaseline: "middle" });
      ctx.fillText(text, align === "right" ? Math.max(x, ctx.measureText(text).width) : x, y);
    };
    for (const [i, k] of [[0, 1], [3, 0]]) {
      let [a, b] = [q[i], q[k]];
      const across = a[1] === b[1], axis = across ? spec.x : spec.y, range = across ? t.x : t.y, text = endsText(range);
      if (a[0] > b[0] || a[1] > b[1]) [a, b] = [b, a]; // from its low end to its high one
      const m = seen((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 0), o = seen(0, 0, 0), n = Math.hypot(m[0] - o[0], m[1] - o[1]) || 1;
      const dx = (m[0] - o[0]) / n, dy = (m[1] - o[1]) / n;
      const side = dx < -0.3 ? "right" : dx > 0.3 ? "left" : "center", nameX = m[0] + dx * 20, nameY = m[1] + dy * 20;
      const room = side === "right" ? nameX : side === "left" ? width - nameX : 2 * Math.min(nameX, width - nameX);
      const name = wrapLines(oneLine(axis.name), Math.max(40, room), `12px ${theme.font}`, 2);
      name.forEach((line, row) => write(line, nameX, nameY + 14 * (row - (name.length - 1) / 2), side, 12, theme.muted));
      for (const [share, v] of [[0.06, range[0]], [0.94, range[1]]]) {
        const [x, y] = seen(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, 0);
        write(text(v), x + dx * 16, y + dy * 16, "center", 11, theme.muted);
      }
    }
    const text = endsText(t.v);
    const mark = (/** @type {number} */ value, /** @type {string} */ colour) => {
      const [x, y] = seen(left[0], left[1], boxUp(box, value));
      ctx.beginPath();
      ctx.moveTo(x - 4, y);
      ctx.lineTo(x, y);
      ctx.strokeStyle = theme.muted;
      ctx.stroke();
      write(text(value), x - 7, y, "right", 11, colour);
    };
    t.v.forEach((v) => mark(v, theme.muted));
    const { level } = t.scale, up = level === undefined ? 0 : boxUp(box, level);
    if (level !== undefined && up > 0.12 && up < 0.88) mark(level, theme.ink);
  }

  /** The marked level, where it is seen; the other isolines come with the surface. @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function markedLevel(ctx, t, theme) {
    const { level } = t.scale;
    if (level === undefined) return;
    const s = isolines(t.z, t.xs, t.ys, level), z = boxUp(box, level);
    ctx.beginPath();
    for (let i = 0; i < s.length; i += 4) {
      const x0 = boxAcross(box, s[i]), y0 = boxBack(box, s[i + 1]), x1 = boxAcross(box, s[i + 2]), y1 = boxBack(box, s[i + 3]);
      if (hiddenBehind(t, solid, box, (x0 + x1) / 2, (y0 + y1) / 2, z)) continue;
      ctx.moveTo(...seen(x0, y0, z));
      ctx.lineTo(...seen(x1, y1, z));
    }
    Object.assign(ctx, { strokeStyle: theme.ink, lineWidth: 1, lineCap: "round" });
    ctx.stroke();
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme */
  function way(ctx, t, theme) {
    if (t.here < 0) return;
    const place = (/** @type {[number, number, number]} */ [x, y, v]) => {
      const p = /** @type {[number, number, number]} */ ([boxAcross(box, x), boxBack(box, y), Math.max(0, Math.min(1, boxUp(box, v)))]);
      return Math.abs(p[0]) <= box.wide * 1.0001 && Math.abs(p[1]) <= box.deep * 1.0001 && p[2] === p[2] ? p : null;
    };
    const low = Math.floor(t.here), here = currentPoint(t);
    const points = [...t.path.slice(0, low + 1), here, ...t.path.slice(low + 1)].map(place);
    /** @type {{a: [number, number], b: [number, number], past: boolean, hidden: boolean}[]} */
    const parts = [];
    for (let i = 0; i + 1 < points.length; i++) {
      const p = points[i], q = points[i + 1];
      if (!p || !q) continue;
      parts.push({ a: seen(...p), b: seen(...q), past: i <= low, hidden: hiddenBehind(t, solid, box, (p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2) });
    }
    const stroke = (/** @type {(p: {past: boolean, hidden: boolean}) => boolean} */ which, /** @type {string} */ colour, /** @type {number} */ lineWidth, /** @type {number} */ alpha) => {
      ctx.beginPath();
      for (const p of parts) {
        if (!which(p)) continue;
        ctx.moveTo(...p.a);
        ctx.lineTo(...p.b);
      }
      Object.assign(ctx, { strokeStyle: colour, lineWidth, globalAlpha: alpha, lineCap: "round" });
      ctx.stroke();
      ctx.globalAlpha = 1;
    };
    stroke((p) => p.hidden, theme.ink, 1, 0.25);
    stroke((p) => !p.past && !p.hidden, theme.ink, 1, 0.5);
    stroke((p) => p.past && !p.hidden, theme.paper, 4.5, 0.6);
    stroke((p) => p.past && !p.hidden, theme.ink, 2, 1);
    const p = place(here);
    if (!p) return;
    const at = seen(...p);
    ctx.beginPath();
    ctx.moveTo(...at);
    ctx.lineTo(...seen(p[0], p[1], 0));
    Object.assign(ctx, { strokeStyle: theme.accent, lineWidth: 1 });
    ctx.setLineDash([2, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
    drawHere(ctx, theme, ...at);
  }

  return {
    turns: true,
    height(room) {
      width = room;
      height = Math.round(Math.min(440, Math.max(240, room * 0.66)));
      unit = Math.min((width - 84) / 2.9, height / 2.6);
      return height + 50;
    },
    draw(ctx, t, theme, marked, ratio) {
      solid = solidOf(panel.state("turn"), panel.state("tilt"));
      box = solidBox(t);
      floor(ctx, t, theme);
      painter.paint(ctx, t, { solid, box, theme, width, height, unit, middle: middle(), ratio });
      markedLevel(ctx, t, theme);
      way(ctx, t, theme);
      if (!marked) return;
      const v = t.z[marked.row * t.cols + marked.col];
      if (v - v !== 0) return;
      const at = seen(boxAcross(box, t.xs[marked.col]), boxBack(box, t.ys[marked.row]), boxUp(box, v));
      ctx.beginPath();
      ctx.arc(at[0], at[1], 4, 0, 2 * Math.PI);
      Object.assign(ctx, { strokeStyle: theme.ink, fillStyle: theme.paper, lineWidth: 1.5 });
      ctx.fill();
      ctx.stroke();
    },
    legend: (ctx, t, theme) => drawSurfaceLegend(ctx, t, theme, 0, height + 16, Math.min(260, width)),
    /** The value that is seen nearest to the pointer, of two the one in front. */
    find(t, x, y) {
      let best = Infinity, found = null;
      for (let row = 0; row < t.rows; row++) {
        for (let col = 0; col < t.cols; col++) {
          const v = t.z[row * t.cols + col];
          if (v - v !== 0) continue;
          const [right, up, depth] = projectSolid(solid, boxAcross(box, t.xs[col]), boxBack(box, t.ys[row]), boxUp(box, v));
          const d = (width / 2 + right * unit - x) ** 2 + (middle() - up * unit - y) ** 2;
          if (d < 144 && d + 200 * depth < best) [best, found] = [d + 200 * depth, { row, col }];
        }
      }
      return found;
    },
    dispose: painter.release,
  };
}
