// Numbers of a surface: lines of equal value, values between those of the grid. isolines.go has the same.

/**
 * Where values on a grid, row by row, are a level: the ends x0, y0, x1, y1 of short lines, in the coordinates along columns and rows
 * (marching squares). Of a cell whose two high corners are opposite each other the mean decides which of them are joined. Within a cell a line goes
 * through a point of the surface that is linear along both sides, so that two lines cross where a saddle has its level. A cell with a
 * corner that is not finite has no line.
 * @param {Float32Array} z @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {number} level
 * @returns {number[]}
 */
function isolines(z, xs, ys, level) {
  const cols = xs.length, rows = ys.length;
  /** @type {number[]} */
  const out = [];
  const px = [0, 0, 0, 0], py = [0, 0, 0, 0], on = [0, 0, 0, 0];
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < cols; c++) {
      const i = r * cols + c, v0 = z[i], v1 = z[i + 1], v2 = z[i + cols + 1], v3 = z[i + cols];
      const mean = (v0 + v1 + v2 + v3) / 4;
      if (mean - mean !== 0) continue;
      const h0 = v0 >= level, h1 = v1 >= level, h2 = v2 >= level, h3 = v3 >= level;
      if (h0 === h1 && h1 === h2 && h2 === h3) continue;
      const x0 = xs[c], x1 = xs[c + 1], y0 = ys[r], y1 = ys[r + 1];
      let n = 0;
      if (h0 !== h1) {
        px[0] = x0 + (x1 - x0) * ((level - v0) / (v1 - v0));
        py[0] = y0;
        on[n++] = 0;
      }
      if (h1 !== h2) {
        px[1] = x1;
        py[1] = y0 + (y1 - y0) * ((level - v1) / (v2 - v1));
        on[n++] = 1;
      }
      if (h2 !== h3) {
        px[2] = x1 + (x0 - x1) * ((level - v2) / (v3 - v2));
        py[2] = y1;
        on[n++] = 2;
      }
      if (h3 !== h0) {
        px[3] = x0;
        py[3] = y1 + (y0 - y1) * ((level - v3) / (v0 - v3));
        on[n++] = 3;
      }
      if (n === 4 && mean >= level !== h0) [on[0], on[1], on[2], on[3]] = [3, 0, 1, 2]; // corners 0 and 2 are cut off, else 1 and 3
      for (let k = 0; k + 1 < n; k += 2) {
        const a = on[k], b = on[k + 1], [u, w] = halfway([v0, v1, v2, v3], a, b, level);
        const mx = x0 + (x1 - x0) * u, my = y0 + (y1 - y0) * w;
        out.push(px[a], py[a], mx, my, mx, my, px[b], py[b]);
      }
    }
  }
  return out;
}

/**
 * A point of the line that joins edges a < b of a cell, or 3 and 0, as shares of the cell's sides: on the middle line between opposite edges, else on the
 * diagonal from the corner that is cut off.
 * @param {number[]} v the corners, around the cell @param {number} a @param {number} b @param {number} level @returns {[number, number]}
 */
function halfway(v, a, b, level) {
  if (a === 0 && b === 2) {
    const left = (v[0] + v[3]) / 2, right = (v[1] + v[2]) / 2;
    return [(level - left) / (right - left), 0.5];
  }
  if (a === 1 && b === 3) {
    const low = (v[0] + v[1]) / 2, high = (v[2] + v[3]) / 2;
    return [0.5, (level - low) / (high - low)];
  }
  const q = a === 0 && b === 3 ? 0 : b, s = alongDiagonal(v[q], v[(q + 1) % 4] + v[(q + 3) % 4], v[(q + 2) % 4], level);
  return [q === 1 || q === 2 ? 1 - s : s, q >= 2 ? 1 - s : s];
}

/** Solves near (1-s)² + sides s (1-s) + far s² = level for the least s in [0,1]. @param {number} near @param {number} sides @param {number} far @param {number} level */
function alongDiagonal(near, sides, far, level) {
  const a = near - sides + far, b = sides - 2 * near, c = near - level, root = Math.sqrt(Math.max(b * b - 4 * a * c, 0));
  const q = -(b + (b < 0 || Object.is(b, -0) ? -root : root)) / 2;
  let best = 1;
  for (const s of [q / a, c / q]) if (s >= 0 && s < best) best = s;
  return best;
}

/** Where a coordinate stands among increasing ones, as a position that need not be whole; NaN outside them. @param {ArrayLike<number>} at @param {number} v */
function along(at, v) {
  const n = at.length;
  if (!(v >= at[0] && v <= at[n - 1])) return NaN;
  let lo = 0, hi = n - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (at[mid] <= v) lo = mid;
    else hi = mid;
  }
  return lo + (v - at[lo]) / (at[hi] - at[lo]);
}

/** The coordinate at a position: along's inverse. @param {ArrayLike<number>} at @param {number} i */
function between(at, i) {
  const k = Math.min(Math.floor(i), at.length - 2);
  return at[k] + (at[k + 1] - at[k]) * (i - k);
}

/**
 * The value at a position among rows and columns, between four values; NaN outside or beside a value that is not finite.
 * @param {Float32Array} z @param {number} rows @param {number} cols @param {number} r @param {number} c
 */
function heightAt(z, rows, cols, r, c) {
  if (!(r >= 0 && c >= 0 && r <= rows - 1 && c <= cols - 1)) return NaN;
  const i = Math.min(r | 0, rows - 2), k = Math.min(c | 0, cols - 2), u = r - i, w = c - k, at = i * cols + k;
  const v = (z[at] * (1 - w) + z[at + 1] * w) * (1 - u) + (z[at + cols] * (1 - w) + z[at + cols + 1] * w) * u;
  return v - v === 0 ? v : NaN;
}

/**
 * The first place along the row at position r where values cross each level, as a position among the columns; NaN where they do not.
 * @param {Float32Array} z @param {number} rows @param {number} cols @param {number} r @param {number[]} levels
 */
function crossings(z, rows, cols, r, levels) {
  const row = Float64Array.from({ length: cols }, (_, c) => heightAt(z, rows, cols, r, c));
  return levels.map((level) => {
    for (let c = 0; c + 1 < cols; c++) {
      const a = row[c], b = row[c + 1];
      if ((a - level) * (b - level) <= 0 && a !== b) return c + (level - a) / (b - a);
    }
    return NaN;
  });
}
