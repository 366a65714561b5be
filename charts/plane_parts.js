// What the kind "plane" computes apart from drawing, as the poster does (charts/planestill.go).

/**
 * Where the plane lies, in CSS pixels: one unit is as long on both axes unless the plane were a line then.
 * @param {number} width of the panel @param {number} left what the labels of the y axis take @param {number[]} view x from, x to, y from, y to @param {boolean} named whether the axes have names
 * @returns {{left: number, top: number, width: number, height: number, side: boolean}} side: there is room for a legend beside it
 */
function planeArea(width, left, view, named) {
  const high = 460, x = view[1] - view[0], y = view[3] - view[2], room = Math.max(40, width - left - 14);
  const unit = Math.min(room / x, high / y), flat = x > 4 * y || y > 4 * x;
  const area = flat ? { width: room, height: Math.min(high, Math.max(180, room * 0.72)) } : { width: unit * x, height: unit * y };
  return { left, top: named ? 22 : 8, width: Math.round(area.width), height: Math.round(area.height), side: width - left - Math.round(area.width) >= 214 };
}

/**
 * The length that is drawn as long as a cell, and how long an arrow of this length is drawn, in cells. More than two cells are never drawn.
 * @param {{mode: string, unit: number, peaks: number[]}} arrows @param {string} mode @param {number} index of the frame
 * @returns {{unit: number, cells: (length: number) => number}}
 */
function arrowScale(arrows, mode, index) {
  if (mode === "direction") return { unit: 0, cells: (v) => (v > 0 ? 0.8 : 0) };
  if (mode !== "normalised") return { unit: arrows.unit, cells: (v) => Math.min(2, v / arrows.unit) };
  const factor = normaliseFactors(arrows.peaks)[Math.min(index, arrows.peaks.length - 1)];
  return { unit: factor > 0 ? 1 / (2 * factor) : 0, cells: (v) => Math.min(2, 2 * factor * v) };
}

/**
 * What a frame's values are multiplied with so that an exploding frame does not flatten all others and a vanishing one does not freeze: the largest comes
 * to lie in (0, 1), at 1/2 where it is as those before it. normalised in charts/plane.go says how.
 * @param {number[]} magnitudes the largest value of each frame @returns {number[]}
 */
function normaliseFactors(magnitudes) {
  let range = NaN;
  return magnitudes.map((m) => {
    if (!(m > 0 && m < Infinity)) return 0;
    if (range !== range) range = Math.log(m);
    const d = Math.log(m) - range;
    range += 0.2 * d;
    return 1 / (1 + Math.exp(-0.5 * d)) / m;
  });
}

/** The round length that a legend's arrow has: at most a cell and a half. @param {number} unit */
function roundLength(unit) {
  const power = 10 ** Math.floor(Math.log10(1.5 * unit));
  return +(power * ([5, 2, 1].find((m) => m * power <= 1.5 * unit * 1.0001) || 1)).toPrecision(1);
}

/** A round number without the decimals that it has not. @param {number} v */
function roundText(v) {
  const a = Math.abs(v);
  return a !== 0 && (a < 1e-4 || a >= 1e6) ? formatNumber(v) : String(v).replace("-", "−");
}

/** The radius of a point. @param {number} count @param {number} width of the plane */
function pointRadius(count, width) {
  return (count > 400 ? 2.2 : count > 80 ? 3 : 4) * Math.max(0.7, Math.min(1, width / 400));
}

/**
 * Marks that are drawn once and then stamped wherever a point is: an outline of hundreds of arcs is slow to fill.
 * @returns {(ctx: CanvasRenderingContext2D, key: string, half: number, ratio: number, draw: (c: CanvasRenderingContext2D) => void) => (x: number, y: number) => void} half is how
 *   far the mark reaches, draw draws it about (0, 0); equal keys look the same
 */
function stampOf() {
  /** @type {Map<string, HTMLCanvasElement>} */
  const known = new Map();
  return (ctx, key, half, ratio, draw) => {
    const name = [key, half, ratio].join(), size = 2 * Math.ceil(half * ratio);
    let mark = known.get(name);
    if (!mark) {
      mark = document.createElement("canvas");
      mark.width = mark.height = size;
      const c = /** @type {CanvasRenderingContext2D} */ (mark.getContext("2d"));
      c.setTransform(ratio, 0, 0, ratio, size / 2, size / 2);
      draw(c);
      if (known.size > 16) known.clear(); // themes and sizes that were
      known.set(name, mark);
    }
    const stamp = mark, wide = size / ratio;
    return (x, y) => ctx.drawImage(stamp, x - wide / 2, y - wide / 2, wide, wide);
  };
}

/** The least and the largest finite value; where they are one, or there is none, a range about it that is not empty. @param {ArrayLike<number>} data @returns {[number, number]} */
function spanOf(data) {
  let lo = Infinity, hi = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v - v !== 0) continue;
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  }
  if (lo < hi) return [lo, hi];
  const at = lo === hi ? lo : 0;
  return [at - 1, at + 1];
}

/** A coordinate as a reader can see it: to a thousandth of what is shown. @param {number} v @param {number} span */
function planeNumber(v, span) {
  const decimals = Math.floor(-Math.log10(span / 1000));
  return formatNumber(decimals >= 0 && decimals <= 20 ? +v.toFixed(decimals) + 0 : v);
}
