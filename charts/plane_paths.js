// Points of the kind "plane" that go on curves from step to step, in the colours of their classes, with trails, names and the whole way of a selected one. The
// posters do the same (charts/trajectoriesstill.go).

/**
 * A centripetal Catmull-Rom curve through points, walked in time: it is at point i at time i, and its velocity is continuous. Towards a point that is not finite it
 * rests. internal/curve is its twin and says how.
 * @param {ArrayLike<number>} points pairs of x and y, at least one
 * @returns {(time: number, out: number[]) => void} sets out to x and y
 */
function curveThrough(points) {
  const n = points.length >> 1, length = new Float64Array(n), pace = new Float64Array(n), tangents = new Float64Array(2 * n);
  for (let i = 0; i + 1 < n; i++) {
    const squared = (points[2 * i + 2] - points[2 * i]) ** 2 + (points[2 * i + 3] - points[2 * i + 1]) ** 2;
    if (squared - squared === 0) length[i] = Math.sqrt(Math.sqrt(squared));
  }
  for (let i = 0; i < n; i++) {
    const before = i > 0 ? length[i - 1] : 0, after = length[i], both = before > 0 && after > 0; // 0: there is nothing on this side
    pace[i] = both ? (2 * before * after) / (before + after) : i === 0 ? after : i === n - 1 ? before : 0;
    for (let j = 2 * i; j < 2 * i + 2; j++) {
      const into = before > 0 ? (points[j] - points[j - 2]) / before : 0, out = after > 0 ? (points[j + 2] - points[j]) / after : 0;
      tangents[j] = both ? (into * after + out * before) / (before + after) : into + out;
    }
  }
  return (time, out) => {
    const t = Math.max(0, Math.min(n - 1, time)), i = Math.floor(t), u = t - i, h = length[i];
    [out[0], out[1]] = [points[2 * i], points[2 * i + 1]];
    if (u === 0 || h === 0) return;
    const s = (u * u * (3 - 2 * u) * h + u * (1 - u) * (1 - u) * pace[i] - u * u * (1 - u) * pace[i + 1]) / h; // where on the segment, from 0 to 1
    const b = s * s * (3 - 2 * s), p = h * s * (1 - s) * (1 - s), q = -h * s * s * (1 - s);
    for (const j of [0, 1]) out[j] = (1 - b) * points[2 * i + j] + b * points[2 * i + 2 + j] + p * tangents[2 * i + j] + q * tangents[2 * i + 2 + j];
  };
}

/**
 * How many samples that have a class have one of the same class as their nearest, in percent; "" where there are none to compare.
 * @param {ArrayLike<number>} points pairs @param {number[]} of the class of each, -1 for none @returns {string}
 */
function alikePercent(points, of) {
  const finite = (/** @type {number} */ i) => of[i] >= 0 && points[2 * i] + points[2 * i + 1] - (points[2 * i] + points[2 * i + 1]) === 0;
  let all = 0, alike = 0;
  for (let i = 0; i < of.length; i++) {
    if (!finite(i)) continue;
    let best = -1, least = Infinity;
    for (let j = 0; j < of.length; j++) {
      if (j === i || !finite(j)) continue;
      const d = (points[2 * i] - points[2 * j]) ** 2 + (points[2 * i + 1] - points[2 * j + 1]) ** 2;
      if (d < least) [best, least] = [j, d];
    }
    if (best < 0) continue;
    all++;
    if (of[best] === of[i]) alike++;
  }
  return all ? `${Math.round((100 * alike) / all)}%` : "";
}

/**
 * Which labels can stand where they want to without covering one before them.
 * @param {number[][]} boxes left, top, width and height of each @returns {boolean[]}
 */
function labelsThatFit(boxes) {
  /** @type {number[][]} */
  const kept = [];
  return boxes.map(([x, y, w, h]) => {
    const fits = kept.every(([a, b, c, d]) => x >= a + c || a >= x + w || y >= b + d || b >= y + h);
    if (fits) kept.push([x, y, w, h]);
    return fits;
  });
}

/**
 * @param {any} layer of the spec, with ways @param {Track} track
 * @param {{ctx: CanvasRenderingContext2D, px: (x: number) => number, py: (y: number) => number, dot: (x: number, y: number, r: number) => void, stroke: (colour: string, width: number, alpha: number) => void, fill: (colour: string, alpha: number) => void}} pen
 */
function planeWays(layer, track, pen) {
  const { per, of, classes, marks } = layer.ways, { ctx, px, py, dot, stroke, fill } = pen;
  /** @type {((time: number, out: number[]) => void)[]} */
  let curves = [];
  let steps = 0;
  const xy = [0, 0];

  /** The curves of all points; a run that goes on has more of them. */
  function prepare() {
    if (steps === track.length) return;
    steps = track.length;
    const data = Array.from({ length: steps }, (_, k) => (track.at(k).fields[layer.field] || { data: new Float32Array(0) }).data);
    curves = Array.from({ length: Math.max(...data.map((d) => d.length >> 1)) }, (_, i) => {
      const points = new Float64Array(2 * steps);
      data.forEach((d, k) => points.set(2 * i + 1 < d.length ? [d[2 * i], d[2 * i + 1]] : [NaN, NaN], 2 * k));
      return curveThrough(points);
    });
  }

  /** @returns {Float32Array} where the points are, between two steps as well */
  function at(/** @type {number} */ position) {
    prepare();
    const out = new Float32Array(2 * curves.length);
    curves.forEach((go, i) => (go(position, xy), out.set(xy, 2 * i)));
    return out;
  }

  const colourOf = (/** @type {number} */ i, /** @type {Theme} */ theme) => (of ? classColour(of[i], theme) : theme.accent);

  /** The points of each colour. @returns {Map<string, number[]>} */
  function coloured(/** @type {Theme} */ theme) {
    const out = new Map();
    for (let i = 0; i < curves.length; i++) {
      const c = colourOf(i, theme), list = out.get(c);
      if (list) list.push(i);
      else out.set(c, [i]);
    }
    return out;
  }

  /** Where the points were in the 24ths of a second before: one stroke a colour and an age. */
  function drawTrails(/** @type {number} */ position, /** @type {Float32Array} */ now, /** @type {number} */ faded, /** @type {Theme} */ theme) {
    const groups = coloured(theme);
    ctx.lineCap = "butt"; // what overlaps would be darker
    let later = now;
    for (let age = 0; age < layer.trail && position - age / per > 0; age++) {
      const from = at(position - (age + 1) / per);
      for (const [colour, list] of groups) {
        ctx.beginPath();
        for (const i of list) {
          const sum = from[2 * i] + from[2 * i + 1] + later[2 * i] + later[2 * i + 1];
          if (sum - sum !== 0) continue;
          ctx.moveTo(px(from[2 * i]), py(from[2 * i + 1]));
          ctx.lineTo(px(later[2 * i]), py(later[2 * i + 1]));
        }
        stroke(colour, 2, 0.8 * faded * trailFade ** age);
      }
      later = from;
    }
    ctx.lineCap = "round";
  }

  /** The whole way of one point, what is still to come thinner, with a mark at each step: between the marks it is interpolated. */
  function drawWay(/** @type {number} */ i, /** @type {number} */ position, /** @type {Theme} */ theme) {
    const go = curves[i], colour = theme.accent;
    /** @param {number} from @param {number} to */
    function trace(from, to) {
      ctx.beginPath();
      let open = false;
      const line = (/** @type {number} */ t) => {
        go(t, xy);
        const fine = Number.isFinite(xy[0] + xy[1]);
        if (fine) open ? ctx.lineTo(px(xy[0]), py(xy[1])) : ctx.moveTo(px(xy[0]), py(xy[1]));
        open = fine;
      };
      for (let t = from; t < to; t += 1 / 8) line(t);
      line(to);
    }
    trace(0, steps - 1);
    stroke(theme.paper, 4, 0.85);
    trace(position, steps - 1);
    stroke(theme.muted, 1, 0.8);
    trace(0, position);
    stroke(colour, 1.75, 1);
    for (const done of [false, true]) {
      ctx.beginPath();
      for (let k = 0; k < steps; k++) {
        go(k, xy);
        if (k <= position === done && Number.isFinite(xy[0] + xy[1])) dot(xy[0], xy[1], 2);
      }
      fill(done ? colour : theme.paper, 1);
      stroke(done ? theme.paper : theme.muted, done ? 0.75 : 1, 1);
    }
  }

  /** The time of the first, the last and some steps in between, where there is room. */
  function stepNames(/** @type {(time: number, out: number[]) => void} */ go, /** @type {Theme} */ theme) {
    const some = [...new Set([0, 1, 0.5, 0.25, 0.75].map((u) => Math.round(u * (steps - 1))))], font = `12px ${theme.font}`;
    const labels = some.flatMap((k) => {
      go(k, xy);
      const s = track.at(k), text = k === 0 ? `${oneLine(s.timeName || "step")} ${formatTime(s.time)}` : formatTime(s.time);
      return Number.isFinite(xy[0] + xy[1]) ? [{ text, x: px(xy[0]) + 11, y: py(xy[1]) - 13 }] : [];
    });
    names(labels, font, theme.ink, theme);
  }

  /** Text beside places, as much of it as fits. @param {{text: string, x: number, y: number, colour?: string}[]} labels @param {string} font @param {string} colour @param {Theme} theme */
  function names(labels, font, colour, theme) {
    const fit = labelsThatFit(labels.map((l) => [l.x, l.y - 8, textWidth(l.text, font), 16]));
    Object.assign(ctx, { font, textAlign: "left", textBaseline: "middle", lineWidth: 4, strokeStyle: theme.paper });
    labels.forEach((l, k) => {
      if (!fit[k]) return;
      ctx.fillStyle = l.colour || colour;
      ctx.strokeText(l.text, l.x, l.y);
      ctx.fillText(l.text, l.x, l.y);
    });
  }

  /** The name of each class beside that of its points which is nearest to their middle. */
  function classNames(/** @type {Float32Array} */ now, /** @type {number} */ r, /** @type {Theme} */ theme) {
    const font = `600 12px ${theme.font}`;
    const labels = classes.flatMap((/** @type {string} */ name, /** @type {number} */ k) => {
      const i = medoid(now, of, k);
      return i < 0 ? [] : [{ text: shortened(oneLine(name), 120, font), x: px(now[2 * i]) + r + 4, y: py(now[2 * i + 1]), colour: classColour(k, theme) }];
    });
    names(labels, font, theme.ink, theme);
  }

  function drawMark(/** @type {Float32Array} */ now, /** @type {number} */ i, /** @type {number} */ size, /** @type {string} */ colour, /** @type {Theme} */ theme) {
    Object.assign(ctx, { font: `700 ${size}px ${theme.font}`, textAlign: "center", textBaseline: "middle", lineWidth: 3, strokeStyle: theme.paper, fillStyle: colour });
    const x = px(now[2 * i]), y = py(now[2 * i + 1]) + size * 0.06;
    ctx.strokeText(classes[of[i]], x, y);
    ctx.fillText(classes[of[i]], x, y);
  }

  /**
   * Draws trails and points; a selected one with its whole way.
   * @param {Float32Array} now @param {number} position @param {number} chosen @param {number} pointed @param {number} r @param {Theme} theme
   */
  function draw(now, position, chosen, pointed, r, theme) {
    const faded = chosen >= 0 ? 0.35 : 1, size = r > 3 ? 13 : 11;
    const fine = (/** @type {number} */ i) => i >= 0 && Number.isFinite(now[2 * i] + now[2 * i + 1]);
    drawTrails(position, now, faded, theme);
    for (const [colour, list] of coloured(theme)) {
      ctx.globalAlpha = faded;
      if (!marks) ctx.beginPath();
      for (const i of list) {
        if (!fine(i) || i === chosen) continue;
        if (marks && of[i] >= 0) drawMark(now, i, size, colour, theme);
        else if (marks) (ctx.beginPath(), dot(now[2 * i], now[2 * i + 1], r), fill(colour, faded));
        else dot(now[2 * i], now[2 * i + 1], r);
      }
      ctx.globalAlpha = 1;
      if (!marks) (stroke(theme.paper, 1.6, 0.8 * faded), fill(colour, 0.9 * faded));
    }
    if (chosen >= 0) drawWay(chosen, position, theme);
    else if (classes && !marks) classNames(now, r, theme);
    for (const i of [pointed, chosen]) {
      if (!fine(i)) continue;
      ctx.beginPath();
      dot(now[2 * i], now[2 * i + 1], marks ? size * 0.8 : r + 2.5);
      fill(marks ? theme.paper : colourOf(i, theme), 1);
      stroke(i === chosen ? theme.accent : theme.ink, 1.75, 1);
      if (marks && of[i] >= 0) drawMark(now, i, size, colourOf(i, theme), theme);
    }
    if (chosen >= 0) stepNames(curves[chosen], theme);
  }

  return {
    at, draw,
    /** The class of a point, or "". @param {number} i @returns {string} */
    className: (i) => (classes && of[i] >= 0 ? oneLine(classes[of[i]]) : ""),
    /** What captions can use of a step. @param {number} index @returns {Object<string, string|number>} */
    read(index) {
      const f = track.at(index).fields[layer.field], last = index > 0 ? track.at(index - 1).fields[layer.field] : null;
      if (!f) return {};
      let moved = 0, n = 0;
      for (let i = 0; last && 2 * i + 1 < f.data.length; i++) {
        const d = Math.hypot(f.data[2 * i] - last.data[2 * i], f.data[2 * i + 1] - last.data[2 * i + 1]);
        if (d - d === 0) (moved += d, n++);
      }
      /** @type {Object<string, string|number>} */
      const out = { moved: n ? moved / n : 0 };
      if (of) out.alike = alikePercent(f.data, of);
      const whole = track.at(index).scalars.alike;
      if (whole >= 0) out.whole = `${Math.round(100 * whole)}%`;
      return out;
    },
  };
}
