// Painter "surface": values over a window of a plane, flat (contour.js) or in space (solid.js), with the way of a run on them. Everything is drawn on
// one canvas, so that it can be copied for print.

/** @typedef {{span: [number, number], range: [number, number], ramp: string, levels: number[], level?: number, unit?: string}} SurfaceScale */
/** @typedef {{dim: string, name: string, range: [number, number], given: boolean}} SurfaceAxis */
/**
 * @typedef {object} SurfaceSpec surface.go says what they are
 * @property {string} view
 * @property {string} field
 * @property {string} own
 * @property {Object<string, SurfaceScale>} scales
 * @property {SurfaceAxis} x
 * @property {SurfaceAxis} y
 * @property {boolean} [near]
 * @property {string} [path]
 * @property {string} [pathOf]
 * @property {string} [here]
 * @property {string} [flow]
 * @property {number} longest
 * @property {string} [arrow]
 * @property {string} [window]
 * @property {string[]} [players]
 * @property {number} turn
 * @property {number} tilt
 * @property {string} [as]
 */
/**
 * A frame's surface with what lies on it.
 * @typedef {object} Terrain
 * @property {string} name
 * @property {string} said the name with its unit, and the time of the picture where that is not the clock's
 * @property {SurfaceScale} scale
 * @property {number} rows
 * @property {number} cols
 * @property {Float32Array} z
 * @property {Float64Array} xs coordinates of the columns
 * @property {Float64Array} ys and of the rows
 * @property {[number, number]} x what the axes run over: all frames, or this one's coordinates where the field covers little of the plane
 * @property {[number, number]} y
 * @property {[number, number]} v and the values in space
 * @property {number} bad how many values are not finite
 * @property {[number, number, number][]} path of each moment x, y and the value
 * @property {number} here the current moment, between two while frames are blended; -1 without a path
 * @property {Field|null} flow
 * @property {Field|null} arrow
 * @property {Field|null} window
 */
/** @typedef {{row: number, col: number}} SurfacePlace */
/**
 * How a terrain is drawn. Lengths are CSS pixels.
 * @typedef {object} SurfaceView
 * @property {(width: number, theme: Theme) => number} height also lays out what the others need
 * @property {(ctx: CanvasRenderingContext2D, t: Terrain, theme: Theme, marked: SurfacePlace|null, ratio: number) => void} draw
 * @property {(t: Terrain, x: number, y: number) => SurfacePlace|null} find the value under the pointer
 * @property {(ctx: CanvasRenderingContext2D, t: Terrain, theme: Theme) => void} legend
 * @property {boolean} turns
 * @property {() => void} [dispose]
 */

/** @type {Object<string, (panel: Panel) => SurfaceView|null>} null where the browser cannot */
const surfaceViews = Object.create(null);

painters.surface = paintSurface;

Object.assign(chinese, {
  "Shown flat: the view in space needs WebGL 2, which this browser does not have.": "以平面显示：立体视图需要 WebGL 2，此浏览器没有。",
  "This frame has no surface “{}”.": "此帧没有曲面“{}”。",
  "{} over {} and {}, from {} to {}. Arrow up and down turn it, with shift tilt it.": "{} 随 {} 与 {} 的变化，从 {} 到 {}。上下箭头转动它，加 Shift 倾斜它。",
  "{} over {} and {}, from {} to {}. Arrow up and down go along {}, with shift along {}.": "{} 随 {} 与 {} 的变化，从 {} 到 {}。上下箭头沿 {} 移动，加 Shift 沿 {} 移动。",
  "turned by {} degrees, tilted by {}": "转动 {} 度，倾斜 {} 度", "no place": "未选位置",
  "The plane holds {}% of the run’s variance": "此平面含运行方差的 {}%", "How much of the run’s variance the plane holds is not known": "此平面含多少运行方差未知",
  "; now the run is {} off it": "；此刻运行离平面 {}", "Now the run is {} off the plane": "此刻运行离平面 {}",
});

const flatNote = translate("Shown flat: the view in space needs WebGL 2, which this browser does not have.");

/** @param {Panel} panel @returns {Painting} */
function paintSurface(panel) {
  /** @type {SurfaceSpec} */
  const spec = panel.spec;
  const canvas = element("canvas"), note = element("div", "small");
  styled(canvas, { display: "block", maxWidth: "100%" });
  note.hidden = true;
  panel.el.append(canvas, note);
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Object<string, SurfaceView|null>} */
  const made = {};
  /** @type {Terrain|null} */
  let land = null;
  let width = 0, drawn = "", said = "";
  /** @type {{x: number, y: number, turn: number, tilt: number}|null} */
  let drag = null;

  /** The view that is asked for, or the flat one. @returns {SurfaceView} */
  function viewNow() {
    const name = String(panel.resolve(spec.view)), make = surfaceViews[name];
    if (!(name in made)) made[name] = make ? make(panel) : null;
    const view = made[name];
    if (view) return view;
    note.textContent = flatNote;
    note.hidden = false;
    if (spec.view[0] === "$") panel.set(spec.view.slice(1), "flat");
    return made.flat || (made.flat = /** @type {SurfaceView} */ (surfaceViews.flat(panel)));
  }

  function markedNow() {
    if (!land) return null;
    const row = panel.pointed(spec.y.dim, new Array(land.rows).fill("")), col = panel.pointed(spec.x.dim, new Array(land.cols).fill(""));
    return row >= 0 && col >= 0 ? { row, col } : null;
  }

  /** @param {Frame} frame */
  function draw(frame) {
    land = terrainOf(panel, spec, frame);
    tell(frame);
    canvas.hidden = !land;
    if (land && note.textContent !== flatNote) note.hidden = true;
    if (!land) {
      note.textContent = translate("This frame has no surface “{}”.", surfaceName(panel, spec));
      note.hidden = false;
      return;
    }
    const theme = panel.theme(), view = viewNow(), marked = markedNow(), ratio = window.devicePixelRatio || 1;
    if (!width) width = panel.el.clientWidth; // read once a size: reading makes the browser lay the page out
    const room = width || 320, key = [frame.position, room, ratio, theme.paper, view.turns, land.name, JSON.stringify(marked), panel.state("turn"), panel.state("tilt")].join();
    if (key === drawn) return;
    drawn = key;
    const height = view.height(room, theme);
    const w = Math.round(room * ratio), h = Math.round(height * ratio);
    if (canvas.width !== w || canvas.height !== h) {
      [canvas.width, canvas.height] = [w, h];
      styled(canvas, { width: room + "px", height: height + "px" });
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, room, height);
    ctx.save(); // each draws with what it sets, never with what the last picture has left
    view.draw(ctx, land, theme, marked, ratio);
    view.legend(ctx, land, theme);
    ctx.restore();
    styled(canvas, { cursor: view.turns ? (drag ? "grabbing" : "grab") : "crosshair", touchAction: view.turns ? "pan-y" : "auto" });
    if (!frame.blended || !said) describe(view, marked, theme); // nobody hears what is on its way
  }

  /** What captions can say. @param {Frame} frame */
  function tell(frame) {
    /** @type {Object<string, string|number>} */
    const out = {}, plane = sayPlane(frame.snapshot().scalars);
    if (plane) out.plane = plane;
    if (land && !frame.blended) Object.assign(out, terrainReadings(land));
    readAs(panel, out);
  }

  /** @param {SurfaceView} view @param {SurfacePlace|null} marked @param {Theme} theme */
  function describe(view, marked, theme) {
    if (!land) return;
    const el = panel.el, { x, y } = spec, read = terrainReadings(land);
    const values = [land.name, x.name, y.name, formatNumber(Number(read["min.value"])), formatNumber(Number(read["max.value"]))];
    const what = view.turns ? translate("{} over {} and {}, from {} to {}. Arrow up and down turn it, with shift tilt it.", ...values)
      : translate("{} over {} and {}, from {} to {}. Arrow up and down go along {}, with shift along {}.", ...values, y.name, x.name);
    const now = view.turns ? Math.round(panel.state("turn")) % 360 : marked ? marked.row + 1 : 0, tilt = Math.round(panel.state("tilt"));
    const text = view.turns ? translate("turned by {} degrees, tilted by {}", now, tilt) : marked ? placeLines(land, marked).map((l) => l.text).join(": ") : translate("no place");
    const all = [what, now, text, theme.accent].join("\u0001");
    if (all === said) return;
    said = all;
    el.tabIndex = 0;
    styled(el, { outlineColor: theme.accent, outlineOffset: "4px" });
    el.setAttribute("role", "slider");
    el.setAttribute("aria-orientation", "vertical");
    el.setAttribute("aria-label", what);
    el.setAttribute("aria-valuemin", "0");
    el.setAttribute("aria-valuemax", String(view.turns ? 359 : land.rows));
    el.setAttribute("aria-valuenow", String(now));
    el.setAttribute("aria-valuetext", text);
  }

  /** @param {Terrain} t @param {SurfacePlace} at @returns {TooltipLine[]} */
  function placeLines(t, at) {
    const v = t.z[at.row * t.cols + at.col];
    return [
      { text: `${oneLine(spec.x.name)} ${formatNumber(t.xs[at.col])} · ${oneLine(spec.y.name)} ${formatNumber(t.ys[at.row])}` },
      { text: `${oneLine(t.name)} ${v - v === 0 ? formatNumber(v) : translate("not finite ({})", formatNumber(v))}`, strong: true },
    ];
  }

  /** @param {SurfacePlace|null} at */
  function point(at) {
    panel.point(at && { [spec.y.dim]: { index: at.row, label: "" }, [spec.x.dim]: { index: at.col, label: "" } });
  }
  function turnBy(/** @type {number} */ turn, /** @type {number} */ tilt) {
    panel.set("turn", (((panel.state("turn") + turn) % 360) + 360) % 360);
    panel.set("tilt", Math.max(8, Math.min(75, panel.state("tilt") + tilt)));
  }

  canvas.addEventListener("pointerdown", (e) => {
    if (!viewNow().turns || e.button) return;
    drag = { x: e.clientX, y: e.clientY, turn: panel.state("turn"), tilt: panel.state("tilt") };
    canvas.setPointerCapture(e.pointerId);
    point(null);
    panel.tooltip([], 0, 0);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (drag) return turnBy(drag.turn - (e.clientX - drag.x) * 0.5 - panel.state("turn"), drag.tilt + (e.clientY - drag.y) * 0.4 - panel.state("tilt"));
    const box = canvas.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
    const find = () => (land ? viewNow().find(land, x, y) : null);
    panel.tooltip(() => {
      const at = find();
      return at && land ? placeLines(land, at) : [];
    }, e.clientX, e.clientY);
    point(find());
  });
  canvas.addEventListener("pointerleave", () => {
    if (drag) return;
    point(null);
    panel.tooltip([], 0, 0);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      drag = null;
      if (viewNow().turns) styled(canvas, { cursor: "grab" });
    });
  }
  canvas.addEventListener("dblclick", () => viewNow().turns && turnBy(spec.turn - panel.state("turn"), spec.tilt - panel.state("tilt")));

  /** @param {KeyboardEvent} e */
  function keyed(e) {
    const by = e.key === "ArrowUp" ? 1 : e.key === "ArrowDown" ? -1 : 0;
    if (!by || e.ctrlKey || e.altKey || e.metaKey || !land) return;
    e.preventDefault();
    if (viewNow().turns) return e.shiftKey ? turnBy(0, 5 * by) : turnBy(10 * by, 0);
    const at = markedNow() || { row: land.rows >> 1, col: land.cols >> 1 };
    const to = (/** @type {number} */ i, /** @type {number} */ n) => Math.max(0, Math.min(n - 1, i + by));
    point(e.shiftKey ? { row: at.row, col: to(at.col, land.cols) } : { row: to(at.row, land.rows), col: at.col });
  }
  panel.el.addEventListener("keydown", keyed);

  return {
    draw,
    resize: () => void (width = 0),
    restyle: () => void (drawn = ""),
    dispose() {
      for (const v of Object.values(made)) if (v && v.dispose) v.dispose();
      panel.el.replaceChildren();
    },
  };
}

/** The field that is drawn: the state may name one that only another surface beside it has. @param {Panel} panel @param {SurfaceSpec} spec */
function surfaceName(panel, spec) {
  const name = String(panel.resolve(spec.field));
  return Object.prototype.hasOwnProperty.call(spec.scales, name) ? name : spec.own;
}

/** @param {Panel} panel @param {SurfaceSpec} spec @param {Frame} frame @returns {Terrain|null} null where the frame has no such surface */
function terrainOf(panel, spec, frame) {
  const name = surfaceName(panel, spec), field = frame.field(name);
  if (!field || field.shape.length !== 2 || field.shape[0] < 2 || field.shape[1] < 2) return null;
  const [rows, cols] = field.shape, { data } = field, { unit } = spec.scales[name];
  const placed = (/** @type {SurfaceAxis} */ axis, /** @type {number} */ n) => {
    const f = axis.given ? frame.field(axis.dim) : null;
    return Float64Array.from({ length: n }, (_, i) => (f && f.data.length === n ? f.data[i] : i + 1));
  };
  const extra = (/** @type {string|undefined} */ of) => (of ? frame.field(of) : null);
  /** @type {Terrain} */
  const t = {
    name, said: ofTime(oneLine(name + (unit ? ` (${unit})` : "")), frame), scale: spec.scales[name], rows, cols, z: data, xs: placed(spec.x, cols), ys: placed(spec.y, rows), x: spec.x.range, y: spec.y.range, v: spec.scales[name].span, bad: 0, path: [], here: -1,
    flow: extra(spec.flow), arrow: extra(spec.arrow), window: extra(spec.window),
  };
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) t.bad++;
  if (spec.near) {
    const own = finiteRange(data);
    Object.assign(t, { x: [t.xs[0], t.xs[cols - 1]], y: [t.ys[0], t.ys[rows - 1]], v: own[0] < own[1] ? own : t.v });
    t.scale = Object.assign({}, t.scale, { levels: nearLevels(own) });
  }
  const path = extra(spec.path), n = path ? Math.floor(path.data.length / 3) : 0;
  for (let i = 0; path && i < n; i++) {
    const x = path.data[3 * i], y = path.data[3 * i + 1];
    t.path.push([x, y, name === spec.pathOf ? path.data[3 * i + 2] : heightAt(data, rows, cols, along(t.ys, y), along(t.xs, x))]);
  }
  if (n) {
    const { position } = frame.own(), low = Math.floor(position), high = Math.ceil(position);
    const moment = (/** @type {number} */ i) => {
      const v = spec.here ? panel.tracks[0].at(i).scalars[spec.here] : NaN;
      return Math.max(0, Math.min(n - 1, Number.isFinite(v) ? Math.round(v) : i));
    };
    t.here = moment(low) + (moment(high) - moment(low)) * (position - low);
  }
  return t;
}

/** The least and the largest of the values that are finite. @param {ArrayLike<number>} z @returns {[number, number]} */
function finiteRange(z) {
  let lo = Infinity, hi = -Infinity;
  for (let i = 0; i < z.length; i++) {
    if (z[i] - z[i] !== 0) continue;
    if (z[i] < lo) lo = z[i];
    if (z[i] > hi) hi = z[i];
  }
  return [lo, hi];
}

/** The levels of the isolines of a frame's own values. @param {[number, number]} own @returns {number[]} */
function nearLevels([lo, hi]) {
  return lo < hi ? roundTicks(lo, hi, 8).filter((v) => lo < v && v < hi) : [];
}

/** The ends of an axis in words that tell them apart. @param {[number, number]} range @returns {(v: number) => string} */
function endsText([lo, hi]) {
  return endText(lo) === endText(hi) ? tickText(roundTicks(lo, hi, 4)) : endText;
}

/** The point of the way at a moment that need not be whole. @param {Terrain} t @returns {[number, number, number]} */
function currentPoint(t) {
  const low = Math.floor(t.here), u = t.here - low, a = t.path[low], b = t.path[Math.min(low + 1, t.path.length - 1)];
  return u === 0 ? a : [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u, a[2] + (b[2] - a[2]) * u];
}

/** @param {Terrain} t @returns {Object<string, string|number>} */
function terrainReadings(t) {
  let low = -1, high = -1;
  for (let i = 0; i < t.z.length; i++) {
    if (t.z[i] - t.z[i] !== 0) continue;
    if (low < 0 || t.z[i] < t.z[low]) low = i;
    if (high < 0 || t.z[i] > t.z[high]) high = i;
  }
  /** @type {Object<string, string|number>} */
  const out = { field: t.name, notFinite: String(t.bad) };
  const put = (/** @type {string} */ name, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ v) => Object.assign(out, { [name + ".value"]: v, [name + ".x"]: x, [name + ".y"]: y });
  if (low >= 0) {
    put("min", t.xs[low % t.cols], t.ys[Math.floor(low / t.cols)], t.z[low]);
    put("max", t.xs[high % t.cols], t.ys[Math.floor(high / t.cols)], t.z[high]);
  }
  if (t.here >= 0) {
    const [x, y, v] = t.path[Math.round(t.here)];
    put("here", x, y, v);
  }
  return out;
}

/** How honest the projection is. @param {Object<string, number>} scalars @returns {string} */
function sayPlane(scalars) {
  const { explained, off } = scalars;
  let text = "";
  if (explained !== undefined) {
    text = explained - explained === 0 ? translate("The plane holds {}% of the run’s variance", Math.floor(100 * Math.min(Math.max(explained, 0), 1) + 0.5)) : translate("How much of the run’s variance the plane holds is not known");
  }
  if (off !== undefined) text += text ? translate("; now the run is {} off it", formatNumber(off)) : translate("Now the run is {} off the plane", formatNumber(off));
  return text && text + translate(".");
}

/**
 * The ramp as a thin line, the marked level above it.
 * @param {CanvasRenderingContext2D} ctx @param {Terrain} t @param {Theme} theme @param {number} x @param {number} y of the line's upper edge @param {number} width
 */
function drawSurfaceLegend(ctx, t, theme, x, y, width) {
  const { span, range, ramp, level } = t.scale;
  const lo = Math.max(range[0], span[0]), hi = Math.min(range[1], span[1]); // a ramp about a level goes beyond the values on one side
  const shade = ctx.createLinearGradient(x, 0, x + width, 0);
  for (let i = 0; i <= 32; i++) shade.addColorStop(i / 32, rampCSS(ramp, (lo + ((hi - lo) * i) / 32 - range[0]) / (range[1] - range[0]), theme));
  ctx.fillStyle = shade;
  ctx.fillRect(x, y, width, 6);
  const write = (/** @type {string} */ text, /** @type {number} */ at, /** @type {number} */ down, /** @type {CanvasTextAlign} */ align, /** @type {number} */ size) => {
    ctx.font = `${size}px ${theme.font}`;
    ctx.textAlign = align;
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = theme.muted;
    ctx.fillText(text, at, y + down);
  };
  if (level !== undefined) {
    const at = x + (width * (level - lo)) / (hi - lo);
    ctx.fillStyle = theme.muted;
    ctx.fillRect(Math.round(at) - 0.5, y - 2, 1, 10);
    write(endText(level), at, -5, "center", 11);
  }
  const font = `12px ${theme.font}`, low = (range[0] > span[0] ? "≤ " : "") + endText(lo), high = (range[1] < span[1] ? "≥ " : "") + endText(hi);
  write(low, x, 20, "left", 12);
  write(high, x + width, 20, "right", 12);
  write(shortened(t.said, width - textWidth(low, font) - textWidth(high, font) - 16, font), x + width / 2, 20, "center", 12);
  if (t.bad) write(notFiniteText(t.bad), x + width + 20, 20, "left", 12);
}

/** Writes a text on a ground of any colour. @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {string} text @param {number} x @param {number} y @param {string} font @param {string} colour */
function writeHaloed(ctx, theme, text, x, y, font, colour) {
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.globalAlpha = 0.75;
  ctx.strokeStyle = theme.paper;
  ctx.strokeText(text, x, y);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

/** The current point, in the accent colour. @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y */
function drawHere(ctx, theme, x, y) {
  for (const [radius, colour] of /** @type {[number, string][]} */ ([[7, theme.paper], [5, theme.accent]])) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
  }
}
