// What a diffusion run adds to the kind "plane": a particle that the reader drops and that follows the recorded score from then on, and the two parts of a step.
// spec.flow: { field, alphaBar, state, click }, spec.moves: { field, added, most } (planeFlow and planeMoves in charts/planeflow.go).

Object.assign(chinese, {
  " The particle is at {}, {}.": "粒子位于 {}、{}。", " The particle is dropped at {} = {}.": "粒子在 {} = {} 时放下。",
  "{} With shift, arrows move a particle that follows the score; delete removes it.": "{}按住 Shift 用方向键移动沿分数场运动的粒子，Delete 移除它。",
});

/**
 * A grid's arrow at a place: on straight lines between the cells' centres, beyond the outermost as there.
 * @param {ArrayLike<number>} uv @param {number} rows @param {number} cols @param {number[]} w the grid's window @param {number} x @param {number} y
 * @returns {[number, number]}
 */
function arrowBetween(uv, rows, cols, w, x, y) {
  const column = Math.min(Math.max(((x - w[0]) / (w[1] - w[0])) * cols - 0.5, 0), cols - 1);
  const row = Math.min(Math.max(((y - w[2]) / (w[3] - w[2])) * rows - 0.5, 0), rows - 1);
  if (!Number.isFinite(column + row)) return [NaN, NaN];
  const c = Math.floor(column), r = Math.floor(row), e = Math.min(c + 1, cols - 1), n = Math.min(r + 1, rows - 1), p = column - c, q = row - r;
  const value = (/** @type {number} */ i, /** @type {number} */ j, /** @type {number} */ k) => uv[2 * (i * cols + j) + k];
  const at = (/** @type {number} */ k) => (value(r, c, k) * (1 - p) + value(r, e, k) * p) * (1 - q) + (value(n, c, k) * (1 - p) + value(n, e, k) * p) * q;
  return [at(0), at(1)];
}

/**
 * Where a particle is in the frames from the last one up to a time on, by the steps of DDIM with the score that was recorded. planeFlow.way in
 * charts/planeflow.go has the formula.
 * @param {Track} track @param {{field: string, alphaBar: string}} flow @param {number[]} w the grid's window @param {number} x @param {number} y @param {number} time
 * @returns {{from: number, way: [number, number][]}}
 */
function flowWay(track, flow, w, x, y, time) {
  const sign = track.length > 1 && track.at(1).time < track.at(0).time ? -1 : 1;
  let from = 0;
  while (from + 1 < track.length && sign * track.at(from + 1).time <= sign * time) from++;
  /** @type {[number, number][]} */
  const way = [[x, y]];
  for (let k = from; k + 1 < track.length; k++) {
    const f = track.at(k).fields[flow.field], a = track.at(k).scalars[flow.alphaBar], b = track.at(k + 1).scalars[flow.alphaBar];
    if (!f || !(a > 0) || b === undefined || f.shape.length !== 3 || f.shape[2] !== 2) break;
    const score = arrowBetween(f.data, f.shape[0], f.shape[1], w, x, y), noisy = Math.sqrt(Math.max(0, 1 - a));
    const step = (/** @type {number} */ v, /** @type {number} */ s) => Math.sqrt(b / a) * (v + noisy * noisy * s) - Math.sqrt(Math.max(0, 1 - b)) * noisy * s;
    [x, y] = [step(x, score[0]), step(y, score[1])];
    way.push([x, y]);
  }
  return { from, way };
}

/**
 * What draws on the canvas of a plane.
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} ctx
 * @property {(x: number) => number} px where a place lies on the canvas
 * @property {(y: number) => number} py
 * @property {(x: number, y: number, r: number) => void} dot
 * @property {(colour: string, width: number, alpha: number) => void} stroke
 * @property {(colour: string, alpha: number) => void} fill
 * @property {(x: number, y: number, u: number, v: number, length: number) => void} arrow on the canvas, along (u, v)
 */

/**
 * The particle of a plane.
 * @param {Panel} panel @param {Pen} pen
 */
function planeParticle(panel, pen) {
  const { flow, window: grid, view } = panel.spec, track = panel.tracks[0];
  let known = "", position = 0;
  /** @type {{from: number, way: [number, number][]}} */
  let found = { from: 0, way: [] };
  const state = () => String(panel.state(flow.state) || "");
  const timeNow = () => track.at(Math.floor(position)).time;

  /** @returns {[number, number, number]|null} x, y and the time */
  function dropped() {
    const v = state().split(" ").map(Number);
    return v.length === 3 && v.every(Number.isFinite) ? [v[0], v[1], v[2]] : null;
  }
  function drop(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ time) {
    const inside = (/** @type {number} */ v, /** @type {number} */ lo, /** @type {number} */ hi) => +Math.max(lo, Math.min(hi, v)).toPrecision(4);
    panel.set(flow.state, [inside(x, view[0], view[1]), inside(y, view[2], view[3]), time].join(" "));
  }

  /** The way up to the frame that is shown, and what is still to come. */
  function now() {
    const at = dropped();
    if (!at) return null;
    const key = `${state()} ${track.length}`;
    if (key !== known) found = flowWay(track, flow, grid, ...at);
    known = key;
    const { from, way } = found, here = Math.min(position - from, way.length - 1);
    if (here < 0) return { done: [], ahead: way };
    const low = Math.floor(here), u = here - low, a = way[low], b = way[Math.min(low + 1, way.length - 1)];
    const point = /** @type {[number, number]} */ (u > 0 ? [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u] : a);
    return { done: way.slice(0, low + 1).concat(u > 0 ? [point] : []), ahead: [point].concat(way.slice(low + 1)) };
  }

  panel.el.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const at = dropped(), by = e.shiftKey ? { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key] : undefined;
    if (by) {
      const [x, y, time] = at || [(view[0] + view[1]) / 2, (view[2] + view[3]) / 2, timeNow()];
      drop(x + (at ? by[0] * (view[1] - view[0]) : 0) / 40, y + (at ? by[1] * (view[3] - view[2]) : 0) / 40, time);
    } else if (at && (e.key === "Delete" || e.key === "Backspace")) panel.set(flow.state, "");
    else return;
    e.preventDefault();
    e.stopPropagation();
  });

  return {
    key: state,
    /** The dropped particle, its way, and thin what is still to come. */
    draw(/** @type {number} */ to, /** @type {Theme} */ theme) {
      position = to;
      const it = now(), { ctx, px, py } = pen;
      if (!it) return;
      const line = (/** @type {[number, number][]} */ points) => {
        ctx.beginPath();
        points.forEach(([x, y], i) => (i ? ctx.lineTo(px(x), py(y)) : ctx.moveTo(px(x), py(y))));
      };
      const mark = (/** @type {[number, number]} */ [x, y], /** @type {string} */ inner, /** @type {string} */ outer) => {
        ctx.beginPath();
        pen.dot(x, y, 4.8);
        pen.fill(inner, 1);
        pen.stroke(outer, 1.5, 1);
      };
      ctx.setLineDash([2, 4]);
      line(it.ahead);
      pen.stroke(theme.ink, 1, 0.6);
      ctx.setLineDash([]);
      line(it.done);
      pen.stroke(theme.paper, 4.5, 0.85);
      pen.stroke(theme.ink, 2, 1);
      mark(it.done[0] || it.ahead[0], theme.paper, theme.ink);
      if (it.done.length > 1) mark(it.done[it.done.length - 1], theme.ink, theme.paper);
    },
    /** Takes a click: a particle is dropped there, or the one that was dropped there goes. */
    click(/** @type {number} */ x, /** @type {number} */ y) {
      const at = dropped(), near = (view[1] - view[0]) / 40;
      if (at && Math.hypot(at[0] - x, at[1] - y) < near) panel.set(flow.state, "");
      else drop(x, y, timeNow());
    },
    drops: () => panel.state(flow.click) === "drop",
    say() {
      const it = now(), at = dropped();
      if (!it || !at) return "";
      const counts = track.at(0).timeName || "step";
      if (!it.done.length) return translate(" The particle is dropped at {} = {}.", counts, formatTime(at[2]));
      return translate(" The particle is at {}, {}.", formatNumber(it.ahead[0][0]), formatNumber(it.ahead[0][1]));
    },
    tell() {
      const own = panel.el.ariaLabel || "";
      panel.el.setAttribute("aria-label", translate("{} With shift, arrows move a particle that follows the score; delete removes it.", own));
    },
  };
}

/**
 * The two parts of a point's step from a frame: from, over, to.
 * @param {Track} track @param {{field: string, added: string}} moves @param {number} k the frame @param {number} i the point
 * @returns {[number, number][]|null}
 */
function movesOf(track, moves, k, i) {
  if (k + 1 >= track.length) return null;
  const x = track.at(k).fields[moves.field], added = track.at(k).fields[moves.added], next = track.at(k + 1).fields[moves.field];
  if (!x || !added || !next || 2 * i + 1 >= Math.min(x.data.length, added.data.length, next.data.length)) return null;
  const part = (/** @type {(c: number) => number} */ f) => /** @type {[number, number]} */ ([f(2 * i), f(2 * i + 1)]);
  return [part((c) => x.data[c]), part((c) => next.data[c] - added.data[c]), part((c) => next.data[c])];
}

/**
 * What a step takes away and what it adds, of one point, or of the first few where that is -1.
 * @param {Track} track @param {{field: string, added: string, most: number}} moves @param {number} k the frame @param {number} one @param {Pen} pen @param {Theme} theme
 */
function drawMoves(track, moves, k, one, pen, theme) {
  const all = one >= 0 ? [one] : Array.from({ length: moves.most }, (_, i) => i);
  const steps = all.map((i) => movesOf(track, moves, k, i)).filter((s) => s !== null);
  for (const part of [0, 1]) {
    pen.ctx.beginPath();
    for (const s of steps) {
      const x = pen.px(s[part][0]), y = pen.py(s[part][1]), dx = pen.px(s[part + 1][0]) - x, dy = y - pen.py(s[part + 1][1]), length = Math.hypot(dx, dy);
      if (length > 1) pen.arrow(x, y, dx / length, dy / length, length);
    }
    pen.stroke(part ? theme.accent : theme.ink, 1.6, 1);
  }
}
