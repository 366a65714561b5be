// Colours: the theme of the page around the player, and ramps that start at that page's own background, so that zero is nothing;
// but for two that are known to many as they are.

/** @typedef {[number, string][]} RampStops */

/** @type {Object<string, RampStops>} the same on any page: the values that matplotlib 3.11 publishes (CC0), to 3 of 255 between the stops */
const publishedStops = {
  viridis: [[0, "#440154"], [0.1294, "#472e7c"], [0.2667, "#39568c"], [0.5333, "#1f988b"], [0.6196, "#26ad81"], [0.7176, "#4cc26c"], [0.8471, "#98d83e"], [0.9412, "#d8e219"], [0.9882, "#f6e620"], [1, "#fde725"]],
  cividis: [[0, "#00224e"], [0.0863, "#003171"], [0.1373, "#203a6f"], [0.3059, "#51586d"], [0.5725, "#8e8978"], [0.7804, "#c3b369"], [0.9294, "#edd54a"], [0.9882, "#fee434"], [1, "#fee838"]],
};

/** @type {Object<string, {light: RampStops, dark: RampStops}>} stops as [t, colour]; "paper" is the page */
const rampStops = {
  heat: {
    light: [[0, "paper"], [0.04, "#fdeee7"], [0.12, "#fad5c4"], [0.3, "#f3ab8c"], [0.55, "#cb6354"], [1, "#7a0f20"]],
    dark: [[0, "paper"], [0.04, "#2c1b1e"], [0.12, "#4b2729"], [0.3, "#7f3833"], [0.55, "#ba6250"], [1, "#ffc79e"]],
  },
  diverging: {
    light: [[0, "#123f73"], [0.2, "#4a83ba"], [0.35, "#a9c8e2"], [0.48, "#eef4f9"], [0.5, "paper"], [0.52, "#fdeee7"], [0.65, "#f3ab8c"], [0.8, "#cb6354"], [1, "#7a0f20"]],
    dark: [[0, "#b6dcff"], [0.2, "#5b9bd3"], [0.35, "#2b527b"], [0.48, "#18222e"], [0.5, "paper"], [0.52, "#2c1b1e"], [0.65, "#7f3833"], [0.8, "#ba6250"], [1, "#ffc79e"]],
  },
  ink: {
    light: [[0, "paper"], [1, "#1b1f2a"]],
    dark: [[0, "paper"], [1, "#f2f3f5"]],
  },
  // Under points and arrows: pale, and told apart in any colour blindness.
  quiet: {
    light: [[0, "#e9d2a1"], [0.5, "paper"], [1, "#b2d4ec"]],
    dark: [[0, "#54431f"], [0.5, "paper"], [1, "#274b68"]],
  },
  pale: {
    light: [[0, "paper"], [1, "#b2d4ec"]],
    dark: [[0, "paper"], [1, "#274b68"]],
  },
  viridis: { light: publishedStops.viridis, dark: publishedStops.viridis },
  cividis: { light: publishedStops.cividis, dark: publishedStops.cividis },
};

/** @param {string} css "#rgb", "#rrggbb", "rgb(…)" or "rgba(…)" @returns {[number, number, number, number]} 0..255, alpha 0..1 */
function parseColour(css) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(css.trim());
  if (hex) {
    const h = hex[1].length === 3 ? hex[1].replace(/./g, "$&$&") : hex[1];
    return [parseInt(h.slice(0, 2), 16), parseInt(h.slice(2, 4), 16), parseInt(h.slice(4, 6), 16), 1];
  }
  if (!/^rgba?\(/.test(css)) return paintedColour(css);
  const n = css.match(/[\d.]+/g) || ["0", "0", "0", "0"];
  return [+n[0], +n[1], +n[2], n.length > 3 ? +n[3] : 1];
}

/** A colour in any other notation, "oklch(…)" for example, as the browser paints it. @param {string} css @returns {[number, number, number, number]} */
function paintedColour(css) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  if (!context) return [0, 0, 0, 0];
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}

/** @type {Map<string, Uint32Array>} */
const rampCache = new Map();

/**
 * The ramp as 256 pixels (little-endian ABGR, as ImageData's bytes read through a Uint32Array).
 * @param {string} name of rampStops
 * @param {Theme} theme
 * @returns {Uint32Array}
 */
function rampTable(name, theme) {
  const key = name + (theme.dark ? " dark " : " light ") + theme.paper;
  const hit = rampCache.get(key);
  if (hit) return hit;
  const ramp = rampStops[name];
  if (!ramp) throw new Error(`unknown colour ramp "${name}"; there are ${Object.keys(rampStops).join(", ")}`);
  const stops = (theme.dark ? ramp.dark : ramp.light).map(([t, c]) => ({ t, c: parseColour(c === "paper" ? theme.paper : c) }));
  const table = new Uint32Array(256);
  for (let i = 0, s = 0; i < 256; i++) {
    const t = i / 255;
    while (s < stops.length - 2 && t > stops[s + 1].t) s++;
    const a = stops[s], b = stops[s + 1];
    const u = Math.min(1, Math.max(0, (t - a.t) / (b.t - a.t)));
    const mix = [0, 1, 2].map((k) => Math.round(a.c[k] + (b.c[k] - a.c[k]) * u));
    table[i] = (255 << 24) | (mix[2] << 16) | (mix[1] << 8) | mix[0];
  }
  if (rampCache.size > 32) rampCache.clear();
  rampCache.set(key, table);
  return table;
}

/** @param {string} name @param {number} t in [0,1]; NaN is the theme's faint @param {Theme} theme @returns {string} */
function rampCSS(name, t, theme) {
  if (!(t === t)) return theme.faint;
  const p = rampTable(name, theme)[Math.round(255 * Math.min(1, Math.max(0, t)))];
  return `rgb(${p & 255},${(p >> 8) & 255},${(p >> 16) & 255})`;
}

const lightTheme = {
  dark: false, ink: "#1b1f2a", muted: "#646b7d", faint: "#d5d8de", paper: "#ffffff", accent: "#cf4327",
  series: ["#1b1f2a", "#cf4327", "#2f6db5", "#1f8a6b", "#8457b8", "#a8770b", "#5d7187", "#b8457f"],
};
const darkTheme = {
  dark: true, ink: "#f0f1f4", muted: "#9fa5b3", faint: "#3a3e48", paper: "#111317", accent: "#ff7a5c",
  series: ["#f0f1f4", "#ff7a5c", "#7db3ec", "#5fcfae", "#c3a1ee", "#e3bb5a", "#a8b8c9", "#ee8fbd"],
};
const fontStack = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';

/**
 * The theme of the page around el: its first opaque background decides between light and dark, and is the paper.
 * @param {Element} el
 * @returns {Theme}
 */
function themeOf(el) {
  let paper = "";
  for (let e = /** @type {Element|null} */ (el); e && !paper; e = e.parentElement) {
    const bg = getComputedStyle(e).backgroundColor;
    if (parseColour(bg)[3] > 0.5) paper = bg;
  }
  if (!paper) {
    const body = document.body;
    const named = body.dataset.jpThemeLight || body.dataset.vscodeThemeKind || "";
    const dark = named ? /false|dark/.test(named) : getComputedStyle(document.documentElement).colorScheme === "dark";
    paper = dark ? darkTheme.paper : lightTheme.paper;
  }
  const [r, g, b] = parseColour(paper);
  const base = 0.299 * r + 0.587 * g + 0.114 * b < 128 ? darkTheme : lightTheme;
  return Object.assign({ font: fontStack }, base, { paper: `rgb(${r}, ${g}, ${b})` });
}
